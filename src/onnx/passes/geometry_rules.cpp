#include "onnx/passes/geometry_rules.hpp"

#include <algorithm>
#include <numeric>
#include <unordered_map>

#include "onnx/passes/shape_rules.hpp"
#include "onnx/passes/shape_work.hpp"
#include "zooport/base/text.hpp"

namespace zooport::onnx {
namespace {

const std::unordered_map<std::string_view, GeometryRule>& rules() {
  static const std::unordered_map<std::string_view, GeometryRule> kRules = [] {
    std::unordered_map<std::string_view, GeometryRule> all;
    for (const auto* family : {&pixel_geometry_rules(), &along_geometry_rules(), &axes_geometry_rules(),
                               &reshape_geometry_rules(), &window_geometry_rules()})
      for (const NamedGeometryRule& named : *family) all.emplace(named.op, named.rule);
    return all;
  }();
  return kRules;
}

}  // namespace

Fraction::Fraction(std::int64_t numerator, std::int64_t denominator) {
  const std::int64_t common = std::max<std::int64_t>(1, std::gcd(numerator, denominator));
  over = (denominator < 0 ? -numerator : numerator) / common;
  under = std::abs(denominator) / common;
}

std::size_t GeometryStep::rank_of(std::size_t input) const {
  const auto value = shapes.find(node.input(input));
  return value == shapes.end() || !value->second.shape ? 0 : value->second.shape->size();
}

const std::vector<double>* GeometryStep::content(std::size_t input) const {
  const auto value = shapes.find(node.input(input));
  return value == shapes.end() || !value->second.content ? nullptr : &*value->second.content;
}

bool GeometryStep::touches_space(std::int64_t axis) const {
  const std::size_t rank = rank_of(0);
  const std::int64_t at = rank == 0 ? axis : axis_in(axis, rank);
  return std::find(space.begin(), space.end(), static_cast<int>(at)) != space.end();
}

const tensor::Shape* GeometryStep::shape(const std::string& value) const {
  const auto found = shapes.find(value);
  return found == shapes.end() || !found->second.shape ? nullptr : &*found->second.shape;
}

const tensor::Shape* GeometryStep::shape_elsewhere(const std::string& value) const {
  if (!elsewhere) return nullptr;
  const auto found = elsewhere->find(value);
  return found == elsewhere->end() || !found->second.shape ? nullptr : &*found->second.shape;
}

void GeometryStep::block(std::string_view why) {
  result.sights.clear();
  result.blocker = concat(called(node), ": ", why);
}

void GeometryStep::set(std::size_t i, IndexMap map) {
  if (!result.blocker.empty()) return;
  if (map.times < 1 || map.over < 1 || map.times > kMostTimes || map.over > kMostTimes ||
      !is_within(map.first, kMostMove) || !is_within(map.last, kMostMove))
    return block("its window is too large to follow");
  maps[i] = map;
  Sight& sight = result.sights[i];
  sight.spacing = sight.spacing * Fraction(map.times, map.over);
  if (sight.spacing.over > kMostScale || sight.spacing.under > kMostScale)
    return block("its scale is too large to follow");
  // A move has to be a whole number of elements of the new value.
  sight.stride = std::lcm(sight.stride, sight.spacing.over);
  if (sight.stride > kMostStride || sight.stride * sight.spacing.under / sight.spacing.over > kMostPhases)
    block("its stride is too large to follow");
}

void follow(GeometryStep& step) {
  step.maps.assign(step.space.size(), {});
  const SeenValue* image = nullptr;
  for (const SeenValue* input : step.inputs) {
    if (!input || !input->depends()) continue;
    if (!input->blocker.empty()) {
      step.result = *input;
      return;
    }
    image = input;
  }
  if (!image) return;  // made of constants
  step.space = image->space;
  for (std::size_t i = 0; i < step.inputs.size(); ++i) {
    const SeenValue* input = step.inputs[i];
    if (input && input->depends() && input->space != step.space)
      return step.block("it joins images whose axes are turned");
  }
  // Sizes depend on the size of the image, not on its pixels.
  if (step.node.op == "Shape" || step.node.op == "Size") return;
  const bool moves_parts = step.node.op == "Reshape" || step.node.op == "Transpose" || step.node.op == "Identity";
  if (!image->inner.empty() && !moves_parts) return step.block("it works on windows or blocks of the image");
  const auto rule = step.node.domain.empty() ? rules().find(step.node.op) : rules().end();
  if (rule == rules().end()) return step.block("what it does to space is not known");
  rule->second(step);
}

}  // namespace zooport::onnx
