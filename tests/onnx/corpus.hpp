#pragma once

#include <string>
#include <utility>
#include <vector>

#include "zooport/base/result.hpp"
#include "zooport/engine/engine.hpp"
#include "zooport/onnx/model.hpp"
#include "zooport/tensor/array.hpp"

// The recorded ONNX files: what goes in, what came out of them elsewhere, and how near that must be met.
namespace zooport::testing::corpus {

struct File {
  std::string name;   // of the input or output
  std::string path;   // NPY, in float32 whatever the network takes
  std::string dtype;  // of an output
};

// One call of the network: other runs have other sizes.
struct Run {
  std::vector<File> inputs;
  std::vector<File> outputs;
};

struct Case {
  std::string name;  // of the folder
  std::string path;  // of the model
  bool is_refused = false;
  std::string refuse_because;
  bool reaches_twelve = false;
  double atol = 0;
  double rtol = 0;
  std::vector<Run> runs;  // the first one, then more
};

// In the order of their names.
std::vector<Case> cases();

Result<onnx::Model> read(const Case& one);

// What a graph gives at the first recorded sizes, or at every one: outputs by run, in the order of the case.
enum class Sizes { kFirst, kAll };
using Outputs = std::vector<std::vector<tensor::Array>>;
Result<Outputs> run(const onnx::Model& model, const Case& one, Sizes sizes, engine::Engine& engine);

// The recorded ones.
Result<Outputs> recorded(const Case& one, Sizes sizes);

// How far outputs are from those expected. `excess` is the largest |a - e| / (atol + rtol |e|): up to 1 is near enough;
// infinite where types, shapes or NaN disagree.
struct Distance {
  double largest = 0;  // |a - e|
  double excess = 0;
};
Distance distance(const Outputs& actual, const Outputs& expected, double atol, double rtol);

}  // namespace zooport::testing::corpus
