#!/usr/bin/env python3
"""16-bit floats to float32, on random graphs: `graph opset --float32`, and bfloat16 below opset 13.

  widen_floats.py --program build/release/bin/zooport [--seed N] [--cases N] [--start N]

What is written has no 16-bit floats left, passes the official checker, and gives in ONNX Runtime what the 16-bit graph
gives in the reference of the format, as exactly as 16 bits allow. Constants keep their numbers.

Runs in build/venv-peers, which `./dev test` makes. Exit 77: that environment is absent (a failure if CI is set).
"""
import argparse
import os
import pathlib
import subprocess
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).parent))
import opset_rules  # noqa: E402  goes on in the environment

import numpy as np  # noqa: E402
import onnx  # noqa: E402
from onnx import TensorProto, helper, numpy_helper  # noqa: E402
from onnx.reference import ReferenceEvaluator  # noqa: E402

import ml_dtypes  # noqa: E402
from opset_model import F16, F32, element  # noqa: E402

NARROW = (TensorProto.FLOAT16, TensorProto.BFLOAT16)
BFLOAT16 = np.dtype(ml_dtypes.bfloat16)


def random_model(rng, dtype, opset):
    """A chain of operators on values of 16 bits, from float32 or 16-bit inputs to outputs of either."""
    size = [int(rng.integers(2, 5)), int(rng.integers(2, 5))]
    nodes, constants = [], []
    wide_in, wide_out = bool(rng.integers(2)), bool(rng.integers(2))
    value = "x"
    if wide_in:
        nodes.append(helper.make_node("Cast", ["x"], ["x16"], to=element(dtype)))
        value = "x16"
    for i in range(int(rng.integers(1, 5))):
        op = str(rng.choice(["Add", "Mul", "Sub", "MatMul", "Relu", "Neg", "Concat", "Constant"] + ["If"] * (opset >= 16)))
        out = f"v{i}"
        shape = {"MatMul": [size[1], size[1]]}.get(op, [size[1]] if rng.integers(2) else [1])
        weights = numpy_helper.from_array(rng.uniform(-1, 1, size=shape).astype(dtype), f"w{i}")
        if op in ("Relu", "Neg"):
            nodes.append(helper.make_node(op, [value], [out]))
        elif op == "Concat":
            nodes.append(helper.make_node(op, [value, value], [out], axis=0))
            size = [2 * size[0], size[1]]
        elif op == "Constant":
            nodes += [helper.make_node(op, [], [f"w{i}"], value=weights), helper.make_node("Add", [value, f"w{i}"], [out])]
        elif op == "If":  # a graph inside, with constants of its own
            constants.append(numpy_helper.from_array(np.array(bool(rng.integers(2))), f"c{i}"))
            branches = {}
            for name, inner in (("then_branch", "Add"), ("else_branch", "Mul")):
                result = helper.make_tensor_value_info(f"{name}{i}", element(dtype), None)
                weight = numpy_helper.from_array(rng.uniform(-1, 1, size=[1]).astype(dtype), f"{name}{i}w")
                branches[name] = helper.make_graph([helper.make_node(inner, [value, f"{name}{i}w"], [f"{name}{i}"])],
                                                   name, [], [result], [weight])
            nodes.append(helper.make_node(op, [f"c{i}"], [out], **branches))
        else:
            constants.append(weights)
            nodes.append(helper.make_node(op, [value, f"w{i}"], [out]))
        value = out
    nodes.append(helper.make_node("Cast", [value], ["y"], to=TensorProto.FLOAT) if wide_out
                 else helper.make_node("Identity", [value], ["y"]))
    rows = size[0] // 2 ** sum(node.op_type == "Concat" for node in nodes)
    x = rng.uniform(-1, 1, size=[rows, size[1]]).astype(F32 if wide_in else dtype)
    graph = helper.make_graph(
        nodes, "narrow", [helper.make_tensor_value_info("x", element(x.dtype), list(x.shape))],
        [helper.make_tensor_value_info("y", TensorProto.FLOAT if wide_out else element(dtype), size)], constants)
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", opset)], ir_version=8), x


