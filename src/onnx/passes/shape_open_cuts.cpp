#include <algorithm>

#include "onnx/passes/shape_open.hpp"

// A Reshape that cuts an axis which grows into two, as windows of attention and pixels of a block are: what is done
// with the parts says which of them is the number of windows, and grows, and which one is their size.
namespace zooport::onnx {
namespace {

constexpr int kMostReaders = 8;

// The axes of a value, by the name that they have behind the Reshape, and how a second one puts them together.
struct Groups {
  std::vector<std::size_t> of_axis;  // group of each axis
  std::vector<std::size_t> counted;  // axes of more than one element in each group
};

std::optional<Groups> grouped(const std::vector<std::size_t>& order, const tensor::Shape& sizes,
                              const tensor::Shape& target) {
  Groups groups{std::vector<std::size_t>(order.size(), 0), std::vector<std::size_t>(target.size(), 0)};
  std::size_t next = 0;
  for (std::size_t i = 0; i < target.size(); ++i) {
    std::int64_t size = 1;
    for (bool is_first = true; next < order.size(); is_first = false, ++next) {
      const std::int64_t axis = sizes[order[next]];
      if (size >= target[i] && !(target[i] == 1 && is_first && axis == 1)) break;
      if (target[i] % (size * axis) != 0) return std::nullopt;
      size *= axis;
      groups.of_axis[order[next]] = i;
      if (axis > 1) ++groups.counted[i];
    }
    if (size != target[i]) return std::nullopt;
  }
  for (; next < order.size(); ++next) {
    if (sizes[order[next]] != 1) return std::nullopt;
    groups.of_axis[order[next]] = target.size() - 1;
  }
  return groups;
}

std::optional<GrowingPart> part_that(bool outer, bool inner) {
  if (outer == inner) return std::nullopt;
  return outer ? GrowingPart::kOuter : GrowingPart::kInner;
}

// In this order: what goes with the batch; what stays an axis of its own; what is not mixed with channels.
std::optional<GrowingPart> by_groups(const Groups& groups, const Dealt::Cut& cut, const std::vector<bool>& is_cut,
                                     const tensor::Shape& sizes) {
  const std::size_t outer = groups.of_axis[cut.outer];
  const std::size_t inner = groups.of_axis[cut.inner];
  if (outer == inner) return std::nullopt;
  const std::size_t batch = groups.of_axis[0];
  if (const auto part = part_that(outer == batch, inner == batch)) return part;
  if (const auto part = part_that(groups.counted[outer] == 1, groups.counted[inner] == 1)) return part;
  const auto is_pure = [&](std::size_t group) {
    for (std::size_t axis = 0; axis < sizes.size(); ++axis)
      if (groups.of_axis[axis] == group && sizes[axis] > 1 && !is_cut[axis]) return false;
    return true;
  };
  return part_that(is_pure(outer), is_pure(inner));
}

}  // namespace

std::optional<GrowingPart> SizeOpening::growing_part(const Node& node, const tensor::Shape& to,
                                                     const Dealt& dealt) const {
  std::vector<bool> is_cut(to.size(), false);
  for (const Dealt::Cut& cut : dealt.cuts) is_cut[cut.outer] = is_cut[cut.inner] = true;
  std::vector<std::size_t> order;
  for (std::size_t i = 0; i < to.size(); ++i) order.push_back(i);
  const auto agreed = [&](const auto& vote) -> std::optional<GrowingPart> {
    std::optional<GrowingPart> all;
    for (const Dealt::Cut& cut : dealt.cuts) {
      const std::optional<GrowingPart> part = vote(cut);
      if (!part || (all && *all != *part)) return std::nullopt;
      all = part;
    }
    return all;
  };
  const Node* reader = &node;
  for (int step = 0; step < kMostReaders && !reader->outputs.empty(); ++step) {
    const std::vector<const Node*>& readers = nodes_.readers(reader->outputs[0]);
    if (readers.size() != 1 || !readers[0]->domain.empty()) return std::nullopt;
    reader = readers[0];
    if (reader->op == "Identity" || reader->op == "Cast" || reader->op == "Relu") continue;
    if (reader->op == "Transpose") {
      const auto permutation = reader->ints_or("perm", {});
      if (permutation.size() != order.size()) return std::nullopt;
      std::vector<std::size_t> turned;
      for (const std::int64_t axis : permutation) {
        if (axis < 0 || static_cast<std::size_t>(axis) >= order.size()) return std::nullopt;
        turned.push_back(order[static_cast<std::size_t>(axis)]);
      }
      order = std::move(turned);
      continue;
    }
    if (reader->op.starts_with("Reduce")) {
      // What is taken together is a block of its own.
      const auto axes = reader->find("axes") ? std::optional(reader->find("axes")->ints) : constant(reader->input(1));
      if (!axes) return std::nullopt;
      std::vector<bool> reduced(order.size(), false);
      for (const std::int64_t axis : *axes)
        if (const std::int64_t at = axis_in(axis, order.size()); at >= 0)
          reduced[order[static_cast<std::size_t>(at)]] = true;
      return agreed([&](const Dealt::Cut& cut) { return part_that(!reduced[cut.outer], !reduced[cut.inner]); });
    }
    if (reader->op != "Reshape") return std::nullopt;
    const tensor::Shape* target = base_shape(reader->outputs.empty() ? std::string() : reader->outputs[0]);
    const auto groups = target ? grouped(order, to, *target) : std::nullopt;
    if (!groups) return std::nullopt;
    return agreed([&](const Dealt::Cut& cut) { return by_groups(*groups, cut, is_cut, to); });
  }
  return std::nullopt;
}

}  // namespace zooport::onnx
