"""Generators of random models, one an operator: `GENERATORS[op](make)` adds it in the form of make.opset."""
import numpy as np

from opset_model import F16, F32, F64, I8, I32, I64, U8, FLOATS, element

GENERATORS = {}

# Operators that change with opsets and have no generator, and why.
NOT_GENERATED = {
    "Bernoulli": "its output is random, and there is nothing before it",
    "DeformConv": "came with opset 19, and ONNX Runtime has no kernel of it for the CPU in all opsets",
    "MaxUnpool": "takes what MaxPool gives; its form never changed",
    "Multinomial": "its output is random",
    "RandomNormal": "its output is random",
    "RandomNormalLike": "its output is random",
    "RandomUniform": "its output is random",
    "RandomUniformLike": "its output is random",
    "Optional": "gives no tensor; its form never changed",
    "OptionalGetElement": "takes no tensor; its form never changed",
    "OptionalHasElement": "takes no tensor; its form never changed",
    "Scan": "its form never changed but for element types",
    "SplitToSequence": "gives a sequence, which opset changes carry along",
}


def generator(*ops):
    def register(function):
        for op in ops:
            GENERATORS[op] = lambda make, op=op: function(make, op)
        return function
    return register


def dtypes(m, *others):
    return m.pick(F32, F32, F32, F32, F64, F16, *others)


# Element by element.
@generator("Abs", "Ceil", "Cos", "Elu", "Erf", "Exp", "Floor", "Identity", "Neg", "Relu", "Sigmoid", "Sign", "Sin",
           "Softplus", "Softsign", "Tanh", "Atan", "Sinh", "Cosh", "Asinh", "Mish", "HardSwish", "Gelu", "Selu",
           "ThresholdedRelu", "HardSigmoid", "LeakyRelu", "Celu", "Swish", "Round", "Tan")
def unary(m, op):
    if op == "Erf":
        m.refuse_below(9, "no series is exact")
    attributes = {}
    if op in ("Elu", "Celu", "LeakyRelu", "ThresholdedRelu", "Swish", "Selu", "HardSigmoid") and m.chance(0.7):
        attributes["alpha"] = float(np.round(m.rng.uniform(0.1, 2), 3))
    if op == "HardSigmoid" and m.chance():
        attributes["beta"] = float(np.round(m.rng.uniform(0.1, 0.9), 3))
    if op == "Selu" and m.chance():
        attributes["gamma"] = float(np.round(m.rng.uniform(0.5, 2), 3))
    if op == "Gelu" and m.chance(0.7):
        attributes["approximate"] = m.pick("tanh", "none")
    if op == "Gelu" and attributes.get("approximate") != "tanh":
        m.refuse_below(9, "it needs Erf")
    more = (I32, I64) if op in ("Abs", "Neg", "Sign", "Identity") else ()
    dtype = F32 if op == "Celu" else dtypes(m, *more)
    if op == "Relu" and m.opset >= 14:
        dtype = dtypes(m, I32, I8)
    if op == "Round":
        dtype = dtypes(m)
    if op == "Gelu" and dtype == F64:
        m.tolerance = 100  # ONNX Runtime has the factors of its formula as float32
    if op == "Sign" and dtype in (I32, I64):
        m.refuse_below(9, "integers are not compared")
    if op == "ThresholdedRelu":
        m.refuse_below(8, "Min and Max do not broadcast")
    m.out(op, [m.data(m.shape(), dtype)], **attributes)


@generator("Acos", "Asin", "Atanh", "Log", "Sqrt", "Reciprocal", "Acosh")
def unary_in_range(m, op):
    low, high = {"Acos": (-0.9, 0.9), "Asin": (-0.9, 0.9), "Atanh": (-0.8, 0.8), "Acosh": (1.1, 4)}.get(op, (0.2, 5))
    m.out(op, [m.data(m.shape(), dtypes(m), low, high)])


@generator("IsInf", "IsNaN")
def is_special(m, op):
    values = m.values(m.shape(), F16 if op == "IsNaN" and m.chance(0.3) else F32)
    values[m.rng.random(values.shape) < 0.3] = np.inf if op == "IsInf" else np.nan
    m.out(op, [m.input(values)])


