#include <cmath>

#include "onnx/passes/opset.hpp"
#include "zooport/base/text.hpp"

// Attention and the turning of its queries and keys.
namespace zooport::onnx::rules {
namespace {

using Integers = std::vector<std::int64_t>;

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

bool is_read(const Rewrite& at, std::size_t output) {
  return output < at.node.outputs.size() && !at.node.outputs[output].empty() &&
         at.facts.is_read(at.node.outputs[output]);
}

// Queries, keys and values as (batch, head, position, feature), and what is known of them; -1 for what is not.
struct Projections {
  std::string values[3];
  std::int64_t heads[3] = {-1, -1, -1};
  std::int64_t positions[3] = {-1, -1, -1};
  std::int64_t features[3] = {-1, -1, -1};
};

bool read_projections(Rewrite& at, const Node& node, Projections& made) {
  const auto refuse = [&](const char* why) {
    at.refuse(why);
    return false;
  };
  for (const std::size_t i : {0u, 1u, 2u}) {
    made.values[i] = node.input(i);
    const auto rank = at.facts.rank(made.values[i]);
    const auto extent = [&](std::int64_t axis) { return at.facts.extent(node.input(i), axis).value_or(-1); };
    made.positions[i] = extent(-2);
    made.features[i] = extent(-1);
    if (rank == 4) {
      made.heads[i] = extent(1);
      continue;
    }
    made.heads[i] = node.int_or(i == 0 ? "q_num_heads" : "kv_num_heads", 0);
    if (rank == 3 && made.features[i] < 0) return refuse("the number of features is not known");
    if (rank != 3 || made.heads[i] <= 0 || made.features[i] % made.heads[i] != 0) {
      return refuse("queries, keys and values of neither three nor four axes");
    }
    made.values[i] = in_heads(at, made.values[i], made.heads[i]);
    made.features[i] /= made.heads[i];
  }
  const std::int64_t groups = made.heads[1];
  if (made.heads[0] <= 0 || groups <= 0 || made.heads[0] % groups != 0 || made.heads[2] != groups) {
    return refuse("the numbers of heads are not known, or do not go together");
  }
  const bool are_grouped = groups != made.heads[0];
  if ((are_grouped && (made.features[1] <= 0 || made.features[2] <= 0)) ||
      (!node.find("scale") && made.features[0] <= 0)) {
    return refuse("the number of features is not known");
  }
  return true;
}

// How many positions a value of four axes has: a number without axes.
std::string count_of_positions(Rewrite& at, const std::string& x) {
  return at.squeeze(at.emit("Gather", {at.emit("Shape", {x}), at.integers({2})}), {0});
}

// 0, 1, ...: the positions of a value of four axes.
std::string positions_of(Rewrite& at, const std::string& x, std::int64_t known) {
  constexpr std::int64_t kMost = 1 << 16;
  if (known >= 0 && known <= kMost) {
    Integers all;
    for (std::int64_t i = 0; i < known; ++i) all.push_back(i);
    return at.integers(all);
  }
  return at.emit("Range", {at.integer(0), count_of_positions(at, x), at.integer(1)});
}

// What is added to the scores: 0 or minus infinity.
class Bias {
 public:
  Bias(Rewrite& at, const Node& node) : at_(at), node_(node), least_(at.number_like(node.input(0), -HUGE_VAL)) {}

  void add_mask(std::int64_t positions);
  // Where a position may look: to itself, back and ahead. `past`: earlier keys; none: "".
  void add_windows(const Projections& made, const std::string& keys, const std::string& past);
  bool may_hide_all() const { return may_hide_all_; }
  const std::string& sum() const { return sum_; }

 private:
  void add(const std::string& part) { sum_ = sum_.empty() ? part : at_.emit("Add", {sum_, part}); }
  void add_where(const std::string& hidden) {
    add(at_.emit("Where", {hidden, least_, at_.number_like(node_.input(0), 0)}));
  }

