"""Generators of random models: convolutions, pooling, sampling, normalisation, recurrences, graphs inside."""
import numpy as np
from onnx import TensorProto, helper

from opset_cases import generator
from opset_model import F32, F64, I32, I64


def windows(m, axes):
    kernel = [m.size(1, 3) for _ in range(axes)]
    strides = [m.size(1, 3) for _ in range(axes)]
    pads = [int(m.rng.integers(0, k)) for k in kernel] + [int(m.rng.integers(0, k)) for k in kernel]
    return kernel, strides, pads


@generator("Conv", "ConvTranspose")
def conv(m, op):
    axes = m.size(1, 3)
    kernel, strides, pads = windows(m, axes)
    group = m.pick(1, 2)
    channels = 2 * m.size(1, 2)
    filters = 2 * m.size(1, 2)
    x = m.data([m.size(1, 2), channels] + [m.size(6, 9) for _ in range(axes)])
    weights = [filters, channels // group] if op == "Conv" else [channels, filters // group]
    inputs = [x, m.const(m.values(weights + kernel))] + ([m.const(m.values([filters]))] if m.chance() else [])
    m.out(op, inputs, group=group, strides=strides, pads=pads, kernel_shape=kernel if m.chance() else None,
          dilations=[m.pick(1, 2) for _ in range(axes)] if op == "Conv" and m.chance() else None)


@generator("AveragePool", "MaxPool", "LpPool")
def pool(m, op):
    m.open_outputs = True  # the checker counts windows that start in the padding
    axes = 2 if op == "LpPool" and m.opset < 11 else m.size(1, 3)
    kernel, strides, pads = windows(m, axes)
    attributes = {"kernel_shape": kernel, "strides": strides, "pads": pads}
    if m.chance(0.15):
        attributes.pop("pads")
        attributes["auto_pad"] = m.pick("SAME_UPPER", "SAME_LOWER", "VALID")
    if op == "LpPool":
        attributes["p"] = m.pick(1, 2)
    if op == "AveragePool" and m.chance():
        attributes["count_include_pad"] = m.pick(0, 1)
    ceil_from = {"AveragePool": 10, "MaxPool": 10, "LpPool": 18}[op]
    if m.opset >= ceil_from and m.chance(0.4) and "auto_pad" not in attributes:
        attributes["ceil_mode"] = 1
    dilation_from = {"AveragePool": 19, "MaxPool": 10, "LpPool": 18}[op]
    if m.opset >= dilation_from and m.chance(0.4) and "auto_pad" not in attributes:
        attributes["dilations"] = [m.pick(1, 2) for _ in range(axes)]
    if any(d != 1 for d in attributes.get("dilations", [])):
        if op != "AveragePool":
            m.refuse_below(dilation_from, "dilations")
    if attributes.get("ceil_mode") and op == "AveragePool":
        m.refuse_below(10, "the last window may lie in the padding")
    if attributes.get("ceil_mode") and op == "MaxPool":
        m.refuse_below(10, "the padding may be as large as the window")
    x = m.data([m.size(1, 2), m.size(1, 3)] + [m.size(6, 9) for _ in range(axes)])
    m.needs |= {"extents"}
    m.out(op, [x], **attributes)


@generator("GlobalAveragePool", "GlobalMaxPool", "GlobalLpPool", "LRN")
def global_pool(m, op):
    x = m.data(m.shape(4, 4) if op == "LRN" else m.shape(3, 5))
    attributes = {"size": 3, "alpha": 0.01, "beta": 0.7} if op == "LRN" else {"p": 2} if op == "GlobalLpPool" else {}
    m.out(op, [x], **attributes)


@generator("MaxRoiPool")
def max_roi_pool(m, op):
    m.out(op, [m.data([1, 2, 8, 8]), m.const(np.array([[0, 0, 0, 5, 5], [0, 2, 2, 7, 7]], F32))], pooled_shape=[2, 2])


@generator("RoiAlign")
def roi_align(m, op):
    m.refuse_below(10, "no operator samples so")
    mode = m.pick("half_pixel", "output_half_pixel", None) if m.opset >= 16 else None
    m.out(op, [m.data([1, 2, 8, 8]), m.const(np.array([[0, 0, 5, 5], [2, 2, 7, 7]], F32)), m.ints(0, 0)],
          output_height=2, output_width=3, sampling_ratio=2, spatial_scale=1.0, mode=m.pick("avg", "max"),
          coordinate_transformation_mode=mode)
    if m.opset >= 16 and mode != "output_half_pixel":
        m.refuse_below(16, "half_pixel")


@generator("DepthToSpace")
def depth_to_space(m, op):
    mode = m.pick(None, "DCR", "CRD") if m.opset >= 11 else None
    m.needs |= {"extents"}
    m.out(op, [m.data([m.size(1, 2), 4 * m.size(1, 2), m.size(), m.size()])], blocksize=2, mode=mode)


@generator("SpaceToDepth")
def space_to_depth(m, op):
    m.needs |= {"extents"}
    m.out(op, [m.data([m.size(1, 2), m.size(1, 3), 2 * m.size(1, 3), 2 * m.size(1, 3)])], blocksize=2,
          mode=m.pick(None, "DCR", "CRD") if m.opset >= 28 else None)


@generator("Upsample")
def upsample(m, op):
    scales = [1, 1, m.pick(1, 2, 1.5), m.pick(2, 3)]
    x = m.data([1, 2, 4, 6])
    mode = m.pick("nearest", "linear")
    if m.opset < 9:
        return m.out(op, [x], mode=mode, scales=[float(s) for s in scales])
    m.out(op, [x, m.floats(*scales)], mode=mode)


@generator("Resize")
def resize(m, op):
    mode = m.pick("nearest", "linear", *(("cubic",) if m.opset >= 11 else ()))
    shape = [1, 2, m.size(4, 7), m.size(4, 7)]
    x = m.data(shape)
    m.needs |= {"extents", "rank"}
    if m.opset < 11:
        scales = [1, 1, m.pick(1, 2, 1.5), m.pick(2, 3, 0.5)]
        if min(scales) < 1:
            m.refuse_below(10, "Upsample makes nothing smaller")
        return m.out(op, [x, m.floats(*scales)], mode=mode)
    coordinates = m.pick("half_pixel", "asymmetric", "align_corners", "pytorch_half_pixel",
                         *(("half_pixel_symmetric",) if m.opset >= 19 else ()))
    attributes = {"mode": mode, "coordinate_transformation_mode": coordinates}
    if mode == "nearest":
        attributes["nearest_mode"] = m.pick("floor", "round_prefer_floor", "ceil", "round_prefer_ceil")
    if mode == "cubic":
        attributes["cubic_coeff_a"] = m.pick(-0.75, -0.5)
    if (mode == "nearest") and not (coordinates == "asymmetric" and attributes["nearest_mode"] == "floor"):
        m.refuse_below(11, "coordinates")
    if mode == "linear" and coordinates != "asymmetric":
        m.refuse_below(11, "coordinates")
    if mode == "cubic":
        m.refuse_below(11, "cubic")
    some = m.opset >= 18 and m.chance(0.4)
    axes = [2, 3] if some else [0, 1, 2, 3]
    if some:
        attributes["axes"] = m.pick([2, 3], [3, 2], [-2, -1])
    sizes = m.chance()
    empty = m.const(np.array([], F32)) if m.opset < 13 or m.chance() else ""
    if sizes:
        wanted = [shape[a] if a < 2 else m.size(3, 12) for a in axes]
        inputs = [x, empty, m.const(np.array([], F32)) if m.opset < 13 else "", m.ints(*wanted)]
        if m.opset >= 18 and m.chance(0.3):
            attributes["keep_aspect_ratio_policy"] = m.pick("stretch", "not_larger", "not_smaller")
            if attributes["keep_aspect_ratio_policy"] != "stretch":
                m.open_outputs = True  # the checker and the engine round sizes otherwise
                m.full_check = False
                if not some:
                    inputs[3] = m.ints(*[1, 2, 100, 100][:2], *wanted[2:])
    else:
        inputs = [x, empty, m.floats(*[1 if a < 2 else m.pick(1, 2, 1.5, 0.5, 3) for a in axes])]
    if m.opset >= 18 and m.chance(0.15) and mode != "nearest":
        attributes["antialias"] = 1
    m.refuse_below(10, "Upsample makes nothing smaller")
    m.out(op, inputs, **attributes)


@generator("GridSample")
def grid_sample(m, op):
    modes = ("linear", "nearest", "cubic") if m.opset >= 20 else ("bilinear", "nearest", "bicubic")
    volume = m.opset >= 20 and m.chance(0.3)
    m.refuse_below(12, "GatherND has no batches")
    m.needs |= {"rank"}
    mode = m.pick(*(modes[:2] if volume else modes), None)
    if mode in ("cubic", "bicubic"):
        m.refuse_below(16, "cubic sampling")
    image, grid = ([2, 2, 3, 4, 5], [2, 2, 3, 3, 3]) if volume else ([2, 2, 4, 5], [2, 3, 3, 2])
    m.out(op, [m.data(image), m.data(grid, F32, -1.4, 1.4)], mode=mode,
          padding_mode=m.pick("zeros", "border", "reflection"), align_corners=m.pick(0, 1))


@generator("Det")
def det(m, op):
    m.refuse_below(11, "no operator eliminates")
    m.out(op, [m.data(m.pick([], [2], [2, 3]) + [3, 3])])


# Normalisation.
@generator("BatchNormalization")
def batch_norm(m, op):
    shape = m.shape(2, 5)
    c = shape[1]
    params = [m.const(m.values([c], F32, 0.5, 2)) for _ in range(4)]
    training = m.opset >= 14 and m.chance(0.2)
    more = {"epsilon": m.pick(1e-5, 1e-3)}
    if training:
        more |= {"training_mode": 1, "momentum": 0.8}
        return m.out(op, [m.data(shape)] + params, m.pick(1, 3) if False else 3, **more)
    if m.opset >= 14 and m.chance():
        more["training_mode"] = 0
    if m.opset < 9 and m.chance():
        more["spatial"] = 1
    m.out(op, [m.data(shape)] + params, **more)


@generator("InstanceNormalization")
def instance_norm(m, op):
    shape = m.shape(3, 5)
    params = [m.const(m.values([shape[1]])) for _ in range(2)]
    m.out(op, [m.data(shape)] + params, epsilon=1e-3)


@generator("LayerNormalization")
def layer_norm(m, op):
    shape = m.shape(1, 5)
    axis = m.axis(len(shape))
    tail = shape[axis % len(shape):]
    dtype = m.pick(F32, F32, F64)
    inputs = [m.data(shape, dtype), m.const(m.values(tail, dtype))] + ([m.const(m.values(tail, dtype))] if m.chance() else [])
    outputs = m.pick(1, 1, 1, 3)
    if dtype == F64 and outputs == 3:
        outputs = 1
    if int(np.prod(tail)) < 2:
        m.tolerance = 20
    m.out(op, inputs, outputs, axis=axis, epsilon=1e-3)


@generator("RMSNormalization")
def rms_norm(m, op):
    shape = m.shape(1, 5)
    axis = m.axis(len(shape))
    m.out(op, [m.data(shape), m.const(m.values(shape[axis % len(shape):]))], axis=axis, epsilon=1e-3)


@generator("GroupNormalization")
def group_norm(m, op):
    groups = m.size(1, 3)
    channels = groups * m.size(1, 3)
    count = channels if m.opset >= 21 else groups
    m.needs |= {"extents"}
    m.out(op, [m.data([m.size(1, 2), channels] + m.shape(1, 3)), m.const(m.values([count])), m.const(m.values([count]))],
          num_groups=groups, epsilon=1e-3)


@generator("RNN", "GRU", "LSTM")
def recurrence(m, op):
    gates = {"RNN": 1, "GRU": 3, "LSTM": 4}[op]
    length, batch, width, hidden = m.size(1, 4), m.size(1, 3), m.size(1, 4), m.size(1, 3)
    both = m.chance(0.3)
    directions = 2 if both else 1
    attributes = {"hidden_size": hidden, "direction": "bidirectional" if both else m.pick("forward", "reverse")}
    if op == "GRU":
        attributes["linear_before_reset"] = m.pick(0, 1)
    swap = m.opset >= 14 and m.chance(0.3)
    if m.opset >= 14 and m.chance():
        attributes["layout"] = int(swap)
    if swap and not attributes.get("layout"):
        swap = False
    x = m.data([batch, length, width] if swap else [length, batch, width])
    inputs = [x, m.const(m.values([directions, gates * hidden, width])),
              m.const(m.values([directions, gates * hidden, hidden]))]
    if m.chance():
        inputs.append(m.const(m.values([directions, 2 * gates * hidden])))
    if m.chance(0.3) and len(inputs) == 4:
        inputs += ["", m.data([batch, directions, hidden] if swap else [directions, batch, hidden])]
    m.out(op, inputs, 2 if op != "LSTM" else 3, **attributes)
    m.tolerance = 10


# Losses.
@generator("NegativeLogLikelihoodLoss", "SoftmaxCrossEntropyLoss")
def loss(m, op):
    m.refuse_below(12, "came with opset 12")
    m.out(op, [m.data([3, 4]), m.const(m.rng.integers(0, 4, size=[3]).astype(I64))], reduction=m.pick("mean", "sum", "none"))


# Graphs inside.
def body(name, nodes, inputs, outputs):
    def infos(values):
        return [helper.make_tensor_value_info(n, t, s) for n, t, s in values]
    return helper.make_graph(nodes, name, infos(inputs), infos(outputs))


@generator("If")
def condition(m, op):
    shape = m.shape(2, 4)
    x = m.data(shape)
    c = m.const(np.array(m.chance())) if m.chance() else m.input(np.array(m.chance()))
    branches = [body(n, [helper.make_node(o, [x], [n + "_y"])], [], [(n + "_y", TensorProto.FLOAT, shape)])
                for n, o in (("then", "Relu"), ("else", m.pick("Softmax", "Sigmoid", "Identity")))]
    if any(n.op_type == "Softmax" for n in branches[1].node):
        branches[1].node[0].attribute.append(helper.make_attribute("axis", 1))
    m.out(op, [c], then_branch=branches[0], else_branch=branches[1])


@generator("Loop")
def loop(m, op):
    shape = m.shape(1, 3)
    x = m.data(shape)
    trips = np.array(m.size(0, 4), I64)
    nodes = [helper.make_node("Identity", ["c_in"], ["c_out"]), helper.make_node("Cast", ["i"], ["f"], to=1),
             helper.make_node("Add", ["v_in", "f"], ["s"]), helper.make_node("Tanh", ["s"], ["v_out"])]
    inputs = [("i", TensorProto.INT64, []), ("c_in", TensorProto.BOOL, []), ("v_in", TensorProto.FLOAT, shape)]
    outputs = [("c_out", TensorProto.BOOL, []), ("v_out", TensorProto.FLOAT, shape)]
    scans = m.chance() and trips > 0
    if scans:
        nodes.append(helper.make_node("Relu", ["s"], ["scan"]))
        outputs.append(("scan", TensorProto.FLOAT, shape))
    m.out(op, [m.const(trips) if m.chance(0.7) else m.input(trips), m.const(np.array(True)) if m.chance() else "", x],
          2 if scans else 1, body=body("body", nodes, inputs, outputs))
