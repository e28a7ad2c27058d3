#!/usr/bin/env python3
"""Every rule of `graph opset` on random models of one operator, against ONNX Runtime and the official checker.

  opset_rules.py --program build/release/bin/zooport [--seed N] [--only OP[,OP…]] [--cases N] [--budget SECONDS]

A model is said in other opsets, up and down; both sides run on the same random input and must give the same outputs,
and what was written must pass the checker. A refusal is right only where the generator says so, or where the operator
does not take the element type in the opset meant. Prints counts by operator and direction, and how to see a failure again.

Runs in build/venv-peers, which `./dev test` makes. Exit 77: that environment is absent (a failure if CI is set).
"""
import argparse
import collections
import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile
import warnings

ROOT = pathlib.Path(__file__).resolve().parents[2]


def enter_environment():
    """Goes on in build/venv-peers; ends where the peers cannot be imported."""
    python = ROOT / "build/venv-peers/bin/python"
    if python.exists() and pathlib.Path(sys.prefix).resolve() != (ROOT / "build/venv-peers").resolve():
        os.execv(python, [str(python), *sys.argv])
    try:
        import numpy, onnx, onnxruntime  # noqa: F401
    except ImportError as error:
        print(f"{'failed' if os.environ.get('CI') else 'skipped'}: {error}; `./dev test` makes build/venv-peers")
        sys.exit(1 if os.environ.get("CI") else 77)


sys.path.insert(0, str(pathlib.Path(__file__).parent))
enter_environment()

import numpy as np  # noqa: E402
import onnx  # noqa: E402
import onnxruntime  # noqa: E402
from onnx import helper  # noqa: E402
from onnx.reference import ReferenceEvaluator  # noqa: E402

import opset_cases  # noqa: E402
import opset_cases_images  # noqa: E402,F401
import opset_cases_newer  # noqa: E402,F401
from opset_model import Make, NEWEST  # noqa: E402

TARGETS = (7, 8, 9, 10, 11, 12, 12, 12, 13, 17, 18, 21, 23, NEWEST)
onnxruntime.set_default_logger_severity(4)
warnings.simplefilter("ignore")
np.seterr(all="ignore")


class NotRun(Exception):
    """Neither engine takes a model."""


def run_session(model, feeds):
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_DISABLE_ALL
    session = onnxruntime.InferenceSession(model.SerializeToString(), options, providers=["CPUExecutionProvider"])
    return session.run(None, feeds)


# The same operator with the same inputs, and other outputs in the reference evaluator of onnx 1.23 than in ONNX Runtime.
REFERENCE_IS_WRONG = {
    "GlobalMaxPool": "images of three axes come back with an axis too many",
    "ReduceSumSquare": "int32 comes back as int64",
}


def outputs_of(model, feeds):
    """Outputs and who computed them: ONNX Runtime where it can, else the reference of the format."""
    try:
        return run_session(model, feeds), "onnxruntime"
    except Exception as error:
        first = str(error).strip().splitlines()[-1][:300]
    try:
        return ReferenceEvaluator(model).run(None, feeds), "reference"
    except Exception as error:
        raise NotRun(f"onnxruntime: {first}; reference: {type(error).__name__} {str(error)[:200]}") from error


def complete(model, make, outputs):
    """The model with the types that its outputs turned out to have."""
    types = {name: (helper.np_dtype_to_tensor_dtype(value.dtype),
                    [None] * value.ndim if make.open_axes or make.open_outputs else list(value.shape))
             for name, value in zip(make.outputs, map(np.asarray, outputs))}
    return make.model(types)


def difference(found, expected, factor, shapes_alone):
    """What differs, in words; "" if nothing does."""
    for i, (a, b) in enumerate(zip(map(np.asarray, found), map(np.asarray, expected))):
        if a.dtype != b.dtype or a.shape != b.shape:
            return f"output {i} is {a.dtype}{list(a.shape)}, was {b.dtype}{list(b.shape)}"
        if shapes_alone or a.size == 0:
            continue
        if b.dtype.kind not in "fV":
            if not np.array_equal(a, b):
                return f"output {i} differs in {int((a != b).sum())} of {a.size} elements"
            continue
        tolerance = {"float64": 1e-9, "float32": 2e-5, "float16": 8e-3}.get(str(b.dtype), 3e-2) * factor
        wide, wanted = a.astype(np.float64), b.astype(np.float64)
        if not np.allclose(wide, wanted, rtol=tolerance, atol=tolerance, equal_nan=True):
            return f"output {i} differs by {np.nanmax(np.abs(wide - wanted)):.3g}"
    return ""


