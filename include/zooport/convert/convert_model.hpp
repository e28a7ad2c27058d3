#pragma once

#include <memory>
#include <string>
#include <vector>

#include "zooport/base/context.hpp"
#include "zooport/convert/to_czann.hpp"
#include "zooport/engine/engine.hpp"

namespace zooport::convert {

// A conversion as people ask for it: values as text, checked here.
struct ConvertRequest {
  std::string to;            // "czann"; empty: by the destination's ending
  std::string type;          // ModelType by name; empty: not given
  std::string source_dtype;  // "uint8"; empty: not given
  std::string license_file;  // path; empty: none
  CzannOptions czann;        // everything else
};

// Errors: those of to_czann(); a format that cannot be written (kUnsupported), names that are not known (kUsage).
Result<ConversionReport> convert_model(const Loaded& source, const std::string& dest, const ConvertRequest& request,
                                       std::shared_ptr<engine::Engine> engine, const Context& context);

}  // namespace zooport::convert
