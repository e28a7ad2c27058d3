#pragma once

#include <memory>
#include <string>

#include "convert/before.hpp"
#include "convert/spec_load.hpp"
#include "zooport/convert/convert_model.hpp"

namespace zooport::convert {

// Compares what was done to the network with the network as it was, and hands it on to convert_model(). An engine is
// needed where something was done, unless the request forces.
Result<ConversionReport> convert_spec(const LoadedSpec& spec, const std::string& dest, ConvertRequest request,
                                      EngineOnDemand engine, const Context& context);

}  // namespace zooport::convert
