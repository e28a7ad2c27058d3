#!/usr/bin/env python3
"""What the program writes, unpacked by czmodel's own unpack_model(): the first release that has it, and later ones.

  czmodel_reads.py --program build/release/bin/zooport --rewrite build/release/bin/rewrite_czann

Archives that czmodel wrote are read and written again; czmodel has to say the same of both. The releases lie in
build/czmodel-RELEASE, where `./dev test` puts them. Exit 77: none of them is there (a failure if CI is set).
"""
import argparse
import fnmatch
import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import unittest
import zipfile

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parents[1]
SHARED = pathlib.Path(os.environ.get("ZOOPORT_SHARED") or ROOT.parent / "shared")
RELEASES = ["3.1.0", "5.1.0", "6.2.0"]
# Releases before 5 know no scaling.
WITHOUT_SCALING = {"3.1.0"}
PROGRAM = "zooport"
REWRITE = "rewrite_czann"


def unpacked(release, paths):
    """What unpack_model() of that release says of each archive."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT / f"build/czmodel-{release}"), "PYTHONIOENCODING": "utf-8"}
    done = subprocess.run([sys.executable, HERE / "czmodel_unpack.py"], input=json.dumps([str(path) for path in paths]),
                          capture_output=True, text=True, env=environment)
    assert done.returncode == 0, f"czmodel {release}: {done.stderr[-2000:]}"
    return json.loads(done.stdout)


def releases_here():
    here = [release for release in RELEASES if (ROOT / f"build/czmodel-{release}/ready").exists()]
    for release in sorted(set(RELEASES) - set(here)):
        print(f"skipped: czmodel {release} is not in build/; `./dev test` puts it there")
    if not here:
        sys.exit(1 if os.environ.get("CI") else 77)
    return here


def written_otherwise():
    """Patterns of files that are not written again letter for letter, for a reason."""
    lines = (HERE.parent / "czann/exceptions.tsv").read_text("utf-8").splitlines()
    rows = [line.split("\t") for line in lines if line and not line.startswith("#")]
    return [pattern for pattern, what, _ in rows if what == "written-otherwise"]


class Corpus:
    """Every archive, and what REWRITE makes of it."""

    def __init__(self, folder):
        files = sorted((SHARED / "data/czann").glob("*.czann"))
        files += sorted(path for path in (SHARED / "data/czmodel/written").rglob("*")
                        if path.suffix.lower() in (".czann", ".czseg", ".czmodel"))
        targets = [folder / f"{number}{path.suffix.lower()}" for number, path in enumerate(files)]
        done = subprocess.run([REWRITE], input="".join(f"{a}\t{b}\n" for a, b in zip(files, targets)),
                              capture_output=True, text=True)
        assert done.returncode == 0, done.stderr
        answers = done.stdout.splitlines()
        assert len(answers) == len(files)
        self.pairs = [pair for pair, answer in zip(zip(files, targets), answers) if answer == "written"]
        self.refused = {}
        for path, answer in zip(files, answers):
            if answer != "written":
                self.refused.setdefault(answer, []).append(self.name(path))

    @staticmethod
    def name(path):
        return path.relative_to(SHARED / "data").as_posix().replace("czmodel/written", "czmodel")


def without_random_id(outcome):
    """czmodel does not read the identifier of legacy archives, and makes up another."""
    metadata = outcome.get("metadata")
    if metadata and "color_handling" in metadata:
        outcome = {**outcome, "metadata": {key: value for key, value in metadata.items() if key != "model_id"}}
    return outcome


class ReadsAlike(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        if not (SHARED / "data/czmodel/written").exists():
            if os.environ.get("CI"):
                raise AssertionError(f"{SHARED}/data/czmodel is absent")
            raise unittest.SkipTest(f"{SHARED}/data/czmodel is absent")
        cls.out = pathlib.Path(tempfile.mkdtemp(prefix="zooport-peers-"))
        cls.addClassCleanup(shutil.rmtree, cls.out)
        cls.corpus = Corpus(cls.out)
        for reason, names in cls.corpus.refused.items():
            print(f"{len(names)} not written again, {reason}: {', '.join(names[:4])}{' …' if len(names) > 4 else ''}")

    def test_czmodel_says_the_same_of_what_was_written_again(self):
        otherwise = written_otherwise()
        for release in releases_here():
            before = unpacked(release, [source for source, _ in self.corpus.pairs])
            after = unpacked(release, [copy for _, copy in self.corpus.pairs])
            equal = refused = 0
            for (source, _), first, second in zip(self.corpus.pairs, before, after):
                name = self.corpus.name(source)
                with self.subTest(release=release, file=name):
                    if any(fnmatch.fnmatchcase(name, pattern) for pattern in otherwise):
                        if "error" not in first and "error" not in second:
                            self.assertEqual(second["network"], first["network"])
                        continue
                    self.assertEqual(without_random_id(second), without_random_id(first))
                    equal += "metadata" in first
                    refused += "error" in first
            print(f"czmodel {release}: {equal} archives say the same, {refused} are refused both times")
            self.assertGreater(equal, 530)

    def test_czmodel_reads_what_the_metadata_say(self):
        """Not only the same as before: what stands in model.json."""
        keys = {"model_id": "Id", "input_shape": "InputShape", "output_shape": "OutputShape",
                "min_overlap": "MinOverlap", "classes": "Classes", "model_name": "ModelName", "scaling": "Scaling"}
        modern = [copy for _, copy in self.corpus.pairs if copy.suffix == ".czann"]
        for release in releases_here():
            read = 0
            for path, outcome in zip(modern, unpacked(release, modern)):
                if "error" in outcome:
                    continue
                read += 1
                with zipfile.ZipFile(path) as archive:
                    written = json.loads(archive.read("model.json"))
                for ours, theirs in keys.items():
                    if theirs != "Scaling" or release not in WITHOUT_SCALING:
                        self.assertEqual(outcome["metadata"][ours], written.get(theirs), (path, ours))
            print(f"czmodel {release}: {read} of {len(modern)} CZANN unpacked")
            self.assertGreater(read, 400)


class Packed(unittest.TestCase):
    """What the program packs itself."""
    EXAMPLE = ROOT / "examples/nuclei"
    REAL = SHARED / "data/czann/simple_nuclei_segmodel.czann"

    def convert(self, source, name, *options):
        folder = tempfile.TemporaryDirectory(prefix="zooport-peers-")
        self.addCleanup(folder.cleanup)
        path = pathlib.Path(folder.name) / name
        command = [PROGRAM, "convert", source, path, *options, "--format", "json", "--no-progress"]
        done = subprocess.run(command, capture_output=True, text=True)
        self.assertEqual(done.returncode, 0, done.stderr)
        return path

    def metadata(self, release, path):
        outcome, = unpacked(release, [path])
        self.assertNotIn("error", outcome)
        return outcome["metadata"]

    def needs(self, option):
        """Skips where the program has no such option of `convert`, or the real archive is absent."""
        told = subprocess.run([PROGRAM, "convert", "--help"], capture_output=True, text=True).stdout
        if option not in told:
            self.skipTest(f"this program has no {option}")
        if not self.REAL.exists():
            self.skipTest(f"{self.REAL} is absent")

    def test_every_release_unpacks_the_example(self):
        path = self.convert(self.EXAMPLE, "nuclei.czann", "--source-dtype", "uint16", "--statistics-from",
                            self.EXAMPLE / "sample.png", "--spatial-dims", "256,256")
        for release in releases_here():
            metadata = self.metadata(release, path)
            self.assertEqual(metadata["model_type"], "ModelType.REGRESSION")
            self.assertEqual([metadata["input_shape"], metadata["output_shape"]], [[256, 256, 1]] * 2)
            self.assertEqual(metadata["min_overlap"], [48, 48])
            self.assertEqual(metadata["model_name"], "Nuclei in Uneven Light")
            self.assertIsNone(metadata["classes"])

    def test_every_release_unpacks_every_version(self):
        self.needs("--czann-version")
        for version in ("1.0.0", "1.1.0", "2.0.0", "2.1.0"):
            path = self.convert(self.REAL, "model.czann", "--czann-version", version)
            for release in releases_here():
                self.assertEqual(self.metadata(release, path), self.metadata(release, self.REAL), (version, release))

    def test_every_release_unpacks_what_was_before_czann(self):
        self.needs("--pixel-type")
        for ending in ("czseg", "czmodel"):
            path = self.convert(self.REAL, f"model.{ending}", "--pixel-type", "Gray16")
            for release in releases_here():
                modern, legacy = self.metadata(release, self.REAL), self.metadata(release, path)
                self.assertEqual([one["name"] for one in legacy["classes"]], modern["classes"])
                self.assertEqual(legacy["pixel_types"], ["Gray16"])
                self.assertEqual(legacy["color_handling"], "SplitRgb")
                # One border on each side; MinOverlap is both sides of it.
                self.assertEqual([2 * int(legacy["border_size"])] * 2, modern["min_overlap"])


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--program", default=os.environ.get("ZOOPORT_PROGRAM", ROOT / "build/release/bin/zooport"))
    parser.add_argument("--rewrite", default=ROOT / "build/release/bin/rewrite_czann")
    arguments, rest = parser.parse_known_args()
    PROGRAM = str(pathlib.Path(arguments.program).resolve())
    REWRITE = str(pathlib.Path(arguments.rewrite).resolve())
    releases_here()
    unittest.main(argv=[sys.argv[0], *rest], verbosity=2)
