#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "zooport/base/result.hpp"
#include "zooport/engine/engine.hpp"

// What the two processes tell each other. A message is its kind, the size of its head, and the head; tensors and models
// follow behind it with the sizes that the head says. Decoders take any bytes: the other side is not trusted.
namespace zooport::engine::isolated {

// kStarted, with kGreeting, says that zooport runs there and will open the engine now; kHello that it has.
enum class Kind : std::uint8_t { kHello = 1, kLoad, kLoaded, kRun, kRan, kError, kStarted };
inline constexpr std::string_view kGreeting = "zooport";

struct Hello {
  std::string name;
  std::string version;
  std::string path;
  std::vector<std::string> providers;
};
struct Load {
  SessionOptions options;    // without the deadline; of fixed inputs their names, types and shapes
  std::uint64_t memory = 0;  // that the process may have; 0: as much as there is
  std::uint64_t model_bytes = 0;
};
struct Loaded {
  std::vector<Port> inputs;
  std::vector<Port> outputs;
  std::string provider;
};
struct Tensors {
  struct Head {
    tensor::Dtype dtype = tensor::Dtype::kFloat32;
    tensor::Shape shape;
  };
  std::vector<Head> heads;
};

std::string encode(const Hello& hello);
std::string encode(const Load& load);
std::string encode(const Loaded& loaded);
std::string encode(const Tensors& tensors);
std::string encode(const Error& error);

// None: that is no such head, or it has bytes too many.
std::optional<Hello> decode_hello(std::string_view head);
std::optional<Load> decode_load(std::string_view head);
std::optional<Loaded> decode_loaded(std::string_view head);
std::optional<Tensors> decode_tensors(std::string_view head);  // shapes have a size that fits 63 bits
std::optional<Error> decode_error(std::string_view head);

// A head of more is refused before memory is taken for it.
constexpr std::uint32_t kMostHeadBytes = 4u << 20;

}  // namespace zooport::engine::isolated
