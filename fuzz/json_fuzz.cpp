#include <cstdint>
#include <cstdlib>
#include <string>

#include "zooport/doc/json.hpp"
#include "zooport/doc/json_writer.hpp"

// What is read is written so that it can be read again.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto document =
      zooport::doc::read_json(std::string(reinterpret_cast<const char*>(data), size), {.nodes = 20'000});
  if (!document.ok()) return 0;
  zooport::doc::JsonWriter out;
  out.node(document->root());
  if (!zooport::doc::read_json(out.text()).ok()) std::abort();
  return 0;
}
