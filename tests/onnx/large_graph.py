#!/usr/bin/env python3
"""What the program does with a graph above 2 GiB: it copies no constants, and keeps them in a second file.

  large_graph.py build/release/bin/zooport
"""
import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import unittest

import make_large

PROGRAM = sys.argv.pop(1) if __name__ == "__main__" else "zooport"
LIMIT = 64 << 10  # KiB of anonymous memory: too little for the engine
LESS_THAN_CONSTANTS = 2 << 20
MIB = 1 << 20


def has_engine():
    if os.environ.get("CI"):
        return True
    doctor = subprocess.run([PROGRAM, "doctor", "--format", "jsonl"], capture_output=True, text=True)
    return json.loads(doctor.stdout)["parts"][0]["found"]


def disk_bytes(path):
    return os.stat(path).st_blocks * 512


def run(*arguments, limit=LIMIT):
    """The record of `graph` under a limit of memory that a copy of the constants would go beyond."""
    return run_verb("graph", *arguments, limit=limit)


def run_verb(*arguments, limit):
    command = ["sh", "-c", f'ulimit -d {limit}; exec "$@"', "sh", PROGRAM, *map(str, arguments)]
    done = subprocess.run([*command, "--format", "json", "--no-progress"], capture_output=True, text=True, timeout=100)
    record = json.loads(done.stdout)["results"][0] if done.stdout else {}
    return done.returncode, record, done.stderr


class LargeGraph(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = pathlib.Path(tempfile.mkdtemp(prefix="zooport-large-"))
        cls.addClassCleanup(shutil.rmtree, cls.folder)
        cls.graph = make_large.make(cls.folder)
        if disk_bytes(cls.folder / "large.bin") > MIB:
            raise unittest.SkipTest("the temporary folder knows no holes in files")

    def expect_written(self, code, record, error, out):
        self.assertEqual(code, 0, error)
        self.assertEqual(record["dest"], str(out))
        self.assertEqual(record["data"], f"{out}.data")
        self.assertGreater(record["data_bytes"], 2 << 30)
        self.assertEqual(os.path.getsize(record["data"]), record["data_bytes"])
        self.assertLess(disk_bytes(record["data"]), MIB)
        self.assertIn("keep 2 constants (2.5 GiB)", record["steps"][-1])
        code, record, error = run("info", out)
        self.assertEqual(code, 0, error)
        self.assertGreater(record["constant_bytes"], 2 << 30)

    def test_info_and_check(self):
        code, record, error = run("info", self.graph)
        self.assertEqual(code, 0, error)
        self.assertGreater(record["parameters"], 2 * make_large.ROWS * make_large.COLUMNS)
        code, record, error = run("check", self.graph)
        self.assertEqual((code, record["status"]), (0, "valid"), error)

    def test_opset(self):
        out = self.folder / "opset.onnx"
        code, record, error = run("opset", self.graph, out, "--to", 12)
        self.expect_written(code, record, error, out)
        self.assertEqual(record["opsets"], {"ai.onnx": 12})
        self.assertEqual(record["verification"]["status"], "not-run")
        if has_engine():
            self.assertRegex(record["verification"]["reason"], "takes .* of memory at least, and .* is free")

    @unittest.skipUnless(has_engine(), "no engine is installed")
    def test_both_sides_run_without_a_copy_of_the_constants(self):
        for name, *arguments in (("opset", "--to", 12), ("shape", "--input-shape", "1,1,height,width"),
                                 ("wrap", "--layout", "x=bcyx:byxc", "--pre", "scale(0.5)")):
            out = self.folder / f"ran_{name}.onnx"
            code, record, error = run(name, self.graph, out, *arguments, limit=LESS_THAN_CONSTANTS)
            self.expect_written(code, record, error, out)
            self.assertEqual(record["verification"]["status"], "passed", record["verification"])
        code, record, error = run_verb("compare", self.graph, self.folder / "ran_opset.onnx", limit=LESS_THAN_CONSTANTS)
        self.assertEqual((code, record["status"]), (0, "passed"), error)

    def test_shape(self):
        out = self.folder / "shape.onnx"
        code, record, error = run("shape", self.graph, out, "--input-shape", "1,1,height,width")
        self.expect_written(code, record, error, out)
        self.assertEqual(record["outputs"][0]["shape"], ["1", "2", "height", "width"])

    def test_wrap(self):
        out = self.folder / "wrap.onnx"
        code, record, error = run("wrap", self.graph, out, "--layout", "x=bcyx:byxc", "--pre", "scale(0.5)")
        self.expect_written(code, record, error, out)
        self.assertEqual(record["inputs"][0]["shape"], ["1", "64", "64", "1"])


if __name__ == "__main__":
    unittest.main()