def pair(m, *more, low=-3, high=3):
    """Two shapes that broadcast."""
    shape = m.shape()
    other = [d if m.chance(0.7) else 1 for d in shape[int(m.rng.integers(len(shape))):]]
    if m.chance(0.2):
        other = []
    dtype = dtypes(m, *more)
    names = [m.data(shape, dtype, low, high),
             m.data(other, dtype, low, high) if m.chance() else m.const(m.values(other, dtype, low, high))]
    return names, dtype


@generator("Add", "Sub", "Mul")
def arithmetic(m, op):
    names, _ = pair(m, I32, I64, *((I8, U8) if m.opset >= 14 else ()))
    m.out(op, names if m.chance() else names[::-1])


@generator("Div")
def division(m, op):
    names, _ = pair(m, I32, *((I8, U8) if m.opset >= 14 else ()), low=1, high=6)
    m.out(op, names)


@generator("Equal")
def equal(m, op):
    names, _ = pair(m, I32, I64, bool) if m.opset >= 11 else (
        [m.data([3, 4], d := m.pick(I32, I64, bool)), m.const(m.values([4], d))], None)
    m.out(op, names)


@generator("Greater", "Less", "GreaterOrEqual", "LessOrEqual")
def compare(m, op):
    names, _ = pair(m, *((I32, I64) if m.opset >= 9 else ()))
    m.out(op, names)


@generator("Mod")
def modulo(m, op):
    m.refuse_below(10, "the rest of floats, and of bytes")
    if m.chance():
        names, _ = pair(m, low=1, high=6)
        return m.out(op, names, fmod=1)
    dtype = m.pick(I32, I64, U8)
    m.out(op, [m.data([3, 4], dtype, 0, 20), m.const(m.values([4], dtype, 1, 5))])


@generator("Max", "Min", "Sum", "Mean")
def many(m, op):
    if op in ("Max", "Min"):
        m.refuse_below(8, "inputs of different shapes")
    dtype = dtypes(m, *((I32, I64) if op in ("Max", "Min") and m.opset >= 12 else ()))
    shape = m.shape()
    same = m.opset < 8
    m.out(op, [m.data(shape if same or m.chance() else shape[-1:], dtype) for _ in range(m.size(1, 4))])


@generator("Pow")
def power(m, op):
    dtype = dtypes(m)
    other = dtype
    if m.opset >= 12 and m.chance():
        other = m.pick(I32, I64, F32)
        dtype = m.pick(F32, F32, I32, F64)
        m.refuse_below(12, "base and exponent of different types")
    base = m.data(m.shape(), dtype, 1, 4)
    if m.chance():
        m.out(op, [base, m.const(m.values([], other, 1, 3))])
    else:
        m.out(op, [base, m.data([1], other, 1, 3)])


@generator("PRelu")
def prelu(m, op):
    shape = m.shape(2, 5)
    slope = m.pick([1], [shape[1]] + [1] * (len(shape) - 2), shape, [1] * len(shape))
    dtype = dtypes(m)
    m.out(op, [m.data(shape, dtype), m.const(m.values(slope, dtype))])


@generator("Where")
def where(m, op):
    shape = m.shape()
    dtype = m.pick(F32, F32, I64, U8, F32, F32, F64)
    if dtype in (I64, U8):
        m.refuse_below(9, "integers have no infinity")
    m.refuse_below(8, "Min and Max do not broadcast")
    m.out(op, [m.data(shape if m.chance() else shape[-1:], bool), m.data(shape, dtype), m.data(shape[-1:], dtype)])


@generator("BitShift")
def bit_shift(m, op):
    m.refuse_below(11, "no operator shifts bits")
    m.out(op, [m.data([3, 4], U8, 0, 200), m.const(m.values([4], U8, 0, 5))], direction=m.pick("LEFT", "RIGHT"))


