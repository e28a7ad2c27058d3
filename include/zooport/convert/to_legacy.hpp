#pragma once

#include <string>
#include <vector>

#include "zooport/convert/to_czann.hpp"

namespace zooport::convert {

// What a CZSEG has beside the fields of a CZANN.
struct LegacyOptions {
  // "Gray8", "Bgr24", …, one each image channel; empty: those of a CZSEG, else from the network's channels and
  // CzannOptions::source_dtype, reported as an assumption.
  std::vector<std::string> pixel_types;
  std::string color_handling;  // "ConvertToMonochrome" or "SplitRgb"; empty: that of a CZSEG, else SplitRgb
};

// Writes the model as a CZSEG (also called CZMODEL) of version 3.1.0: semantic segmentation of two-dimensional images,
// a fixed tile, one border for all sides. Its network gets pixels as they are, so that of a CZANN gets a division. As
// in to_czann(), a network that need not be changed is copied and verified by its bytes, every other by running both.
// Of `options` a specification is ignored. Errors: those of to_czann(); what a CZSEG cannot hold (kUnsupported,
// convert.legacy), pixel types and colour handling that there are not (kUsage, convert.options).
Result<ConversionReport> to_legacy(const Loaded& source, const std::string& dest, const CzannOptions& options,
                                   const LegacyOptions& legacy, EngineOnDemand engine, const Context& context);

}  // namespace zooport::convert
