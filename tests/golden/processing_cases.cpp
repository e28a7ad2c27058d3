#include "tests/golden/processing_cases.hpp"

#include <fstream>

namespace zooport::testing::golden {

namespace {

std::string text_of(const doc::Node& node, std::string_view key) {
  const doc::Node* found = node.find(key);
  return found ? std::string(found->text) : std::string();
}

process::Value value_of(const doc::Node& node) {
  switch (node.kind) {
    case doc::Kind::kBoolean: return doc::boolean_of(node);
    case doc::Kind::kInteger:
    case doc::Kind::kReal: return doc::real_of(node);
    case doc::Kind::kString: return std::string(node.text);
    case doc::Kind::kSequence: break;
    default: return std::monostate{};
  }
  std::vector<double> numbers;
  std::vector<std::string> texts;
  for (const doc::Node& child : node.children) {
    if (child.kind == doc::Kind::kString) {
      texts.emplace_back(child.text);
    } else {
      numbers.push_back(doc::real_of(child));
    }
  }
  if (!texts.empty()) return texts;
  return numbers;
}

Step cast_to(const std::string& dtype) { return {"ensure_dtype", {{{"dtype", dtype}}}}; }

CaseTensor tensor_of(const doc::Node& node) {
  CaseTensor tensor{text_of(node, "id"), {}, {}};
  for (const doc::Node& axis : node.find("axes")->children) {
    // Ids in full have letters of their own.
    const std::string letter(1, axis.text.front());
    tensor.axes.push_back(tensor::axes_from_letters(letter).front());
  }
  for (const doc::Node& op : node.find("ops")->children) {
    Step step{text_of(op, "id") + text_of(op, "name"), {}};
    if (const doc::Node* kwargs = op.find("kwargs")) {
      for (const doc::Node& kwarg : kwargs->children) {
        step.parameters.values.emplace(std::string(kwarg.key), value_of(kwarg));
      }
    }
    tensor.steps.push_back(std::move(step));
  }
  return tensor;
}

// What the formats imply: casts before and after the described operations.
void add_implied_steps(const doc::Node& node, const std::string& format, bool& any_before, CaseTensor& tensor) {
  std::vector<Step>& steps = tensor.steps;
  const std::string dtype = text_of(node, "dtype");
  if (format == "0.4") {
    const bool first_cast = any_before || !steps.empty();
    if (first_cast) steps.insert(steps.begin(), cast_to(dtype));
    steps.push_back(cast_to("float32"));
    any_before = true;
    return;
  }
  const bool is_input = text_of(node, "side") == "input";
  if (is_input && (steps.empty() || steps.front().name != "ensure_dtype")) steps.insert(steps.begin(), cast_to(dtype));
  if (steps.empty() || (steps.back().name != "ensure_dtype" && steps.back().name != "binarize")) {
    steps.push_back(cast_to(dtype));
  }
}

std::map<std::string, std::string> keys_of(const doc::Node& sample) {
  std::map<std::string, std::string> keys;
  for (const doc::Node& tensor : sample.children) keys.emplace(std::string(tensor.key), text_of(tensor, "key"));
  return keys;
}

}  // namespace

std::vector<Case> processing_cases(const std::string& folder) {
  std::vector<Case> cases;
  std::ifstream index(folder + "/index.jsonl");
  for (std::string line; std::getline(index, line);) {
    auto read = doc::read_json(line);
    EXPECT_TRUE(read.ok()) << line;
    if (!read) continue;
    const doc::Node& root = read->root();
    Case one{text_of(root, "id"), text_of(root, "format"), text_of(root, "note"), {}, {}, {}, {}};
    if (const doc::Node* error = root.find("error")) one.error = text_of(*error, "stage");
    bool any_before = false;
    for (const doc::Node& node : root.find("tensors")->children) {
      CaseTensor tensor = tensor_of(node);
      if (text_of(root, "level") == "chain") add_implied_steps(node, one.format, any_before, tensor);
      one.tensors.push_back(std::move(tensor));
    }
    for (const doc::Node& sample : root.find("samples")->children) one.samples.push_back(keys_of(sample));
    if (const doc::Node* outputs = root.find("outputs")) {
      for (const doc::Node& output : outputs->children) one.outputs.push_back(keys_of(output));
    }
    cases.push_back(std::move(one));
  }
  return cases;
}

}  // namespace zooport::testing::golden
