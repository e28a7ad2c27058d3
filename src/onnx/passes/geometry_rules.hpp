#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "zooport/onnx/shape.hpp"

namespace zooport::onnx {

// Far beyond what any network does; up to here nothing overflows, and every phase of a stride can be looked at.
constexpr std::int64_t kMostTimes = 1 << 12;
constexpr std::int64_t kMostMove = 1 << 20;
constexpr std::int64_t kMostScale = 1 << 16;
constexpr std::int64_t kMostStride = 1 << 10;
constexpr std::int64_t kMostPhases = 1 << 12;
constexpr bool is_within(std::int64_t value, std::int64_t most) { return value >= -most && value <= most; }

// A fraction in lowest terms with a positive denominator; sizes of networks keep it far from overflow.
struct Fraction {
  std::int64_t over = 0;
  std::int64_t under = 1;
  Fraction() = default;
  Fraction(std::int64_t numerator, std::int64_t denominator = 1);
  friend Fraction operator*(Fraction a, Fraction b) { return {a.over * b.over, a.under * b.under}; }
  friend Fraction operator/(Fraction a, Fraction b) { return {a.over * b.under, a.under * b.over}; }
  friend bool operator==(Fraction a, Fraction b) { return a.over == b.over && a.under == b.under; }
};

// Which elements of its input element i of an output is made of, along one axis: those from
// ceil((times * i + first) / over) to floor((times * i + last) / over).
struct IndexMap {
  std::int64_t times = 1;
  std::int64_t first = 0;
  std::int64_t last = 0;
  std::int64_t over = 1;
};

// How the elements of a value lie on the image along one axis.
struct Sight {
  Fraction spacing{1};      // pixels of the image from one element to the next
  std::int64_t stride = 1;  // moves of the image that move the value, and change nothing else
};

// What is known of one value: a sight along each axis of space, or why there is none. A value without both does not
// depend on the image.
struct SeenValue {
  std::vector<Sight> sights;
  std::vector<int> space;  // where the axes of space stand in this value
  std::vector<int> inner;  // where parts of them stand that were cut off (pixels of a block); -1: whole; empty: all are
  std::string blocker;     // "node X (Op): it sees the whole image"
  bool depends() const { return !sights.empty() || !blocker.empty(); }
};

// One node on the way: its inputs as seen, and shapes for one concrete size.
struct GeometryStep {
  const Node& node;
  const std::vector<const SeenValue*>& inputs;  // null: a constant
  const InferredValues& shapes;
  std::vector<int> space;  // of the inputs that see the image
  std::int64_t opset = 0;
  SeenValue result;
  std::vector<IndexMap> maps;  // of each axis of space; the same for all inputs that see the image
  // Shapes for another size, in which open axes differ from each other; null where the graph does not take it.
  const InferredValues* elsewhere = nullptr;

  std::size_t rank_of(std::size_t input) const;  // 0 if unknown
  const std::vector<double>* content(std::size_t input) const;
  bool touches_space(std::int64_t axis) const;  // of the first input; an axis other than those of space is harmless
  void block(std::string_view why);
  const tensor::Shape* shape(const std::string& value) const;  // null if unknown
  const tensor::Shape* shape_elsewhere(const std::string& value) const;
  // The output's elements along the i-th axis of space are made of the input's by this map.
  void set(std::size_t i, IndexMap map);
};

void follow(GeometryStep& step);

// The output sees what the input sees that the image comes through; the others are constants or follow it.
void keep_in_place(GeometryStep& step);
// All inputs that see the image have to be in step with each other.
void join(GeometryStep& step);

// The families, each in its file.
using GeometryRule = void (*)(GeometryStep&);
struct NamedGeometryRule {
  std::string_view op;
  GeometryRule rule;
};
const std::vector<NamedGeometryRule>& pixel_geometry_rules();
const std::vector<NamedGeometryRule>& along_geometry_rules();
const std::vector<NamedGeometryRule>& axes_geometry_rules();
const std::vector<NamedGeometryRule>& reshape_geometry_rules();
const std::vector<NamedGeometryRule>& window_geometry_rules();

}  // namespace zooport::onnx
