"""Prints what domain names, e-mail addresses and ids need to know of Unicode.

make_tables.py map > map.inc: the mapping of UTS #46, with the code points of IDNA 2008 told apart
make_tables.py texts > map_texts.inc: texts that the mapping refers to
make_tables.py urls > urls.inc: what pydantic's URLs refuse nevertheless (its tables are of another version)
make_tables.py normalisation > normalisation.inc: decompositions and combining classes
make_tables.py properties > properties.inc: what kind of code point one is

Needs the packages `idna` and `pydantic` (their tables decide what the reference accepts); Python's Unicode database
decides the rest.
"""
import bisect
import sys
import unicodedata

from idna import idnadata, uts46data

CODES = [c for c in range(0x110000) if not 0xD800 <= c < 0xE000]


def in_intranges(ranges):
    return {c for r in ranges for c in range(r >> 32, r & 0xFFFFFFFF)}


def uts46(code):
    i = code if code < 256 else bisect.bisect_right(uts46data.uts46_starts, code) - 1
    return chr(uts46data.uts46_statuses[i]), uts46data.uts46_replacements[i]


def ranges_of(value_of):
    """Ranges of one value; None is left out, "any" takes the value before it."""
    found = []
    for code in CODES:
        value = value_of(code)
        if value == "any":
            if found and found[-1][1] == code - 1:
                found[-1][1] = code
            continue
        if value is None:
            continue
        if found and found[-1][2] == value and found[-1][1] == code - 1:
            found[-1][1] = code
        else:
            found.append([code, code, value])
    return found


def table(head, items):
    print(f"constexpr {head}[] = {{")
    line = "   "
    for item in items:
        if len(line) + len(item) + 2 > 120:
            print(line)
            line = "   "
        line += f" {item},"
    print(line)
    print("};")


def runs_of(singles):
    """{code: delta} as runs [first, last, step, delta] of steps 1 or 2."""
    found = []
    for code, delta in sorted(singles.items()):
        run = found[-1] if found else None
        if run and run[3] == delta and run[0] == run[1] and code - run[1] in (1, 2):
            run[1], run[2] = code, code - run[1]
        elif run and run[3] == delta and code - run[1] == run[2]:
            run[1] = code
        else:
            found.append([code, code, 1, delta])
    return found


def print_map(part):
    pvalid = in_intranges(idnadata.codepoint_classes["PVALID"])
    deltas, others = {}, {}
    pool = ""  # of texts that code points are mapped to
    for code in CODES:
        status, text = uts46(code)
        if status == "M" and unicodedata.normalize("NFC", chr(code)) == text:
            others[code] = ("o", 0)  # the normalisation that follows maps it
        elif status == "M" and len(text) == 1:
            deltas[code] = ord(text) - code
        elif status == "M":
            at = pool.find(text)
            if at < 0:
                at = len(pool)
                pool += text
            others[code] = ("t", len(pool[:at].encode()) << 8 | len(text.encode()))
        elif status == "I":
            others[code] = ("i", 0)
        elif status in "VD":
            others[code] = ("l" if code in pvalid else "o", 0)
    if part == "texts":
        return print_texts(pool)
    kinds = ranges_of(others.get)
    singles = {first: 0 for first, last, value in kinds if value == ("l", 0) and first == last}
    letters = runs_of(singles)
    deltas = runs_of(deltas)
    plain = [[a, b, *value] for a, b, value in kinds if not (value == ("l", 0) and a == b)]
    plain += [[a, b, "l", 0] for a, b, step, _ in letters if step == 1]
    plain += [[a, b, "d", delta] for a, b, step, delta in deltas if step == 1]
    print(f"// Made by make_tables.py map with idna's tables of Unicode {uts46data.__version__}.")
    table("MapRun kMap", (f"{{{a},{b - a},'{kind}',{value}}}" for a, b, kind, value in sorted(plain)))
    table("DeltaRun kMapEverySecond", (f"{{{a}, {b}, {delta}}}" for a, b, step, delta in deltas if step == 2))
    table("CodeRange kLetterEverySecond", (f"{{{a}, {b}}}" for a, b, step, _ in letters if step == 2))


def print_texts(pool):
    print(f"// Made by make_tables.py texts with idna's tables of Unicode {uts46data.__version__}.")
    data = pool.encode()
    print("constexpr char kMapTexts[] =")
    line = ""
    for byte in data:
        line += f"\\{byte:03o}"
        if len(line) >= 108:
            print(f'    "{line}"')
            line = ""
    print(f'    "{line}";')


