#!/usr/bin/env python3
"""Records what the reference library says about descriptions that this project wrote.

    python -m venv VENV && VENV/bin/pip install bioimageio.spec==0.5.14.3     (Python 3.12)
    VENV/bin/python tests/verdicts/make_vectors.py > tests/verdicts/vectors.jsonl

Lines: `base` (a document and its verdict), `vector` (edits of a base: `set` with a value, `remove`), `document` (a whole
YAML text). A verdict is `class`, `status` (valid, invalid, raises), `errors` (loc, type), `warnings` (loc, severity) and,
if valid, `dump` (the normalised document; `echo` where it is the edited document itself). Files and network are not
looked at.
"""
import copy
import hashlib
import json
import math
import os
import sys
import tempfile
import time
from pathlib import Path

HERE = Path(__file__).resolve().parent
os.environ["TZ"] = "UTC"
time.tzset()
folder = tempfile.TemporaryDirectory()
os.chdir(folder.name)  # a relative file must not be found by chance
os.environ["BIOIMAGEIO_CACHE_PATH"] = folder.name + "/cache"

from bioimageio.spec import (InvalidDescr, ValidationContext, _description, build_description,  # noqa: E402
                             dump_description, load_description)
from bioimageio.spec._internal import io_utils  # noqa: E402
from ruyaml import YAML  # noqa: E402

HASH = "0123456789abcdef" * 4
DATASET = {
    "name": "Drawn nuclei", "description": "Pictures of nuclei that a script drew", "covers": ["cover.png"],
    "id_emoji": "🎨", "authors": [{"name": "Ada", "orcid": "0000-0002-1109-110X"}],
    "attachments": {"files": ["scenes.py"], "seed": 5}, "cite": [{"text": "none", "url": "https://example.org/c"}],
    "config": {"draw": {"seed": 5, "sizes": [3, 4.5]}}, "download_url": "https://example.org/d.zip",
    "git_repo": "https://example.org/git", "icon": "🎨", "links": ["drawn/nuclei"],
    "uploader": {"email": "ada@example.org", "name": "Ada"}, "maintainers": [{"github_user": "ada", "name": "Ada"}],
    "tags": ["2d", "nuclei"], "version": "1.2", "version_number": 3, "format_version": "0.2.4",
    "badges": [{"label": "try", "icon": "badge.svg", "url": "https://example.org/try"}],
    "documentation": "README.md", "license": "MIT", "type": "dataset", "id": "drawn/data",
    "source": "https://example.org/source",
}
SMALL = {"name": "Small thing", "description": "d", "authors": [{"name": "Ada"}], "cite": [{"text": "t", "doi": "10.1234/x"}],
         "format_version": "0.2.4", "license": "MIT"}
