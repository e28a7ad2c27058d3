#include <algorithm>
#include <limits>

#include "onnx/passes/shape_open.hpp"
#include "zooport/base/text.hpp"

// Places along an axis that grows: counted from the front, or from the end.
namespace zooport::onnx {
namespace {

constexpr std::int64_t kToTheEnd = std::numeric_limits<std::int64_t>::max();

// A Slice along one axis, forwards.
struct Cut {
  std::int64_t axis = 0, start = 0, end = 0;
};

std::optional<Cut> cut_of(const Node& node, const InferredValues& values, std::size_t rank) {
  if (node.op != "Slice" || !node.domain.empty()) return std::nullopt;
  const auto one = [&](std::string_view name, std::size_t input,
                       std::int64_t otherwise) -> std::optional<std::int64_t> {
    if (const Attribute* attribute = node.find(name))
      return attribute->ints.size() == 1 ? std::optional(attribute->ints[0]) : std::nullopt;
    if (node.input(input).empty()) return otherwise;
    const auto value = values.find(node.input(input));
    if (value == values.end() || !value->second.content || value->second.content->size() != 1) return std::nullopt;
    return static_cast<std::int64_t>(std::clamp(value->second.content->front(), -9.2e18, 9.2e18));
  };
  const auto axis = one("axes", 3, 0), start = one("starts", 1, 0), end = one("ends", 2, kToTheEnd);
  if (!axis || !start || !end || one("steps", 4, 1) != 1) return std::nullopt;
  return Cut{axis_in(*axis, rank), *start, *end};
}

// "2 to 14" where both places are counted from the same side, so that the number of pixels is the same at every size.
std::string pixels_kept(std::int64_t start, std::int64_t end, std::int64_t size, std::string_view prefix) {
  if (start < -size || start >= size) return {};
  if (start < 0 && end >= size) return concat(prefix, start, " to the end");
  if ((start < 0) != (end < 0) || end >= size || start >= end) return {};
  return concat(prefix, start, " to ", end);
}

}  // namespace

// [p:] and [:p] of one value, joined in this order, turn it by p pixels; 0: this node has no part in that.
std::int64_t SizeOpening::turned_by(const Node& node) const {
  if (node.outputs.empty()) return 0;
  const tensor::Shape* before = base_shape(node.input(0));
  const auto own = before ? cut_of(node, as_it_is_, before->size()) : std::nullopt;
  if (!own || own->axis < 0) return 0;
  const std::int64_t size = (*before)[static_cast<std::size_t>(own->axis)];
  const bool is_tail = own->start > 0 && own->end >= size;
  const std::int64_t place = is_tail ? own->start : own->end;
  if (place <= 0 || place >= size || (!is_tail && own->start != 0)) return 0;
  for (const Node* join : nodes_.readers(node.outputs[0])) {
    if (join->op != "Concat" || join->inputs.size() != 2 || join->inputs[is_tail ? 0 : 1] != node.outputs[0]) continue;
    const Node* other = nodes_.maker(join->inputs[is_tail ? 1 : 0]);
    if (!other || other == nodes_.maker(node.outputs[0]) || other->input(0) != node.input(0)) continue;
    const auto cut = cut_of(*other, as_it_is_, before->size());
    if (!cut || cut->axis != own->axis) continue;
    if (is_tail ? cut->start == 0 && cut->end == place : cut->start == place && cut->end >= size) return place;
  }
  return 0;
}

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
  const std::int64_t turned = turned_by(node);
  bool is_scaled = choices_.scaled.contains(index);
  std::string kept;  // places that do not follow
  for (std::size_t i = 0; i < ends.size(); ++i) {
    const std::int64_t axis = axis_in(axes && i < axes->size() ? (*axes)[i] : static_cast<std::int64_t>(i), x->size());
    if (axis < 0 || (by && i < by->size() && (*by)[i] < 1)) continue;
    const std::int64_t size = before[static_cast<std::size_t>(axis)];
    if (!varies((*x)[static_cast<std::size_t>(axis)])) continue;
    if (ends[i] == size) ends[i] = kToTheEnd;
    const bool is_within = ends[i] > 0 && ends[i] < size;
    const bool starts_within = i < starts.size() && starts[i] > 0 && starts[i] < size && ends[i] >= size;
    if (turned > 0 && 2 * turned == size)
      return refused(node, concat("it turns the image by ", turned, " of ", size,
                                  " pixels, and nothing says whether that is half of the size or a fixed number"));
    if (turned > 0) is_scaled = 2 * turned > size;  // the shorter way
    if (turned == 0 && (is_within || starts_within)) candidates_.insert(index);
    if (is_scaled && is_within) ends[i] -= size;
    if (is_scaled && starts_within) starts[i] -= size;
    if (turned == 0 && begins && i < starts.size() && starts[i] == (*begins)[i])
      kept += pixels_kept(starts[i], ends[i], size, kept.empty() ? "" : " and ");
  }
  if (!kept.empty()) steps_.push_back(concat(named(node), " keeps the pixels ", kept, " at every size"));
  const auto replace = [&](std::string_view name, std::size_t input, const std::vector<std::int64_t>& places) {
    if (Attribute* attribute = node.find(name)) {
      attribute->ints = places;
    } else {
      node.inputs[input] = integers(places);
    }
  };
  if (begins && starts != *begins) {
    replace("starts", 1, starts);
    steps_.push_back(concat("starts of ", named(node), " are counted from where its input ends"));
  }
  if (ends == *given) return std::nullopt;
  replace("ends", 2, ends);
  steps_.push_back(concat("ends of ", named(node), " are where its input ends"));
  return std::nullopt;
}

// Pixels that are added to reach a multiple: how many follows from the size.
std::optional<Error> SizeOpening::rewrite_pad(const Node& node) const {
  const auto x = factors_of(node.input(0));
  const Attribute* attribute = node.find("pads");
  const auto pads = attribute ? std::optional(attribute->ints) : constant(node.input(1));
  if (!x || !pads || pads->size() != 2 * x->size() || !node.input(3).empty()) return std::nullopt;
  for (std::size_t axis = 0; axis < x->size(); ++axis) {
    const std::int64_t before = (*pads)[axis], behind = (*pads)[axis + x->size()];
    if (!varies((*x)[axis]) || before < 0 || behind <= before || (before > 0 && behind != before + 1)) continue;
    constexpr std::int64_t kMostPad = 1 << 20;
    const std::int64_t size = extent(node.input(0), 0, axis);
    if (behind > kMostPad) continue;
    std::int64_t multiple = 1;
    while (multiple <= before + behind) multiple *= 2;
    if ((size + before + behind) % multiple != 0) continue;
    return refused(node, concat("it pads ", size, " to ", size + before + behind, ", a multiple of ", multiple,
                                ": how much it takes follows from the size"));
  }
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
      steps_.push_back(concat("the places of ", printable(name_of_node(node)), " (Gather) become a Slice backwards"));
      return std::nullopt;
    }
  }
  return refused(node, concat("it takes ", tensor::element_count(*places), " elements from given places along axis ",
                              axis, ", which grows"));
}

}  // namespace zooport::onnx
