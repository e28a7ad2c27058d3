"""Ways to bend an ONNX model. Each takes (model, random) and changes the model in place, or returns False where it finds
nothing to change."""
import numpy as np
from onnx import AttributeProto, TensorProto, helper, numpy_helper


def nodes(graph):
    """Nodes of a graph and of those inside it."""
    found = list(graph.node)
    for node in graph.node:
        for attribute in node.attribute:
            if attribute.type == AttributeProto.GRAPH:
                found += nodes(attribute.g)
    return found


def some(random, items):
    items = list(items)
    return random.choice(items) if items else None


def fresh(random):
    return f"fresh_{random.randrange(10**9)}"


# Names

def input_unknown(model, random):
    node = some(random, [node for node in nodes(model.graph) if node.input])
    if not node:
        return False
    node.input[random.randrange(len(node.input))] = fresh(random)


def input_dropped(model, random):
    node = some(random, [node for node in nodes(model.graph) if node.input])
    if not node:
        return False
    del node.input[random.randrange(len(node.input))]


def input_empty(model, random):
    node = some(random, [node for node in nodes(model.graph) if node.input])
    if not node:
        return False
    node.input[random.randrange(len(node.input))] = ""


def inputs_all_dropped(model, random):
    node = some(random, [node for node in nodes(model.graph) if node.input])
    if not node:
        return False
    del node.input[:]


def input_added(model, random):
    node = some(random, [node for node in nodes(model.graph) if node.input])
    if not node:
        return False
    node.input.append(node.input[0])


def many_inputs_added(model, random):
    node = some(random, [node for node in nodes(model.graph) if node.input])
    if not node:
        return False
    for _ in range(12):
        node.input.append(node.input[0])


def empty_inputs_added(model, random):
    node = some(random, nodes(model.graph))
    for _ in range(random.choice([1, 9])):
        node.input.append("")


def output_renamed(model, random):
    node = some(random, [node for node in nodes(model.graph) if node.output])
    node.output[random.randrange(len(node.output))] = fresh(random)


def output_doubled(model, random):
    pair = random.sample(list(model.graph.node), 2) if len(model.graph.node) > 1 else None
    if not pair or not pair[0].output or not pair[1].output:
        return False
    pair[0].output[0] = pair[1].output[0]


def output_is_graph_input(model, random):
    node = some(random, model.graph.node)
    node.output[0] = model.graph.input[0].name


def output_is_initializer(model, random):
    if not model.graph.initializer:
        return False
    some(random, model.graph.node).output[0] = some(random, model.graph.initializer).name


def output_empty(model, random):
    some(random, model.graph.node).output[0] = ""


def output_added(model, random):
    node = some(random, nodes(model.graph))
    for _ in range(random.choice([1, 8])):
        node.output.append(fresh(random))


def outputs_dropped(model, random):
    del some(random, model.graph.node).output[:]


def output_twice_in_a_node(model, random):
    node = some(random, model.graph.node)
    node.output.append(node.output[0])


# Order

def nodes_swapped(model, random):
    if len(model.graph.node) < 2:
        return False
    first = random.randrange(len(model.graph.node) - 1)
    a, b = model.graph.node[first], model.graph.node[first + 1]
    kept = type(a)()
    kept.CopyFrom(a)
    a.CopyFrom(b)
    b.CopyFrom(kept)


def nodes_reversed(model, random):
    kept = [type(node).FromString(node.SerializeToString()) for node in model.graph.node]
    if len(kept) < 2:
        return False
    del model.graph.node[:]
    model.graph.node.extend(reversed(kept))


def cycle(model, random):
    node = some(random, [node for node in model.graph.node if node.input])
    if not node:
        return False
    node.input[0] = model.graph.node[-1].output[0]


def node_removed(model, random):
    del model.graph.node[random.randrange(len(model.graph.node))]


def node_doubled(model, random):
    model.graph.node.append(some(random, model.graph.node))


def nodes_all_removed(model, random):
    del model.graph.node[:]


# Operators

def operator_unknown(model, random):
    some(random, nodes(model.graph)).op_type += random.choice(["X", "2", " ", "é"])