def narrow_things(graph):
    """Where 16-bit floats are left."""
    found = [f"constant {t.name}" for t in graph.initializer if t.data_type in NARROW]
    found += [f"value {v.name}" for values in (graph.input, graph.output, graph.value_info) for v in values
              if v.type.tensor_type.elem_type in NARROW]
    for node in graph.node:
        for attribute in node.attribute:
            if attribute.HasField("t") and attribute.t.data_type in NARROW:
                found.append(f"attribute of {node.name}")
            if attribute.name == "to" and attribute.i in NARROW:
                found.append(f"a Cast to {attribute.i}")
            if attribute.HasField("g"):
                found += narrow_things(attribute.g)
    return found


def constants_of(graph):
    """Their bytes as float32, in the order of those."""
    found = [numpy_helper.to_array(t).astype(F32).tobytes() for t in graph.initializer if t.data_type != TensorProto.BOOL]
    for node in graph.node:
        for attribute in node.attribute:
            if attribute.HasField("t") and attribute.t.data_type != TensorProto.BOOL:
                found.append(numpy_helper.to_array(attribute.t).astype(F32).tobytes())
            if attribute.HasField("g"):
                found += constants_of(attribute.g)
    return sorted(found)


def one(program, folder, seed, case):
    rng = np.random.default_rng([seed, case])
    dtype = BFLOAT16 if rng.integers(2) else np.dtype(F16)
    opset = int(rng.integers(13, 24))
    # Below opset 13 bfloat16 has no form; else the flag says it.
    below = dtype == BFLOAT16 and bool(rng.integers(2))
    target = int(rng.integers(9, 13)) if below else opset
    model, x = random_model(rng, dtype, opset)
    onnx.checker.check_model(model, full_check=True)
    expected = np.asarray(ReferenceEvaluator(model).run(None, {"x": x})[0]).astype(np.float64)
    source, dest = folder / "narrow.onnx", folder / "wide.onnx"
    source.write_bytes(model.SerializeToString())
    command = [program, "graph", "opset", source, dest, "--to", str(target), "--overwrite", "--engine", "/nonexistent"]
    done = subprocess.run(command + ([] if below else ["--float32"]), capture_output=True, text=True)
    assert done.returncode == 0, f"exit {done.returncode}: {done.stdout} {done.stderr}"
    wide = onnx.load(str(dest))
    onnx.checker.check_model(wide, full_check=True)
    left = narrow_things(wide.graph)
    assert not left, f"left of 16 bits: {', '.join(left)}"
    if target == opset:
        assert constants_of(wide.graph) == constants_of(model.graph), "constants do not have the numbers that they had"
    found = opset_rules.run_session(wide, {"x": x.astype(F32)})[0]
    assert found.dtype == F32 and found.shape == expected.shape, f"{found.dtype}{found.shape}"
    allowed = 2.0 ** (-5 if dtype == BFLOAT16 else -8) * max(1.0, np.abs(expected).max())
    off = float(np.abs(found - expected).max())
    assert off <= allowed, f"differs by {off:.3g}, allowed {allowed:.3g}"
    return str(dtype) + (" below 13" if below else ""), off / allowed


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--program", default=os.environ.get("ZOOPORT_PROGRAM"))
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--cases", type=int, default=150)
    parser.add_argument("--start", type=int, default=0)
    arguments = parser.parse_args()
    counts, worst, failed = {}, 0.0, 0
    with tempfile.TemporaryDirectory(prefix="zooport-widen-") as folder:
        for case in range(arguments.start, arguments.start + arguments.cases):
            try:
                kind, part = one(str(pathlib.Path(arguments.program).resolve()), pathlib.Path(folder), arguments.seed, case)
            except Exception as error:
                print(f"FAILED --seed {arguments.seed} --start {case} --cases 1: {str(error)[:600]}")
                failed += 1
                continue
            counts[kind] = counts.get(kind, 0) + 1
            worst = max(worst, part)
    print(f"seed {arguments.seed}: {counts}, {failed} failed; the largest difference is {worst:.2f} of what 16 bits allow")
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
