#!/usr/bin/env python3
"""Shapes that the program infers, held against what ONNX Runtime makes of every value.

  onnx_shapes.py --program build/release/bin/zooport [--seed N] [--count N]

Runs in build/venv-peers, which `./dev test` makes. Exit 77: that environment, or the recorded files, are absent (a
failure if CI is set).
"""
import argparse
import collections
import os
import pathlib
import random
import shutil
import subprocess
import sys
import tempfile
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).parent))
import onnx_cases  # noqa: E402

onnx_cases.enter_environment()

import numpy as np  # noqa: E402
import onnx  # noqa: E402
import onnxruntime  # noqa: E402
from onnx import TensorProto, helper, numpy_helper  # noqa: E402

PROGRAM = "zooport"
SEED = 20260101
COUNT = 40  # random graphs of each operator

NAMES = {"float": "float32", "double": "float64"}
onnxruntime.set_default_logger_severity(4)


def inferred(path, sizes):
    """(shape and type by name, "") or (None, what was said)."""
    options = [f"--input-shape={name}={','.join(map(str, shape))}" for name, shape in sizes.items()]
    status, record, said = onnx_cases.call(PROGRAM, "graph", "info", path, *options)
    if status != 0:
        return None, said
    return {v["name"]: (v.get("shape"), v.get("dtype", "")) for v in record["results"][0].get("values", [])}, ""


def session_of(model):
    options = onnxruntime.SessionOptions()
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_DISABLE_ALL
    options.intra_op_num_threads = 1
    options.log_severity_level = 4
    return onnxruntime.InferenceSession(model.SerializeToString(), options, providers=["CPUExecutionProvider"])


def produced(model, inputs):
    """Shape and type of every value of the top graph, as ONNX Runtime makes them."""
    model = onnx.ModelProto.FromString(model.SerializeToString())
    there = {value.name for value in model.graph.output}
    for node in model.graph.node:
        for name in node.output:
            if name and name not in there:
                there.add(name)
                model.graph.output.append(onnx.ValueInfoProto(name=name))
    session = session_of(model)
    names = [output.name for output in session.get_outputs()]
    results = session.run(names, inputs)
    types = {output.name: output.type for output in session.get_outputs()}
    found = {}
    for name, value in zip(names, results):
        if isinstance(value, np.ndarray):
            kind = types[name][len("tensor("):-1]
            found[name] = (list(value.shape), NAMES.get(kind, kind))
    return found


class Corpus(unittest.TestCase):
    def test_every_value(self):
        counts = collections.Counter()
        for name, path, case in onnx_cases.cases():
            if case["expect"] == "refuse":
                continue
            model = onnx.load(str(path))
            runs = [case["inputs"], *(run["inputs"] for run in case.get("more_runs", []))]
            for inputs in runs:
                with self.subTest(name, inputs=[item["shape"] for item in inputs]):
                    ours, said = inferred(path, {item["name"]: item["shape"] for item in inputs})
                    self.assertIsNotNone(ours, said)
                    try:
                        wanted = {item.name: item for item in session_of(model).get_inputs()}
                        fed = {}
                        for item in inputs:
                            array = np.load(path.parent / item["file"])
                            kind = wanted[item["name"]].type
                            fed[item["name"]] = array.astype({"tensor(float16)": np.float16}.get(kind, array.dtype))
                        theirs = produced(model, fed)
                    except Exception as error:  # what the engine has no kernel for
                        print(f"  {name}: ONNX Runtime: {str(error).splitlines()[0][:120]}", flush=True)
                        counts["runs that ONNX Runtime does not take"] += 1
                        continue
                    counts["runs"] += 1
                    for value, (shape, dtype) in theirs.items():
                        if value not in ours:  # inside a function, under another name
                            counts["values of other names"] += 1
                            continue
                        self.assertEqual(ours[value], (shape, dtype), value)
                        counts["values"] += 1
        print(dict(counts), flush=True)
        self.assertEqual(counts["runs"] + counts["runs that ONNX Runtime does not take"], 193)
        self.assertGreater(counts["values"], 6000)


