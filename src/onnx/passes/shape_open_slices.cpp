#include <algorithm>
#include <limits>

#include "onnx/passes/shape_open.hpp"
#include "zooport/base/text.hpp"

// Places along an axis that grows: counted from the front, or from the end.
namespace zooport::onnx {
namespace {

constexpr std::int64_t kToTheEnd = std::numeric_limits<std::int64_t>::max();

}  // namespace

// Ends that are the size itself mean "to the end". Other places may be counted from the end, as those of a crop are
// that leaves a margin: tried where nothing else mends a conflict.
std::optional<Error> SizeOpening::rewrite_slice(Node& node, std::size_t index) {
  const auto x = factors_of(node.input(0));
  if (!x || !any_varies(*x)) return std::nullopt;
  const auto list = [&](std::string_view name, std::size_t input) {
    const Attribute* attribute = node.find(name);
    return attribute ? std::optional(attribute->ints) : constant(node.input(input));
  };
  const auto given = list("ends", 2);
  const auto begins = list("starts", 1);
  const auto axes = list("axes", 3);
  const auto by = constant(node.input(4));
  if (!given || (!axes && !node.input(3).empty()) || (!by && !node.input(4).empty())) return std::nullopt;
  std::vector<std::int64_t> ends = *given;
  std::vector<std::int64_t> starts = begins.value_or(std::vector<std::int64_t>());
  const tensor::Shape& before = *shape(node.input(0), 0);
  const bool is_scaled = choices_.scaled.contains(index);
  for (std::size_t i = 0; i < ends.size(); ++i) {
    const std::int64_t axis = axis_in(axes && i < axes->size() ? (*axes)[i] : static_cast<std::int64_t>(i), x->size());
    if (axis < 0 || (by && i < by->size() && (*by)[i] < 1)) continue;
    const std::int64_t size = before[static_cast<std::size_t>(axis)];
    if (!varies((*x)[static_cast<std::size_t>(axis)])) continue;
    if (ends[i] == size) ends[i] = kToTheEnd;
    const bool is_within = ends[i] > 0 && ends[i] < size;
    const bool starts_within = i < starts.size() && starts[i] > 0 && starts[i] < size && ends[i] >= size;
    if (is_within || starts_within) candidates_.insert(index);
    if (is_scaled && is_within) ends[i] -= size;
    if (is_scaled && starts_within) starts[i] -= size;
  }
  const auto replace = [&](std::string_view name, std::size_t input, const std::vector<std::int64_t>& places) {
    if (Attribute* attribute = node.find(name)) {
      attribute->ints = places;
    } else {
      node.inputs[input] = integers(places);
    }
  };
  if (begins && starts != *begins) {
    replace("starts", 1, starts);
    steps_.push_back(concat("starts of ", node.name, " (Slice) are counted from where its input ends"));
  }
  if (ends == *given) return std::nullopt;
  replace("ends", 2, ends);
  steps_.push_back(concat("ends of ", node.name, " (Slice) are where its input ends"));
  return std::nullopt;
}

// Elements taken one by one along an axis that grows: a list of places is as long as the axis was.
std::optional<Error> SizeOpening::rewrite_gather(Node& node) {
  const auto x = factors_of(node.input(0));
  const tensor::Shape* places = shape(node.input(1), 0);
  if (!x || !places) return std::nullopt;
  const std::int64_t axis = axis_in(node.int_or("axis", 0), x->size());
  if (axis < 0 || !varies((*x)[static_cast<std::size_t>(axis)])) return std::nullopt;
  const auto grows = factors_of(node.input(1));
  if (tensor::element_count(*places) < 2 || !grows || any_varies(*grows)) return std::nullopt;
  // Places that are computed from the size follow it though their number may not.
  if (const Inferred* value = trials_[0].find(node.input(1)); value && value->content && !constant(node.input(1)))
    return std::nullopt;
  const std::int64_t size = extent(node.input(0), 0, static_cast<std::size_t>(axis));
  const auto listed = constant(node.input(1));
  // The same elements backwards are a Slice.
  if (listed && places->size() == 1 && static_cast<std::int64_t>(listed->size()) == size) {
    bool is_backwards = true;
    for (std::int64_t i = 0; i < size; ++i)
      is_backwards = is_backwards && (*listed)[static_cast<std::size_t>(i)] == size - 1 - i;
    if (is_backwards && model_.opset() >= 10) {
      node.op = "Slice";
      node.attributes.clear();
      node.inputs = {node.input(0), integers({-1}), integers({std::numeric_limits<std::int64_t>::min()}),
                     integers({axis}), integers({-1})};
      steps_.push_back(concat("the places of ", node.name, " (Gather) become a Slice backwards"));
      return std::nullopt;
    }
  }
  return refused(node, concat("it takes ", tensor::element_count(*places), " elements from given places along axis ",
                              axis, ", which grows"));
}

}  // namespace zooport::onnx