def type_is_missing(reason, target):
    """Whether the schema says what a refusal says: "takes no float16 in opset 9"."""
    found = re.search(r"node '?([^' ]+)'? \((\w+)\).*takes no (\w+) in opset (\d+)", reason) or re.search(
        r"(\w+).*takes no (\w+) in opset (\d+)", reason)
    if not found:
        return False
    kind, opset = found.groups()[-2], int(found.groups()[-1])
    kind = {"float32": "float", "float64": "double"}.get(kind, kind)
    for op in re.findall(r"\w+", reason):
        if onnx.defs.has(op):
            try:
                schema = onnx.defs.get_schema(op, opset)
            except Exception:
                return True
            allowed = next((c.allowed_type_strs for c in schema.type_constraints
                            if schema.inputs and c.type_param_str == schema.inputs[0].type_str), None)
            return allowed is None or f"tensor({kind})" not in allowed or op == "Cast"
    return False


class Check:
    def __init__(self, program, folder, verbose):
        self.program, self.folder, self.verbose = program, folder, verbose
        self.counts = collections.Counter()
        self.by_operator = collections.defaultdict(collections.Counter)
        self.failures = []

    def lower(self, model, target):
        """The model that the program makes, and the reasons of a refusal."""
        source, dest = self.folder / "in.onnx", self.folder / "out.onnx"
        source.write_bytes(model.SerializeToString())
        dest.unlink(missing_ok=True)
        done = subprocess.run([self.program, "graph", "opset", source, dest, "--to", str(target), "--engine",
                               "/nonexistent", "--overwrite", "--format", "json", "--no-progress"],
                              capture_output=True, text=True)
        if done.returncode == 0:
            return onnx.load(str(dest)), []
        reasons = []
        if done.stdout.strip():
            for result in json.loads(done.stdout)["results"]:
                reasons += [f["message"] for f in result.get("findings", []) if f["severity"] == "error"]
        if done.returncode != 4 or not reasons:
            raise AssertionError(f"exit {done.returncode}: {done.stdout[:600]} {done.stderr[:600]}")
        if dest.exists():
            raise AssertionError("refused, and yet a file was written")
        return None, reasons

    def one(self, op, seed, opset, targets):
        make = Make(seed, opset)
        opset_cases.GENERATORS[op](make)
        draft = make.model()
        try:
            expected, who = outputs_of(draft, make.feeds)
            model = complete(draft, make, expected)
            onnx.checker.check_model(model, full_check=make.full_check)
        except NotRun as error:
            self.counts["not run before"] += 1
            if self.verbose:
                print(f"  {op} seed {seed} opset {opset}: not run: {error}")
            return
        except Exception as error:
            self.fail(op, seed, opset, "-", f"the generator made a wrong model: {str(error)[:300]}")
            return
        current = model
        way = [opset]
        for target in targets:
            way.append(target)
            direction = "down" if target < way[-2] else "up"
            label = " → ".join(map(str, way))
            try:
                changed, reasons = self.lower(current, target)
                if changed is None:
                    expected_refusal = all(make.may_refuse(target, r) or type_is_missing(r, target) for r in reasons)
                    if not expected_refusal:
                        raise AssertionError(f"refused: {'; '.join(reasons)}")
                    self.count(op, f"{direction} refused")
                    return
                onnx.checker.check_model(changed, full_check=make.full_check)
                found, now = outputs_of(changed, make.feeds)
                if op in REFERENCE_IS_WRONG and who != now:
                    raise NotRun(REFERENCE_IS_WRONG[op])
                problem = difference(found, expected, make.tolerance, make.random)
                if problem:
                    raise AssertionError(problem + f" ({who}, {now})")
                self.count(op, direction if who == now == "onnxruntime" else f"{direction} by reference")
                current = changed
            except NotRun as error:
                self.count(op, f"{direction} checked alone")
                if self.verbose:
                    print(f"  {op} seed {seed} opset {label}: not run: {error}")
                return
            except Exception as error:
                ops = ", ".join(n.op_type for n in current.graph.node)
                self.fail(op, seed, opset, label, f"{str(error)[:500]} [{ops}]")
                return

    def count(self, op, what):
        self.counts[what] += 1
        self.by_operator[op][what] += 1

    def fail(self, op, seed, opset, label, why):
        self.by_operator[op]["FAILED"] += 1
        self.counts["FAILED"] += 1
        self.failures.append((op, seed, label, why))


