#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "zooport/base/bytes.hpp"
#include "zooport/base/context.hpp"
#include "zooport/onnx/model.hpp"
#include "zooport/process/operation.hpp"
#include "zooport/tensor/axes.hpp"

// What every format is translated into, and all that predict and convert see of it.
namespace zooport::model {

// min, min + step, min + 2 step, …; step 0 allows only min.
struct ParametrizedSize {
  std::int64_t min = 1;
  std::int64_t step = 0;
};

// size = round(reference size * scale + 2 * offset) of an axis of another tensor.
struct ReferenceSize {
  std::string tensor;
  std::string axis;
  double scale = 1;
  double offset = 0;
};

// monostate: not known before the network has run.
using SizeRule = std::variant<std::monostate, ParametrizedSize, ReferenceSize>;

struct AxisSpec {
  tensor::Axis axis;
  SizeRule size;
  std::int64_t halo = 0;                   // pixels on either side that tiling discards (outputs)
  std::vector<std::string> channel_names;  // of a channel axis; may be empty
  std::optional<double> pixel_size;        // in metres
};

// How a tensor is compared with its expected values.
struct Tolerance {
  double absolute = 1e-3;
  double relative = 1e-3;
  std::uint64_t mismatched_per_million = 100;
  std::string from = "default";  // "description" where the model says so
};

struct TensorSpec {
  std::string id;
  std::string description;
  std::vector<AxisSpec> axes;
  tensor::Dtype dtype =
      tensor::Dtype::kFloat32;  // of the data as described, before (inputs) and after (outputs) processing
  std::optional<std::pair<double, double>> range;
  std::vector<process::OperationPtr> processing;  // pre for inputs, post for outputs
  std::string test_file;                          // source of the test tensor; empty if there is none
  Tolerance tolerance;
  std::map<std::string, Tolerance> tolerance_of;  // by weights format, where one has its own

  const Tolerance& tolerance_for(const std::string& weights) const;

  // What the consumer does to integer pixels before anything else.
  enum class IntegerPixels : std::uint8_t { kAsTheyAre, kDividedByTypeMaximum };
  IntegerPixels integer_pixels = IntegerPixels::kAsTheyAre;

  tensor::Axes tensor_axes() const;
  int find_axis(std::string_view axis_id) const;  // index of that axis, or -1
};

// One weights entry: an ONNX graph when somebody asks for it, or the reason why there is none.
struct Network {
  std::string weights;  // name of the weights format: "onnx", "pytorch_state_dict"
  std::string source;
  std::string reason;  // why it cannot be used; empty if it can
  std::function<Result<onnx::Model>(const Context&)> load;
};

struct Model {
  std::string name;
  std::string format;  // "bioimageio model 0.4.10", "czann 1.0.0"
  std::string id;
  std::vector<TensorSpec> inputs;   // in the order of the graph's inputs
  std::vector<TensorSpec> outputs;  // in the order of the graph's outputs
  std::vector<Network> networks;    // by the source's order of preference
  // Opens a file that the model refers to, e.g. TensorSpec::test_file. Never leaves the model's root.
  std::function<Result<Bytes>(const std::string& source, const Context&)> open;

  // The first usable network, or the one of that name; an error that lists the reasons if there is none.
  Result<const Network*> choose(const std::string& weights) const;
};

}  // namespace zooport::model
