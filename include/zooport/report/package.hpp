#pragma once

#include <string>

#include "zooport/convert/package.hpp"

// What came of packaging: a JSON object (docs/records.md), and a line for people.
namespace zooport::report {

std::string package_record(const convert::PackageReport& report, Severity least);
std::string package_summary(const convert::PackageReport& report);

}  // namespace zooport::report
