#pragma once

#include <map>
#include <string>
#include <string_view>

#include "zooport/base/result.hpp"
#include "zooport/onnx/builder.hpp"
#include "zooport/process/operation.hpp"

namespace zooport::process {

// A tensor in a graph.
struct GraphTensor {
  std::string value;  // its name
  tensor::Axes axes;
  tensor::Dtype dtype = tensor::Dtype::kFloat32;
};

// Where operations append themselves to a graph: the value as it is now, and the tensors that statistics are taken of.
// Computes in float32. Wraps the builder between its open_… and close_…; operations that follow each other share one
// Emitter. Not copyable in spirit: one for each tensor that is processed.
class Emitter {
 public:
  // `given` is the tensor before the first operation: statistics that are not frozen are those of this value.
  Emitter(onnx::Builder& builder, GraphTensor given) : builder_(builder), given_(given), now_(std::move(given)) {}

  // Another tensor of the graph that operations may refer to (`reference_tensor`).
  void add_reference(std::string id, GraphTensor tensor) { references_.insert_or_assign(std::move(id), tensor); }

  onnx::Builder& builder() { return builder_; }
  const GraphTensor& now() const { return now_; }
  void set(std::string value, tensor::Dtype dtype);
  void set_axes(tensor::Axes axes) { now_.axes = std::move(axes); }
  // The value as float32: a Cast is appended if it is something else.
  std::string as_float();

  // Values that are one each, or run along an axis, as a constant that meets the value as it is now.
  std::string constant(const std::vector<double>& values, std::string_view axis);
  // A statistic as a value that meets the value as it is now: from `frozen`, or computed in the graph. Errors of kind
  // kUnsupported (process.not-in-graph): a frozen value that differs along an axis of space or time, a running
  // statistic that is not frozen, a reference tensor that the graph does not have, an opset below 11 for percentiles.
  Result<std::string> statistic(const Measure& measure, const Measured* frozen);

 private:
  Result<std::string> frozen_statistic(const MeasuredValue& value);
  Result<GraphTensor> measured_tensor(const Measure& measure) const;
  Result<std::string> computed_statistic(const Measure& measure);
  std::string mean(const std::string& value, const std::vector<std::int64_t>& axes);
  Result<std::string> quantile(const Measure& measure, const std::string& value, const std::vector<std::int64_t>& axes,
                               std::int64_t rank);
  // The elements along a last axis that holds the reduced ones; and how many these are, as a float64 value.
  struct Columns {
    std::string value;
    std::string count;
  };
  Columns columns(const std::string& value, const std::vector<std::int64_t>& axes, std::int64_t rank);

  onnx::Builder& builder_;
  GraphTensor given_;
  GraphTensor now_;
  std::map<std::string, GraphTensor, std::less<>> references_;
  std::map<std::string, std::string> floats_;  // cast values, by the name of what was cast
  std::map<std::string, Columns> columns_;     // by value and axes
  std::map<std::string, std::string> means_;   // likewise
  std::map<std::string, std::string> places_;  // quantiles, which cost most, by value, axes and kind
};

}  // namespace zooport::process
