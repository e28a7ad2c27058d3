"""Writes tests/data/images: small files as NumPy, Pillow and tifffile write them, each with what it holds as NAME.npy, and
MANIFEST.tsv `file, expected array, axes, certain (1) or guessed (0)`.

Needs numpy, pillow, tifffile and imagecodecs; run by hand when a case is added.
"""
import pathlib
import struct
import zlib

import numpy as np
import tifffile
from PIL import Image

FOLDER = pathlib.Path(__file__).parent / "images"
FOLDER.mkdir(exist_ok=True)
rows = []
arrays = {}


def content(shape, dtype="uint16"):
    """Smooth, so that it compresses, and different everywhere."""
    n = int(np.prod(shape))
    ramp = np.arange(n, dtype="uint64") * 7 % 60013
    if dtype == "bool":
        return (ramp % 5 < 2).reshape(shape)
    if np.dtype(dtype).kind == "f":
        return (ramp.astype("float64") / 256 - 50).reshape(shape).astype(dtype)
    return ramp.reshape(shape).astype(dtype)


def expect(name, array, axes, certain):
    array = np.ascontiguousarray(array)
    key = (array.tobytes(), array.shape, str(array.dtype))
    if key not in arrays:
        arrays[key] = pathlib.Path(name).with_suffix("").name + "_expected.npy"
        np.save(FOLDER / arrays[key], array)
    rows.append(f"{name}\t{arrays[key]}\t{axes}\t{certain:d}\n")


def tif(name, array, axes, certain, expected=None, **options):
    tifffile.imwrite(FOLDER / name, array, **options)
    expect(name, array if expected is None else expected, axes, certain)


def png(name, image, array, axes):
    image.save(FOLDER / name)
    expect(name, array, axes, True)


a = content((23, 19))
for codec in ["zlib", "lzw", "packbits", "zstd", "lzma"]:
    tif(f"strips_{codec}.tif", a, "yx", True, compression=codec, rowsperstrip=8)
tif("tiles_zlib_predictor.tif", a, "yx", True, compression="zlib", predictor=True, tile=(16, 16))
tif("tiles_plain.tif", a, "yx", True, tile=(16, 16))
tif("big_endian.tif", a, "yx", True, byteorder=">")
tif("big_endian_lzw.tif", a, "yx", True, byteorder=">", compression="lzw")
tif("bigtiff.tif", a, "yx", True, bigtiff=True)
tif("float_predictor.tif", content((17, 16), "float32"), "yx", True, compression="zlib", predictor=3, tile=(16, 16))
for dtype in ["uint8", "int8", "int16", "uint32", "int32", "uint64", "int64", "float16", "float32", "float64"]:
    tif(f"{dtype}.tif", content((5, 7), dtype), "yx", True)
tif("bool.tif", content((5, 19), "bool"), "yx", True)
tif("bool_packbits.tif", content((5, 19), "bool"), "yx", True, compression="packbits", photometric="minisblack")
rgb = content((18, 17, 3), "uint8")
tif("rgb.tif", rgb, "yxc", True, photometric="rgb")
tif("rgba_tiles.tif", content((18, 17, 4), "uint8"), "yxc", True, photometric="rgb", extrasamples=["unassalpha"], tile=(16, 16), compression="zlib")
tif("rgb_planar_tiles.tif", np.moveaxis(rgb, 2, 0), "cyx", True, photometric="rgb", planarconfig="separate", tile=(16, 16), compression="zlib")
tif("rgb_pages.tif", content((3, 6, 5, 3), "uint8"), "zyxc", False, photometric="rgb", metadata=None)
tif("five_samples.tif", content((6, 5, 5)), "yxc", True, photometric="minisblack", planarconfig="contig", metadata=None)
stack = content((2, 3, 6, 5))
tif("shaped.tif", stack, "zcyx", False, photometric="minisblack")
tif("shaped_axes.tif", stack, "tzyx", True, photometric="minisblack", metadata={"axes": "TZYX"})
tif("shaped_singletons.tif", stack.reshape(1, 2, 3, 6, 5, 1), "itczyx", False, photometric="minisblack")
tif("imagej_tzcyx.tif", content((2, 3, 2, 3, 4)), "tzcyx", True, imagej=True, metadata={"axes": "TZCYX"})
tif("imagej_time.tif", content((4, 6, 5)), "tyx", True, imagej=True, metadata={"axes": "TYX"})
tif("ome_czyx.ome.tif", content((2, 3, 6, 5)), "czyx", True, photometric="minisblack", metadata={"axes": "CZYX"})
with tifffile.TiffWriter(FOLDER / "pyramid.tif") as writer:
    writer.write(a, subifds=1, tile=(16, 16))
    writer.write(a[::2, ::2], subfiletype=1, tile=(16, 16))
