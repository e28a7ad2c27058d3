"""Unpacks archives by czmodel's own unpack_model(), and tells what it gave.

  PYTHONPATH=build/czmodel-3.1.0 python3.8 czmodel_unpack.py < requests.json > outcomes.json

A request is the path of an archive; it is read as a legacy one unless its name ends in .czann. An outcome has `metadata`
(a dictionary) and `network` (SHA-256), or `error`. Runs from Python 3.8 on.
"""
import hashlib
import importlib.abc
import importlib.machinery
import json
import pathlib
import sys
import tempfile
import types

FRAMEWORKS = {"numpy", "onnx", "onnxscript", "tensorflow", "tf2onnx", "torch"}


# czmodel imports the frameworks that it converts from when its converters are imported; unpacking uses none of them.
# Instead of gigabytes, names that can be imported, inherited from, called and used as decorators stand in for them.
class StandInType(type):
    def __getattr__(cls, name):
        if name.startswith("__"):
            raise AttributeError(name)
        return StandIn

    def __call__(cls, *arguments, **named):
        return cls

    def __getitem__(cls, item):
        return cls


class StandIn(metaclass=StandInType):
    pass


class StandInModule(types.ModuleType):
    __path__ = []

    def __getattr__(self, name):
        if name.startswith("__"):
            raise AttributeError(name)
        return StandIn


class StandInFinder(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    def find_spec(self, name, path, target=None):
        if name.split(".")[0] in FRAMEWORKS:
            return importlib.machinery.ModuleSpec(name, self, is_package=True)
        return None

    def create_module(self, spec):
        return StandInModule(spec.name)

    def exec_module(self, module):
        pass


def converters():
    """Those of CZANN and of what was before it; where they are differs by release."""
    try:
        import czmodel.tensorflow.convert as found
        return found.DefaultConverter, found.LegacyConverter
    except ImportError:
        pass
    try:
        import czmodel.pytorch.convert as found
        return found.DefaultConverter, found.LegacyConverter
    except ImportError:
        pass
    from czmodel import DefaultConverter, LegacyConverter
    return DefaultConverter, LegacyConverter


def plain(value):
    """A value as JSON has it."""
    if hasattr(value, "_asdict"):
        return plain(value._asdict())
    if isinstance(value, dict):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(item) for item in value]
    return value if isinstance(value, (str, int, float, bool, type(None))) else str(value)


def unpacked(converter, path):
    with tempfile.TemporaryDirectory(prefix="zooport-czmodel-") as folder:
        try:
            # object.__new__: what the constructor prepares is conversion.
            metadata, network = object.__new__(converter).unpack_model(path, pathlib.Path(folder))
        except Exception as error:  # whatever it refuses with is its answer
            return {"error": f"{type(error).__name__}: {error}".replace(folder, "FOLDER")}
        return {"metadata": plain(metadata), "network": hashlib.sha256(pathlib.Path(network).read_bytes()).hexdigest()}


def main():
    sys.meta_path.insert(0, StandInFinder())
    modern, legacy = converters()
    answers, sys.stdout = sys.stdout, sys.stderr  # czmodel prints empty lines
    outcomes = [unpacked(modern if path.lower().endswith(".czann") else legacy, path) for path in json.load(sys.stdin)]
    json.dump(outcomes, answers)


if __name__ == "__main__":
    main()
