"""Writes tests/evil/tiff: TIFF files that lie, and MANIFEST.tsv with the diagnostic that each must cause (none: it
is read without harm).

Only the standard library is used. Run by hand when a case is added.
"""
import pathlib
import struct
import zlib

FOLDER = pathlib.Path(__file__).parent / "tiff"
FOLDER.mkdir(exist_ok=True)
rows = []
SIZES = {2: "B", 3: "H", 4: "I", 16: "Q"}
WIDTH, HEIGHT, BITS, COMPRESSION, PHOTOMETRIC, OFFSETS, SAMPLES, ROWS, COUNTS, PLANAR, PREDICTOR = 256, 257, 258, 259, 262, 273, 277, 278, 279, 284, 317
TILE_WIDTH, TILE_HEIGHT, TILE_OFFSETS, TILE_COUNTS, FORMAT = 322, 323, 324, 325, 339


def directory(tags, at, following=0):
    """One classic directory at `at`, values that do not fit behind it."""
    body = struct.pack("<H", len(tags))
    extra_at = at + 2 + 12 * len(tags) + 4
    extra = b""
    for tag, (kind, values) in sorted(tags.items()):
        data = struct.pack(f"<{len(values)}{SIZES[kind]}", *values)
        if len(data) > 4:
            body += struct.pack("<HHII", tag, kind, len(values), extra_at + len(extra))
            extra += data
        else:
            body += struct.pack("<HHI", tag, kind, len(values)) + data.ljust(4, b"\0")
    return body + struct.pack("<I", following) + extra


PIXELS = bytes(range(64))


def plain(**changes):
    tags = {WIDTH: (4, [8]), HEIGHT: (4, [8]), BITS: (3, [8]), COMPRESSION: (3, [1]), PHOTOMETRIC: (3, [1]),
            OFFSETS: (4, [8]), SAMPLES: (3, [1]), ROWS: (4, [8]), COUNTS: (4, [64])}
    for name, value in changes.items():
        if value is None:
            tags.pop(globals()[name], None)
        else:
            tags[globals()[name]] = value
    return tags


def save(name, diagnostic, tags, data=PIXELS, following=0, magic=b"II*\0"):
    at = 8 + len(data) + len(data) % 2
    body = magic + struct.pack("<I", at) + data.ljust(at - 8, b"\0") + directory(tags, at, following)
    (FOLDER / name).write_bytes(body)
    rows.append(f"{name}\t{diagnostic}\n")
    return body


def raw(name, diagnostic, body):
    (FOLDER / name).write_bytes(body)
    rows.append(f"{name}\t{diagnostic}\n")


deflated = zlib.compress(PIXELS)
compressed = dict(COMPRESSION=(3, [8]), COUNTS=(4, [len(deflated)]))
good = save("offset_beyond.tif", "tiff.truncated", plain(OFFSETS=(4, [100000])))
save("rows_beyond.tif", "tiff.truncated", plain(HEIGHT=(4, [800000]), ROWS=(4, [800000])))
save("zero_width.tif", "tiff.damaged", plain(WIDTH=(4, [0])))
save("no_height.tif", "tiff.damaged", plain(HEIGHT=None))
save("no_offsets.tif", "tiff.damaged", plain(OFFSETS=None))
save("few_strips.tif", "tiff.damaged", plain(HEIGHT=(4, [80]), **compressed), deflated)
save("size_forged.tif", "tiff.damaged", plain(WIDTH=(4, [0xFFFFFFFF]), HEIGHT=(4, [0xFFFFFFFF]), ROWS=(4, [0xFFFFFFFF])))
save("size_forged_compressed.tif", "tiff.block-too-large", plain(WIDTH=(4, [0x7FFFFFFF]), HEIGHT=(4, [0x7FFFFFFF]), ROWS=(4, [0xFFFFFFFF]), **compressed), deflated)
save("tile_forged.tif", "tiff.block-too-large",
     {**plain(OFFSETS=None, COUNTS=None, ROWS=None, COMPRESSION=(3, [8])), TILE_WIDTH: (4, [1 << 30]), TILE_HEIGHT: (4, [1 << 30]), TILE_OFFSETS: (4, [8]), TILE_COUNTS: (4, [len(deflated)])}, deflated)
save("tile_zero.tif", "tiff.damaged",
     {**plain(OFFSETS=None, COUNTS=None, ROWS=None), TILE_WIDTH: (4, [0]), TILE_HEIGHT: (4, [0]), TILE_OFFSETS: (4, [8]), TILE_COUNTS: (4, [64])})
save("deflate_cut.tif", "tiff.damaged", plain(**{**compressed, "COUNTS": (4, [len(deflated) - 20])}), deflated[:-20])
save("deflate_garbage.tif", "tiff.damaged", plain(COMPRESSION=(3, [8])), b"\xff" * 64)
save("lzw_garbage.tif", "tiff.damaged", plain(COMPRESSION=(3, [5])), b"\xff" * 64)
save("packbits_short.tif", "tiff.damaged", plain(COMPRESSION=(3, [32773]), COUNTS=(4, [3])), b"\xfe\x07\x80")
save("bits_13.tif", "tiff.unsupported", plain(BITS=(3, [13])))
save("bits_zero.tif", "tiff.damaged", plain(BITS=(3, [0])))
save("complex.tif", "tiff.unsupported", {**plain(BITS=(3, [64])), FORMAT: (3, [6])})
save("float_8.tif", "tiff.unsupported", {**plain(), FORMAT: (3, [3])})
save("compression_unknown.tif", "tiff.unsupported", plain(COMPRESSION=(3, [31337])))
save("ycbcr_plain.tif", "tiff.unsupported", plain(PHOTOMETRIC=(3, [6]), SAMPLES=(3, [3]), BITS=(3, [8, 8, 8])))
save("samples_many.tif", "tiff.truncated", plain(SAMPLES=(3, [65535])))
save("circle_of_one.tif", "none", plain(), following=8 + 64)
save("next_beyond.tif", "tiff.damaged", plain(), following=0x7FFFFFFE)
whole = save("second_page_cut.tif", "tiff.damaged", plain(), following=8 + 64 + 2)
raw("header_only.tif", "tiff.damaged", b"II*\0\x08\0\0\0")
raw("header_cut.tif", "tiff.damaged", b"II*\0")
raw("directory_cut.tif", "tiff.damaged", whole[:100])
raw("directory_beyond.tif", "tiff.damaged", b"II*\0\xf0\xff\xff\xff" + bytes(64))
raw("bigtiff_cut.tif", "tiff.damaged", b"II+\0\x08\0\0\0" + struct.pack("<Q", 16) + struct.pack("<Q", 1 << 60))
raw("entries_many.tif", "tiff.damaged", b"II*\0\x08\0\0\0\xff\xff" + bytes(4000))
(FOLDER / "MANIFEST.tsv").write_text("".join(sorted(rows)))
