#include <cmath>

#include "onnx/passes/opset.hpp"
#include "zooport/base/text.hpp"

namespace zooport::onnx::rules {
namespace {

// Three axes (batch, position, heads and features) as four: batch, head, position, feature.
std::string in_heads(Rewrite& at, const std::string& x, std::int64_t heads) {
  return at.transpose(at.reshape(x, {0, 0, heads, -1}), {0, 2, 1, 3});
}

// Each head of keys or values for several heads of queries.
std::string repeated(Rewrite& at, const std::string& x, std::int64_t heads, std::int64_t features, std::int64_t times) {
  if (times == 1) return x;
  const std::string many = at.emit("Expand", {at.unsqueeze(x, {2}), at.integers({1, 1, times, 1, 1})});
  return at.reshape(many, {0, heads * times, -1, features});
}

// What a position may see: itself and what came before.
std::string causal_mask(Rewrite& at, std::int64_t queries, std::int64_t keys) {
  std::vector<std::byte> seen;
  for (std::int64_t query = 0; query < queries; ++query) {
    for (std::int64_t key = 0; key < keys; ++key) seen.push_back(std::byte{key <= query});
  }
  Tensor mask;
  mask.type = ElementType::kBool;
  mask.dims = {queries, keys};
  mask.raw = Bytes(std::move(seen));
  return at.constant(std::move(mask));
}

}  // namespace

// softmax(cap(q kᵀ scale + mask)) v
void attention(Rewrite& at) {
  const Node node = at.node;
  for (std::size_t i = 4; i < node.inputs.size(); ++i) {
    if (!node.inputs[i].empty()) return at.refuse("attention with earlier keys and values");
  }
  for (std::size_t i = 1; i < node.outputs.size(); ++i) {
    if (at.facts.is_read(node.outputs[i])) return at.refuse("attention whose keys, values or scores are outputs");
  }
  if (node.find("softmax_precision")) return at.refuse("softmax_precision has no counterpart");
  // What is known of queries, keys and values: heads, positions, features; -1 for what is not.
  std::int64_t heads[3];
  std::int64_t positions[3];
  std::int64_t features[3];
  std::string values[3];
  for (const std::size_t i : {0u, 1u, 2u}) {
    values[i] = node.input(i);
    const auto rank = at.facts.rank(values[i]);
    const auto extent = [&](std::int64_t axis) { return at.facts.extent(node.input(i), axis).value_or(-1); };
    positions[i] = extent(-2);
    features[i] = extent(-1);
    if (rank == 4) {
      heads[i] = extent(1);
      continue;
    }
    heads[i] = node.int_or(i == 0 ? "q_num_heads" : "kv_num_heads", 0);
    if (rank == 3 && features[i] < 0) return at.refuse("the number of features is not known");
    if (rank != 3 || heads[i] <= 0 || features[i] % heads[i] != 0) {
      return at.refuse("queries, keys and values of neither three nor four axes");
    }
    values[i] = in_heads(at, values[i], heads[i]);
    features[i] /= heads[i];
  }
  const std::int64_t groups = heads[1];
  if (heads[0] <= 0 || groups <= 0 || heads[0] % groups != 0 || heads[2] != groups) {
    return at.refuse("the numbers of heads are not known, or do not go together");
  }
  if (groups != heads[0] && (features[1] <= 0 || features[2] <= 0)) {
    return at.refuse("the number of features is not known");
  }
  for (const std::size_t i : {1u, 2u}) values[i] = repeated(at, values[i], groups, features[i], heads[0] / groups);
  if (!node.find("scale") && features[0] <= 0) return at.refuse("the number of features is not known");
  constexpr std::int64_t kMost = 1 << 12;
  const bool is_causal = node.int_or("is_causal", 0) != 0;
  if (is_causal && (positions[0] < 0 || positions[1] < 0 || positions[0] > kMost || positions[1] > kMost)) {
    return at.refuse("the numbers of positions are not known, or too large for a mask");
  }
  const Attribute* scale = node.find("scale");
  const double factor = scale ? static_cast<double>(scale->f) : 1 / std::sqrt(static_cast<double>(features[0]));
  const std::string& query = node.input(0);
  const std::string root = at.number_like(query, std::sqrt(factor));
  const std::string keys = at.emit("Mul", {at.transpose(values[1], {0, 1, 3, 2}), root});
  std::string scores = at.emit("MatMul", {at.emit("Mul", {values[0], root}), keys});
  const std::string least = at.number_like(query, -HUGE_VAL);
  const auto cap = [&] {
    const float limit = node.float_or("softcap", 0);
    if (limit == 0) return;
    const std::string most = at.number_like(query, limit);
    scores = at.emit("Mul", {at.emit("Tanh", {at.emit("Div", {scores, most})}), most});
  };
  const auto hide = [&] {
    if (!node.input(3).empty()) {
      const bool is_truth = at.facts.type(node.input(3)) == ElementType::kBool;
      scores = is_truth ? at.emit("Where", {node.input(3), scores, least}) : at.emit("Add", {scores, node.input(3)});
    }
    if (is_causal) {
      scores = at.emit("Where", {causal_mask(at, positions[0], positions[1]), scores, least});
    }
  };
  if (!node.input(3).empty() && at.facts.type(node.input(3)) == ElementType::kUndefined) {
    return at.refuse("the element type of the mask is not known");
  }
  cap();
  hide();
  const std::string weights = at.emit("Softmax", {scores}, {make_attribute("axis", std::int64_t{-1})});
  const std::string made = at.emit("MatMul", {weights, values[2]});
  if (at.facts.rank(query) == 4) return at.finish("Identity", {made});
  at.finish("Reshape", {at.transpose(made, {0, 2, 1, 3}), at.integers({0, 0, -1})});
}

}  // namespace zooport::onnx::rules
