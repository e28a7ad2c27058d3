#include <algorithm>

#include "onnx/check.hpp"
#include "onnx/operators.hpp"
#include "zooport/base/text.hpp"

namespace zooport::onnx {
namespace {

const char* type_name(AttributeType type) {
  static constexpr const char* kNames[] = {"no type",        "float", "int",     "string",  "tensor", "graph",
                                           "floats",         "ints",  "strings", "tensors", "graphs", "sparse tensor",
                                           "sparse tensors", "type",  "types"};
  const auto index = static_cast<std::int64_t>(type);
  return index >= 0 && index < static_cast<std::int64_t>(std::size(kNames)) ? kNames[index] : "an unknown type";
}

// Domains whose operators engines know and zooport does not.
bool is_known_domain(std::string_view domain) {
  return domain == "com.microsoft" || domain == "com.microsoft.nchwc" || domain == "ai.onnx.ml" ||
         domain == "ai.onnx.training" || domain == "ai.onnx.preview.training" || domain == "ai.onnx.preview";
}

// How many inputs, or outputs, have to have a name. Those of a list without end need none, nor what Loop counts by.
std::size_t named_inputs(const OperatorForm& form) {
  if (form.name == "SequenceMap") return 1;
  return form.max_inputs == OperatorForm::kAny ? 0 : form.min_inputs;
}
std::size_t named_outputs(const OperatorForm& form) {
  const bool is_list = form.max_outputs == OperatorForm::kAny;
  return is_list || (form.name == "GRU" && form.min_outputs == 2) ? 0 : form.min_outputs;
}

const Opset* find_opset(const std::vector<Opset>& opsets, std::string_view domain) {
  const auto found =
      std::find_if(opsets.begin(), opsets.end(), [&](const Opset& item) { return item.domain == domain; });
  return found == opsets.end() ? nullptr : &*found;
}

}  // namespace

const Function* Checker::function_of(const Node& node) const {
  if (node.domain.empty()) return nullptr;  // operators of ONNX are what they are
  const auto found = functions_.find({node.domain, node.op, node.overload});
  return found == functions_.end() ? nullptr : &model_.functions[found->second];
}

void Checker::node(const Node& node, const std::vector<Opset>& opsets, const Path& path, const Function* inside) {
  if (node.op.empty()) return report("onnx.unknown-operator", concat(describe(node), " has no type"), path);
  const Opset* opset = find_opset(opsets, node.domain);
  if (!opset) {
    report("onnx.opset-missing",
           concat(describe(node), ": the model imports no opset of domain '",
                  node.domain.empty() ? "ai.onnx" : printable(node.domain), "'"),
           path);
    return;
  }
  if (const Function* function = function_of(node)) {
    if (node.inputs.size() > function->inputs.size() || node.outputs.size() > function->outputs.size()) {
      report("onnx.operator-arity", concat(describe(node), " has more inputs or outputs than the function it calls"),
             path);
    }
    return;
  }
  if (!node.domain.empty()) {
    if (!is_known_domain(node.domain)) {
      report("onnx.unknown-domain",
             concat(describe(node), ": no engine knows operators of domain '", printable(node.domain),
                    "'; export the model with operators of ONNX"),
             path);
    }
    return;
  }
  const OperatorForm* form = find_operator(node.op, opset->version);
  if (!form || form->deprecated) {
    const char* why = !is_operator(node.op) ? " is no operator of ONNX"
                      : form                ? " is no longer there in opset "
                                            : " is not there yet in opset ";
    report("onnx.unknown-operator",
           concat(describe(node), why, is_operator(node.op) ? concat(opset->version) : std::string()), path);
    return;
  }
  const auto arity = [&](const char* what, std::size_t count, std::size_t least, std::size_t most) {
    if (count >= least && count <= most) return;
    report("onnx.operator-arity",
           concat(describe(node), " has ", count, ' ', what, "; expected ",
                  count < least ? concat("at least ", least) : concat("at most ", most)),
           path);
  };
  arity("inputs", node.inputs.size(), form->min_inputs, form->max_inputs);
  // Operators that end with any number of inputs may leave out those before.
  const bool may_leave_out = form->max_inputs == OperatorForm::kAny;
  for (std::size_t i = 0; i < std::min(form->min_inputs, node.inputs.size()) && !may_leave_out; ++i) {
    if (node.inputs[i].empty())
      report("onnx.operator-arity", concat(describe(node), " leaves out input ", i, ", which it needs"), path);
  }
  arity("outputs", node.outputs.size(), form->min_outputs, form->max_outputs);
  if (node.op == "BatchNormalization" && node.outputs.size() > 1 && node.outputs.size() < form->max_outputs) {
    report("onnx.operator-arity",
           concat(describe(node), " has ", node.outputs.size(), " outputs; expected 1 or ", form->max_outputs), path);
  }
  const auto named = [&](const char* what, const std::vector<std::string>& names, std::size_t count) {
    for (std::size_t i = 0; i < std::min(names.size(), count); ++i) {
      if (!names[i].empty()) continue;
      report("onnx.operator-arity", concat(describe(node), " leaves out its ", what, ' ', i, ", which has to be there"),
             path);
    }
  };
  named("input", node.inputs, named_inputs(*form));
  named("output", node.outputs, named_outputs(*form));
  attributes(node, *form, path, inside);
}

void Checker::attributes(const Node& node, const OperatorForm& form, const Path& path, const Function* inside) {
  std::set<std::string_view> seen;
  for (const Attribute& attribute : node.attributes) {
    const auto complain = [&](std::string what) {
      report("onnx.attribute", concat(describe(node), ": attribute '", printable(attribute.name), "' ", what), path);
    };
    if (attribute.name.empty()) complain("has no name");
    if (!seen.insert(attribute.name).second) complain("is there twice");
    const auto* expected = form.find(attribute.name);
    // A note of whoever made the file, or an operator whose definition leaves its attributes open.
    if (!expected && (attribute.name.starts_with("__") || node.op == "LayerNormalization")) continue;
    if (!expected) {
      complain("is not one of this operator");
      continue;
    }
    if (attribute.form.without_type && model_.ir_version > 1) complain("does not say its type");
    if (!attribute.reference.empty() && !inside) complain("refers to an attribute of a function, outside any");
    if (expected->type != attribute.type) {
      complain(concat("is of type ", type_name(attribute.type), "; expected ", type_name(expected->type)));
    } else if (attribute.reference.empty() &&
               ((attribute.type == AttributeType::kTensor && attribute.tensors.size() != 1) ||
                (attribute.type == AttributeType::kGraph && attribute.graphs.size() != 1))) {
      complain("has no value");
    }
  }
  for (const auto& expected : form.attributes) {
    if (expected.required && !seen.count(expected.name)) {
      report("onnx.attribute", concat(describe(node), " lacks its attribute '", expected.name, "'"), path);
    }
  }
}

}  // namespace zooport::onnx