@generator("Clip")
def clip(m, op):
    dtype = dtypes(m, *((I32, I64) if m.opset >= 12 else ()))
    x = m.data(m.shape(), dtype)
    least, most = (None if m.chance(0.3) else -1, None if m.chance(0.3) else 2)
    if m.opset < 11:
        return m.out(op, [x], min=None if least is None else float(least), max=None if most is None else float(most))
    bound = (lambda v: m.input(np.array(v, dtype))) if m.chance(0.2) else (lambda v: m.const(np.array(v, dtype)))
    inputs = [x] + ["" if v is None else bound(v) for v in (least, most)]
    while inputs[-1] == "":
        inputs.pop()
    m.out(op, inputs)


@generator("Cast")
def cast(m, op):
    source = m.pick(F32, F64, I32, I64, U8, bool, F16)
    to = m.pick(F32, F64, I32, I64, U8, bool, F16)
    more = {"saturate": 1} if m.opset >= 19 and m.chance() else {}
    if m.opset >= 24 and m.chance(0.3):
        more["round_mode"] = "up"
    m.out(op, [m.data(m.shape(), source, 0, 9)], to=element(to), **more)


@generator("CastLike")
def cast_like(m, op):
    like = m.pick(F32, F64, I32, I64, F16)
    target = m.data([2], like) if m.chance() else m.const(m.values([1], like))
    m.out(op, [m.data(m.shape(), m.pick(F32, I32, I64)), target], **({"saturate": 1} if m.opset >= 19 else {}))


@generator("Dropout")
def dropout(m, op):
    x = m.data(m.shape(), dtypes(m))
    mask = m.opset >= 10 and m.chance(0.3)
    names = 2 if mask else 1
    if mask and m.opset < 12:
        m.refuse_from(12, "the mask is not defined outside training")
    if mask:
        m.refuse_below(12, "the mask is not defined outside training")
        m.refuse_below(10, "a mask of truth values")
    if m.opset < 12:
        return m.out(op, [x], names, ratio=0.3)
    inputs = [x] + ([m.const(np.array(0.3, F32))] if m.chance() else [])
    if len(inputs) == 2 and m.chance():
        inputs.append(m.const(np.array(False)))
    m.out(op, inputs, names)


# Constants and shapes.
@generator("Constant")
def constant(m, op):
    x = m.data([3])
    kind = m.pick("value_float", "value_floats", "value") if m.opset >= 12 else "value"
    value = {"value_float": 0.5, "value_floats": [0.5, 1, 2]}.get(kind)
    name = m.const(np.array([1, 2, 3], F32), "node") if kind == "value" else m.node(op, [], **{kind: value})[0]
    m.out("Add", [x, name])


@generator("ConstantOfShape")
def constant_of_shape(m, op):
    m.refuse_below(8, "only zeros of a fixed shape can be added")
    from onnx import helper
    dtype = m.pick(F32, I64, I32, bool, F64)
    value = helper.make_tensor("value", element(dtype), [1], [m.pick(0, 1)])
    shape = m.node("Shape", [m.data(m.shape(), dtype)])[0] if m.chance() else m.ints(*m.shape())
    if not m.feeds:
        m.out("Identity", [m.data([1])])
    m.out(op, [shape], value=value)


@generator("Shape")
def shape_of(m, op):
    shape = m.shape()
    attributes = {}
    if m.opset >= 15:
        if m.chance(0.6):
            attributes["start"] = int(m.rng.integers(-len(shape) - 1, len(shape) + 1))
        if m.chance(0.6):
            attributes["end"] = int(m.rng.integers(-len(shape) - 1, len(shape) + 2))
    m.out(op, [m.data(shape, m.pick(F32, I64, U8))], **attributes)


@generator("Size")
def size_of(m, op):
    m.out(op, [m.data(m.shape(), m.pick(F32, I64))])


@generator("Expand")
def expand(m, op):
    m.refuse_below(8, "only zeros of a fixed shape can be added")
    shape = m.shape()
    m.out(op, [m.data([d if m.chance() else 1 for d in shape], dtypes(m, I64)), m.ints(*shape)])


@generator("EyeLike")
def eye_like(m, op):
    m.needs |= {"extents"}
    m.out(op, [m.data([m.size(), m.size()])], k=m.pick(-1, 0, 1))


