#pragma once

#include <memory>
#include <string>
#include <vector>

#include "zooport/base/context.hpp"
#include "zooport/convert/load.hpp"
#include "zooport/engine/engine.hpp"
#include "zooport/predict/test_model.hpp"

namespace zooport::convert {

struct CompareOptions {
  // An image, or "ID=FILE" for each input of the first model; empty: the test inputs of the first model, else of the
  // second, else noise. Where one model wants pixels divided by their type's maximum, as ZEN's do, the tensors that are
  // chosen here become integers; images that are named stay as they are.
  std::vector<std::string> inputs;
  std::string axes;  // of the images; empty: as guessed
  engine::SessionOptions session;
};

// Runs the same images through two models with as many inputs, with the processing of each and tiled as each needs it,
// and compares outputs in the order of the models: `expected` is what the first gives, its tolerance holds. Inputs meet
// by id if both models have the same ones, else by their order; axes meet by name, so that channels may stand before or
// behind. A CZANN gets colours as ZEN delivers them: blue, green, red.
Result<predict::TestResult> compare_models(const Loaded& a, const Loaded& b, const CompareOptions& options,
                                           std::shared_ptr<engine::Engine> engine, const Context& context);

}  // namespace zooport::convert
