#!/usr/bin/env python3
"""Bent graphs: what the official checker refuses, zooport refuses, and the other way round.

  onnx_checker.py --program build/release/bin/zooport [--rounds N] [--seed N]

The recorded ONNX files, bent in one way at a time (onnx_mutants.py), judged by both. Where they differ, a rule of
STRICTER or LAXER must say why. Runs in build/venv-peers, which `./dev test` makes. Exit 77: that environment, or the recorded
files, are absent (a failure if CI is set).
"""
import argparse
import collections
import os
import pathlib
import random
import re
import shutil
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).parent))
import onnx_cases  # noqa: E402

onnx_cases.enter_environment()

import onnx  # noqa: E402
from onnx import checker  # noqa: E402

from onnx_mutants import MUTATIONS  # noqa: E402

LARGEST = 60_000  # bytes of a file that is bent
BATCH = 250
CARRIED = 200  # of those that both take, to other opsets

# What zooport refuses and the official checker takes: id, what the sentence holds, and why.
STRICTER = [
    ("onnx.tensor-size", "", "the checker does not compare the bytes of a constant with its shape; engines do, or crash"),
    ("onnx.tensor-field", "", "the checker looks at the field of the elements only where there are any"),
    ("onnx.number-range", "", "a bool that is neither 0 nor 1 means different things to different engines"),
    ("onnx.opset-version", "are imported", "which of two opsets holds is not said; engines differ"),
    ("onnx.duplicate-value", "the output ", "outputs are asked for by name"),
    ("onnx.no-output", "", "a graph without outputs computes nothing"),
    ("onnx.value-type", "has no type", "engines refuse inputs of element type 0"),
    ("onnx.attribute", "refers to an attribute of a function, outside any", "it has no value there"),
    ("onnx.body-arity", "", "engines refuse bodies that do not fit their node; the checker looks at shapes only when asked to"),
    ("onnx.undefined-value", "of the function", "the checker does not look whether outputs of functions are computed"),
]

# What the official checker refuses and zooport takes, as engines do: what its sentence holds, and why.
LAXER = [
    ("Field 'name' of 'graph' is required to be non-empty.", "the name of a graph means nothing"),
    ("Field 'shape' of 'type' is required but missing.", "shapes of inputs and outputs may be unknown"),
    ("No opset import for domain 'ai.onnx'", "'ai.onnx' and '' are two names of one domain"),
    ("Your model has duplicate keys in metadata_props.", "nothing hangs on notes"),
    ("in initializer but not in graph input", "IR 3: constants need be no inputs"),
    ("model with IR version < 3 cannot have opset_import specified", "the opset is clear, whatever the IR version"),
    ("Op registered for GroupNormalization is deprecated", "it was good when it came with opset 18"),
    ("not compatible with the version imported by model", "a function may be in another opset than the model; a change of "
                                                           "opset refuses what it cannot inline"),
]


# What they do not look at: functions, of which the checker sees nothing before the IR version that brought them.
FUNCTIONS = "we refuse: what is wrong in functions before IR 8, where they are kept, too"


def exception_for(said, found):
    """The reason of a difference; none if there is no rule for it."""
    if said:
        return next((f"they refuse: {held}: {why}" for held, why in LAXER if held in said), None)
    rules = set()
    for error in found:
        rule = next((f"we refuse: {id} {held}: {why}" for id, held, why in STRICTER
                     if error["id"] == id and held in error["message"]), None)
        if error.get("loc", [""])[:1] == ["functions"]:
            rule = rule or FUNCTIONS
        if not rule:
            return None
        rules.add(rule)
    return min(rules)


def official(model):
    """What the official checker says: "" if all is well."""
    try:
        checker.check_model(model.SerializeToString(), full_check=False)
    except Exception as error:  # of several kinds
        return str(error).strip() or type(error).__name__
    return ""


def bases():
    """Recorded models that both take, small ones, with the shapes of outputs that the official checker wants."""
    found = []
    for name, path, case in onnx_cases.cases():
        if case["expect"] == "refuse" or path.stat().st_size > LARGEST or name == "external_data":
            continue
        model = onnx.load(str(path))
        recorded = {item["name"]: item["shape"] for item in case["inputs"] + case["outputs"]}
        for value in [*model.graph.input, *model.graph.output]:
            if not value.type.tensor_type.HasField("shape"):
                for extent in recorded[value.name]:
                    value.type.tensor_type.shape.dim.add().dim_value = extent
        said = official(model)
        if said:
            if not exception_for(said, []):
                sys.exit(f"{name}: {said}")
            continue
        found.append((name, model))
    return found


