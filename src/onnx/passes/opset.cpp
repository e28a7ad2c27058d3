#include "onnx/passes/opset.hpp"

#include <algorithm>

#include "onnx/check.hpp"
#include "onnx/operators.hpp"
#include "onnx/passes/bodies.hpp"
#include "onnx/passes/defaults.hpp"
#include "zooport/base/text.hpp"
#include "zooport/onnx/passes.hpp"

namespace zooport::onnx {
namespace {

enum class Direction : std::uint8_t { kDown, kUp };

// Masks, zeros to add and the like, all together.
constexpr std::uint64_t kMostMade = std::uint64_t{256} << 20;

// Whether a rule left an operator as it was.
bool is_same(const Node& a, const Node& b) {
  const auto same = [](const Attribute& x, const Attribute& y) {
    return x.name == y.name && x.type == y.type && x.i == y.i && x.s == y.s && x.ints == y.ints;
  };
  return a.op == b.op && a.inputs == b.inputs && a.outputs == b.outputs &&
         std::equal(a.attributes.begin(), a.attributes.end(), b.attributes.begin(), b.attributes.end(), same);
}

// One change of opset, over all its steps.
class OpsetChange {
 public:
  OpsetChange(Model& model, Diagnostics& diagnostics)
      : model_(model), diagnostics_(diagnostics), facts_(model), opset_(model.opset()) {
    collect_names(model.graph, names_);
  }

  void run(std::int64_t target) {
    for (; opset_ > target; --opset_) cross(model_.graph, opset_, Direction::kDown);
    for (; opset_ < target; ++opset_) cross(model_.graph, opset_ + 1, Direction::kUp);
  }
  std::vector<std::string> steps() const;
  const std::optional<Diagnostic>& first_refusal() const { return first_; }
  const NameSet& asked_where_refused() const { return asked_where_refused_; }
  const NameSet& asked_anywhere() const { return asked_anywhere_; }

 private:
  void cross(Graph& graph, std::int64_t version, Direction direction);
  // What becomes of one operator; nothing in `why` means that it is done.
  void cross(Node& node, std::int64_t version, Direction direction, std::vector<Node>& out);
  std::string reason(const Node& node, std::int64_t version, Direction direction) const;
  std::string types_missing(const Node& node, std::int64_t opset) const;
  std::string_view kind_missing(const Node& node, std::int64_t opset) const;
  void refuse(const Node& node, const std::string& why);

