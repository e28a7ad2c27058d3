#include <algorithm>
#include <limits>

#include "onnx/passes/shape_open.hpp"
#include "zooport/base/text.hpp"

// Operators that hold sizes as constants.
namespace zooport::onnx {
namespace {

constexpr std::size_t kNoInput = std::numeric_limits<std::size_t>::max();

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
  rewrite_uniform(node);
  if (node.op == "Resize") return rewrite_resize(node, index);
  if (node.op == "Reshape") return rewrite_reshape(node, index);
  if (node.op == "Expand") return rewrite_expand(node, index);
  if (node.op == "Slice") return rewrite_slice(node, index);
  if (node.op == "ConvTranspose") return rewrite_transposed(node);
  if (node.op == "Pad") return rewrite_pad(node);
  if (node.op == "Gather") return rewrite_gather(node);
  if (node.op == "AveragePool" || node.op == "MaxPool") return rewrite_pool(node, index);
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
    if (!choices_.scaled.contains(index)) continue;
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
  steps_.push_back(concat("the target of ", named(node), " follows the input"));
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
  if (before.size() != weights->size()) return std::nullopt;
  const auto strides = node.ints_or("strides", std::vector<std::int64_t>(rank, 1));
  const auto dilations = node.ints_or("dilations", std::vector<std::int64_t>(rank, 1));
  const auto extra = node.ints_or("output_padding", std::vector<std::int64_t>(rank, 0));
  if (strides.size() != rank || dilations.size() != rank || extra.size() != rank) return std::nullopt;
  const auto is_sane = [](std::int64_t number) { return number >= 0 && number <= (std::int64_t{1} << 20); };
  for (const auto* numbers : {&strides, &dilations, &extra})
    if (!std::all_of(numbers->begin(), numbers->end(), is_sane)) return std::nullopt;
  std::vector<std::int64_t> pads(2 * rank, 0);
  const bool is_upper = node.string_or("auto_pad", "NOTSET") == "SAME_UPPER";
  for (std::size_t i = 0; i < rank; ++i) {
    const std::int64_t given = wanted[wanted.size() - rank + i];
    const std::int64_t total = product_of(strides[i], before[i + 2] - 1) + extra[i] +
                               product_of(dilations[i], (*weights)[i + 2] - 1) + 1 - std::max<std::int64_t>(given, 0);
    if (total < 0) return refused(node, "its output is larger than what it makes");
    pads[i] = is_upper ? total / 2 : total - total / 2;
    pads[i + rank] = total - pads[i];
  }
  node.remove("output_shape");
  node.remove("auto_pad");
  node.set(make_attribute("pads", pads));
  steps_.push_back(concat("output_shape of ", named(node), " becomes padding"));
  return std::nullopt;
}

}  // namespace zooport::onnx
