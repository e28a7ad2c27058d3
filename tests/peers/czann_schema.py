#!/usr/bin/env python3
"""The JSON Schemas of model.json that the program prints, against the published rules and against `zooport check`.

  czann_schema.py --program build/release/bin/zooport

Each schema takes exactly what PUBLISHED takes, which is the specifications' schemas without their words: on the recorded
inputs of ModelMetadata.from_json (../shared/data/czmodel/api_vectors.jsonl) and on documents that are changed at every
key. On the recorded inputs `zooport check` reports errors of kind and shape where the schema refuses; where they differ,
DIFFERENCES says why. Runs in build/venv-peers, which `./dev test` makes. Exit 77: that environment, or the recorded
data, is absent (a failure if CI is set).
"""
import argparse
import collections
import copy
import json
import os
import pathlib
import subprocess
import sys
import tempfile
import zipfile

ROOT = pathlib.Path(__file__).resolve().parents[2]
SHARED = pathlib.Path(os.environ.get("ZOOPORT_SHARED") or ROOT.parent / "shared")


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

TYPES = [count + kind for kind in ("InstanceSegmentation", "SemanticSegmentation", "Classification")
         for count in ("SingleClass", "MultiClass")] + ["ObjectDetection", "Regression"]


def integers(least, **counts):
    return {"type": "array", "items": {"type": "integer", "minimum": least}, **counts}


def published(version):
    keys = {
        "Id": {"type": "string"},
        "Type": {"type": "string", "enum": TYPES},
        "InputShape": integers(1, minItems=3, maxItems=4),
        "OutputShape": integers(1, minItems=3, maxItems=4),
        "MinOverlap": integers(0, minItems=1),
        "Classes": {"type": "array", "items": {"type": "string"}, "minItems": 2},
        "ModelName": {"type": "string"},
    }
    required = ["Id", "Type", "InputShape", "OutputShape"]
    if version >= "1.1":
        keys["Scaling"] = {"type": "array", "items": {"type": "number"}, "minItems": 2,
                           "maxItems": 2 if version == "1.1" else 3}
    if version >= "2.1":
        keys["FormatVersion"] = {"type": "string"}
        required.append("FormatVersion")
    return {"type": "object", "properties": keys, "required": required}


VERSIONS = ("1.0", "1.1", "2.0", "2.1")
# The conversion specification has no published schema: this is what czmodel asks for, with kinds.
SPECIFICATION = {
    "type": "object",
    "properties": {"ModelMetadata": {"anyOf": [
        {**published("2.0"), "required": ["Type", "InputShape", "OutputShape"]}, {"type": "string"}]},
        "ModelPath": {"type": "string"}, "LicenseFile": {"type": ["string", "null"]},
        "SpatialDims": integers(1, minItems=2, maxItems=3)},
    "required": ["ModelMetadata", "ModelPath"]}
PUBLISHED = {version: published(version) for version in VERSIONS}

# Errors of `check` that a schema can say, too. czann.class-count is also said of relations between keys.
KIND_IDS = {"czann.missing-key", "czann.wrong-kind", "czann.wrong-shape", "czann.unknown-type", "czann.class-count"}


# Where `check` takes a document that a schema refuses, or the other way round.
def null_is_absent(document, error):
    """A null under a key that may be left out counts as no key."""
    return error and error.instance is None and len(error.path) == 1


def version_is_not_asked_for(document, error):
    """A file without FormatVersion is one of an earlier specification."""
    return error and error.validator == "required" and "FormatVersion" in error.message


def scaling_is_of_any_specification(document, error):
    """Files do not say which specification they are of: Scaling may have two or three numbers in each."""
    return error is None or list(error.path) == ["Scaling"]


def beyond_the_integers(document, error):
    """Sizes beyond 64 bits are refused; so are reals that cannot be told from their neighbours."""
    numbers = [number for key in ("InputShape", "OutputShape", "MinOverlap") if isinstance(document.get(key), list)
               for number in document[key] if isinstance(number, (int, float))]
    return not error and any(abs(number) > 9e15 for number in numbers)


DIFFERENCES = (null_is_absent, version_is_not_asked_for, beyond_the_integers, scaling_is_of_any_specification)


def no_json(text):
    raise ValueError(f"{text} is no JSON")


def vectors(api="ModelMetadata.from_json"):
    """Name, bytes and document of the recorded inputs that are JSON."""
    found = []
    with open(SHARED / "data/czmodel/api_vectors.jsonl", encoding="utf-8") as file:
        for line in file:
            record = json.loads(line)
            if record["api"] != api:
                continue
            data = record["input"].get("text")
            data = bytes.fromhex(record["input"].get("hex", "")) if data is None else data.encode("utf-8", "surrogatepass")
            try:
                document = json.loads(data.decode("utf-8"), parse_constant=no_json)
            except (ValueError, RecursionError):
                continue
            found.append((record["id"].rpartition("/")[2], data, document))
    return found


GOOD = {"FormatVersion": "2.1.0", "Id": "b511d295-91ff-46ca-bb60-b2e26c393809", "Type": "SingleClassSemanticSegmentation",
        "InputShape": [64, 48, 1], "OutputShape": [64, 48, 2], "MinOverlap": [8, 8], "Classes": ["a", "b"],
        "ModelName": "net", "Scaling": [1e-7, 1e-7]}
