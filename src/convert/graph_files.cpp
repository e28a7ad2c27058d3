#include "zooport/convert/graph_files.hpp"

#include <algorithm>

#include "convert/graph_output.hpp"
#include "convert/numbers.hpp"
#include "zooport/base/os/file.hpp"
#include "zooport/base/text.hpp"
#include "zooport/onnx/io.hpp"
#include "zooport/onnx/passes.hpp"

namespace zooport::convert {
namespace {

const onnx::ValueInfo* find_input(const onnx::Model& model, const std::string& name) {
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

Result<onnx::Model> read_graph(const std::string& path, const Context& context) {
  ZOOPORT_TRY_ASSIGN(const Bytes bytes, os::read_file(path, context.limits.model_bytes));
  const std::string folder = os::parent_path(path);
  return onnx::read_model(bytes,
                          {.limits = context.limits,
                           .external = onnx::folder_external_files(folder.empty() ? "." : folder, context.limits)});
}

Result<GraphReport> inspect_graph(const std::string& path, const Context& context) {
  GraphReport report;
  report.source = path;
  ZOOPORT_TRY_ASSIGN(const onnx::Model model, read_graph(path, context));
  report.graph = onnx::info_of(model);
  return report;
}

Result<GraphReport> change_graph_opset(const std::string& path, const std::string& dest, std::int64_t opset,
                                       const GraphChangeOptions& options, std::shared_ptr<engine::Engine> engine,
                                       const Context& context) {
  GraphReport report;
  report.source = path;
  ZOOPORT_TRY(expect_free(dest, options.if_present));
  ZOOPORT_TRY_ASSIGN(const onnx::Model before, read_graph(path, context));
  onnx::check_model(before, report.findings);
  report.is_broken = report.findings.has_errors();
  if (report.is_broken) return report;
  onnx::Model after = before;
  Result<std::vector<std::string>> steps = onnx::change_opset(after, {.target = opset}, report.findings);
  if (!steps) {
    if (!report.findings.has_errors()) return std::move(steps).error();
    return report;
  }
  report.steps = std::move(*steps);
  report.graph = onnx::info_of(after);
  if (engine) {
    ZOOPORT_TRY_ASSIGN(report.verification, verify_graph(before, after, *engine, options.seed, context));
    if (report.verification.has_run && !report.verification.passed()) return report;
  } else {
    report.verification.reason = "no engine was found";
  }
  ZOOPORT_TRY(write_graph(after, dest, options.if_present, report));
  return report;
}

Result<AxisChange> parse_axis_change(const std::string& text) {
  AxisChange change;
  std::string_view rest = text;
  if (const std::size_t equals = rest.rfind('='); equals != std::string_view::npos) {
    change.input = rest.substr(0, equals);
    rest.remove_prefix(equals + 1);
  }
  while (true) {
    const std::size_t comma = rest.find(',');
    const std::string_view axis = rest.substr(0, comma);
    const auto number = number_in(axis);
    if (axis.empty() || (number && *number < 1))
      return make_error(ErrorKind::kUsage, "convert.input-shape",
                        concat("expected [INPUT=]SIZE,SIZE,… with numbers above 0 or names, found ", printable(text)));
    change.axes.emplace_back(axis);
    if (comma == std::string_view::npos) return change;
    rest.remove_prefix(comma + 1);
  }
}

Result<GraphReport> change_graph_shape(const std::string& path, const std::string& dest,
                                       const std::vector<AxisChange>& changes, const GraphChangeOptions& options,
                                       const Context& context) {
  GraphReport report;
  report.source = path;
  ZOOPORT_TRY(expect_free(dest, options.if_present));
  ZOOPORT_TRY_ASSIGN(onnx::Model model, read_graph(path, context));
  onnx::InputShapes fixed;
  std::vector<onnx::OpenAxes> open;
  for (const AxisChange& change : changes) {
    const onnx::ValueInfo* input = find_input(model, change.input);
    if (!input) return no_such_input(model, change.input);
    if (input->type.shape && input->type.shape->size() != change.axes.size())
      return make_error(ErrorKind::kUsage, "convert.input-shape",
                        concat(printable(input->name), " has ", input->type.shape->size(), " axes, and ",
                               change.axes.size(), " were given"));
    onnx::OpenAxes names{input->name, {}};
    tensor::Shape shape;
    for (std::size_t i = 0; i < change.axes.size(); ++i) {
      const auto number = number_in(change.axes[i]);
      names.names.push_back(number ? "" : change.axes[i]);
      if (number) shape.push_back(*number);
    }
    if (shape.size() == change.axes.size()) {
      fixed[input->name] = shape;
      report.steps.push_back(concat("fix ", printable(input->name), " to ", shape_text(shape)));
      continue;
    }
    for (std::size_t i = 0; i < change.axes.size() && input->type.shape && i < input->type.shape->size(); ++i) {
      const auto number = number_in(change.axes[i]);
      if (number && (*input->type.shape)[i].value != number)
        return make_error(ErrorKind::kUsage, "convert.input-shape",
                          concat("axis ", i, " of ", printable(input->name), " is not ", *number,
                                 ": give names alone to open axes, or numbers alone to fix all of them"));
    }
    report.steps.push_back(concat("open axes of ", printable(input->name), ": ", printable(join(change.axes, ", "))));
    open.push_back(std::move(names));
  }
  if (!open.empty()) ZOOPORT_TRY(onnx::make_symbolic(model, open));
  if (!fixed.empty()) ZOOPORT_TRY(onnx::make_fixed(model, fixed));
  report.graph = onnx::info_of(model);
  ZOOPORT_TRY(write_graph(model, dest, options.if_present, report));
  return report;
}

}  // namespace zooport::convert