MODEL = {
    "name": "Small model", "description": "d", "authors": [{"name": "Ada"}], "cite": [{"text": "t", "doi": "10.1234/x"}],
    "format_version": "0.4.10", "type": "model", "documentation": "README.md", "license": "MIT",
    "timestamp": "2021-02-03T04:05:06+00:00",
    "inputs": [{"name": "raw", "axes": "yx", "data_type": "uint8", "shape": [16, 16]}],
    "outputs": [{"name": "mask", "axes": "yx", "data_type": "uint8", "shape": [16, 16]}],
    "test_inputs": ["i.npy"], "test_outputs": ["o.npy"], "weights": {"onnx": {"source": "w.onnx", "opset_version": 9}},
}
OLD = {
    "format_version": "0.4.0", "type": "model", "name": "Old/model", "description": "d", "authors": [{"name": "A/B"}],
    "maintainers": [{"github_user": "https://github.com/ada"}], "documentation": "README.md", "license": "MIT",
    "cite": [{"text": "t", "doi": "https://doi.org/10.1234/x"}], "timestamp": "2021-02-03T04:05:06",
    "dependencies": "conda:environment.yaml", "config": {"bioimageio": {"nickname": "Old-Fox", "nickname_icon": "🦊"}},
    "inputs": [{"name": "raw", "axes": "bcyx", "data_type": "float32", "shape": {"min": [1, 1, 16, 16], "step": [0, 0, 16, 16]}}],
    "outputs": [{"name": "mask", "axes": "bcyx", "data_type": "float32", "halo": [0, 0, 4, 4],
                 "shape": {"reference_tensor": "raw", "scale": [1, 1, 1, 1], "offset": [0, 0, 0, 0]}}],
    "test_inputs": ["i.npy"], "test_outputs": ["o.npy"],
    "weights": {"pytorch_state_dict": {"source": "w.pt", "architecture": "net.py:Net", "architecture_sha256": HASH,
                                       "pytorch_version": "1.10"}},
}
OLDER = {
    "format_version": "0.3.2", "type": "model", "name": "Older model", "description": "d", "authors": [{"name": "Ada"}],
    "documentation": "README.md", "license": "MIT", "cite": [{"text": "t", "url": "u"}], "language": "python",
    "framework": "pytorch", "source": "net.py:Net", "sha256": HASH, "kwargs": {"depth": 2},
    "timestamp": "2021-02-03T04:05:06Z",
    "inputs": [{"name": "raw", "axes": "bcyx", "data_type": "float32", "shape": [1, 1, 32, 32]}],
    "outputs": [{"name": "mask", "axes": "bcyx", "data_type": "float32",
                 "shape": {"reference_input": "raw", "scale": [1, 1, 1, 1], "offset": [0, 0, 0, 0]}}],
    "test_inputs": ["i.npy"], "test_outputs": ["o.npy"],
    "weights": {"pytorch_state_dict": {"source": "w.pt", "sha256": HASH}, "pytorch_script": {"source": "w.ts"}},
}


def read_yaml(text):
    io_utils._yaml_load = YAML(typ="safe")  # a fresh one: it remembers a directive
    return io_utils.read_yaml(text)


NUCLEI = read_yaml((HERE.parent.parent / "examples/nuclei/rdf.yaml").read_text(encoding="utf-8"))
NUCLEI["timestamp"] = NUCLEI["timestamp"].isoformat() + "Z"

BASES = {
    "nuclei": NUCLEI,
    "model": MODEL,
    "dataset": DATASET,
    "generic": {**SMALL, "type": "thing", "source": "https://example.org/s"},
    "notebook": {**SMALL, "type": "notebook", "source": "https://example.org/n.ipynb"},
    "application": {**SMALL, "type": "application", "source": "app.html"},
    "old": OLD,
    "older": OLDER,
    "old_dataset": {**SMALL, "type": "dataset", "format_version": "0.2.1", "authors": ["Ada", {"name": "B/C"}],
                    "config": {"bioimageio": {"nickname": "Old-Data"}}},
}
BASES["with_data"] = {**MODEL, "training_data": {**DATASET, "badges": []}}

WRONG = {str: [None, 7, True, "", ["a"], {}], int: [None, "1", "x", 1.5, [1]], float: [None, "1.5", "x", 2, []],
         bool: [None, "yes"], list: [None, "abc", {}, [], [5], [{}]], dict: [None, "abc", [], {}], type(None): [5]}


def walk(node, path=()):
    for key, value in node.items() if isinstance(node, dict) else enumerate(node):
        yield [*path, key], value
        if isinstance(value, (dict, list)) and not (path and path[0] == "config"):
            yield from walk(value, (*path, key))


def change(path, value):
    return {"op": "set", "path": path, "value": value}


def structural(base, keep):
    """Every path: missing, of a wrong kind, with an unknown field beside; of these one of `keep`."""
    for path, value in walk(BASES[base]):
        edits = [("missing", {"op": "remove", "path": path})]
        edits += [("kinds", change(path, wrong)) for wrong in WRONG[type(value)]]
        if isinstance(value, dict):
            edits.append(("unknown fields", change([*path, "unknown"], 1)))
        for group, edit in edits:
            if hashlib.sha256(json.dumps([base, edit]).encode()).digest()[0] % keep == 0:
                yield base, group, [edit]


