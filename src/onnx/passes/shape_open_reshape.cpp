#include <algorithm>

#include "onnx/passes/shape_open.hpp"
#include "zooport/base/text.hpp"

// Targets of Reshape: what of them is a size, and follows the input.
namespace zooport::onnx {
namespace {

// A part that is left to be dealt out.
struct Left {
  AxisFactor factor;
  std::optional<std::size_t> cut;  // it is the inner part of that cut
};

// Whether an axis of one element is better left without the next one, which grows: the target says 1 here, and "what
// is left" for one of the axes of one element behind.
bool is_for_later(const tensor::Shape& to, const std::vector<std::int64_t>& target, std::size_t i) {
  if (target[i] != 1) return false;
  for (std::size_t later = i + 1; later < to.size() && to[later] == 1; ++later) {
    if (target[later] == -1) return true;
  }
  return false;
}

// Takes axes of one element that do not grow from the end if one that does is behind them.
void skip_to_growing(std::vector<Left>& left) {
  const auto next = std::find_if(left.rbegin(), left.rend(),
                                 [](const Left& one) { return one.factor.varies || one.factor.size != 1; });
  if (next != left.rend() && next->factor.varies && next->factor.size == 1) left.erase(next.base(), left.end());
}

}  // namespace

// Row by row, outermost first.
Dealt deal(const std::vector<AxisFactors>& from, const tensor::Shape& to, const std::vector<std::int64_t>& target,
           GrowingPart grows) {
  const bool has_hints = target.size() == to.size();
  Dealt dealt;
  std::vector<Left> left;  // the next one at the end
  for (const AxisFactors& axis : from)
    for (const AxisFactor& factor : axis) left.push_back({factor, std::nullopt});
  std::reverse(left.begin(), left.end());
  for (std::size_t i = 0; i < to.size(); ++i) {
    AxisFactors axis;
    std::int64_t size = 1;
    if (has_hints && to[i] == 1 && target[i] == -1) skip_to_growing(left);
    const bool next_grows = !left.empty() && left.back().factor.size == 1 && left.back().factor.varies;
    if (has_hints && to[i] == 1 && next_grows && is_for_later(to, target, i)) {
      dealt.axes.push_back({});
      continue;
    }
    while (!left.empty() && (size < to[i] || (to[i] == 1 && axis.empty() && left.back().factor.size == 1))) {
      if (to[i] % size != 0) break;
      Left next = left.back();
      const std::int64_t wanted = to[i] / size;
      left.pop_back();
      if (next.factor.size < 1) {
        dealt.problem = "it has no elements";
        return dealt;
      }
      if (to[i] > 1 && next.factor.size == 1 && !next.factor.varies && !next.cut) continue;
      if (next.factor.size > wanted) {
        const bool is_cut = next.factor.varies;
        if (next.factor.size % wanted != 0 || (is_cut && next.factor.symbols.size() != 1)) {
          dealt.problem = concat("it cuts ", next.factor.size, " into parts of ", wanted,
                                 ", and which of them grow is not written there");
          return dealt;
        }
        AxisFactor inner{next.factor.size / wanted, false, {}};
        if (is_cut && grows == GrowingPart::kInner) {
          inner.varies = true;
          std::swap(inner.symbols, next.factor.symbols);
          next.factor.varies = false;
        }
        next.factor.size = wanted;
        if (next.cut) dealt.cuts[*next.cut].inner = i;
        next.cut.reset();
        if (is_cut) dealt.cuts.push_back({i, i});
        left.push_back({inner, is_cut ? std::optional(dealt.cuts.size() - 1) : std::nullopt});
      }
      if (next.cut) dealt.cuts[*next.cut].inner = i;
      size *= next.factor.size;
      axis.push_back(std::move(next.factor));
    }
    if (size != to[i]) {
      dealt.problem = concat("it cuts axes so that ", to[i], " is no part of them");
      return dealt;
    }
    dealt.axes.push_back(std::move(axis));
  }
  // Axes of one element at the end.
  if (!left.empty() && !dealt.axes.empty())
    for (; !left.empty(); left.pop_back())
      if (left.back().factor.varies) dealt.axes.back().push_back(left.back().factor);
  return dealt;
}

std::optional<Error> SizeOpening::rewrite_reshape(Node& node, std::size_t index) {
  const auto x = factors_of(node.input(0));
  const auto target = at_base(node.input(1));
  if (!x) return std::nullopt;
  if (!target || !any_varies(*x)) return std::nullopt;
  // What it makes of the graph as it is.
  Node probe = node;
  probe.outputs = {fresh_name()};
  if (auto done = infer_node(probe, trials_[0]); !done) {
    failed_trial_ = 0;
    return done.error();
  }
  const tensor::Shape* to = shape(probe.outputs[0], 0);
  if (!to || std::find(to->begin(), to->end(), 0) != to->end()) return std::nullopt;
  Dealt dealt = deal(*x, *to, *target, GrowingPart::kOuter);
  if (dealt.problem.empty() && !dealt.cuts.empty()) {
    const auto chosen = choices_.cuts.find(index);
    const auto grows = chosen != choices_.cuts.end() ? std::optional(chosen->second) : growing_part(node, *to, dealt);
    if (!grows) {
      undecided_ = index;
      const std::int64_t part = (*to)[dealt.cuts[0].outer];
      return refused(node, concat("it cuts ", part * (*to)[dealt.cuts[0].inner], " into parts of ", part,
                                  ", and which of them grow is not written there"));
    }
    if (*grows == GrowingPart::kInner) dealt = deal(*x, *to, *target, GrowingPart::kInner);
  }
  if (!dealt.problem.empty()) return refused(node, dealt.problem);
  const std::vector<AxisFactors>& parts = dealt.axes;
  std::vector<std::int64_t> fixed = *to;
  std::vector<std::size_t> open;
  for (std::size_t i = 0; i < to->size(); ++i) {
    if (!varies(parts[i])) continue;
    if (i < x->size() && (*x)[i] == parts[i]) {
      fixed[i] = 0;
    } else {
      open.push_back(i);
    }
  }
  if (!node.outputs.empty()) factors_[node.outputs[0]] = parts;
  const auto has_no_expression = [&](std::size_t i) { return symbols_of(parts[i]).empty(); };
  // Where axes are cut, nothing is left over: sizes that are no multiple have to fail instead of being dealt anew.
  if (!open.empty() && (dealt.cuts.empty() || std::any_of(open.begin(), open.end(), has_no_expression))) {
    // One axis is what is left; preferably one that has no other expression.
    std::size_t rest = open.size() - 1;
    for (std::size_t k = 0; k < open.size(); ++k)
      if (has_no_expression(open[k])) rest = k;
    fixed[open[rest]] = -1;
    open.erase(open.begin() + static_cast<std::ptrdiff_t>(rest));
  }
  std::vector<std::string> lists(fixed.size());
  for (const std::size_t i : open) {
    if (has_no_expression(i))
      return refused(node, "more than one of the axes that it makes grows in another way than the input");
    lists[i] = size_list((*to)[i], symbols_of(parts[i]));
  }
  // The target as it stands may do.
  bool is_fine = fixed.size() == target->size();
  for (std::size_t i = 0; is_fine && i < fixed.size(); ++i) {
    const bool is_left = (*target)[i] == -1 && varies(parts[i]);
    if (!is_same_at_all_sizes(node.input(1), i)) {
      is_fine = follows(node.input(1), i, parts[i]);
    } else if (std::find(open.begin(), open.end(), i) != open.end()) {
      is_fine = is_left;
    } else {
      is_fine = is_left || (*target)[i] == fixed[i] || ((*target)[i] == 0 && i < x->size() && (*x)[i] == parts[i]) ||
                (!varies(parts[i]) && (*target)[i] == 0);
    }
  }
  if (is_fine) return std::nullopt;
  node.remove("allowzero");  // a 0 copies; none was there
  if (open.empty()) {
    node.inputs = {node.input(0), integers(fixed)};
  } else {
    for (std::size_t i = 0; i < fixed.size(); ++i)
      if (lists[i].empty()) lists[i] = integers({fixed[i]});
    node.inputs = {node.input(0), joined(lists)};
  }
  steps_.push_back(concat("the target of ", named(node), " follows the input"));
  return std::nullopt;
}

}  // namespace zooport::onnx
