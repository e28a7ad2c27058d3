#pragma once

#include <string>
#include <vector>

#include "zooport/convert/convert_model.hpp"
#include "zooport/convert/spec_source.hpp"

namespace zooport::convert {

// What was done to a network, and compared, before the conversion proper.
struct Before {
  std::vector<std::string> steps;
  Diagnostics findings;
  SpecPackage::Verification verification;
};

// Steps and findings go in front of those of the report, and what was compared counts there, too: bytes that are copied
// prove nothing of a network that was changed before.
void put_before(ConversionReport& report, Before before);
// The one of a conversion that ends there, because what was done to the network changed its numbers.
ConversionReport differs(const Opened& opened, const std::string& dest, const ConvertRequest& request, Before before);

}  // namespace zooport::convert
