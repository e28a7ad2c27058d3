#!/usr/bin/env python3
"""Holds the sources to the plan of the house: floors, system calls, public headers, sizes of files, ids of findings.

architecture_test.py SOURCE_FOLDER [BUILD_FOLDER]: prints every violation, one a line, and exits with 1 if there is one.
Public headers are compiled alone; those that compiled stay noted in BUILD_FOLDER, keyed by all that they include.
"""

import concurrent.futures
import hashlib
import os
import re
import subprocess
import sys
from pathlib import Path

FLOORS = [
    {"base"},
    {"doc", "archive"},
    {"resource", "schema", "tensor", "onnx"},
    {"process", "image", "engine"},
    {"model"},
    {"bioimageio", "czann", "predict"},
    {"report", "convert"},
    {"apps"},
]
FLOOR_OF = {module: floor for floor, modules in enumerate(FLOORS) for module in modules}

MAY_CALL_THE_SYSTEM = ("src/base/os/", "src/engine/onnxruntime/")
SYSTEM_HEADER = re.compile(
    r"(unistd|dlfcn|fcntl|pthread|sched|link|limits|dirent|signal|poll|termios|pwd|grp|netdb|ifaddrs|spawn|syslog|"
    r"windows|io|direct|process|winsock2|shlobj)\.h$|(sys|linux|mach|netinet|arpa)/")

MOST_LINES = 800
# Generated tables that may be longer, each with its reason.
LONG_FILES = {}

# Not for libraries: exceptions by input or a slow start (regex), and output that belongs to the program.
FORBIDDEN = re.compile(r"\bstd::w?regex\b|(?<!\w)(?:std::)?[fd]?printf\s*\(|\bstd::c(?:out|err)\b|\bputs\s*\(")

SEVERITIES = {"info", "warning", "alert", "error"}
# What a string literal of the form `word.word` can be beside an id.
FILE_ENDINGS = {"json", "onnx", "model", "zip", "png", "tif", "tiff", "npy", "yaml", "yml", "txt", "czann", "bin", "so",
                "dll", "pt", "pb", "py", "xml", "h5", "zarr", "html", "md", "svg"}


class House:
    def __init__(self, root):
        self.root = root
        self.violations = []
        self.texts = {}
        for folder in ("src", "include", "apps"):
            for path in sorted((root / folder).rglob("*")):
                if path.suffix in (".cpp", ".hpp", ".inc", ".h"):
                    self.texts[path.relative_to(root).as_posix()] = path.read_text(encoding="utf-8")

    def violation(self, where, what):
        self.violations.append(f"{where}: {what}")

    def includes(self, name):
        """Pairs of line number and what is included, with its brackets or quotes."""
        for number, line in enumerate(self.texts[name].splitlines(), 1):
            match = re.match(r'\s*#\s*include\s*(<[^>]+>|"[^"]+")', line)
            if match:
                yield number, match[1]


def is_test(name):
    return name.endswith("_test.cpp") or "_test/" in name or is_test_support(name)


def is_test_support(name):
    return bool(re.search(r"(_for_test|_test|test_files)\.hpp$", name))


def module_of(name):
    parts = name.split("/")
    if parts[0] == "apps":
        return "apps"
    return parts[2] if parts[0] == "include" else parts[1]


def without_comments(text):
    """Comments become spaces; literals stay. Line numbers are kept."""
    pattern = re.compile(r'R"(\w*)\((?:.|\n)*?\)\1"|"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])\'|//[^\n]*|/\*(?:.|\n)*?\*/')

    def blank(match):
        return re.sub(r"[^\n]", " ", match[0]) if match[0].startswith("/") else match[0]

    return pattern.sub(blank, text)


def declared_dependencies(house):
    """What each module's CMakeLists.txt says, with what follows from it."""
    direct = {}
    for path in sorted((house.root / "src").glob("*/CMakeLists.txt")):
        match = re.search(r"zooport_module\((\w+)(?:\s+DEPENDS\s+([^)]*?))?\s*(?:LINK\b[^)]*|INCLUDE\b[^)]*)?\)",
                          path.read_text())
        if match:
            direct[match[1]] = set((match[2] or "").split())
    whole = {}

    def closure(module):
        if module not in whole:
            whole[module] = set()  # ends a cycle; check_floors tells it
            whole[module] = set(direct.get(module, ())).union(*(closure(other) for other in direct.get(module, ())))
        return whole[module]

    for module in direct:
        closure(module)
    return whole


