"""Writes tests/evil/npy: NPY files that lie, and MANIFEST.tsv with the diagnostic that each must cause.

Only the standard library is used. Run by hand when a case is added.
"""
import pathlib
import struct

FOLDER = pathlib.Path(__file__).parent / "npy"
rows = []


def save(name, diagnostic, header, data=b"", version=1, length=None, magic=b"\x93NUMPY"):
    header = header.encode("latin1") if isinstance(header, str) else header
    size = len(header) if length is None else length
    prefix = magic + bytes([version, 0]) + struct.pack("<H" if version == 1 else "<I", size)
    (FOLDER / name).write_bytes(prefix + header + data)
    rows.append(f"{name}\t{diagnostic}\n")


def dictionary(descr="'<f4'", order="False", shape="(2, 3)", extra=""):
    return "{'descr': %s, 'fortran_order': %s, 'shape': %s, %s}\n" % (descr, order, shape, extra)


FOLDER.mkdir(exist_ok=True)
DATA = bytes(24)
save("magic.npy", "npy.magic", dictionary(), DATA, magic=b"\x93NUMPX")
save("version.npy", "npy.version", dictionary(), DATA, version=4)
save("length_lies.npy", "npy.truncated", dictionary(), DATA, length=60000)
save("length_huge.npy", "npy.header-too-long", dictionary(), DATA, version=2, length=0xFFFFFFFF)
save("data_cut.npy", "npy.truncated", dictionary(), DATA[:23])
save("no_data.npy", "npy.truncated", dictionary(shape="(1000000, 1000000)"))
save("overflow.npy", "npy.shape", dictionary(shape="(4294967296, 4294967296)"), DATA)
save("overflow_bytes.npy", "npy.shape", dictionary("'<f8'", shape="(4611686018427387904,)"), DATA)
save("overflow_digits.npy", "npy.shape", dictionary(shape="(99999999999999999999999,)"), DATA)
save("zero_hides_overflow.npy", "npy.shape", dictionary(shape="(0, 4294967296, 4294967296)"), DATA)
save("negative.npy", "npy.shape", dictionary(shape="(-2, -3)"), DATA)
save("rank.npy", "npy.shape", dictionary(shape="(" + "1, " * 65 + ")"), DATA)
save("many_dimensions.npy", "npy.shape", dictionary(shape="(" + "1," * 9000 + ")"), DATA)
save("object.npy", "npy.dtype", dictionary("'|O'"), b"\x80\x04cos\nsystem\n(S'false'\ntR.")
save("structured.npy", "npy.dtype", dictionary("[('a', '<f4'), ('b', '<i2')]"), DATA)
save("subarray.npy", "npy.dtype", dictionary("('<f4', (3,))"), DATA)
save("complex.npy", "npy.dtype", dictionary("'<c8'"), DATA * 2)
save("text.npy", "npy.dtype", dictionary("'<U1'"), DATA)
save("bytes.npy", "npy.dtype", dictionary("'|S4'"), DATA)
save("dates.npy", "npy.dtype", dictionary("'<M8[s]'"), DATA * 2)
save("longdouble.npy", "npy.dtype", dictionary("'<f16'"), DATA * 4)
save("empty_descr.npy", "npy.dtype", dictionary("''"), DATA)
save("odd_width.npy", "npy.dtype", dictionary("'<i3'"), DATA)
save("call.npy", "npy.header-syntax", dictionary(shape="__import__('os').getcwd()"), DATA)
save("product.npy", "npy.header-syntax", dictionary(shape="(2*3,)"), DATA)
save("generator.npy", "npy.header-syntax", dictionary(shape="(x for x in (2, 3))"), DATA)
save("number_for_tuple.npy", "npy.header-syntax", dictionary(shape="(6)"), DATA)
save("list_for_tuple.npy", "npy.header-syntax", dictionary(shape="[2, 3]"), DATA)
save("float_dimension.npy", "npy.header-syntax", dictionary(shape="(2.0, 3)"), DATA)
save("true_dimension.npy", "npy.header-syntax", dictionary(shape="(True, 6)"), DATA)
save("order_number.npy", "npy.header-syntax", dictionary(order="0"), DATA)
save("order_word.npy", "npy.header-syntax", dictionary(order="Falsehood"), DATA)
save("escape.npy", "npy.header-syntax", dictionary("'<\\x66\\x34'"), DATA)
save("unclosed_text.npy", "npy.header-syntax", "{'descr: ", DATA)
save("unclosed.npy", "npy.header-syntax", dictionary().replace("}", ""), DATA)
save("behind.npy", "npy.header-syntax", dictionary() + "+ 1", DATA)
save("empty.npy", "npy.header-syntax", "", DATA)
save("deep.npy", "npy.header-syntax", "(" * 10000, DATA)
save("nul.npy", "npy.header-syntax", dictionary().replace("}", "}\0'"), DATA)
save("unknown_key.npy", "npy.header-keys", dictionary(extra="'evil': 'x', "), DATA)
save("double_key.npy", "npy.header-keys", dictionary(extra="'shape': (1,), "), DATA)
save("no_shape.npy", "npy.header-keys", "{'descr': '<f4', 'fortran_order': False}", DATA)
save("no_keys.npy", "npy.header-keys", "{}", DATA)
(FOLDER / "short.npy").write_bytes(b"\x93NUMPY\x01\x00\x10")
rows.append("short.npy\tnpy.truncated\n")
(FOLDER / "MANIFEST.tsv").write_text("".join(sorted(rows)))
