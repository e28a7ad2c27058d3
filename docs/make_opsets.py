#!/usr/bin/env python3
"""Writes docs/opsets.md from the tables of rules in src/onnx/passes.

  make_opsets.py           writes it
  make_opsets.py --check   says whether it is as it would be written, by its exit status
"""
import argparse
import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parents[1]
PASSES = ROOT / "src/onnx/passes"
PAGE = ROOT / "docs/opsets.md"

HEAD = """# Opsets: what a graph becomes

`zooport graph opset` says a graph in another opset of the default domain, 7 to {newest}, up or down, one opset after
the other. At each, operators whose form changed there go through a rule of the tables below. The IR version follows.

- What has no rule is refused, all of it at once, by operator, node and reason, and nothing is written (exit 4).
- Rules that need an extent or a number of axes take it from the shapes that the graph declares and from what follows of
  them; inputs that only a constant may stand for (axes, pads, sizes, scales, k) may be computed of constants and fixed
  shapes. `zooport graph shape` fixes sizes.
- bfloat16 becomes float32 below opset 13, as it has no form there. `--float32` widens float16, too. What is rounded to
  16 bits in between is not rounded any more, and the steps say so.
- Functions of the model are inlined. An If whose condition is constant becomes the branch that is taken, and a Loop of
  up to 32 rounds, whose number is constant and which does not end early, becomes its rounds.
- Constants of integers are initializers below opset 9, where the operator Constant gives floats alone.
- An input with a default becomes a constant where a rule needs its value, and the steps say so. The others stay inputs.
- Where an older form of an operator takes no 16-bit floats, it computes with float32 between Casts.
- Constants that rules make may take 256 MiB together; what would need more is refused.
- A window of a pool with ceil_mode that lies over padding alone is left out, as ONNX Runtime does at every opset. Where
  the extents are not known the pool stays as it is, though the format counts such a window below opset 22.
- Where(condition, x, y) below opset 9 is said with Min and Max: no element of x or y may be NaN.

Each rule is tested with random models against ONNX Runtime (tests/peers/opset_rules.py). This page is made by
docs/make_opsets.py.
"""


def rows(text, table):
    body = text.split(f"{table}[] = {{")[1].split("\n};")[0]
    body = re.sub(r'"\s*\n\s*"', "", body)
    return [(op, int(version), what) for op, version, what in
            re.findall(r'\{"(\w+)",\s*(\d+),\s*rules::\w+,\s*"([^"]*)"\}', body)]


def table(title, text, found, newest_first):
    found = sorted(found, key=lambda row: (-row[1] if newest_first else row[1], row[0]))
    lines = ["", f"## {title}", "", text, "", "| opset | operator | becomes |", "|---|---|---|"]
    return lines + [f"| {version} | {op} | {what} |" for op, version, what in found]


def page():
    source = (PASSES / "opset_table.cpp").read_text()
    newest = re.search(r"kNewestOpset = (\d+)", (ROOT / "src/onnx/operators_table.cpp").read_text()).group(1)
    lines = HEAD.format(newest=newest).rstrip("\n").split("\n")
    lines += table("Down", "From the opset named to the one before.", rows(source, "kLowering"), True)
    lines += table("Up", "From the opset before to the one named.",
                   [row for row in rows(source, "kRaising")], False)
    kept = re.findall(r'^    "(\w+)((?: \d+)+)",', (PASSES / "opset_unchanged.cpp").read_text(), re.MULTILINE)
    lines += ["", "## Element types alone", "",
              "Opsets that changed which element types an operator takes, and nothing else. A type that the older form does not",
              "take is refused.", "", "| operator | opsets |", "|---|---|"]
    lines += [f"| {op} | {', '.join(opsets.split())} |" for op, opsets in kept]
    return "\n".join(lines) + "\n"


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--check", action="store_true")
    if not parser.parse_args().check:
        PAGE.write_text(page())
        return
    if not PAGE.exists() or PAGE.read_text() != page():
        sys.exit(f"{PAGE.relative_to(ROOT)} is not what docs/make_opsets.py writes")


if __name__ == "__main__":
    main()
