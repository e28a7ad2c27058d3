"""The recorded ONNX files and the program, for the scripts that hold it against the official checker."""
import json
import os
import pathlib
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
SHARED = pathlib.Path(os.environ.get("ZOOPORT_SHARED") or ROOT.parent / "shared")
CORPUS = SHARED / "data/frameworks/onnx"


def leave(reason):
    """Ends: skipped, or a failure if CI is set."""
    print(f"{'failed' if os.environ.get('CI') else 'skipped'}: {reason}")
    sys.exit(1 if os.environ.get("CI") else 77)


def enter_environment():
    """Goes on in build/venv-peers; ends where the official checker cannot be imported, or the files are absent."""
    python = ROOT / "build/venv-peers/bin/python"
    if python.exists() and pathlib.Path(sys.prefix).resolve() != (ROOT / "build/venv-peers").resolve():
        os.execv(python, [str(python), *sys.argv])
    try:
        import numpy, onnx  # noqa: F401
    except ImportError as error:
        leave(f"{error}; `./dev test` makes build/venv-peers")
    if not CORPUS.exists():
        leave(f"needs {CORPUS}, which is not on this machine")


def cases():
    """(name, path of the model, what is recorded of it), in the order of the names."""
    found = []
    for folder in sorted(CORPUS.iterdir()):
        if (folder / "case.json").exists():
            case = json.loads((folder / "case.json").read_text())
            found.append((folder.name, folder / case["file"], case))
    return found


def call(program, *arguments, timeout=120, env=None):
    """Exit status, record (None if there is none) and what was said on the error stream."""
    done = subprocess.run([program, *map(str, arguments), "--format", "json", "--no-progress"], capture_output=True,
                          text=True, timeout=timeout, env=env)
    return done.returncode, json.loads(done.stdout) if done.stdout.strip() else None, done.stderr


def errors_of(result):
    return [finding for finding in result.get("findings", []) if finding["severity"] == "error"]