def check_floors(house):
    uses = {}
    declared = declared_dependencies(house)
    for name in house.texts:
        module = module_of(name)
        if module not in FLOOR_OF:
            house.violation(name, f"the module {module} has no floor in tests/architecture_test.py")
            continue
        for number, included in house.includes(name):
            where = f"{name}:{number}"
            if included[0] == "<":
                continue
            parts = included[1:-1].split("/")
            is_public = parts[0] == "zooport"
            if parts[0] == "tests":
                if not is_test(name):
                    house.violation(where, f"only tests may include {included}")
                continue
            if not is_public and parts[0] not in FLOOR_OF:
                if module != "apps":
                    house.violation(where, f"{included} is named from no module; write src's \"module/file.hpp\"")
                continue
            other = parts[1] if is_public else parts[0]
            if other == module:
                continue
            if not is_public:
                house.violation(where, f"{included} is private to {other}")
            if other not in FLOOR_OF:
                house.violation(where, f"{included}: no module of that name")
            elif FLOOR_OF[other] > FLOOR_OF[module]:
                house.violation(where, f"{module} (floor {FLOOR_OF[module]}) uses {other} (floor {FLOOR_OF[other]})")
            elif module in declared and other not in declared[module]:
                house.violation(where, f"src/{module}/CMakeLists.txt does not say that it depends on {other}")
            uses.setdefault(module, {}).setdefault(other, where)
    check_cycles(house, uses)


def check_cycles(house, uses):
    done, path = set(), []

    def visit(module):
        if module in path:
            house.violation(uses[path[-1]][module], "cycle " + " -> ".join(path[path.index(module):] + [module]))
            return
        if module in done:
            return
        path.append(module)
        for other in uses.get(module, ()):
            visit(other)
        path.pop()
        done.add(module)

    for module in list(uses):
        visit(module)


def check_system_headers(house):
    for name in house.texts:
        if name.startswith(MAY_CALL_THE_SYSTEM):
            continue
        for number, included in house.includes(name):
            if included[0] == "<" and SYSTEM_HEADER.match(included[1:-1]):
                house.violation(f"{name}:{number}", f"{included} belongs into src/base/os")


def check_public_headers(house):
    for name in house.texts:
        if not name.startswith("include/"):
            continue
        for number, included in house.includes(name):
            inside = included[1:-1]
            is_fine = "." not in inside and "/" not in inside if included[0] == "<" else inside.startswith("zooport/")
            if not is_fine:
                house.violation(f"{name}:{number}", f"a public header may not include {included}")


def everything_included(house, name, seen):
    if name in seen or name not in house.texts:
        return seen
    seen.add(name)
    for _, included in house.includes(name):
        everything_included(house, "include/" + included[1:-1], seen)
    return seen


def check_headers_compile_alone(house, build):
    compiler = os.environ.get("CXX", "g++")
    flags = ["-std=c++20", "-fsyntax-only", "-Wall", "-Wextra", "-I" + str(house.root / "include"), "-x", "c++"]
    version = subprocess.run([compiler, "--version"], capture_output=True, check=True).stdout
    notes = build / "headers_that_compile" if build else None
    if notes:
        notes.mkdir(parents=True, exist_ok=True)

    def compile_alone(name):
        digest = hashlib.sha256(version + " ".join([name] + flags).encode())
        for part in sorted(everything_included(house, name, set())):
            digest.update(hashlib.sha256(house.texts[part].encode()).digest())
        note = notes / digest.hexdigest() if notes else None
        if note and note.exists():
            return None
        source = f'#include "{name[len("include/"):]}"\n'
        result = subprocess.run([compiler, *flags, "-"], input=source, capture_output=True, text=True)
        if result.returncode or result.stderr:
            said = result.stderr.strip().splitlines()
            return next((line for line in said if "error" in line or "warning" in line), said[0])
        if note:
            note.touch()
        return None

    headers = [name for name in house.texts if name.startswith("include/")]
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        for name, error in zip(headers, pool.map(compile_alone, headers)):
            if error:
                house.violation(name, f"does not compile alone: {error}")


def check_sizes(house):
    for name, text in house.texts.items():
        lines = text.count("\n")
        if lines > MOST_LINES and name not in LONG_FILES:
            house.violation(name, f"{lines} lines; at most {MOST_LINES}")