class Draw(random.Random):
    """What a random graph of one node is made of."""

    def shape(self, least, most, small=1, large=9):
        return [self.randint(small, large) for _ in range(self.randint(least, most))]

    def maybe(self, attributes, **more):
        for key, value in more.items():
            if self.random() < 0.5:
                attributes[key] = value
        return attributes


def window(draw, rank, attributes):
    attributes["kernel_shape"] = [draw.randint(1, 3) for _ in range(rank)]
    draw.maybe(attributes, strides=[draw.randint(1, 3) for _ in range(rank)],
               dilations=[draw.randint(1, 2) for _ in range(rank)])
    if draw.random() < 0.4:
        attributes["auto_pad"] = draw.choice(["SAME_UPPER", "SAME_LOWER", "VALID", "NOTSET"])
    if attributes.get("auto_pad", "NOTSET") == "NOTSET" and draw.random() < 0.6:
        attributes["pads"] = [draw.randint(0, max(0, attributes["kernel_shape"][i % rank] - 1)) for i in range(2 * rank)]
    return attributes


def conv(draw):
    rank, group = draw.randint(1, 3), draw.randint(1, 2)
    per, made = draw.randint(1, 3), draw.randint(1, 3) * group
    attributes = window(draw, rank, {"group": group})
    return "Conv", [("x", [draw.randint(1, 2), per * group, *[draw.randint(3, 10) for _ in range(rank)]]),
                    ("w", [made, per, *attributes["kernel_shape"]], "constant")], attributes, 18, 1


def conv_transpose(draw):
    rank, group = draw.randint(1, 2), draw.randint(1, 2)
    channels = draw.randint(1, 2) * group
    attributes = window(draw, rank, {"group": group})
    size = [draw.randint(1, 6) for _ in range(rank)]
    strides = attributes.get("strides", [1] * rank)
    if draw.random() < 0.4:
        attributes["output_padding"] = [draw.randint(0, stride - 1) for stride in strides]
    if draw.random() < 0.3:
        attributes["output_shape"] = [s * stride for s, stride in zip(size, strides)]
        attributes.pop("pads", None)
    return "ConvTranspose", [("x", [1, channels, *size]),
                             ("w", [channels, draw.randint(1, 2), *attributes["kernel_shape"]], "constant")], attributes, 18, 1


def pool(op):
    def make(draw):
        rank = draw.randint(1, 3)
        attributes = window(draw, rank, {})
        outputs = 1
        draw.maybe(attributes, ceil_mode=1)
        if op == "AveragePool":
            draw.maybe(attributes, count_include_pad=1)
        if op == "MaxPool" and draw.random() < 0.3:
            outputs = 2
        return op, [("x", [draw.randint(1, 2), 2, *[draw.randint(4, 12) for _ in range(rank)]])], attributes, 19 if op != "LpPool" else 18, outputs
    return make


def resize(draw):
    rank = draw.randint(2, 4)
    shape = [draw.randint(1, 2), draw.randint(1, 2), *[draw.randint(2, 12) for _ in range(rank - 2)]]
    attributes = {"mode": draw.choice(["nearest", "linear"] if rank != 4 else ["nearest", "linear", "cubic"]),
                  "coordinate_transformation_mode": draw.choice(["half_pixel", "asymmetric", "align_corners", "pytorch_half_pixel"])}
    axes = sorted(draw.sample(range(max(1, rank - 2), rank), draw.randint(1, min(2, rank - 1)))) if rank > 2 and draw.random() < 0.4 else None
    if attributes["mode"] == "cubic":
        axes = None
    named = axes if axes else list(range(rank))
    if axes:
        # (negative axes go wrong in ONNX Runtime where the aspect ratio is kept)
        attributes["axes"] = [axis - rank if draw.random() < 0.3 else axis for axis in axes]
    if draw.random() < 0.5:
        sizes = [shape[axis] if axis < 2 else draw.randint(1, 20) for axis in named]
        if draw.random() < 0.3:
            if axes:
                attributes["axes"] = axes
            attributes["keep_aspect_ratio_policy"] = draw.choice(["not_larger", "not_smaller", "stretch"])
            sizes = [draw.randint(1, 20) if attributes["mode"] == "nearest" else size for size in sizes]
        inputs = [("x", shape), None, None, ("sizes", np.array(sizes, np.int64))]
    else:
        scales = [1.0 if axis < 2 else draw.choice([0.3, 0.5, 1.0, 1.3, 1.4, 2.0, 2.5, 1 / 3, 0.1, 3.0]) for axis in named]
        inputs = [("x", shape), None, ("scales", np.array(scales, np.float32))]
    return "Resize", inputs, attributes, 18, 1


