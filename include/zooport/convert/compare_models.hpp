#pragma once

#include <memory>
#include <string>
#include <vector>

#include "zooport/base/context.hpp"
#include "zooport/convert/load.hpp"
#include "zooport/convert/trial.hpp"
#include "zooport/engine/engine.hpp"
#include "zooport/predict/plan.hpp"
#include "zooport/predict/test_model.hpp"

namespace zooport::convert {

struct CompareOptions {
  // Images, one a trial, or "ID=FILE" for each input of the first model: then nothing else is tried. Empty: the test
  // inputs of the first model, else of the second, and inputs that are made. Where one model wants pixels divided by
  // their type's maximum, as ZEN's do, test tensors become integers; images that are named stay as they are.
  std::vector<std::string> inputs;
  std::string axes;     // of the images; empty: as guessed
  std::string weights;  // of both, or "NAME,NAME"; empty: the first of each that can be used
  predict::TileChoice tile;
  predict::HaloChoice halo;
  engine::SessionOptions session;
  std::uint64_t seed = 0;  // of the inputs that are made
  double seconds = 60;     // about so long; test tensors, named images and the first input that is made always run
};

// `outputs` has of each output the worst over the trials that count; `seconds` and `peak_bytes` are of all.
struct CompareResult : predict::TestResult {
  std::vector<Trial> trials;
};

// Runs the same inputs through two models with as many inputs, with the processing of each and tiled as each needs it,
// and compares outputs in the order of the models: `expected` is what the first gives. The tolerance of its description
// holds, else a thousandth of the spread of the output's channel and of the value (a hundredth where halves are
// computed with). Inputs meet by id if both models have the same ones, else by their order; axes meet by name, so that
// channels may stand before or behind. A CZANN gets colours as ZEN delivers them: blue, green, red. Two ONNX files are
// compared as graphs: of any rank and type, as they are; tiling or images make models of them.
//
// What ends the engine's process is a failure, and the reason begins with "the first: " or "the second: ".
//
// Inputs that are made (for a seed, the same on every machine): noise, a synthetic image with nuclei, and extremes
// (constants, negative and large values, single pixels, denormals), of several sizes and for a batch of two, where both
// sides leave that open. They count, with two exceptions: NaN and infinities among the input; and, where one model
// takes statistics of the image that the other has fixed, all of them, if they differ on usual ones and there are test
// tensors instead. NaN at the same place of both outputs is equal there, but not for test tensors and images.
Result<CompareResult> compare_models(const Loaded& a, const Loaded& b, const CompareOptions& options,
                                     std::shared_ptr<engine::Engine> engine, const Context& context);

}  // namespace zooport::convert