@generator("Range")
def count_up(m, op):
    dtype = m.pick(F32, F64, I32, I64)
    m.out("Add", [m.node(op, [m.const(np.array(v, dtype)) for v in (1, 8, 2)])[0], m.data([1], dtype)])


@generator("Reshape")
def reshape(m, op):
    shape = m.shape(1, 4)
    whole = int(np.prod(shape))
    wanted = m.pick([-1], [1, whole], shape[::-1], [0] + [-1] * (len(shape) > 1), [-1, 1])
    more = {"allowzero": int(m.chance(0.3))} if m.opset >= 14 else {}
    if more.get("allowzero") and m.chance(0.3):  # of nothing
        shape[m.axis(len(shape))] = 0
        m.needs |= {"extents"}
        m.refuse_below(9, "no tensor without elements is made")
        target = np.array(m.pick(shape[::-1], [0, 4], [2, 0, 3], [5, -1]), I64)
        return m.out(op, [m.data(shape, dtypes(m, I64)), m.pick(m.const, m.input)(target)], **more)
    if more.get("allowzero") and m.chance(0.6):  # of extents
        x = m.data(shape, dtypes(m, I64))
        [extents] = m.node("Shape", [x])
        [half] = m.node("Div", [m.node("Mul", [m.node("Gather", [extents, m.ints(-1)])[0], m.ints(2)])[0], m.ints(2)])
        return m.out(op, [x, m.node("Concat", [m.ints(1), half, m.ints(-1)], axis=0)[0]], **more)
    if more.get("allowzero") and 0 in wanted:
        wanted = shape[::-1]
    m.out(op, [m.data(shape, dtypes(m, I64)), m.ints(*wanted)], **more)


@generator("Flatten")
def flatten(m, op):
    shape = m.shape(1, 5)
    axis = m.axis(len(shape)) if m.chance(0.8) else None
    m.out(op, [m.data(shape, m.pick(F32, F32, *((I32,) if m.opset >= 9 else ())))],
          axis=1 if axis is None and len(shape) > 0 and m.chance() else axis)
    m.needs |= {"rank"}


@generator("Transpose")
def transpose(m, op):
    shape = m.shape()
    m.out(op, [m.data(shape, dtypes(m, I64, U8))],
          perm=[int(a) for a in m.rng.permutation(len(shape))] if m.chance(0.8) else None)


@generator("Concat")
def concat(m, op):
    shape = m.shape()
    axis = m.axis(len(shape))
    dtype = dtypes(m, I64)
    inputs = []
    for _ in range(m.size(1, 3)):
        shape[axis] = m.size()
        inputs.append(m.data(shape, dtype))
    m.out(op, inputs, axis=axis)


@generator("Squeeze", "Unsqueeze")
def squeeze(m, op):
    shape = m.shape(1, 4)
    count = m.size(1, 2)
    rank = len(shape) + count
    axes = sorted(int(a) for a in m.rng.permutation(rank)[:count])
    full = list(shape)
    for axis in axes:
        full.insert(axis, 1)
    axes = [a - rank if m.opset >= 11 and m.chance(0.3) else a for a in axes]
    x = m.data(full if op == "Squeeze" else shape, dtypes(m, I64))
    if m.open_axes:
        m.declared[x] = list(m.feeds[x].shape)
    if op == "Squeeze" and m.chance(0.2):
        return m.out(op, [x])
    if m.opset < 13:
        return m.out(op, [x], axes=axes)
    m.out(op, [x, computed(m, axes)])


def computed(m, values):
    """A list of integers: a constant, or what the graph computes from constants."""
    if m.chance(0.75):
        return m.ints(*values)
    way = m.pick("concat", "cast", "add", "shape")
    if way == "concat" and len(values) > 1:
        return m.node("Concat", [m.ints(values[0]), m.ints(*values[1:])], axis=0)[0]
    if way == "cast":
        return m.node("Cast", [m.const(np.array(values, I32))], to=element(I64))[0]
    if way == "shape" and all(v >= 0 for v in values) and len(values) > 0 and all(v > 0 for v in values):
        return m.node("Shape", [m.const(np.zeros(values, F32))])[0]
    return m.node("Add", [m.const(np.array(values, I64) - 1), m.ints(1)])[0]


