#!/usr/bin/env python3
"""A check of a description loads nothing beyond the runtimes of C and C++: that is what keeps its start fast."""
import os
import pathlib
import re
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
ALLOWED = re.compile(r"(ld-linux|libc\.|libm\.|libgcc_s|libstdc\+\+|libpthread|libdl|librt|linux-vdso)")


def loaded(program, *arguments):
    done = subprocess.run([program, *arguments], capture_output=True, text=True, env={**os.environ, "LD_DEBUG": "files"})
    if done.returncode != 0:
        sys.exit("exit code %d\n%s" % (done.returncode, done.stderr[-2000:]))
    return {os.path.basename(path) for path in re.findall(r"calling init: (\S+)", done.stderr)}


def main():
    program, rdf = os.path.abspath(sys.argv[1]), str(ROOT / "examples/nuclei/rdf.yaml")
    libraries = loaded(program, "check", "--no-io", rdf)
    if any("san" in name for name in libraries):
        print("skipped: a sanitizer brings its own libraries")
        return 77
    if not libraries:
        sys.exit("the loader told nothing")
    beyond = sorted(name for name in libraries if not ALLOWED.match(name))
    if beyond:
        sys.exit("loaded beyond the runtimes: " + ", ".join(beyond))
    print(", ".join(sorted(libraries)))
    return 0


if __name__ == "__main__":
    sys.exit(main())