def values():
    def each(group, base, path, *items):
        for item in items:
            yield base, group, [change(path, item)]

    n, d = "model", "dataset"
    yield from each("e-mail", n, ["authors", 0, "email"], "a@b.de", "Info@B.DE", "Ada <a@b.de>", "a@b", "a@b..de", "ä@b.de",
                    "a@bücher.de", "a@xn--bcher-kva.de", "a@אב.com", "a@b.test", '"a b"@c.de', "a@b.de\n", "a@" + "b" * 64 + ".de")
    yield from each("orcid", n, ["authors", 0, "orcid"], "0000-0002-1109-110X", "0000-0002-1109-1101", "٠000-0002-1109-110X")
    yield from each("name", n, ["name"], "abc", "x" * 64, "x" * 65, "a/b", "😀" * 5)
    yield from each("url", n, ["download_url"], "http://bücher.de", "http://BÜCHER.de/ä b", "http://xn--bcher-kva.de", "http://xn--a",
                    "http://1.2", "http://0x7f.1", "http://256.1", "http://[::1]", "http://[1:0:0:2::]", "http://[::1", "http://a:0080/",
                    "http://a:99999", "http:a", "https:\\\\a\\b", "ftp://a", "ftp://[a", "mailto:a", "a.de", "//a", "http://u:p@a/../b?c#d",
                    "http://a%2Eb", "http://a%zz", "http://ａ。ｂ", "http://a/%2e%2e/b", "http://☃.net", "http://a\u00adb", "http://a_b|c", "http://")
    yield from each("file", n, ["documentation"], "a.md", "./a//b.md", "../a", "", ".", "/no", "rdf.yaml", "x.rdf.yaml", "xrdf.yaml",
                    "https://example.org/rdf.yaml?a", "https://example.org/a", "C:\\a", "a\tb", "http:", "file:///a", 5, None, ["a"])
    yield from each("cover", n, ["covers"], ["a.PNG"], ["a.webp"], ["https://example.org/a.jpg?b"], ["https://example.png"],
                    ["https://zenodo.org/api/records/1/files/a.png/content"], ["rdf.yaml"], "a.png")
    yield from each("npy", n, ["test_inputs"], ["a.npy"], ["a.NPY"], ["a.npy "], [".npy"], ["https://example.org/a.npy#b"], [])
    yield from each("time", n, ["timestamp"], "2021", "2021-02", "202102", "2021-02-30", "2021-W05-3", "2021-060", "2021-02-03T24:00",
                    "2021-02-03T24:01", "2021-02-03 04:05:06,7+0130", "2021-02-03T04:05z", "9999-12-31", "0001-01-01", "0001-01-01T00:00Z",
                    "9999-12-31T23:59-01:00", "now", 2021, None)
    yield from each("license", n, ["license"], "MIT", "mit", "GPL-2.0", "Apache-2.0", "", None, 5)
    yield from each("license", d, ["license"], "mit", "GPL-2.0", None, 5)
    yield from each("version", n, ["version"], "1.0", 1, 1.10, 1e20, 0.0001, "v1.0-RC.1.post2+a.b", "1.0.dev.", "1!2", "x", "", True, -1, [])
    yield from each("integer", n, ["version_number"], "1", " +1_0.00 ", "1.", "1__0", "٣", 1.0, 1.5, 1e19, 10 ** 30, True, "x", [])
    yield from each("id", n, ["id"], "A/b-c.d_e", "/a", "a/", "a b", "", "\u212a", "ß")
    yield from each("emoji", n, ["id_emoji"], "🦊", "ab", "", "❤️")
    yield from each("icon", n, ["icon"], "🦊", "ab", "abc", "/no", "", "https://example.org/i.png", 5)
    yield from each("hash", n, ["weights", "onnx", "sha256"], HASH.upper(), f" {HASH} ", "a" * 63, "z" * 64, "Ä" * 64, 5)
    yield from each("config", n, ["config"], {}, {"a": 10 ** 30}, {"a": [None, {"b": 1e300}]}, {"bioimageio": {"nickname": "x"}}, [])
    yield from each("tensor name", n, ["inputs", 0, "name"], "x1", "1x", "class", "a b", "ä", "", "²")
    yield from each("parent", n, ["parent"], {"id": "a"}, {"uri": "a"}, "a", 5)
    yield from each("run mode", n, ["run_mode"], {"name": "deepimagej"}, {"name": "x"}, {}, {"name": "x", "a": 1}, "x")
    yield from each("training data", n, ["training_data"], {"id": "A/b"}, {"id": "a", "version_number": "1"}, {"id": "a", "x": 1}, 5, "a",
                    "format_version", {"name": "n", "description": "d"}, {"type": "model", "name": "n", "description": "d"},
                    {"type": "dataset", "format_version": "0.3.0", "name": "n", "description": "d"})
    yield from each("people", n, ["authors"], [], None, "Ada", ["Ada", {"name": "B"}], [{"name": "a/b"}], [{}], {"name": "a"})
    yield from each("people", d, ["maintainers"], [{"github_user": "a"}], [{"name": "a"}], ["a"], "a")
    yield from each("cite", n, ["cite"], [], [{"text": "t"}], [{"text": "t", "url": ""}], [{"text": "t", "doi": "https://doi.org/10.1234/x"}],
                    [{"text": "t", "doi": "10.1234"}], "ab")
    yield from each("badges", d, ["badges"], [{"label": "l", "url": "x"}], [{"label": "l", "icon": "rdf.yaml", "url": "https://a.de"}],
                    [{"label": "l", "icon": "/no", "url": "https://a.de"}], [{"label": "l", "icon": 5, "url": "https://a.de"}], "x")
    yield from each("attachments", n, ["attachments"], {}, {"files": ["a"], "x": {"y": 1}}, ["a"], {"files": "a"}, {"files": ["rdf.yaml"]})
    yield from each("architecture", "old", ["weights", "pytorch_state_dict", "architecture"], "a.b.C", "a.py:C", "C", "a..C", "a.py:1",
                    "https://example.org/a.py:C", 5)
    yield from each("weights", n, ["weights"], {}, {"onnx": {"source": "w"}}, {"onnx": {"source": "w", "opset_version": 6}},
                    {"keras_hdf5": {"source": "w"}}, {"torchscript": {"source": "w", "pytorch_version": "x"}}, {"x": {}},
                    {"onnx": {"source": "w", "opset_version": 9, "parent": "onnx"}},
                    {"onnx": {"source": "w", "opset_version": 9, "dependencies": "pip:r.txt", "attachments": {}}},
                    {"pytorch_state_dict": {"source": "w", "architecture": "a.b.C", "architecture_sha256": HASH}})
    yield from each("shape", "old", ["inputs", 0, "shape"], [1, 1, 8, 8], [2, 1, 8, 8], [1], [], {"min": [1], "step": [0]}, "x",
                    {"min": [1, 1, 8, 8], "step": [1, 0, 1, 1]}, {"min": [1, 1, 8], "step": [0]}, [1, "1", 8.0, True])
    yield from each("shape", "old", ["outputs", 0, "shape", "scale"], [1, 1, 0.5, 0.5], [1, 1, 0, 1], [1, None, 1, 1], [1], ["x", 1, 1, 1])
    yield from each("shape", "old", ["outputs", 0, "shape", "offset"], [0, 0, -4, 0], [0, 0, 0.25, 0], [0, 0, "1.5", 0], [0, 0, -2, -2])
    yield from each("shape", "old", ["outputs", 0, "shape", "reference_tensor"], "mask", "no", "raw", "")
    yield from each("halo", "old", ["outputs", 0, "halo"], [], [0, 0, 8, 8], [0, 0, 7, 7], [0], [0, 0, -1, 0], None)
    for op in [{"name": "sigmoid"}, {"name": "sigmoid", "kwargs": {}}, {"name": "x"}, {}, "x",
               {"name": "binarize", "kwargs": {"threshold": "1_0"}}, {"name": "binarize", "kwargs": {"threshold": [1]}},
               {"name": "clip", "kwargs": {"min": 1, "max": 0}}, {"name": "clip", "kwargs": {"min": 1}},
               {"name": "scale_linear", "kwargs": {}}, {"name": "scale_linear", "kwargs": {"gain": [2], "axes": "yx"}},
               {"name": "scale_linear", "kwargs": {"gain": 2}}, {"name": "scale_linear", "kwargs": {"gain": "x", "axes": "z"}},
               {"name": "zero_mean_unit_variance", "kwargs": {"axes": "yx"}},
               {"name": "zero_mean_unit_variance", "kwargs": {"axes": "yx", "mode": "per_sample", "eps": 0.2}},
               {"name": "zero_mean_unit_variance", "kwargs": {"axes": "yx", "mean": 1, "std": [1, 2]}},
               {"name": "scale_range", "kwargs": {"mode": "per_sample", "axes": "yx", "min_percentile": "5"}},
               {"name": "scale_range", "kwargs": {"mode": "per_sample", "axes": "yx", "min_percentile": 60, "max_percentile": 50}},
               {"name": "scale_range", "kwargs": {"mode": "per_dataset", "axes": "bz", "reference_tensor": "raw"}},
               {"name": "scale_mean_variance", "kwargs": {"mode": "per_sample", "reference_tensor": "raw", "axes": "yx"}},
               {"name": "scale_mean_variance", "kwargs": {"mode": "per_sample", "reference_tensor": "mask", "axes": "yx"}}]:
        yield "old", "preprocessing", [change(["inputs", 0, "preprocessing"], [op])]
        yield "old", "postprocessing", [change(["outputs", 0, "postprocessing"], [op])]
    for base in ("model", "old", "older", "generic", "old_dataset"):
        yield from each("format version", base, ["format_version"], "0.4.1", "0.4.7", "0.4.9", "0.4.11", "0.4.x", "0.3.1", "0.3.6", "0.3.7", "0.2.0",
                        "0.2.2", "0.2.9", 0.4)
        yield from each("type", base, ["type"], "model", "dataset", "thing", "collection", None)
    yield from each("dependencies", "old", ["dependencies"], None, "", "pip:r.txt", "x", 5)
    yield from each("parent", "old", ["parent"], {"uri": "x"}, {"id": "x"}, "x")
    yield from each("config", "old", ["config"], {"future": {}}, {"bioimageio": {"nickname": ""}}, {"bioimageio": {"nickname_icon": "abc"}})
    yield from each("authors", "older", ["authors"], ["Ada"], "Ada", [5])
    yield from each("source", "notebook", ["source"], "a.ipynb", "a.txt", "https://example.org/a.IPYNB", 5)
    yield from each("source", "application", ["source"], "a", "rdf.yaml", None)