def pad(draw):
    shape = draw.shape(1, 4, 3, 8)
    mode = draw.choice(["constant", "reflect", "edge", "wrap"])
    axes = sorted(draw.sample(range(len(shape)), draw.randint(1, len(shape)))) if draw.random() < 0.4 else None
    low = -1 if mode == "constant" or draw.random() < 0.2 else 0
    pads = [draw.randint(low, 2) for _ in range(2 * len(axes or shape))]
    inputs = [("x", shape), ("pads", np.array(pads, np.int64))]
    if axes:
        inputs += [None, ("axes", np.array(axes, np.int64))]
    return "Pad", inputs, {"mode": mode}, 19, 1


def slice_(draw):
    shape = draw.shape(1, 4)
    axes = draw.sample(range(len(shape)), draw.randint(1, len(shape)))
    steps = [draw.choice([-3, -2, -1, 1, 1, 2, 3]) for _ in axes]
    border = [-2**63 + 1, 2**63 - 1]
    starts = [draw.choice([draw.randint(-12, 12), *border]) for _ in axes]
    ends = [draw.choice([draw.randint(-12, 12), *border]) for _ in axes]
    return "Slice", [("x", shape), *((name, np.array(values, np.int64)) for name, values in
                                     [("starts", starts), ("ends", ends), ("axes", axes), ("steps", steps)])], {}, 18, 1


def reshape(draw):
    shape = draw.shape(1, 4, 1, 6)
    target, rest = [], int(np.prod(shape))
    while rest > 1 and len(target) < 4:
        factor = draw.choice([d for d in range(1, rest + 1) if rest % d == 0])
        target.append(factor)
        rest //= factor
    target.append(rest)
    if draw.random() < 0.5:
        target[draw.randrange(len(target))] = -1
    for i, size in enumerate(target):
        if i < len(shape) and size == shape[i] and draw.random() < 0.5:
            target[i] = 0
    return "Reshape", [("x", shape), ("target", np.array(target, np.int64))], {}, 18, 1


def split(draw):
    shape = draw.shape(1, 4, 2, 12)
    axis = draw.randrange(len(shape))
    parts = draw.randint(1, min(4, shape[axis]))
    attributes = {"axis": draw.choice([axis, axis - len(shape)])}
    if draw.random() < 0.5:
        return "Split", [("x", shape)], {**attributes, "num_outputs": parts}, 18, parts
    cuts = sorted(draw.sample(range(shape[axis] + 1), parts - 1))
    sizes = np.diff([0, *cuts, shape[axis]])
    return "Split", [("x", shape), ("split", sizes.astype(np.int64))], attributes, 18, parts


def reduce(draw):
    shape = draw.shape(1, 4)
    op = draw.choice(["ReduceMean", "ReduceSum", "ReduceMax", "ReduceMin", "ReduceL1", "ReduceL2", "ReduceProd",
                      "ReduceLogSum", "ReduceLogSumExp", "ReduceSumSquare"])
    inputs = [("x", shape)]
    if draw.random() < 0.7:
        axes = draw.sample(range(len(shape)), draw.randint(0, len(shape)))
        inputs.append(("axes", np.array([a - len(shape) if draw.random() < 0.3 else a for a in axes], np.int64)))
    return op, inputs, draw.maybe({}, keepdims=draw.randint(0, 1), noop_with_empty_axes=1), 18, 1


def arg(draw):
    shape = draw.shape(1, 4)
    return draw.choice(["ArgMax", "ArgMin"]), [("x", shape)], draw.maybe(
        {}, axis=draw.randint(-len(shape), len(shape) - 1), keepdims=0), 18, 1


def concat(draw):
    shape = draw.shape(1, 4)
    axis = draw.randrange(len(shape))
    parts = [[*shape[:axis], draw.randint(1, 5), *shape[axis + 1:]] for _ in range(draw.randint(1, 4))]
    return "Concat", [(f"x{i}", part) for i, part in enumerate(parts)], {"axis": draw.choice([axis, axis - len(shape)])}, 18, 1


