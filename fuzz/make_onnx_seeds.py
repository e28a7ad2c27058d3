#!/usr/bin/env python3
"""Writes small sound ONNX graphs into a folder: where the fuzzer of the passes starts.

  make_onnx_seeds.py FOLDER

Together they hold the kinds of operators that passes rewrite or follow. Only the standard library is used.
"""
import pathlib
import struct
import sys

FLOAT, INT64 = 1, 7


def varint(value):
    value &= (1 << 64) - 1
    out = b""
    while value >= 0x80:
        out += bytes([value & 0x7F | 0x80])
        value >>= 7
    return out + bytes([value])


def field(number, value):
    """One field of a protobuf message."""
    if isinstance(value, int):
        return varint(number << 3) + varint(value)
    value = value.encode() if isinstance(value, str) else value
    return varint(number << 3 | 2) + varint(len(value)) + value


def attribute(name, value):
    if isinstance(value, float):
        content = varint(2 << 3 | 5) + struct.pack("<f", value) + field(20, 1)
    elif isinstance(value, int):
        content = field(3, value) + field(20, 2)
    elif isinstance(value, str):
        content = field(4, value) + field(20, 3)
    elif isinstance(value, bytes):
        content = field(6, value) + field(20, 5)
    else:
        content = b"".join(field(8, item) for item in value) + field(20, 7)
    return field(5, field(1, name) + content)


def operator(op, inputs, outputs, domain="", **attributes):
    return (b"".join(field(1, name) for name in inputs.split(",") if inputs)
            + b"".join(field(2, name) for name in outputs.split(",")) + field(3, f"node_{outputs}") + field(4, op)
            + b"".join(attribute(name, value) for name, value in attributes.items())
            + (field(7, domain) if domain else b""))


def node(*arguments, **attributes):
    return field(1, operator(*arguments, **attributes))


def tensor(name, dims, kind, values):
    code = {FLOAT: "f", INT64: "q"}[kind]
    return field(5, b"".join(field(1, size) for size in dims) + field(2, kind) + field(8, name)
                 + field(9, struct.pack(f"<{len(values)}{code}", *values)))


def floats(name, *dims):
    count = 1
    for size in dims:
        count *= size
    return tensor(name, dims, FLOAT, [((i * 7) % 11 - 5) / 8 for i in range(count)])


def integers(name, *values):
    return tensor(name, [len(values)], INT64, values)


def value(number, name, *shape, kind=FLOAT):
    axes = b"".join(field(1, field(1, size) if isinstance(size, int) else field(2, size)) for size in shape)
    return field(number, field(1, name) + field(2, field(1, field(1, kind) + field(2, axes))))


def graph(*parts):
    return b"".join(parts) + field(2, "g")


def model(opset, content, *more, ir=8):
    return field(1, ir) + field(7, content) + field(8, field(2, opset)) + b"".join(more)


IMAGE = ("n", 2, "h", "w")


def image_graph(opset, *parts, out=IMAGE):
    return model(opset, graph(*parts, value(11, "x", *IMAGE), value(12, "y", *out)))