expect("pyramid.tif", a, "yx", True)
with tifffile.TiffWriter(FOLDER / "reduced_pages.tif") as writer:
    for page in stack[0]:
        writer.write(page, metadata=None, contiguous=False)
        writer.write(page[::2, ::2], metadata=None, subfiletype=1, contiguous=False)
expect("reduced_pages.tif", stack[0], "zyx", False)
with tifffile.TiffWriter(FOLDER / "unequal_pages.tif") as writer:
    writer.write(a[:6, :5], metadata=None)
    writer.write(a, metadata=None, compression="zlib")
expect("unequal_pages.tif", a[:6, :5], "yx", True)
# What ImageJ writes beyond 4 GiB: one directory, all pictures behind each other.
plain = content((4, 6, 5))
tifffile.imwrite(FOLDER / "imagej_one_directory.tif", plain[0], description="ImageJ=1.53t\nimages=4\nslices=4\n", metadata=None)
with open(FOLDER / "imagej_one_directory.tif", "ab") as file:
    with tifffile.TiffFile(FOLDER / "imagej_one_directory.tif") as t:
        end = t.pages[0].dataoffsets[0] + plain[0].nbytes
    assert file.tell() == end
    file.write(plain[1:].tobytes())
expect("imagej_one_directory.tif", plain, "zyx", True)

gray = content((9, 13), "uint8")
png("gray8.png", Image.fromarray(gray), gray, "yx")
png("gray16.png", Image.fromarray(content((9, 13))), content((9, 13)), "yx")
png("rgb8.png", Image.fromarray(rgb), rgb, "yxc")
rgba = content((9, 13, 4), "uint8")
png("rgba8.png", Image.fromarray(rgba), rgba, "yxc")
png("la8.png", Image.fromarray(rgba[..., :2], "LA"), rgba[..., :2], "yxc")
bits = content((9, 13), "bool")
png("gray1.png", Image.fromarray(bits), bits, "yx")
palette = Image.fromarray(rgb).quantize(7)
png("palette.png", palette, np.asarray(palette.convert("RGB")), "yxc")



def chunk(kind, body):
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def raw_png(name, rows_of_passes, width, height, depth, color, array, axes, interlaced=0, extra=b""):
    """Kinds that Pillow does not write; rows are packed bytes, without filters."""
    data = b"".join(b"\0" + row for rows in rows_of_passes for row in rows)
    header = struct.pack(">IIBBBBB", width, height, depth, color, 0, 0, interlaced)
    (FOLDER / name).write_bytes(b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + extra + chunk(b"IDAT", zlib.compress(data)) + chunk(b"IEND", b""))
    expect(name, array, axes, True)


def packed(values, depth):
    """Rows of values below 2**depth as bytes."""
    bits = (values[..., None] >> np.arange(depth - 1, -1, -1)) & 1
    return [row.tobytes() for row in np.packbits(bits.reshape(len(values), -1).astype("uint8"), axis=1)]


for depth in (2, 4):
    levels = content((9, 13), "uint8") % 2**depth
    raw_png(f"gray{depth}.png", [packed(levels, depth)], 13, 9, depth, 0, levels * (255 // (2**depth - 1)), "yx")
rgb16 = content((9, 13, 3))
rows16 = [row.astype(">u2").tobytes() for row in rgb16]
raw_png("rgb16.png", [rows16], 13, 9, 16, 2, rgb16, "yxc")
adam7 = [(0, 0, 8, 8), (0, 4, 8, 8), (4, 0, 8, 4), (0, 2, 4, 4), (2, 0, 4, 2), (0, 1, 2, 2), (1, 0, 2, 1)]
passes = [[row.astype(">u2").tobytes() for row in rgb16[y::dy, x::dx]] for y, x, dy, dx in adam7]
raw_png("rgb16_interlaced.png", passes, 13, 9, 16, 2, rgb16, "yxc", interlaced=1)
indices = content((9, 13), "uint8") % 3
colors = np.array([[1, 2, 3, 255], [40, 50, 60, 128], [7, 8, 9, 0]], "uint8")
tables = chunk(b"PLTE", colors[:, :3].tobytes()) + chunk(b"tRNS", colors[:, 3].tobytes())
raw_png("palette_alpha.png", [packed(indices, 2)], 13, 9, 2, 3, colors[indices], "yxc", extra=tables)

for dtype in ["bool", "uint16", "float16", "float64"]:
    np.save(FOLDER / f"{dtype}.npy", content((5, 7), dtype))
    rows.append(f"{dtype}.npy\t{dtype}.npy\tyx\t0\n")
(FOLDER / "MANIFEST.tsv").write_text("".join(sorted(rows)))
