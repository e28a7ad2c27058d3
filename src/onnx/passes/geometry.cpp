#include "zooport/onnx/geometry.hpp"

#include <algorithm>
#include <numeric>

#include "onnx/passes/geometry_rules.hpp"
#include "onnx/passes/shape_scope.hpp"
#include "zooport/base/text.hpp"
#include "zooport/onnx/shape.hpp"

namespace zooport::onnx {
namespace {

constexpr std::int64_t kMostSize = std::int64_t{1} << 31;
constexpr int kMostTrials = 4096;  // on the way down to the smallest size
// Of all trials together, so that a graph of very many nodes is not followed thousands of times.
constexpr std::size_t kMostTrialSteps = 20'000'000;
constexpr std::int64_t kMostVisits = 400'000'000;  // of values, on the way back from every phase of the output

// Sees how the graph answers to sizes along one axis.
class SizeTrial {
 public:
  SizeTrial(const Model& model, std::string input, std::string output, InputShapes base)
      : model_(model), input_(std::move(input)), output_(std::move(output)), base_(std::move(base)) {}

  bool takes(const std::vector<int>& space, const std::vector<std::int64_t>& sizes,
             const std::vector<AxisGeometry>& axes) {
    if (steps_left_ == 0) return false;
    InputShapes shapes = base_;
    for (std::size_t i = 0; i < space.size(); ++i) shapes[input_][static_cast<std::size_t>(space[i])] = sizes[i];
    const Result<InferredValues> values = infer_shapes(model_, shapes, steps_left_);
    if (!values) return false;
    const auto output = values->find(output_);
    if (output == values->end() || !output->second.shape) return false;
    for (std::size_t i = 0; i < space.size(); ++i) {
      const auto axis = static_cast<std::size_t>(space[i]);
      if (axis >= output->second.shape->size()) return false;
      const std::int64_t size = (*output->second.shape)[axis];
      if (size < 0 || size > kMostSize) return false;
      if (size * axes[i].scale_denominator != sizes[i] * axes[i].scale_numerator) return false;
    }
    return true;
  }

 private:
  const Model& model_;
  std::string input_;
  std::string output_;
  InputShapes base_;
  std::size_t steps_left_ = kMostTrialSteps;
};

// Finds the sizes along each axis that work while the others have one that is known to.
void find_sizes(SizeTrial& trial, const std::vector<int>& space, const std::vector<std::int64_t>& known,
                std::vector<AxisGeometry>& axes) {
  for (std::size_t i = 0; i < space.size(); ++i) {
    AxisGeometry& axis = axes[i];
    const auto takes = [&](std::int64_t size) {
      std::vector<std::int64_t> sizes = known;
      sizes[i] = size;
      return size > 0 && trial.takes(space, sizes, axes);
    };
    axis.size_min = known[i];
    axis.size_step = 0;
    if (!takes(known[i])) continue;
    // The step is a divisor of a few strides: the smallest that leads to a size that works.
    for (std::int64_t step = 1; step <= std::max<std::int64_t>(64, 2 * axis.stride); ++step) {
      if (!takes(known[i] + step) || !takes(known[i] + 2 * step) || !takes(known[i] + 3 * step)) continue;
      axis.size_step = step;
      break;
    }
    if (axis.size_step == 0) continue;
    const std::int64_t step = axis.size_step;
    std::int64_t smallest = known[i];
    for (int tried = 0; tried < kMostTrials && smallest > step && takes(smallest - step); ++tried) smallest -= step;
    axis.size_min = smallest;
    // Windows have to start at multiples of the stride, and so sizes have to differ by them.
    axis.size_step = std::lcm(step, axis.stride);
    while (axis.size_min % axis.stride != 0 && axis.size_min % axis.stride != known[i] % axis.stride)
      axis.size_min += step;
  }
}

std::vector<std::int64_t> sizes_of(const InputShapes& shapes, const std::string& input, const std::vector<int>& space) {
  std::vector<std::int64_t> sizes;
  for (const int axis : space) sizes.push_back(shapes.at(input)[static_cast<std::size_t>(axis)]);
  return sizes;
}

// Floor and ceiling of a / b, b > 0.
std::int64_t floor_of(std::int64_t a, std::int64_t b) { return a >= 0 ? a / b : -((-a + b - 1) / b); }
std::int64_t ceil_of(std::int64_t a, std::int64_t b) { return -floor_of(-a, b); }

// No image reaches so far; beyond it, chains of windows would overflow.
constexpr std::int64_t kMostPlace = std::int64_t{1} << 40;

struct Interval {
  std::int64_t least = 0;
  std::int64_t most = 0;
};

// A node that sees the image, with its maps.
struct Followed {
  const Node* node;
  std::vector<IndexMap> maps;
};

// The way back from the output to the input. Values are numbers here: the walk is made for every phase of a stride.
class WayBack {
 public:
  WayBack(const std::vector<Followed>& nodes, const std::string& input, const std::string& output) {
    input_ = number_of(input);
    output_ = number_of(output);
    for (const Followed& followed : nodes) {
      Step& step = steps_.emplace_back();
      step.maps = &followed.maps;
      for (const std::string& name : followed.node->outputs)
        if (!name.empty()) step.outputs.push_back(number_of(name));
      for (const std::string& name : followed.node->inputs) step.inputs.push_back(number_of(name));
      visits_ += static_cast<std::int64_t>(1 + step.outputs.size() + step.inputs.size());
    }
    wanted_.resize(numbers_.size());
    walk_of_.resize(numbers_.size(), 0);
  }

