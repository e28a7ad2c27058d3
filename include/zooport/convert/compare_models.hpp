#pragma once

#include <memory>
#include <string>

#include "zooport/base/context.hpp"
#include "zooport/convert/load.hpp"
#include "zooport/engine/engine.hpp"
#include "zooport/predict/test_model.hpp"

namespace zooport::convert {

struct CompareOptions {
  std::string input;  // image; empty: the test input of the first model, else of the second, else noise
  std::string axes;   // of the image; empty: as guessed
  engine::SessionOptions session;
};

// Runs the same image through two models of one input each, with the processing of each and tiled as each needs it, and
// compares outputs in the order of the models: `expected` is what the first gives, its tolerance holds. Axes meet by
// name, so that channels may stand before or behind.
Result<predict::TestResult> compare_models(const Loaded& a, const Loaded& b, const CompareOptions& options,
                                           std::shared_ptr<engine::Engine> engine, const Context& context);

}  // namespace zooport::convert
