#pragma once

#include "convert/zen_plan.hpp"
#include "zooport/convert/to_legacy.hpp"
#include "zooport/czann/legacy.hpp"

namespace zooport::convert {

// What of a CZSEG's own words is decided before anything is changed.
struct LegacyPlan {
  std::vector<std::string> pixel_types;
  std::string color_handling;
  tensor::Dtype pixels = tensor::Dtype::kUint8;  // of all pixel types
};

// Whose words pixel types and colour handling are: those of a CZSEG stay even if the network has other channels
// (`check` tells), what is asked for has to fit.
enum class WordsOf : std::uint8_t { kCaller, kSource };

// `channels`: of the network's input.
Result<LegacyPlan> plan_legacy(const LegacyOptions& legacy, WordsOf words, const CzannOptions& options,
                               std::int64_t channels, ConversionReport& report);

// The type of integers or floats that pixels of that type are made of; none if there is no such pixel type.
std::optional<tensor::Dtype> dtype_of_pixels(std::string_view pixel_type);

}  // namespace zooport::convert
