#!/usr/bin/env python3
"""Writes the archives of tests/evil/czann and their MANIFEST.tsv: each has one fault, and names the finding of
`zooport check` for it ("": there is nothing wrong with it; "*": any or none).

The same script gives the same bytes. Run it after a change. large_files() gives more, which are not committed:
tests/cli/evil_czann.py makes them where it runs.
"""
import hashlib
import json
import pathlib

from make_zip import Member, end, pack

OUT = pathlib.Path(__file__).parent / "czann"
ID = "0f7bd5a1-3c1e-4d0b-9a43-000000000001"


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


def value_info(name, dims, element=1):
    """A tensor of the graph; None is an open axis."""
    shape = b"".join(field(1, b"" if n is None else field(1, n)) for n in dims)
    return field(1, name) + field(2, field(1, field(1, element) + field(2, shape)))


def node(op, inputs=("x",), outputs=("y",), *attributes):
    return (b"".join(field(1, name) for name in inputs) + b"".join(field(2, name) for name in outputs) + field(4, op)
            + b"".join(field(5, a) for a in attributes))


def network(dims=(1, 8, 8, 1), out=None, nodes=None, constants=(), element=1):
    nodes = [node("Relu")] if nodes is None else nodes
    graph = (b"".join(field(1, n) for n in nodes) + field(2, "g") + b"".join(field(5, c) for c in constants)
             + field(11, value_info("x", dims, element)) + field(12, value_info("y", out or dims, element)))
    return field(1, 7) + field(7, graph) + field(8, field(1, "") + field(2, 12))


def nested_ifs(depth):
    inner = field(1, node("Relu")) + field(2, "g") + field(12, value_info("y", (1, 8, 8, 1)))
    for _ in range(depth):
        branches = [field(1, name) + field(6, inner) + field(20, 5) for name in ("then_branch", "else_branch")]
        if len(inner) > 2000:  # one branch goes on, or the file doubles with each level
            branches[1] = field(1, "else_branch") + field(6, b"") + field(20, 5)
        inner = field(1, node("If", ["x"], ["y"], *branches)) + field(2, "g")
    return field(1, 7) + field(7, inner + field(11, value_info("x", (1, 8, 8, 1)))
                               + field(12, value_info("y", (1, 8, 8, 1)))) + field(8, field(2, 12))


def metadata(**changes):
    keys = {"Id": ID, "Type": "Regression", "InputShape": [8, 8, 1], "OutputShape": [8, 8, 1]}
    keys.update(changes)
    return json.dumps({key: value for key, value in keys.items() if value is not None})


def as_text(**changes):
    """Values as JSON text, for what json.dumps does not write."""
    text = metadata(**{key: "@" + key for key in changes})
    for key, value in changes.items():
        text = text.replace(f'"@{key}"', value)
    return text


def czann(text=None, model=None, *others, method=0):
    text = metadata() if text is None else text
    text = text.encode() if isinstance(text, str) else text
    return pack(Member("model.json", text), Member("model.model", network() if model is None else model, method),
                *others)


def shapes(shape, **more):
    """That shape in model.json, and a network that takes any."""
    given = as_text(InputShape=shape, OutputShape=shape, **more)
    return czann(given, network((1, None, None, 1)))


def saved_model(*members):
    return pack(Member("saved_model.pb", b"\x08\x01\x12\x02\x0a\x00"), *members)


def nested_zips(depth):
    inner = czann()
    for _ in range(depth):
        inner = czann(None, inner)
    return inner


def forged(**changes):
    """The network's entry lies."""
    return pack(Member("model.json", metadata().encode()), Member("model.model", network(), **changes))


# Noise keeps what surrounds it below the ratio that is refused.
NOISE = b"".join(hashlib.sha256(bytes([i])).digest() for i in range(50))
MILLIONS = bytes(17_000_000) + NOISE
GOOD = network()
deep = lambda levels: as_text(Extra="[" * levels + "]" * levels)
tensor = lambda dims, *content: b"".join(field(1, d) for d in dims) + field(2, 1) + field(8, "w") + b"".join(content)
add = node("Add", ["x", "w"])

