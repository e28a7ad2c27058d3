#include <algorithm>

#include "onnx/passes/geometry_rules.hpp"
#include "onnx/passes/shape_rules.hpp"

// Reshape: axes of space that stay whole, take up pixels that were channels, or are cut into blocks.
namespace zooport::onnx {
namespace {

constexpr std::string_view kGroups = "it groups the axes of space with others";

std::vector<int> places_above_one(const tensor::Shape& shape) {
  std::vector<int> places;
  for (std::size_t i = 0; i < shape.size(); ++i)
    if (shape[i] != 1) places.push_back(static_cast<int>(i));
  return places;
}

// The least runs of axes of input and output that hold the same elements; axes of size 1 are left out.
struct Run {
  std::vector<int> from, to;
  friend bool operator==(const Run& a, const Run& b) { return a.from == b.from && a.to == b.to; }
};

std::vector<Run> runs_of(const tensor::Shape& x, const tensor::Shape& y) {
  const std::vector<int> from = places_above_one(x);
  const std::vector<int> to = places_above_one(y);
  std::vector<Run> runs;
  std::size_t i = 0, j = 0;
  while (i < from.size() && j < to.size()) {
    Run run{{from[i]}, {to[j]}};
    std::int64_t a = x[static_cast<std::size_t>(from[i++])];
    std::int64_t b = y[static_cast<std::size_t>(to[j++])];
    while (a != b) {
      if (a < b) {
        if (i == from.size()) return {};
        run.from.push_back(from[i]);
        a *= x[static_cast<std::size_t>(from[i++])];
      } else {
        if (j == to.size()) return {};
        run.to.push_back(to[j]);
        b *= y[static_cast<std::size_t>(to[j++])];
      }
    }
    runs.push_back(std::move(run));
  }
  if (i < from.size() || j < to.size()) runs.clear();
  return runs;
}

// What one axis of the input is to the image.
struct Role {
  enum class Kind { kOther, kWhole, kOuter, kInner } kind = Kind::kOther;
  std::size_t axis = 0;  // of space
};

class Regrouping {
 public:
  Regrouping(GeometryStep& step, const tensor::Shape& x, const tensor::Shape& y) : step_(step), x_(x), y_(y) {
    const SeenValue& before = step.result;
    for (std::size_t i = 0; i < before.space.size(); ++i) {
      const bool is_cut = i < before.inner.size() && before.inner[i] >= 0;
      roles_[before.space[i]] = {is_cut ? Role::Kind::kOuter : Role::Kind::kWhole, i};
      if (is_cut) roles_[before.inner[i]] = {Role::Kind::kInner, i};
    }
    space_.assign(before.space.size(), -1);
    inner_.assign(before.space.size(), -1);
  }

  void run(const std::vector<Run>& runs, const tensor::Shape& other_x, const tensor::Shape& other_y) {
    for (const Run& run : runs) {
      if (run.to.size() == 1 ? !merge(run) : !cut(run, other_x, other_y)) return step_.block(kGroups);
    }
    for (const int axis : space_)
      if (axis < 0) return step_.block(kGroups);
    step_.result.space = space_;
    const bool is_cut = std::any_of(inner_.begin(), inner_.end(), [](int axis) { return axis >= 0; });
    step_.result.inner = is_cut ? inner_ : std::vector<int>();
    for (std::size_t i = 0; i < maps_.size(); ++i) step_.set(maps_[i].first, maps_[i].second);
  }

 private:
  Role role(int axis) const {
    const auto found = roles_.find(axis);
    return found == roles_.end() ? Role() : found->second;
  }
  std::int64_t size(int axis) const { return x_[static_cast<std::size_t>(axis)]; }