@generator("Slice")
def cut(m, op):
    shape = m.shape(1, 4, 7)
    axes = m.axes(len(shape)) if m.opset >= 11 else sorted(int(a) for a in m.rng.permutation(len(shape))[:1])
    starts = [int(m.rng.integers(-2, 3)) for _ in axes]
    ends = [m.pick(2 ** 31 - 1, 5, -1, 2 ** 63 - 1) for _ in axes]
    x = m.data(shape, m.pick(F32, F32, I64, F64))
    if m.opset < 10:
        return m.out(op, [x], starts=starts, ends=ends, axes=axes)
    inputs = [x, m.ints(*starts), m.ints(*ends)]
    if m.chance(0.7) or len(axes) < len(shape) or axes != list(range(len(shape))):
        inputs.append(m.ints(*axes))
        if m.chance(0.3):
            steps = [m.pick(1, 2, -1) for _ in axes]
            inputs.append(m.ints(*steps))
            if any(step != 1 for step in steps):
                m.refuse_below(10, "steps along an extent that is not known, or that pick nothing")
            m.open_outputs = True  # the checker and the engine disagree on slices that are empty
            m.full_check = False
    m.out(op, inputs)


@generator("Split")
def split(m, op):
    shape = m.shape()
    axis = m.axis(len(shape))
    parts = m.size(1, 4)
    x_axis = axis % len(shape)
    even = m.chance()
    sizes = [m.size(1, 4)] * parts if even else [m.size(1, 4) for _ in range(parts)]
    attributes = {"axis": axis}
    listed = not even or m.chance()
    if not listed and m.opset >= 18:
        attributes["num_outputs"] = parts
        if m.chance(0.3) and parts > 1 and sizes[0] * parts - 1 > sizes[0] * (parts - 1):
            sizes[-1] -= 1
    shape[x_axis] = sum(sizes)
    inputs = [m.data(shape, dtypes(m, I64))]
    if listed:
        if m.opset < 13:
            attributes["split"] = sizes
        else:
            inputs.append(computed(m, sizes))
    m.needs |= {"extents"}
    m.out(op, inputs, parts, **attributes)


@generator("Tile")
def tile(m, op):
    shape = m.shape(1, 4, 3)
    m.out(op, [m.data(shape, dtypes(m, I64)), m.ints(*[m.size(1, 3) for _ in shape])])


@generator("Pad")
def pad(m, op):
    shape = m.shape(1, 4)
    modes = ["constant", "reflect", "edge"] + (["wrap"] if m.opset >= 19 else [])
    mode = m.pick(*modes)
    some = m.opset >= 18 and m.chance()
    axes = m.axes(len(shape)) if some else list(range(len(shape)))
    def amount(axis):
        most = shape[axis] - (1 if mode == "reflect" else 0)
        return int(m.rng.integers(0, min(most, 3) + 1))
    pads = [amount(a) for a in axes] + [amount(a) for a in axes]
    if mode == "constant" and m.chance(0.3):
        pads[0] = -(shape[axes[0]] > 1)
    dtype = dtypes(m, *((I32, I64) if m.opset >= 13 else ()))
    x = m.data(shape, dtype)
    value = m.pick(None, 0, 2)
    if m.opset < 11:
        return m.out(op, [x], pads=pads, mode=mode, value=None if value is None else float(value))
    inputs = [x, computed(m, pads)]
    if value is not None or some:
        inputs.append("" if value is None else m.const(np.array(value, dtype)))
    if some:
        inputs.append(computed(m, axes))
    m.needs |= {"extents"}
    m.out(op, inputs, mode=None if mode == "constant" and m.chance() else mode)


@generator("CenterCropPad")
def center_crop_pad(m, op):
    shape = m.shape(1, 4, 8)
    m.needs |= {"extents"}
    if m.chance():
        return m.out(op, [m.data(shape, dtypes(m)), m.ints(*[m.size(1, 9) for _ in shape])])
    axes = m.axes(len(shape))
    m.out(op, [m.data(shape), m.ints(*[m.size(1, 9) for _ in axes])], axes=axes)