def judged(program, folder, mutants):
    """Errors by mutant, of many files with one call each batch."""
    found = []
    for start in range(0, len(mutants), BATCH):
        paths = []
        for index, (_, _, model, _) in enumerate(mutants[start:start + BATCH]):
            paths.append(folder / f"{index}.onnx")
            paths[-1].write_bytes(model)
        _, record, said = onnx_cases.call(program, "check", *paths)
        results = record["results"] if record else []
        if len(results) != len(paths):
            sys.exit(f"{len(paths)} files, {len(results)} results: {said[-2000:]}")
        found += [onnx_cases.errors_of(result) if result["status"] != "valid" else [] for result in results]
    return found


def carried(program, folder, mutants, generator):
    """Says bent models that both take in another opset: done or refused, and what is done the official checker takes."""
    environment = {**os.environ, "ZOOPORT_ENGINE": "/nonexistent"}
    source, dest = folder / "source.onnx", folder / "dest.onnx"
    counts, wrong = collections.Counter(), 0
    for mutation, name, model, _ in mutants:
        target = generator.choice([11, 12, 13, 17, 18, 21, 23, 28])
        source.write_bytes(model)
        status, _, said = onnx_cases.call(program, "graph", "opset", source, dest, "--to", target, env=environment)
        counts[status] += 1
        if status == 0:
            said = official(onnx.load(str(dest)))
            dest.unlink()
        if status not in {0, 1, 4} or (status == 0 and said):
            print(f"{mutation} of {name} in opset {target}: exit {status}, {said[-500:]}")
            wrong += 1
    return counts, wrong


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--program", default=os.environ.get("ZOOPORT_PROGRAM", onnx_cases.ROOT / "build/release/bin/zooport"))
    parser.add_argument("--rounds", type=int, default=25, help="mutants of every mutation")
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    generator = random.Random(arguments.seed)
    program = str(pathlib.Path(arguments.program).resolve())
    models = bases()
    mutants = []
    for mutation in MUTATIONS:
        for _ in range(arguments.rounds):
            name, base = generator.choice(models)
            model = onnx.ModelProto()
            model.CopyFrom(base)
            if mutation(model, generator) is False:
                continue
            mutants.append((mutation.__name__, name, model.SerializeToString(), official(model)))
    folder = pathlib.Path(tempfile.mkdtemp(prefix="zooport-mutants-"))
    try:
        errors = judged(program, folder, mutants)
        taken = [mutant for mutant, found in zip(mutants, errors) if not mutant[3] and not found]
        taken = generator.sample(taken, min(CARRIED, len(taken)))
        counts, wrong = carried(program, folder, taken, generator)
    finally:
        shutil.rmtree(folder)
    agreed, reasons, unexplained = collections.Counter(), collections.Counter(), 0
    for (mutation, name, _, said), found in zip(mutants, errors):
        for error in found:  # every finding says where: in the graph, or in the file
            if not error.get("loc") and not re.search(r"\(byte \d+\)", error["message"]):
                print(f"without a place: {mutation} of {name}: {error}")
                unexplained += 1
        if bool(said) == bool(found):
            agreed["refused" if said else "taken"] += 1
            continue
        reason = exception_for(said, found)
        reasons[reason] += 1
        if not reason:
            unexplained += 1
            print(f"{mutation} of {name}: they say '{said}', we {[error['message'] for error in found] or 'take it'}")
    for reason, count in sorted(reasons.items(), key=lambda item: -item[1]):
        print(f"{count:5} {reason}")
    print(f"seed {arguments.seed}: {len(mutants)} mutants of {len(models)} models in {len(MUTATIONS)} ways: both take "
          f"{agreed['taken']}, both refuse {agreed['refused']}, {sum(reasons.values())} differ, {unexplained} without a reason")
    print(f"{sum(counts.values())} of those that both take in another opset: {counts[0]} carried over, {counts[4]} refused, "
          f"{wrong} wrong")
    return 1 if wrong or unexplained or not agreed["taken"] or not agreed["refused"] else 0


if __name__ == "__main__":
    sys.exit(main())
