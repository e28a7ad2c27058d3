"""Writes tests/evil/png: PNG files that lie, and MANIFEST.tsv with the diagnostic that each must cause.

Only the standard library is used. Run by hand when a case is added.
"""
import pathlib
import struct
import zlib

FOLDER = pathlib.Path(__file__).parent / "png"
FOLDER.mkdir(exist_ok=True)
SIGNATURE = b"\x89PNG\r\n\x1a\n"
rows = []


def chunk(kind, body, crc=None, length=None):
    crc = zlib.crc32(kind + body) if crc is None else crc
    return struct.pack(">I", len(body) if length is None else length) + kind + body + struct.pack(">I", crc)


def header(width=8, height=8, depth=8, color=0, interlaced=0, compression=0):
    return chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, depth, color, compression, 0, interlaced))


def save(name, diagnostic, *chunks):
    (FOLDER / name).write_bytes(SIGNATURE + b"".join(chunks))
    rows.append(f"{name}\t{diagnostic}\n")


PIXELS = zlib.compress((b"\0" + bytes(range(8))) * 8)
DATA = chunk(b"IDAT", PIXELS)
END = chunk(b"IEND", b"")
save("empty.png", "png.damaged")
save("no_header.png", "png.damaged", DATA, END)
save("zero_width.png", "png.damaged", header(width=0), DATA, END)
save("negative_height.png", "png.damaged", header(height=0x80000001), DATA, END)
save("depth_3.png", "png.damaged", header(depth=3), DATA, END)
save("palette_16.png", "png.damaged", header(depth=16, color=3), DATA, END)
save("compression_1.png", "png.damaged", header(compression=1), DATA, END)
save("interlace_2.png", "png.damaged", header(interlaced=2), DATA, END)
save("no_data.png", "png.damaged", header(), END)
save("data_cut.png", "png.damaged", header(), chunk(b"IDAT", PIXELS[:-8]), END)
save("file_cut.png", "png.damaged", header(), DATA[:-9])
save("chunk_length_lies.png", "png.damaged", header(), chunk(b"IDAT", PIXELS, length=0x7FFFFFFF))
save("data_crc.png", "png.damaged", header(), chunk(b"IDAT", PIXELS, crc=1), END)
save("header_crc.png", "png.damaged", chunk(b"IHDR", struct.pack(">IIBBBBB", 8, 8, 8, 0, 0, 0, 0), crc=1), DATA, END)
save("not_deflate.png", "png.damaged", header(), chunk(b"IDAT", b"\xff" * 64), END)
save("filter_9.png", "png.damaged", header(), chunk(b"IDAT", zlib.compress((b"\x09" + bytes(8)) * 8)), END)
save("palette_missing.png", "png.damaged", header(color=3), DATA, END)
save("palette_long.png", "png.damaged", header(color=3), chunk(b"PLTE", bytes(3 * 300)), DATA, END)
save("unknown_critical.png", "png.damaged", header(), chunk(b"EVIL", b"x"), DATA, END)
save("few_rows.png", "png.damaged", header(height=9), DATA, END)
save("size_forged.png", "png.size", header(width=0x7FFFFFFF, height=0x7FFFFFFF, depth=16, color=6), DATA, END)
save("width_forged.png", "png.size", header(width=0x7FFFFFFF, height=1, depth=16, color=6), DATA, END)
save("height_forged.png", "png.size", header(height=0x7FFFFFFF), DATA, END)
save("interlaced_forged.png", "png.size", header(width=60000, height=60000, interlaced=1), DATA, END)
save("interlaced_cut.png", "png.damaged", header(width=300, height=300, interlaced=1), chunk(b"IDAT", zlib.compress(bytes(range(256)) * 3)), END)
save("text_bomb.png", "png.damaged", header(height=9), chunk(b"zTXt", b"k\0\0" + zlib.compress(bytes(10_000_000))), DATA, END)
(FOLDER / "MANIFEST.tsv").write_text("".join(sorted(rows)))