def texts():
    """Whole texts, for what JSON cannot hold."""
    text = json.dumps({**SMALL, "type": "dataset"}, ensure_ascii=False)[1:-1]
    for config in ["{a: .inf}", "{a: [1, .nan]}", "{a: {b: -.inf}}", "{1: a}", "{~: a}", "{[1, x]: a}", "{a: {1: x, 1e20: y, true: z}}",
                   "{a: 2021-02-03}", "{a: 2021-02-03T04:05:06.5+01:00}", "{a: !!binary aGk=}", "{a: !!set {x}}", "{a: 0x1F, b: 1_0}"]:
        yield f"config {config}", f"{{{text}, config: {config}}}\n"
    for more in ["1: a", "version: 1.10", "version: .inf", "version_number: .nan", "tags: [2021-02-03]", "links: !!binary aGk=",
                 "id: 2021-02-03", "attachments: {a: .inf, 1: b}", "attachments: {a: {~: 2021-02-03 04:05:06}}"]:
        yield more, f"{{{text}, {more}}}\n"


def edited(document, edits):
    document = json.loads(json.dumps(document))
    for edit in edits:
        node = document
        for step in edit["path"][:-1]:
            node = node[step]
        if edit["op"] == "remove":
            del node[edit["path"][-1]]
        else:
            node[edit["path"][-1]] = copy.deepcopy(edit["value"])
    return document


