"""Writes operators_table.cpp from the operator schemas of the Python package `onnx`.

    python src/onnx/make_operators.py > src/onnx/operators_table.cpp
"""

import onnx
from onnx import defs

TYPES = ["", "float", "uint8", "int8", "uint16", "int16", "int32", "int64", "string", "bool", "float16", "double", "uint32",
         "uint64", "complex64", "complex128", "bfloat16", "float8e4m3fn", "float8e4m3fnuz", "float8e5m2",
         "float8e5m2fnuz", "uint4", "int4", "float4e2m1", "float8e8m0", "uint2", "int2"]
CODES = {"FLOAT": "f", "INT": "i", "STRING": "s", "TENSOR": "t", "GRAPH": "g", "FLOATS": "F", "INTS": "I",
         "STRINGS": "S", "TENSORS": "T", "GRAPHS": "G", "SPARSE_TENSOR": "p", "SPARSE_TENSORS": "P", "TYPE_PROTO": "y",
         "TYPE_PROTOS": "Y"}


def mask(names):
    """Bits of the element types among tensor types; None where other types are meant, too."""
    bits = 0
    for name in names:
        inner = name[len("tensor("):-1]
        if name.startswith("tensor(") and inner in TYPES:
            bits |= 1 << TYPES.index(inner)
    return bits


def limit(n):
    return "*" if n > 1000 else str(n)


def row(s, earlier):
    """A form that is deprecated without an earlier one was good when it came: engines run it (GroupNormalization 18)."""
    allowed = {c.type_param_str: c.allowed_type_strs for c in s.type_constraints}

    def types(value):
        return allowed.get(value.type_str, [value.type_str])

    first = mask(types(s.inputs[0])) if s.inputs else 0
    out = "?"
    if s.outputs:
        result = s.outputs[0]
        same = [i for i, value in enumerate(s.inputs) if value.type_str == result.type_str]
        names = types(result)
        if same and result.type_str in allowed:
            out = "=%d" % same[0]
        elif len(names) == 1 and mask(names):
            out = "#%d" % TYPES.index(names[0][len("tensor("):-1])
    attributes = ["%s:%s%s" % (a.name, CODES[str(a.type).split(".")[-1]], "!" if a.required else "")
                  for a in sorted(s.attributes.values(), key=lambda a: a.name)]
    return " ".join(["-" if s.deprecated and earlier else "+", s.name, str(s.since_version), str(s.min_input), limit(s.max_input),
                     str(s.min_output), limit(s.max_output), "%x" % first, out] + attributes)


def literal(text):
    lines = []
    while text:
        cut = len(text) if len(text) <= 110 else text.rindex(" ", 0, 110) + 1
        lines.append('"%s"' % text[:cut])
        text = text[cut:]
    return "    " + "\n    ".join(lines) + ","


def main():
    schemas = [s for s in defs.get_all_schemas_with_history() if s.domain == ""]
    schemas.sort(key=lambda s: (s.name, s.since_version))
    print("// Written by make_operators.py from onnx %s; do not edit." % onnx.__version__)
    print('#include "onnx/operators.hpp"\n\nnamespace zooport::onnx {\n')
    print("const std::int64_t kNewestOpset = %d;" % defs.onnx_opset_version())
    print("const std::int64_t kNewestIr = %d;\n" % onnx.IR_VERSION)
    print("// clang-format off\nconst char* const kOperatorRows[] = {")
    names = set()
    for s in schemas:
        print(literal(row(s, s.name in names)))
        names.add(s.name)
    print("    nullptr,\n};\n// clang-format on\n\n}  // namespace zooport::onnx")


main()
