#!/usr/bin/env python3
"""Pipes and devices are never waited for, and the data of a graph are read from its own folder alone.

  special_files.py build/release/bin/zooport
"""
import json
import os
import pathlib
import resource
import shutil
import socket
import struct
import subprocess
import sys
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
WEIGHTS = ROOT / "examples/nuclei/weights.onnx"
PROGRAM = "zooport"
SECONDS = 20


def varint(value):
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


def graph_with_data_in(location):
    """y = x + w, where w is four numbers in another file."""
    entries = b"".join(field(13, field(1, key) + field(2, value))
                       for key, value in (("location", location), ("offset", "0"), ("length", "16")))
    constant = field(1, 4) + field(2, 1) + field(8, "w") + entries + field(14, 1)
    node = field(1, "x") + field(1, "w") + field(2, "y") + field(4, "Add")
    kind = field(2, field(1, field(1, 1) + field(2, field(1, field(1, 4)))))
    graph = field(1, node) + field(2, "g") + field(5, constant) + field(11, field(1, "x") + kind) + \
        field(12, field(1, "y") + kind)
    return field(1, 7) + field(7, graph) + field(8, field(2, 12))


def run(*arguments, **options):
    done = subprocess.run([PROGRAM, *map(str, arguments)], capture_output=True, text=True, timeout=SECONDS, **options)
    return done.returncode, done.stdout, done.stderr


class SpecialFiles(unittest.TestCase):
    def setUp(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="zooport-special-"))
        self.addCleanup(shutil.rmtree, self.folder)

    def test_sources_that_are_pipes_or_devices(self):
        pipe = self.folder / "pipe.onnx"
        os.mkfifo(pipe)
        out = self.folder / "out.onnx"
        for special in (pipe, "/dev/zero", "/dev/null"):
            for command in (["check", special], ["graph", "check", special], ["graph", "info", special],
                            ["info", special], ["graph", "opset", special, out, "--to", 12],
                            ["graph", "shape", special, out, "--input-shape", "1,1,8,8"], ["test", special],
                            ["compare", special, special], ["check", "--files-from", special]):
                with self.subTest(command=command):
                    status, _, said = run(*command)
                    self.assertEqual(status, 3, said)
                    self.assertIn("is a pipe or a device and no file", said)
                    self.assertIn("[base.not-a-file]", said)
                    self.assertFalse(out.exists())

    def test_a_pipe_inside_a_folder_is_not_waited_for(self):
        os.mkfifo(self.folder / "rdf.yaml")
        status, _, said = run("check", self.folder)
        self.assertIn(status, {1, 3, 4}, said)

    def test_pipes_are_not_replaced(self):
        pipe = self.folder / "out.onnx"
        os.mkfifo(pipe)
        status, _, said = run("graph", "shape", WEIGHTS, pipe, "--input-shape", "1,1,64,64", "--overwrite")
        self.assertEqual(status, 3, said)
        self.assertIn("[base.not-a-file]", said)
        self.assertTrue(pipe.is_fifo())

    def test_what_the_shell_hands_over_is_read(self):
        shell = f"'{PROGRAM}' graph check <(cat '{WEIGHTS}')"
        done = subprocess.run(["bash", "-c", shell], capture_output=True, text=True, timeout=SECONDS)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn("valid onnx", done.stdout)
        with open(WEIGHTS, "rb") as file:
            status, printed, said = run("graph", "check", "/dev/stdin", stdin=file)
        self.assertEqual(status, 0, said)
        done = subprocess.run([PROGRAM, "check", "-", "--no-io"], input=(ROOT / "examples/nuclei/rdf.yaml").read_text(),
                              capture_output=True, text=True, timeout=SECONDS)
        self.assertEqual(done.returncode, 0, done.stderr)

    def graph(self, location):
        path = self.folder / "model" / "graph.onnx"
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(graph_with_data_in(location))
        return path

    def test_data_beside_the_graph(self):
        path = self.graph("sub/w.bin")
        (path.parent / "sub").mkdir()
        numbers = struct.pack("<4f", 1, 2, 3, 4)
        (path.parent / "sub/w.bin").write_bytes(numbers)
        (path.parent / "sub/link.bin").symlink_to("w.bin")
        for location in ("sub/w.bin", "./sub/w.bin", "sub/link.bin"):
            path = self.graph(location)
            with self.subTest(location):
                status, _, said = run("graph", "check", path)
                self.assertEqual(status, 0, said)
                out = self.folder / "out.onnx"
                status, _, said = run("graph", "opset", path, out, "--to", 13, "--overwrite")
                self.assertEqual(status, 0, said)
                self.assertIn(numbers, out.read_bytes())

    def test_data_elsewhere(self):
        path = self.graph("w.bin")
        inside = path.parent
        secret = self.folder / "secret.bin"
        secret.write_bytes(b"secretsecretsecret")
        (inside / "leaves.bin").symlink_to("../secret.bin")
        (inside / "absolute-link.bin").symlink_to(secret)
        (inside / "out").symlink_to("..")
        os.link(secret, inside / "hard.bin")
        os.mkfifo(inside / "pipe.bin")
        (inside / "device.bin").symlink_to("/dev/zero")
        (inside / "folder.bin").mkdir()
        (inside / "circle.bin").symlink_to("circle.bin")
        (inside / "chain.bin").symlink_to("leaves.bin")
        (inside / "descriptors").symlink_to("/proc/self/fd")
        listening = socket.socket(socket.AF_UNIX)
        self.addCleanup(listening.close)
        listening.bind(str(inside / "socket.bin"))
        out = self.folder / "out.onnx"
        for location in (str(secret), "../secret.bin", "out/secret.bin", "leaves.bin", "absolute-link.bin", "hard.bin",
                         "pipe.bin", "device.bin", "folder.bin", "circle.bin", "missing.bin", "/dev/zero", "/dev/stdin",
                         "file:secret.bin", "..\\secret.bin", "", ".", "chain.bin", "descriptors/0", "socket.bin",
                         "/proc/self/fd/0", "w.bin/", "C:w.bin", "\\\\host\\share\\w.bin", "//host/share/w.bin",
                         "%2e%2e/secret.bin", "\uff0e\uff0e/secret.bin", "..\u2215secret.bin", "w.bin\n", "w.bin\0",
                         "out/model/../secret.bin", "a/" * 3000):
            path = self.graph(location)
            with self.subTest(location):
                for command in (["graph", "check", path], ["graph", "opset", path, out, "--to", 13],
                                ["graph", "info", path], ["compare", path, path]):
                    status, printed, said = run(*command)
                    self.assertEqual(status, 1, f"{command}: {printed} {said}")
                    self.assertIn("tensor 'w'", said)
                    self.assertIn("(byte ", said)
                    self.assertNotIn("secretsecret", printed + said)
                    self.assertFalse(out.exists())
        status, printed, _ = run("graph", "check", self.graph("hard.bin"), "--format", "json")
        self.assertEqual(json.loads(printed)["results"][0]["status"], "invalid")