def gather(draw):
    shape = draw.shape(1, 4, 2, 6)
    axis = draw.randrange(len(shape))
    indices = np.array(np.random.RandomState(draw.randint(0, 999)).randint(-shape[axis], shape[axis], draw.shape(0, 2, 1, 4)), np.int64)
    return "Gather", [("x", shape), ("indices", indices)], {"axis": axis}, 18, 1


def gather_nd(draw):
    shape = draw.shape(1, 4, 2, 5)
    batch = draw.randint(0, len(shape) - 1)
    taken = draw.randint(1, len(shape) - batch)
    indices = np.zeros([*shape[:batch], *draw.shape(0, 2, 1, 3), taken], np.int64)
    return "GatherND", [("x", shape), ("indices", indices)], {"batch_dims": batch}, 18, 1


def expand(draw):
    shape = draw.shape(1, 4, 1, 4)
    target = [draw.randint(1, 4) if size == 1 else draw.choice([1, size]) for size in shape]
    target = target[draw.randint(0, len(target)):] if draw.random() < 0.3 else [*draw.shape(0, 2, 1, 3), *target]
    return "Expand", [("x", shape), ("target", np.array(target, np.int64))], {}, 18, 1


def tile(draw):
    shape = draw.shape(1, 4, 1, 4)
    return "Tile", [("x", shape), ("repeats", np.array([draw.randint(0, 3) for _ in shape], np.int64))], {}, 18, 1


def einsum(draw):
    equation, shapes = draw.choice([
        ("bij,bjk->bik", "bij bjk"), ("ij,jk", "ij jk"), ("bhqd,bhkd->bhqk", "bhqd bhkd"), ("ij->ji", "ij"),
        ("ij,ij->", "ij ij"), ("i,j->ij", "i j"), ("...ij,...jk->...ik", "abij abjk"), ("bchw,hkc->bhwk", "bchw hkc"), ("ij->i", "ij"),
        ("b...,b...->b...", "bxy bxy"), (" i j , j k -> k i ", "ij jk")])
    sizes = {letter: draw.randint(1, 5) for letter in "abcdefghijklmnopqrstuvwxyz"}
    return "Einsum", [(f"x{i}", [sizes[c] for c in term]) for i, term in enumerate(shapes.split())], {"equation": equation}, 18, 1


def top_k(draw):
    shape = draw.shape(1, 4)
    axis = draw.randrange(len(shape))
    return "TopK", [("x", shape), ("k", np.array([draw.randint(1, shape[axis])], np.int64))], {"axis": axis - len(shape)}, 18, 2


def squeeze(draw):
    shape = [draw.choice([1, 1, 3]) for _ in range(draw.randint(1, 5))]
    ones = [i for i, size in enumerate(shape) if size == 1]
    if not ones or draw.random() < 0.3:
        return "Squeeze", [("x", shape)], {}, 18, 1
    return "Squeeze", [("x", shape), ("axes", np.array(draw.sample(ones, draw.randint(1, len(ones))), np.int64))], {}, 18, 1


def unsqueeze(draw):
    shape = draw.shape(0, 3)
    rank = len(shape) + draw.randint(1, 2)
    axes = draw.sample(range(rank), rank - len(shape))
    return "Unsqueeze", [("x", shape), ("axes", np.array([a - rank if draw.random() < 0.4 else a for a in axes], np.int64))], {}, 18, 1


def flatten(draw):
    shape = draw.shape(1, 4)
    return "Flatten", [("x", shape)], draw.maybe({}, axis=draw.randint(-len(shape), len(shape))), 18, 1


def matmul(draw):
    inner, batch = draw.randint(1, 4), draw.shape(0, 2, 1, 3)
    left = draw.choice([[inner], [draw.randint(1, 4), inner], [*batch, draw.randint(1, 4), inner]])
    right = draw.choice([[inner], [inner, draw.randint(1, 4)], [*[draw.choice([1, s]) for s in batch], inner, draw.randint(1, 4)]])
    return "MatMul", [("a", left), ("b", right)], {}, 18, 1