def forms_of(op):
    """The opsets at which an operator has a form, 7 for what is older, and where each ends."""
    starts = sorted({max(7, s.since_version) for s in onnx.defs.get_all_schemas_with_history()
                     if s.name == op and s.domain == "" and not s.deprecated})
    gone = [s.since_version for s in onnx.defs.get_all_schemas_with_history()
            if s.name == op and s.domain == "" and s.deprecated]
    ends = starts[1:] + [max(gone) if gone and max(gone) > starts[-1] else NEWEST + 1]
    return [(a, b - 1) for a, b in zip(starts, ends) if b > a]


def ways(rng, op, case):
    """A source opset, and the targets one after the other."""
    forms = forms_of(op)
    start, end = forms[case % len(forms)] if case < 2 * len(forms) else forms[int(rng.integers(len(forms)))]
    kind = case % 6
    if kind == 4 and forms[0][0] <= 12 <= forms[-1][1]:
        return 12, [18, 12]
    if kind == 5 and forms[0][0] <= 18 <= forms[-1][1]:
        return 18, [12, 18]
    opset = int(rng.integers(start, end + 1))
    if kind in (0, 3):
        first = start - 1 if kind == 0 else 12
    elif kind == 1:
        first = end + 1
    else:
        first = int(rng.choice(TARGETS))
    first = min(max(first, 7), NEWEST)
    second = int(rng.choice(TARGETS))
    targets = [t for t in (first, second) if 7 <= t <= NEWEST]
    if targets and targets[0] == opset:
        targets = targets[1:]
    if len(targets) == 2 and targets[0] == targets[1]:
        targets = targets[:1]
    return opset, [t for t in targets if t != opset] or [12 if opset != 12 else 13]


def cpu_seconds():
    return sum(os.times()[:4])


def rows_of_the_tables():
    """Operators that the sources know to change."""
    names = set()
    for file in ("opset_table.cpp", "opset_unchanged.cpp"):
        text = (ROOT / "src/onnx/passes" / file).read_text()
        names |= set(re.findall(r'^    \{?"([A-Z]\w+)[" ]', text, re.MULTILINE))
    return names


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--program", default=os.environ.get("ZOOPORT_PROGRAM", ROOT / "build/release/bin/zooport"))
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--only", default="")
    parser.add_argument("--cases", type=int, default=6, help="an operator")
    parser.add_argument("--start", type=int, default=0, help="the number of the first case")
    parser.add_argument("--budget", type=float, default=50, help="seconds after which no further round is begun")
    parser.add_argument("--verbose", action="store_true")
    arguments = parser.parse_args()
    program = str(pathlib.Path(arguments.program).resolve())
    missing = rows_of_the_tables() - set(opset_cases.GENERATORS) - set(opset_cases.NOT_GENERATED)
    operators = arguments.only.split(",") if arguments.only else sorted(opset_cases.GENERATORS)
    begun = cpu_seconds()
    with tempfile.TemporaryDirectory(prefix="zooport-rules-") as folder:
        check = Check(program, pathlib.Path(folder), arguments.verbose)
        for case in range(arguments.start, arguments.start + arguments.cases):
            if cpu_seconds() - begun > arguments.budget and not arguments.only:
                print(f"{case - arguments.start} of {arguments.cases} rounds in the time given")
                break
            for op in operators:
                seed = [arguments.seed, case, *op.encode()]
                opset, targets = ways(np.random.default_rng(seed), op, case)
                check.one(op, seed, opset, targets)
    kinds = sorted(check.counts)
    for op in operators:
        row = check.by_operator[op]
        print(f"{op:28}" + ", ".join(f"{kind} {row[kind]}" for kind in kinds if row[kind]))
    for op, seed, label, why in check.failures:
        print(f"FAILED {op}, {label}: {why}\n  --only {op} --seed {seed[0]} --start {seed[1]} --cases 1")
    print(f"seed {arguments.seed}: {len(operators)} operators, " + ", ".join(f"{k} {check.counts[k]}" for k in kinds)
          + f"; {cpu_seconds() - begun:.1f} s of one processor")
    if missing:
        print(f"FAILED: no generator for {', '.join(sorted(missing))}")
    sys.exit(1 if check.failures or missing else 0)


if __name__ == "__main__":
    main()
