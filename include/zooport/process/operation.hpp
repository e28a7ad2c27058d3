#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "zooport/base/result.hpp"
#include "zooport/tensor/array.hpp"
#include "zooport/tensor/axes.hpp"

namespace zooport::process {

// A value that an operation needs to know about a whole tensor before its first block can be computed. Measured on the
// tensor as it was given (the image as loaded; the raw output of the network), not at the operation's place: that is
// what the reference does.
struct Measure {
  enum class Kind : std::uint8_t { kMean, kStd, kQuantile };
  // Quantiles: kLinear interpolates as NumPy's default; kInvertedCdf gives an element of the tensor.
  enum class Method : std::uint8_t { kLinear, kInvertedCdf };
  Kind kind = Kind::kMean;
  double q = 0;  // 0..1, of kQuantile
  Method method = Method::kLinear;
  std::vector<std::string> axes;  // ids of the axes that are reduced; those that remain keep one value each; empty: all
  bool over_dataset = false;      // running over all samples given so far
  std::string tensor;             // id of the tensor that is measured; empty: the one that is processed
  auto operator<=>(const Measure&) const = default;
  bool operator==(const Measure&) const = default;
};

// One measured value: shape has one entry for each axis of the tensor, 1 where it was reduced.
struct MeasuredValue {
  tensor::Shape shape;
  std::vector<double> values;
  std::vector<std::string> axes;  // ids of the measured tensor's axes: values meet those of another tensor by name
};
using Measured = std::map<Measure, MeasuredValue>;

// Part of a tensor on its way through the operations, in C order. Elements may have any type: operations compute
// float32 in float32 where all their numbers are given, and everything else in float64, as the reference's promotion
// does.
struct Block {
  tensor::Axes axes;
  tensor::Array data;
  tensor::Shape origin;  // of the block in the tensor, for values that differ along an axis
};

using Value = std::variant<std::monostate, bool, double, std::string, std::vector<double>, std::vector<std::string>>;
// Keyword arguments of an operation, by the names of the bioimage.io format ("axes" as ids, one each).
struct Parameters {
  std::map<std::string, Value, std::less<>> values;
};

// What is known of a tensor before it is there.
struct Form {
  tensor::Axes axes;
  tensor::Shape extents;  // one an axis; -1: not known
};

class Emitter;  // emitter.hpp

// One pre- or postprocessing operation with its parameters. Immutable; may be shared between threads.
class Operation {
 public:
  virtual ~Operation() = default;
  virtual std::string_view name() const = 0;  // "zero_mean_unit_variance"
  virtual std::string describe() const = 0;   // for people: "zero_mean_unit_variance(axes=yx)"
  virtual std::vector<Measure> measures() const { return {}; }
  // True if a block can be computed from itself and the measured values alone.
  virtual bool is_blockwise() const { return true; }
  // What becomes of axes and extents: only the layers of czmodel change them. An error (process.values-mismatch,
  // kInvalid) says why the tensor cannot be taken.
  virtual Result<void> reform(Form&) const { return {}; }
  // How many channels it takes, if that is fixed.
  virtual std::optional<std::int64_t> channels() const { return std::nullopt; }
  // Computes in place; may change the dtype. `measured` holds every one of measures().
  virtual Result<void> apply(Block& block, const Measured& measured) const = 0;
  // Appends the same computation to a graph. `frozen` gives values for the measures; without it statistics are computed
  // inside the graph, of whatever the graph is given: per tile.
  virtual Result<void> emit(Emitter& emitter, const Measured* frozen) const = 0;
};
using OperationPtr = std::shared_ptr<const Operation>;

}  // namespace zooport::process
