#include <cstddef>
#include <cstdint>
#include <string>

#include "czann/saved_model.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto info = zooport::czann::read_saved_model(
      zooport::Bytes(std::string(reinterpret_cast<const char*>(data), size)), zooport::Limits{.graph_nodes = 1000});
  return info && info->operators.size() > size ? 1 : 0;
}
