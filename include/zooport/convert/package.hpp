#pragma once

#include <optional>
#include <string>

#include "zooport/bioimageio/package.hpp"
#include "zooport/convert/check.hpp"

namespace zooport::convert {

struct PackageRequest {
  bioimageio::PackageOptions package;
  bioimageio::CheckOptions check;
  // kAllow: files of a folder's description may lie outside of that folder.
  enum class Outside : std::uint8_t { kRefuse, kAllow };
  Outside outside = Outside::kRefuse;
};

struct PackageReport {
  CheckReport check;                                  // of the source
  std::optional<bioimageio::WrittenPackage> written;  // nothing if the source is not valid
};

// Checks a description with its files and writes its package. What is wrong with the description is told in the report,
// and then nothing is written. Errors: what open_source() and bioimageio::package() give, sources that are no
// description (kUnsupported), and a destination that would replace the source (kUsage).
Result<PackageReport> package_source(const std::string& source, const std::string& dest, const PackageRequest& request,
                                     const Context& context);

}  // namespace zooport::convert
