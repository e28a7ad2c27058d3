#!/usr/bin/env python3
"""`graph check` and `graph opset` on the recorded ONNX files, and the official checker on what they accept and write.

  onnx_corpus.py --program build/release/bin/zooport

Runs in build/venv-peers, which `./dev test` makes. Exit 77: that environment, or the recorded files, are absent (a
failure if CI is set).
"""
import argparse
import os
import pathlib
import re
import shutil
import sys
import tempfile
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).parent))
import onnx_cases  # noqa: E402

onnx_cases.enter_environment()

import onnx  # noqa: E402
from onnx import checker  # noqa: E402

PROGRAM = "zooport"

# The reason of each refusal, by the id of what is found.
REFUSED = {
    "refuse_custom_domain": "onnx.unknown-domain",
    "refuse_cycle": "onnx.cycle",
    "refuse_dangling": "onnx.undefined-value",
    "refuse_deep_subgraphs": "onnx.too-deep",
    "refuse_external_absolute": "onnx.external-location",
    "refuse_external_length": "onnx.external-data",
    "refuse_external_missing": "onnx.external-missing",
    "refuse_external_negative": "onnx.external-data",
    "refuse_external_offset": "onnx.external-data",
    "refuse_external_short": "onnx.external-data",
    "refuse_external_traversal": "onnx.external-location",
    "refuse_huge_dims": "onnx.tensor-size",
    "refuse_ir_future": "onnx.ir-version",
    "refuse_length_forged": "onnx.truncated",
    "refuse_negative_dims": "onnx.tensor-dims",
    "refuse_opset_future": "onnx.opset-version",
    "refuse_overflow_dims": "onnx.tensor-dims",
    "refuse_short_tensor": "onnx.tensor-size",
    "refuse_truncated": "onnx.truncated",
    "refuse_two_writers": "onnx.duplicate-value",
    "refuse_unknown_operator": "onnx.unknown-operator",
}

# What the official checker takes of them, and why zooport does not.
STRICTER = {
    "refuse_custom_domain": "operators of a domain that the checker does not know are not looked at; no engine has them",
    "refuse_external_length": "the checker looks whether the file is there, not at what is in it",
    "refuse_external_negative": "likewise",
    "refuse_external_offset": "likewise",
    "refuse_external_short": "likewise",
    "refuse_opset_future": "operators are looked up as of the newest opset that the checker knows",
}

# The checker wants a shape of every output of a graph (a rank at least); engines, and zooport, do not.
WITHOUT_SHAPE = "Field 'shape' of 'type' is required but missing."

# It was good when it came with opset 18; engines run it.
DEPRECATED = "Op registered for GroupNormalization is deprecated"


def verdict(path, full_check=False):
    """What the official checker says: "" if all is well."""
    try:
        checker.check_model(str(path), full_check=full_check)
    except (checker.ValidationError, onnx.shape_inference.InferenceError) as error:
        return str(error) or "refused"
    except Exception as error:  # what the reader of messages throws
        return f"{type(error).__name__}: {error}"
    return ""


def give_shapes(path, case):
    """Writes the recorded sizes into the outputs (and inputs) that declare none."""
    model = onnx.load(str(path))
    recorded = {item["name"]: item["shape"] for item in case["inputs"] + case["outputs"]}
    for value in [*model.graph.input, *model.graph.output]:
        if not value.type.tensor_type.HasField("shape"):
            for extent in recorded[value.name]:
                value.type.tensor_type.shape.dim.add().dim_value = extent
    onnx.save(model, str(path))


# Said in opset 12 although the corpus takes that for impossible; the recorded outputs hold for them, too.
FURTHER = {"lower_gridsample_op16", "lower_resize_antialias_op18", "lower_scatternd_add_op16", "warp__classic__op16",
           "warp__dynamo__op20"}