def operator_empty(model, random):
    some(random, nodes(model.graph)).op_type = ""


def operator_other(model, random):
    others = ["Relu", "Upsample", "Mish", "Gelu", "Add", "Concat", "Scatter", "Resize", "Split", "Swish", "GroupNormalization",
              "Loop", "SequenceEmpty", "Scan"]
    some(random, nodes(model.graph)).op_type = random.choice(others)


def domain_foreign(model, random):
    some(random, nodes(model.graph)).domain = random.choice(["ai.onnx", "ai.onnx.ml", "com.microsoft", "lab.example"])


def domain_imported(model, random):
    some(random, nodes(model.graph)).domain = "com.microsoft"
    model.opset_import.append(helper.make_opsetid("com.microsoft", 1))


# Attributes

def with_attributes(model):
    return [node for node in nodes(model.graph) if node.attribute]


def attribute_unknown(model, random):
    some(random, nodes(model.graph)).attribute.append(helper.make_attribute("flavour", random.choice([1, 0.5, "x", [1]])))


def attribute_private(model, random):
    some(random, nodes(model.graph)).attribute.append(helper.make_attribute("__flavour", 1))


def attribute_removed(model, random):
    node = some(random, with_attributes(model))
    if not node:
        return False
    del node.attribute[random.randrange(len(node.attribute))]


def attribute_type(model, random):
    node = some(random, with_attributes(model))
    if not node:
        return False
    attribute = some(random, node.attribute)
    made = helper.make_attribute(attribute.name, random.choice([1, 0.5, "x", [1, 2], [0.5], ["a", "b"]]))
    attribute.CopyFrom(made)


def attribute_type_only(model, random):
    node = some(random, with_attributes(model))
    if not node:
        return False
    some(random, node.attribute).type = random.choice(range(0, 15))


def attribute_value_only(model, random):
    node = some(random, with_attributes(model))
    if not node:
        return False
    attribute = some(random, node.attribute)
    field = random.choice(["f", "i", "s", "ints", "floats", "t"])
    if field == "t":
        attribute.t.CopyFrom(numpy_helper.from_array(np.zeros(2, "float32")))
    elif field in {"ints", "floats"}:
        getattr(attribute, field).extend([1, 2])
    else:
        setattr(attribute, field, {"f": 0.5, "i": 3, "s": b"x"}[field])


def attribute_without_value(model, random):
    node = some(random, with_attributes(model))
    if not node:
        return False
    attribute = some(random, node.attribute)
    name, kind = attribute.name, attribute.type
    attribute.Clear()
    attribute.name, attribute.type = name, kind


def attribute_twice(model, random):
    node = some(random, with_attributes(model))
    if not node:
        return False
    node.attribute.append(some(random, node.attribute))


def attribute_nameless(model, random):
    node = some(random, with_attributes(model))
    if not node:
        return False
    some(random, node.attribute).name = ""


def attribute_reference(model, random):
    node = some(random, with_attributes(model))
    if not node:
        return False
    attribute = some(random, node.attribute)
    name, kind = attribute.name, attribute.type
    attribute.Clear()
    attribute.name, attribute.type, attribute.ref_attr_name = name, kind, "outer"


# Constants

def constants(model):
    found = list(model.graph.initializer)
    for node in nodes(model.graph):
        found += [attribute.t for attribute in node.attribute if attribute.type == AttributeProto.TENSOR]
    return found


def tensor_dims_grown(model, random):
    tensor = some(random, constants(model))
    if tensor is None:
        return False
    tensor.dims.append(2)


def tensor_dims_negative(model, random):
    tensor = some(random, [tensor for tensor in constants(model) if tensor.dims])
    if tensor is None:
        return False
    tensor.dims[random.randrange(len(tensor.dims))] = random.choice([-1, -4, 0, 2**40])


def tensor_type(model, random):
    tensor = some(random, constants(model))
    if tensor is None:
        return False
    tensor.data_type = random.choice([0, 1, 2, 6, 7, 8, 9, 10, 11, 16, 17, 21, 22, 23, 24, 26, 99, -1])


def tensor_cut(model, random):
    tensor = some(random, [tensor for tensor in constants(model) if tensor.raw_data])
    if tensor is None:
        return False
    tensor.raw_data = tensor.raw_data[:random.randrange(len(tensor.raw_data))]


