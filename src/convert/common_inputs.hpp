#pragma once

#include "zooport/base/diagnostics.hpp"
#include "zooport/convert/compare_models.hpp"
#include "zooport/predict/predictor.hpp"

namespace zooport::convert {

// Images for two models: one for each input of the first, in its order.
struct CommonInputs {
  std::vector<predict::Picture> of_first;
  std::vector<predict::Picture> of_second;  // in its own order
  Diagnostics findings;                     // what was done to them
};
Result<CommonInputs> common_inputs(const Loaded& a, const Loaded& b, const CompareOptions& options,
                                   const Context& context);

}  // namespace zooport::convert
