#!/usr/bin/env python3
"""Writes expected_findings.tsv anew: `make_expected_findings.py build/release/bin/zooport`.

Asks the program about every archive of ../shared/data/czann and ../shared/data/czmodel/written, and writes one line for
each finding of each file or group of files, with a reason. A line that was there before keeps its reason; for a new one
REASONS has it, by the finding. What differs from the last time is for a person to read (git diff), not to take on trust.
"""
import collections
import json
import pathlib
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
DATA = ROOT.parent / "shared/data"
TABLE = pathlib.Path(__file__).with_name("expected_findings.tsv")
HEAD = "# pattern of names below ../shared/data\tid\twhy: every file that the pattern fits has that finding\n"
REASONS = {
    "convert.empty-archive": "what czmodel leaves when it gives up half-way",
    "convert.zen-off-stride": "the network pools: ZEN places tiles off its stride",
    "convert.zen-overlap-below-reach": "the case gives a small border, or none, and its network sees further",
    "convert.zen-reach-unknown": "what the network sees cannot be followed through its nodes",
    "convert.zen-tile-step": "the tile is no size that the network keeps",
    "czann.batch": "the network has a batch of its own",
    "czann.border-size": "the border of the case is no number of pixels",
    "czann.border-too-large": "the border of the case is as large as the small tile of its network",
    "czann.channels-first": "the network of the case has channels first",
    "czann.class-count": "other numbers of classes than channels",
    "czann.class-duplicate": "the case gives two classes one name",
    "czann.class-empty": "the case gives a class no name",
    "czann.class-number": "the case gives labels or colours of another kind",
    "czann.classes-missing": "the case gives no classes to a type that has them",
    "czann.color-handling": "the word of the case is none of the two",
    "czann.colour-order": "three or four channels: said to everybody, ZEN delivers blue first",
    "czann.duplicate-key": "the case writes a key twice",
    "czann.extra-key": "ZEN writes a key that the specification does not name",
    "czann.feature-extractor": "a model of another kind",
    "czann.id-form": "the identifier of the case is no UUID",
    "czann.ir-version": "the case packs a network of a newer IR version",
    "czann.license-name": "czmodel stores the licence under the name that it has",
    "czann.local-path": "ZEN wrote where the file was",
    "czann.lone-surrogate": "the case has half a character",
    "czann.looks-channels-first": "the network of the case has channels first",
    "czann.marker": "the case's Id is no name",
    "czann.member-name": "members are called after another Id",
    "czann.missing-element": "the case leaves it out",
    "czann.no-probabilities": "the network ends in no softmax",
    "czann.not-a-number": "the case gives NaN or an infinity",
    "czann.open-size": "the network leaves height and width open, model.json does not",
    "czann.open-tile": "the network leaves height and width open",
    "czann.opset": "the case packs a network of a newer opset",
    "czann.opset-newer": "czmodel 6.2.0 exports opset 18",
    "czann.opset-older": "below 12, as ZEN's own networks are",
    "czann.overlap-missing": "the case gives no MinOverlap, and its network sees beyond a pixel",
    "czann.pixel-channels": "the pixel types of the case are not those of its network",
    "czann.pixel-type": "the word of the case is no pixel type",
    "czann.post-processing": "the case names one",
    "czann.saved-model": "the network is a zipped SavedModel",
    "czann.saved-model-operators": "operations that TensorFlow 2.0.0 does not have",
    "czann.scale-inputs-missing": "czmodel never writes ScaleInputsByBitdepth",
    "czann.scaling-axes": "two numbers for three axes",
    "czann.scaling-implausible": "the case gives pixels of metres",
    "czann.scaling-not-positive": "the case gives numbers below or at zero",
    "czann.scaling-unset": "the notebook's default of one metre",
    "czann.shape-differs": "the metadata of the case say another shape than its network",
    "czann.shape-unknown": "the shape of the output is open",
    "czann.sigmoid-scores": "the network ends in no softmax",
    "czann.size-differs": "output of another size than the input",
    "czann.softmax-axis": "softmax over another axis than the last",
    "czann.tile-differs": "the case says another tile",
    "czann.unusual-channels": "the network of the case has so many channels",
    "czann.wrong-kind": "values of another kind, written as they were given",
    "czann.wrong-shape": "shapes of another rank, written as they were given",
    "zip.duplicate-name": "the licence is called as another member, too",
}


def archives():
    for base in ("czann", "czmodel/written"):
        for path in sorted((DATA / base).rglob("*")):
            if path.suffix.lower() in (".czann", ".czseg", ".czmodel"):
                yield str(path), str(path.relative_to(DATA)).replace("czmodel/written/", "czmodel/")


def findings(program, path):
    """One file a call: among several, files that have one Id would be told about. None: it cannot be judged yet."""
    asked = subprocess.run([program, "check", path, "--format", "jsonl", "--warnings", "info", "--no-progress"],
                           capture_output=True, text=True)
    record = json.loads(asked.stdout)
    return {found["id"] for found in record["findings"]} if record["status"] != "unsupported" else None


def pattern_of(name):
    """The same case in every release, under whatever name the archive has."""
    parts = name.split("/")
    return f"czmodel/*/{parts[2]}/*" if parts[0] == "czmodel" else name


def group(files, having):
    """Patterns that fit the files of `having` and no others of `files`."""
    by_pattern = collections.defaultdict(set)
    for name in files:
        by_pattern[pattern_of(name)].add(name)
    for pattern, all_of_it in by_pattern.items():
        some = all_of_it & having
        if some == all_of_it:
            yield pattern
            continue
        releases = collections.defaultdict(set)
        for name in all_of_it:
            releases["/".join(name.split("/")[:3]) + "/*"].add(name)
        for release, of_release in releases.items():
            if of_release <= some:
                yield release
            else:
                yield from of_release & some


def main():
    program = sys.argv[1]
    kept = {}
    for line in TABLE.read_text().splitlines()[1:] if TABLE.exists() else []:
        pattern, id, why = line.split("\t")
        kept[pattern, id] = why
    found = {name: findings(program, path) for path, name in archives()}
    found = {name: ids for name, ids in found.items() if ids is not None}
    rows = set()
    for id in set().union(*found.values()):
        for pattern in group(found, {name for name, ids in found.items() if id in ids}):
            rows.add((pattern, id))
    missing = sorted({id for pattern, id in rows if not kept.get((pattern, id)) and id not in REASONS})
    if missing:
        sys.exit(f"no reason for {', '.join(missing)}")
    lines = [HEAD]
    for pattern, id in sorted(rows):
        why = kept.get((pattern, id)) or REASONS[id]
        lines.append(f"{pattern}\t{id}\t{why}\n")
    TABLE.write_text("".join(lines))


if __name__ == "__main__":
    main()
