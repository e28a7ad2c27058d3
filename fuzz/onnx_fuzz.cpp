#include <cstdlib>

#include "zooport/onnx/info.hpp"
#include "zooport/onnx/io.hpp"
#include "zooport/onnx/passes.hpp"

// Reads, checks, writes and reads again; what is sound is said in another opset, and must be sound there, too.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace zooport;
  onnx::ReadOptions options;
  options.limits.nodes = 20'000;
  options.limits.graph_nodes = 5'000;
  options.external = [](const std::string&) -> Result<Bytes> { return Bytes(std::string(64, 'w')); };
  const Bytes file(std::string(reinterpret_cast<const char*>(data), size));
  auto model = onnx::read_model(file, options);
  if (!model) return 0;
  const auto written = onnx::to_bytes(*model);
  if (!written || written->size() != onnx::written_size(*model)) std::abort();
  const auto again = onnx::read_model(*written, options);
  if (!again || onnx::to_bytes(*again)->text() != written->text()) std::abort();
  onnx::info_of(*model);
  Diagnostics diagnostics;
  onnx::check_model(*model, diagnostics);
  for (const std::int64_t target : {12, 18}) {
    onnx::Model changed = *model;
    Diagnostics refused;
    if (onnx::change_opset(changed, {.target = target, .limits = options.limits}, refused) && changed.opset() != target)
      std::abort();
  }
  if (onnx::inline_functions(*model, options.limits) && !onnx::to_bytes(*model)) std::abort();
  return 0;
}
