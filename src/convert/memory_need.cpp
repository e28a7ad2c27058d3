#include "convert/memory_need.hpp"

#include <limits>

#include "zooport/base/os/memory.hpp"
#include "zooport/base/os/process.hpp"
#include "zooport/base/saturating.hpp"
#include "zooport/base/text.hpp"
#include "zooport/onnx/info.hpp"
#include "zooport/onnx/io.hpp"
#include "zooport/onnx/shape.hpp"

namespace zooport::convert {
namespace {

constexpr std::uint64_t kMost = std::numeric_limits<std::uint64_t>::max();

// The engine on its own: its tables, and a stack and a heap for each thread.
constexpr std::uint64_t kOfEngine = std::uint64_t{96} << 20;
constexpr std::uint64_t kOfThread = std::uint64_t{9} << 20;

constexpr std::int64_t kAbout = 64;

}  // namespace

std::string lack_of_memory(const onnx::Model& first, const onnx::Model& second, const std::vector<TrialInput>& inputs,
                           const engine::Engine& engine, unsigned threads) {
  onnx::InputShapes shapes;
  const std::vector<TrialSizes> sizes = sizes_to_try(inputs, kAbout);
  for (std::size_t i = 0; !sizes.empty() && i < inputs.size(); ++i) shapes[inputs[i].id] = sizes.front().shapes[i];
  const std::uint64_t values = onnx::peak_bytes(first, shapes);

  std::uint64_t writable = plus(kOfEngine + kOfThread * (threads > 0 ? threads : os::processor_count()), values);
  writable = plus(writable, values);  // each keeps what it has had
  std::uint64_t mapped = 0;
  for (const onnx::Model* graph : {&first, &second}) {
    const std::uint64_t message = onnx::written_size(*graph);
    if (message <= kMostCopiedMessage) {
      writable = plus(writable, 2 * message);
    } else if (engine.is_isolated()) {
      writable = plus(writable, message);  // its process has a copy
    } else {
      mapped = std::max(mapped, message);
    }
  }
  const os::FreeMemory free = os::free_memory();
  const std::uint64_t total = plus(writable, mapped);
  const auto sentence = [](std::uint64_t needed, std::uint64_t there) {
    return concat("to run both takes ", needed == kMost ? "more" : size_text(needed), " of memory at least, and ",
                  size_text(there), " is free");
  };
  // Another process has limits of its own, and says what it lacks.
  if (!engine.is_isolated() && writable > free.writable) return sentence(writable, free.writable);
  if (total > free.total) return sentence(total, free.total);
  return {};
}

}  // namespace zooport::convert
