#!/usr/bin/env python3
"""The JSON Schemas that the program prints, judged by a JSON Schema validator and by the recorded verdicts.

  json_schema.py --program build/release/bin/zooport [--list]

Every schema is valid by the metaschema of draft 2020-12 and takes its own examples. Of the recorded documents
(../shared/data/verdicts) it takes every valid one and refuses every one with an error that a schema can say (STRUCTURAL);
what else it may do is in EXCEPTIONS and STRICTER, each with a reason. Runs in build/venv-peers, which `./dev test` makes. Exit 77: that
environment, or the recorded data, is absent (a failure if CI is set).
"""
import argparse
import collections
import copy
import json
import math
import os
import pathlib
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
SHARED = pathlib.Path(os.environ.get("ZOOPORT_SHARED") or ROOT.parent / "shared")

# What the reference calls errors that a schema can tell: kinds of values, fields that lack or are too many, choices,
# counts, lengths, patterns, limits of numbers.
STRUCTURAL = {
    "missing", "extra_forbidden", "string_type", "model_type", "model_attributes_type", "dict_type", "list_type",
    "tuple_type", "is_instance_of", "sequence_str", "path_type", "url_type", "int_type", "int_parsing", "int_from_float",
    "float_type", "float_parsing", "bool_type", "bool_parsing", "literal_error", "union_tag_invalid",
    "union_tag_not_found", "too_short", "too_long", "string_too_short", "string_too_long", "string_pattern_mismatch",
    "predicate_failed", "greater_than", "greater_than_equal", "less_than", "less_than_equal", "multiple_of",
    "url_scheme", "path_not_file",
}
# Not counted, as no schema can say it: value_error (conditions in code: check digits, grammars of addresses, rules over
# several fields), url_parsing and url_too_long (the grammar of URLs), finite_number (JSON has no such numbers),
# int_parsing_size (digits are not counted), names of Python exceptions (the reference stops without a verdict).


def limits_of_text(document, error):
    """Limits of numbers do not hold for numbers that are written as text."""
    value = at(document, error["loc"])
    return error["type"] in {"greater_than", "greater_than_equal", "less_than", "less_than_equal", "multiple_of"} and \
        isinstance(value, str)


# Structural errors that a schema need not see.
EXCEPTIONS = (limits_of_text,)


def nearly_a_multiple(error):
    """The reference takes a number within 1e-9 of a multiple of 0.5."""
    return "is not a multiple of" in text_of(error)


def empty_list_as_text(error):
    """The converters make a list of the letters of a text: an empty text is an empty list."""
    return error.instance == "" or "'' is not of type 'array'" in text_of(error)


def text_of(error):
    return " ".join([error.message, *map(text_of, error.context or [])])


# What a schema may refuse although it is valid.
STRICTER = (nearly_a_multiple, empty_list_as_text)


def skip(why):
    in_ci = bool(os.environ.get("CI"))
    print(f"{'failed' if in_ci else 'skipped'}: {why}")
    sys.exit(1 if in_ci else 77)


def enter_environment():
    """Goes on in build/venv-peers; ends where the validator cannot be imported."""
    python = ROOT / "build/venv-peers/bin/python"
    if python.exists() and pathlib.Path(sys.prefix).resolve() != (ROOT / "build/venv-peers").resolve():
        os.execv(python, [str(python), *sys.argv])
    try:
        import jsonschema  # noqa: F401
    except ImportError as error:
        skip(f"{error}; `./dev test` makes build/venv-peers")


enter_environment()

from jsonschema import Draft202012Validator  # noqa: E402


class NoJson(Exception):
    """The document has a number that JSON lacks."""


def plain(value):
    """Recorded {"$float": …} stand for numbers that JSON does not have."""
    if isinstance(value, dict):
        if set(value) == {"$float"}:
            raise NoJson
        return {key: plain(item) for key, item in value.items()}
    if isinstance(value, list):
        return [plain(item) for item in value]
    if isinstance(value, float) and not math.isfinite(value):
        raise NoJson
    return value


def at(document, loc):
    for key in loc:
        if isinstance(document, list) and isinstance(key, int) and key < len(document):
            document = document[key]
        elif isinstance(document, dict) and key in document:
            document = document[key]
    return document


def edited(document, edits):
    document = copy.deepcopy(document)
    for edit in edits:
        *way, last = edit["path"]
        place = document
        for key in way:
            place = place[key]
        if edit["op"] == "remove":
            del place[last]
        elif isinstance(place, list) and last == len(place):
            place.append(edit["value"])
        else:
            place[last] = edit["value"]
    return document


