"""Prints identifier_ranges.inc: code points that Python accepts in identifiers (its Unicode database decides)."""
import sys
import unicodedata


def ranges(accepts):
    found = []
    for code in range(0x80, 0x110000):
        if 0xD800 <= code < 0xE000 or not accepts(chr(code)):
            continue
        if found and found[-1][1] == code - 1:
            found[-1][1] = code
        else:
            found.append([code, code])
    return found


def table(name, found):
    print(f"constexpr Range {name}[] = {{")
    line = "   "
    for first, last in found:
        item = f" {{0x{first:x}, 0x{last:x}}},"
        if len(line) + len(item) > 118:
            print(line)
            line = "   "
        line += item
    print(line)
    print("};")


print(f"// Made by make_identifier_ranges.py with Python {sys.version_info[0]}.{sys.version_info[1]}, Unicode {unicodedata.unidata_version}.")
start = ranges(lambda c: c.isidentifier())
table("kStart", start)
starts = {c for a, b in start for c in range(a, b + 1)}
table("kContinueOnly", ranges(lambda c: ord(c) not in starts and ("a" + c).isidentifier()))
