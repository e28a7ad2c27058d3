#include <algorithm>

#include "onnx/passes/shape_open.hpp"

// How the axes of a value grow, and which parts they are made of.
namespace zooport::onnx {
namespace {

bool is_one_of(std::string_view op, std::initializer_list<std::string_view> ops) {
  return std::find(ops.begin(), ops.end(), op) != ops.end();
}

// Whether the last axis of an output stands for another one than that of the input.
std::size_t axes_lost_at_the_end(std::string_view op, std::size_t input) {
  if (op == "MatMul") return input == 0 ? 1 : 2;
  return 0;
}

}  // namespace

bool varies(const AxisFactors& axis) {
  return std::any_of(axis.begin(), axis.end(), [](const AxisFactor& factor) { return factor.varies; });
}

bool any_varies(const std::vector<AxisFactors>& axes) { return std::any_of(axes.begin(), axes.end(), varies); }

std::set<std::size_t> symbols_of(const AxisFactors& axis) {
  std::set<std::size_t> symbols;
  for (const AxisFactor& factor : axis) {
    if (factor.varies && factor.symbols.empty()) return {};
    for (const std::size_t symbol : factor.symbols)
      if (!symbols.insert(symbol).second) return {};
  }
  return symbols;
}

std::optional<std::vector<AxisFactors>> SizeOpening::factors_of(const std::string& value) const {
  if (const auto known = factors_.find(value); known != factors_.end()) return known->second;
  const tensor::Shape* base = shape(value, 0);
  if (!base) return std::nullopt;
  for (std::size_t trial = 1; trial <= 2 * symbols_.size(); ++trial) {
    const tensor::Shape* other = shape(value, trial);
    if (!other || other->size() != base->size()) return std::nullopt;
  }
  std::vector<AxisFactors> result;
  for (std::size_t axis = 0; axis < base->size(); ++axis) {
    AxisFactor factor;
    factor.size = (*base)[axis];
    bool is_proportional = true;
    for (std::size_t symbol = 0; symbol < symbols_.size(); ++symbol) {
      const tensor::Shape* twice = shape(value, 1 + 2 * symbol);
      const tensor::Shape* thrice = shape(value, 2 + 2 * symbol);
      if ((*twice)[axis] == factor.size && (*thrice)[axis] == factor.size) continue;
      factor.varies = true;
      if ((*twice)[axis] == 2 * factor.size && (*thrice)[axis] == 3 * factor.size) {
        factor.symbols.insert(symbol);
      } else {
        is_proportional = false;
      }
    }
    if (!is_proportional) factor.symbols.clear();
    result.push_back({factor});
  }
  return result;
}

std::vector<int> SizeOpening::axes_kept(const Node& node, std::size_t input, std::size_t rank, std::size_t made) const {
  std::vector<int> kept(made, -1);
  const auto from_the_end = [&] {
    for (std::size_t i = axes_lost_at_the_end(node.op, input); i < std::min(rank, made); ++i)
      kept[made - 1 - i] = static_cast<int>(rank - 1 - i);
    return kept;
  };
  const auto around = [&](const std::vector<bool>& skipped, bool is_input) {
    // `skipped` are axes that only the input has, or only the output.
    for (std::size_t i = 0, other = 0; i < skipped.size(); ++i) {
      if (skipped[i]) continue;
      if (is_input && other < made) kept[other] = static_cast<int>(i);
      if (!is_input && other < rank) kept[i] = static_cast<int>(other);
      ++other;
    }
    return kept;
  };
  if (node.op == "Transpose") {
    const auto permutation = node.ints_or("perm", {});
    for (std::size_t i = 0; i < std::min(made, permutation.size()); ++i)
      kept[i] = static_cast<int>(axis_in(permutation[i], rank));
    return kept;
  }
  if (node.op == "Gather") {
    if (input != 0 || made + 1 < rank) return kept;
    const std::int64_t axis = axis_in(node.int_or("axis", 0), rank);
    const std::size_t added = made + 1 - rank;
    for (std::size_t i = 0; i < rank; ++i) {
      const auto at = static_cast<std::int64_t>(i);
      if (at < axis) kept[i] = static_cast<int>(i);
      if (at > axis) kept[i + added - 1] = static_cast<int>(i);
    }
    return kept;
  }
  if (is_one_of(node.op, {"Squeeze", "Unsqueeze"}) || node.op.starts_with("Reduce")) {
    if (rank == made) return from_the_end();
    const bool is_input = made < rank;
    const auto given = node.find("axes") ? std::optional(node.find("axes")->ints) : constant(node.input(1));
    std::vector<bool> skipped(std::max(made, rank), false);
    if (input != 0 || !given) return kept;
    for (const std::int64_t axis : *given)
      if (const std::int64_t at = axis_in(axis, skipped.size()); at >= 0) skipped[static_cast<std::size_t>(at)] = true;
    return around(skipped, is_input);
  }
  if (is_one_of(node.op, {"MatMul", "Add", "Sub", "Mul", "Div", "Pow", "Where", "Min", "Max", "Sum", "Mean", "PRelu",
                          "Concat", "Slice", "Split", "Pad", "Expand"}))
    return from_the_end();
  return kept;
}

void SizeOpening::note_factors(const Node& node) {
  if (node.op == "Reshape") return;  // noted where it was taken apart
  for (const std::string& output : node.outputs) {
    const tensor::Shape* made = output.empty() ? nullptr : shape(output, 0);
    if (!made) continue;
    std::optional<std::vector<AxisFactors>> noted;
    for (std::size_t input = 0; input < node.inputs.size(); ++input) {
      const auto known = factors_.find(node.inputs[input]);
      if (known == factors_.end()) continue;
      const auto same = [&](const ShapeScope& trial) {
        const Inferred* a = trial.find(node.inputs[input]);
        const Inferred* b = trial.find(output);
        return a && b && a->shape && a->shape == b->shape;
      };
      if (node.op != "Transpose" && std::all_of(trials_.begin(), trials_.end(), same)) {
        noted = known->second;
        break;
      }
      if (!noted) noted = factors_of(output);
      if (!noted) break;
      const std::vector<int> kept = axes_kept(node, input, known->second.size(), noted->size());
      for (std::size_t axis = 0; axis < kept.size(); ++axis) {
        if (kept[axis] < 0) continue;
        const auto from = static_cast<std::size_t>(kept[axis]);
        bool is_same = true;
        for (std::size_t trial = 0; trial < trials_.size(); ++trial)
          is_same = is_same && extent(output, trial, axis) == extent(node.inputs[input], trial, from);
        if (is_same && extent(output, 0, axis) != 1) (*noted)[axis] = known->second[from];
      }
    }
    if (noted) factors_[output] = std::move(*noted);
  }
}

std::optional<std::vector<std::int64_t>> SizeOpening::at_base(const std::string& value) const {
  const Inferred* base = trials_[0].find(value);
  if (!base || !base->content) return std::nullopt;
  for (const ShapeScope& trial : trials_) {
    const Inferred* other = trial.find(value);
    if (!other || !other->content || other->content->size() != base->content->size()) return std::nullopt;
  }
  std::vector<std::int64_t> result;
  for (const double number : *base->content)
    result.push_back(static_cast<std::int64_t>(std::clamp(number, -9.2e18, 9.2e18)));
  return result;
}

bool SizeOpening::is_same_at_all_sizes(const std::string& value, std::size_t i) const {
  const double base = (*trials_[0].find(value)->content)[i];
  return std::all_of(trials_.begin(), trials_.end(),
                     [&](const ShapeScope& trial) { return (*trial.find(value)->content)[i] == base; });
}

bool SizeOpening::follows(const std::string& value, std::size_t i, const AxisFactors& axis) const {
  for (std::size_t trial = 0; trial < trials_.size(); ++trial) {
    double expected = 1;
    for (const AxisFactor& factor : axis) {
      if (factor.varies && factor.symbols.empty()) return false;
      expected *= static_cast<double>(factor.size);
      if (trial > 0 && factor.symbols.count((trial - 1) / 2)) expected *= trial % 2 == 1 ? 2 : 3;
    }
    if ((*trials_[trial].find(value)->content)[i] != expected) return false;
  }
  return true;
}

}  // namespace zooport::onnx
