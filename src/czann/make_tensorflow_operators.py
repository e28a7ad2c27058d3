#!/usr/bin/env python3
"""Writes tensorflow_operators.inc: the names of all operators of TensorFlow 2.0.0.

    pip download tensorflow==2.0.0 --no-deps --only-binary :all: --python-version 3.7 --abi cp37m \\
        --implementation cp --platform manylinux2010_x86_64
    python3 make_tensorflow_operators.py tensorflow-2.0.0-cp37-cp37m-manylinux2010_x86_64.whl

The wheel has one generated Python function for every registered operator; those whose name begins with an underscore
are internal and stand in no SavedModel.
"""
import pathlib
import re
import sys
import zipfile

names = set()
with zipfile.ZipFile(sys.argv[1]) as wheel:
    for member in wheel.namelist():
        if re.search(r"/gen_\w+_ops\.py$", member):
            names |= set(re.findall(r'_apply_op_helper\(\s*"(\w+)"', wheel.read(member).decode()))

lines = []
line = ""
for name in sorted(names):
    piece = f'"{name}",'
    if len(line) + len(piece) + 1 > 118:
        lines.append(line)
        line = ""
    line += (" " if line else "") + piece
lines.append(line)
text = "// Made by make_tensorflow_operators.py from the wheel of TensorFlow 2.0.0; sorted by byte.\n" + "\n".join(lines) + "\n"
(pathlib.Path(__file__).parent / "tensorflow_operators.inc").write_text(text)
