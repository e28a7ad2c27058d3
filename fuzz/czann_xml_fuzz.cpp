#include <cstdint>
#include <cstdlib>
#include <string>

#include "zooport/czann/legacy.hpp"

// What is read is written so that it is read again as the same, and findings point into the text.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const zooport::Limits limits{.nodes = 20'000};
  zooport::Diagnostics findings;
  const auto metadata =
      zooport::czann::read_legacy_metadata(std::string(reinterpret_cast<const char*>(data), size), limits, findings);
  for (const zooport::Diagnostic& finding : findings.items())
    if (finding.span && (finding.span->begin > finding.span->end || finding.span->end > size)) std::abort();
  if (!metadata) return 0;
  const std::string xml = zooport::czann::write_legacy_metadata(*metadata);
  zooport::Diagnostics again_findings;
  const auto again = zooport::czann::read_legacy_metadata(xml, {}, again_findings);
  if (!again || zooport::czann::write_legacy_metadata(*again) != xml) std::abort();
  return 0;
}