  // How many values one walk looks at.
  std::int64_t visits() const { return visits_; }

  // Pixels of the input that element `index` of the output sees along axis `i`.
  Interval seen_from(std::size_t i, std::int64_t index) {
    ++walk_;
    want(output_, {index, index});
    for (std::size_t k = steps_.size(); k-- > 0;) {
      const Step& step = steps_[k];
      for (const std::size_t output : step.outputs) {
        if (walk_of_[output] != walk_) continue;
        const Interval at = wanted_[output];
        const IndexMap& map = (*step.maps)[i];
        const auto limited = [](std::int64_t place) { return std::clamp(place, -kMostPlace, kMostPlace); };
        const Interval from{limited(ceil_of(map.times * at.least + map.first, map.over)),
                            limited(floor_of(map.times * at.most + map.last, map.over))};
        for (const std::size_t source : step.inputs) want(source, from);
      }
    }
    return walk_of_[input_] == walk_ ? wanted_[input_] : Interval{};
  }

 private:
  struct Step {
    const std::vector<IndexMap>* maps = nullptr;
    std::vector<std::size_t> inputs;
    std::vector<std::size_t> outputs;
  };

  std::size_t number_of(std::string_view name) { return numbers_.try_emplace(name, numbers_.size()).first->second; }

  void want(std::size_t value, const Interval& from) {
    Interval& place = wanted_[value];
    if (walk_of_[value] != walk_) {
      walk_of_[value] = walk_;
      place = from;
    }
    place.least = std::min(place.least, from.least);
    place.most = std::max(place.most, from.most);
  }

