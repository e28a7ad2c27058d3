#!/usr/bin/env python3
"""Ratios against the peers and the limits, each pair measured in one run; prints a Markdown table.

  ./dev bench                  everything
  bench.py --program PROGRAM --only check,predict --size 2048

Seconds depend on the machine and its load; the ratios much less so. Nothing here asserts a time.
"""
import argparse
import json
import os
import pathlib
import shutil
import statistics
import subprocess
import sys
import sysconfig
import tempfile
import time

import numpy as np

from measure import alternating, cost

ROOT = pathlib.Path(__file__).resolve().parents[1]
SHARED = pathlib.Path(os.environ.get("ZOOPORT_SHARED") or ROOT.parent / "shared")
EXAMPLE = ROOT / "examples/nuclei"
BROAD = SHARED / "data/models/unet2d_nuclei_broad/v0_4_9.bioimageio.yaml"
MIB = 1 << 20

# What `bioimageio validate-format` does, without the command line of bioimageio.core around it.
REFERENCE = """
import sys
from bioimageio.spec import load_description
print(load_description(sys.argv[1], perform_io_checks=False).validation_summary.status)
"""


# Processor seconds of the conversion alone are printed.
CONVERTER = """
import sys, time
import onnx
from onnx import version_converter
model = onnx.load(sys.argv[1])
begin = time.process_time()
model = version_converter.convert_version(model, int(sys.argv[3]))
print(time.process_time() - begin)
onnx.save(model, sys.argv[2])
"""
CONVERT_MANY = """
import os, sys
import onnx
from onnx import version_converter
fine = 0
for path in sys.argv[1:]:
    child = os.fork()
    if child == 0:
        os.dup2(os.open(os.devnull, os.O_WRONLY), 2)
        try:
            model = version_converter.convert_version(onnx.load(path), 12)
            onnx.checker.check_model(model, full_check=True)
            os._exit(0)
        except BaseException:
            os._exit(1)
    fine += os.waitpid(child, 0)[1] == 0
print(fine)
"""


# What czmodel does without a framework: its part for networks that are ONNX already.
PACK = """
import sys
from czmodel.core.model_metadata import ModelMetadata, ModelType
from czmodel.core.util.onnx_export import DefaultOnnxConverter
shape = [128, 128, int(sys.argv[3])]
metadata = ModelMetadata(model_type=ModelType.REGRESSION, input_shape=shape, output_shape=shape, min_overlap=[16, 16])
DefaultOnnxConverter().convert(sys.argv[1], metadata, sys.argv[2])
"""
UNPACK = """
import pathlib, sys
from czmodel.core.util._extract_model import extract_czann_model
extract_czann_model(sys.argv[1], pathlib.Path(sys.argv[2]))
"""


def row(what, value, goal=""):
    print(f"| {what} | {value} | {goal} |", flush=True)


