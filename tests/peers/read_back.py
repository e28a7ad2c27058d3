#!/usr/bin/env python3
"""What the program writes, read by others: czmodel, the ONNX checker and ONNX Runtime.

  read_back.py --program build/release/bin/zooport

Runs in build/venv-peers, which `./dev test` makes. Exit 77: that environment is absent (a failure if CI is set).
"""
import argparse
import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
SHARED = pathlib.Path(os.environ.get("ZOOPORT_SHARED") or ROOT.parent / "shared")
EPS = 1e-6  # of the example, and the default of format 0.4


def enter_environment():
    """Goes on in build/venv-peers; ends where the peers cannot be imported."""
    python = ROOT / "build/venv-peers/bin/python"
    if python.exists() and pathlib.Path(sys.prefix).resolve() != (ROOT / "build/venv-peers").resolve():
        os.execv(python, [str(python), *sys.argv])
    try:
        import czmodel, numpy, onnx, onnxruntime  # noqa: F401
    except ImportError as error:
        print(f"{'failed' if os.environ.get('CI') else 'skipped'}: {error}; `./dev test` makes build/venv-peers")
        sys.exit(1 if os.environ.get("CI") else 77)


enter_environment()

import numpy as np  # noqa: E402
import onnx  # noqa: E402
import onnxruntime  # noqa: E402
from czmodel.core.model_metadata import ModelMetadata, ModelType  # noqa: E402
from czmodel.core.util._extract_model import extract_czann_model  # noqa: E402
from czmodel.core.util.common import validate_metadata  # noqa: E402

sys.path.insert(0, str(pathlib.Path(__file__).parent))
from png import read_grey  # noqa: E402

PROGRAM = "zooport"


def run(*arguments):
    """The first result of the program's record."""
    command = [PROGRAM, *map(str, arguments), "--format", "json", "--no-progress"]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 0, f"{' '.join(command)} gave {done.returncode}: {done.stderr}"
    return json.loads(done.stdout)["results"][0]


def network(path):
    session = onnxruntime.InferenceSession(str(path), providers=["CPUExecutionProvider"])
    name = session.get_inputs()[0].name
    return lambda tensor: session.run(None, {name: tensor.astype(np.float32)})[0]


def sigmoid(values):
    return 1 / (1 + np.exp(-values.astype(np.float64)))


def normalised(image, of):
    """zero_mean_unit_variance of the reference, with the statistics of another image."""
    return (image.astype(np.float64) - of.mean(dtype=np.float64)) / (of.std(dtype=np.float64) + EPS)