FILES = [
    ("good", "", czann()),
    ("good-deflated", "", czann(None, GOOD, method=8)),
    # bombs
    ("bomb", "zip.ratio-limit", czann(None, bytes(3 << 20), method=8)),
    ("bomb-below-the-ratio", "onnx.malformed", czann(None, bytes(2 << 20) + bytes(range(256)) * 12, method=8)),
    ("bomb-beside", "", czann(None, None, Member("license.txt", MILLIONS, 8))),
    ("bomb-in-model-json", "", pack(Member("model.json", b" " * 17_000_000 + metadata(ModelName=NOISE.hex()).encode(), 8),
                                    Member("model.model", GOOD))),
    ("bomb-in-saved-model", "*", czann(None, saved_model(Member("variables/v", bytes(3 << 20), 8)))),
    ("bomb-of-bombs", "*", czann(None, saved_model(Member("a.zip", pack(Member("b", MILLIONS, 8)), 8)))),
    ("nested-40", "*", nested_zips(40)),
    ("overlap", "zip.header-mismatch", pack(Member("model.json", metadata().encode()),
                                    Member("model.model", GOOD, offset=0, local_name=b"model.json"))),
    # names
    ("path-escapes", "zip.path-escapes", czann(None, None, Member("../../evil.txt"))),
    ("path-absolute", "zip.absolute-name", czann(None, None, Member("/tmp/evil.txt"))),
    ("path-backslash", "zip.backslash", czann(None, None, Member("..\\evil.txt"))),
    ("path-escapes-in-saved-model", "*", czann(None, saved_model(Member("../../evil.txt")))),
    ("link", "zip.link", czann(None, None, Member("license.txt", b"/etc/passwd", mode=0o120777))),
    ("two-model-json", "zip.duplicate-name", czann(None, None, Member("model.json", b"{}"))),
    ("two-model-json-by-case", "zip.case-duplicate", czann(None, None, Member("Model.JSON", b"{}"))),
    ("two-networks", "zip.duplicate-name", czann(None, None, Member("model.model", b""))),
    ("in-a-folder", "czann.missing-member", pack(Member("model.json/a", b"{}"), Member("model.model", GOOD))),
    # members
    ("no-model-json", "czann.missing-member", pack(Member("model.model", GOOD))),
    ("no-network", "czann.missing-member", pack(Member("model.json", metadata().encode()))),
    ("network-is-a-folder", "czann.missing-member", pack(Member("model.json", metadata().encode()),
                                                         Member("model.model/", b"", mode=0o40755))),
    ("nothing", "convert.empty-archive", end(0, 0, 0)),
    ("crc-of-network", "zip.checksum", forged(crc=1)),
    ("crc-of-network-deflated", "zip.checksum", forged(crc=1, method=8)),
    ("crc-of-model-json", "zip.checksum", pack(Member("model.json", metadata().encode(), crc=1),
                                               Member("model.model", GOOD))),
    ("crc-beside", "zip.checksum", czann(None, None, Member("license.txt", crc=1))),
    # sizes
    ("size-too-large", "zip.size-mismatch", forged(size=1 << 30)),
    ("size-and-packed-too-large", "zip.truncated", forged(size=1 << 30, packed=1 << 30)),
    ("size-too-small", "zip.size-mismatch", forged(size=10)),
    ("size-deflated-too-large", "zip.size-mismatch", pack(
        Member("model.json", metadata().encode()), Member("model.model", GOOD, 8, size=1 << 15))),
    ("size-deflated-too-small", "zip.size-mismatch", pack(
        Member("model.json", metadata().encode()), Member("model.model", bytes(100_000), 8, size=10))),
    ("size-deflated-huge", "zip.ratio-limit", pack(
        Member("model.json", metadata().encode()), Member("model.model", GOOD, 8, size=(1 << 32) - 2))),
    ("count-huge", "zip.entries-limit", pack(Member("model.json", b"{}"), Member("model.model"), count=65534)),
    ("cut", "zip.truncated", czann()[:-30]),
    # networks
    ("network-empty", "czann.empty-network", czann(None, b"")),
    ("network-cut", "onnx.truncated", czann(None, GOOD[:-20])),
    ("network-text", "onnx.malformed", czann(None, b"not a network at all")),
    ("network-zip-cut", "*", czann(None, saved_model()[:40])),
    ("network-nested-20", "*", czann(None, nested_ifs(20))),
    ("network-nested-250", "onnx.too-deep", czann(None, nested_ifs(250))),
    ("tensor-without-data", "onnx.tensor-size", czann(None, network(
        nodes=[add], constants=[tensor([1 << 40])]))),
    ("tensor-overflows", "onnx.tensor-dims", czann(None, network(
        nodes=[add], constants=[tensor([1 << 32, 1 << 32, 1 << 32])]))),
    ("tensor-negative", "onnx.tensor-dims", czann(None, network(nodes=[add], constants=[tensor([-4], field(9, b"x" * 16))]))),
    ("tensor-outside", "czann.external-data", czann(None, network(nodes=[add], constants=[tensor(
        [4], field(13, field(1, "location") + field(2, "passwd")), field(14, 1))]))),
    ("tensor-escapes", "onnx.external-location", czann(None, network(nodes=[add], constants=[tensor(
        [4], field(13, field(1, "location") + field(2, "../../../etc/passwd")), field(14, 1))]))),
    ("axis-huge", "*", czann(metadata(InputShape=[1 << 40, 8, 1], OutputShape=[1 << 40, 8, 1]),
                            network((1, 1 << 40, 8, 1)))),
    ("axis-negative", "czann.shape-differs", czann(None, network((1, -8, 8, 1)))),
    ("batch-huge", "czann.batch", czann(None, network((1 << 40, 8, 8, 1)))),
    ("rank-huge", "czann.shape-differs", czann(None, network((1,) * 1500))),
    # model.json
    ("json-empty", "json.syntax", czann("")),
    ("json-text", "json.syntax", czann("not JSON")),
    ("json-list", "czann.wrong-kind", czann("[]")),
    ("json-cut", "json.syntax", czann(metadata()[:-5])),
    ("json-nul", "json.syntax", czann(metadata() + "\0")),
    ("json-not-utf-8", "json.encoding", czann(metadata(ModelName="@").encode().replace(b"@", b"\xff\xfe"))),
    ("json-key-twice", "", czann(metadata()[:-1] + ', "Id": "x"}')),
    ("json-190-deep", "*", czann(deep(190))),
    ("json-200-deep", "limits.depth", czann(deep(200))),
    ("json-9000-deep", "limits.depth", czann(deep(9000))),
    ("json-unclosed", "limits.depth", czann("[" * 19000)),
    ("json-surrogate", "", czann(as_text(ModelName='"\\ud800"'))),
    ("json-escapes", "", czann(as_text(ModelName='"\\u001b[31m\\u202e\\n"'))),
    ("shape-2-40", "*", shapes("[1099511627776, 1099511627776, 1]")),
    ("shape-2-62", "*", shapes("[4611686018427387904, 4611686018427387904, 1]", MinOverlap="[4611686018427387902, 2]")),
    ("shape-2-63", "czann.wrong-shape", shapes("[9223372036854775808, 8, 1]")),
    ("shape-2-64-plus-8", "czann.wrong-shape", shapes("[18446744073709551624, 8, 1]")),
    ("shape-1e300", "czann.wrong-shape", shapes("[1e300, 8, 1]")),
    ("shape-1e999", "czann.wrong-shape", shapes("[1e999, 8, 1]")),
    ("shape-negative", "czann.wrong-shape", shapes("[-8, 8, 1]")),
    ("shape-zero", "czann.wrong-shape", shapes("[0, 8, 1]")),
    ("shape-nan", "czann.not-a-number", shapes("[NaN, 8, 1]")),
    ("shape-nested", "czann.wrong-shape", shapes("[[[8]], 8, 1]")),
    ("shape-of-4000", "czann.wrong-shape", shapes("[" + "1," * 4000 + "1]")),
    ("channels-huge", "czann.shape-differs", shapes("[8, 8, 9223372036854775807]")),
    ("overlap-2-63", "czann.wrong-shape", shapes("[8, 8, 1]", MinOverlap="[9223372036854775808, 2]")),
    ("overlap-huge", "czann.overlap-too-large", shapes("[8, 8, 1]", MinOverlap="[9223372036854775806, 2]")),
    ("overlap-is-the-tile", "czann.overlap-too-large", shapes("[8, 8, 1]", MinOverlap="[8, 8]")),
    ("scaling-1e999", "*", czann(as_text(Scaling="[1e999, 0]"))),
    ("classes-3000", "czann.class-count", czann(metadata(Type="SingleClassSemanticSegmentation", Classes=["c"] * 3000))),
]


