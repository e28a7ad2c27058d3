#include "convert/graph_axes.hpp"

#include <algorithm>

#include "convert/numbers.hpp"
#include "zooport/base/text.hpp"

namespace zooport::convert {
namespace {

const onnx::ValueInfo* named_input(const onnx::Model& model, const std::string& name) {
  const std::vector<const onnx::ValueInfo*> inputs = model.graph.required_inputs();
  if (name.empty()) return inputs.size() == 1 ? inputs.front() : nullptr;
  const auto found = std::find_if(inputs.begin(), inputs.end(), [&](const auto* input) { return input->name == name; });
  return found == inputs.end() ? nullptr : *found;
}

Error no_such_input(const onnx::Model& model, const std::string& name) {
  std::vector<std::string> names;
  for (const onnx::ValueInfo* input : model.graph.required_inputs()) names.push_back(printable(input->name));
  return make_error(ErrorKind::kUsage, "convert.graph-input",
                    name.empty() ? concat("say which input is meant, NAME=…: the graph has ", join(names, ", "))
                                 : concat("the graph has no input ", printable(name), ", but ", join(names, ", ")));
}

}  // namespace

Result<AxisChange> parse_axis_change(const std::string& text) {
  AxisChange change;
  std::string_view rest = text;
  if (const std::size_t equals = rest.rfind('='); equals != std::string_view::npos) {
    change.input = rest.substr(0, equals);
    rest.remove_prefix(equals + 1);
    if (rest.empty()) return change;  // an input without axes
  }
  while (true) {
    const std::size_t comma = rest.find(',');
    std::string_view axis = rest.substr(0, comma);
    if (axis == "*") axis = {};
    const auto number = number_in(axis);
    const bool looks_like_a_number =
        !axis.empty() && axis.find_first_not_of("+-.0123456789eE") == std::string_view::npos;
    if (text.empty() || (number && *number < 1) || (!number && looks_like_a_number))
      return make_error(ErrorKind::kUsage, "convert.input-shape",
                        concat("expected [INPUT=]SIZE,SIZE,… with numbers above 0, names, or * for what stands there; "
                               "found ",
                               printable(text)));
    change.axes.emplace_back(axis);
    if (comma == std::string_view::npos) return change;
    rest.remove_prefix(comma + 1);
  }
}

Result<const onnx::ValueInfo*> find_input(const onnx::Model& model, const AxisChange& change) {
  const onnx::ValueInfo* input = named_input(model, change.input);
  if (!input) return no_such_input(model, change.input);
  if (input->type.shape && input->type.shape->size() != change.axes.size())
    return make_error(ErrorKind::kUsage, "convert.input-shape",
                      concat(printable(input->name), " has ", input->type.shape->size(), " axes, and ",
                             change.axes.size(), " were given"));
  return input;
}

}  // namespace zooport::convert
