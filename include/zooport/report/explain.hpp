#pragma once

#include <string>

#include "zooport/convert/explain.hpp"

// What fields mean.
namespace zooport::report {

std::string explain_text(const convert::Explanation& explanation);
std::string explain_record(const convert::Explanation& explanation);

}  // namespace zooport::report