  bool merge(const Run& run) {
    const Role first = role(run.from[0]);
    const int to = run.to[0];
    if (run.from.size() == 1 && first.kind == Role::Kind::kOuter) {
      space_[first.axis] = to;
      return true;
    }
    if (run.from.size() == 1 && first.kind == Role::Kind::kInner) {
      // Alone it stays a part; with channels it is gone.
      inner_[first.axis] = to;
      return true;
    }
    if (first.kind == Role::Kind::kWhole) {
      std::int64_t block = 1;
      for (std::size_t i = 1; i < run.from.size(); ++i) {
        if (role(run.from[i]).kind != Role::Kind::kOther) return false;
        block *= size(run.from[i]);
      }
      space_[first.axis] = to;
      if (block > 1) maps_.push_back({first.axis, IndexMap{1, -(block - 1), 0, block}});
      return true;
    }
    if (first.kind == Role::Kind::kOuter) {
      const Role second = role(run.from[1]);
      if (run.from.size() != 2 || second.kind != Role::Kind::kInner || second.axis != first.axis) return false;
      space_[first.axis] = to;
      return true;
    }
    for (const int axis : run.from) {
      const Role one = role(axis);
      if (one.kind == Role::Kind::kOther) continue;
      if (one.kind != Role::Kind::kInner) return false;
      const std::int64_t block = size(axis);
      maps_.push_back({one.axis, IndexMap{block, 0, block - 1, 1}});
    }
    return true;
  }

  bool cut(const Run& run, const tensor::Shape& other_x, const tensor::Shape& other_y) {
    for (const int axis : run.from) {
      if (role(axis).kind == Role::Kind::kOther) continue;
      if (run.from.size() > 1 || run.to.size() != 2 || role(axis).kind != Role::Kind::kWhole) return false;
      const auto inner = static_cast<std::size_t>(run.to[1]);
      if (x_[static_cast<std::size_t>(axis)] != other_x[static_cast<std::size_t>(axis)] && y_[inner] != other_y[inner])
        return false;
      space_[role(axis).axis] = run.to[0];
      inner_[role(axis).axis] = run.to[1];
    }
    return true;
  }

  GeometryStep& step_;
  const tensor::Shape& x_;
  const tensor::Shape& y_;
  std::map<int, Role> roles_;
  std::vector<int> space_, inner_;
  std::vector<std::pair<std::size_t, IndexMap>> maps_;
};

// Sizes that are equal by chance, because they are open and tried as one, must not count: at other sizes the same axes
// have to go together.
void regroup(GeometryStep& step, const tensor::Shape& x, const tensor::Shape& y) {
  const tensor::Shape* other_x = step.shape_elsewhere(step.node.input(0));
  const tensor::Shape* other_y = step.shape_elsewhere(step.node.outputs.at(0));
  if (!other_x || !other_y || places_above_one(x) != places_above_one(*other_x) ||
      places_above_one(y) != places_above_one(*other_y))
    return step.block(kGroups);
  const std::vector<Run> runs = runs_of(x, y);
  if (runs.empty() || runs != runs_of(*other_x, *other_y)) return step.block(kGroups);
  Regrouping(step, x, y).run(runs, *other_x, *other_y);
}

// Axes of space stay whole where what stands before them, or behind them, is grouped in another way.
void reshape(GeometryStep& step) {
  const tensor::Shape* x = step.shape(step.node.input(0));
  const tensor::Shape* y = step.shape(step.node.outputs.at(0));
  if (!x || !y || step.space.empty()) return step.block("its shape is unknown");
  keep_in_place(step);
  if (!step.result.inner.empty()) return regroup(step, *x, *y);
  const auto [least, most] = std::minmax_element(step.space.begin(), step.space.end());
  const auto first = static_cast<std::size_t>(*least);
  const auto last = static_cast<std::size_t>(*most) + 1;
  if (*least < 0 || last > x->size()) return step.block(kGroups);
  const std::size_t behind = x->size() - first;
  if (y->size() >= behind && std::equal(x->end() - static_cast<std::ptrdiff_t>(behind), x->end(),
                                        y->end() - static_cast<std::ptrdiff_t>(behind))) {
    for (int& axis : step.result.space) axis += static_cast<int>(y->size()) - static_cast<int>(x->size());
    return;
  }
  if (y->size() >= last && std::equal(x->begin(), x->begin() + static_cast<std::ptrdiff_t>(last), y->begin())) return;
  regroup(step, *x, *y);
}

}  // namespace

const std::vector<NamedGeometryRule>& reshape_geometry_rules() {
  static const std::vector<NamedGeometryRule> kRules{{"Reshape", reshape}};
  return kRules;
}

}  // namespace zooport::onnx
