#include <algorithm>
#include <set>

#include "onnx/passes/defaults.hpp"
#include "onnx/passes/shape_open.hpp"
#include "zooport/base/text.hpp"
#include "zooport/onnx/passes.hpp"
#include "zooport/onnx/shape.hpp"

namespace zooport::onnx {
namespace {

ValueInfo* find_value(std::vector<ValueInfo>& values, std::string_view name) {
  const auto found =
      std::find_if(values.begin(), values.end(), [&](const ValueInfo& value) { return value.name == name; });
  return found == values.end() ? nullptr : &*found;
}

Error no_such_input(const std::string& name) {
  return make_error(ErrorKind::kUsage, "onnx.no-input", concat("the graph has no input ", printable(name)));
}

// The shape as it is declared; unknown outputs get the rank that was inferred.
std::vector<Dimension>& shape_of(ValueInfo& value, std::size_t rank) {
  if (!value.type.shape || value.type.shape->size() != rank) value.type.shape.emplace(rank);
  return *value.type.shape;
}

void forget_values_between(Graph& graph) { graph.values.clear(); }

// Axes by their new names, with the sizes that they have now; open ones get one that is a multiple of usual strides.
Result<std::vector<OpenSymbol>> symbols_of(const Model& model, const std::vector<OpenAxes>& axes) {
  constexpr std::int64_t kOtherwise = 256;
  constexpr std::int64_t kMostSize = std::int64_t{1} << 40;
  const InputShapes base = declared_shapes(model, kOtherwise);
  std::vector<OpenSymbol> symbols;
  for (const OpenAxes& open : axes) {
    const auto shape = base.find(open.input);
    if (shape == base.end() || shape->second.size() != open.names.size()) return no_such_input(open.input);
    for (std::size_t i = 0; i < open.names.size(); ++i) {
      if (open.names[i].empty()) continue;
      const std::int64_t size = shape->second[i];
      if (size < 1 || size > kMostSize)
        return make_error(
            ErrorKind::kUnsupported, "onnx.fixed-size",
            concat("axis ", i, " of ", printable(open.input), " declares the size ", size, ", which cannot be"));
      auto symbol = std::find_if(symbols.begin(), symbols.end(),
                                 [&](const OpenSymbol& known) { return known.name == open.names[i]; });
      if (symbol == symbols.end()) symbol = symbols.insert(symbols.end(), {open.names[i], shape->second[i], {}});
      symbol->places.push_back({open.input, i});
    }
  }
  return symbols;
}

// Nodes that others read, back from one of them.
std::set<std::size_t> before(const Graph& graph, std::size_t node) {
  std::set<std::string_view> wanted(graph.nodes[node].inputs.begin(), graph.nodes[node].inputs.end());
  std::set<std::size_t> found;
  for (std::size_t i = node; i-- > 0;) {
    const Node& one = graph.nodes[i];
    if (std::none_of(one.outputs.begin(), one.outputs.end(),
                     [&](const std::string& name) { return wanted.contains(name); }))
      continue;
    found.insert(i);
    wanted.insert(one.inputs.begin(), one.inputs.end());
  }
  return found;
}

Error cannot_open(const std::vector<OpenSymbol>& symbols, const SizeOpening::Conflict& conflict) {
  Error error = conflict.error;
  if (conflict.trial == 0) return error;
  const OpenSymbol& symbol = symbols[(conflict.trial - 1) / 2];
  error.kind = ErrorKind::kUnsupported;
  error.what.id = "onnx.fixed-size";
  error.what.message = concat("axis ", symbol.places[0].axis, " of ", printable(symbol.places[0].input),
                              " cannot be opened: with ", symbol.base * (conflict.trial % 2 == 1 ? 2 : 3),
                              " instead of ", symbol.base, ' ', conflict.error.what.message);
  return error;
}

// Which part of the axes that a Reshape cuts has to grow, found by trying both: one of them leads farther.
std::optional<GrowingPart> part_by_trial(const Model& model, const std::vector<OpenSymbol>& symbols,
                                         const OpeningChoices& choices, std::size_t reshape) {
  std::size_t reached[2] = {};
  for (const GrowingPart part : {GrowingPart::kOuter, GrowingPart::kInner}) {
    OpeningChoices more = choices;
    more.cuts[reshape] = part;
    SizeOpening other(model, symbols, more);
    const auto next = other.run();
    reached[part == GrowingPart::kInner] = next ? next->node : model.graph.nodes.size();
  }
  if (reached[0] == reached[1]) return std::nullopt;
  return reached[0] > reached[1] ? GrowingPart::kOuter : GrowingPart::kInner;
}

// Sizes that grow although what they are made of does not (a pooled image that is spread over the whole again) are
// found by trying: one node is the only one that mends a conflict.
Result<OpeningChoices> choices_for(const Model& model, const std::vector<OpenSymbol>& symbols) {
  constexpr int kMost = 64;
  constexpr std::size_t kMostVisits = 2'000'000;  // of nodes, in all attempts together
  std::size_t visits = 0;
  OpeningChoices choices;
  for (int round = 0; round < kMost; ++round) {
    SizeOpening opening(model, symbols, choices);
    const auto conflict = opening.run();
    if (!conflict) return choices;
    visits += 3 * model.graph.nodes.size();  // this one and at most two for a Reshape
    if (visits > kMostVisits) return cannot_open(symbols, *conflict);
    if (const auto undecided = opening.undecided()) {
      const auto part = part_by_trial(model, symbols, choices, *undecided);
      if (!part) return cannot_open(symbols, *conflict);
      choices.cuts[*undecided] = *part;
      continue;
    }
    std::vector<std::size_t> mending;
    if (conflict->trial > 0) {
      for (const std::size_t node : before(model.graph, conflict->node)) {
        if (!opening.could_be_scaled(node) || choices.scaled.contains(node)) continue;
        visits += model.graph.nodes.size();
        if (visits > kMostVisits) return cannot_open(symbols, *conflict);
        OpeningChoices more = choices;
        more.scaled.insert(node);
        SizeOpening other(model, symbols, more);
        const auto next = other.run();
        if (!next || std::pair(next->node, next->trial) > std::pair(conflict->node, conflict->trial))
          mending.push_back(node);
      }
    }
    if (mending.size() != 1) return cannot_open(symbols, *conflict);
    choices.scaled.insert(mending[0]);
  }
  return make_error(ErrorKind::kUnsupported, "onnx.fixed-size", "too many nodes hold sizes of their own");
}

// Names of axes that are open already, and stay so.
constexpr char kKept = '*';

std::vector<OpenAxes> axes_that_stay_open(const Model& model, const std::vector<OpenAxes>& axes) {
  std::vector<OpenAxes> kept;
  for (const ValueInfo* input : model.graph.required_inputs()) {
    if (!input->type.shape) continue;
    OpenAxes open{input->name, std::vector<std::string>(input->type.shape->size())};
    const auto now =
        std::find_if(axes.begin(), axes.end(), [&](const OpenAxes& one) { return one.input == open.input; });
    bool any = false;
    for (std::size_t i = 0; i < open.names.size(); ++i) {
      const Dimension& axis = (*input->type.shape)[i];
      const bool is_opened = now != axes.end() && i < now->names.size() && !now->names[i].empty();
      if (axis.value || is_opened) continue;
      open.names[i] = axis.symbol.empty() ? concat(kKept, input->name, '/', i) : concat(kKept, axis.symbol);
      any = true;
    }
    if (any) kept.push_back(std::move(open));
  }
  return kept;
}

// How an output's axis is named: as the input's that it equals, or after it.
std::string name_of_axis(const SizeOpening& opening, const std::vector<OpenSymbol>& symbols, const std::string& output,
                         std::size_t axis) {
  std::string name;
  for (std::size_t symbol = 0; symbol < symbols.size(); ++symbol) {
    if (symbols[symbol].name[0] == kKept) continue;
    const std::int64_t base = opening.extent(output, 0, axis);
    const std::int64_t twice = opening.extent(output, 1 + 2 * symbol, axis);
    if (twice == base) continue;
    if (base == symbols[symbol].base && twice == 2 * base) return symbols[symbol].name;
    name += (name.empty() ? "" : "_") + symbols[symbol].name;
  }
  return name.empty() ? name : name + "_of_" + output;
}

Result<std::vector<std::string>> open_axes(Model& model, const std::vector<OpenAxes>& axes,
                                           const std::vector<OpenSymbol>& symbols) {
  ZOOPORT_TRY_ASSIGN(OpeningChoices choices, choices_for(model, symbols));
  SizeOpening opening(model, symbols, std::move(choices));
  if (const auto conflict = opening.run()) return cannot_open(symbols, *conflict);
  for (const ValueInfo& output : model.graph.outputs)
    if (!opening.factors_of(output.name))
      return make_error(
          ErrorKind::kUnsupported, "onnx.fixed-size",
          concat("axes of ", printable(axes.empty() ? "" : axes[0].input), " cannot be opened: the shape of ",
                 printable(output.name), " is unknown, or the number of its axes changes with the size"));
  for (const OpenAxes& open : axes) {
    ValueInfo* input = find_value(model.graph.inputs, open.input);
    std::vector<Dimension>& shape = shape_of(*input, open.names.size());
    for (std::size_t i = 0; i < open.names.size(); ++i)
      if (!open.names[i].empty()) shape[i] = {std::nullopt, open.names[i], shape[i].denotation, shape[i].unknown};
  }
  for (ValueInfo& output : model.graph.outputs) {
    const std::size_t rank = opening.factors_of(output.name)->size();
    std::vector<Dimension>& shape = shape_of(output, rank);
    for (std::size_t axis = 0; axis < rank; ++axis) {
      std::string name = name_of_axis(opening, symbols, output.name, axis);
      if (!name.empty()) shape[axis] = {std::nullopt, std::move(name), shape[axis].denotation, shape[axis].unknown};
    }
  }
  const NameSet defaults = inputs_with_defaults(model);
  const NameSet read_before = defaults.empty() ? NameSet() : names_read(model.graph);
  const std::size_t constants = model.graph.initializers.size();
  std::vector<ValueInfo> inputs = std::move(model.graph.inputs);
  std::vector<ValueInfo> outputs = std::move(model.graph.outputs);
  std::vector<std::string> steps = opening.steps();
  model.graph = opening.take_graph();
  model.graph.inputs = std::move(inputs);
  model.graph.outputs = std::move(outputs);
  // Sizes that a caller could give are computed now.
  NameSet dropped;
  const NameSet read_now = defaults.empty() ? NameSet() : names_read(model.graph);
  for (const std::string& name : defaults) {
    if (read_before.count(name) && !read_now.count(name)) dropped.insert(name);
  }
  for (std::string& line : make_constant(model, dropped)) steps.push_back(std::move(line));
  constexpr std::int64_t kConstantsApart = 4;
  if (model.graph.initializers.size() > constants) model.ir_version = std::max(model.ir_version, kConstantsApart);
  forget_values_between(model.graph);
  return steps;
}

}  // namespace

Result<std::vector<std::string>> open_axes(Model& model, const std::vector<OpenAxes>& axes) {
  ZOOPORT_TRY_ASSIGN(const std::vector<OpenSymbol> symbols, symbols_of(model, axes));
  // Sizes that are computed of axes that are open already are to stay so; but such an axis may be open by name alone.
  std::vector<OpenAxes> all = axes_that_stay_open(model, axes);
  if (!all.empty()) {
    all.insert(all.begin(), axes.begin(), axes.end());
    if (const auto more = symbols_of(model, all)) {
      if (auto steps = open_axes(model, axes, *more)) return steps;
    }
  }
  return open_axes(model, axes, symbols);
}

Result<void> make_symbolic(Model& model, const std::vector<OpenAxes>& axes) {
  ZOOPORT_TRY(open_axes(model, axes));
  return {};
}

Result<void> make_fixed(Model& model, const InputShapes& inputs) {
  ZOOPORT_TRY_ASSIGN(const InferredValues values, infer_shapes(model, inputs));
  std::map<std::string_view, ValueInfo*> declared;
  for (ValueInfo& input : model.graph.inputs) declared.emplace(input.name, &input);
  const auto fix = [](ValueInfo& value, const tensor::Shape& sizes) {
    std::vector<Dimension>& shape = shape_of(value, sizes.size());
    for (std::size_t i = 0; i < sizes.size(); ++i) shape[i] = {sizes[i], {}, shape[i].denotation, shape[i].unknown};
  };
  for (const auto& [name, sizes] : inputs) {
    const auto input = declared.find(name);
    if (input == declared.end()) return no_such_input(name);
    fix(*input->second, sizes);
  }
  for (ValueInfo& output : model.graph.outputs) {
    const auto value = values.find(output.name);
    if (value != values.end() && value->second.shape) fix(output, *value->second.shape);
  }
  forget_values_between(model.graph);
  return {};
}

Result<void> fix_axes(Model& model, const std::map<std::string, std::vector<std::int64_t>, std::less<>>& axes) {
  Model fixed = model;
  for (const auto& [name, sizes] : axes) {
    ValueInfo* input = find_value(fixed.graph.inputs, name);
    if (!input) return no_such_input(name);
    std::vector<Dimension>& shape = shape_of(*input, sizes.size());
    for (std::size_t i = 0; i < sizes.size(); ++i)
      if (sizes[i] > 0) shape[i] = {sizes[i], {}, shape[i].denotation, shape[i].unknown};
  }
  // Axes that stay open are tried at two sizes that the graph takes: what differs is open.
  std::optional<Error> refused;
  std::vector<InferredValues> trials;
  for (const std::int64_t open : {256, 512, 128, 64, 1024, 224, 1}) {
    const InputShapes shapes = declared_shapes(fixed, open);
    Result<InferredValues> values = infer_shapes(fixed, shapes);
    if (!values && !refused) refused = values.error();
    if (values) trials.push_back(std::move(*values));
    if (trials.size() == 2) break;
  }
  if (trials.empty()) return *refused;
  for (ValueInfo& output : fixed.graph.outputs) {
    const auto first = trials.front().find(output.name);
    const auto second = trials.back().find(output.name);
    if (first == trials.front().end() || second == trials.back().end()) continue;
    const auto& a = first->second.shape;
    const auto& b = second->second.shape;
    if (!a || !b || a->size() != b->size()) continue;
    std::vector<Dimension>& shape = shape_of(output, a->size());
    for (std::size_t i = 0; i < a->size(); ++i) {
      if ((*a)[i] == (*b)[i]) shape[i] = {(*a)[i], {}, shape[i].denotation, shape[i].unknown};
      if ((*a)[i] != (*b)[i]) shape[i].value.reset();
    }
  }
  forget_values_between(fixed.graph);
  model = std::move(fixed);
  return {};
}

}  // namespace zooport::onnx
