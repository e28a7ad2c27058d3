"""Writes tests/evil/onnx: ONNX files that lie, and MANIFEST.tsv with the diagnostic that each must cause (none: it is
read without harm).

Only the standard library is used. Run by hand when a case is added.
"""
import pathlib
import struct

FOLDER = pathlib.Path(__file__).parent / "onnx"
FOLDER.mkdir(exist_ok=True)
rows = []


def varint(value):
    value &= (1 << 64) - 1
    out = b""
    while value >= 0x80:
        out += bytes([value & 0x7F | 0x80])
        value >>= 7
    return out + bytes([value])


def number(field, value):
    return varint(field << 3) + varint(value)


def data(field, payload):
    payload = payload.encode() if isinstance(payload, str) else payload
    return varint(field << 3 | 2) + varint(len(payload)) + payload


def node(op, inputs, outputs, *more):
    return (b"".join(data(1, name) for name in inputs) + b"".join(data(2, name) for name in outputs) + data(4, op)
            + b"".join(more))


def value(name, element=1):
    return data(1, name) + data(2, data(1, number(1, element)))


def tensor(name, dims, kind, *content):
    return b"".join(number(1, d) for d in dims) + number(2, kind) + b"".join(content) + data(8, name)


def graph(nodes=(), constants=(), inputs=("x",), outputs=("y",)):
    return (b"".join(data(1, n) for n in nodes) + data(2, "g") + b"".join(data(5, c) for c in constants)
            + b"".join(data(11, value(n)) for n in inputs) + b"".join(data(12, value(n)) for n in outputs))


def model(content, opset=12, ir=7, *more):
    return number(1, ir) + data(7, content) + data(8, data(1, "") + number(2, opset)) + b"".join(more)


def save(name, diagnostic, content):
    (FOLDER / name).write_bytes(content)
    rows.append(f"{name}\t{diagnostic}\n")


RELU = node("Relu", ["x"], ["y"])
GOOD = model(graph([RELU]))


def attribute(name, *content):
    return data(5, data(1, name) + b"".join(content))


def nested(depth):
    inner = RELU
    for _ in range(depth):
        inner = node("If", ["x"], ["y"], attribute("then_branch", data(6, graph([inner], inputs=())), number(20, 5)),
                     attribute("else_branch", data(6, graph([node("Relu", ["x"], ["z"])], inputs=(), outputs=["z"])),
                               number(20, 5)))
    return model(graph([inner]))


def sequences(depth):
    inner = data(1, number(1, 1))
    for _ in range(depth):
        inner = data(4, data(1, inner))
    return inner


def external(**entries):
    return model(graph([RELU], [tensor("w", [2], 1, *[data(13, data(1, k) + data(2, v)) for k, v in entries.items()],
                                       number(14, 1))]))


def function(name, calls, inputs=("a",), outputs=("b",)):
    body = b"".join(data(7, node(c, ["a"], ["b%d" % i if i else "b"], data(7, "local"))) for i, c in enumerate(calls))
    return data(25, data(1, name) + b"".join(data(4, n) for n in inputs) + b"".join(data(5, n) for n in outputs) + body
                + data(9, data(1, "local") + number(2, 1)) + data(10, "local"))


save("good.onnx", "none", GOOD)
save("empty.onnx", "onnx.no-graph", b"")
save("text.onnx", "onnx.malformed", b"this is not a network")
save("html.onnx", "onnx.malformed", b"<!DOCTYPE html><html><body>404</body></html>")
save("group.onnx", "onnx.malformed", b"\x3b" + GOOD + b"\x3c")
save("field_zero.onnx", "onnx.malformed", GOOD + b"\x00\x00")
save("field_huge.onnx", "onnx.malformed", GOOD + varint(1 << 40) + b"\x00")
save("cut.onnx", "onnx.truncated", GOOD[:-3])
save("length_forged.onnx", "onnx.truncated", number(1, 7) + b"\x3a" + varint(1 << 35))
save("length_wraps.onnx", "onnx.truncated", number(1, 7) + b"\x3a" + varint(-1))
save("varint_endless.onnx", "onnx.truncated", b"\x08" + b"\xff" * 40)
save("varint_65_bits.onnx", "onnx.truncated", b"\x08" + b"\xff" * 9 + b"\x02")
save("two_graphs.onnx", "onnx.repeated-field", GOOD + data(7, graph([RELU])))
save("two_ir_versions.onnx", "onnx.repeated-field", GOOD + number(1, 8))
save("two_names.onnx", "onnx.repeated-field", model(graph([RELU]) + data(2, "h")))
save("two_raw_data.onnx", "onnx.repeated-field",
     model(graph([RELU], [tensor("w", [1], 1, data(9, bytes(4)), data(9, b"\1\2\3\4"))])))
