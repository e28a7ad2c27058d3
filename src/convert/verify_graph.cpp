#include "zooport/convert/verify_graph.hpp"

#include <algorithm>
#include <random>

#include "zooport/base/text.hpp"
#include "zooport/onnx/io.hpp"

namespace zooport::convert {
namespace {

constexpr std::int64_t kOpenSizes[] = {64, 128, 256};
constexpr std::int64_t kMostElements = 1 << 26;

// Axes that stand for a batch or channels get 1: nothing else is safe to guess for them.
onnx::InputShapes sizes(const onnx::Model& model, std::int64_t open) {
  onnx::InputShapes shapes = onnx::declared_shapes(model, open);
  for (const onnx::ValueInfo* input : model.graph.required_inputs()) {
    const auto found = shapes.find(input->name);
    if (found == shapes.end() || found->second.empty() || !input->type.shape || input->type.shape->empty()) continue;
    if (!input->type.shape->front().value) found->second.front() = 1;
  }
  return shapes;
}

tensor::Array random_array(tensor::Dtype dtype, const tensor::Shape& shape, std::mt19937_64& numbers) {
  tensor::Array values(tensor::Dtype::kFloat32, shape);
  const bool is_floating = tensor::is_floating(dtype);
  for (float& value : values.as<float>()) {
    // The top bits by hand: what a standard distribution gives differs between libraries.
    const float unit = static_cast<float>(numbers() >> 40) / static_cast<float>(1 << 24);
    value = is_floating ? unit : static_cast<float>(static_cast<int>(unit * 8));
  }
  return dtype == tensor::Dtype::kFloat32 ? std::move(values) : tensor::Array::converted(values.view(), dtype);
}

Result<std::vector<tensor::Array>> random_inputs(const onnx::Model& model, const onnx::InputShapes& shapes,
                                                 std::uint64_t seed) {
  std::mt19937_64 numbers(seed);
  std::vector<tensor::Array> inputs;
  for (const onnx::ValueInfo* input : model.graph.required_inputs()) {
    const auto dtype = onnx::dtype_of(input->type.element);
    const auto shape = shapes.find(input->name);
    if (!dtype || shape == shapes.end())
      return make_error(ErrorKind::kUnsupported, "convert.no-random-input",
                        concat("input ", printable(input->name), " is no dense numeric tensor of known rank"));
    const std::int64_t count = tensor::element_count(shape->second);
    if (count < 0 || count > kMostElements)
      return make_error(ErrorKind::kUnsupported, "convert.no-random-input",
                        concat("input ", printable(input->name), " is too large to try: ", shape_text(shape->second)));
    inputs.push_back(random_array(*dtype, shape->second, numbers));
  }
  return inputs;
}

struct Runs {
  engine::Engine& engine;
  const Context& context;

  Result<std::vector<tensor::Array>> operator()(const onnx::Model& model,
                                                const std::vector<tensor::Array>& inputs) const {
    ZOOPORT_TRY_ASSIGN(const Bytes bytes, onnx::to_bytes(model));
    engine::SessionOptions options;
    options.threads = context.threads;
    ZOOPORT_TRY_ASSIGN(const auto session, engine.load(bytes, options, context));
    std::vector<tensor::View> views;
    for (const tensor::Array& input : inputs) views.push_back(input.view());
    return session->run(views, context);
  }
};

}  // namespace

bool GraphVerification::passed() const {
  return has_run && std::all_of(outputs.begin(), outputs.end(), [](const auto& output) { return output.passed; });
}

double GraphVerification::max_abs() const {
  double most = 0;
  for (const predict::Comparison& output : outputs) most = std::max(most, output.max_abs);
  return most;
}

Result<GraphVerification> verify_graph(const onnx::Model& before, const onnx::Model& after, engine::Engine& engine,
                                       std::uint64_t seed, const Context& context) {
  GraphVerification verification;
  const Runs run{engine, context};
  for (const std::int64_t open : kOpenSizes) {
    verification.shapes = sizes(before, open);
    const Result<std::vector<tensor::Array>> inputs = random_inputs(before, verification.shapes, seed);
    if (!inputs) {
      verification.reason = inputs.error().what.message;
      return verification;
    }
    const Result<std::vector<tensor::Array>> expected = run(before, *inputs);
    if (!expected) {
      if (expected.error().kind == ErrorKind::kCancelled) return expected.error();
      verification.reason = concat("the graph as it was does not run: ", expected.error().what.message);
      continue;
    }
    const Result<std::vector<tensor::Array>> found = run(after, *inputs);
    if (!found) {
      if (found.error().kind == ErrorKind::kCancelled) return found.error();
      verification.has_run = true;
      verification.reason = concat("the new graph does not run: ", found.error().what.message);
      predict::Comparison nothing;
      nothing.id = before.graph.outputs.empty() ? "" : before.graph.outputs.front().name;
      nothing.reason = verification.reason;
      verification.outputs = {nothing};
      return verification;
    }
    verification.has_run = true;
    verification.reason.clear();
    for (std::size_t i = 0; i < expected->size() && i < found->size(); ++i) {
      const std::string id = i < before.graph.outputs.size() ? before.graph.outputs[i].name : std::to_string(i);
      verification.outputs.push_back(predict::compare(id, (*expected)[i].view(), (*found)[i].view(), {}));
      if (!verification.outputs.back().passed && verification.reason.empty())
        verification.reason = verification.outputs.back().reason;
    }
    return verification;
  }
  return verification;
}

}  // namespace zooport::convert
