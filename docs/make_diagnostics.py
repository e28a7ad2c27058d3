#!/usr/bin/env python3
"""Writes docs/diagnostics.md from docs/diagnostics/*.tsv; with --check only says whether it is up to date."""

import sys
from pathlib import Path

DOCS = Path(__file__).resolve().parent
HEAD = """# Findings and errors

Every finding and error of zooport has an id that does not change. Each line gives the id, its usual severity, what it
means and what to do, and a test in the sources that triggers it. Made by `docs/make_diagnostics.py`.
"""


def page():
    parts = [HEAD]
    for path in sorted((DOCS / "diagnostics").glob("*.tsv")):
        parts.append(f"\n## {path.stem}\n\n")
        for line in sorted(path.read_text(encoding="utf-8").splitlines()):
            id, severity, meaning, test = line.split("\t")
            parts.append(f"- `{id}` ({severity}): {meaning} Example: `{test}`\n")
    return "".join(parts)


def main():
    target = DOCS / "diagnostics.md"
    if sys.argv[1:] == ["--check"]:
        if not target.exists() or target.read_text(encoding="utf-8") != page():
            print("not up to date; run docs/make_diagnostics.py")
            return 1
        return 0
    target.write_text(page(), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
