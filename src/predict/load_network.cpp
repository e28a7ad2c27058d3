#include "zooport/predict/load_network.hpp"

#include <algorithm>

namespace zooport::predict {
namespace {

// What is smaller may be a shape, which engines want to know when they load a network.
constexpr std::size_t kLeastBytes = 64 << 10;

// Where elements stand at addresses that they may be read from.
Bytes aligned(const Bytes& bytes, std::size_t element) {
  if (reinterpret_cast<std::uintptr_t>(bytes.data()) % element == 0) return bytes;
  return Bytes(std::vector<std::byte>(bytes.data(), bytes.data() + bytes.size()));
}

onnx::ValueInfo input_of(const onnx::Tensor& constant) {
  onnx::ValueInfo input;
  input.name = constant.name;
  input.type.element = constant.type;
  input.type.shape.emplace(constant.dims.size());
  for (std::size_t i = 0; i < constant.dims.size(); ++i) (*input.type.shape)[i].value = constant.dims[i];
  return input;
}

// Engines do not copy an input into an output of its name.
bool is_output(const onnx::Graph& graph, const std::string& name) {
  return std::any_of(graph.outputs.begin(), graph.outputs.end(),
                     [&](const onnx::ValueInfo& output) { return output.name == name; });
}

// Takes large constants out of the network.
std::vector<engine::FixedInput> take_constants(onnx::Graph& graph) {
  std::vector<engine::FixedInput> taken;
  std::vector<onnx::Tensor> kept;
  for (onnx::Tensor& constant : graph.initializers) {
    const auto dtype = onnx::dtype_of(constant.type);
    const std::int64_t count = tensor::element_count(constant.dims);
    if (!dtype || constant.raw.size() < kLeastBytes || count < 0 ||
        static_cast<std::uint64_t>(count) != constant.raw.size() / tensor::size_of(*dtype) ||
        is_output(graph, constant.name)) {
      kept.push_back(std::move(constant));
      continue;
    }
    const auto is_it = [&](const onnx::ValueInfo& input) { return input.name == constant.name; };
    std::erase_if(graph.inputs, is_it);
    graph.inputs.push_back(input_of(constant));
    taken.push_back({constant.name, *dtype, constant.dims, aligned(constant.raw, tensor::size_of(*dtype))});
  }
  graph.initializers = std::move(kept);
  return taken;
}

}  // namespace

Result<std::unique_ptr<engine::Session>> load_network(const onnx::Model& network, engine::Engine& engine,
                                                      const engine::SessionOptions& options, const Context& context,
                                                      std::uint64_t most_message) {
  const std::uint64_t size = onnx::written_size(network);
  const auto load_whole = [&]() -> Result<std::unique_ptr<engine::Session>> {
    ZOOPORT_TRY_ASSIGN(const Bytes bytes, onnx::to_bytes(network));
    return engine.load(bytes, options, context);
  };
  if (size <= most_message) return load_whole();
  onnx::Model smaller = network;
  engine::SessionOptions with_constants = options;
  std::vector<engine::FixedInput> constants = take_constants(smaller.graph);
  with_constants.fixed.insert(with_constants.fixed.end(), constants.begin(), constants.end());
  ZOOPORT_TRY_ASSIGN(const Bytes bytes, onnx::to_bytes(smaller));
  auto session = engine.load(bytes, with_constants, context);
  // Some operators take weights as constants only.
  if (!session && session.error().what.id == "engine.load-failed" && size <= onnx::kMostMessageBytes)
    return load_whole();
  return session;
}

}  // namespace zooport::predict