VALUES = [None, True, 0, 1, 8.0, 8.5, -1, "", "8", "Regression", {}, {"a": 1}, [], [1], [1, 2], [1, 2, 3], [1, 2, 3, 4],
          [1, 2, 3, 4, 5], [0, 1, 2], [1.0, 2.0, 3.0], [1.5, 2, 3], ["1", "2", "3"], [True, True, True], [None, 1, 2],
          [-1, 2, 3], [0, 0], [-0.0, 0.5], ["a", "b"], ["a", 1], ["a"], [[1, 2, 3]], 1e300, [1e300, 1e300, 1e300],
          *TYPES, "regression"]


def changed():
    """A good document with every value at every key, and without each key."""
    yield "good", GOOD
    for key in [*GOOD, "ModelDescription"]:
        without = {name: value for name, value in GOOD.items() if name != key}
        yield f"without {key}", without
        for value in VALUES:
            yield f"{key} is {json.dumps(value)}", {**copy.deepcopy(GOOD), key: value}
    for document in (None, [], "text", 5, True, {}):
        yield json.dumps(document), document


SPEC = {"ModelMetadata": {key: value for key, value in GOOD.items() if key not in ("FormatVersion", "Id")},
        "ModelPath": "net.onnx", "LicenseFile": None, "SpatialDims": [512, 512]}


def changed_specs():
    yield "good", SPEC
    for key in SPEC:
        yield f"without {key}", {name: value for name, value in SPEC.items() if name != key}
        for value in VALUES:
            yield f"{key} is {json.dumps(value)}", {**SPEC, key: value}
    for name, document in changed():
        yield f"ModelMetadata: {name}", {**SPEC, "ModelMetadata": document}


def run(program, *arguments):
    return subprocess.run([program, *map(str, arguments)], capture_output=True, text=True)


def reader_refuses(program, inputs):
    """Whether `check` finds an error of kind or shape in each model.json."""
    with tempfile.TemporaryDirectory(prefix="zooport-schema-") as folder:
        paths = []
        for name, data, _ in inputs:
            path = pathlib.Path(folder) / f"{name}.czann"
            with zipfile.ZipFile(path, "w") as archive:
                archive.writestr("model.json", data)
                archive.writestr("model.model", b"\x08\x07")
            paths.append(path)
        done = run(program, "check", *paths, "--format", "jsonl", "--no-progress")
        records = [json.loads(line) for line in done.stdout.splitlines()]
    assert len(records) == len(paths), f"{len(records)} records of {len(paths)} files: {done.stderr[:500]}"
    verdicts = {}
    for (name, _, document), record in zip(inputs, records):
        of_kind = [finding["id"] for finding in record["findings"]
                   if finding["severity"] == "error" and finding["id"] in KIND_IDS
                   and not (finding["id"] == "czann.class-count" and len(document.get("Classes", [])) >= 2)]
        verdicts[name] = bool(of_kind)
    return verdicts


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--program", required=True)
    program = parser.parse_args().program
    failures, counts, used = [], collections.Counter(), collections.Counter()
    validators = {}
    for version in VERSIONS:
        done = run(program, "schema", f"czann-{version}")
        assert done.returncode == 0, done.stderr
        schema = json.loads(done.stdout)
        Draft202012Validator.check_schema(schema)
        validators[version] = Draft202012Validator(schema), Draft202012Validator(PUBLISHED[version])

    inputs = vectors() if SHARED.is_dir() else []
    documents = [(name, document) for name, _, document in inputs] + list(changed())
    for version, (ours, theirs) in validators.items():
        for name, document in documents:
            taken = ours.is_valid(document)
            counts[version, taken] += 1
            if taken != theirs.is_valid(document):
                failures.append(f"czann-{version}: {name}: {'taken' if taken else 'refused'}, other than published")
    done = run(program, "schema", "czmodel-spec")
    assert done.returncode == 0, done.stderr
    ours, theirs = Draft202012Validator(json.loads(done.stdout)), Draft202012Validator(SPECIFICATION)
    specs = vectors("ModelSpec.from_json") if SHARED.is_dir() else []
    for name, document in [(name, document) for name, _, document in specs] + list(changed_specs()):
        taken = ours.is_valid(document)
        counts["2.0 in a specification", taken] += 1
        if taken != theirs.is_valid(document):
            failures.append(f"czmodel-spec: {name}: {'taken' if taken else 'refused'}, other than meant")
    for (version, taken), count in sorted(counts.items()):
        print(f"czann-{version}: {count} documents are {'taken' if taken else 'refused'}")
    for version in VERSIONS:
        if not counts[version, True] or not counts[version, False]:
            failures.append(f"czann-{version}: all documents have one verdict")
    if not inputs:
        print("\n".join(failures))
        return 1 if failures else skip("the recorded inputs (../shared) are not on this machine")

    refuses = reader_refuses(program, inputs)
    for version, (ours, _) in validators.items():
        for name, _, document in inputs:
            error = next(ours.iter_errors(document), None)
            if refuses[name] == bool(error):
                used["agree"] += 1
                continue
            reason = next((rule for rule in DIFFERENCES if isinstance(document, dict) and rule(document, error)), None)
            if reason:
                used[reason.__name__] += 1
            else:
                said = error.message[:200] if error else "taken"
                failures.append(f"czann-{version}: {name}: {said}, but check {'refuses' if refuses[name] else 'takes'} it")
    print(f"{len(inputs)} recorded inputs, {used['agree']} verdicts of {4 * len(inputs)} agree with check")
    for rule in DIFFERENCES:
        print(f"  {used[rule.__name__]:4} differ: {rule.__doc__}")
        if not used[rule.__name__]:
            failures.append(f"no recorded input needs the difference {rule.__name__}")
    print("\n".join(failures[:30]))
    print(f"{len(failures)} wrong")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
