"""A text file as a C array: embed.py IN OUT NAME."""
import sys

data = open(sys.argv[1], "rb").read()
with open(sys.argv[2], "w") as out:
    out.write("/* Made from %s. */\n#include \"cli/schema.h\"\n\n" % sys.argv[1].rsplit("/", 1)[-1])
    out.write("const unsigned char %s[] = {\n" % sys.argv[3])
    for i in range(0, len(data), 16):
        out.write("\t" + "".join("%d," % b for b in data[i:i + 16]) + "\n")
    out.write("};\nconst unsigned long %s_size = %d;\n" % (sys.argv[3], len(data)))