def gemm(draw):
    m, k, n = (draw.randint(1, 5) for _ in range(3))
    a, b = draw.randint(0, 1), draw.randint(0, 1)
    return "Gemm", [("a", [k, m] if a else [m, k]), ("b", [n, k] if b else [k, n])], {"transA": a, "transB": b}, 18, 1


def center_crop_pad(draw):
    shape = draw.shape(1, 4)
    axes = draw.sample(range(len(shape)), draw.randint(1, len(shape)))
    return "CenterCropPad", [("x", shape), ("sizes", np.array([draw.randint(1, 9) for _ in axes], np.int64))], {"axes": axes}, 18, 1


def blocks(draw):
    block = draw.randint(1, 3)
    if draw.random() < 0.5:
        return "DepthToSpace", [("x", [1, draw.randint(1, 2) * block * block, *draw.shape(2, 2)])], {"blocksize": block}, 18, 1
    return "SpaceToDepth", [("x", [1, 2, block * draw.randint(1, 3), block * draw.randint(1, 3)])], {"blocksize": block}, 18, 1


def grid_sample(draw):
    n = draw.randint(1, 2)
    return "GridSample", [("x", [n, 2, *draw.shape(2, 2, 2)]), ("grid", [n, *draw.shape(2, 2), 2])], {}, 16, 1


def fourier(draw):
    opset = draw.choice([17, 20])
    shape = [draw.randint(1, 2), draw.randint(2, 8), draw.randint(2, 8), 1]
    inverse = draw.randint(0, 1)
    if inverse:
        shape[-1] = 2
    onesided = 0 if inverse else draw.randint(0, 1)
    axis = draw.randint(1, 2)
    inputs = [("x", shape)]
    if draw.random() < 0.4:
        inputs.append(("length", np.array(draw.randint(2, 10), np.int64)))
    attributes = draw.maybe({}, inverse=inverse, onesided=onesided)
    if "inverse" not in attributes and shape[-1] == 2:
        attributes["onesided"] = 0
    if "inverse" in attributes and inverse:
        attributes.pop("onesided", None)
    if opset == 17:
        attributes["axis"] = axis
    elif draw.random() < 0.7:
        inputs = [*inputs, *([None] if len(inputs) == 1 else []), ("axis", np.array(axis, np.int64))]
    return "DFT", inputs, attributes, opset, 1


def one_hot(draw):
    shape = draw.shape(1, 3, 1, 4)
    return "OneHot", [("x", np.zeros(shape, np.int64)), ("depth", np.array([draw.randint(1, 5)], np.int64)),
                      ("values", np.array([0, 1], np.float32))], draw.maybe({}, axis=draw.randint(-len(shape) - 1, len(shape))), 18, 1


def transpose(draw):
    shape = draw.shape(1, 5)
    return "Transpose", [("x", shape)], draw.maybe({}, perm=draw.sample(range(len(shape)), len(shape))), 18, 1


def arithmetic(draw):
    shape = draw.shape(0, 4, 1, 4)
    others = [[size if draw.random() < 0.6 else 1 for size in shape][draw.randint(0, len(shape)):] for _ in range(2)]
    op = draw.choice(["Add", "Mul", "Pow", "Max", "Less", "GreaterOrEqual", "Equal"])
    return op, [("a", others[0]), ("b", shape)] if draw.random() < 0.5 else [("a", shape), ("b", others[1])], {}, 18, 1


def attention(draw):
    batch, heads, groups = draw.randint(1, 2), draw.randint(1, 2), draw.randint(1, 2)
    queries, keys, size, value_size = draw.randint(1, 5), draw.randint(1, 5), draw.randint(1, 4), draw.randint(1, 4)
    if draw.random() < 0.5:
        return "Attention", [("q", [batch, heads * groups, queries, size]), ("k", [batch, heads, keys, size]),
                             ("v", [batch, heads, keys, value_size])], {}, 23, 1
    return "Attention", [("q", [batch, queries, heads * groups * size]), ("k", [batch, keys, heads * size]),
                         ("v", [batch, keys, heads * value_size])], {"q_num_heads": heads * groups, "kv_num_heads": heads}, 23, 1


