#pragma once

#include <memory>
#include <string>
#include <vector>

#include "zooport/base/context.hpp"
#include "zooport/convert/to_czann.hpp"
#include "zooport/convert/to_legacy.hpp"

namespace zooport::convert {

// A conversion as people ask for it: values as text, checked here.
struct ConvertRequest {
  std::string to;             // "czann"; empty: by the destination's ending
  std::string type;           // ModelType by name; empty: not given
  std::string source_dtype;   // "uint8"; empty: not given
  std::string license_file;   // path; goes into the archive unchanged, under its own name; empty: none
  std::string czann_version;  // "1.0.0"; empty: CzannOptions::specification
  std::string target;         // "zen-blue-3.5"; empty: CzannOptions::target
  CzannOptions czann;         // everything else
  LegacyOptions legacy;       // of a CZSEG alone
};

// What that writes, by its name or by the destination's ending: "czann", "czseg", or what cannot be written.
std::string format_to_write(const ConvertRequest& request, const std::string& dest);

// Errors: those of to_czann() and to_legacy(); a format that cannot be written (kUnsupported), names that are not known
// (kUsage).
Result<ConversionReport> convert_model(const Loaded& source, const std::string& dest, const ConvertRequest& request,
                                       EngineOnDemand engine, const Context& context);

}  // namespace zooport::convert