def jsonable(value):
    if isinstance(value, float) and not math.isfinite(value):
        return {"$float": repr(value)}
    if isinstance(value, dict):
        return {str(k): jsonable(v) for k, v in value.items()}
    if isinstance(value, (list, tuple)):
        return [jsonable(v) for v in value]
    return value if value is None or isinstance(value, (bool, int, float, str)) else str(value)


def class_of(content):
    kind, version = content.get("type"), content.get("format_version")
    if not isinstance(kind, str) or not isinstance(version, str):
        return None
    chosen = _description._get_rd_class(kind, version, True)
    return f"{chosen.__module__.split('.')[-2]} {chosen.implemented_format_version}"


def verdict_of(build):
    try:
        description = build()
    except Exception as error:  # some leave the library: part of what it does
        return {"status": "raises", "errors": [{"loc": [], "type": type(error).__name__}], "warnings": []}
    detail = description.validation_summary.details[-1]
    verdict = {
        "status": "invalid" if isinstance(description, InvalidDescr) else "valid",
        "errors": [{"loc": jsonable(e.loc), "type": e.type} for e in detail.errors],
        "warnings": [{"loc": jsonable(w.loc), "severity": w.severity} for w in detail.warnings],
    }
    if verdict["status"] == "valid":
        verdict["dump"] = jsonable(dump_description(description))
    return verdict


