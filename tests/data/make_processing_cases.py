#!/usr/bin/env python3
"""Writes processing_cases.jsonl: processing of format 0.4 over random axes, modes, reference tensors and samples, with
what the format's formulas give, computed here with exact sums and nothing but Python's standard library.

Run: python3 tests/data/make_processing_cases.py
Each line has tensors as ../shared/data/golden/processing has them; samples and outputs hold their elements themselves.
What the reference does holds: statistics are those of the tensor as it was given, 1e-6 is added whatever `eps` says
(scale_mean_variance adds its own), running percentiles are averages of the samples' percentiles.
"""
import itertools
import json
import math
import pathlib
import random
from fractions import Fraction

NAMES = {"b": "batch", "c": "channel"}
CASES = 48
EPS = 1e-6


class Array:
    """Elements in C order by the letters of their axes."""

    def __init__(self, axes, shape, values):
        self.axes, self.shape, self.values = axes, shape, values

    def indices(self):
        return itertools.product(*(range(n) for n in self.shape))

    def groups(self, reduced):
        """index along the axes that are kept -> elements"""
        found = {}
        for index, value in zip(self.indices(), self.values):
            key = tuple((a, i) for a, i in zip(self.axes, index) if a not in reduced)
            found.setdefault(key, []).append(value)
        return found

    def key(self, index, kept):
        return tuple((a, i) for a, i in zip(self.axes, index) if a in kept)


def percentile(values, q):
    ordered = sorted(values)
    place = (len(ordered) - 1) * (q / 100)
    low = min(int(place), len(ordered) - 1)
    high = min(low + 1, len(ordered) - 1)
    return ordered[low] + (ordered[high] - ordered[low]) * (place - low)


class Statistic:
    """A measure, of one sample or running over all so far."""

    def __init__(self, kind, reduced, dataset, q=None):
        self.kind, self.reduced, self.dataset, self.q = kind, reduced, dataset, q
        self.count, self.sums, self.squares, self.quantiles = {}, {}, {}, {}

    def take(self, array):
        if not self.dataset:
            self.count, self.sums, self.squares, self.quantiles = {}, {}, {}, {}
        for key, values in array.groups(self.reduced).items():
            before = self.count.get(key, 0)
            self.count[key] = before + len(values)
            self.sums[key] = self.sums.get(key, 0) + sum(map(Fraction, values))
            self.squares[key] = self.squares.get(key, 0) + sum(Fraction(v) ** 2 for v in values)
            if self.kind == "quantile":
                old = self.quantiles.get(key, 0.0)
                self.quantiles[key] = (before * old + len(values) * percentile(values, self.q)) / self.count[key]

    def value(self, key):
        if self.kind == "quantile":
            return self.quantiles[key]
        mean = self.sums[key] / self.count[key]
        if self.kind == "mean":
            return float(mean)
        return math.sqrt(self.squares[key] / self.count[key] - mean**2)


class Step:
    """One operation on one tensor."""

    def __init__(self, op, tensor_axes, reference):
        self.op, self.name, self.kwargs = op, op["name"], op.get("kwargs", {})
        self.statistics = []
        self.reference = reference
        axes = set(self.kwargs.get("axes", ""))
        mode = self.kwargs.get("mode")
        # per_dataset: every image of the batch, too. Without any axes all of them are meant.
        reduced = axes | ({"b"} if mode == "per_dataset" else set()) if axes else set(tensor_axes)
        self.kept = [a for a in tensor_axes if a not in reduced]

        def statistic(kind, of, q=None):
            self.statistics.append((Statistic(kind, reduced, mode == "per_dataset", q), of))

        own = None
        if self.name == "zero_mean_unit_variance" and mode != "fixed":
            statistic("mean", own), statistic("std", own)
        if self.name == "scale_range":
            low, high = self.kwargs.get("min_percentile", 0), self.kwargs.get("max_percentile", 100)
            statistic("quantile", reference, low), statistic("quantile", reference, high)
        if self.name == "scale_mean_variance":
            statistic("mean", own), statistic("std", own), statistic("mean", reference), statistic("std", reference)
        self.along = next((a for a in tensor_axes if a not in axes and a != "b"), None) if "axes" in self.kwargs else None

    def measure(self, raw, tensor):
        for statistic, of in self.statistics:
            statistic.take(raw[of or tensor])

    def number(self, name, index, array):
        value = self.kwargs[name]
        return value[index[array.axes.index(self.along)]] if isinstance(value, list) else value

    def apply(self, array):
        values = []
        for index, x in zip(array.indices(), array.values):
            s = [statistic.value(array.key(index, self.kept)) for statistic, _ in self.statistics]
            k = self.kwargs
            if self.name == "zero_mean_unit_variance":
                if k["mode"] == "fixed":
                    s = [self.number("mean", index, array), self.number("std", index, array)]
                x = (x - s[0]) / (s[1] + EPS)
            elif self.name == "scale_range":
                x = (x - s[0]) / (s[1] - s[0] + EPS)
            elif self.name == "scale_mean_variance":
                eps = k.get("eps", EPS)
                x = (x - s[0]) / (s[1] + eps) * (s[3] + eps) + s[2]
            elif self.name == "scale_linear":
                x = x * self.number("gain", index, array) + self.number("offset", index, array)
            elif self.name == "clip":
                x = min(max(x, k["min"]), k["max"])
            elif self.name == "binarize":
                x = 1.0 if x > k["threshold"] else 0.0
            elif self.name == "sigmoid":
                x = 1 / (1 + math.exp(-x))
            values.append(x)
        return Array(array.axes, array.shape, values)


