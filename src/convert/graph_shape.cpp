#include "convert/graph_axes.hpp"
#include "convert/graph_output.hpp"
#include "convert/numbers.hpp"
#include "zooport/base/text.hpp"
#include "zooport/convert/graph_files.hpp"
#include "zooport/onnx/passes.hpp"

namespace zooport::convert {

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
    ZOOPORT_TRY_ASSIGN(const onnx::ValueInfo* input, find_input(model, change));
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
