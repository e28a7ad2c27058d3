#include <algorithm>
#include <cmath>
#include <numeric>

#include "onnx/passes/shape_open.hpp"
#include "zooport/base/text.hpp"

// Sizes of Resize: those of the value that the result is joined with, those of the image, or scales.
namespace zooport::onnx {
namespace {

constexpr std::int64_t kSimple = 16;  // of a factor: numerator and denominator

}  // namespace

std::optional<std::vector<SizeOpening::ResizedAxis>> SizeOpening::resized_axes(const Node& node, std::size_t index) {
  const auto x = factors_of(node.input(0));
  if (!x || model_.opset() < 11 || shape(node.input(0), 0)->size() != x->size()) return std::nullopt;
  // Scales follow the input by themselves; they are of interest where the input does not grow.
  const bool by_scales = node.input(3).empty();
  auto sizes = at_base(node.input(by_scales ? 2 : 3));
  if (sizes && by_scales) {
    const tensor::Shape* made = node.outputs.empty() ? nullptr : base_shape(node.outputs[0]);
    if (!made || made->size() != sizes->size()) return std::nullopt;
    sizes.emplace(made->begin(), made->end());
  }
  if (!sizes) return std::nullopt;
  const auto given = node.ints_or("axes", {});
  std::vector<ResizedAxis> axes;
  for (std::size_t i = 0; i < sizes->size(); ++i) {
    const std::int64_t at = axis_in(i < given.size() ? given[i] : static_cast<std::int64_t>(i), x->size());
    if (at < 0) return std::nullopt;
    ResizedAxis axis{static_cast<std::size_t>(at), extent(node.input(0), 0, static_cast<std::size_t>(at)), (*sizes)[i]};
    if (axis.before < 1) return std::nullopt;
    axis.is_given = !by_scales && is_same_at_all_sizes(node.input(3), i);
    if (!by_scales && !axis.is_given && !grows_alike(node, i, axis)) return std::nullopt;
    const auto symbol = symbol_of_axis(axis.at);
    if (varies((*x)[axis.at])) {
      axis.follows = true;
      axis.symbols = symbols_of((*x)[axis.at]);
      axis.is_of_image = symbol && symbols_[*symbol].base == axis.size &&
                         (axis.symbols.empty() || axis.symbols == std::set<std::size_t>{*symbol});
      if (axis.is_of_image) axis.symbols = {*symbol};
    } else if ((symbol || axis.before == 1) && axis.size > 1 && axis.before != axis.size) {
      candidates_.insert(index);
      if (choices_.scaled.contains(index)) {
        axis.grows = axis.is_given = true;
        if (symbol) axis.symbols = {*symbol};
      }
    }
    axes.push_back(std::move(axis));
  }
  return axes;
}

// What stands in place of scales where sizes are given.
std::string SizeOpening::no_scales() {
  constexpr std::int64_t kMayBeLeftOut = 13;
  if (model_.opset() >= kMayBeLeftOut) return "";
  const std::string name = fresh_name();
  graph_.initializers.push_back(make_floats(name, {0}, {}));
  for (ShapeScope& trial : trials_) trial.values[name] = {ElementType::kFloat, tensor::Shape{0}, std::vector<double>()};
  return name;
}

// Whether a size that is computed is the same multiple of the input's at all sizes.
bool SizeOpening::grows_alike(const Node& node, std::size_t i, const ResizedAxis& axis) const {
  for (std::size_t trial = 0; trial < trials_.size(); ++trial) {
    const double now = (*trials_[trial].find(node.input(3))->content)[i];
    const auto from = static_cast<double>(extent(node.input(0), trial, axis.at));
    if (now * static_cast<double>(axis.before) != from * static_cast<double>(axis.size)) return false;
  }
  return true;
}

std::optional<Error> SizeOpening::rewrite_resize(Node& node, std::size_t index) {
  const auto axes = resized_axes(node, index);
  if (!axes) return std::nullopt;
  std::vector<std::size_t> growing;
  bool is_image = true, any_grows = false, any_is_given = false;
  for (const ResizedAxis& axis : *axes) {
    if (!axis.follows && !axis.grows) continue;
    growing.push_back(axis.at);
    any_is_given = any_is_given || axis.is_given;
    any_grows = any_grows || axis.grows;
    is_image = is_image && axis.is_of_image;
  }
  if (growing.empty() || !any_is_given) return std::nullopt;
  const bool is_stretching = node.string_or("keep_aspect_ratio_policy", "stretch") == "stretch";
  const auto partner = is_stretching ? partner_of(node, growing) : std::nullopt;
  if (!partner && !is_image) {
    bool is_simple = is_stretching && !any_grows;
    std::vector<float> scales;
    for (const ResizedAxis& axis : *axes) {
      const std::int64_t common = std::max<std::int64_t>(1, std::gcd(axis.size, axis.before));
      if (axis.follows && (axis.before / common > kSimple || axis.size / common > kSimple))
        return refused(node, concat("it resizes ", axis.before, " to ", axis.size, ", which is no simple multiple"));
      scales.push_back(static_cast<float>(axis.size) / static_cast<float>(axis.before));
      is_simple =
          is_simple && std::floor(static_cast<float>(axis.before) * scales.back()) == static_cast<float>(axis.size);
    }
    if (is_simple) {
      const std::string name = fresh_name();
      graph_.initializers.push_back(make_floats(name, {static_cast<std::int64_t>(scales.size())}, scales));
      for (ShapeScope& trial : trials_)
        trial.values[name] = {ElementType::kFloat, tensor::Shape{static_cast<std::int64_t>(scales.size())},
                              std::vector<double>(scales.begin(), scales.end())};
      node.inputs = {node.input(0), node.input(1), name};
      steps_.push_back(concat("sizes of ", named(node), " become scales"));
      return std::nullopt;
    }
  }
  std::vector<std::string> lists;
  for (const ResizedAxis& axis : *axes) {
    const bool is_open = axis.follows || axis.grows;
    lists.push_back(is_open && partner                 ? size_of(*partner, axis.at)
                    : is_open && !axis.symbols.empty() ? size_list(axis.size, axis.symbols)
                                                       : integers({axis.size}));
  }
  std::string scales = node.input(2);
  if (node.input(3).empty()) scales = no_scales();
  node.inputs = {node.input(0), node.input(1), scales, joined(lists)};
  steps_.push_back(concat("sizes of ", named(node), " follow ", partner ? printable(*partner) : "the input"));
  return std::nullopt;
}

}  // namespace zooport::onnx
