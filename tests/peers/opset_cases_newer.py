"""Generators of random models: attention, quantization, signals, and operators that came after opset 16."""
import numpy as np

from opset_cases import generator
from opset_model import F16, F32, F64, I8, I16, I32, I64, U8, U16, element


@generator("Attention")
def attention(m, op):
    q, k, past = m.size(1, 4), m.size(1, 4), m.pick(0, 0, m.size(1, 3))
    heads, width = m.size(1, 3), m.size(2, 4)
    three = m.chance(0.3)
    kv_heads = heads
    dtype = F16 if m.chance(0.15) else F32
    attributes = {"scale": m.pick(None, 0.5)}
    if three:
        attributes |= {"q_num_heads": heads, "kv_num_heads": heads}
        inputs = [m.data([2, n, heads * width], dtype) for n in (q, k, k)]
    else:
        if m.chance(0.3) and heads == 2:
            kv_heads = 1
        inputs = [m.data([2, h, n, width], dtype) for h, n in ((heads, q), (kv_heads, k), (kv_heads, k))]
    if m.chance(0.4):
        mask = m.pick(F32, bool, F32) if dtype == F32 else dtype
        inputs.append(m.data([q, k + past], mask) if m.chance() else m.data([2, 1, q, k + past], dtype))
        values = m.feeds[inputs[3]]
        if values.dtype == bool and m.chance(0.7):
            values[..., 0] = True
    filled = m.opset >= 24 and past == 0 and m.chance(0.3)
    if past or filled:
        inputs += [""] * (4 - len(inputs))
    if past:
        inputs += [m.data([2, kv_heads, past, width], dtype) for _ in range(2)]
    if filled:
        inputs += ["", "", m.input(m.rng.integers(1, k + 1, size=[2]).astype(I64))]
    if m.chance(0.3):
        attributes["is_causal"] = 1
    if m.chance(0.2):
        attributes["softcap"] = 2.0
    if m.chance(0.1):
        attributes["softmax_precision"] = element(m.pick(F32, F64))
    if m.opset >= 25 and m.chance(0.4):
        attributes["left_window_size"] = m.pick(-1, 0, 1, 2)
        attributes["right_window_size"] = m.pick(-1, 0, 1)
    outputs = [m.name("v")]
    if past:
        outputs += [m.name("v"), m.name("v")]
    if m.chance(0.2):
        outputs += [""] * (3 - len(outputs)) + [m.name("v")]
        attributes["qk_matmul_output_mode"] = m.pick(0, 3) if "softcap" not in attributes else 3
    m.refuse_below(11, "positions are counted, and Min and Max do not broadcast")
    m.needs |= {"extents", "rank"}
    m.out(op, inputs, outputs, **attributes)


@generator("RotaryEmbedding")
def rotary_embedding(m, op):
    batch, positions, heads, width = 2, m.size(1, 5), m.size(1, 3), 2 * m.size(1, 4)
    turned = m.pick(0, 2, width)
    half = (turned or width) // 2
    dtype = m.pick(F32, F32, F16)
    attributes = {"interleaved": m.pick(0, 1, None), "rotary_embedding_dim": turned or None}
    if m.chance():
        x = m.data([batch, heads, positions, width], dtype)
    else:
        x = m.data([batch, positions, heads * width], dtype)
    if m.chance() or turned:
        attributes["num_heads"] = heads
    attributes.setdefault("num_heads", heads)
    inputs = [x]
    if m.chance():
        inputs += [m.data([9, half], dtype), m.data([9, half], dtype),
                   m.input(m.rng.integers(0, 9, size=[batch, positions]).astype(I64))]
    else:
        inputs += [m.data([batch, positions, half], dtype), m.data([batch, positions, half], dtype)]
    m.needs |= {"extents", "rank"}
    m.out(op, inputs, **attributes)


