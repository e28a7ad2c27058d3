#include <algorithm>
#include <set>

#include "onnx/passes/shape_scope.hpp"
#include "onnx/passes/shape_work.hpp"
#include "zooport/base/saturating.hpp"
#include "zooport/base/text.hpp"
#include "zooport/onnx/shape.hpp"

// What a whole graph takes: its nodes in their order, and what is alive while they run.
namespace zooport::onnx {
namespace {

std::uint64_t bytes_of(const Inferred& value) {
  const auto dtype = dtype_of(value.element);
  const auto count = value.shape ? std::max<std::int64_t>(0, tensor::element_count(*value.shape)) : 0;
  return times(static_cast<std::uint64_t>(count), dtype ? tensor::size_of(*dtype) : 4);
}

void note_uses(const Node& node, std::size_t at, std::map<std::string_view, std::size_t>& last_use) {
  for (const std::string& name : node.inputs) last_use[name] = at;
  for (const Attribute& attribute : node.attributes)
    for (const Graph& graph : attribute.graphs) {
      for (const Node& inner : graph.nodes) note_uses(inner, at, last_use);
      for (const ValueInfo& output : graph.outputs) last_use[output.name] = at;
    }
}

}  // namespace

void add_alive(const Graph& graph, const ShapeScope& scope, Work& work) {
  std::map<std::string_view, std::size_t> last_use;
  for (std::size_t i = 0; i < graph.nodes.size(); ++i) note_uses(graph.nodes[i], i, last_use);
  for (const ValueInfo& output : graph.outputs) last_use[output.name] = graph.nodes.size();
  std::map<std::string_view, std::uint64_t> alive;  // what is held, by name
  std::uint64_t now = 0;
  const auto hold = [&](const std::string& name) {
    const auto value = scope.values.find(name);
    if (value == scope.values.end() || !value->second.shape) {
      if (work.unknown.empty()) work.unknown = name;
      return;
    }
    const std::uint64_t bytes = bytes_of(value->second);
    if (alive.try_emplace(name, bytes).second) now = plus(now, bytes);
  };
  for (const ValueInfo* input : graph.required_inputs()) hold(input->name);
  work.alive = std::max(work.alive, now);
  for (std::size_t i = 0; i < graph.nodes.size(); ++i) {
    const Node& node = graph.nodes[i];
    if (node.op == "Constant") continue;
    if (const auto inner = work.inner.find(&node); inner != work.inner.end())
      work.alive = std::max(work.alive, plus(now, inner->second));
    for (const std::string& name : node.outputs)
      if (!name.empty()) hold(name);
    work.alive = std::max(work.alive, now);
    const auto release = [&](const std::string& name) {
      const auto held = alive.find(name);
      if (held == alive.end()) return;
      const auto use = last_use.find(name);
      if (use != last_use.end() && use->second > i) return;
      now -= std::min(now, held->second);
      alive.erase(held);
    };
    for (const std::string& name : node.inputs) release(name);
    for (const std::string& name : node.outputs) release(name);
  }
}

Costs costs_of(const Model& model, const InferredValues& values) {
  std::size_t steps_left = kMostSteps;
  Work work;
  ShapeScope scope{nullptr, model.opset(), 0, &steps_left, values, &work};
  for (const Node& node : model.graph.nodes) {
    // Of what runs subgraphs nothing but their results is known by now.
    const Result<bool> is_control = infer_control(node, scope);
    if (work.uncounted.empty() && !is_control) work.uncounted = concat(called(node), ": it cannot take these sizes");
    if (work.uncounted.empty() && steps_left == 0)
      work.uncounted = concat(called(node), ": its loops run too often to be followed");
    add_work(node, scope, work);
  }
  add_alive(model.graph, scope, work);
  Costs costs;
  costs.multiply_adds = work.multiply_adds;
  costs.by_operator = std::move(work.by_operator);
  costs.uncounted = std::move(work.uncounted);
  costs.unknown = std::move(work.unknown);
  if (costs.unknown.empty()) costs.peak_bytes = work.alive;
  return costs;
}

std::uint64_t peak_bytes(const Model& model, const InputShapes& inputs) {
  const Result<InferredValues> values = infer_shapes(model, inputs);
  return values ? costs_of(model, *values).peak_bytes : 0;
}

std::uint64_t multiply_adds(const Model& model, const InputShapes& inputs) {
  const Result<InferredValues> values = infer_shapes(model, inputs);
  return values ? costs_of(model, *values).multiply_adds : 0;
}

}  // namespace zooport::onnx
