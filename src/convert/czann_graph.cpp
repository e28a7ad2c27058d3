#include "convert/czann_graph.hpp"

#include <algorithm>

#include "zooport/base/text.hpp"
#include "zooport/onnx/builder.hpp"
#include "zooport/onnx/passes.hpp"
#include "zooport/onnx/shape.hpp"
#include "zooport/process/emitter.hpp"

namespace zooport::convert {
namespace {

// What is emitted wants at least that.
constexpr std::int64_t kOldestOpset = 11;

// All axes of the input for that tile: batch 1, the channels that are described or declared.
Result<tensor::Shape> input_shape(const onnx::ValueInfo& input, const GraphRequest& request) {
  tensor::Shape shape;
  std::size_t space = 0;
  for (std::size_t i = 0; i < request.input.axes.size(); ++i) {
    const model::AxisSpec& axis = request.input.axes[i];
    if (axis.axis.kind == tensor::AxisKind::kSpace) {
      shape.push_back(request.tile.at(space++));
    } else if (axis.axis.kind == tensor::AxisKind::kBatch) {
      shape.push_back(1);
    } else {
      const auto* sizes = std::get_if<model::ParametrizedSize>(&axis.size);
      const auto& declared = input.type.shape;
      if (declared && i < declared->size() && (*declared)[i].value) {
        shape.push_back(*(*declared)[i].value);
      } else if (sizes) {
        shape.push_back(sizes->min);
      } else {
        return make_error(ErrorKind::kUnsupported, "convert.axes",
                          concat("the number of channels of ", printable(request.input.id), " is not known"));
      }
    }
  }
  return shape;
}

Result<void> prepend_processing(onnx::Builder& build, const std::string& input, const GraphRequest& request,
                                std::vector<std::string>& steps) {
  ZOOPORT_TRY_ASSIGN(std::string value, build.open_input(input));
  if (request.colours == GraphRequest::Colours::kReversed) {
    const int channel = request.input.find_axis("channel");
    value = build.gather(value, {2, 1, 0}, channel);
    steps.push_back("insert a swap of the colours: ZEN delivers blue, green, red");
  }
  if (request.pixels == GraphRequest::Pixels::kMultiply) {
    value = build.add("Mul", {value, build.scalar(static_cast<float>(request.pixel_maximum))});
    steps.push_back(
        concat("insert scale_linear(gain=", request.pixel_maximum, "): ZEN delivers pixels between 0 and 1"));
  } else if (request.pixels == GraphRequest::Pixels::kDivide) {
    value = build.add("Div", {value, build.scalar(static_cast<float>(request.pixel_maximum))});
    steps.push_back(concat("insert a division by ", request.pixel_maximum, ": ZEN delivers pixels as they are"));
  }
  process::Emitter emitter(build, {value, request.input.tensor_axes(), tensor::Dtype::kFloat32});
  for (const process::OperationPtr& operation : request.input.processing) {
    ZOOPORT_TRY(operation->emit(emitter, request.statistics));
    steps.push_back(concat("insert ", operation->describe(),
                           operation->measures().empty() ? ""
                           : request.statistics          ? " with frozen statistics"
                                                         : " per tile"));
  }
  build.close_input(input, emitter.as_float());
  return {};
}

Result<void> append_processing(onnx::Builder& build, const std::string& output, const GraphRequest& request,
                               std::vector<std::string>& steps) {
  ZOOPORT_TRY_ASSIGN(std::string value, build.open_output(output));
  process::Emitter emitter(build, {value, request.output.tensor_axes(), tensor::Dtype::kFloat32});
  for (const process::OperationPtr& operation : request.output.processing) {
    ZOOPORT_TRY(operation->emit(emitter, nullptr));
    steps.push_back(concat("append ", operation->describe()));
  }
  value = emitter.as_float();
  if (request.classes == GraphRequest::Classes::kBackgroundAndForeground) {
    value = build.concat({build.add("Sub", {build.scalar(1.0f), value}), value}, request.output.find_axis("channel"));
    steps.push_back("append a background channel, 1 - foreground");
  }
  build.close_output(output, value);
  return {};
}

}  // namespace

Result<std::vector<int>> zen_permutation(const model::TensorSpec& spec) {
  std::vector<std::string> wanted{"batch"};
  if (spec.find_axis("z") >= 0) wanted.push_back("z");
  for (const char* axis : {"y", "x", "channel"}) wanted.push_back(axis);
  std::vector<int> permutation;
  for (const std::string& axis : wanted) {
    const int at = spec.find_axis(axis);
    if (at < 0)
      return make_error(ErrorKind::kUnsupported, "convert.axes",
                        concat("a CZANN has the axes batch, y, x and channel; ", printable(spec.id), " lacks ", axis));
    permutation.push_back(at);
  }
  if (permutation.size() != spec.axes.size())
    return make_error(ErrorKind::kUnsupported, "convert.axes",
                      concat("a CZANN has the axes batch, z, y, x and channel; ", printable(spec.id), " has others (",
                             tensor::letters_of(spec.tensor_axes()), ")"));
  return permutation;
}

Result<void> fix_tile(onnx::Model& network, const GraphRequest& request, std::vector<std::string>& steps) {
  const onnx::ValueInfo& input = *network.graph.required_inputs().at(0);
  if (!input.type.shape || input.type.shape->size() != request.input.axes.size())
    return make_error(ErrorKind::kInvalid, "convert.axes",
                      "the network has another number of axes than the model describes");
  ZOOPORT_TRY_ASSIGN(const tensor::Shape shape, input_shape(input, request));
  onnx::OpenAxes open{input.name, std::vector<std::string>(shape.size())};
  bool needs_opening = false;
  for (std::size_t i = 0; i < shape.size(); ++i) {
    const auto& declared = (*input.type.shape)[i].value;
    if (!declared || *declared == shape[i]) continue;
    if (request.input.axes[i].axis.kind != tensor::AxisKind::kSpace)
      return make_error(ErrorKind::kUnsupported, "convert.axes",
                        concat("the network is built for ", *declared, " along ", request.input.axes[i].axis.id));
    open.names[i] = request.input.axes[i].axis.id;
    needs_opening = true;
  }
  if (needs_opening) {
    ZOOPORT_TRY(onnx::make_symbolic(network, {open}));
    steps.push_back(concat("resize the network's input to ", shape_text(shape)));
  }
  return onnx::make_fixed(network, {{input.name, shape}});
}

Result<void> make_czann_graph(onnx::Model& network, const GraphRequest& request, const GraphCeiling& ceiling,
                              std::vector<std::string>& steps, Diagnostics& findings) {
  ZOOPORT_TRY_ASSIGN(const std::vector<int> input_permutation, zen_permutation(request.input));
  ZOOPORT_TRY_ASSIGN(const std::vector<int> output_permutation, zen_permutation(request.output));
  // A graph below the ceiling may stay: ZEN's own files are opset 11.
  const bool is_within = network.opset() <= ceiling.opset && network.ir_version <= ceiling.ir_version;
  if (!is_within || network.opset() < kOldestOpset) {
    const std::int64_t opset = std::clamp(network.opset(), std::min<std::int64_t>(12, ceiling.opset), ceiling.opset);
    steps.push_back(concat("change opset ", network.opset(), " to ", opset));
    ZOOPORT_TRY_ASSIGN(const std::vector<std::string> done, onnx::change_opset(network, {opset}, findings));
    for (const std::string& step : done) steps.push_back(step);
  }
  ZOOPORT_TRY(fix_tile(network, request, steps));
  const std::string input = network.graph.required_inputs().at(0)->name;
  const std::string output = network.graph.outputs.at(0).name;
  {
    onnx::Builder build(network);
    ZOOPORT_TRY(prepend_processing(build, input, request, steps));
    ZOOPORT_TRY(append_processing(build, output, request, steps));
  }
  for (onnx::ValueInfo& value : network.graph.inputs)
    if (value.name == input) value.type.element = onnx::ElementType::kFloat;
  onnx::ValueInfo& result = network.graph.outputs.at(0);
  result.type.element = onnx::ElementType::kFloat;
  if (request.classes == GraphRequest::Classes::kBackgroundAndForeground && result.type.shape)
    (*result.type.shape)[static_cast<std::size_t>(request.output.find_axis("channel"))].value = 2;
  const std::vector<int> identity = [&] {
    std::vector<int> order(input_permutation.size());
    for (std::size_t i = 0; i < order.size(); ++i) order[i] = static_cast<int>(i);
    return order;
  }();
  if (input_permutation != identity || output_permutation != identity) {
    ZOOPORT_TRY(onnx::wrap_layout(network, {{input, input_permutation}}, {{output, output_permutation}}));
    steps.push_back(concat("turn the axes from ", tensor::letters_of(request.input.tensor_axes()), " to ",
                           input_permutation.size() == 5 ? "bzyxc" : "byxc"));
    ZOOPORT_TRY_ASSIGN(const std::vector<std::string> absorbed, onnx::absorb_transposes(network));
    steps.insert(steps.end(), absorbed.begin(), absorbed.end());
  }
  return {};
}

}  // namespace zooport::convert
