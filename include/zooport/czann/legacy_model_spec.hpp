#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "zooport/base/limits.hpp"
#include "zooport/czann/legacy.hpp"
#include "zooport/czann/model_spec.hpp"

// The conversion specification of what was before CZANN.
namespace zooport::czann {

// Flat: {"ColorHandling": …, "PixelType": text or list, "Classes": […], "BorderSize": number or list, "ModelPath": …,
// "LicenseFile": …}. The metadata have no id; the name is the last component of ModelPath.
struct LegacyModelSpec : SpecCommon {
  LegacyMetadata metadata;
};

// As read_model_spec(); its metadata as read_legacy_json() reads them. A text under PostProcessing is ignored, with a finding: the real package's files have it.
Result<LegacyModelSpec> read_legacy_model_spec(std::string json, const SpecOptions& options, Diagnostics& diagnostics);

// Legacy metadata from values, as the real package's constructor takes them; absent ones that it demands are refused.
struct LegacyFields {
  std::optional<std::vector<std::string>> classes;
  std::optional<std::vector<std::string>> pixel_types;
  std::optional<std::string> name;
  std::optional<std::string> color_handling;
  std::optional<std::vector<std::int64_t>> border_size;
  std::string post_processing;
  std::string model_id;
};
// Error czann.legacy-fields (kUsage) names what lacks. Classes get their colours and labels.
Result<LegacyMetadata> make_legacy_metadata(const LegacyFields& fields);

}  // namespace zooport::czann
