"""Random models of one operator, in the form that an opset has."""
import numpy as np
import onnx
from onnx import helper, numpy_helper

try:
    import ml_dtypes
    BFLOAT16 = np.dtype(ml_dtypes.bfloat16)
except ImportError:  # pragma: no cover
    BFLOAT16 = None

F32, F64, F16 = np.float32, np.float64, np.float16
I8, I16, I32, I64 = np.int8, np.int16, np.int32, np.int64
U8, U16, U32, U64 = np.uint8, np.uint16, np.uint32, np.uint64
FLOATS = (F32, F64, F16)
NEWEST = onnx.defs.onnx_opset_version()


def element(dtype):
    return helper.np_dtype_to_tensor_dtype(np.dtype(dtype))


class Make:
    """One model in the making; a generator draws from `rng`, and adds inputs, constants and operators."""

    def __init__(self, seed, opset):
        self.rng = np.random.default_rng(seed)
        self.opset = opset
        self.nodes, self.inits, self.feeds, self.outputs = [], [], {}, []
        self.open_axes = self.rng.random() < 0.25
        self.declared = {}
        self.needs = set()       # "extents", "rank": what a rule may say that it does not know, if axes are open
        self.refused_below = []  # (opset, why): a target below it has no counterpart
        self.refused_from = []   # (opset, why): the other way
        self.tolerance = 1.0     # a factor
        self.full_check = True
        self.open_outputs = False
        self.random = False      # outputs are random: shapes alone are compared
        self.count = 0

    # Drawing.
    def pick(self, *values):
        return values[int(self.rng.integers(len(values)))]

    def chance(self, p=0.5):
        return bool(self.rng.random() < p)

    def size(self, low=1, high=6):
        return int(self.rng.integers(low, high + 1))

    def shape(self, low=1, high=5, most=5):
        return [self.size(1, most) for _ in range(self.size(low, high))]

    def axis(self, rank):
        """An axis, counted from the back at times where the opset allows it."""
        axis = int(self.rng.integers(rank))
        return axis - rank if self.opset >= 11 and self.chance(0.3) else axis

    def axes(self, rank, low=1):
        count = int(self.rng.integers(low, rank + 1))
        axes = sorted(int(a) for a in self.rng.permutation(rank)[:count])
        return [a - rank if self.opset >= 11 and self.chance(0.2) else a for a in axes]

    def values(self, shape, dtype=F32, low=-3, high=3):
        dtype = np.dtype(dtype)
        if dtype.kind == "b":
            return self.rng.random(shape) < 0.5
        if dtype.kind in "iu":
            low = max(low, 0) if dtype.kind == "u" else low
            return self.rng.integers(int(low), int(high) + 1, size=shape).astype(dtype)
        return self.rng.uniform(low, high, size=shape).astype(dtype)

    # Building.
    def name(self, stem):
        self.count += 1
        return f"{stem}{self.count}"

    def input(self, array, declared=None):
        name = self.name("in")
        array = np.asarray(array)
        self.feeds[name] = array
        dims = list(array.shape)
        if self.open_axes:
            dims = [f"d{i}" if self.chance() else d for i, d in enumerate(dims)]
        self.declared[name] = dims if declared is None else declared
        return name

    def data(self, shape, dtype=F32, low=-3, high=3):
        return self.input(self.values(shape, dtype, low, high))

    def const(self, array, way=None):
        """A constant, in one of the ways in which a graph holds one."""
        name = self.name("c")
        tensor = numpy_helper.from_array(np.asarray(array), name)
        way = way or self.pick("initializer", "initializer", "node")
        if way == "node" and (self.opset >= 9 or np.asarray(array).dtype.kind == "f"):
            self.nodes.append(helper.make_node("Constant", [], [name], value=tensor))
        else:
            self.inits.append(tensor)
        return name

    def ints(self, *values):
        return self.const(np.array(values, I64))

    def floats(self, *values):
        return self.const(np.array(values, F32))

    def node(self, op, inputs, outputs=1, **attributes):
        names = [self.name("v") for _ in range(outputs)] if isinstance(outputs, int) else outputs
        attributes = {key: value for key, value in attributes.items() if value is not None}
        self.nodes.append(helper.make_node(op, inputs, names, name=self.name(op + "_"), **attributes))
        return names

    def out(self, op, inputs, outputs=1, **attributes):
        """An operator whose outputs are the graph's."""
        names = self.node(op, inputs, outputs, **attributes)
        self.outputs += [name for name in names if name]
        return names

    def refuse_below(self, opset, why):
        self.refused_below.append((opset, why))

    def refuse_from(self, opset, why):
        self.refused_from.append((opset, why))

    def may_refuse(self, target, reason):
        if self.open_axes and self.needs and "known" in reason or self.open_axes and "constant" in reason and self.needs:
            return True
        return any(target < opset for opset, _ in self.refused_below) or any(
            target >= opset for opset, _ in self.refused_from)

    def model(self, output_types=None):
        infos = []
        for name, array in self.feeds.items():
            infos.append(helper.make_tensor_value_info(name, element(array.dtype), self.declared[name]))
        ir = {7: 3, 8: 3, 9: 4, 10: 5, 11: 6, 12: 7, 13: 7, 14: 7}.get(self.opset, 8)
        if ir < 4:  # constants are inputs, too
            infos += [helper.make_tensor_value_info(t.name, t.data_type, list(t.dims)) for t in self.inits]
        outputs = [helper.make_tensor_value_info(name, *output_types[name]) if output_types
                   else onnx.ValueInfoProto(name=name) for name in self.outputs]
        graph = helper.make_graph(self.nodes, "random", infos, outputs, self.inits)
        return helper.make_model(graph, opset_imports=[helper.make_opsetid("", self.opset)],
                                 ir_version=max(ir, 10 if self.opset >= 21 else 3))