class Judge:
    def __init__(self, schema, version):
        self.validator = Draft202012Validator(schema)
        self.version = version
        self.counts = collections.Counter()
        self.wrong = []

    def compare(self, name, document, record):
        """One document and what the reference says about it."""
        status = record["status"]
        if status == "raises" or any(error["type"][:1].isupper() for error in record["errors"]):
            return self.count("left out: the reference stops")
        if document.get("format_version") != self.version:
            if status != "valid":
                return self.count("left out: invalid, of another version")
            # Older ones are converted first; what comes out is of this version.
            document = record.get("dump") or document
        try:
            document = plain(document)
        except NoJson:
            return self.count("left out: numbers that JSON lacks")
        if status == "valid":
            errors = list(self.validator.iter_errors(document))
            if not errors:
                return self.count("valid, taken")
            for rule in STRICTER:
                if all(rule(error) for error in errors):
                    return self.count(f"valid, refused: exception {rule.__name__}")
            self.count("valid, REFUSED")
            return self.wrong.append(f"{name}: valid, but {errors[0].json_path}: {errors[0].message[:300]}")
        if not self.validator.is_valid(document):
            return self.count("invalid, refused")
        others = {error["type"] for error in record["errors"]} - STRUCTURAL
        if others:
            return self.count(f"invalid, taken: {', '.join(sorted(others))}")
        for rule in EXCEPTIONS:
            if any(rule(document, error) for error in record["errors"]):
                return self.count(f"invalid, taken: exception {rule.__name__}")
        self.count("invalid, TAKEN")
        said = "; ".join(f"{error['loc']} {error['type']}" for error in record["errors"][:3])
        self.wrong.append(f"{name}: {said}: taken")

    def count(self, what):
        self.counts[what] += 1


def lines(path):
    with open(path, encoding="utf-8") as file:
        for line in file:
            yield json.loads(line)


def judge_vectors(judges):
    bases = {}
    for record in lines(SHARED / "data/verdicts/vectors.jsonl"):
        if record["kind"] == "base":
            bases[record["base"]] = record["document"]
            continue
        if record["class"] not in judges:
            continue
        document = edited(bases[record["base"]], record["edits"])
        name = f"{record['id']} {json.dumps(record['edits'])[:200]}"
        judges[record["class"]].compare(name, document, record)


def judge_descriptions(judges):
    """The real ones, as the reference dumps them: reading YAML is not what is tested here."""
    for record in lines(SHARED / "data/verdicts/rdf.jsonl"):
        if record["class"] in judges and record["status"] == "valid":
            judges[record["class"]].compare(record["file"], record["dump"], record)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--program", required=True)
    parser.add_argument("--list", action="store_true", help="all that is wrong, not the first of it")
    options = parser.parse_args()
    unknown = subprocess.run([options.program, "schema", "?"], capture_output=True, text=True)
    assert unknown.returncode == 2, "no error for a name that no format has"
    names = unknown.stderr.split("There are ")[1].split(" [")[0].strip().rstrip(".").split(", ")
    failures = []
    judges = {}
    for name in names:
        done = subprocess.run([options.program, "schema", name, "--format", "json"], capture_output=True, text=True)
        assert done.returncode == 0, done.stderr
        record = json.loads(done.stdout)["results"][0]
        text = subprocess.run([options.program, "schema", name], capture_output=True, text=True).stdout
        assert json.loads(text) == record["schema"], f"{name}: text and record differ"
        Draft202012Validator.check_schema(record["schema"])
        failures += [f"{name}: {wrong}" for wrong in wrong_examples(record["schema"])]
        kind = name.rpartition("-")[0]
        if kind in ("czann", "czmodel"):  # czann_schema.py judges these
            continue
        judges[f"{kind} {record['format_version']}"] = Judge(record["schema"], record["format_version"])
    print(f"{len(names)} schemas: {', '.join(names)}")
    if not SHARED.is_dir():
        if failures:
            print("\n".join(failures))
            return 1
        skip("the recorded verdicts (../shared) are not on this machine")
    judge_vectors(judges)
    judge_descriptions(judges)
    for kind, judge in judges.items():
        print(kind)
        for what, count in sorted(judge.counts.items()):
            print(f"  {count:6} {what}")
        failures += judge.wrong
        for needed in ("valid, taken", "invalid, refused"):
            if not judge.counts[needed]:
                failures.append(f"{kind}: no document is {needed}")
    for rule in EXCEPTIONS + STRICTER:
        print(f"exception {rule.__name__}: {rule.__doc__}")
        if not any(rule.__name__ in what for judge in judges.values() for what in judge.counts):
            failures.append(f"no record needs the exception {rule.__name__}")
    print("\n".join(failures if options.list else failures[:20]))
    print(f"{len(failures)} wrong")
    return 1 if failures else 0


def wrong_examples(schema):
    """Examples of fields that their own schema refuses."""
    definitions = schema["$defs"]
    for name, node in [("root", schema), *definitions.items()]:
        for field, part in node.get("properties", {}).items():
            for example in part.get("examples", []):
                for error in Draft202012Validator({**part, "$defs": definitions}).iter_errors(example):
                    yield f"{name}.{field}: example {json.dumps(example)}: {error.message[:200]}"


if __name__ == "__main__":
    sys.exit(main())
