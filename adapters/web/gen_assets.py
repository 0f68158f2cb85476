#!/usr/bin/python3
"""Builds the web pages with node, or takes the ones a release carries, and writes them as a C table.

usage: gen_assets.py SOURCE_DIR OUT.c DEPFILE PRIVATE_DIR MODE, MODE = build | prebuilt
"""
import fcntl
import json
import os
import subprocess
import sys


def fail(text):
    sys.exit("web: " + text)


def run(argv, cwd):
    env = dict(os.environ, NO_UPDATE_NOTIFIER="1")
    try:
        done = subprocess.run(argv, cwd=cwd, env=env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    except FileNotFoundError:
        fail("%s is not installed" % argv[0])
    if done.returncode != 0:
        fail("`%s` failed:\n%s" % (" ".join(argv), done.stdout))
    return done.stdout


def install(source):
    lock = os.path.join(source, "package-lock.json")
    stamp = os.path.join(source, "node_modules", ".package-lock.json")
    with open(lock) as held:  # two build folders may start at once
        fcntl.flock(held, fcntl.LOCK_EX)
        if not os.path.exists(stamp) or os.path.getmtime(stamp) < os.path.getmtime(lock):
            run(["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund"], source)
            os.utime(stamp)


def literal(data):
    rows = [",".join(map(str, data[i : i + 40])) for i in range(0, len(data), 40)]
    return ",\n".join(rows)


def quoted(text):
    return '"%s"' % text.replace("\\", "\\\\").replace('"', '\\"')


def main():
    source, out, depfile, private, mode = sys.argv[1:]
    dist = os.path.join(source, "dist")
    if mode == "build":
        install(source)
        dist = os.path.join(private, "web")
        run(["node", "build.mjs", "--out", os.path.abspath(dist)], source)
    with open(os.path.join(dist, "manifest.json")) as handle:
        files = json.load(handle)["files"]

    parts = ['/* Made by gen_assets.py from the web pages. */\n#include "web/assets.h"\n\n#include <string.h>\n']
    rows = []
    for n, item in enumerate(files):
        with open(os.path.join(dist, item["file"] + ".gz"), "rb") as handle:
            data = handle.read()
        parts.append("static const unsigned char gz_%d[] = {\n%s};\n" % (n, literal(data)))
        rows.append(
            "\t{%s, %s, gz_%d, sizeof gz_%d, %d, %s, %s, %s, %s},"
            % (
                quoted(item["path"]), quoted(item["type"]), n, n, item["bytes"],
                quoted('"%s"' % item["etag"]), "true" if item["immutable"] else "false",
                quoted(item["csp"]), "true" if item["framed"] else "false",
            )
        )
    parts.append("static const struct hl_asset assets[] = {\n%s\n};\n" % "\n".join(rows))
    parts.append(
        "const struct hl_asset *hl_assets_all(size_t *n)\n{\n\t*n = sizeof assets / sizeof *assets;\n"
        "\treturn assets;\n}\n"
        "const struct hl_asset *hl_assets_find(const char *path, size_t len)\n{\n"
        "\tfor (size_t i = 0; i < sizeof assets / sizeof *assets; i++)\n"
        "\t\tif (strlen(assets[i].path) == len && !memcmp(assets[i].path, path, len))\n"
        "\t\t\treturn &assets[i];\n\treturn NULL;\n}\n"
    )
    with open(out, "w") as handle:
        handle.write("\n".join(parts))

    inputs = [os.path.join(source, n) for n in ("package-lock.json", "build.mjs", "tsconfig.json")]
    for folder, _, names in os.walk(os.path.join(source, "src")):
        inputs += [os.path.join(folder, name) for name in names]
    if mode == "prebuilt":
        inputs = [os.path.join(dist, "manifest.json")]
    with open(depfile, "w") as handle:
        handle.write("%s: %s\n" % (out, " ".join(p.replace(" ", "\\ ") for p in inputs)))


main()