def bench_check(program, _):
    # Byte code first: what is compared is a command that is called again and again.
    subprocess.run([sys.executable, "-m", "compileall", "-q", sysconfig.get_path("purelib")],
                   stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    for name, description in (("the example", EXAMPLE / "rdf.yaml"), ("nuclei broad", BROAD)):
        if not description.exists():
            row(f"`check --no-io`, {name}", "not measured: ../shared is absent")
            continue
        # The command that people call, and the library alone in a fresh process.
        command = [pathlib.Path(sys.executable).with_name("bioimageio"), "validate-format", "--no-perform-io-checks",
                   description]
        library = [sys.executable, "-c", REFERENCE, description]
        ours_command = [program, "check", "--no-io", "--no-progress", "--format", "json", description]
        # Both have to come to the same verdict, else the ratio compares two different things.
        verdict = cost(library).stdout.split()[-1]
        status = json.loads(cost(ours_command).stdout)["results"][0]["status"]
        if (verdict == "valid-format") != (status == "valid"):
            raise SystemExit(f"{description}: the reference says {verdict}, the program {status}")
        for what, theirs_command, goal in (("bioimageio validate-format", command, "≥ 300"),
                                           ("bioimageio.spec alone", library, "")):
            ours, theirs = alternating(ours_command, theirs_command, runs=7)
            row(f"`check --no-io`, {name}: CPU, {what} / zooport",
                f"{theirs / ours:.0f} ({theirs:.2f} s / {ours * 1000:.1f} ms)", goal)


def bench_many(program, _):
    """Many checks in one process: the real descriptions, and the same with random bytes changed."""
    folder = SHARED / "data/rdf"
    if not folder.exists():
        return row("`check --no-io` of 217 descriptions", "not measured: ../shared is absent")
    check_bench = program.with_name("check_bench")
    measured = cost([check_bench, 50, folder])
    record = json.loads(measured.stdout)
    name = f"`check --no-io` of {record['descriptions']} descriptions, 50 times in one process"
    row(f"{name}: checks a second a core", f"{record['checks'] / record['cpu_seconds']:.0f}", "≥ 10,000")
    row(f"{name}: peak memory", f"{record['peak_bytes'] / MIB:.1f} MiB", "< 16 MiB")
    limited = ["sh", "-c", 'ulimit -d 65536; exec "$@"', "sh", check_bench, 50, folder, 1]
    mutated = cost(limited)
    record = json.loads(mutated.stdout)
    row(f"{record['checks']} checks of mutated descriptions under a limit of 64 MiB: peak memory, longest check",
        f"{record['peak_bytes'] / MIB:.1f} MiB, {1000 * record['longest_seconds']:.1f} ms", "no crash, < 1 s")


def bench_test(program, _):
    source = BROAD if BROAD.exists() else EXAMPLE
    measured = cost([program, "test", source, "--weights", "onnx", "--no-progress", "--format", "json"])
    record = json.loads(measured.stdout)["results"][0]
    row(f"`test`, {'nuclei broad' if source == BROAD else 'the example'}: wall, peak memory",
        f"{record['status']}, {measured.wall:.2f} s, {measured.resident / MIB:.0f} MiB")


def bench_predict(program, options):
    size = options.size
    image = options.folder / "image.npy"
    random = np.random.default_rng(1)
    np.save(image, random.integers(100, 4000, (size, size), dtype=np.uint16))
    measured = cost([program, "predict", EXAMPLE, "--input", image, "--axes", "yx", "--no-progress", "--format", "json",
                     "--output", options.folder / "out.npy"], watch_memory=True)
    record = json.loads(measured.stdout)["results"][0]
    share = record["engine_seconds"] / record["seconds"]
    name = f"`predict`, {size} × {size} uint16"
    row(f"{name}: engine's share of the time with the session loaded",
        f"{100 * share:.1f} % ({record['engine_seconds']:.1f} of {record['seconds']:.1f} s, {record['tiles']} tiles)",
        "≥ 95 %")
    row(f"{name}: anonymous memory", f"{measured.anonymous / MIB:.0f} MiB")


def write_network(path, layers, channels, channels_last=False):
    """Convolutions one behind the other, their weights of 4 * 9 * channels² bytes each in the file.

    Channels last: as ZEN takes it, 128 × 128 pixels, opset 12."""
    import onnx
    from onnx import TensorProto, helper, numpy_helper
    random = np.random.default_rng(2)
    nodes, weights, value = [], [], "x"
    if channels_last:
        nodes.append(helper.make_node("Transpose", ["x"], ["first"], perm=[0, 3, 1, 2]))
        value = "first"
    for i in range(layers):
        kernel = random.standard_normal((channels, channels, 3, 3), dtype=np.float32) / (3 * channels ** 0.5)
        weights.append(numpy_helper.from_array(kernel, f"w{i}"))
        nodes.append(helper.make_node("Conv", [value, f"w{i}"], [f"y{i}"], pads=[1, 1, 1, 1]))
        value = f"y{i}"
    shape = ["b", channels, "y", "x"]
    if channels_last:
        nodes.append(helper.make_node("Transpose", [value], ["last"], perm=[0, 2, 3, 1]))
        value, shape = "last", [1, 128, 128, channels]
    graph = helper.make_graph(nodes, "bench", [helper.make_tensor_value_info("x", TensorProto.FLOAT, shape)],
                              [helper.make_tensor_value_info(value, TensorProto.FLOAT, shape)], weights)
    opset, ir = (12, 7) if channels_last else (17, 8)
    onnx.save(helper.make_model(graph, opset_imports=[helper.make_opsetid("", opset)], ir_version=ir), path)


def bench_opset(program, options):
    path, out = options.folder / "large.onnx", options.folder / "large12.onnx"
    write_network(path, layers=11, channels=512)
    size = path.stat().st_size
    # Without an engine nothing is run for comparison: the rewriting alone is measured.
    command = [program, "graph", "opset", path, out, "--to", "12", "--overwrite", "--no-progress", "--format", "json",
               "--engine", options.folder / "no-engine"]
    measured = cost(command, watch_memory=True)
    record = json.loads(measured.stdout)["results"][0]
    if record["opsets"]["ai.onnx"] != 12 or record["verification"]["status"] != "not-run":
        raise SystemExit(f"unexpected: {record}")
    row(f"`graph opset` of {size / 1e6:.0f} MB, not verified: anonymous memory / file",
        f"{measured.anonymous / size:.2f} ({measured.anonymous / MIB:.1f} MiB)", "< 0.10")
    # Looking now and then may miss a peak; the kernel does not.
    limited = ["sh", "-c", f'ulimit -d {size // 10 // 1024}; exec "$@"', "sh", *command]
    row("the same under a limit of a tenth of the file (`ulimit -d`)",
        "passes" if not subprocess.run(list(map(str, limited)), capture_output=True).returncode else "fails", "passes")
    # Both are whole processes, and both leave a file; zooport also syncs it.
    ours, theirs = alternating(command, ["cp", path, options.folder / "copy.onnx"], runs=21)
    row("the same: CPU, zooport / cp", f"{ours / theirs:.1f} ({1000 * ours:.0f} ms / {1000 * theirs:.0f} ms)", "≤ 3")
    official = [sys.executable, "-c", CONVERTER, path, options.folder / "official.onnx", 12]
    ours, theirs = alternating(command, official, runs=5)
    inside = statistics.median(float(cost(official).stdout) for _ in range(5))
    row("the same: CPU, onnx.version_converter with loading and saving / zooport",
        f"{theirs / ours:.0f} ({theirs:.2f} s / {ours:.3f} s)")
    row("the same: CPU, `convert_version` alone, without its process / zooport", f"{inside / ours:.1f} ({inside:.2f} s)")
    bench_lowering(program, options)


def bench_lowering(program, options):
    """How many of the real and recorded graphs get to opset 12 at all."""
    corpus = sorted((SHARED / "data/frameworks/onnx").glob("*/case.json"))
    cases = [json.loads(case.read_text()) | {"folder": case.parent} for case in corpus]
    graphs = [case["folder"] / case["file"] for case in cases if case.get("lower_to_12", {}).get("possible")]
    graphs += [path for path in (EXAMPLE / "weights.onnx", BROAD.parent / "weights.onnx") if path.exists()]
    out = options.folder / "lowered.onnx"
    ours = 0
    for graph in graphs:
        command = [program, "graph", "opset", graph, out, "--to", "12", "--overwrite", "--no-progress", "--engine",
                   options.folder / "no-engine"]
        ours += subprocess.run(list(map(str, command)), capture_output=True).returncode == 0
    # One process forks for each graph: the converter aborts on some.
    theirs = cost([sys.executable, "-c", CONVERT_MANY, *graphs]).stdout.strip()
    row(f"`graph opset --to 12` of {len(graphs)} graphs that can be said in it: files from zooport, from "
        "onnx.version_converter that its checker accepts", f"{ours}, {theirs}", f"{len(graphs)}")


def bench_czann(program, options):
    """Packing, unpacking and checking against czmodel; no engine, as nothing has to be run for either side."""
    folder = options.folder
    for layers, channels in ((7, 64), (11, 512)):
        network, archive, theirs_archive = folder / "net.onnx", folder / "ours.czann", folder / "theirs.czann"
        write_network(network, layers, channels, channels_last=True)
        size = f"{network.stat().st_size / 1e6:.0f} MB"
        quiet = ["--no-progress", "--overwrite"]
        pack = [program, "convert", network, archive, "--force", "--engine", folder / "no-engine", *quiet]
        their_pack = [sys.executable, "-c", PACK, network, theirs_archive, channels]
        unpack = [program, "unpack", archive, folder / "ours", *quiet]
        their_unpack = [sys.executable, "-c", UNPACK, archive, folder / "theirs"]
        check = [program, "check", archive, "--no-progress"]
        their_import = [sys.executable, "-c", "import czmodel"]
        # czmodel gives every archive a random identifier; ours is derived from the network unless one is given.
        given = ["--id", "0f7bd5a1-3c1e-4d0b-9a43-000000000001"]
        for what, command, other, against in (("packing", pack, their_pack, "czmodel.core"),
                                              ("packing with `--id`", [*pack, *given], their_pack, "czmodel.core"),
                                              ("unpacking", unpack, their_unpack, "czmodel.core"),
                                              ("`check`", check, their_import, "`import czmodel`")):
            once = cost(command, watch_memory=True)
            other_once = cost(other, watch_memory=True)
            ours, theirs = alternating(command, other, runs=9)
            row(f"CZANN of {size}, {what}: CPU, {against} / zooport",
                f"{theirs / ours:.1f} ({1000 * theirs:.0f} ms / {1000 * ours:.1f} ms)", "≥ 10")
            limited = ["sh", "-c", 'ulimit -d 16384; exec "$@"', "sh", *command]
            passes = subprocess.run(list(map(str, limited)), capture_output=True).returncode == 0
            row("the same: anonymous memory of zooport, of czmodel; under a limit of 16 MiB (`ulimit -d`)",
                f"{once.anonymous / MIB:.1f} MiB, {other_once.anonymous / MIB:.0f} MiB; "
                f"{'passes' if passes else 'fails'}", "< 16 MiB")
        # What any program pays that leaves a second file of that size.
        copy = statistics.median(cost(["cp", network, folder / "copy"]).cpu for _ in range(9))
        row(f"`cp` of {size}: CPU", f"{1000 * copy:.1f} ms")


def turned_networks(folder):
    """Networks, the axes that they have, and how they are to be seen: names, files, and --layout."""
    yield "the example", EXAMPLE / "weights.onnx", [("1 channel, last", "bcyx:byxc"), ("x before y", "bcyx:bcxy")]
    for name in ("unet2d_convt__classic__op17", "nnunet2d__classic__op13", "cellpose__classic__op13"):
        path = SHARED / "data/frameworks/onnx" / name / "model.onnx"
        if path.exists():
            yield f"`{name}`", path, [("channels last", "bcyx:byxc"), ("x before y", "bcyx:bcxy")]
    path = folder / "layers.onnx"
    write_network(path, layers=6, channels=16)
    yield "6 convolutions of 16 channels", path, [("channels last", "byxc"), ("x before y", "bcxy")]


def bench_wrap(program, options):
    """A wrapped network against the network: both in one process, taking turns."""
    import onnxruntime
    random = np.random.default_rng(3)

    def session(path):
        settings = onnxruntime.SessionOptions()
        settings.intra_op_num_threads = 1
        return onnxruntime.InferenceSession(str(path), settings, providers=["CPUExecutionProvider"])

    for name, path, layouts in turned_networks(options.folder):
        original = session(path)
        given = original.get_inputs()[0]
        shape = [n if isinstance(n, int) else 1 if i == 0 else 256 for i, n in enumerate(given.shape)]
        values = random.random(shape, dtype=np.float32)
        for what, layout in layouts:
            layout = layout if ":" in layout else f"bcyx:{layout}"
            target = options.folder / "wrapped.onnx"
            cost([program, "graph", "wrap", path, target, "--layout", layout, "--overwrite", "--no-progress"])
            wrapped = session(target)
            inner, outer = layout.split(":")
            turned = np.ascontiguousarray(values.transpose([inner.index(axis) for axis in outer]))
            seconds = ([], [])
            for turn in range(23):
                for side, (run, x) in enumerate(((original, values), (wrapped, turned))):
                    begin = time.perf_counter()
                    run.run(None, {run.get_inputs()[0].name: x})
                    if turn >= 2:  # the first ones warm up
                        seconds[side].append(time.perf_counter() - begin)
            theirs, ours = (float(np.median(side)) for side in seconds)
            row(f"{name}, {' × '.join(map(str, shape))}, seen {what}: wrapped / original",
                f"{ours / theirs:.3f} ({1000 * ours:.1f} / {1000 * theirs:.1f} ms)",
                # Several channels have to be moved once on either side.
                "" if shape[1] > 1 and what == "channels last" else "≤ 1.05")


BENCHES = {"check": bench_check, "many": bench_many, "test": bench_test, "predict": bench_predict, "opset": bench_opset,
           "wrap": bench_wrap, "czann": bench_czann}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--program", type=pathlib.Path, default=ROOT / "build/release/bin/zooport")
    parser.add_argument("--only", default=",".join(BENCHES), help="which: " + ",".join(BENCHES))
    parser.add_argument("--size", type=int, default=4096, help="of the image for predict")
    options = parser.parse_args()
    options.folder = pathlib.Path(tempfile.mkdtemp(prefix="zooport-bench-"))
    try:
        print("| what | measured | goal |\n|---|---|---|")
        for name in options.only.split(","):
            BENCHES[name](options.program.resolve(), options)
    finally:
        shutil.rmtree(options.folder)


if __name__ == "__main__":
    main()
