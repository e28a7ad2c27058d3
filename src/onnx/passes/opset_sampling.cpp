#include <algorithm>
#include <map>

#include "onnx/element.hpp"
#include "onnx/passes/opset.hpp"
#include "zooport/base/text.hpp"

// Sampling at places of a grid, and writing with a reduction: said with GatherND and ScatterND.
namespace zooport::onnx::rules {
namespace {

using Integers = std::vector<std::int64_t>;

constexpr std::int64_t kMostAxes = 3;
constexpr std::int64_t kMostRows = 1 << 20;
constexpr std::size_t kMostRounds = 64;

// GridSample along its spatial axes.
class Sampler {
 public:
  Sampler(Rewrite& at, const Node& node, std::int64_t axes)
      : at_(at),
        axes_(axes),
        padding_(node.string_or("padding_mode", "zeros")),
        is_aligned_(node.int_or("align_corners", 0) != 0),
        grid_(node.input(1)) {}

  // Where samples lie along an axis of the image (0: the first spatial one), in elements.
  std::string place(const std::string& extents, std::int64_t axis) {
    const std::string one = number(1);
    // The grid counts axes from the last one.
    const std::string along =
        at_.emit("Gather", {grid_, at_.integer(axes_ - 1 - axis)}, {make_attribute("axis", axes_ + 1)});
    const std::string extent = extent_of(extents, axis);
    const std::string half = number(0.5);
    const std::string shifted = at_.emit("Add", {along, one});
    std::string made;
    if (is_aligned_) {
      made = at_.emit("Mul", {at_.emit("Mul", {shifted, half}), at_.emit("Sub", {extent, one})});
    } else {
      made = at_.emit("Mul", {at_.emit("Sub", {at_.emit("Mul", {shifted, extent}), one}), half});
    }
    if (padding_ == "reflection") made = reflected(made, extent);
    return padding_ == "zeros" ? made : clipped(made, extent);
  }

  // Inside the image: 1, else 0.
  std::string inside(const std::string& place, const std::string& extent) {
    const std::string below = at_.emit("Less", {place, number(0)});
    const std::string above = at_.emit("Greater", {place, at_.emit("Sub", {extent, number(1)})});
    return at_.cast(at_.emit("Not", {at_.emit("Or", {below, above})}), at_.facts.type(grid_));
  }

  std::string clipped(const std::string& place, const std::string& extent) {
    return at_.emit("Min", {at_.emit("Max", {place, number(0)}), at_.emit("Sub", {extent, number(1)})});
  }

  std::string extent_of(const std::string& extents, std::int64_t axis) {
    return at_.cast(at_.emit("Gather", {extents, at_.integer(axis + 2)}), at_.facts.type(grid_));
  }

  std::string number(double value) { return at_.number_like(grid_, value); }

 private:
  // Mirrored at the first and last element, or at their outer borders.
  std::string reflected(const std::string& place, const std::string& extent) {
    const std::string least = number(is_aligned_ ? 0 : -0.5);
    const std::string span = is_aligned_ ? at_.emit("Sub", {extent, number(1)}) : extent;
    const std::string apart = at_.emit("Abs", {at_.emit("Sub", {place, least})});
    const std::string turns = at_.emit("Floor", {at_.emit("Div", {apart, span})});
    const std::string rest = at_.emit("Sub", {apart, at_.emit("Mul", {turns, span})});
    const std::string halves = at_.emit("Mul", {turns, number(0.5)});
    const std::string is_odd =
        at_.emit("Greater", {at_.emit("Sub", {halves, at_.emit("Floor", {halves})}), number(0.25)});
    return at_.emit("Add", {at_.emit("Where", {is_odd, at_.emit("Sub", {span, rest}), rest}), least});
  }