  std::map<std::string_view, std::size_t> numbers_;
  std::size_t input_ = 0;
  std::size_t output_ = 0;
  std::vector<Step> steps_;
  std::int64_t visits_ = 0;
  std::vector<Interval> wanted_;
  std::vector<std::size_t> walk_of_;  // the last walk that came by a value
  std::size_t walk_ = 0;
};

// The reach of the output pixel that sees farthest, over all phases of the stride; false: that would take too long.
bool find_reach(WayBack& way, std::size_t i, AxisGeometry& axis) {
  // Elements of the output that one stride of the input holds, and a place far from the edges.
  const std::int64_t period = std::max<std::int64_t>(1, axis.stride * axis.scale_numerator / axis.scale_denominator);
  const std::int64_t begin = period * 4096;
  if (way.visits() > kMostVisits / period) return false;
  for (std::int64_t index = begin; index < begin + period; ++index) {
    const Interval seen = way.seen_from(i, index);
    const std::int64_t own = floor_of(index * axis.scale_denominator, axis.scale_numerator);
    axis.reach_before = std::max(axis.reach_before, own - seen.least);
    axis.reach_behind = std::max(axis.reach_behind, seen.most - own);
  }
  return true;
}

// The declared sizes with open axes that differ from each other and from those of `base`; the batch stays.
InputShapes sizes_elsewhere(const Model& model, InputShapes base) {
  for (const ValueInfo* input : model.graph.required_inputs()) {
    if (!input->type.shape) continue;
    tensor::Shape& shape = base.at(input->name);
    for (std::size_t i = 1; i < shape.size(); ++i)
      if (!(*input->type.shape)[i].value) shape[i] *= static_cast<std::int64_t>(i) + 1;
  }
  return base;
}

Geometry unknown(std::string reason) {
  Geometry geometry;
  geometry.reason = std::move(reason);
  return geometry;
}

}  // namespace

Geometry geometry_of(const Model& model, const std::vector<int>& space) {
  const auto inputs = model.graph.required_inputs();
  if (inputs.empty() || model.graph.outputs.empty()) return unknown("the graph has no input or no output");
  const std::string& input = inputs[0]->name;
  const std::string& output = model.graph.outputs[0].name;
  // Open sizes are tried at a multiple of every power of two that is a usual stride.
  const InputShapes base = declared_shapes(model, 256);
  const auto shape = base.find(input);
  if (shape == base.end()) return unknown("the shape of the input is unknown");
  if (!is_countable(shape->second)) return unknown("the input declares a size that no image has");
  for (const int axis : space)
    if (axis < 0 || static_cast<std::size_t>(axis) >= shape->second.size())
      return unknown("the input has fewer axes than the model describes");
  for (const std::int64_t size : sizes_of(base, input, space))
    if (size < 1 || size > kMostSize) return unknown("the input declares a size that no image has");
  const Result<InferredValues> shapes = infer_shapes(model, base);
  if (!shapes) return unknown(shapes.error().what.message);

  const Result<InferredValues> elsewhere = infer_shapes(model, sizes_elsewhere(model, base));

  std::map<std::string, SeenValue, std::less<>> seen;
  seen[input].sights.resize(space.size());
  seen[input].space = space;
  std::vector<Followed> followed;
  for (const Node& node : model.graph.nodes) {
    if (node.outputs.empty()) continue;
    std::vector<const SeenValue*> known;
    for (const std::string& name : node.inputs) {
      const auto value = seen.find(name);
      known.push_back(value == seen.end() ? nullptr : &value->second);
    }
    GeometryStep step{node, known, *shapes, space, model.opset(), {}, {}, elsewhere ? &*elsewhere : nullptr};
    follow(step);
    if (!step.result.depends()) continue;
    followed.push_back({&node, std::move(step.maps)});
    for (const std::string& name : node.outputs)
      if (!name.empty()) seen[name] = step.result;
  }

  Geometry geometry;
  const auto end = seen.find(output);
  if (end == seen.end()) return unknown("the output does not depend on the input");
  if (end->second.blocker.empty() && !end->second.inner.empty())
    return unknown("the output is cut into windows or blocks of the image");
  if (end->second.blocker.empty() && end->second.space != space)
    return unknown("the axes of the output stand in another order than those of the input");
  if (!end->second.blocker.empty()) {
    geometry.reason = "because of " + end->second.blocker;
    geometry.axes.resize(space.size());
    // The scale is what the base sizes show.
    const auto value = shapes->find(output);
    for (std::size_t i = 0; i < space.size(); ++i) {
      const auto axis = static_cast<std::size_t>(space[i]);
      if (value == shapes->end() || !value->second.shape || axis >= value->second.shape->size()) return geometry;
      const std::int64_t size = (*value->second.shape)[axis];
      if (size < 1 || size > kMostSize) return geometry;
      const Fraction scale(size, shape->second[axis]);
      geometry.axes[i].scale_numerator = scale.over;
      geometry.axes[i].scale_denominator = scale.under;
    }
  } else {
    geometry.is_known = true;
    WayBack way(followed, input, output);
    for (const Sight& sight : end->second.sights) {
      AxisGeometry axis;
      axis.stride = sight.stride;
      axis.scale_numerator = sight.spacing.under;
      axis.scale_denominator = sight.spacing.over;
      if (!find_reach(way, geometry.axes.size(), axis)) return unknown("the graph is too large to follow");
      geometry.axes.push_back(axis);
    }
  }
  SizeTrial trial(model, input, output, base);
  find_sizes(trial, space, sizes_of(base, input, space), geometry.axes);
  return geometry;
}

}  // namespace zooport::onnx