@generator("Trilu")
def trilu(m, op):
    shape = m.shape(2, 4)
    inputs = [m.data(shape, m.pick(F32, F32, I64, F64))]
    if m.chance():
        k = np.array(m.pick(-2, -1, 0, 1, 2), I64)
        inputs.append(m.input(k) if m.chance(0.3) else m.const(k))
    m.refuse_below(11, "the diagonal is computed, and nothing counts")
    m.needs |= {"extents"}
    m.out(op, inputs, upper=m.pick(0, 1, None))


@generator("CumSum")
def cum_sum(m, op):
    shape = m.shape()
    axis = np.array(m.axis(len(shape)), m.pick(I32, I64))
    m.needs |= {"extents"}
    m.out(op, [m.data(shape, m.pick(F32, F32, F64)), m.const(axis)], exclusive=m.pick(0, 1, None),
          reverse=m.pick(0, 1, None))


# Indices.
@generator("Gather")
def gather(m, op):
    shape = m.shape(1, 4)
    axis = m.axis(len(shape))
    least = -shape[axis] if m.opset >= 11 else 0
    indices = m.rng.integers(least, shape[axis], size=m.shape(0, 2)).astype(m.pick(I32, I64))
    if least < 0 and (indices < 0).any():
        m.refuse_below(11, "indices from the back")
    m.out(op, [m.data(shape, dtypes(m, I64)), m.const(indices) if m.chance() else m.input(indices)], axis=axis)


@generator("GatherElements")
def gather_elements(m, op):
    m.refuse_below(11, "no operator picks so")
    shape = m.shape(1, 3)
    axis = m.axis(len(shape))
    m.out(op, [m.data(shape), m.const(m.rng.integers(0, shape[axis], size=shape))], axis=axis)


@generator("GatherND")
def gather_nd(m, op):
    m.refuse_below(11, "no operator picks so")
    m.out(op, [m.data([3, 4, 2], m.pick(F32, I64)), m.const(m.rng.integers(0, 3, size=[2, m.pick(1, 2)]))],
          **({"batch_dims": 0} if m.opset >= 12 and m.chance() else {}))


@generator("ScatterElements")
def scatter_elements(m, op):
    m.refuse_below(9, "no operator writes so")
    shape = m.shape(1, 3)
    axis = m.axis(len(shape))
    indices = np.stack([m.rng.permutation(shape[axis])[:1] for _ in range(1)])
    indices = np.moveaxis(np.tile(np.arange(shape[axis]), [d for i, d in enumerate(shape) if i != axis % len(shape)]
                                  + [1]).reshape([d for i, d in enumerate(shape) if i != axis % len(shape)]
                                                 + [shape[axis]]), -1, axis)
    options = ["none"] if m.opset >= 16 else [None]
    if m.opset >= 16:
        options += ["add", "mul"]
        if m.opset >= 18:
            options += ["max", "min"]
    reduction = m.pick(*options)
    if reduction not in ("none", None):
        m.refuse_below(11, "no operator writes so")
        m.needs |= {"extents"}
    if reduction not in ("none", None) and m.chance():  # elements that are written several times
        indices = m.rng.integers(0, shape[axis], size=indices.shape)
    m.out(op, [m.data(shape), m.const(indices.astype(I64)), m.data(shape)], axis=axis, reduction=reduction)


@generator("Scatter")
def scatter(m, op):
    scatter_elements(m, op)


@generator("Shrink")
def shrink(m, op):
    m.out(op, [m.data(m.shape(), m.pick(F32, F16))], bias=m.pick(0.0, 0.3), lambd=m.pick(0.5, 1.0))


@generator("ScatterND")
def scatter_nd(m, op):
    m.refuse_below(11, "no operator writes so")
    reduction = m.pick("none", None, *(("add", "mul") if m.opset >= 16 else ()),
                       *(("max", "min") if m.opset >= 18 else ())) if m.opset >= 16 else None
    if reduction not in ("none", None):
        m.refuse_below(11, "no operator writes so")
        m.needs |= {"extents"}
    rows = m.rng.permutation(4)[:2].reshape(2, 1)
    if reduction not in ("none", None) and m.chance():  # rows that are written several times
        rows = m.rng.integers(0, 4, size=[2, 1])
    m.out(op, [m.data([4, 3]), m.const(rows.astype(I64)), m.data([2, 3])], reduction=reduction)