def short(values):
    """as many digits as a float32 holds"""
    rounded = [float(f"{v:.8g}") for v in values]
    return [int(v) if v == int(v) else v for v in rounded]


def random_op(rng, axes, shape, others, side):
    free = [a for a in axes if a != "b"]
    subset = "".join(rng.sample(free, rng.randint(1, len(free))))
    left = [a for a in free if a not in subset]
    one_left = shape[axes.index(left[0])] if len(left) == 1 else 0

    def numbers(low, high):
        return [round(rng.uniform(low, high), 2) for _ in range(one_left)] if one_left and rng.random() < 0.7 else round(rng.uniform(low, high), 2)

    names = ["zero_mean_unit_variance", "zero_mean_unit_variance", "scale_range", "scale_range", "scale_linear", "clip", "binarize", "sigmoid"]
    if side == "output" and others:
        names += ["scale_mean_variance"] * 3
    name = rng.choice(names)
    mode = rng.choice(["per_sample", "per_dataset"])
    if name == "zero_mean_unit_variance":
        if rng.random() < 0.3:
            mean = numbers(-5, 5)
            std = [round(rng.uniform(0.5, 4), 2) for _ in mean] if isinstance(mean, list) else round(rng.uniform(0.5, 4), 2)
            return {"name": name, "kwargs": {"mode": "fixed", "axes": subset, "mean": mean, "std": std}}
        return {"name": name, "kwargs": {"mode": mode, "axes": subset, "eps": rng.choice([1e-6, 0.1])}}
    if name == "scale_range":
        kwargs = {"mode": mode, "axes": subset}
        if rng.random() < 0.7:
            kwargs.update(min_percentile=rng.choice([0.5, 1, 5, 25]), max_percentile=rng.choice([75, 95, 99.8, 100]))
        if others and rng.random() < 0.5:
            kwargs["reference_tensor"] = rng.choice(others)
        return {"name": name, "kwargs": kwargs}
    if name == "scale_mean_variance":
        return {"name": name, "kwargs": {"mode": mode, "axes": subset, "reference_tensor": rng.choice(others), "eps": rng.choice([1e-6, 0.05])}}
    if name == "scale_linear":
        gain = numbers(0.5, 3)
        offset = [round(rng.uniform(-3, 3), 2) for _ in gain] if isinstance(gain, list) else round(rng.uniform(-3, 3), 2)
        return {"name": name, "kwargs": {"axes": subset, "gain": gain, "offset": offset}}
    if name == "clip":
        return {"name": name, "kwargs": {"min": round(rng.uniform(-2, 0), 2), "max": round(rng.uniform(0.1, 90), 2)}}
    if name == "binarize":
        return {"name": name, "kwargs": {"threshold": round(rng.uniform(-1, 50), 2) + 0.003}}
    return {"name": name}


def random_array(rng, axes, shape, dtype):
    # Values that every type holds exactly; noise on a level that changes along the first axes.
    level = rng.choice([0, 20])
    step = 1 if dtype != "float32" else 8
    values = [float(rng.randint(level * step, (level + 40) * step)) / step for _ in range(math.prod(shape))]
    return Array(axes, shape, values)


def make(rng, number):
    axes = rng.choice(["bcyx", "bcyx", "byxc", "bczyx", "byx", "bctyx"])
    axes = axes.replace("t", "z")
    sizes = {"b": rng.choice([1, 1, 2]), "c": rng.choice([1, 2, 3]), "z": 2, "y": rng.choice([2, 3]), "x": rng.choice([3, 4])}
    shape = [sizes[a] for a in axes]
    tensors, steps = [], {}
    ids = ["first", "second"][: rng.choice([1, 2])]
    for side, names in (("input", ids), ("output", ["result"] if rng.random() < 0.6 else [])):
        for name in names:
            others = [i for i in ids if i != name] if side == "input" else ids
            ops = [random_op(rng, axes, shape, others, side) for _ in range(rng.choice([1, 1, 2]))]
            # The description is cast to its type first and to float32 last: keep to types that change nothing.
            dtype = "float32"
            tensors.append({"id": name, "side": side, "axes": [NAMES.get(a, a) for a in axes], "dtype": dtype, "ops": ops})
            steps[name] = [Step(op, axes, op.get("kwargs", {}).get("reference_tensor")) for op in ops]
    samples, outputs = [], []
    types = {t["id"]: rng.choice(["uint8", "uint16", "float32"]) if t["side"] == "input" else "float32" for t in tensors}
    for _ in range(rng.choice([1, 2, 3])):
        raw = {t["id"]: random_array(rng, axes, shape, types[t["id"]]) for t in tensors}
        results = {}
        for t in tensors:
            for step in steps[t["id"]]:
                step.measure(raw, t["id"])
            array = raw[t["id"]]
            for step in steps[t["id"]]:
                array = step.apply(array)
            results[t["id"]] = array
        samples.append({i: {"dtype": types[i], "shape": a.shape, "values": short(a.values)} for i, a in raw.items()})
        outputs.append({i: short(a.values) for i, a in results.items()})
    return {"id": f"r{number:03d}", "format": "0.4", "tensors": tensors, "samples": samples, "outputs": outputs}


def main():
    rng = random.Random(20261127)
    lines = [json.dumps(make(rng, number), separators=(",", ":")) for number in range(CASES)]
    path = pathlib.Path(__file__).with_name("processing_cases.jsonl")
    path.write_text("\n".join(lines) + "\n")
    print(len(lines), "cases,", path.stat().st_size, "bytes")


if __name__ == "__main__":
    main()
