#include "convert/zen_kit/content.hpp"
#include "zooport/onnx/builder.hpp"

namespace zooport::convert::zen_kit {
namespace {

constexpr std::int64_t kFrame = 8;  // less than kBorder

onnx::ValueInfo value_info(std::string name, std::int64_t channels, const NetworkForm& form) {
  onnx::ValueInfo value;
  value.name = std::move(name);
  value.type.element = onnx::ElementType::kFloat;
  std::vector<onnx::Dimension>& shape = value.type.shape.emplace();
  const auto add = [&](std::int64_t size, std::string_view symbol) {
    onnx::Dimension& dimension = shape.emplace_back();
    if (symbol.empty())
      dimension.value = size;
    else
      dimension.symbol = symbol;
  };
  const bool is_open = form.space == NetworkForm::Space::kOpen;
  add(1, form.batch == NetworkForm::Batch::kOpen ? "batch" : "");
  if (form.planes > 0) add(form.planes, "");
  add(kTile, is_open ? "height" : "");
  add(kTile, is_open ? "width" : "");
  add(channels, "");
  return value;
}

// `make` adds nodes and gives the name of the value that is the output.
template <class Make>
Network network(const NetworkForm& form, std::int64_t input_channels, std::int64_t output_channels, Formula formula,
                const Make& make) {
  Network made{{}, input_channels, output_channels, formula};
  onnx::Model& model = made.model;
  model.ir_version = form.ir_version;
  model.producer = "zooport";
  model.set_opset(form.opset);
  model.graph.name = "zen_kit";
  model.graph.inputs.push_back(value_info("input", input_channels, form));
  model.graph.outputs.push_back(value_info("output", output_channels, form));
  std::string value;
  {
    onnx::Builder build(model);
    value = make(build, static_cast<std::int64_t>(form.planes > 0 ? 4 : 3));
  }
  onnx::Node last;
  last.op = "Identity";
  last.inputs = {value};
  last.outputs = {"output"};
  model.graph.nodes.push_back(std::move(last));
  return made;
}

std::string one_minus(onnx::Builder& build, const std::string& x) { return build.add("Sub", {build.scalar(1.0f), x}); }

// 0, 1, 2 … along the rows, or along the columns.
std::string places(onnx::Builder& build, const tensor::Shape& shape, float (*value)(std::int64_t)) {
  std::vector<float> values;
  for (std::int64_t i = 0; i < kTile; ++i) values.push_back(value(i));
  return build.floats(shape, values);
}

constexpr bool is_at_edge(std::int64_t i) { return i < kFrame || i >= kTile - kFrame; }
constexpr float kNone = 0.3f;  // brightness below which no channel counts

}  // namespace

Network identity(const NetworkForm& form) {
  return network(
      form, 1, 1, [](const float* pixel, std::int64_t, std::int64_t, std::int64_t) { return *pixel; },
      [](onnx::Builder&, std::int64_t) { return std::string("input"); });
}

// The largest of one channel is that channel. Its axes are an attribute before opset 18 and an input from there on.
Network inverted(const NetworkForm& form) {
  return network(
      form, 1, 1, [](const float* pixel, std::int64_t, std::int64_t, std::int64_t) { return 1 - *pixel; },
      [](onnx::Builder& build, std::int64_t axis) {
        return one_minus(build, build.reduce("ReduceMax", "input", {axis}));
      });
}

Network threshold(const NetworkForm& form, float level) {
  return network(
      form, 1, 2,
      [](const float* pixel, std::int64_t, std::int64_t, std::int64_t channel) {
        return (*pixel > 0.5f) == (channel == 1) ? 1.0f : 0.0f;
      },
      [level](onnx::Builder& build, std::int64_t axis) {
        const std::string is_bright = build.add("Greater", {"input", build.scalar(level)});
        const std::string bright = build.cast(is_bright, onnx::ElementType::kFloat);
        return build.concat({one_minus(build, bright), bright}, axis);
      });
}

Network probabilities(const NetworkForm& form) {
  return network(
      form, 1, 2,
      [](const float* pixel, std::int64_t, std::int64_t, std::int64_t channel) {
        return channel == 1 ? *pixel : 1 - *pixel;
      },
      [](onnx::Builder& build, std::int64_t axis) {
        return build.concat({one_minus(build, "input"), "input"}, axis);
      });
}

Network channels(const NetworkForm& form) {
  return network(
      form, 3, 4,
      [](const float* pixel, std::int64_t, std::int64_t, std::int64_t channel) {
        return channel == 0 ? kNone : pixel[channel - 1];  // in the order of what the network gives
      },
      [](onnx::Builder& build, std::int64_t axis) {
        const std::string first = build.slice("input", {0}, {1}, {axis});
        const std::string none = build.add("Add", {build.add("Mul", {first, build.scalar(0.0f)}), build.scalar(kNone)});
        const std::string scores = build.concat({none, "input"}, axis);
        return build.softmax(build.add("Mul", {scores, build.scalar(20.0f)}), axis, axis + 1);
      });
}

Network framed(const NetworkForm& form) {
  return network(
      form, 1, 1,
      [](const float* pixel, std::int64_t row, std::int64_t column, std::int64_t) {
        return is_at_edge(row) || is_at_edge(column) ? 1.0f : *pixel;
      },
      [](onnx::Builder& build, std::int64_t) {
        const auto edge = [](std::int64_t i) { return is_at_edge(i) ? 1.0f : 0.0f; };
        return build.add("Max",
                         {"input", places(build, {1, kTile, 1, 1}, edge), places(build, {1, 1, kTile, 1}, edge)});
      });
}

Network place_in_tile(const NetworkForm& form) {
  return network(
      form, 1, 1,
      [](const float*, std::int64_t row, std::int64_t column, std::int64_t) {
        return static_cast<float>(row) / 255.0f + static_cast<float>(column) / 255.0f;
      },
      [](onnx::Builder& build, std::int64_t) {
        const auto part = [](std::int64_t i) { return static_cast<float>(i) / 255.0f; };
        const std::string places_of =
            build.add("Add", {places(build, {1, kTile, 1, 1}, part), places(build, {1, 1, kTile, 1}, part)});
        return build.add("Add", {build.add("Mul", {"input", build.scalar(0.0f)}), places_of});
      });
}

}  // namespace zooport::convert::zen_kit
