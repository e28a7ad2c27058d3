#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include "onnx/passes/shape_open.hpp"
#include "zooport/base/text.hpp"

// Operators that hold sizes as constants.
namespace zooport::onnx {
namespace {

constexpr std::size_t kNoInput = std::numeric_limits<std::size_t>::max();
constexpr std::int64_t kSimple = 16;  // of a factor: numerator and denominator

bool varies(const AxisFactors& axis) {
  return std::any_of(axis.begin(), axis.end(), [](const AxisFactor& factor) { return factor.varies; });
}
bool any_varies(const std::vector<AxisFactors>& axes) { return std::any_of(axes.begin(), axes.end(), varies); }

// Symbols that the whole axis is proportional to; empty though it varies: it is not.
std::set<std::size_t> symbols_of(const AxisFactors& axis) {
  std::set<std::size_t> symbols;
  for (const AxisFactor& factor : axis) {
    if (factor.varies && factor.symbols.empty()) return {};
    for (const std::size_t symbol : factor.symbols)
      if (!symbols.insert(symbol).second) return {};
  }
  return symbols;
}

// Whether an axis of one element is better left without the next one, which grows: the target says 1 here, and "what
// is left" for one of the axes of one element behind.
bool is_for_later(const tensor::Shape& to, const std::vector<std::int64_t>& target, std::size_t i) {
  if (target.size() != to.size() || target[i] != 1) return false;
  for (std::size_t later = i + 1; later < to.size() && to[later] == 1; ++later) {
    if (target[later] == -1) return true;
  }
  return false;
}

// Takes axes of one element that do not grow from the end of `left` if one that does is behind them.
void skip_to_growing(AxisFactors& left) {
  const auto next = std::find_if(left.rbegin(), left.rend(),
                                 [](const AxisFactor& factor) { return factor.varies || factor.size != 1; });
  if (next != left.rend() && next->varies && next->size == 1) left.erase(next.base(), left.end());
}

// Deals the elements of the input out to the axes of the result, row by row; `cut` names an axis that grows and would
// have to be cut. Where axes of one element could go to several, `target` tells.
std::optional<std::vector<AxisFactors>> dealt(const std::vector<AxisFactors>& from, const tensor::Shape& to,
                                              const std::vector<std::int64_t>& target, std::string& cut) {
  AxisFactors left;  // the next one at the end
  for (const AxisFactors& axis : from) left.insert(left.end(), axis.begin(), axis.end());
  std::reverse(left.begin(), left.end());
  std::vector<AxisFactors> result;
  for (std::size_t i = 0; i < to.size(); ++i) {
    AxisFactors axis;
    std::int64_t size = 1;
    if (to[i] == 1 && target.size() == to.size() && target[i] == -1) skip_to_growing(left);
    if (to[i] == 1 && !left.empty() && left.back().size == 1 && left.back().varies && is_for_later(to, target, i)) {
      result.push_back({});
      continue;
    }
    while (!left.empty() && (size < to[i] || (to[i] == 1 && axis.empty() && left.back().size == 1))) {
      if (to[i] % size != 0) break;
      AxisFactor next = left.back();
      const std::int64_t wanted = to[i] / size;
      left.pop_back();
      if (to[i] > 1 && next.size == 1 && !next.varies) continue;
      if (next.size > wanted) {
        if (next.varies || next.size % wanted != 0) {
          cut =
              concat("it cuts ", next.size, " into parts of ", wanted, ", and which of them grow is not written there");
          return std::nullopt;
        }
        left.push_back({next.size / wanted, false, {}});
        next.size = wanted;
      }
      size *= next.size;
      axis.push_back(next);
    }
    if (size != to[i]) {
      cut = concat("it cuts axes so that ", to[i], " is no part of them");
      return std::nullopt;
    }
    result.push_back(std::move(axis));
  }
  // Axes of one element at the end.
  if (!left.empty() && !result.empty())
    for (; !left.empty(); left.pop_back())
      if (left.back().varies) result.back().push_back(left.back());
  return result;
}

}  // namespace

// Operators inside a Loop, a Scan or an If are not rewritten, so they must not hold a size that is opened.
std::optional<Error> SizeOpening::refuse_sizes_inside(const Graph& body, ConstantsByName& constants) const {
  for (const Tensor& tensor : body.initializers) constants[tensor.name] = integers_of(tensor);
  for (const Node& node : body.nodes) {
    if (const Attribute* value = node.find("value"); value && node.op == "Constant" && value->tensors.size() == 1) {
      if (!node.outputs.empty()) constants[node.outputs[0]] = integers_of(value->tensors[0]);
    }
    const std::size_t at = node.op == "Reshape" || node.op == "Expand" ? 1
                           : node.op == "Resize"                       ? 3
                           : node.op == "ConstantOfShape"              ? 0
                                                                       : kNoInput;
    if (at != kNoInput && node.domain.empty()) {
      const auto known = constants.find(node.input(at));
      const auto sizes = known == constants.end() ? constant(node.input(at)) : known->second;
      for (const OpenSymbol& symbol : symbols_) {
        if (!sizes || symbol.base < 2 || std::find(sizes->begin(), sizes->end(), symbol.base) == sizes->end()) continue;
        return refused(node, concat("it is inside another operator and holds the size ", symbol.base));
      }
    }
    for (const Attribute& attribute : node.attributes) {
      for (const Graph& inner : attribute.graphs) {
        if (auto error = refuse_sizes_inside(inner, constants)) return error;
      }
    }
  }
  return std::nullopt;
}

std::optional<Error> SizeOpening::rewrite(Node& node, std::size_t index) {
  ConstantsByName constants;
  for (const Attribute& attribute : node.attributes) {
    for (const Graph& inner : attribute.graphs) {
      if (auto error = refuse_sizes_inside(inner, constants)) return error;
    }
  }
  if (!node.domain.empty() || node.inputs.empty()) return std::nullopt;
  if (node.op == "Resize") return rewrite_resize(node, index);
  if (node.op == "Reshape") return rewrite_reshape(node);
  if (node.op == "Expand") return rewrite_expand(node, index);
  if (node.op == "Slice") return rewrite_slice(node);
  if (node.op == "ConvTranspose") return rewrite_transposed(node);
  return std::nullopt;
}

std::optional<Error> SizeOpening::rewrite_resize(Node& node, std::size_t index) {
  const auto x = factors_of(node.input(0));
  const auto sizes = constant(node.input(3));
  if (!x || !sizes || model_.opset() < 11) return std::nullopt;
  const auto axes = node.ints_or("axes", {});
  const tensor::Shape before = *shape(node.input(0), 0);
  bool follows = false, is_simple = node.string_or("keep_aspect_ratio_policy", "stretch") == "stretch", grows = false;
  std::vector<float> scales;
  std::vector<std::string> lists;
  std::vector<std::pair<std::int64_t, std::set<std::size_t>>> made;
  for (std::size_t i = 0; i < sizes->size(); ++i) {
    const std::int64_t axis = axis_in(i < axes.size() ? axes[i] : static_cast<std::int64_t>(i), x->size());
    if (axis < 0 || before[static_cast<std::size_t>(axis)] < 1) return std::nullopt;
    const auto at = static_cast<std::size_t>(axis);
    const std::int64_t size = before[at];
    const std::int64_t common = std::max<std::int64_t>(1, std::gcd((*sizes)[i], size));
    scales.push_back(static_cast<float>((*sizes)[i]) / static_cast<float>(size));
    std::set<std::size_t> symbols;
    if (varies((*x)[at])) {
      follows = true;
      if (size / common > kSimple || (*sizes)[i] / common > kSimple)
        return refused(node, concat("it resizes ", size, " to ", (*sizes)[i], ", which is no simple multiple"));
      symbols = symbols_of((*x)[at]);
    } else if (const auto symbol = symbol_of_axis(at); symbol && (*sizes)[i] > 1 && size != (*sizes)[i]) {
      candidates_.insert(index);
      if (scaled_.contains(index)) grows = true, symbols = {*symbol};
    }
    is_simple = is_simple && std::floor(static_cast<float>(size) * scales.back()) == static_cast<float>((*sizes)[i]);
    made.emplace_back((*sizes)[i], symbols);
  }
  if (!follows && !grows) return std::nullopt;
  if (is_simple && !grows) {
    const std::string name = fresh_name();
    graph_.initializers.push_back(make_floats(name, {static_cast<std::int64_t>(scales.size())}, scales));
    for (ShapeScope& trial : trials_)
      trial.values[name] = {ElementType::kFloat, tensor::Shape{static_cast<std::int64_t>(scales.size())},
                            std::vector<double>(scales.begin(), scales.end())};
    node.inputs = {node.input(0), node.input(1), name};
    steps_.push_back(concat("sizes of ", node.name, " (Resize) become scales"));
    return std::nullopt;
  }
  for (const auto& [size, symbols] : made)
    lists.push_back(symbols.empty() ? integers({size}) : size_list(size, symbols));
  node.inputs = {node.input(0), node.input(1), node.input(2), joined(lists)};
  steps_.push_back(concat("sizes of ", node.name, " (Resize) follow the input"));
  return std::nullopt;
}

std::optional<Error> SizeOpening::rewrite_reshape(Node& node) {
  const auto x = factors_of(node.input(0));
  const auto target = constant(node.input(1));
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
  std::string cut;
  const auto parts = dealt(*x, *to, *target, cut);
  if (!parts) return refused(node, cut);
  std::vector<std::int64_t> fixed = *to;
  std::vector<std::size_t> open;
  const bool copies = node.int_or("allowzero", 0) == 0;
  for (std::size_t i = 0; i < to->size(); ++i) {
    if (!varies((*parts)[i])) continue;
    if (copies && i < x->size() && (*x)[i] == (*parts)[i]) {
      fixed[i] = 0;
    } else {
      open.push_back(i);
    }
  }
  if (!node.outputs.empty()) factors_[node.outputs[0]] = *parts;
  if (!open.empty()) {
    // One axis is what is left; preferably one that has no other expression.
    std::size_t rest = open.size() - 1;
    for (std::size_t k = 0; k < open.size(); ++k)
      if (symbols_of((*parts)[open[k]]).empty()) rest = k;
    fixed[open[rest]] = -1;
    open.erase(open.begin() + static_cast<std::ptrdiff_t>(rest));
  }
  std::vector<std::string> lists(fixed.size());
  for (const std::size_t i : open) {
    const auto symbols = symbols_of((*parts)[i]);
    if (symbols.empty())
      return refused(node, "more than one of the axes that it makes grows in another way than the input");
    lists[i] = size_list((*to)[i], symbols);
  }
  // The target as it stands may do.
  bool is_fine = open.empty();
  for (std::size_t i = 0; is_fine && i < fixed.size(); ++i)
    is_fine = (*target)[i] == fixed[i] || ((*target)[i] == -1 && varies((*parts)[i])) ||
              ((*target)[i] == 0 && copies && i < x->size() && (*x)[i] == (*parts)[i]) ||
              (!varies((*parts)[i]) && (*target)[i] == 0);
  if (is_fine && fixed.size() == target->size()) return std::nullopt;
  if (open.empty()) {
    node.inputs = {node.input(0), integers(fixed)};
  } else {
    for (std::size_t i = 0; i < fixed.size(); ++i)
      if (lists[i].empty()) lists[i] = integers({fixed[i]});
    node.inputs = {node.input(0), joined(lists)};
  }
  steps_.push_back(concat("the target of ", node.name, " (Reshape) follows the input"));
  return std::nullopt;
}

std::optional<Error> SizeOpening::rewrite_expand(Node& node, std::size_t index) {
  const auto x = factors_of(node.input(0));
  const auto target = constant(node.input(1));
  if (!x || !target) return std::nullopt;
  const std::size_t rank = std::max(x->size(), target->size());
  std::vector<std::int64_t> fixed = *target;
  std::vector<std::string> lists(fixed.size());
  bool changes = false, is_joined = false;
  for (std::size_t i = 0; i < fixed.size(); ++i) {
    const std::size_t axis = rank - fixed.size() + i;
    const bool has = axis + x->size() >= rank;
    const AxisFactors* from = has ? &(*x)[axis + x->size() - rank] : nullptr;
    if (from && varies(*from)) {
      changes = changes || fixed[i] != 1;
      fixed[i] = 1;
      continue;
    }
    const auto symbol = symbol_of_axis(axis);
    if (!symbol || fixed[i] < 2) continue;
    candidates_.insert(index);
    if (!scaled_.contains(index)) continue;
    lists[i] = size_list(fixed[i], {*symbol});
    changes = is_joined = true;
  }
  if (!changes) return std::nullopt;
  if (is_joined) {
    for (std::size_t i = 0; i < fixed.size(); ++i)
      if (lists[i].empty()) lists[i] = integers({fixed[i]});
    node.inputs = {node.input(0), joined(lists)};
  } else {
    node.inputs = {node.input(0), integers(fixed)};
  }
  steps_.push_back(concat("the target of ", node.name, " (Expand) follows the input"));
  return std::nullopt;
}

// Ends that are the size itself mean "to the end".
std::optional<Error> SizeOpening::rewrite_slice(Node& node) {
  const auto x = factors_of(node.input(0));
  if (!x || !any_varies(*x)) return std::nullopt;
  Attribute* attribute = node.find("ends");
  const auto given = attribute ? std::optional(attribute->ints) : constant(node.input(2));
  const auto axes = node.find("axes") ? std::optional(node.find("axes")->ints) : constant(node.input(3));
  const auto by = constant(node.input(4));
  if (!given || (!axes && !node.input(3).empty()) || (!by && !node.input(4).empty())) return std::nullopt;
  std::vector<std::int64_t> ends = *given;
  const tensor::Shape& before = *shape(node.input(0), 0);
  for (std::size_t i = 0; i < ends.size(); ++i) {
    const std::int64_t axis = axis_in(axes && i < axes->size() ? (*axes)[i] : static_cast<std::int64_t>(i), x->size());
    if (axis < 0 || (by && i < by->size() && (*by)[i] < 1)) continue;
    const auto at = static_cast<std::size_t>(axis);
    if (varies((*x)[at]) && ends[i] == before[at]) ends[i] = std::numeric_limits<std::int64_t>::max();
  }
  if (ends == *given) return std::nullopt;
  if (attribute) {
    attribute->ints = ends;
  } else {
    node.inputs[2] = integers(ends);
  }
  steps_.push_back(concat("ends of ", node.name, " (Slice) are where its input ends"));
  return std::nullopt;
}

// A given size of the output stands for the padding that leads to it.
std::optional<Error> SizeOpening::rewrite_transposed(Node& node) {
  const auto x = factors_of(node.input(0));
  const std::vector<std::int64_t> wanted = node.ints_or("output_shape", {});
  const tensor::Shape* weights = shape(node.input(1), 0);
  if (!x || wanted.empty() || !any_varies(*x) || !weights || weights->size() < 3) return std::nullopt;
  const std::size_t rank = weights->size() - 2;
  if (wanted.size() < rank) return std::nullopt;
  const tensor::Shape& before = *shape(node.input(0), 0);
  const auto strides = node.ints_or("strides", std::vector<std::int64_t>(rank, 1));
  const auto dilations = node.ints_or("dilations", std::vector<std::int64_t>(rank, 1));
  const auto extra = node.ints_or("output_padding", std::vector<std::int64_t>(rank, 0));
  if (strides.size() != rank || dilations.size() != rank || extra.size() != rank) return std::nullopt;
  std::vector<std::int64_t> pads(2 * rank, 0);
  const bool is_upper = node.string_or("auto_pad", "NOTSET") == "SAME_UPPER";
  for (std::size_t i = 0; i < rank; ++i) {
    const std::int64_t total = strides[i] * (before[i + 2] - 1) + extra[i] + ((*weights)[i + 2] - 1) * dilations[i] +
                               1 - wanted[wanted.size() - rank + i];
    if (total < 0) return refused(node, "its output is larger than what it makes");
    pads[i] = is_upper ? total / 2 : total - total / 2;
    pads[i + rank] = total - pads[i];
  }
  node.remove("output_shape");
  node.remove("auto_pad");
  node.set(make_attribute("pads", pads));
  steps_.push_back(concat("output_shape of ", node.name, " (ConvTranspose) becomes padding"));
  return std::nullopt;
}

}  // namespace zooport::onnx