def layer_norm(draw):
    shape = draw.shape(1, 4)
    axis = draw.randrange(len(shape))
    return "LayerNormalization", [("x", shape), ("scale", shape[axis:], "constant")], {"axis": axis}, 18, draw.choice([1, 3])


def recurrent(draw):
    op, gates = draw.choice([("LSTM", 4), ("GRU", 3), ("RNN", 1)])
    length, batch, size, hidden = (draw.randint(1, 4) for _ in range(4))
    direction = draw.choice(["forward", "bidirectional"])
    count = 2 if direction == "bidirectional" else 1
    activations = {"RNN": ["Tanh"], "GRU": ["Sigmoid", "Tanh"], "LSTM": ["Sigmoid", "Tanh", "Tanh"]}[op] * count
    return op, [("x", [length, batch, size]), ("w", [count, gates * hidden, size], "constant"),
                ("r", [count, gates * hidden, hidden], "constant")], {"hidden_size": hidden, "direction": direction,
                                                                       "activations": activations}, 14, 3 if op == "LSTM" else 2


def column_to_image(draw):
    block, count = [draw.randint(1, 2), draw.randint(1, 2)], [draw.randint(1, 3), draw.randint(1, 3)]
    image = [b * c for b, c in zip(block, count)]
    return "Col2Im", [("x", [1, 2 * block[0] * block[1], count[0] * count[1]]), ("image", np.array(image, np.int64)),
                      ("block", np.array(block, np.int64))], {"strides": block}, 18, 1


def quantised(draw):
    x = np.zeros([1, 2, draw.randint(3, 8), draw.randint(3, 8)], np.uint8)
    attributes = window(draw, 2, {})
    attributes.pop("auto_pad", None)
    w = np.zeros([3, 2, *attributes["kernel_shape"]], np.uint8)
    one, zero = np.array(1, np.float32), np.array(0, np.uint8)
    if draw.random() < 0.5:
        return "ConvInteger", [("x", x), ("w", w)], attributes, 18, 1
    return "QLinearConv", [("x", x), ("xs", one), ("xz", zero), ("w", w), ("ws", one), ("wz", zero), ("ys", one), ("yz", zero)], attributes, 18, 1


def short_time(draw):
    length = draw.randint(2, 6)
    return "STFT", [("x", [1, draw.randint(8, 20), 1]), ("hop", np.array(draw.randint(1, 4), np.int64)), None,
                    ("length", np.array(length, np.int64))], {"onesided": draw.randint(0, 1)}, 17, 1


def regions(draw):
    count = draw.randint(1, 3)
    return "RoiAlign", [("x", [1, 2, 8, 8]), ("rois", np.array([[0, 0, 4, 4]] * count, np.float32)),
                        ("batch", np.zeros(count, np.int64))], draw.maybe({}, output_height=3, output_width=2), 16, 1


MAKERS = [conv, conv_transpose, pool("MaxPool"), pool("AveragePool"), pool("LpPool"), resize, pad, slice_, reshape, split,
          reduce, arg, concat, gather, gather_nd, expand, tile, einsum, top_k, squeeze, unsqueeze, flatten, matmul, gemm,
          center_crop_pad, blocks, grid_sample, fourier, one_hot, transpose, arithmetic, attention, layer_norm, recurrent,
          column_to_image, quantised, short_time, regions]


def graph_of(op, inputs, attributes, opset, outputs):
    """A model of one node, and what is fed to it."""
    random_state = np.random.RandomState(1)
    declared, constants, fed, names = [], [], {}, []
    for item in inputs:
        if item is None:
            names.append("")
            continue
        name, value = item[:2]
        names.append(name)
        if isinstance(value, np.ndarray):
            constants.append(numpy_helper.from_array(value, name))
        elif len(item) == 3:
            constants.append(numpy_helper.from_array(random_state.rand(*value).astype(np.float32), name))
        else:
            declared.append(helper.make_tensor_value_info(name, TensorProto.FLOAT, value))
            fed[name] = np.asarray(random_state.rand(*value), np.float32)
    if not declared:  # the program lists the values of a graph whose inputs are given
        declared.append(helper.make_tensor_value_info("unused", TensorProto.FLOAT, [1]))
        fed["unused"] = np.zeros(1, np.float32)
    node = helper.make_node(op, names, [f"y{i}" for i in range(outputs)], name="node", **attributes)
    graph = helper.make_graph([node], "g", declared, [onnx.ValueInfoProto(name=f"y{i}") for i in range(outputs)], constants)
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", opset)], ir_version=10), fed


