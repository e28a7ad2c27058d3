#include "onnx/passes/shape_open.hpp"

#include <algorithm>
#include <numeric>

#include "zooport/base/text.hpp"

namespace zooport::onnx {
namespace {

void collect_names(const Graph& graph, std::set<std::string, std::less<>>& names) {
  for (const Tensor& tensor : graph.initializers) names.insert(tensor.name);
  for (const ValueInfo& input : graph.inputs) names.insert(input.name);
  for (const Node& node : graph.nodes) {
    names.insert(node.name);
    names.insert(node.outputs.begin(), node.outputs.end());
    for (const Attribute& attribute : node.attributes)
      for (const Graph& inner : attribute.graphs) collect_names(inner, names);
  }
}

}  // namespace

SizeOpening::SizeOpening(const Model& model, const std::vector<OpenSymbol>& symbols, OpeningChoices choices)
    : model_(model), nodes_(model.graph), symbols_(symbols), choices_(std::move(choices)) {
  graph_ = model.graph;
  graph_.nodes.clear();
  collect_names(model.graph, names_);
  trials_.resize(1 + 2 * symbols.size());
  InputShapes base = declared_shapes(model, 256);
  for (const OpenSymbol& symbol : symbols)
    for (const OpenSymbol::Place& place : symbol.places) {
      tensor::Shape& sizes = base[place.input];
      // Axes that were open have the size of the first one of that name.
      for (const ValueInfo& input : model.graph.inputs)
        if (input.name == place.input && input.type.shape && !(*input.type.shape)[place.axis].value)
          sizes[place.axis] = symbol.base;
    }
  if (auto values = infer_shapes(model, base)) as_it_is_ = std::move(*values);
  for (std::size_t trial = 0; trial < trials_.size(); ++trial) {
    ShapeScope& scope = trials_[trial];
    scope.opset = model.opset();
    scope.steps_left = &steps_left_;
    InputShapes shapes = base;
    if (trial > 0)
      for (const OpenSymbol::Place& place : symbols[(trial - 1) / 2].places)
        shapes[place.input][place.axis] *= trial % 2 == 1 ? 2 : 3;
    add_constants(model.graph, scope);
    for (const ValueInfo& input : model.graph.inputs)
      if (const auto given = shapes.find(input.name); given != shapes.end())
        if (is_countable(given->second)) scope.values[input.name] = {input.type.element, given->second, std::nullopt};
  }
}

std::optional<SizeOpening::Conflict> SizeOpening::run() {
  for (std::size_t i = 0; i < model_.graph.nodes.size(); ++i) {
    failed_trial_ = 1;
    if (auto error = add(model_.graph.nodes[i], i)) return Conflict{i, failed_trial_, std::move(*error)};
  }
  return std::nullopt;
}

std::optional<Error> SizeOpening::add(const Node& given, std::size_t index) {
  Node node = given;
  const std::size_t steps = steps_.size();
  if (auto error = rewrite(node, index)) return error;
  // Only one of what was rewritten is told of each node.
  if (steps_.size() > steps + 1) steps_.resize(steps + 1);
  if (auto error = infer(node)) return error;
  note_factors(node);
  graph_.nodes.push_back(std::move(node));
  return std::nullopt;
}

std::optional<Error> SizeOpening::infer(const Node& node) {
  for (std::size_t trial = 0; trial < trials_.size(); ++trial) {
    // Attempts at several sizes count as one.
    steps_left_ = std::max<std::size_t>(steps_left_, 1000 + node.inputs.size() + node.outputs.size());
    if (auto done = infer_node(node, trials_[trial]); !done) {
      failed_trial_ = trial;
      return done.error();
    }
  }
  return std::nullopt;
}

Graph SizeOpening::take_graph() { return std::move(graph_); }

const tensor::Shape* SizeOpening::shape(const std::string& value, std::size_t trial) const {
  const Inferred* found = trials_[trial].find(value);
  return found && found->shape ? &*found->shape : nullptr;
}

const tensor::Shape* SizeOpening::base_shape(const std::string& value) const {
  const auto found = as_it_is_.find(value);
  return found == as_it_is_.end() || !found->second.shape ? nullptr : &*found->second.shape;
}

std::int64_t SizeOpening::extent(const std::string& value, std::size_t trial, std::size_t axis) const {
  const tensor::Shape* sizes = shape(value, trial);
  return sizes && axis < sizes->size() ? (*sizes)[axis] : -1;
}

std::optional<std::vector<std::int64_t>> SizeOpening::constant(const std::string& value) const {
  const Inferred* base = trials_[0].find(value);
  if (!base || !base->content) return std::nullopt;
  std::vector<std::int64_t> result;
  for (const double number : *base->content)
    result.push_back(static_cast<std::int64_t>(std::clamp(number, -9.2e18, 9.2e18)));
  for (const ShapeScope& trial : trials_) {
    const Inferred* other = trial.find(value);
    if (!other || other->content != base->content) return std::nullopt;
  }
  return result;
}

std::optional<std::size_t> SizeOpening::symbol_of_axis(std::size_t axis) const {
  for (std::size_t i = 0; i < symbols_.size(); ++i)
    for (const OpenSymbol::Place& place : symbols_[i].places)
      if (place.axis == axis) return i;
  return std::nullopt;
}

Error SizeOpening::refused(const Node& node, std::string_view why) const {
  Error error = make_error(ErrorKind::kUnsupported, "onnx.fixed-size", concat(called(node), " fixes the size: ", why));
  error.what.path = {Step::key(name_of_node(node))};
  return error;
}

std::string SizeOpening::fresh_name() {
  for (std::size_t i = names_.size();; ++i) {
    std::string name = concat("size_", i);
    if (names_.insert(name).second) return name;
  }
}

std::string SizeOpening::make(std::string_view op, std::vector<std::string> inputs, std::vector<Attribute> attributes) {
  Node node;
  node.op = op;
  node.inputs = std::move(inputs);
  node.attributes = std::move(attributes);
  node.name = fresh_name();
  node.outputs = {node.name};
  // Arithmetic on sizes fits at every size.
  (void)infer(node);
  graph_.nodes.push_back(node);
  return node.name;
}

std::string SizeOpening::integers(const std::vector<std::int64_t>& values) {
  std::string& known = known_lists_[shape_text(values)];
  if (!known.empty()) return known;
  known = fresh_name();
  graph_.initializers.push_back(make_integers(known, values));
  for (ShapeScope& trial : trials_) {
    Inferred& value = trial.values[known];
    value.element = ElementType::kInt64;
    value.shape = tensor::Shape{static_cast<std::int64_t>(values.size())};
    value.content.emplace(values.begin(), values.end());
  }
  return known;
}

std::string SizeOpening::size_list(std::int64_t size, const std::set<std::size_t>& symbols) {
  std::string key = concat("size ", size);
  for (const std::size_t symbol : symbols) key += concat(' ', symbol);
  if (const auto known = known_lists_.find(key); known != known_lists_.end()) return known->second;
  std::string list;
  std::int64_t base = 1;
  for (const std::size_t symbol : symbols) {
    const OpenSymbol::Place& place = symbols_[symbol].places.front();
    const std::string one = size_of(place.input, place.axis);
    list = list.empty() ? one : make("Mul", {list, one});
    base = product_of(base, symbols_[symbol].base);
  }
  std::int64_t common = std::max<std::int64_t>(1, std::gcd(size, base));
  if (size / common != 1) list = make("Mul", {list, integers({size / common})});
  if (base / common != 1) list = make("Div", {list, integers({base / common})});
  return known_lists_[key] = list;
}

std::string SizeOpening::joined(const std::vector<std::string>& lists) {
  return make("Concat", lists, {make_attribute("axis", std::int64_t{0})});
}

}  // namespace zooport::onnx