def spread(m, shape, newest):
    """The shape of the scales, and the attributes that go with it."""
    way = m.pick("single", "axis", *(("block",) if newest >= 21 else ())) if newest >= 13 else "single"
    if way == "single":
        return m.pick([], []), {}
    axis = m.pick(1, len(shape) - 1, -1)
    index = axis % len(shape)
    if way == "axis":
        return [shape[index]], {"axis": axis}
    counts = list(shape)
    counts[index] = -(-shape[index] // 2)
    return counts, {"axis": axis, "block_size": 2}


@generator("QuantizeLinear")
def quantize(m, op):
    m.refuse_below(10, "bytes are no counterpart")
    shape = [m.size(1, 5), 2 * m.size(1, 3), *m.shape(0, 2)]
    count, more = spread(m, shape, m.opset)
    zero = m.pick(U8, I8, *((U16, I16) if m.opset >= 21 else ()))
    dtype = F16 if m.opset >= 19 and m.chance(0.2) else F32
    inputs = [m.data(shape, dtype), m.const(m.values(count, dtype, 0.1, 0.5))]
    if m.chance(0.8):
        inputs.append(m.const(m.values(count, zero, 0, 5)))
    elif m.opset >= 21:
        more["output_dtype"] = element(zero)
    if m.opset >= 23 and m.chance(0.2):
        more["precision"] = element(F32)
    m.needs |= {"rank"}
    m.out(op, inputs, **more)


@generator("DequantizeLinear")
def dequantize(m, op):
    m.refuse_below(9, "bytes")
    shape = [m.size(1, 5), 2 * m.size(1, 3), *m.shape(0, 2)]
    count, more = spread(m, shape, m.opset)
    dtype = m.pick(U8, I8, *((U16, I16) if m.opset >= 21 else ()))
    scale = F16 if m.opset >= 19 and m.chance(0.2) else F32
    inputs = [m.data(shape, dtype, 0, 9), m.const(m.values(count, scale, 0.1, 0.5)), m.const(m.values(count, dtype, 0, 5))]
    if m.opset >= 23 and m.chance(0.2):
        more["output_dtype"] = element(F32)
    m.needs |= {"rank"}
    m.out(op, inputs, **more)


@generator("QLinearMatMul")
def quantized_product(m, op):
    m.refuse_below(10, "bytes are no counterpart")
    a, b = m.pick((U8, U8), (U8, I8), (I8, I8))
    scale = F16 if m.opset >= 21 and m.chance(0.3) else F32
    size = m.size()
    def factors(name, dtype):
        return [name, m.const(m.values([], scale, 0.1, 0.5)), m.const(m.values([], dtype, 0, 3))]
    m.out(op, factors(m.data([m.size(), size], a, 0, 9), a) + factors(m.data([size, m.size()], b, 0, 9), b)
          + [m.const(m.values([], scale, 1, 2)), m.const(m.values([], a, 0, 3))])


@generator("HannWindow", "HammingWindow", "BlackmanWindow")
def window_function(m, op):
    size = m.const(np.array(m.size(2, 12), m.pick(I32, I64)))
    m.out("Add", [m.node(op, [size], periodic=m.pick(0, 1, None))[0], m.data([1])])


@generator("SwiGLU")
def swiglu(m, op):
    shape = m.shape()
    dtype = m.pick(F32, F32, F16)
    m.out(op, [m.data(shape, dtype), m.data(shape, dtype)], alpha=m.pick(None, 1.5))


@generator("CumProd")
def cum_prod(m, op):
    shape = m.shape()
    m.refuse_below(9, "no operator chooses")
    m.needs |= {"extents", "rank"}
    m.out(op, [m.data(shape, m.pick(F32, F32, I32)), m.const(np.array(m.axis(len(shape)), I64))],
          exclusive=m.pick(0, 1, None), reverse=m.pick(0, 1, None))


@generator("DFT")
def dft(m, op):
    m.refuse_below(17, "no operator transforms")
    shape = [m.size(1, 2), m.size(2, 8), m.size(2, 8)]
    axis = m.pick(1, 2, -2) if m.opset >= 20 else m.pick(1, 2)
    x = m.data(shape + [m.pick(1, 2)])
    attributes = {"inverse": m.pick(0, None)}
    m.needs |= {"rank"}
    if m.feeds[x].shape[-1] == 1 and m.chance(0.3):
        attributes = {"onesided": 1}
    if m.opset < 20:
        return m.out(op, [x], axis=axis, **attributes)
    m.out(op, [x, "", m.const(np.array(axis, I64))], **attributes)