  Rewrite& at_;
  const Node& node_;
  std::string least_;
  std::string sum_;
  bool may_hide_all_ = false;
};

void Bias::add_mask(std::int64_t positions) {
  const std::string& mask = node_.input(3);
  if (mask.empty()) return;
  may_hide_all_ = true;
  const ElementType type = at_.facts.type(mask);
  if (type == ElementType::kUndefined) return at_.refuse("the element type of the mask is not known");
  std::string part = mask;
  if (type == ElementType::kBool) {
    part = at_.emit("Where", {mask, at_.number_like(node_.input(0), 0), least_});
  } else if (type != at_.facts.type(node_.input(0))) {
    part = at_.cast(mask, at_.facts.type(node_.input(0)));
  }
  // Keys beyond the end of the mask are hidden.
  const auto covered = at_.facts.extent(mask, -1);
  const auto rank = at_.facts.rank(mask);
  if (covered && rank && positions > *covered) {
    Integers pads(static_cast<std::size_t>(2 * *rank), 0);
    pads.back() = positions - *covered;
    part = at_.emit("Pad", {part, at_.integers(pads), least_});
  }
  add(part);
}

void Bias::add_windows(const Projections& made, const std::string& keys, const std::string& past) {
  const bool is_causal = node_.int_or("is_causal", 0) != 0;
  const std::int64_t back = node_.int_or("left_window_size", -1);
  const std::int64_t ahead = node_.int_or("right_window_size", -1);
  const std::string& filled = node_.input(6);
  const std::int64_t key_count = past.empty() ? made.positions[1] : -1;
  const std::string key = positions_of(at_, keys, key_count);
  // The number of keys that are filled, for each image of the batch.
  const std::string valid = filled.empty() ? "" : at_.reshape(filled, {-1, 1, 1, 1});
  if (!filled.empty()) {
    may_hide_all_ = true;
    add_where(at_.emit("Not", {at_.emit("Less", {key, valid})}));
  }
  if (!is_causal && back < 0 && ahead < 0) return;
  may_hide_all_ = may_hide_all_ || back >= 0;
  std::string query = at_.unsqueeze(positions_of(at_, made.values[0], made.positions[0]), {1});
  if (!past.empty()) query = at_.emit("Add", {query, count_of_positions(at_, past)});
  if (!filled.empty()) {
    query = at_.emit("Add", {query, at_.emit("Sub", {valid, count_of_positions(at_, made.values[0])})});
  }
  const std::string apart = at_.emit("Sub", {query, key});
  if (is_causal) add_where(at_.emit("Less", {apart, at_.integer(0)}));
  if (back >= 0) add_where(at_.emit("Greater", {apart, at_.integer(back)}));
  if (ahead >= 0) add_where(at_.emit("Less", {apart, at_.integer(-ahead)}));
}

}  // namespace

// softmax(cap(q kᵀ scale) + mask) v
void attention(Rewrite& at) {
  const Node node = at.node;
  Projections made;
  if (node.input(4).empty() != node.input(5).empty()) return at.refuse("earlier keys without values");
  if (!read_projections(at, node, made)) return;
  const std::string past = node.input(4);
  std::string keys = made.values[1];
  std::string values = made.values[2];
  if (!past.empty()) {
    keys = at.emit("Concat", {past, keys}, {make_attribute("axis", std::int64_t{2})});
    values = at.emit("Concat", {node.input(5), values}, {make_attribute("axis", std::int64_t{2})});
  }
  if (is_read(at, 1)) at.finish("Identity", {keys}, {}, 1);
  if (is_read(at, 2)) at.finish("Identity", {values}, {}, 2);
  Bias bias(at, node);
  const auto earlier = past.empty() ? std::optional<std::int64_t>(0) : at.facts.extent(past, 2);
  bias.add_mask(earlier && made.positions[1] >= 0 ? *earlier + made.positions[1] : -1);
  bias.add_windows(made, keys, past);
  const std::int64_t groups = made.heads[1];
  const std::int64_t times = made.heads[0] / groups;
  keys = repeated(at, keys, groups, made.features[1], times);
  values = repeated(at, values, groups, made.features[2], times);

  const std::string& query = node.input(0);
  const Attribute* scale = node.find("scale");
  const double factor = scale ? static_cast<double>(scale->f) : 1 / std::sqrt(static_cast<double>(made.features[0]));
  const std::string root = at.number_like(query, std::sqrt(factor));
  const std::string turned = at.emit("Mul", {at.transpose(keys, {0, 1, 3, 2}), root});
  std::string scores = at.emit("MatMul", {at.emit("Mul", {made.values[0], root}), turned});
  const std::int64_t shown = is_read(at, 3) ? node.int_or("qk_matmul_output_mode", 0) : -1;
  const auto show = [&](std::int64_t mode) {
    if (shown == mode) at.finish("Identity", {scores}, {}, 3);
  };
  show(0);
  if (const float limit = node.float_or("softcap", 0); limit > 0) {
    const std::string most = at.number_like(query, limit);
    scores = at.emit("Mul", {at.emit("Tanh", {at.emit("Div", {scores, most})}), most});
  }
  show(1);
  if (!bias.sum().empty()) scores = at.emit("Add", {scores, bias.sum()});
  show(2);
  const ElementType type = at.facts.type(query);
  const auto precise = static_cast<ElementType>(node.int_or("softmax_precision", 0));
  const bool is_cast = precise != ElementType::kUndefined && precise != type;
  if (is_cast && type == ElementType::kUndefined) return at.refuse("the element type of the queries is not known");
  if (is_cast) scores = at.cast(scores, precise);
  scores = at.emit("Softmax", {scores}, {make_attribute("axis", std::int64_t{-1})});
  if (is_cast) scores = at.cast(scores, type);
  if (bias.may_hide_all()) {  // a query that may look nowhere gives zeros
    const std::string best = at.reduce("ReduceMax", bias.sum(), {-1});
    const std::string all =
        at.emit("Less", {best, at.number_like(query, type == ElementType::kFloat16 ? -65504 : -3e38)});
    scores = at.emit("Where", {all, at.number_like(query, 0), scores});
  }
  show(3);
  const std::string sums = at.emit("MatMul", {scores, values});
  if (at.facts.rank(query) == 4) return at.finish("Identity", {sums});
  at.finish("Reshape", {at.transpose(sums, {0, 2, 1, 3}), at.integers({0, 0, -1})});
}

// Before opset 25 there are no windows, before 24 no count of the keys that are filled.
void attention_windows(Rewrite& at) {
  if (at.node.int_or("left_window_size", -1) >= 0 || at.node.int_or("right_window_size", -1) >= 0) return attention(at);
  at.node.remove("left_window_size");
  at.node.remove("right_window_size");
}

void attention_filled(Rewrite& at) {
  if (!at.node.input(6).empty()) return attention(at);
  if (at.node.inputs.size() > 6) at.node.inputs.resize(6);
}

// Pairs of features are turned by the angle of their position.
void rotary_embedding(Rewrite& at) {
  const Node node = at.node;
  const auto rank = at.facts.rank(node.input(0));
  const std::int64_t heads = node.int_or("num_heads", 0);
  const auto features = at.facts.extent(node.input(0), -1);
  if (!rank || !features || (*rank != 4 && (*rank != 3 || heads <= 0 || *features % heads != 0))) {
    return at.refuse("the axes, heads or features are not known");
  }
  const std::int64_t all = *rank == 4 ? *features : *features / heads;
  std::int64_t turned = node.int_or("rotary_embedding_dim", 0);
  if (turned == 0) turned = all;
  if (turned < 0 || turned > all || turned % 2 != 0 || turned > (1 << 16)) {
    return at.refuse("rotary_embedding_dim does not fit the features");
  }
  // Batch, position, head, feature.
  const std::string x =
      *rank == 4 ? at.transpose(node.input(0), {0, 2, 1, 3}) : at.reshape(node.input(0), {0, 0, heads, -1});
  const auto angles = [&](std::size_t input) {
    const std::string& table = node.input(input);
    const std::string each = node.input(3).empty()
                                 ? table
                                 : at.emit("Gather", {table, node.input(3)}, {make_attribute("axis", std::int64_t{0})});
    return at.unsqueeze(each, {2});
  };
  const std::string cosine = angles(1);
  const std::string sine = angles(2);
  const bool is_interleaved = node.int_or("interleaved", 0) != 0;
  const auto half = [&](std::int64_t which) {
    Integers indices;
    for (std::int64_t i = 0; i < turned / 2; ++i)
      indices.push_back(is_interleaved ? 2 * i + which : i + which * turned / 2);
    return at.emit("Gather", {x, at.integers(indices)}, {make_attribute("axis", std::int64_t{3})});
  };
  const std::string a = half(0);
  const std::string b = half(1);
  std::string first = at.emit("Sub", {at.emit("Mul", {cosine, a}), at.emit("Mul", {sine, b})});
  std::string second = at.emit("Add", {at.emit("Mul", {sine, a}), at.emit("Mul", {cosine, b})});
  if (is_interleaved) {
    first = at.unsqueeze(first, {4});
    second = at.unsqueeze(second, {4});
  }
  std::string made = at.emit("Concat", {first, second}, {make_attribute("axis", std::int64_t{is_interleaved ? 4 : 3})});
  if (is_interleaved) made = at.reshape(made, {0, 0, 0, turned});
  if (turned < all) {
    const std::string rest = at.slice(x, turned, all, 3);
    made = at.emit("Concat", {made, rest}, {make_attribute("axis", std::int64_t{3})});
  }
  if (*rank == 4) return at.finish("Transpose", {made}, {make_attribute("perm", Integers{0, 2, 1, 3})});
  at.finish("Reshape", {made, at.integers({0, 0, -1})});
}

}  // namespace zooport::onnx::rules