def check_forbidden(house):
    for name, text in house.texts.items():
        if is_test(name) or not name.startswith(("src/", "include/")):
            continue
        for number, line in enumerate(without_comments(text).splitlines(), 1):
            match = FORBIDDEN.search(re.sub(r'"(?:\\.|[^"\\])*"', '""', line))
            if match:
                house.violation(f"{name}:{number}", f"{match[0]} has no place in a library")


def listed_ids(house):
    listed = {}
    for path in sorted((house.root / "docs" / "diagnostics").glob("*.tsv")):
        name = path.relative_to(house.root).as_posix()
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
            where, fields = f"{name}:{number}", line.split("\t")
            if len(fields) != 4 or not all(fields):
                house.violation(where, "not id, severity, meaning, test")
                continue
            id, severity, meaning, test = fields
            if id in listed:
                house.violation(where, f"{id} is listed in {listed[id][0]}, too")
            if severity not in SEVERITIES:
                house.violation(where, f"{severity} is no severity")
            if not meaning.endswith("."):
                house.violation(where, f"what {id} means is no sentence")
            listed[id] = (where, test)
    return listed


def check_ids(house):
    listed = listed_ids(house)
    # A module's ids begin with its name, or with what its files say ("zip." of archive).
    prefixes = {id.split(".")[0] for id in listed} | set(FLOOR_OF) | {"cli", "limits"}
    an_id = re.compile(r'"((\w+)\.([a-z0-9]+(?:-[a-z0-9]+)*|(?<=limits\.)[a-z0-9_]+))"')
    given = re.compile(r'(?:make_error\(\s*[\w:]+,|\.id =|finding\()\s*"([^"]*)"')
    used = {}
    for name, text in house.texts.items():
        if is_test(name):
            continue
        code = re.sub(r"(?m)^\s*#\s*include.*$", "", without_comments(text))
        for match in an_id.finditer(code):
            if match[2] in prefixes and match[3] not in FILE_ENDINGS:
                used.setdefault(match[1], f"{name}:{code.count(chr(10), 0, match.start()) + 1}")
        for match in given.finditer(code):
            where = f"{name}:{code.count(chr(10), 0, match.start()) + 1}"
            used.setdefault(match[1], where)
            if not an_id.fullmatch(f'"{match[1]}"'):
                house.violation(where, f'"{match[1]}" has not the form of an id')
    for id in sorted(used.keys() - listed.keys()):
        house.violation(used[id], f"{id} is not listed in docs/diagnostics")
    for id in sorted(listed.keys() - used.keys()):
        house.violation(listed[id][0], f"{id} is in no source")
    limits = set(re.findall(r"^  std::\w+ (\w+) =", house.texts["include/zooport/base/limits.hpp"], re.M))
    for id in sorted(used.keys() | listed.keys()):
        if id.startswith("limits.") and id.split(".")[1] not in limits:
            house.violation(used.get(id) or listed[id][0], f"{id} is no limit")

    tests = set()
    for path in [*(house.root / "src").rglob("*_test.cpp"), *(house.root / "tests").rglob("*_test.cpp"),
                 *(house.root / "apps").rglob("*_test.cpp")]:
        tests.update(f"{suite}.{test}" for suite, test in
                     re.findall(r"\bTEST(?:_[FP])?\(\s*(\w+),\s*(\w+)\s*\)", path.read_text(encoding="utf-8")))
    for id, (where, test) in listed.items():
        if test not in tests:
            house.violation(where, f"there is no test {test} for {id}")


def check_diagnostics_page(house):
    result = subprocess.run([sys.executable, str(house.root / "docs" / "make_diagnostics.py"), "--check"],
                            capture_output=True, text=True)
    if result.returncode:
        house.violation("docs/diagnostics.md", (result.stdout + result.stderr).strip())


def main():
    house = House(Path(sys.argv[1]).resolve())
    check_floors(house)
    check_system_headers(house)
    check_public_headers(house)
    check_headers_compile_alone(house, Path(sys.argv[2]) if len(sys.argv) > 2 else None)
    check_sizes(house)
    check_forbidden(house)
    check_ids(house)
    check_diagnostics_page(house)
    for violation in house.violations:
        print(violation)
    print(f"{len(house.texts)} files, {len(house.violations)} violations")
    return 1 if house.violations else 0


if __name__ == "__main__":
    sys.exit(main())