class Corpus(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.out = pathlib.Path(tempfile.mkdtemp(prefix="zooport-corpus-"))
        cls.addClassCleanup(shutil.rmtree, cls.out)
        cls.cases = onnx_cases.cases()

    def test_check_takes_what_the_official_checker_takes(self):
        taken, stricter_checker = 0, 0
        for name, path, case in self.cases:
            if case["expect"] == "refuse":
                continue
            with self.subTest(name):
                status, record, said = onnx_cases.call(PROGRAM, "graph", "check", path)
                official = verdict(path)
                self.assertEqual(status, 0, said)
                self.assertEqual(record["results"][0]["status"], "valid")
                self.assertIn(official.strip().splitlines()[0] if official else "", {"", WITHOUT_SHAPE})
                taken += not official
                stricter_checker += bool(official)
        print(f"{taken} files are valid here and there, {stricter_checker} here only: {WITHOUT_SHAPE}", flush=True)
        self.assertEqual(taken + stricter_checker, 177)

    def test_check_refuses_broken_files_for_their_reasons(self):
        refused = 0
        for name, path, case in self.cases:
            if case["expect"] != "refuse":
                continue
            with self.subTest(name):
                status, record, _ = onnx_cases.call(PROGRAM, "graph", "check", path)
                result = record["results"][0]
                found = [finding["id"] for finding in onnx_cases.errors_of(result)]
                print(f"  {name:28}{found[0]:24}{case['refuse_because']}", flush=True)
                self.assertEqual(found[0], REFUSED[name])
                self.assertEqual(status, 1)
                self.assertEqual(result["status"], "invalid")
                for finding in onnx_cases.errors_of(result):  # a place in the graph, or in the file
                    self.assertTrue(finding.get("loc") or re.search(r"\(byte \d+\)", finding["message"]), finding)
                self.assertEqual(not verdict(path), name in STRICTER)
                refused += 1
        self.assertEqual(refused, 21)

    def test_opset_twelve(self):
        written, refused = 0, {}
        for name, path, case in self.cases:
            possible = case["expect"] != "refuse" and (case["lower_to_12"]["possible"] or name in FURTHER)
            with self.subTest(name):
                folder = self.out / name
                folder.mkdir()
                dest = folder / "model.onnx"
                status, record, said = onnx_cases.call(PROGRAM, "graph", "opset", path, dest, "--to", 12)
                if not possible:
                    self.assertIn(status, {1, 4}, said)
                    self.assertEqual(status, 4 if case["expect"] != "refuse" else 1, said)
                    self.assertEqual(list(folder.iterdir()), [])
                    refused[status] = refused.get(status, 0) + 1
                    continue
                self.assertEqual(status, 0, said)
                verified = record["results"][0]["verification"]["status"]
                self.assertTrue(verified == "passed" or name == "no_shapes" and verified == "not-run", record)
                model = onnx.load(str(dest), load_external_data=False)
                self.assertEqual([item.version for item in model.opset_import if item.domain in {"", "ai.onnx"}], [12])
                self.assertLessEqual(model.ir_version, 7)
                self.assertEqual([item.name for item in folder.iterdir()], ["model.onnx"])
                if verdict(path):
                    self.assertEqual(verdict(dest).strip().splitlines()[0], WITHOUT_SHAPE)
                    give_shapes(dest, case)
                self.assertEqual(verdict(dest, full_check=True), "")
                written += 1
                shutil.rmtree(folder)
        print(f"{written} files reach opset 12; refused by exit status: {refused}", flush=True)
        self.assertEqual(written, 175)
        self.assertEqual(sum(refused.values()), 23)

    def test_other_opsets(self):
        # Without an engine: what the graphs compute is compared by tests/onnx/corpus_opset_test.cpp.
        environment = {**os.environ, "ZOOPORT_ENGINE": "/nonexistent"}
        for target, least in ((11, 164), (17, 176), (18, 177), (21, 176), (23, 176), (28, 176)):
            written = 0
            for name, path, case in self.cases:
                if case["expect"] == "refuse":
                    continue
                with self.subTest(name, target=target):
                    dest = self.out / f"{name}-{target}.onnx"
                    status, _, said = onnx_cases.call(PROGRAM, "graph", "opset", path, dest, "--to", target,
                                                      env=environment)
                    self.assertIn(status, {0, 4}, said)
                    self.assertEqual(dest.exists(), status == 0)
                    if status == 0:
                        give_shapes(dest, case)
                        said = verdict(dest, full_check=True)
                        self.assertTrue(not said or DEPRECATED in said, said)
                        dest.unlink()
                        written += 1
            print(f"{written} files reach opset {target}", flush=True)
            self.assertGreaterEqual(written, least)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--program", default=os.environ.get("ZOOPORT_PROGRAM", onnx_cases.ROOT / "build/release/bin/zooport"))
    arguments, rest = parser.parse_known_args()
    PROGRAM = str(pathlib.Path(arguments.program).resolve())
    unittest.main(argv=[sys.argv[0], *rest], verbosity=2)