class Peers:
    """The cases of one model: SOURCE, WEIGHTS, IMAGE, TILE, OVERLAP, STEP, NAME, OPTIONS."""

    @classmethod
    def setUpClass(cls):
        cls.out = pathlib.Path(tempfile.mkdtemp(prefix="zooport-peers-"))
        cls.addClassCleanup(shutil.rmtree, cls.out)
        cls.image = read_grey(cls.IMAGE)
        cls.conversion = run("convert", cls.SOURCE, cls.out / "model.czann", *cls.OPTIONS)
        cls.czann = cls.out / "model.czann"

    def assert_equal_numbers(self, found, expected, tolerance):
        self.assertEqual(found.shape, expected.shape)
        self.assertGreater(expected.std(), 0.01, "an output that hardly varies shows nothing")
        difference = float(np.abs(found.astype(np.float64) - expected).max())
        print(f"{self.id()}: largest difference {difference:.2e}, allowed {tolerance:.0e}")
        self.assertLess(difference, tolerance)

    def test_czmodel_reads_what_was_meant(self):
        self.assertEqual(self.conversion["verification"]["status"], "passed")
        target = self.out / "extracted"
        target.mkdir()
        metadata, model = extract_czann_model(str(self.czann), target)
        shape = [self.TILE, self.TILE, 1]
        self.assertEqual(metadata, ModelMetadata(
            model_type=ModelType.REGRESSION, input_shape=shape, output_shape=shape, model_id=metadata.model_id,
            min_overlap=[self.OVERLAP] * 2, model_name=self.NAME))
        written = json.loads((target / "model.json").read_text("utf-8"))
        again = metadata.to_czann_dict()
        for key, value in written.items():
            self.assertEqual(again[key], value, key)
        graph = onnx.load(model).graph
        inside = [[size.dim_value for size in value.type.tensor_type.shape.dim][1:]
                  for value in (graph.input[0], graph.output[0])]
        validate_metadata(metadata, *inside)
        with self.assertRaises(ValueError):  # the peer does look
            validate_metadata(metadata, inside[0][:2] + [3], inside[1])

    def test_the_network_is_of_the_format_and_gives_the_numbers(self):
        members = run("unpack", self.czann, self.out / "unpacked")["files"]
        self.assertEqual(sorted(members), sorted(os.listdir(self.out / "unpacked")))
        self.assertLessEqual({"model.json", "model.model"}, set(members))
        path = self.out / "unpacked" / "model.model"
        model = onnx.load(path)
        onnx.checker.check_model(model, full_check=True)
        self.assertEqual([(entry.domain, entry.version) for entry in model.opset_import], [("", 12)])
        self.assertLessEqual(model.ir_version, 7)
        tile = self.image[:self.TILE, :self.TILE]
        most = np.iinfo(tile.dtype).max
        found = network(path)((tile / most)[None, :, :, None])
        expected = sigmoid(network(self.WEIGHTS)(normalised(tile, of=self.image)[None, None]))
        self.assert_equal_numbers(found[0, :, :, 0], expected[0, 0], 1e-4)

    def test_prediction_equals_the_formulas(self):
        run("predict", self.SOURCE, "--input", self.IMAGE, "--output", self.out / "found.npy", "--weights", "onnx")
        height, width = self.image.shape
        padded = np.pad(normalised(self.image, of=self.image),
                        ((0, -height % self.STEP), (0, -width % self.STEP)), mode="symmetric")
        expected = sigmoid(network(self.WEIGHTS)(padded[None, None]))[..., :height, :width]
        self.assert_equal_numbers(np.load(self.out / "found.npy"), expected, 1e-5)

    def test_a_lower_opset_gives_the_same_numbers(self):
        lowered = self.out / "lowered.onnx"
        run("graph", "opset", self.WEIGHTS, lowered, "--to", "12")
        model = onnx.load(lowered)
        onnx.checker.check_model(model, full_check=True)
        self.assertEqual({entry.domain: entry.version for entry in model.opset_import}.get(""), 12)
        self.assertLessEqual(model.ir_version, 7)
        tile = normalised(self.image[:self.TILE, :self.TILE], of=self.image)[None, None]
        self.assert_equal_numbers(network(lowered)(tile), network(self.WEIGHTS)(tile), 1e-4)


class Example(Peers, unittest.TestCase):
    SOURCE = ROOT / "examples/nuclei"
    WEIGHTS = SOURCE / "weights.onnx"
    IMAGE = SOURCE / "sample.png"
    NAME, TILE, OVERLAP, STEP = "Nuclei in Uneven Light", 256, 48, 4
    OPTIONS = ["--source-dtype", "uint16", "--statistics-from", IMAGE, "--spatial-dims", "256,256"]

    def test_an_image_off_the_steps_is_padded_by_mirroring(self):
        image = self.image[:201, :303]
        np.save(self.out / "image.npy", image)
        run("predict", self.SOURCE, "--input", self.out / "image.npy", "--axes", "yx",
            "--output", self.out / "cropped.npy")
        padded = np.pad(normalised(image, of=image), ((0, 3), (0, 1)), mode="symmetric")
        expected = sigmoid(network(self.WEIGHTS)(padded[None, None]))[..., :201, :303]
        self.assert_equal_numbers(np.load(self.out / "cropped.npy"), expected, 1e-5)


class NucleiBroad(Peers, unittest.TestCase):
    FOLDER = SHARED / "data/models/unet2d_nuclei_broad"
    SOURCE = FOLDER / "v0_4_9.bioimageio.yaml"
    WEIGHTS = FOLDER / "weights.onnx"
    IMAGE = FOLDER / "test_input.png"
    NAME, TILE, OVERLAP, STEP = "UNet 2D Nuclei Broad", 512, 128, 16
    OPTIONS = ["--source-dtype", "uint8", "--statistics-from", IMAGE]

    @classmethod
    def setUpClass(cls):
        if not cls.SOURCE.exists():
            if os.environ.get("CI"):
                raise AssertionError(f"{cls.SOURCE} is absent")
            raise unittest.SkipTest(f"{cls.SOURCE} is absent")
        super().setUpClass()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--program", default=os.environ.get("ZOOPORT_PROGRAM", ROOT / "build/release/bin/zooport"))
    arguments, rest = parser.parse_known_args()
    PROGRAM = str(pathlib.Path(arguments.program).resolve())
    unittest.main(argv=[sys.argv[0], *rest], verbosity=2)