def seeds():
    kernel = floats("k", 2, 2, 3, 3)
    yield "unet13", image_graph(
        13, kernel, floats("s", 2), floats("b", 2), floats("m", 2), tensor("v", [2], FLOAT, [1, 2]),
        tensor("scales", [4], FLOAT, [1, 1, 2, 2]), floats("k2", 2, 4, 1, 1),
        node("Conv", "x,k", "c", pads=[1, 1, 1, 1]), node("BatchNormalization", "c,s,b,m,v", "n1"), node("Relu", "n1", "r"),
        node("MaxPool", "r", "p", kernel_shape=[2, 2], strides=[2, 2]), node("Resize", "p,,scales", "u", mode="nearest"),
        node("Concat", "r,u", "cc", axis=1), node("Conv", "cc,k2", "l"), node("Softmax", "l", "y", axis=1))
    yield "unet11", image_graph(
        11, floats("k", 2, 2, 2, 2), tensor("roi", [0], FLOAT, []), tensor("scales", [4], FLOAT, [1, 1, 2, 2]),
        node("AveragePool", "x", "a", kernel_shape=[2, 2], strides=[2, 2], ceil_mode=1),
        node("Resize", "a,roi,scales", "r", mode="linear", coordinate_transformation_mode="half_pixel"),
        node("ConvTranspose", "r,k", "t", strides=[1, 1], pads=[0, 0, 1, 1]), node("LogSoftmax", "t", "y", axis=1))
    yield "upsample9", image_graph(
        9, tensor("scales", [4], FLOAT, [1, 1, 2, 2]), node("Upsample", "x,scales", "u", mode="nearest"),
        node("Dropout", "u", "d", ratio=0.5), node("Clip", "d", "y", min=0.0, max=6.0))
    yield "axes17", image_graph(
        17, integers("a", 2, 3), integers("one", 1), node("ReduceSum", "x,a", "s", keepdims=0),
        node("Unsqueeze", "s,a", "u"), node("ReduceMean", "x", "m", axes=[1], keepdims=1),
        node("Squeeze", "m,one", "q"), node("Unsqueeze", "q,one", "e"), node("Add", "u,e", "f"), node("Mul", "f,x", "y"))
    yield "axes18", image_graph(
        18, integers("a", 1), node("ReduceMax", "x,a", "m"), node("ReduceL2", "x,a", "l"), node("Sub", "x,m", "s"),
        node("Div", "s,l", "d"), node("Split", "d", "p,q", axis=1, num_outputs=2), node("Concat", "q,p", "y", axis=1))
    yield "norms21", image_graph(
        21, floats("s", 2), floats("b", 2), floats("ls", 1), node("InstanceNormalization", "x,s,b", "i", epsilon=1e-5),
        node("GroupNormalization", "i,s,b", "g", num_groups=1, epsilon=1e-5), node("Mish", "g", "m"),
        node("HardSwish", "m", "h"), node("Gelu", "h", "y", approximate="tanh"))
    yield "layer17", image_graph(
        17, node("Transpose", "x", "t", perm=[0, 2, 3, 1]), floats("s", 2), floats("b", 2),
        node("LayerNormalization", "t,s,b", "l", axis=-1, epsilon=1e-5), node("Transpose", "l", "y", perm=[0, 3, 1, 2]))
    yield "sizes13", image_graph(
        13, node("Shape", "x", "s"), integers("i", 2), integers("st", 0), integers("en", 2), integers("ax", 0),
        node("Gather", "s,i", "h", axis=0), node("Slice", "s,st,en,ax", "nc"), integers("rest", -1),
        node("Concat", "nc,h,rest", "to", axis=0), node("Reshape", "x,to", "y"))
    yield "pad11", image_graph(
        11, integers("p", 0, 0, 1, 1, 0, 0, 1, 1), tensor("c", [], FLOAT, [0]), integers("a", 1, 1), integers("e", -1, -1),
        integers("ax", 2, 3), node("Pad", "x,p,c", "q", mode="reflect"), node("Slice", "q,a,e,ax", "y"))
    yield "topk11", image_graph(
        11, integers("k", 1), node("Flatten", "x", "f", axis=1), node("TopK", "f,k", "t,i", axis=1, largest=1, sorted=1),
        node("Unsqueeze", "t", "u", axes=[2, 3]), node("Less", "x,u", "less"), node("Where", "less,x,u", "y"))
    yield "gemm13", model(13, graph(
        floats("w", 4, 3), floats("b", 3), node("Gemm", "x,w,b", "g", transB=0), node("Softmax", "g", "s"),
        node("CumSum", "s,zero", "c"), tensor("zero", [], INT64, [0]), node("Einsum", "c,c", "y", equation="ij,ij->i"),
        value(11, "x", "n", 4), value(12, "y", "n")))
    body = graph(node("Relu", "x", "then_y"), value(12, "then_y", *IMAGE))
    other = graph(node("Neg", "x", "else_y"), value(12, "else_y", *IMAGE))
    condition = field(5, field(1, 1) + field(2, 9) + field(8, "flag") + field(9, b"\1"))
    yield "if13", image_graph(13, condition, node("If", "flag", "y", then_branch=body, else_branch=other))
    function = field(25, field(1, "Twice") + field(4, "a") + field(5, "b") + field(7, operator("Add", "a,a", "b")) + field(9, field(2, 17))
                     + field(10, "local"))
    yield "function17", model(17, graph(node("Twice", "x", "t", "local"), node("Twice", "t", "y", "local"),
                                        value(11, "x", *IMAGE), value(12, "y", *IMAGE)),
                              field(8, field(1, "local") + field(2, 1)), function)


def main(folder):
    folder = pathlib.Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in seeds():
        (folder / f"{name}.onnx").write_bytes(content)


if __name__ == "__main__":
    main(sys.argv[1])