def tensor_grown(model, random):
    tensor = some(random, [tensor for tensor in constants(model) if tensor.raw_data])
    if tensor is None:
        return False
    tensor.raw_data += b"\0" * random.choice([1, 4, 64])


def tensor_two_fields(model, random):
    tensor = some(random, constants(model))
    if tensor is None:
        return False
    tensor.float_data.append(1)


def tensor_as_other_field(model, random):
    tensor = some(random, [tensor for tensor in constants(model) if tensor.raw_data])
    if tensor is None:
        return False
    values = numpy_helper.to_array(tensor).ravel()
    tensor.ClearField("raw_data")
    field = random.choice(["float_data", "int32_data", "int64_data", "double_data", "uint64_data"])
    getattr(tensor, field).extend([int(abs(value)) % 2**31 if "int" in field else float(value) for value in values])


def initializer_twice(model, random):
    tensor = some(random, model.graph.initializer)
    if tensor is None:
        return False
    model.graph.initializer.append(tensor)


def initializer_nameless(model, random):
    tensor = some(random, model.graph.initializer)
    if tensor is None:
        return False
    tensor.name = ""


def initializer_renamed(model, random):
    tensor = some(random, model.graph.initializer)
    if tensor is None:
        return False
    tensor.name = fresh(random)


def initializer_external(model, random):
    tensor = some(random, model.graph.initializer)
    if tensor is None:
        return False
    tensor.data_location = TensorProto.EXTERNAL
    tensor.external_data.add(key="location", value="absent.bin")
    if random.random() < 0.5:
        tensor.ClearField("raw_data")


def sizes_of_another_type(model, random):
    tensor = some(random, [tensor for tensor in constants(model) if tensor.data_type == TensorProto.INT64])
    if tensor is None:
        return False
    values = numpy_helper.to_array(tensor)
    tensor.CopyFrom(numpy_helper.from_array(values.astype(random.choice(["int32", "float32"])), tensor.name))


# Declarations

def graph_nameless(model, random):
    model.graph.name = ""


def input_type_missing(model, random):
    some(random, model.graph.input).ClearField("type")


def value_nameless(model, random):
    some(random, [*model.graph.input, *model.graph.output]).name = ""


def value_renamed(model, random):
    some(random, [*model.graph.input, *model.graph.output]).name = fresh(random)


def value_doubled(model, random):
    values = random.choice([model.graph.input, model.graph.output])
    values.append(some(random, values))


def value_element_type(model, random):
    some(random, [*model.graph.input, *model.graph.output]).type.tensor_type.elem_type = random.choice([0, 1, 7, 8, 16, 99])


def value_extent_negative(model, random):
    value = some(random, [value for value in [*model.graph.input, *model.graph.output] if value.type.tensor_type.shape.dim])
    if value is None:
        return False
    some(random, value.type.tensor_type.shape.dim).dim_value = random.choice([-1, 0, 2**62, -2**40])


def value_shapeless(model, random):
    some(random, [*model.graph.input, *model.graph.output]).type.tensor_type.ClearField("shape")


def value_sequence(model, random):
    value = some(random, [*model.graph.input, *model.graph.output])
    element = value.type.tensor_type.elem_type
    value.type.sequence_type.elem_type.tensor_type.elem_type = element


def outputs_all_removed(model, random):
    del model.graph.output[:]


def inputs_of_the_graph_removed(model, random):
    del model.graph.input[:]


def value_info_of_nothing(model, random):
    model.graph.value_info.append(helper.make_tensor_value_info(fresh(random), 1, [1]))


def value_info_nameless(model, random):
    model.graph.value_info.append(helper.make_tensor_value_info("", 1, [1]))


def value_info_wrong(model, random):
    model.graph.value_info.append(helper.make_tensor_value_info(some(random, model.graph.node).output[0] or "v", 99, [-3]))


# The model

def opset_other(model, random):
    model.opset_import[0].version = random.choice([-1, 0, 1, 5, 6, 7, 9, 11, 12, 13, 17, 18, 20, 23, 26, 28])


