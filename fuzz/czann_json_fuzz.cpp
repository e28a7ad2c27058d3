#include <cstdint>
#include <cstdlib>
#include <string>

#include "zooport/czann/czmodel.hpp"
#include "zooport/doc/json.hpp"

namespace {

using namespace zooport;

void require(bool holds) {
  if (!holds) std::abort();
}

}  // namespace

// Whatever the real package reads is read; what is written is JSON, and is written the same when read again.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string text(reinterpret_cast<const char*>(data), size);
  const Limits limits{.nodes = 20'000};
  Diagnostics findings;
  const auto metadata = czann::read_metadata(text, limits, findings);
  for (const czann::Release release : {czann::Release::k3_0, czann::Release::k4_1, czann::Release::k6_2}) {
    const auto taken = czann::czmodel_metadata(text, release, limits);
    if (!taken.ok()) continue;
    require(metadata.ok());
    require(taken->find("Id")->text == metadata->id);
    const std::string written = czann::python_json(*taken);
    const auto again = czann::czmodel_metadata(written, release, {});
    require(again.ok());
    // A NaN in the place of a value was written as null, which counts as absent in some places.
    const std::string second = czann::python_json(*again);
    const auto third = czann::czmodel_metadata(second, release, {});
    require(third.ok() && czann::python_json(*third) == second);
  }
  if (!metadata.ok()) return 0;
  const std::string written = czann::write_metadata(*metadata);
  Diagnostics of_written;
  const auto again = czann::read_metadata(written, {}, of_written);
  require(again.ok() && czann::write_metadata(*again) == written);
  return 0;
}