save("two_types.onnx", "onnx.repeated-field",
     model(graph([RELU]) + data(13, data(1, "v") + data(2, data(1, number(1, 1)) + data(4, b"")))))
save("extent_two_ways.onnx", "onnx.repeated-field",
     model(graph([RELU]) + data(13, data(1, "v") + data(2, data(1, number(1, 1) + data(2, data(1, number(1, 4)
                                                                                                + data(2, "n"))))))))
save("name_is_number.onnx", "onnx.wire-type", model(graph([RELU]) + number(1, 7)))
save("raw_is_number.onnx", "onnx.wire-type", model(graph([RELU], [tensor("w", [1], 1, number(9, 7))])))
save("floats_of_3_bytes.onnx", "onnx.wire-type", model(graph([RELU], [tensor("w", [1], 1, data(4, bytes(3)))])))
save("deep.onnx", "onnx.too-deep", nested(34))
save("deep_enough.onnx", "none", nested(30))
save("deep_types.onnx", "onnx.too-deep", model(graph([RELU]) + data(13, data(1, "v") + data(2, sequences(60)))))
save("type_cut.onnx", "onnx.truncated", model(graph([RELU]) + data(13, data(1, "v") + data(2, data(4, b"\x0a\x05")))))
save("training_cut.onnx", "onnx.truncated", GOOD + data(20, "abc"))
save("dims_negative.onnx", "onnx.tensor-dims", model(graph([RELU], [tensor("w", [-4], 1, data(9, bytes(4)))])))
save("dims_overflow.onnx", "onnx.tensor-dims", model(graph([RELU], [tensor("w", [1 << 40] * 3, 1)])))
save("dims_bits_overflow.onnx", "onnx.tensor-dims", model(graph([RELU], [tensor("w", [1 << 61], 11)])))
save("dims_huge.onnx", "onnx.tensor-size", model(graph([RELU], [tensor("w", [1 << 40], 1, data(9, bytes(4)))])))
save("dims_many.onnx", "onnx.tensor-size", model(graph([RELU], [tensor("w", [1] * 5000, 1)])))
save("zero_hides_overflow.onnx", "none", model(graph([RELU], [tensor("w", [0, 1 << 62, 1 << 62], 1)])))
save("raw_short.onnx", "onnx.tensor-size", model(graph([RELU], [tensor("w", [2], 1, data(9, bytes(7)))])))
save("raw_long.onnx", "onnx.tensor-size", model(graph([RELU], [tensor("w", [2], 1, data(9, bytes(9)))])))
save("strings_short.onnx", "onnx.tensor-size", model(graph([RELU], [tensor("w", [2], 8, data(6, "a"))])))
save("two_sources.onnx", "onnx.tensor-two-sources",
     model(graph([RELU], [tensor("w", [1], 1, data(4, struct.pack("<f", 1)), data(9, bytes(4)))])))
save("wrong_field.onnx", "onnx.tensor-field", model(graph([RELU], [tensor("w", [1], 1, data(7, b"\1"))])))
save("bool_of_2.onnx", "onnx.number-range", model(graph([RELU], [tensor("w", [1], 9, data(5, b"\2"))])))
save("int8_of_300.onnx", "onnx.number-range", model(graph([RELU], [tensor("w", [1], 3, data(5, varint(300)))])))
save("type_beyond_32_bits.onnx", "onnx.number-range", model(graph([RELU], [tensor("w", [1], 1 << 40)])))
save("type_unknown.onnx", "onnx.tensor-size", model(graph([RELU], [tensor("w", [1], 99, data(9, bytes(4)))])))
save("segment.onnx", "onnx.tensor-segment", model(graph([RELU], [tensor("w", [1], 1, data(3, b""))])))
save("external_parent.onnx", "onnx.external-location", external(location="../../etc/passwd"))
save("external_absolute.onnx", "onnx.external-location", external(location="/etc/passwd"))
save("external_drive.onnx", "onnx.external-location", external(location="c:\\windows\\win.ini"))
save("external_zero_byte.onnx", "onnx.external-location", external(location="w\0.bin"))
save("external_folder.onnx", "onnx.external-missing", external(location="sub"))
save("external_slash.onnx", "onnx.external-location", external(location="good.onnx/"))
save("external_twice.onnx", "onnx.external-data",
     model(graph([RELU], [tensor("w", [2], 1, *[data(13, data(1, k) + data(2, v))
                                                for k, v in [("location", "good.onnx"), ("offset", "0"), ("offset", "8")]],
                                 number(14, 1))])))
