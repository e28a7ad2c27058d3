#!/usr/bin/env python3
"""The engine's process dies in the middle of a prediction, or the program that started it does.

  engine_process.py build/release/bin/zooport
"""
import os
import pathlib
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
MODEL = ROOT / "examples/nuclei"
PROGRAM = "zooport"
SECONDS = 100


def write_npy(path, rows, columns):
    header = "{'descr': '|u1', 'fortran_order': False, 'shape': (%d, %d), }" % (rows, columns)
    header += " " * (-(10 + len(header) + 1) % 64) + "\n"
    pixels = bytes(range(256)) * (rows * columns // 256)
    path.write_bytes(b"\x93NUMPY\x01\x00" + len(header).to_bytes(2, "little") + header.encode() + pixels)


def is_there(process):
    """Whether it runs; one that has ended and is not waited for does not."""
    try:
        return pathlib.Path("/proc/%d/stat" % process).read_text().rsplit(")", 1)[1].split()[0] not in "ZX"
    except OSError:
        return False


def wait_for(condition):
    end = time.monotonic() + SECONDS
    while time.monotonic() < end:
        found = condition()
        if found:
            return found
        time.sleep(0.005)
    raise AssertionError("nothing happened for %d s" % SECONDS)


class EngineProcess(unittest.TestCase):
    def setUp(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="zooport-engine-"))
        self.addCleanup(shutil.rmtree, self.folder)
        write_npy(self.folder / "image.npy", 4096, 4096)
        (self.folder / "out").mkdir()

    def predict(self):
        """A prediction whose first tiles have been written, and the engine's process."""
        command = [PROGRAM, "predict", MODEL, "--input", self.folder / "image.npy", "--axes", "yx", "--tile", "256",
                   "--output", self.folder / "out/y.npy", "--isolate"]
        program = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        self.addCleanup(program.kill)
        wait_for(lambda: any((self.folder / "out").iterdir()) or program.poll() is not None)
        self.assertIsNone(program.poll(), "it goes on for a while")
        children = pathlib.Path("/proc/%d/task/%d/children" % (program.pid, program.pid)).read_text().split()
        self.assertEqual(len(children), 1)
        return program, int(children[0])

    def test_the_engine_dies(self):
        for number in (signal.SIGSEGV, signal.SIGKILL):
            program, engine = self.predict()
            os.kill(engine, number)
            _, said = program.communicate(timeout=SECONDS)
            self.assertEqual(program.returncode, 1, said)
            self.assertIn("was killed by signal %d" % number, said)
            self.assertIn("[engine.crashed]", said)
            self.assertEqual(list((self.folder / "out").iterdir()), [], "no file is left half-written")
            self.assertFalse(is_there(engine))

    def test_the_engine_stands_still_and_is_interrupted(self):
        program, engine = self.predict()
        os.kill(engine, signal.SIGSTOP)
        time.sleep(0.1)
        program.send_signal(signal.SIGINT)
        program.communicate(timeout=SECONDS)
        self.assertEqual(program.returncode, 130)
        self.assertEqual(list((self.folder / "out").iterdir()), [])
        self.assertFalse(is_there(engine))

    def test_the_program_dies(self):
        program, engine = self.predict()
        program.kill()
        program.communicate(timeout=SECONDS)
        wait_for(lambda: not is_there(engine))


if __name__ == "__main__":
    PROGRAM = sys.argv.pop(1)
    without = subprocess.run([PROGRAM, "test", MODEL, "--quiet"], capture_output=True, text=True)
    if without.returncode == 4 and not os.environ.get("CI"):
        print("skipped: " + without.stderr)
        sys.exit(77)
    unittest.main()
