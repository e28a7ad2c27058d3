#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "zooport/onnx/model.hpp"
#include "zooport/onnx/shape.hpp"

namespace zooport::onnx {

// How one output of a graph depends on its input along one axis of space, for graphs that do the same everywhere.
struct AxisGeometry {
  std::int64_t stride = 1;  // moving the input by a multiple of it moves the output, and changes nothing else
  // Input pixels that one output pixel sees before and behind its own place, at most.
  std::int64_t reach_before = 0;
  std::int64_t reach_behind = 0;
  // Size of the output for each input pixel, as a fraction.
  std::int64_t scale_numerator = 1;
  std::int64_t scale_denominator = 1;
  // Sizes that the graph takes so that the output is exactly size * scale: size_min + n * size_step. Step 0: nothing
  // but size_min is known to work.
  std::int64_t size_min = 1;
  std::int64_t size_step = 0;

  std::int64_t reach() const { return reach_before > reach_behind ? reach_before : reach_behind; }
};

struct Geometry {
  bool is_known = false;
  std::string reason;              // why not: "because of node X (GlobalAveragePool): it sees the whole image"
  std::vector<AxisGeometry> axes;  // one each axis of space, in the order of the input's axes
};

// Of the first required input and the first output. `space`: which axes of the input are space; the output's are the
// same ones. Where stride and reach are unknown, sizes are still tried.
Geometry geometry_of(const Model& model, const std::vector<int>& space);

// Which axes of the first required input are space, ascending: those that the first convolution, pooling or
// normalisation behind it takes for space, followed through Transposes and axes of size 1. Empty: nothing says it.
// `values`: as infer_shapes() gives them.
std::vector<int> space_axes_of(const Model& model, const InferredValues& values);

}  // namespace zooport::onnx
