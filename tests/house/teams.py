#!/usr/bin/python3
"""Prints the teams of a pack, joined by commas: what the demo's first account may serve."""
import re
import sys

text = open(sys.argv[1] + "/pack.yaml", encoding="utf-8").read()
found = re.search(r"^teams:\s*\[([^\]]*)\]", text, re.M)
print(",".join(name.strip() for name in found.group(1).split(",")) if found else "frontline")