class Operators(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.out = pathlib.Path(tempfile.mkdtemp(prefix="zooport-shapes-"))
        cls.addClassCleanup(shutil.rmtree, cls.out)

    def test_random_attributes(self):
        print(f"seed {SEED}", flush=True)
        draw = Draw(SEED)
        taken, refused = collections.Counter(), collections.Counter()
        for make in MAKERS:
            for _ in range(COUNT):
                op, inputs, attributes, opset, outputs = make(draw)
                model, fed = graph_of(op, inputs, attributes, opset, outputs)
                try:
                    theirs = produced(model, fed)
                except Exception:  # not a graph that it takes
                    refused[op] += 1
                    continue
                if op.endswith("Pool") and 0 in theirs["y0"][0]:  # kernels larger than the image: an error here
                    refused[op] += 1
                    continue
                path = self.out / "one.onnx"
                onnx.save(model, str(path))
                ours, said = inferred(path, {name: value.shape for name, value in fed.items()})
                text = f"{op} {attributes} {[i if i is None else (i[0], i[1]) for i in inputs]} opset {opset}"
                with self.subTest(text):
                    self.assertIsNotNone(ours, said)
                    self.assertEqual({name: ours[name] for name in theirs}, theirs)
                taken[op] += 1
        print("graphs that ONNX Runtime took:", dict(sorted(taken.items())), "\nand did not:", dict(sorted(refused.items())), flush=True)
        for op in taken:
            self.assertGreater(taken[op], 0)
        self.assertGreater(sum(taken.values()), 0.7 * COUNT * len(MAKERS))


MEASURE = """
import sys
import numpy as np, onnxruntime
def peak():  # of this process alone: the resource usage of the system counts the one that began it
    with open("/proc/self/status") as status:
        return next(int(line.split()[1]) for line in status if line.startswith("VmHWM")) * 1024
before = peak()
options = onnxruntime.SessionOptions()
options.intra_op_num_threads = 1
session = onnxruntime.InferenceSession(sys.argv[1], options, providers=["CPUExecutionProvider"])
size = int(sys.argv[2])
image = np.zeros((1, 1, size, size), np.float32)
for _ in range(2):
    session.run(None, {session.get_inputs()[0].name: image})
    print(peak() - before)
"""


class Memory(unittest.TestCase):
    """What graph info says of the engine's memory, for one run and for more, beside what its process takes."""

    def test_estimate_of_the_example(self):
        path = onnx_cases.ROOT / "examples/nuclei/weights.onnx"
        for size in (512, 1024):
            said = subprocess.run([sys.executable, "-c", MEASURE, str(path), str(size)], capture_output=True, text=True, check=True)
            once, again = map(int, said.stdout.split())
            _, record, _ = onnx_cases.call(PROGRAM, "graph", "info", path, f"--input-shape=1,1,{size},{size}")
            estimate = record["results"][0]["at_size"]
            print(f"at {size} x {size}: {estimate['peak_bytes'] / 2**20:.0f} MiB alive; of one run {once / 2**20:.0f} MiB "
                  f"({once / estimate['engine_bytes']:.2f} of what is said), of two {again / 2**20:.0f} "
                  f"({again / estimate['engine_bytes_again']:.2f})", flush=True)
            self.assertLess(estimate["peak_bytes"], once)
            for grown, guess in ((once, estimate["engine_bytes"]), (again, estimate["engine_bytes_again"])):
                self.assertLess(0.5 * guess, grown)
                self.assertLess(grown, 2 * guess)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--program", default=os.environ.get("ZOOPORT_PROGRAM", onnx_cases.ROOT / "build/release/bin/zooport"))
    parser.add_argument("--seed", type=int, default=SEED)
    parser.add_argument("--count", type=int, default=COUNT)
    arguments, rest = parser.parse_known_args()
    PROGRAM = str(pathlib.Path(arguments.program).resolve())
    SEED, COUNT = arguments.seed, arguments.count
    unittest.main(argv=[sys.argv[0], *rest], verbosity=2)
