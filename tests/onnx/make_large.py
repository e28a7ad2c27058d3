#!/usr/bin/env python3
"""Writes an ONNX graph of opset 17 with 2.5 GiB of constants, which take next to nothing on disk: all but two numbers
are holes in its data file.

  make_large.py FOLDER         makes FOLDER/large.onnx and FOLDER/large.bin

y = softmax over the channels of (conv(x) + the sum of one row of each of two tables). Only the standard library is used.
"""
import pathlib
import struct
import sys

ROWS, COLUMNS = 640 << 10, 512
TABLE = ROWS * COLUMNS * 4  # 1.25 GiB
SECOND = (1 << 32) + 4096  # where no 32-bit offset reaches
ROW = ROWS - 3  # that the graph looks up
NUMBERS = (0.25, 0.5)


def varint(value):
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


def node(op, inputs, output, *attributes):
    return field(1, b"".join(field(1, name) for name in inputs) + field(2, output) + field(3, output) + field(4, op)
                 + b"".join(field(5, field(1, name) + field(3, value) + field(20, 2)) for name, value in attributes))


def tensor(name, dims, element, *content):
    return field(5, b"".join(field(1, size) for size in dims) + field(2, element) + field(8, name) + b"".join(content))


def integers(name, *values):
    return tensor(name, [len(values)], 7, field(9, struct.pack(f"<{len(values)}q", *values)))


def table(name, location, offset):
    entries = (("location", location), ("offset", str(offset)), ("length", str(TABLE)))
    return tensor(name, [ROWS, COLUMNS], 1, *(field(13, field(1, key) + field(2, value)) for key, value in entries),
                  field(14, 1))


def image(name, channels):
    shape = b"".join(field(1, field(1, size)) for size in (1, channels, 64, 64))
    return field(1, name) + field(2, field(1, field(1, 1) + field(2, shape)))


def graph(location):
    return b"".join([
        node("Conv", ["x", "kernel"], "conv"),
        node("Gather", ["first", "row"], "row1"),
        node("Gather", ["second", "row"], "row2"),
        node("Concat", ["row1", "row2"], "rows", ("axis", 0)),
        node("ReduceSum", ["rows", "axes"], "sums", ("keepdims", 0)),
        node("Unsqueeze", ["sums", "axes"], "column"),
        node("Unsqueeze", ["column", "two"], "bias"),
        node("Add", ["conv", "bias"], "sum"),
        node("Softmax", ["sum"], "y", ("axis", 1)),
        field(2, "large"),
        tensor("kernel", [2, 1, 1, 1], 1, field(9, struct.pack("<2f", 1, -1))),
        table("first", location, 0),
        table("second", location, SECOND),
        integers("row", ROW), integers("axes", 1), integers("two", 2),
        field(11, image("x", 1)), field(12, image("y", 2)),
    ])


def make(folder):
    folder = pathlib.Path(folder)
    with open(folder / "large.bin", "wb") as file:
        for start, number in zip((0, SECOND), NUMBERS):
            file.seek(start + ROW * COLUMNS * 4)
            file.write(struct.pack("<f", number))
        file.truncate(SECOND + TABLE)
    model = field(1, 8) + field(7, graph("large.bin")) + field(8, field(2, 17))
    (folder / "large.onnx").write_bytes(model)
    return folder / "large.onnx"


if __name__ == "__main__":
    make(sys.argv[1])