def print_urls():
    import pydantic_core

    def is_host(text):
        try:
            return bool(pydantic_core.Url(f"http://{text}/"))
        except ValueError:
            return False

    def is_refused(code):
        status, text = uts46(code)
        if code < 0x80 or code in (0x200C, 0x200D) or status not in "VMDI":
            return None
        if status == "M" and any(c in " #%/:<>?@[\\]^|" for c in text):
            return None
        around = [("a", "a"), ("\u05d0", "\u05d0"), ("\u0627", "\u0627"), ("", "")]
        return None if any(is_host(a + chr(code) + b) for a, b in around) else True

    print(f"// Made by make_tables.py urls with pydantic_core {pydantic_core.__version__}.")
    table("CodeRange kRefusedInUrls", (f"{{{a}, {b}}}" for a, b, _ in ranges_of(is_refused)))


def print_normalisation():
    print(f"// Made by make_tables.py normalisation with Python's Unicode {unicodedata.unidata_version}.")
    canonical = []
    for code in CODES:
        text = unicodedata.decomposition(chr(code))
        if not text or text.startswith("<"):
            continue
        parts = [int(p, 16) for p in text.split()]
        composes = len(parts) == 2 and unicodedata.normalize("NFC", chr(code)) == chr(code)
        canonical.append(f"{{{code}, {parts[0]}, {parts[1] if len(parts) == 2 else 0}, {int(composes)}}}")
    table("Decomposition kDecompositions", canonical)
    table("ValueRange kCombiningClasses",
          (f"{{{a}, {b}, {v}}}" for a, b, v in ranges_of(lambda c: unicodedata.combining(chr(c)) or None)))


def print_properties():
    print(f"// Made by make_tables.py properties with Python's Unicode {unicodedata.unidata_version}.")

    def category(code):
        name = unicodedata.category(chr(code))
        if name[0] == "M":
            return "kMark"
        return "kSpace" if name == "Zs" else "kUnsafe" if name[0] in "ZC" else None

    table("CategoryRange kCategories", (f"{{{a}, {b}, Category::{v}}}" for a, b, v in ranges_of(category)))
    dotted = {c for c in CODES if "002E" in unicodedata.decomposition(chr(c)).split(" ")}
    table("CodeRange kDotted", (f"{{{a}, {b}}}" for a, b, _ in ranges_of(lambda c: c in dotted or None)))

    table("CodeRange kAlphanumeric",
          (f"{{{a}, {b}}}" for a, b, _ in ranges_of(lambda c: (c >= 0x80 and chr(c).isalnum()) or None)))

    def bidi(code):
        if uts46(code)[0] not in "VD":
            return "any"
        name = unicodedata.bidirectional(chr(code))
        known = ("R", "AL", "AN", "EN", "ES", "CS", "ET", "ON", "BN", "NSM")
        return None if name in ("L", "") else name if name in known else "Other"

    table("BidiRange kBidi", (f"{{{a}, {b}, Bidi::k{v.capitalize()}}}" for a, b, v in ranges_of(bidi)))
    joining = {}
    for kind in "DLRT":
        joining.update((c, kind) for c in in_intranges(idnadata.joining_types[kind]))
    table("JoiningRange kJoining",
          (f"{{{a}, {b}, '{v}'}}" for a, b, v in ranges_of(lambda c: joining.get(c))))
    for script in ("Greek", "Hebrew", "Hiragana", "Katakana", "Han"):
        members = in_intranges(idnadata.scripts[script])
        table(f"CodeRange k{script}", (f"{{{a}, {b}}}" for a, b, _ in ranges_of(lambda c: c in members or None)))
    lower = {c: ord(chr(c).lower()) - c for c in CODES if len(chr(c).lower()) == 1 and chr(c).lower() != chr(c)}
    for step in (1, 2):
        table(f"DeltaRun kLower{step}",
              (f"{{{a}, {b}, {d}}}" for a, b, s, d in runs_of(lower) if (s == 2) == (step == 2)))
    zeros = [c for c in CODES if unicodedata.decimal(chr(c), None) == 0]
    table("std::uint32_t kZeros", (str(c) for c in zeros))


{
    "map": lambda: print_map("runs"),
    "texts": lambda: print_map("texts"),
    "urls": print_urls,
    "normalisation": print_normalisation,
    "properties": print_properties,
}[sys.argv[1]]()