  Rewrite& at_;
  std::int64_t axes_;
  std::string padding_;
  bool is_aligned_;
  std::string grid_;
};

// How often each row was there before.
std::vector<std::size_t> rounds_of(const std::vector<Integers>& rows) {
  std::map<Integers, std::size_t> seen;
  std::vector<std::size_t> rounds;
  for (const Integers& row : rows) rounds.push_back(seen[row]++);
  return rounds;
}

}  // namespace

// Nearest elements, or those around a place, weighted.
void grid_sample(Rewrite& at) {
  const Node node = at.node;
  const std::string x = node.input(0);
  const auto rank = at.facts.rank(x);
  const std::string mode = node.string_or("mode", "linear");
  const bool is_nearest = mode == "nearest";
  const ElementType type = at.facts.type(node.input(1));
  if (!rank || *rank < 3 || *rank > kMostAxes + 2) return at.refuse("the number of axes is not known");
  if (!is_nearest && mode != "linear" && mode != "bilinear") return at.refuse("cubic sampling has no counterpart");
  if (type != ElementType::kFloat || at.facts.type(x) != type) return at.refuse("the elements are no float32");
  const std::int64_t axes = *rank - 2;
  Sampler sampler(at, node, axes);
  const std::string extents = at.emit("Shape", {x});
  std::vector<std::string> extent;
  std::vector<std::string> place;
  std::vector<std::string> first;
  for (std::int64_t axis = 0; axis < axes; ++axis) {
    extent.push_back(sampler.extent_of(extents, axis));
    place.push_back(sampler.place(extents, axis));
    first.push_back(at.emit(is_nearest ? "Round" : "Floor", {place.back()}));
  }
  Integers channels_last = {0};
  Integers channels_first = {0, axes + 1};
  for (std::int64_t axis = 0; axis < axes; ++axis) {
    channels_last.push_back(axis + 2);
    channels_first.push_back(axis + 1);
  }
  channels_last.push_back(1);
  const std::string image = at.transpose(x, channels_last);
  std::string sum;
  const std::int64_t corners = is_nearest ? 1 : std::int64_t{1} << axes;
  for (std::int64_t corner = 0; corner < corners; ++corner) {
    std::vector<std::string> indices;
    std::string weight;
    for (std::size_t axis = 0; axis < static_cast<std::size_t>(axes); ++axis) {
      const bool is_next = (corner >> axis & 1) != 0;
      const std::string index = is_next ? at.emit("Add", {first[axis], sampler.number(1)}) : first[axis];
      std::string part = sampler.inside(index, extent[axis]);
      if (!is_nearest) {
        const std::string beyond = at.emit("Sub", {place[axis], first[axis]});
        part = at.emit("Mul", {part, is_next ? beyond : at.emit("Sub", {sampler.number(1), beyond})});
      }
      weight = weight.empty() ? part : at.emit("Mul", {weight, part});
      indices.push_back(at.unsqueeze(at.cast(sampler.clipped(index, extent[axis]), ElementType::kInt64), {axes + 1}));
    }
    const std::string all = at.emit("Concat", indices, {make_attribute("axis", axes + 1)});
    const std::string picked = at.emit("GatherND", {image, all}, {make_attribute("batch_dims", std::int64_t{1})});
    const std::string part = at.emit("Mul", {picked, at.unsqueeze(weight, {axes + 1})});
    sum = sum.empty() ? part : at.emit("Add", {sum, part});
  }
  at.finish("Transpose", {sum}, {make_attribute("perm", channels_first)});
}

// Rows that are written several times are taken one after the other, as many rounds as there are repetitions.
void scatter_reduced(Rewrite& at) {
  const Node node = at.node;
  const std::string reduction = node.string_or("reduction", "none");
  const std::string op = reduction == "add" ? "Add" : reduction == "mul" ? "Mul" : reduction == "max" ? "Max" : "Min";
  const auto shape = at.facts.shape(node.input(0));
  const auto given = at.facts.integers(node.input(1));
  const auto dims = at.facts.shape(node.input(1));
  if (!shape || !given || !dims || dims->empty() || static_cast<std::int64_t>(given->size()) > kMostRows) {
    return at.refuse(
        concat("reduction = ", reduction, " with indices that are computed, or extents that are not known"));
  }
  const bool by_element = node.op == "ScatterElements";
  const std::size_t rank = shape->size();
  const std::size_t width = by_element ? rank : static_cast<std::size_t>(dims->back());
  const auto axis = at.axis_of(node.input(0), node.int_or("axis", 0));
  if (width == 0 || width > rank || (by_element && (!axis || dims->size() != rank))) {
    return at.refuse("indices that do not fit");
  }
  std::vector<Integers> rows;
  const std::size_t count = by_element ? given->size() : given->size() / width;
  for (std::size_t i = 0; i < count; ++i) {
    Integers row(width);
    if (by_element) {
      std::int64_t rest = static_cast<std::int64_t>(i);
      for (std::size_t j = rank; j-- > 0; rest /= (*dims)[j]) row[j] = rest % (*dims)[j];
      row[static_cast<std::size_t>(*axis)] = (*given)[i];
    } else {
      std::copy_n(given->begin() + static_cast<std::ptrdiff_t>(i * width), width, row.begin());
    }
    for (std::size_t j = 0; j < width; ++j) {
      if (row[j] < 0) row[j] += (*shape)[j];
    }
    rows.push_back(std::move(row));
  }
  const std::vector<std::size_t> rounds = rounds_of(rows);
  const std::size_t last = rounds.empty() ? 0 : *std::max_element(rounds.begin(), rounds.end());
  if (rows.empty() || last >= kMostRounds) return at.refuse("an element that is written too often, or none");
  Integers flat = {-1};
  flat.insert(flat.end(), shape->begin() + static_cast<std::ptrdiff_t>(width), shape->end());
  const std::string updates = at.reshape(node.input(2), flat);
  std::string value = node.input(0);
  for (std::size_t round = 0; round <= last; ++round) {
    Integers picked;
    Integers indices;
    for (std::size_t i = 0; i < rows.size(); ++i) {
      if (rounds[i] != round) continue;
      picked.push_back(static_cast<std::int64_t>(i));
      indices.insert(indices.end(), rows[i].begin(), rows[i].end());
    }
    Tensor places = make_integers("", indices);
    places.dims = {static_cast<std::int64_t>(picked.size()), static_cast<std::int64_t>(width)};
    const std::string where = at.constant(std::move(places));
    const std::string fresh = last == 0 ? updates : at.emit("Gather", {updates, at.integers(picked)});
    value = at.emit("ScatterND", {value, where, at.emit(op, {at.emit("GatherND", {value, where}), fresh})});
  }
  at.finish("Identity", {value});
}

}  // namespace zooport::onnx::rules
