#include <cstdint>
#include <string>

#include "zooport/doc/json_writer.hpp"
#include "zooport/doc/yaml.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto document =
      zooport::doc::read_yaml(std::string(reinterpret_cast<const char*>(data), size), {.nodes = 20'000});
  if (document.ok()) {
    zooport::doc::JsonWriter out;
    out.node(document->root());
  }
  return 0;
}
