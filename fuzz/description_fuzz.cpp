#include <cstdint>
#include <string>

#include "zooport/bioimageio/description.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  zooport::Context context;
  context.limits.nodes = 20'000;
  const auto description =
      zooport::bioimageio::read(std::string(reinterpret_cast<const char*>(data), size), "rdf.yaml", {}, context);
  if (!description) return 0;
  for (const zooport::Diagnostic& item : description->diagnostics.items())
    if (item.span && (item.span->begin > item.span->end || item.span->end > size)) __builtin_trap();
  return 0;
}
