"""Records what NumPy's astype gives for every pair of element types: casts.tsv, `from to bytes bytes` in hexadecimal.

Needs numpy; run by hand on x86-64 when the list of values changes.
"""
import pathlib
import sys
import warnings

import numpy as np

warnings.simplefilter("ignore")
NAMES = "bool int8 uint8 int16 uint16 int32 uint32 int64 uint64 float16 float32 float64".split()
FLOATS = [0.0, -0.0, 0.5, -0.5, 0.99, -0.99, 1.5, 2.5, -2.5, 127.9, 128.0, 255.99, 256.0, -129.0, 32768.5, 65535.9, 65536.0,
          -40000.25, 2147483647.0, 2147483648.0, -2147483649.0, 4294967295.5, 4294967296.0, 9.2233720368547758e18,
          -9.2233720368547758e18, -9.3e18, 1.8446744073709552e19, 1.3e19, 1e30, -1e30, 65519.99, 65520.0, 6e-8, 3e-8,
          1e-310, 1e300, float("inf"), -float("inf"), float("nan")]
INTEGERS = [0, 1, -1, 2, 5, 127, 128, 255, 256, -129, 2049, 2051, 32767, 65504, 65519, 65520, 16777217, 2**31 - 1, 2**31,
            -(2**31), 2**32 - 1, 2**53 + 1, 2**63 - 1, 2**63, -(2**63), 2**64 - 1]

lines = []
for a in NAMES:
    dtype = np.dtype(a)
    if dtype.kind == "f":
        values = np.array(FLOATS).astype(dtype)
    else:
        values = np.array([v % 2**64 for v in INTEGERS], np.uint64).astype(dtype)
    values = values[np.sort(np.unique(values.view(f"u{dtype.itemsize}"), return_index=True)[1])]
    # NumPy's vector code and the scalar code for the last few elements differ for floats beyond uint32: the vector code
    # is what counts, so the row is filled up.
    values = np.append(values, np.zeros(-len(values) % 16, dtype))
    for b in NAMES:
        lines.append(f"{a}\t{b}\t{values.tobytes().hex()}\t{values.astype(b).tobytes().hex()}\n")
pathlib.Path(__file__).with_name("casts.tsv").write_text("".join(lines))
print("numpy", np.__version__, file=sys.stderr)
