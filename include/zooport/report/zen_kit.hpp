#pragma once

#include <string>

#include "zooport/convert/zen_kit.hpp"

namespace zooport::report {

std::string zen_kit_record(const convert::ZenKit& kit);
std::string zen_kit_summary(const convert::ZenKit& kit);

}  // namespace zooport::report
