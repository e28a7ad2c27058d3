#!/usr/bin/env python3
"""Archives that want to do harm, through every verb that opens a CZANN: a finding or an exit code, never a crash.

  evil_czann.py [--sanitized] build/release/bin/zooport

Memory is limited by the kernel (not where sanitizers have their own idea of it), time by the test.
"""
import json
import pathlib
import resource
import struct
import subprocess
import sys
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests/evil"))
sys.dont_write_bytecode = True
import make_czann  # noqa: E402

PROGRAM = "zooport"
SANITIZED = False
MIB = 1 << 20
SECONDS = 60
# Fine, invalid, not readable or writable, not supported; 2 is a mistake of the caller, 5 one of ours.
FINE = {0, 1, 3, 4}


def limited(mebibytes):
    def limit():
        resource.setrlimit(resource.RLIMIT_DATA, (mebibytes * MIB, mebibytes * MIB))
        resource.setrlimit(resource.RLIMIT_FSIZE, (256 * MIB, 256 * MIB))

    return None if SANITIZED else limit


def npy(path, shape):
    """Zeros of uint8."""
    head = ("{'descr': '|u1', 'fortran_order': False, 'shape': %s, }" % (shape,)).encode()
    head += b" " * (-(len(head) + 11) % 64) + b"\n"
    count = 1
    for n in shape:
        count *= n
    path.write_bytes(b"\x93NUMPY\x01\x00" + struct.pack("<H", len(head)) + head + bytes(count))


class EvilCzann(unittest.TestCase):
    def setUp(self):
        temporary = tempfile.TemporaryDirectory(prefix="zooport-evil-")
        self.addCleanup(temporary.cleanup)
        # Two folders down: what escapes lands where it is seen.
        self.outside = pathlib.Path(temporary.name)
        self.folder = self.outside / "a/b"
        self.folder.mkdir(parents=True)

    def zooport(self, *arguments, mebibytes=64):
        command = [PROGRAM, *map(str, arguments), "--no-progress"]
        done = subprocess.run(command, capture_output=True, text=True, errors="surrogateescape", timeout=SECONDS,
                              cwd=self.folder, preexec_fn=limited(mebibytes))
        self.assertIn(done.returncode, FINE, f"{command}: {done.stdout}{done.stderr}")
        for text in (done.stdout, done.stderr):
            self.assertFalse(set(text) & set("\x1b\0\u202e"), f"{command} passes on control characters")
        return done

    def go_through(self, path, finding, mebibytes=64):
        done = self.zooport("check", path, "--format", "json", mebibytes=mebibytes)
        record = json.loads(done.stdout)["results"][0]
        errors = [found["id"] for found in record["findings"] if found["severity"] == "error"]
        if finding == "":
            self.assertEqual((done.returncode, errors), (0, []))
        elif finding != "*":
            self.assertIn(finding, errors)
            self.assertNotEqual(done.returncode, 0)
        self.zooport("check", path, mebibytes=mebibytes)
        self.zooport("info", path, mebibytes=mebibytes)
        self.zooport("unpack", path, self.folder / "unpacked", mebibytes=mebibytes)
        self.zooport("convert", path, self.folder / "out.czann", "--force", "--engine", self.folder / "none",
                     mebibytes=mebibytes)
        npy(self.folder / "image.npy", (12, 10))
        # The engine has threads and an arena of its own.
        self.zooport("predict", path, "--input", self.folder / "image.npy", "--axes", "yx", "--output",
                     self.folder / "out.npy", "--threads", 1, mebibytes=1024)
        made = {path.name for path in self.outside.iterdir()} | {path.name for path in self.folder.parent.iterdir()}
        self.assertEqual(made, {"a", "b"})

    def test_committed_files(self):
        manifest = (make_czann.OUT / "MANIFEST.tsv").read_text().splitlines()
        self.assertGreaterEqual(len(manifest), 70)
        for line in manifest:
            name, finding = line.split("\t")
            with self.subTest(name):
                self.setUp()
                self.go_through(make_czann.OUT / name, finding)

    def test_the_script_makes_them(self):
        for name, _, content in make_czann.FILES:
            self.assertEqual((make_czann.OUT / f"{name}.czann").read_bytes(), content, name)

    def test_large_files(self):
        for name, finding, mebibytes, content in make_czann.large_files():
            with self.subTest(name):
                self.setUp()
                path = self.folder / f"{name}.czann"
                path.write_bytes(content)
                self.go_through(path, finding, mebibytes)


if __name__ == "__main__":
    if "--sanitized" in sys.argv:
        sys.argv.remove("--sanitized")
        SANITIZED = True
    PROGRAM = str(pathlib.Path(sys.argv.pop(1)).resolve())
    unittest.main()
