#include <algorithm>

#include "onnx/passes/bodies.hpp"
#include "onnx/passes/opset.hpp"
#include "zooport/base/text.hpp"

namespace zooport::onnx {
namespace {

constexpr std::int64_t kMostRounds = 32;
constexpr std::size_t kMostNodes = 4096;  // that one Loop may become
constexpr int kMostPasses = 16;           // graphs in graphs

// What all Loops of a graph may become together.
struct Room {
  std::uint64_t nodes = kMostNodes * 64;
  std::uint64_t bytes = kMostCopied;
};

std::size_t count_nodes(const Graph& graph) {
  std::size_t count = 0;
  for_each_node(graph, [&](const Node&) { ++count; });
  return count;
}

// Takes the rounds of a Loop out of what is left; false: they do not fit.
bool take(Room& room, const Graph& body, std::uint64_t rounds) {
  std::uint64_t nodes = 1 + body.initializers.size() + 2 * body.outputs.size();
  std::uint64_t bytes = 0;
  for_each_node(body, [&](const Node& node) { ++nodes, bytes += bytes_to_copy(node); });
  // Every operator that is added has names.
  bytes += 1024 * nodes;
  if (nodes * rounds > room.nodes || bytes * rounds > room.bytes) return false;
  room.nodes -= nodes * rounds;
  room.bytes -= bytes * rounds;
  return true;
}

class Folding {
 public:
  Folding(Model& model, Room& room) : model_(model), room_(room), facts_(model) { collect_names(model.graph, names_); }

  // Whether something was folded; then facts about values are old.
  bool run() { return graph(model_.graph); }
  const Facts& facts() const { return facts_; }

  std::size_t branches = 0;
  std::size_t loops = 0;

 private:
  bool graph(Graph& graph);
  bool branch(const Node& node, std::vector<Node>& out);
  bool loop(const Node& node, std::vector<Node>& out);
  // The nodes of a body that reads `inputs`; where its outputs are then.
  std::vector<std::string> put(const Graph& body, const std::vector<std::string>& inputs, const std::string& stem,
                               std::vector<Node>& out);
  Node made(std::string op, std::vector<std::string> inputs, std::string output, const std::string& stem);
  std::string constant(Tensor tensor, const std::string& stem, std::vector<Node>& out);
  std::optional<bool> truth(const std::string& name) const;