def check(content):
    context = ValidationContext(perform_io_checks=False, log_warnings=False)
    verdict = verdict_of(lambda: build_description(copy.deepcopy(content), context=context))
    return {"class": class_of(content), **verdict}


def check_text(text):
    Path("rdf.yaml").write_text(text, encoding="utf-8")

    def load():
        io_utils._yaml_load = YAML(typ="safe")
        with ValidationContext(perform_io_checks=False, log_warnings=False):
            return load_description(Path("rdf.yaml"), perform_io_checks=False)

    return verdict_of(load)


def main():
    def line(record):
        sys.stdout.write(json.dumps(record, ensure_ascii=False, allow_nan=False, separators=(",", ":")) + "\n")

    for name, document in BASES.items():
        line({"kind": "base", "base": name, "document": document, **check(document)})
    vectors = [*values(), *structural("nuclei", 18), *structural("dataset", 9), *structural("generic", 7), *structural("notebook", 9),
               *structural("application", 9), *structural("old", 10), *structural("older", 10), *structural("old_dataset", 9)]
    vectors += [v for v in structural("with_data", 60) if v[2][0]["path"][0] == "training_data"]
    seen = set()
    for base, group, edits in vectors:
        document = edited(BASES[base], edits)
        key = json.dumps(document)
        if key in seen:
            continue
        seen.add(key)
        record = check(document)
        if record["class"] and not record["class"].endswith((" 0.4.10", " 0.2.4")):
            continue
        # 1, 1.0 and true are equal to Python: only texts tell them apart.
        if "dump" in record and json.dumps(record["dump"], sort_keys=True) == json.dumps(document, sort_keys=True):
            del record["dump"]
            record["echo"] = True
        line({"kind": "vector", "id": f"o{len(seen):04d}", "base": base, "group": group, "edits": edits, **record})
    for name, text in texts():
        line({"kind": "document", "name": name, "text": text, **check_text(text)})


main()
