#include <algorithm>

#include "convert/graph_axes.hpp"
#include "convert/graph_inputs.hpp"
#include "convert/numbers.hpp"
#include "zooport/base/text.hpp"
#include "zooport/convert/graph_files.hpp"
#include "zooport/onnx/passes.hpp"
#include "zooport/tensor/axes.hpp"

namespace zooport::convert {
namespace {

// Large enough that edges cost little; smaller ones for graphs that take no other.
constexpr std::int64_t kOpenSizes[] = {512, 256, 1024, 224, 128, 64, 1};

std::vector<GraphAtSize::Value> values_of(const onnx::Graph& graph, const onnx::InferredValues& inferred) {
  std::vector<GraphAtSize::Value> values;
  for (const onnx::Node& node : graph.nodes) {
    for (const std::string& name : node.outputs) {
      if (name.empty()) continue;
      GraphAtSize::Value value{name, {}, {}};
      if (const auto found = inferred.find(name); found != inferred.end()) {
        if (found->second.element != onnx::ElementType::kUndefined) value.dtype = onnx::name_of(found->second.element);
        value.shape = found->second.shape;
      }
      values.push_back(std::move(value));
    }
  }
  return values;
}

std::int64_t pixels_of(const onnx::Model& model, const onnx::InputShapes& shapes, const std::vector<int>& space) {
  const auto inputs = model.graph.required_inputs();
  if (inputs.empty() || space.empty()) return 0;
  const auto shape = shapes.find(inputs.front()->name);
  if (shape == shapes.end()) return 0;
  tensor::Shape extents;
  for (const int axis : space)
    if (axis < static_cast<int>(shape->second.size())) extents.push_back(shape->second[static_cast<std::size_t>(axis)]);
  return std::max<std::int64_t>(0, tensor::element_count(extents));
}

std::vector<int> space_in(std::string_view letters) {
  std::vector<int> space;
  for (std::size_t i = 0; i < letters.size(); ++i)
    if (std::string_view("zyx").find(letters[i]) != std::string_view::npos) space.push_back(static_cast<int>(i));
  return space;
}

// As the caller says.
Result<std::vector<int>> named_space(const onnx::Model& model, const std::string& letters) {
  const auto inputs = model.graph.required_inputs();
  const tensor::Axes axes = tensor::axes_from_letters(letters);
  const auto refuse = [&](auto... why) { return make_error(ErrorKind::kUsage, "convert.input-axes", concat(why...)); };
  for (const tensor::Axis& axis : axes)
    if (std::count(axes.begin(), axes.end(), axis) > 1)
      return refuse("the axis ", axis.id, " stands twice in ", letters);
  if (axes.empty()) return refuse("expected a letter for each axis, of b t i c z y x; found ", printable(letters));
  if (inputs.empty()) return refuse("the graph has no input whose axes ", letters, " could be");
  if (const auto& shape = inputs.front()->type.shape; shape && shape->size() != axes.size())
    return refuse(printable(inputs.front()->name), " has ", shape->size(), " axes, and ", letters, " names ",
                  axes.size());
  return space_in(letters);
}

// As the graph says, by what it does with them, or else by their names and sizes.
std::vector<int> found_space(const onnx::Model& model, const onnx::InferredValues& values) {
  std::vector<int> space = onnx::space_axes_of(model, values);
  if (!space.empty()) return space;
  const auto inputs = graph_inputs(model);
  if (inputs.ok() && !inputs->empty() && inputs->front().has_rank) {
    std::string letters;
    for (const TrialAxis& axis : inputs->front().input.axes) letters += axis.letter;
    return space_in(letters);
  }
  return {};
}

// What ONNX Runtime takes was measured (docs/benchmarks.md): the arena gets larger than what it holds, and with a plan
// for the sizes of the first run a second one beside it; weights are held as they are read and as they are used.
void guess_engine(GraphAtSize& at_size, std::uint64_t weights) {
  if (!at_size.costs.unknown.empty()) return;
  constexpr std::uint64_t kMost = std::uint64_t{1} << 60;
  const std::uint64_t alive = std::min(at_size.costs.peak_bytes, kMost);
  const std::uint64_t always = (18u << 20) + std::min(weights, kMost) / 2 * 5;
  at_size.engine_bytes = always + alive / 10 * 22;
  at_size.engine_bytes_again = always + alive / 10 * 36;
}

}  // namespace

Result<GraphReport> inspect_graph(const std::string& path, const InspectOptions& options, const Context& context) {
  GraphReport report;
  report.source = path;
  ZOOPORT_TRY_ASSIGN(onnx::Model model, read_graph(path, context));
  report.graph = onnx::info_of(model);
  // What functions hold counts as well.
  ZOOPORT_TRY(onnx::inline_functions(model, context.limits));
  if (!options.axes.empty()) {
    ZOOPORT_TRY_ASSIGN(report.space, named_space(model, options.axes));
  }

  GraphAtSize& at_size = report.at_size.emplace();
  std::optional<Error> refused;
  for (const std::int64_t open : kOpenSizes) {
    at_size.inputs = onnx::declared_shapes(model, open);
    for (const AxisChange& change : options.sizes) {
      ZOOPORT_TRY_ASSIGN(const onnx::ValueInfo* input, find_input(model, change));
      tensor::Shape& shape = at_size.inputs[input->name];
      shape.resize(change.axes.size(), open);
      for (std::size_t i = 0; i < change.axes.size(); ++i)
        if (const auto number = number_in(change.axes[i])) shape[i] = *number;
    }
    const Result<onnx::InferredValues> values = onnx::infer_shapes(model, at_size.inputs);
    if (!values) {
      if (!refused) refused = values.error();
      continue;
    }
    refused.reset();
    if (report.space.empty()) report.space = found_space(model, *values);
    at_size.costs = onnx::costs_of(model, *values);
    at_size.pixels = pixels_of(model, at_size.inputs, report.space);
    guess_engine(at_size, report.graph.constant_bytes);
    if (!options.sizes.empty()) at_size.values = values_of(model.graph, *values);
    break;
  }
  if (refused && !options.sizes.empty()) return *refused;
  if (refused) at_size.reason = refused->what.message;
  if (!report.space.empty()) report.geometry = onnx::geometry_of(model, report.space);
  return report;
}

}  // namespace zooport::convert