def limited(data):
    """Lets the process have so many bytes of its own."""
    return lambda: resource.setrlimit(resource.RLIMIT_DATA, (data, data))


class ManyPieces(unittest.TestCase):
    """Files of a few megabytes that want much more."""

    def setUp(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="zooport-pieces-"))
        self.addCleanup(shutil.rmtree, self.folder)

    def check(self, name, graph, data=1 << 30, more=b""):
        path = self.folder / f"{name}.onnx"
        path.write_bytes(field(1, 7) + field(7, graph) + field(8, field(2, 12)) + more)
        return run("graph", "check", path, "--format", "jsonl", preexec_fn=limited(data))

    def test_they_are_refused_in_little_time_and_memory(self):
        node = lambda op, source, made: field(1, field(1, source) + field(2, made) + field(4, op))
        kind = field(2, field(1, field(1, 1)))
        inputs, outputs = field(11, field(1, "x") + kind), field(12, field(1, "y") + kind)
        million = 1_000_000
        for name, graph, more, id in (
                ("nodes", b"\x0a\x00" * million, b"", "onnx.too-many-messages"),
                ("constants", b"\x2a\x00" * million, b"", "onnx.too-many-messages"),
                ("functions", node("Relu", "x", "y"), b"\xca\x01\x00" * million, "onnx.too-many-messages"),
                ("undefined", b"".join(node(f"No{i}", f"u{i}", f"v{i}") for i in range(100_000)), b"", "onnx.undefined-value"),
                ("cycle", b"".join(node("Relu", f"v{(i - 1) % 100_000}", f"v{i}") for i in range(100_000)), b"", "onnx.cycle")):
            with self.subTest(name):
                status, printed, said = self.check(name, graph + inputs + outputs, more=more)
                self.assertEqual(status, 1, said)
                self.assertEqual(json.loads(printed)["findings"][0]["id"], id)

    def test_memory_that_is_not_there_is_told(self):
        status, _, said = self.check("little", b"\x2a\x00" * 900_000, data=64 << 20)
        self.assertEqual(status, 3, said)
        self.assertIn("not enough memory", said)


if __name__ == "__main__":
    PROGRAM = os.path.abspath(sys.argv.pop(1))
    unittest.main(verbosity=2)