save("external_missing.onnx", "onnx.external-missing", external(location="absent.bin"))
save("external_no_location.onnx", "onnx.external-location", external(offset="0"))
save("external_offset_text.onnx", "onnx.external-data", external(location="good.onnx", offset="ten"))
save("external_offset_overflow.onnx", "onnx.external-data", external(location="good.onnx", offset=str(2**64 - 4)))
save("external_offset_beyond.onnx", "onnx.external-data", external(location="good.onnx", offset="99999"))
save("external_length_lies.onnx", "onnx.external-data", external(location="good.onnx", length="7"))
save("external_and_raw.onnx", "onnx.external-data",
     model(graph([RELU], [tensor("w", [1], 1, data(9, bytes(4)), data(13, data(1, "location") + data(2, "w")),
                                 number(14, 1))])))
save("location_unknown.onnx", "onnx.data-location", model(graph([RELU], [tensor("w", [1], 1, number(14, 7))])))
save("sparse_empty.onnx", "onnx.sparse-tensor", model(graph([RELU]) + data(15, b"")))
save("attribute_two_types.onnx", "onnx.attribute-mixed",
     model(graph([node("LeakyRelu", ["x"], ["y"], attribute("alpha", b"\x15" + bytes(4), number(3, 1)))])))
save("attribute_twice.onnx", "onnx.attribute",
     model(graph([node("LeakyRelu", ["x"], ["y"], *[attribute("alpha", b"\x15" + bytes(4), number(20, 1))] * 2)])))
save("attribute_without_graph.onnx", "onnx.attribute",
     model(graph([node("If", ["x"], ["y"], attribute("then_branch", number(20, 5)),
                       attribute("else_branch", number(20, 5)))])))
save("branch_with_input.onnx", "onnx.body-arity",
     model(graph([node("If", ["x"], ["y"],
                       *[attribute(a, data(6, graph([node("Relu", ["i"], ["z"])], inputs=("i",), outputs=("z",))), number(20, 5))
                         for a in ("then_branch", "else_branch")])])))
save("branch_gives_outer.onnx", "onnx.undefined-value",
     model(graph([node("If", ["x"], ["y"], *[attribute(a, data(6, graph([], inputs=(), outputs=("x",))), number(20, 5))
                                             for a in ("then_branch", "else_branch")])])))
save("sparse_beyond.onnx", "onnx.sparse-tensor",
     model(graph([RELU]) + data(15, data(1, tensor("s", [1], 1, data(9, bytes(4)))) + data(2, tensor("", [1], 7, data(7, varint(5))))
                                + number(3, 3))))
save("cycle_of_one.onnx", "onnx.cycle", model(graph([node("Add", ["x", "y"], ["y"])])))
save("cycle_of_many.onnx", "onnx.cycle",
     model(graph([node("Add", ["x", "v%d" % ((i + 1) % 50)], ["v%d" % i]) for i in range(50)], outputs=["v0"])))
save("many_undefined.onnx", "onnx.undefined-value",
     model(graph([node("Add", ["x", "no%d" % i], ["v%d" % i]) for i in range(300)], outputs=["v0"])))
save("same_output_twice.onnx", "onnx.duplicate-value", model(graph([node("Split", ["x"], ["y", "y"])])))
save("input_overwritten.onnx", "onnx.duplicate-value", model(graph([node("Relu", ["x"], ["x"])], outputs=["x"])))
save("opset_negative.onnx", "onnx.opset-version", model(graph([RELU]), -1))
save("opset_huge.onnx", "onnx.opset-version", model(graph([RELU]), 1 << 62))
save("ir_zero.onnx", "onnx.ir-version", model(graph([RELU]), 12, 0))
save("many_opsets.onnx", "onnx.opset-version",
     GOOD + b"".join(data(8, data(1, "d%d" % i) + number(2, 1)) for i in range(200)))
LOCAL = data(8, data(1, "local") + number(2, 1))
CALL = graph([node("f0", ["x"], ["y"], data(7, "local"))])
save("function_of_itself.onnx", "onnx.function-recursion", model(CALL, 12, 8, LOCAL, function("f0", ["f0"])))
save("functions_in_a_ring.onnx", "onnx.function-recursion",
     model(CALL, 12, 8, LOCAL, *[function("f%d" % i, ["f%d" % ((i + 1) % 9)]) for i in range(9)]))
# 2 to the 40th calls of a function that does nothing: sound, and never to be inlined.
save("functions_that_double.onnx", "none",
     model(CALL, 12, 8, LOCAL, *[function("f%d" % i, ["f%d" % (i + 1)] * 2) for i in range(40)],
           function("f40", [], outputs=("a",))))
(FOLDER / "MANIFEST.tsv").write_text("".join(sorted(rows)))