def opset_missing(model, random):
    del model.opset_import[:]


def opset_twice(model, random):
    model.opset_import.append(helper.make_opsetid(model.opset_import[0].domain, random.choice([11, 18])))


def opset_both_names(model, random):
    model.opset_import.append(helper.make_opsetid("ai.onnx", random.choice([11, 18])))


def opset_foreign(model, random):
    model.opset_import.append(helper.make_opsetid("lab.example", 1))


def ir_version(model, random):
    model.ir_version = random.choice([0, 1, 2, 3, 4, 5, 7, 8, 9, 10, 11, 12, 13, 14, 15, -1])


def ir_version_missing(model, random):
    model.ClearField("ir_version")


def graph_missing(model, random):
    model.ClearField("graph")


def metadata_twice(model, random):
    for _ in range(2):
        entry = model.metadata_props.add()
        entry.key, entry.value = "key", "value"


def function_uncalled(model, random):
    model.functions.add(name="f", domain="lab.example", input=["a"], output=["b"],
                        node=[helper.make_node("Relu", ["a"], ["b"])], opset_import=[helper.make_opsetid("", 17)])
    model.opset_import.append(helper.make_opsetid("lab.example", 1))


def function_broken(model, random):
    function_uncalled(model, random)
    function = model.functions[-1]
    bend = random.randrange(6)
    if bend == 0:
        function.output[0] = "c"
    elif bend == 1:
        function.node[0].input[0] = "c"
    elif bend == 2:
        function.node[0].op_type = "Relux"
    elif bend == 3:
        del function.opset_import[:]
    elif bend == 4:
        function.input.append("a")
    else:
        function.name = ""


def function_called(model, random):
    function_uncalled(model, random)
    node = some(random, [node for node in model.graph.node if len(node.input) == 1 and len(node.output) == 1])
    if node is None:
        return False
    node.op_type, node.domain = "f", "lab.example"
    del node.attribute[:]
    if random.random() < 0.5:
        model.opset_import.pop()


def subgraph(model, random):
    """A branch that reads from outside; the bends are those of a scope."""
    node = some(random, model.graph.node)
    name = node.output[0]
    inside = random.choice([name, "inner", fresh(random)])
    read = random.choice([model.graph.input[0].name, name, "nowhere"])
    branch = helper.make_graph([helper.make_node("Relu", [read], [inside])], "branch", [],
                               [helper.make_tensor_value_info(inside, 1, None)])
    model.graph.node.append(helper.make_node("Constant", [], ["condition"],
                                             value=helper.make_tensor("c", TensorProto.BOOL, [], [True])))
    model.graph.node.append(helper.make_node("If", ["condition"], [fresh(random)], then_branch=branch, else_branch=branch))


def subgraph_with_inputs(model, random):
    branch = helper.make_graph([helper.make_node("Relu", ["z"], ["w"])], "branch",
                               [helper.make_tensor_value_info("z", 1, None)],
                               [helper.make_tensor_value_info("w", 1, None)])
    model.graph.node.append(helper.make_node("Constant", [], ["condition"],
                                             value=helper.make_tensor("c", TensorProto.BOOL, [], [True])))
    model.graph.node.append(helper.make_node("If", ["condition"], [fresh(random)], then_branch=branch, else_branch=branch))


def subgraph_hides(model, random):
    """A branch with a constant or input that has a name from outside."""
    outer = random.choice([model.graph.input[0].name, model.graph.node[0].output[0]])
    branch = helper.make_graph([helper.make_node("Relu", [outer], ["inner"])], "branch", [],
                               [helper.make_tensor_value_info("inner", 1, None)],
                               [helper.make_tensor(outer, 1, [1], [1.0])])
    model.graph.node.append(helper.make_node("Constant", [], ["condition"],
                                             value=helper.make_tensor("c", TensorProto.BOOL, [], [True])))
    model.graph.node.append(helper.make_node("If", ["condition"], [fresh(random)], then_branch=branch, else_branch=branch))


MUTATIONS = [value for value in list(globals().values())
             if callable(value) and getattr(value, "__module__", "") == __name__ and
             value not in (nodes, some, fresh, with_attributes, constants)]