  Model& model_;
  Diagnostics& diagnostics_;
  Facts facts_;
  Names names_;
  std::int64_t opset_;
  std::set<std::string> refused_;  // first outputs
  NameSet asked_where_refused_;    // names of which a rule asked the value in vain
  NameSet asked_anywhere_;
  std::optional<Diagnostic> first_;
  std::map<std::string, std::size_t> done_;
  std::size_t unchanged_ = 0;
  std::uint64_t made_ = 0;  // bytes of constants
};

void OpsetChange::refuse(const Node& node, const std::string& why) {
  asked_where_refused_.insert(facts_.asked_in_vain().begin(), facts_.asked_in_vain().end());
  refused_.insert(node.outputs.empty() ? node.name : node.outputs[0]);
  Diagnostic found;
  found.id = "onnx.opset-unsupported";
  found.message = concat(describe(node), ": ", why);
  found.path = {Step::key("graph"), Step::key("node"), Step::key(node.name.empty() ? node.op : node.name)};
  if (!first_) first_ = found;
  diagnostics_.add(std::move(found));
}

// An element type that the operator does not take in an opset, if it is known; "" if all is well.
std::string OpsetChange::types_missing(const Node& node, std::int64_t opset) const {
  const OperatorForm* form = find_operator(node.op, opset);
  const auto lacks = [](std::uint64_t mask, ElementType type) {
    const auto bit = static_cast<std::int64_t>(type);
    return mask != 0 && bit > 0 && (bit > 63 || (mask >> bit & 1) == 0);
  };
  ElementType type = facts_.type(node.input(0));
  if (form && lacks(form->input_types, type)) return name_of(type);
  // Types of further inputs that are another one than the first.
  struct Later {
    std::string_view op;
    std::int64_t version;  // the opset that brought bfloat16
    std::size_t input;
  };
  static constexpr Later kLater[] = {{"Where", 16, 1}, {"Pow", 15, 1}, {"OneHot", 28, 2}, {"GridSample", 22, 1}};
  for (const Later& later : kLater) {
    if (later.op == node.op && opset < later.version &&
        facts_.type(node.input(later.input)) == ElementType::kBfloat16) {
      return "bfloat16";
    }
  }
  // Those that make what an attribute says.
  static constexpr std::string_view kMakers[] = {"EyeLike", "RandomNormal", "RandomNormalLike", "RandomUniform",
                                                 "RandomUniformLike"};
  constexpr std::int64_t kMakesBfloat16 = 22;
  const auto said = static_cast<ElementType>(node.int_or("dtype", 0));
  if (said == ElementType::kBfloat16 && opset < kMakesBfloat16 &&
      std::find(std::begin(kMakers), std::end(kMakers), node.op) != std::end(kMakers)) {
    return "bfloat16";
  }
  // Identity takes every element type that an opset has.
  const OperatorForm* any = find_operator("Identity", opset);
  if (!any) return "";
  for (const std::string& input : node.inputs) {
    if (lacks(any->input_types, facts_.type(input))) return name_of(facts_.type(input));
  }
  type = node.op == "Cast" ? static_cast<ElementType>(node.int_or("to", 0)) : said;
  return lacks(any->input_types, type) ? name_of(type) : "";
}

// What is handed through that is no tensor, where an opset's form takes tensors alone.
std::string_view OpsetChange::kind_missing(const Node& node, std::int64_t opset) const {
  const bool is_flow = node.op == "If" || node.op == "Loop";
  if ((!is_flow && node.op != "Identity") || opset >= 16) return "";
  const std::int64_t sequences = is_flow ? 13 : 14;  // the opset that brought them
  for (const auto* names : {&node.inputs, &node.outputs}) {
    for (const std::string& name : *names) {
      const std::string_view kind = facts_.kind(name);
      if (kind == "optional value" || (kind == "sequence" && opset < sequences)) return kind;
    }
  }
  return "";
}

std::string OpsetChange::reason(const Node& node, std::int64_t version, Direction direction) const {
  const OperatorForm* newer = find_operator(node.op, version);
  if (direction == Direction::kUp) {
    if (newer && newer->deprecated) return concat("is not there any more from opset ", version);
    return concat("changed with opset ", version, ", and no rule says how");
  }
  if (!find_operator(node.op, version - 1))
    return concat("came with opset ", version, " and has no counterpart before");
  return concat("changed with opset ", version, ", and no rule says how it was before");
}

void OpsetChange::cross(Node& node, std::int64_t version, Direction direction, std::vector<Node>& out) {
  const std::int64_t to = direction == Direction::kDown ? version - 1 : version;
  facts_.forget_asked();
  const OperatorForm* form = node.domain.empty() ? find_operator(node.op, version) : nullptr;
  const bool skipped = refused_.count(node.outputs.empty() ? node.name : node.outputs[0]) > 0;
  if (skipped) {
    out.push_back(std::move(node));
    return;
  }
  if (node.outputs.empty()) {  // nobody can see what it does
    out.push_back(std::move(node));
    return;
  }
  if (!node.domain.empty()) {
    // Its meaning does not hang on the default domain's opset, but what a runtime of that age knows of it does.
    if (direction == Direction::kDown && node.domain != "ai.onnx.ml") {
      refuse(node, concat("operators of domain '", printable(node.domain), "' have no counterpart"));
    }
    out.push_back(std::move(node));
    return;
  }
  if (!form) refuse(node, "is not known");
  if (!form || form->since != version) {
    out.push_back(std::move(node));
    return;
  }
  const Change* change =
      direction == Direction::kDown ? find_lowering(node.op, version) : find_raising(node.op, version);
  const bool unchanged = is_unchanged(node.op, version);
  if (!change && !unchanged) {
    refuse(node, reason(node, version, direction));
    out.push_back(std::move(node));
    return;
  }
  // An empty name at the end is as good as none; only lists without end count them.
  while (form->max_inputs != OperatorForm::kAny && !node.inputs.empty() && node.inputs.back().empty()) {
    node.inputs.pop_back();
  }
  if (made_ > kMostMade) {
    refuse(node,
           concat("the constants that the graph needs there are larger than ", size_text(kMostMade), " together"));
    out.push_back(std::move(node));
    return;
  }
  const Node before = node;
  facts_.set_opset(to);
  Rewrite rewrite(node, facts_, names_, to);
  if (change) {
    change->rule(rewrite);
  } else if (direction == Direction::kDown && version == 11) {
    rules::axes_not_negative(rewrite);
  }
  asked_anywhere_.insert(facts_.asked_in_vain().begin(), facts_.asked_in_vain().end());
  std::string why = rewrite.refused();
  if (why.empty() && !rewrite.replaced() && direction == Direction::kDown) {
    const std::string type = types_missing(node, to);
    const std::string_view kind = kind_missing(node, to);
    const bool is_narrow = type == "float16" || type == "bfloat16";
    if (!type.empty() && !(is_narrow && rules::with_wide_floats(rewrite))) {
      why = concat("takes no ", type, " in opset ", to);
    } else if (!kind.empty()) {
      why = concat("takes no ", kind, " in opset ", to);
    }
  }
  if (!why.empty()) {
    refuse(before, why);
    out.push_back(before);
    return;
  }
  if (rewrite.replaced() && !change) {
    ++done_[concat(before.op, " of opset ", version, ": with float32 between Casts")];
  } else if (change && (rewrite.replaced() || !is_same(before, node))) {
    ++done_[concat(before.op, " of opset ", version, ": ", change->what)];
  } else {
    ++unchanged_;
  }
  for (Node& made : rewrite.take()) {
    for (const Attribute& attribute : made.attributes) {
      for (const Tensor& tensor : attribute.tensors) made_ += tensor.raw.size();
    }
    out.push_back(std::move(made));
  }
  if (!rewrite.replaced()) out.push_back(std::move(node));
}

void OpsetChange::cross(Graph& graph, std::int64_t version, Direction direction) {
  std::vector<Node> out;
  out.reserve(graph.nodes.size());
  for (Node& node : graph.nodes) {
    for (Attribute& attribute : node.attributes) {
      for (Graph& inner : attribute.graphs) cross(inner, version, direction);
    }
    cross(node, version, direction, out);
  }
  graph.nodes = std::move(out);
}

std::vector<std::string> OpsetChange::steps() const {
  std::vector<std::string> lines;
  for (const auto& [what, count] : done_) lines.push_back(concat(what, " (", count, count == 1 ? " time)" : " times)"));
  if (unchanged_ > 0) {
    lines.push_back(
        concat(unchanged_, unchanged_ == 1 ? " change" : " changes", " of form that did not concern this graph"));
  }
  return lines;
}

// Notes on operators, values and constants came with IR 10.
void drop_notes(Graph& graph) {
  graph.metadata.clear();
  for (auto* values : {&graph.inputs, &graph.outputs, &graph.values}) {
    for (ValueInfo& value : *values) value.metadata.clear();
  }
  for (Tensor& tensor : graph.initializers) tensor.metadata.clear();
  for (Node& node : graph.nodes) {
    node.metadata.clear();
    for (Attribute& attribute : node.attributes) {
      for (Tensor& tensor : attribute.tensors) tensor.metadata.clear();
      for (Graph& inner : attribute.graphs) drop_notes(inner);
    }
  }
}

// Constant gives floats alone before opset 9; others are initializers.
void set_constants_apart(Graph& graph) {
  for (Node& node : graph.nodes) {
    for (Attribute& attribute : node.attributes) {
      for (Graph& inner : attribute.graphs) set_constants_apart(inner);
    }
    if (node.op != "Constant" || !node.domain.empty() || node.outputs.empty()) continue;
    auto value = value_of_constant(node);
    if (!value || value->type == ElementType::kFloat || value->type == ElementType::kDouble ||
        value->type == ElementType::kFloat16) {
      continue;
    }
    value->name = node.outputs[0];
    graph.initializers.push_back(std::move(*value));
    node.outputs.clear();
  }
  std::erase_if(graph.nodes, [](const Node& node) { return node.op == "Constant" && node.outputs.empty(); });
}

bool has_inputs_for_constants(const Graph& graph) {
  std::set<std::string_view> inputs;
  for (const ValueInfo& input : graph.inputs) inputs.insert(input.name);
  return std::all_of(graph.initializers.begin(), graph.initializers.end(),
                     [&](const Tensor& tensor) { return inputs.count(tensor.name) > 0; });
}

}  // namespace

std::int64_t ir_version_of(std::int64_t opset) {
  static constexpr std::int64_t kVersions[] = {3, 3, 3, 3, 3, 3, 3,  3,  3,  4,  5,  6,  7,  7, 7,
                                               8, 8, 8, 8, 9, 9, 10, 10, 11, 12, 13, 13, 13, 14};
  const auto last = static_cast<std::int64_t>(std::size(kVersions)) - 1;
  return kVersions[std::clamp<std::int64_t>(opset, 0, last)];
}

namespace {

// Names of values that are not known as long as the caller may give them.
struct Asked {
  NameSet where_refused;  // or where control might be folded
  NameSet anywhere;
};

// The change with inputs that have a default left to the caller.
Result<std::vector<std::string>> try_change(Model& changed, const OpsetOptions& options, Diagnostics& diagnostics,
                                            Asked& asked) {
  const std::int64_t from = changed.opset();
  std::vector<std::string> steps;
  const std::int64_t ir = ir_version_of(options.target);
  if (!changed.functions.empty() && (from != options.target || ir < 8)) {
    steps.push_back(
        concat(changed.functions.size(), changed.functions.size() == 1 ? " function" : " functions", " inlined"));
    ZOOPORT_TRY(inline_functions(changed, options.limits));
  }
  if (from >= 13 && options.target < 13) {
    ZOOPORT_TRY_ASSIGN(std::vector<std::string> widened, widen_floats(changed, NarrowFloats::kBfloat16));
    for (std::string& line : widened) steps.push_back(std::move(line));
  }
  if (from != options.target) {
    Names names;
    collect_names(changed.graph, names);
    set_names_apart(changed.graph, names);
    for (std::string& line : fold_control(changed, asked.where_refused)) steps.push_back(std::move(line));
  }
  OpsetChange change(changed, diagnostics);
  change.run(options.target);
  asked.where_refused.insert(change.asked_where_refused().begin(), change.asked_where_refused().end());
  asked.anywhere = change.asked_anywhere();
  if (change.first_refusal()) return Error{ErrorKind::kUnsupported, *change.first_refusal()};
  for (std::string& line : change.steps()) steps.push_back(std::move(line));
  return steps;
}

}  // namespace

Result<std::vector<std::string>> change_opset(Model& model, const OpsetOptions& options, Diagnostics& diagnostics) {
  const std::int64_t from = model.opset();
  if (options.target < 7 || options.target > kNewestOpset) {
    return make_error(ErrorKind::kUsage, "onnx.opset-target",
                      concat("opset ", options.target, " cannot be a target; it must be 7 to ", kNewestOpset));
  }
  if (from < 7 || from > kNewestOpset) {
    return make_error(ErrorKind::kUnsupported, "onnx.opset-version",
                      concat("opset ", from, " cannot be changed; it must be 7 to ", kNewestOpset));
  }
  Model start = model;
  std::vector<std::string> steps;
  if (from != options.target) steps.push_back(concat("opset ", from, " to ", options.target));
  const std::int64_t ir = ir_version_of(options.target);
  Model changed;
  for (;;) {
    changed = start;
    Diagnostics found;
    Asked asked;
    auto done = try_change(changed, options, found, asked);
    if (done) {
      for (std::string& line : *done) steps.push_back(std::move(line));
      diagnostics.add(std::move(found));
      break;
    }
    // A default that the change hangs on is made a constant; every round leaves fewer of them.
    const NameSet defaults = inputs_with_defaults(start);
    NameSet hindering = defaults_behind(changed.graph, asked.where_refused, defaults);
    if (hindering.empty()) hindering = defaults_behind(changed.graph, asked.anywhere, defaults);
    if (done.error().kind != ErrorKind::kUnsupported || hindering.empty()) {
      diagnostics.add(std::move(found));
      return done.error();
    }
    for (std::string& line : make_constant(start, hindering)) steps.push_back(std::move(line));
  }
  changed.set_opset(options.target);
  if (options.target < 9 && from != options.target) set_constants_apart(changed.graph);
  // Before IR 4 every constant was an input, and no caller could give another value.
  const bool needs_defaults = !has_inputs_for_constants(changed.graph) || !inputs_with_defaults(changed).empty();
  const std::int64_t wanted = ir < 4 && needs_defaults ? 4 : ir;
  const bool must_rise = from < options.target || wanted > ir;  // for initializers that are no inputs
  if (changed.ir_version > wanted || (must_rise && changed.ir_version < wanted)) {
    steps.push_back(concat("IR version ", changed.ir_version, " to ", wanted));
    changed.ir_version = wanted;
  }
  if (changed.ir_version < 10) drop_notes(changed.graph);
  model = std::move(changed);
  return steps;
}

}  // namespace zooport::onnx
