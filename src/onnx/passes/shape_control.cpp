#include <algorithm>

#include "onnx/passes/shape_scope.hpp"
#include "zooport/base/text.hpp"

// Operators that run subgraphs.
namespace zooport::onnx {
namespace {

// Rounds of a loop that are followed one by one.
constexpr std::int64_t kMostRounds = 64;
// Rounds after those, in which numbers are not followed any more, until shapes stay as they are.
constexpr std::int64_t kMoreRounds = 8;
// Stands for the rounds of a loop that ends by its condition alone.
constexpr std::int64_t kEndless = 1'000'000'000;
constexpr int kMostDepth = 64;
constexpr char kRoundsUnknown[] = "how often its body runs is not known";

const Graph* body_of(const Node& node, std::string_view attribute) {
  const Attribute* found = node.find(attribute);
  return found && !found->graphs.empty() ? &found->graphs[0] : nullptr;
}

std::optional<double> number(const Inferred* value) {
  if (!value || !value->content || value->content->size() != 1) return std::nullopt;
  return value->content->front();
}

using Outputs = std::vector<Inferred>;

Result<Outputs> run_body(const Graph& body, const std::vector<Inferred>& inputs, const ShapeScope& outer) {
  ShapeScope scope{&outer, outer.opset, outer.depth + 1, outer.steps_left, {}};
  const std::size_t values = inputs.size() + body.outputs.size() + body.initializers.size();
  if (!spend(scope, 1 + values)) return Outputs(body.outputs.size());
  for (std::size_t i = 0; i < body.inputs.size() && i < inputs.size(); ++i) {
    Inferred& value = scope.values[body.inputs[i].name] = inputs[i];
    if (value.element == ElementType::kUndefined) value.element = body.inputs[i].type.element;
  }
  scope.work = outer.work;
  if (scope.depth <= kMostDepth) ZOOPORT_TRY(infer_nodes(body, scope));
  if (scope.work) add_alive(body, scope, *scope.work);
  Outputs outputs;
  for (const ValueInfo& output : body.outputs) {
    const Inferred* value = scope.find(output.name);
    outputs.push_back(value ? *value : Inferred{output.type.element, std::nullopt, std::nullopt});
  }
  return outputs;
}

// The same, and what it takes.
Result<Outputs> run_body(const Graph& body, const std::vector<Inferred>& inputs, ShapeScope& outer, Work& work) {
  Work* const counted = outer.work;
  if (counted) outer.work = &work;
  Result<Outputs> outputs = run_body(body, inputs, outer);
  outer.work = counted;
  return outputs;
}

// What a node takes whose bodies take `work`, one after the other.
void take(const Node& node, const Work& work, std::uint64_t count, const ShapeScope& scope) {
  if (!scope.work) return;
  scope.work->add(work, count);
  std::uint64_t& inner = scope.work->inner[&node];
  inner = std::max(inner, work.alive);
  if (scope.work->unknown.empty()) scope.work->unknown = work.unknown;
}

void cannot_count(const Node& node, std::string_view why, const ShapeScope& scope) {
  if (scope.work && scope.work->uncounted.empty()) scope.work->uncounted = concat(called(node), ": ", why);
}

bool same_content(const Inferred& a, const Inferred& b) {
  return a.element == b.element && a.shape == b.shape && a.content == b.content;
}

// What holds whichever of the two it is.
Inferred common(const Inferred& a, const Inferred& b) {
  Inferred both;
  if (a.element == b.element) both.element = a.element;
  if (a.shape == b.shape) both.shape = a.shape;
  if (a.shape == b.shape && a.content == b.content) both.content = a.content;
  return both;
}

void set_outputs(const Node& node, const Outputs& outputs, ShapeScope& scope) {
  for (std::size_t i = 0; i < node.outputs.size() && i < outputs.size(); ++i)
    if (!node.outputs[i].empty()) {
      Inferred& value = scope.values[node.outputs[i]] = outputs[i];
      if (value.shape && !is_countable(*value.shape)) value = {value.element, std::nullopt, std::nullopt};
    }
}

Result<void> choose(const Node& node, ShapeScope& scope) {
  const Graph* then = body_of(node, "then_branch");
  const Graph* otherwise = body_of(node, "else_branch");
  if (!then || !otherwise) return {};
  Work work, other;
  if (const auto condition = number(scope.find(node.input(0)))) {
    ZOOPORT_TRY_ASSIGN(const Outputs outputs, run_body(*condition != 0 ? *then : *otherwise, {}, scope, work));
    take(node, work, 1, scope);
    set_outputs(node, outputs, scope);
    return {};
  }
  // The branch that is not run may not fit the sizes: then nothing is known.
  const Result<Outputs> first = run_body(*then, {}, scope, work);
  const Result<Outputs> second = run_body(*otherwise, {}, scope, other);
  if (!first || (second && other.multiply_adds > work.multiply_adds)) std::swap(work, other);
  if (first && second) {
    work.alive = std::max(work.alive, other.alive);
    if (work.uncounted.empty()) work.uncounted = other.uncounted;
    if (work.unknown.empty()) work.unknown = other.unknown;
  }
  if (!first && !second) {
    cannot_count(node, "no branch of it can take these sizes", scope);
  } else {
    take(node, work, 1, scope);
  }
  if (!first || !second) return {};
  Outputs outputs;
  for (std::size_t i = 0; i < first->size() && i < second->size(); ++i)
    outputs.push_back(common((*first)[i], (*second)[i]));
  set_outputs(node, outputs, scope);
  return {};
}

std::vector<Inferred> inputs_from(const Node& node, std::size_t first, const ShapeScope& scope) {
  std::vector<Inferred> inputs;
  for (std::size_t i = first; i < node.inputs.size(); ++i) {
    const Inferred* value = scope.find(node.inputs[i]);
    inputs.push_back(value ? *value : Inferred{});
  }
  return inputs;
}

Inferred scalar(ElementType element) { return {element, tensor::Shape{}, std::nullopt}; }

// Inputs: trip count, condition, carried values. The body takes the round, the condition and what is carried, and gives
// the condition, what is carried, and one slice of each further output.
Result<void> repeat(const Node& node, ShapeScope& scope) {
  const Graph* body = body_of(node, "body");
  if (!body) return {};
  const bool has_limit = !node.input(0).empty();
  const auto limit = number(scope.find(node.input(0)));
  std::optional<double> goes_on = node.input(1).empty() ? 1 : number(scope.find(node.input(1)));
  std::vector<Inferred> carried = inputs_from(node, 2, scope);
  const std::size_t count = carried.size();
  std::vector<Inferred> slices;
  std::optional<std::int64_t> rounds;  // none: unknown
  if (has_limit && limit && goes_on && *limit >= 0 && *limit < kEndless) rounds = static_cast<std::int64_t>(*limit);
  // Loops in loops would be followed too long.
  if (goes_on && scope.depth == 0 && (!has_limit || (limit && *limit >= kEndless))) rounds = kEndless;
  if (goes_on && *goes_on == 0) rounds = 0;
  std::int64_t done = 0;
  bool is_settled = rounds == 0;
  Work last, all;
  for (; !is_settled && done < kMostRounds + kMoreRounds && (!rounds || done < *rounds); ++done) {
    std::vector<Inferred> inputs{scalar(ElementType::kInt64), scalar(ElementType::kBool)};
    const bool counts = rounds && done < kMostRounds;
    if (done == kMostRounds)
      for (Inferred& value : carried) value.content.reset();
    if (counts) inputs[0].content = {static_cast<double>(done)};
    if (goes_on) inputs[1].content = {*goes_on};
    inputs.insert(inputs.end(), carried.begin(), carried.end());
    last = {};
    ZOOPORT_TRY_ASSIGN(Outputs outputs, run_body(*body, inputs, scope, last));
    all.add(last);
    all.alive = std::max(all.alive, last.alive);
    if (all.unknown.empty()) all.unknown = last.unknown;
    if (outputs.size() < count + 1) return {};
    goes_on = number(&outputs[0]);
    if (!goes_on) rounds.reset();
    if (goes_on && *goes_on == 0 && (rounds || done == 0)) rounds = done + 1;
    is_settled = true;
    for (std::size_t i = 0; i < count; ++i) {
      Inferred next = counts && rounds ? outputs[i + 1] : common(carried[i], outputs[i + 1]);
      is_settled = is_settled && same_content(carried[i], next);
      carried[i] = std::move(next);
    }
    const bool is_first = slices.empty();
    for (std::size_t i = count + 1; i < outputs.size(); ++i) {
      outputs[i].content.reset();
      if (is_first) {
        slices.push_back(outputs[i]);
      } else {
        slices[i - count - 1] = common(slices[i - count - 1], outputs[i]);
      }
    }
    // The round itself may matter: few rounds are followed one by one, of many the second has to be as the first.
    is_settled = is_settled && done > 0 && (!rounds || *rounds > kMostRounds);
  }
  if (rounds && done < *rounds && *rounds == kEndless) rounds.reset();
  if (rounds && done < *rounds && is_settled) {
    all.add(last, static_cast<std::uint64_t>(*rounds - done));
  } else if (!rounds || done < *rounds) {
    if (has_work(*body))
      cannot_count(node, rounds ? "each of its many rounds takes other sizes" : kRoundsUnknown, scope);
    all.multiply_adds = 0, all.by_operator.clear();
  }
  take(node, all, 1, scope);
  if (!is_settled && (!rounds || done < *rounds))
    for (Inferred& value : carried) value.shape.reset(), value.content.reset();
  Outputs outputs = std::move(carried);
  for (std::size_t i = count; i < node.outputs.size(); ++i) {
    Inferred joined;
    if (i - count < slices.size()) joined = slices[i - count];
    if (rounds && joined.shape) {
      joined.shape->insert(joined.shape->begin(), *rounds);
    } else {
      joined.shape.reset();
    }
    outputs.push_back(std::move(joined));
  }
  set_outputs(node, outputs, scope);
  return {};
}

// States come first, then sequences that are cut along axes of their own.
Result<void> scan(const Node& node, ShapeScope& scope) {
  const Graph* body = body_of(node, "body");
  const std::int64_t cut = node.int_or("num_scan_inputs", 0);
  if (!body || scope.opset < 9 || cut < 1 || cut > static_cast<std::int64_t>(node.inputs.size())) return {};
  std::vector<Inferred> inputs = inputs_from(node, 0, scope);
  const std::size_t states = inputs.size() - static_cast<std::size_t>(cut);
  const auto axes = node.ints_or("scan_input_axes", {});
  std::optional<std::int64_t> rounds;
  for (std::size_t i = 0; i < inputs.size(); ++i) {
    inputs[i].content.reset();
    if (i < states || !inputs[i].shape) continue;
    const std::int64_t axis = axis_in(i - states < axes.size() ? axes[i - states] : 0, inputs[i].shape->size());
    if (axis < 0) return {};
    rounds = (*inputs[i].shape)[static_cast<std::size_t>(axis)];
    inputs[i].shape->erase(inputs[i].shape->begin() + axis);
  }
  Work work;
  ZOOPORT_TRY_ASSIGN(Outputs outputs, run_body(*body, inputs, scope, work));
  take(node, work, static_cast<std::uint64_t>(std::max<std::int64_t>(0, rounds.value_or(0))), scope);
  if (!rounds && has_work(*body)) cannot_count(node, kRoundsUnknown, scope);
  const auto places = node.ints_or("scan_output_axes", {});
  for (std::size_t i = 0; i < outputs.size(); ++i) {
    outputs[i].content.reset();
    if (i < states) {
      if (outputs[i].shape != inputs[i].shape) outputs[i].shape.reset();
      continue;
    }
    if (!outputs[i].shape) continue;
    const std::int64_t axis =
        axis_in(i - states < places.size() ? places[i - states] : 0, outputs[i].shape->size() + 1);
    if (rounds && axis >= 0) {
      outputs[i].shape->insert(outputs[i].shape->begin() + axis, *rounds);
    } else {
      outputs[i].shape.reset();
    }
  }
  set_outputs(node, outputs, scope);
  return {};
}

}  // namespace

Result<bool> infer_control(const Node& node, ShapeScope& scope) {
  if (!node.domain.empty()) return false;
  if (node.op == "If") {
    ZOOPORT_TRY(choose(node, scope));
  } else if (node.op == "Loop") {
    ZOOPORT_TRY(repeat(node, scope));
  } else if (node.op == "Scan") {
    ZOOPORT_TRY(scan(node, scope));
  } else {
    return false;
  }
  return true;
}

}  // namespace zooport::onnx