@generator("ArgMax", "ArgMin")
def arg(m, op):
    shape = m.shape()
    last = {"select_last_index": m.pick(0, 0, 1)} if m.opset >= 12 and m.chance() else {}
    values = m.values(shape, m.pick(F32, F32, I32))
    if last.get("select_last_index"):
        values = np.round(values)
        m.needs |= {"extents"}
    m.out(op, [m.input(values)], axis=m.axis(len(shape)), keepdims=m.pick(0, 1, None), **last)


@generator("TopK")
def top_k(m, op):
    shape = m.shape(1, 3)
    axis = m.axis(len(shape))
    k = int(m.rng.integers(1, shape[axis] + 1))
    if m.opset < 10:
        return m.out(op, [m.data(shape)], 2, axis=axis, k=k)
    more = {}
    if m.opset >= 11 and m.chance():
        more = {"largest": m.pick(0, 1), "sorted": 1}
        if not more["largest"]:
            m.needs |= {"extents"}
    dtype = m.pick(F32, F32, *((I64,) if m.opset >= 11 else ()))
    if dtype == I64:
        m.refuse_below(11, "integers")
    m.out(op, [m.data(shape, dtype), computed(m, [k])], 2, axis=axis, **more)


@generator("OneHot")
def one_hot(m, op):
    m.refuse_below(9, "no operator compares so")
    m.out(op, [m.input(m.rng.integers(0, 5, size=m.shape(1, 3)).astype(I64)), m.const(np.array([5], I64)),
               m.const(np.array([0, 1], F32))], axis=m.pick(-1, 0, 1, None))


@generator("NonZero")
def non_zero(m, op):
    m.refuse_below(9, "its shape hangs on values")
    m.out(op, [m.input(np.round(m.values(m.shape(1, 3))))])


@generator("Compress")
def compress(m, op):
    shape = m.shape(1, 3)
    axis = m.axis(len(shape)) if m.chance(0.7) else None
    count = int(np.prod(shape)) if axis is None else shape[axis]
    keep = m.values([count], bool)
    keep[0] = True
    m.out(op, [m.data(shape), m.const(keep)], axis=axis)


@generator("Unique")
def unique(m, op):
    m.refuse_below(11, "no operator sorts so")
    m.out(op, [m.input(np.round(m.values([8])))], sorted=1)


@generator("ReverseSequence")
def reverse_sequence(m, op):
    m.refuse_below(10, "no operator turns so")
    m.out(op, [m.data([4, 3, 2]), m.const(m.rng.integers(1, 4, size=[3]).astype(I64))], time_axis=0, batch_axis=1)


@generator("NonMaxSuppression")
def nms(m, op):
    m.refuse_below(10, "no operator chooses so")
    corner = m.rng.uniform(0, 5, size=[1, 6, 2])
    boxes = np.concatenate([corner, corner + m.rng.uniform(1, 3, size=[1, 6, 2])], axis=2).astype(F32)
    m.out(op, [m.input(boxes), m.data([1, 2, 6], F32, 0, 1), m.const(np.array([3], I64)), m.floats(0.5), m.floats(0.1)])


# Reductions, and along one axis.
@generator("ReduceL1", "ReduceL2", "ReduceLogSum", "ReduceLogSumExp", "ReduceMax", "ReduceMean", "ReduceMin",
           "ReduceProd", "ReduceSum", "ReduceSumSquare")
