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
  const auto sizes = at_base(node.input(3));
  if (!x || !sizes || model_.opset() < 11) return std::nullopt;
  if (shape(node.input(0), 0)->size() != x->size()) return std::nullopt;
  const auto given = node.ints_or("axes", {});
  std::vector<ResizedAxis> axes;
  for (std::size_t i = 0; i < sizes->size(); ++i) {
    const std::int64_t at = axis_in(i < given.size() ? given[i] : static_cast<std::int64_t>(i), x->size());
    if (at < 0) return std::nullopt;
    ResizedAxis axis{static_cast<std::size_t>(at), extent(node.input(0), 0, static_cast<std::size_t>(at)), (*sizes)[i]};
    if (axis.before < 1) return std::nullopt;
    axis.is_given = is_same_at_all_sizes(node.input(3), i);
    if (!axis.is_given && !grows_alike(node, i, axis)) return std::nullopt;
    const auto symbol = symbol_of_axis(axis.at);
    if (varies((*x)[axis.at])) {
      axis.follows = true;
      axis.symbols = symbols_of((*x)[axis.at]);
      axis.is_of_image = symbol && symbols_[*symbol].base == axis.size &&
                         (axis.symbols.empty() || axis.symbols == std::set<std::size_t>{*symbol});
      if (axis.is_of_image) axis.symbols = {*symbol};
    } else if (symbol && axis.size > 1 && axis.before != axis.size) {
      candidates_.insert(index);
      if (choices_.scaled.contains(index)) axis.grows = true, axis.symbols = {*symbol};
    }
    axes.push_back(std::move(axis));
  }
  return axes;
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
      steps_.push_back(concat("sizes of ", node.name, " (Resize) become scales"));
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
  node.inputs = {node.input(0), node.input(1), node.input(2), joined(lists)};
  steps_.push_back(concat("sizes of ", node.name, " (Resize) follow ", partner ? *partner : "the input"));
  return std::nullopt;
}

}  // namespace zooport::onnx