  Model& model_;
  Room& room_;
  Facts facts_;
  Names names_;
};

std::optional<bool> Folding::truth(const std::string& name) const {
  const Tensor* tensor = facts_.constant(name);
  if (!tensor || tensor->type != ElementType::kBool || tensor->raw.size() != 1) return std::nullopt;
  return tensor->raw.data()[0] != std::byte{0};
}

Node Folding::made(std::string op, std::vector<std::string> inputs, std::string output, const std::string& stem) {
  Node node;
  node.name = fresh_name(names_, concat(stem, '_', op));
  node.op = std::move(op);
  node.inputs = std::move(inputs);
  node.outputs = {std::move(output)};
  return node;
}

std::string Folding::constant(Tensor tensor, const std::string& stem, std::vector<Node>& out) {
  const std::string output = fresh_name(names_, concat(stem, "_Constant_out"));
  out.push_back(made("Constant", {}, output, stem));
  tensor.name.clear();
  out.back().attributes = {make_attribute("value", std::move(tensor))};
  return output;
}

std::vector<std::string> Folding::put(const Graph& body, const std::vector<std::string>& inputs,
                                      const std::string& stem, std::vector<Node>& out) {
  Renames renames;
  for (std::size_t i = 0; i < body.inputs.size() && i < inputs.size(); ++i) renames[body.inputs[i].name] = inputs[i];
  for (const Tensor& tensor : body.initializers) renames[tensor.name] = constant(tensor, stem, out);
  std::vector<Node> nodes = body.nodes;
  name_outputs(nodes, stem, names_, renames);
  rename_values(nodes, renames);
  for (Node& node : nodes) {
    node.name = fresh_name(names_, concat(stem, '_', node.name.empty() ? node.op : node.name));
    out.push_back(std::move(node));
  }
  std::vector<std::string> outputs;
  for (const ValueInfo& output : body.outputs) {
    const auto found = renames.find(output.name);
    outputs.push_back(found == renames.end() ? output.name : found->second);
  }
  return outputs;
}

bool Folding::branch(const Node& node, std::vector<Node>& out) {
  const auto taken = truth(node.input(0));
  if (!taken) return false;
  const Attribute* body = node.find(*taken ? "then_branch" : "else_branch");
  if (!body || body->graphs.size() != 1) return false;
  // Branches get no inputs; the checker lets them pass, and then they have no value.
  const Graph& graph = body->graphs[0];
  if (graph.outputs.size() != node.outputs.size() || !graph.sparse_initializers.empty() ||
      !graph.required_inputs().empty()) {
    return false;
  }
  const std::string stem = node.name.empty() ? node.op : node.name;
  const std::vector<std::string> outputs = put(graph, {}, stem, out);
  for (std::size_t i = 0; i < outputs.size(); ++i) {
    if (!node.outputs[i].empty()) out.push_back(made("Identity", {outputs[i]}, node.outputs[i], stem));
  }
  ++branches;
  return true;
}

bool Folding::loop(const Node& node, std::vector<Node>& out) {
  const auto rounds = node.input(0).empty() ? std::nullopt : facts_.integers(node.input(0));
  const bool starts = node.input(1).empty() || truth(node.input(1)).value_or(false);
  const Attribute* attribute = node.find("body");
  if (!rounds || rounds->size() != 1 || !starts || !attribute || attribute->graphs.size() != 1) return false;
  const Graph& body = attribute->graphs[0];
  const std::int64_t count = std::max<std::int64_t>(0, rounds->front());
  const std::size_t states = node.inputs.size() < 2 ? 0 : node.inputs.size() - 2;
  const bool fits = body.inputs.size() == states + 2 && body.outputs.size() >= states + 1 &&
                    node.outputs.size() + 1 == body.outputs.size() && body.sparse_initializers.empty();
  if (!fits || count > kMostRounds || count_nodes(body) * static_cast<std::size_t>(count) > kMostNodes) return false;
  const std::size_t scans = body.outputs.size() - 1 - states;
  if (count == 0 && scans > 0) return false;
  // The condition must stay what it was, which is true.
  std::string condition = body.outputs[0].name;
  for (auto at = body.nodes.rbegin(); at != body.nodes.rend(); ++at) {
    const bool hands_on = at->op == "Identity" && at->domain.empty() && at->outputs.size() == 1;
    if (hands_on && at->outputs[0] == condition) condition = at->input(0);
  }
  if (condition != body.inputs[1].name && !truth(condition).value_or(false)) return false;
  if (!take(room_, body, static_cast<std::uint64_t>(count))) return false;

  const std::string stem = node.name.empty() ? node.op : node.name;
  Tensor truth_value;
  truth_value.type = ElementType::kBool;
  truth_value.raw = Bytes(std::vector<std::byte>{std::byte{1}});
  const std::string yes = constant(std::move(truth_value), stem, out);
  std::vector<std::string> state(node.inputs.begin() + 2, node.inputs.end());
  std::vector<std::vector<std::string>> parts(scans);
  for (std::int64_t round = 0; round < count; ++round) {
    Tensor number = make_integers("", {round});
    number.dims.clear();
    std::vector<std::string> inputs = {constant(std::move(number), stem, out), yes};
    inputs.insert(inputs.end(), state.begin(), state.end());
    const std::vector<std::string> outputs = put(body, inputs, stem, out);
    std::copy_n(outputs.begin() + 1, states, state.begin());
    for (std::size_t i = 0; i < scans; ++i) {
      const std::string part = fresh_name(names_, concat(stem, "_scan"));
      if (model_.opset() >= 13) {
        const std::string axes = constant(make_integers("", {0}), stem, out);
        out.push_back(made("Unsqueeze", {outputs[1 + states + i], axes}, part, stem));
      } else {
        out.push_back(made("Unsqueeze", {outputs[1 + states + i]}, part, stem));
        out.back().set(make_attribute("axes", std::vector<std::int64_t>{0}));
      }
      parts[i].push_back(part);
    }
  }
  for (std::size_t i = 0; i < states; ++i) {
    if (!node.outputs[i].empty()) out.push_back(made("Identity", {state[i]}, node.outputs[i], stem));
  }
  for (std::size_t i = 0; i < scans; ++i) {
    if (node.outputs[states + i].empty()) continue;
    out.push_back(made("Concat", parts[i], node.outputs[states + i], stem));
    out.back().set(make_attribute("axis", std::int64_t{0}));
  }
  ++loops;
  return true;
}

bool Folding::graph(Graph& graph) {
  bool changed = false;
  std::vector<Node> out;
  out.reserve(graph.nodes.size());
  for (Node& node : graph.nodes) {
    const std::size_t before = branches + loops;
    const bool is_plain = node.domain.empty();
    if (is_plain && node.op == "If" && branch(node, out)) changed = true;
    if (is_plain && node.op == "Loop" && loop(node, out)) changed = true;
    if (branches + loops > before) continue;
    for (Attribute& attribute : node.attributes) {
      for (Graph& inner : attribute.graphs) changed = this->graph(inner) || changed;
    }
    out.push_back(std::move(node));
  }
  graph.nodes = std::move(out);
  return changed;
}

}  // namespace

std::vector<std::string> fold_control(Model& model, NameSet& asked) {
  bool has_control = false;
  for_each_node(static_cast<const Graph&>(model.graph), [&](const Node& node) {
    has_control = has_control || (node.domain.empty() && (node.op == "If" || node.op == "Loop"));
  });
  std::vector<std::string> steps;
  if (!has_control) return steps;
  std::size_t branches = 0;
  std::size_t loops = 0;
  Room room;
  for (int pass = 0; pass < kMostPasses; ++pass) {
    Folding folding(model, room);
    const bool changed = folding.run();
    asked.insert(folding.facts().asked_in_vain().begin(), folding.facts().asked_in_vain().end());
    branches += folding.branches;
    loops += folding.loops;
    if (!changed || count_nodes(model.graph) > kMostNodes * 16) break;
  }
  if (branches > 0) steps.push_back(concat("If with a constant condition is the branch taken (", branches, " times)"));
  if (loops > 0) steps.push_back(concat("Loop with a constant number of rounds is its rounds (", loops, " times)"));
  return steps;
}

}  // namespace zooport::onnx