def reduce(m, op):
    shape = m.shape(1, 5, 4)
    axes = m.axes(len(shape))
    low = 0.5 if op == "ReduceLogSum" else -2
    integers = (I32,) if op not in ("ReduceL2", "ReduceMean", "ReduceLogSum", "ReduceLogSumExp") else ()
    dtype = m.pick(F32, F32, F32, F64, *integers)
    if op in ("ReduceMax", "ReduceMin") and m.opset >= 20 and m.chance(0.15):
        dtype = bool
    x = m.data(shape, dtype, low, 2)
    keep = m.pick(0, 1, None)
    if m.opset < (13 if op == "ReduceSum" else 18):
        return m.out(op, [x], axes=axes if m.chance(0.8) else None, keepdims=keep)
    way = m.pick("axes", "axes", "axes", "none", "empty", "noop", "open")
    m.needs |= {"rank"}
    if way == "axes":
        m.out(op, [x, computed(m, axes)], keepdims=keep)
    elif way == "none":
        m.out(op, [x], keepdims=keep)
    elif way == "empty":
        m.out(op, [x, m.const(np.array([], I64))], keepdims=keep)
    elif way == "noop":
        m.out(op, [x, m.const(np.array([], I64))] if m.chance() else [x], keepdims=keep, noop_with_empty_axes=1)
    else:
        m.out(op, [x, m.input(np.array(axes, I64))], keepdims=1)
        m.refuse_below(13 if op == "ReduceSum" else 18, "axes are an input of the graph")


@generator("Softmax", "LogSoftmax", "Hardmax")
def softmax(m, op):
    shape = m.shape()
    axis = m.axis(len(shape)) if m.chance(0.8) else None
    if axis is None and m.opset < 13 and len(shape) < 2:
        axis = 0
    dtype = F32 if op == "Hardmax" else m.pick(F32, F32, F64)
    x = m.data(shape, dtype)
    m.out(op, [x], axis=axis)


@generator("LpNormalization")
def lp_normalization(m, op):
    shape = m.shape(1, 4)
    m.out(op, [m.data(shape)], axis=m.axis(len(shape)), p=m.pick(1, 2))


@generator("MeanVarianceNormalization")
def mvn(m, op):
    shape = m.shape(4, 4)
    m.full_check = False  # the checker's own expansion of the operator fails
    m.out(op, [m.data(shape)], axes=m.pick(None, [0, 2, 3], [2, 3], [1, 2, 3]))


# Products.
@generator("MatMul")
def mat_mul(m, op):
    a, b, c = m.size(), m.size(), m.size()
    dtype = m.pick(F32, F32, F64)
    batch = m.pick([], [2], [2, 3])
    left, right = m.pick(([a, b], [b, c]), (batch + [a, b], [b, c]), (batch + [a, b], batch + [b, c]), ([b], [b, c]))
    m.out(op, [m.data(left, dtype), m.const(m.values(right, dtype)) if m.chance() else m.data(right, dtype)])


@generator("Gemm")
def gemm(m, op):
    a, b, c = m.size(), m.size(), m.size()
    ta, tb = m.pick(0, 1), m.pick(0, 1)
    inputs = [m.data([b, a] if ta else [a, b]), m.data([c, b] if tb else [b, c])]
    if m.opset < 11 or m.chance(0.7):
        inputs.append(m.data(m.pick([a, c], [c], [1, c], [a, 1])))
    m.out(op, inputs, transA=ta, transB=tb, alpha=0.5, beta=2.0)


@generator("Einsum")
def einsum(m, op):
    sizes = {letter: m.size(1, 4) for letter in "abcdijk"}
    equation = m.pick("ij,jk->ik", "bij,bjk->bik", "ij->ji", "ij->i", "ij->", "ii->i", "ii", "bi,bi->b", "i,j->ij",
                      "ij,kj->ik", "bijk,bjc->bikc", "abi,aci->abc", "...ij,...jk->...ik", "ij,ij", "abc->cab",
                      "bhqd,bhkd->bhqk".replace("h", "a").replace("q", "i").replace("k", "j"), "ij,jk,kc->ic", "i->i",
                      "ab , bc -> ac", "bij,bij->")
    terms = [t.strip() for t in equation.split("->")[0].split(",")]
    inputs = []
    for term in terms:
        dims = []
        rest = term
        if term.startswith("..."):
            dims, rest = [2, 3], term[3:]
        inputs.append(m.data(dims + [sizes[c] for c in rest], F32))
    m.needs |= {"rank", "extents"}
    if equation in ("ii->i", "ii"):
        m.refuse_below(12, "a diagonal")
    m.out(op, inputs, equation=equation)