def large_files():
    """Names, findings, MiB of memory that are enough, and contents of what is too large to be committed."""
    empty = [Member(f"f{i}", b"") for i in range(20_000)]
    yield "members-20000", "zip.entries-limit", 64, czann(None, None, *empty)
    yield "members-500", "", 64, czann(None, None, *empty[:500])
    yield "members-deep", "", 64, czann(None, None, Member("/".join(["a"] * 2000), b""))
    yield "bombs-beside", "", 64, czann(None, None, *[Member(f"f{i}", MILLIONS, 8) for i in range(40)])
    yield "classes-2000000", "limits.nodes", 256, czann(metadata(Classes=["c"] * 2_000_000))
    yield "name-30-mb", "", 256, czann(metadata(ModelName="n" * 30_000_000))
    yield "json-80-mb", "limits.document_bytes", 256, czann(metadata(ModelName="n" * 80_000_000))
    yield "network-60-mb-deflated", "", 256, pack(Member("model.json", metadata().encode()), Member(
        "model.model", network(nodes=[add], constants=[tensor([15_000_000], field(9, bytes(range(250)) * 240_000))]),
        8))
    yield "nodes-20000", "", 256, czann(None, network(nodes=[node("Relu", ["x"], [f"y{i}"]) for i in range(20_000)]
                                                  + [node("Relu")]))


def main():
    OUT.mkdir(exist_ok=True)
    for old in OUT.glob("*.czann"):
        old.unlink()
    lines = []
    for name, finding, content in FILES:
        assert len(content) < 20_000, (name, len(content))
        (OUT / f"{name}.czann").write_bytes(content)
        lines.append(f"{name}.czann\t{finding}\n")
    (OUT / "MANIFEST.tsv").write_text("".join(lines))


if __name__ == "__main__":
    main()
