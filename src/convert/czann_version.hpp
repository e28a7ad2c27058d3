#pragma once

#include "convert/czann_graph.hpp"
#include "convert/zen_source.hpp"

namespace zooport::convert {

// Which version of the format is written, and what of Scaling it holds.
struct CzannVersion {
  czann::Specification specification = czann::Specification::kCzann100;
  std::vector<double> scaling;

  GraphCeiling ceiling() const;
  std::string format_version() const;  // of model.json; empty before 2.1.0
};

// Errors: options that contradict each other (kUsage, convert.options), a ZEN that loads no such file (kUnsupported,
// convert.zen-target).
Result<CzannVersion> choose_czann_version(const ZenSource& source, const CzannOptions& options,
                                          ConversionReport& report);

// Error convert.zen-target (kUnsupported): ZEN that is asked for does not load files of that specification.
Result<void> require_loadable(czann::Specification specification, const std::optional<czann::ZenVersion>& target);

// "1.0.0" and the like; error (kUsage, convert.options): there is no such CZANN.
Result<czann::Specification> czann_version_named(const std::string& text);

}  // namespace zooport::convert
