#include <gtest/gtest.h>

#include <filesystem>
#include <map>

#include "tests/support/shared.hpp"
#include "zooport/base/os/file.hpp"
#include "zooport/onnx/io.hpp"

namespace zooport::onnx {
namespace {

// The first thing that is wrong with the file of a case: of the reader, or of the checker.
std::string verdict(const std::string& folder, std::string* message = nullptr) {
  const auto file = os::read_file(folder + "/model.onnx", 1u << 30);
  if (!file) return "no file";
  ReadOptions options;
  options.external = folder_external_files(folder);
  const auto model = read_model(*file, options);
  if (!model) {
    if (message) *message = model.error().what.message;
    return model.error().what.id;
  }
  Diagnostics diagnostics;
  check_model(*model, diagnostics);
  for (const Diagnostic& item : diagnostics.items()) {
    if (item.severity != Severity::kError) continue;
    if (message) *message = item.message;
    return item.id;
  }
  return "";
}

TEST(Check, RefusesEveryHostileFileForItsReason) {
  ZOOPORT_NEEDS_SHARED();
  const std::map<std::string, std::string> expected = {
      {"custom_domain", "onnx.unknown-domain"},
      {"cycle", "onnx.cycle"},
      {"dangling", "onnx.undefined-value"},
      {"deep_subgraphs", "onnx.too-deep"},
      {"external_absolute", "onnx.external-location"},
      {"external_length", "onnx.external-data"},
      {"external_missing", "onnx.external-missing"},
      {"external_negative", "onnx.external-data"},
      {"external_offset", "onnx.external-data"},
      {"external_short", "onnx.external-data"},
      {"external_traversal", "onnx.external-location"},
      {"huge_dims", "onnx.tensor-size"},
      {"ir_future", "onnx.ir-version"},
      {"length_forged", "onnx.truncated"},
      {"negative_dims", "onnx.tensor-dims"},
      {"opset_future", "onnx.opset-version"},
      {"overflow_dims", "onnx.tensor-dims"},
      {"short_tensor", "onnx.tensor-size"},
      {"truncated", "onnx.truncated"},
      {"two_writers", "onnx.duplicate-value"},
      {"unknown_operator", "onnx.unknown-operator"},
  };
  for (const auto& [name, id] : expected) {
    std::string message;
    EXPECT_EQ(verdict(testing::shared_folder() + "/data/frameworks/onnx/refuse_" + name, &message), id)
        << name << ": " << message;
  }
}

TEST(Check, TakesEveryOtherFile) {
  ZOOPORT_NEEDS_SHARED();
  std::size_t count = 0;
  for (const auto& entry : std::filesystem::directory_iterator(testing::shared_folder() + "/data/frameworks/onnx")) {
    const std::string name = entry.path().filename().string();
    if (!entry.is_directory() || name.rfind("refuse_", 0) == 0) continue;
    std::string message;
    EXPECT_EQ(verdict(entry.path().string(), &message), "") << name << ": " << message;
    ++count;
  }
  EXPECT_EQ(count, 177u);
}

// x -> Relu -> y
Model good() {
  Model model;
  model.ir_version = 7;
  model.set_opset(12);
  ValueInfo value;
  value.type.element = ElementType::kFloat;
  value.name = "x";
  model.graph.inputs.push_back(value);
  value.name = "y";
  model.graph.outputs.push_back(value);
  Node node;
  node.op = "Relu";
  node.inputs = {"x"};
  node.outputs = {"y"};
  model.graph.nodes.push_back(node);
  return model;
}

std::string first_of(const Model& model) {
  Diagnostics diagnostics;
  check_model(model, diagnostics);
  return diagnostics.items().empty() ? "" : diagnostics.items()[0].id;
}

TEST(Check, FindsWhatIsWrong) {
  EXPECT_EQ(first_of(good()), "");
  const auto bent = [](auto change) {
    Model model = good();
    change(model);
    return first_of(model);
  };
  EXPECT_EQ(bent([](Model& m) { m.graph.outputs.clear(); }), "onnx.no-output");
  EXPECT_EQ(bent([](Model& m) { m.graph.outputs[0].name = "z"; }), "onnx.undefined-value");
  EXPECT_EQ(bent([](Model& m) { m.graph.outputs.push_back(m.graph.outputs[0]); }), "onnx.duplicate-value");
  EXPECT_EQ(bent([](Model& m) { m.graph.inputs.emplace_back(m.graph.inputs[0]).name.clear(); }),
            "onnx.undefined-value");
  EXPECT_EQ(bent([](Model& m) { m.graph.inputs[0].type = {}; }), "onnx.value-type");
  EXPECT_EQ(bent([](Model& m) { m.opsets.clear(); }), "onnx.opset-missing");
  EXPECT_EQ(bent([](Model& m) { m.opsets.push_back(m.opsets[0]); }), "") << "as in models that were merged";
  EXPECT_EQ(bent([](Model& m) { ++m.opsets.emplace_back(m.opsets[0]).version; }), "onnx.opset-version");
  EXPECT_EQ(bent([](Model& m) { m.graph.nodes[0].inputs.push_back("x"); }), "onnx.operator-arity");
  EXPECT_EQ(bent([](Model& m) { m.graph.nodes[0].inputs[0].clear(); }), "onnx.operator-arity");
  EXPECT_EQ(bent([](Model& m) { m.graph.nodes[0].op = "Upsample"; }), "onnx.unknown-operator") << "gone since 10";
  EXPECT_EQ(bent([](Model& m) { m.graph.nodes[0].op = "Gelu"; }), "onnx.unknown-operator") << "comes with 20";
  EXPECT_EQ(bent([](Model& m) { m.graph.nodes[0].op = "LeakyRelu"; }), "");
  EXPECT_EQ(bent([](Model& m) {
              m.graph.nodes[0].op = "LeakyRelu";
              m.graph.nodes[0].set(make_attribute("alpha", std::int64_t{1}));
            }),
            "onnx.attribute");
  EXPECT_EQ(bent([](Model& m) { m.graph.nodes[0].set(make_attribute("alpha", 1.0f)); }), "onnx.attribute");
  EXPECT_EQ(bent([](Model& m) { m.graph.nodes[0].op = "Concat"; }), "onnx.attribute") << "axis is required";
  EXPECT_EQ(bent([](Model& m) { m.graph.nodes[0].set(make_attribute("__note", 1.0f)); }), "") << "a private note";
  EXPECT_EQ(bent([](Model& m) {
              m.graph.nodes[0].op = "LeakyRelu";
              m.graph.nodes[0].set(make_attribute("alpha", 1.0f));
              m.graph.nodes[0].attributes[0].form.without_type = true;
            }),
            "onnx.attribute");
  EXPECT_EQ(bent([](Model& m) { m.graph.nodes[0].set(make_attribute("", 1.0f)); }), "onnx.attribute");
  EXPECT_EQ(bent([](Model& m) { m.graph.nodes[0].op.clear(); }), "onnx.unknown-operator");
  EXPECT_EQ(bent([](Model& m) { m.graph.nodes[0].inputs[0].clear(); }), "onnx.operator-arity");
  EXPECT_EQ(bent([](Model& m) {
              m.graph.nodes[0].op = "Clip";
              m.graph.nodes[0].inputs = {"x", "", "x"};
            }),
            "")
      << "inputs that may be left out";
  EXPECT_EQ(bent([](Model& m) {
              m.graph.nodes[0].op = "Sum";
              m.graph.nodes[0].inputs = {"", "x"};
            }),
            "")
      << "a list without end";
  EXPECT_EQ(bent([](Model& m) {
              m.graph.nodes[0].op = "BatchNormalization";
              m.graph.nodes[0].inputs = {"x", "x", "x", "x", "x"};
              m.graph.nodes[0].outputs = {"y", "", ""};
            }),
            "onnx.operator-arity");
  EXPECT_EQ(bent([](Model& m) {
              m.graph.initializers.push_back(make_floats("w", {3}, {1, 2, 3}));
              m.graph.initializers[0].dims = {4};
            }),
            "onnx.tensor-size");
  EXPECT_EQ(bent([](Model& m) {
              Dimension extent;
              extent.value = -1;
              m.graph.inputs[0].type.shape = {{extent}};
            }),
            "onnx.extent");
  EXPECT_EQ(bent([](Model& m) {
              Node node;
              node.op = "Neg";
              node.inputs = {"late"};
              node.outputs = {"a"};
              m.graph.nodes.push_back(node);
              node.inputs = {"x"};
              node.outputs = {"late"};
              m.graph.nodes.push_back(node);
            }),
            "onnx.order");
}

TEST(Check, SubgraphsMayHideNamesByInputsAndConstantsOnly) {
  const auto with_branch = [](const std::string& made, bool as_constant) {
    Model model = good();
    Attribute branch;
    branch.name = "then_branch";
    branch.type = AttributeType::kGraph;
    Graph& inner = branch.graphs.emplace_back();
    Node node = model.graph.nodes[0];
    node.outputs = {made};
    inner.nodes.push_back(node);
    inner.outputs.emplace_back().name = made;
    if (as_constant) inner.initializers.push_back(make_floats("x", {1}, {1}));
    Node choice;
    choice.op = "If";
    choice.inputs = {"x"};
    choice.outputs = {"z"};
    choice.attributes.push_back(branch);
    branch.name = "else_branch";
    choice.attributes.push_back(branch);
    model.graph.nodes.push_back(choice);
    return model;
  };
  EXPECT_EQ(first_of(with_branch("inner", false)), "");
  EXPECT_EQ(first_of(with_branch("inner", true)), "");
  EXPECT_EQ(first_of(with_branch("y", false)), "onnx.duplicate-value");
}

Attribute body_attribute(const std::string& name, std::vector<std::string> inputs, std::vector<std::string> outputs) {
  Attribute attribute;
  attribute.name = name;
  attribute.type = AttributeType::kGraph;
  Graph& body = attribute.graphs.emplace_back();
  for (std::string& input : inputs) body.inputs.emplace_back().name = input;
  for (std::string& output : outputs) {
    Node node;
    node.op = "Identity";
    node.inputs = {"x"};
    node.outputs = {output};
    body.nodes.push_back(node);
    body.outputs.emplace_back().name = output;
  }
  return attribute;
}

Model with_node(const std::string& op, std::vector<std::string> inputs, std::vector<std::string> outputs,
                std::vector<Attribute> attributes) {
  Model model = good();
  Node node;
  node.op = op;
  node.inputs = std::move(inputs);
  node.outputs = std::move(outputs);
  node.attributes = std::move(attributes);
  model.graph.nodes.push_back(std::move(node));
  return model;
}

TEST(Check, BodiesFitTheNodeThatRunsThem) {
  const auto choice = [](std::vector<std::string> inputs, std::vector<std::string> outputs) {
    return with_node("If", {"x"}, {"z"},
                     {body_attribute("then_branch", {}, {"a"}), body_attribute("else_branch", inputs, outputs)});
  };
  EXPECT_EQ(first_of(choice({}, {"b"})), "");
  EXPECT_EQ(first_of(choice({}, {})), "onnx.body-arity");
  EXPECT_EQ(first_of(choice({}, {"b", "c"})), "onnx.body-arity");
  EXPECT_EQ(first_of(choice({"i"}, {"b"})), "onnx.body-arity");
  const auto loop = [](std::vector<std::string> inputs, std::vector<std::string> outputs) {
    return with_node("Loop", {"", "x", "x"}, {"z", "slices"}, {body_attribute("body", inputs, outputs)});
  };
  EXPECT_EQ(first_of(loop({"round", "on", "kept"}, {"still", "next", "slice"})), "");
  EXPECT_EQ(first_of(loop({"round", "on"}, {"still", "next", "slice"})), "onnx.body-arity");
  EXPECT_EQ(first_of(loop({"round", "on", "kept"}, {"still", "next"})), "onnx.body-arity");
  const auto scan = [](std::vector<std::string> inputs, std::vector<std::string> outputs) {
    return with_node("Scan", {"x"}, {"z"},
                     {body_attribute("body", inputs, outputs), make_attribute("num_scan_inputs", std::int64_t{1})});
  };
  EXPECT_EQ(first_of(scan({"slice"}, {"made"})), "");
  EXPECT_EQ(first_of(scan({"slice", "more"}, {"made"})), "onnx.body-arity");
}

TEST(Check, SubgraphsGiveOnlyWhatIsTheirOwn) {
  Model model = with_node("If", {"x"}, {"z"},
                          {body_attribute("then_branch", {}, {"a"}), body_attribute("else_branch", {}, {"b"})});
  model.graph.nodes.back().attributes[1].graphs[0].outputs[0].name = "y";
  EXPECT_EQ(first_of(model), "onnx.undefined-value");
}

TEST(Check, SparseTensorsSayWhereTheirValuesAre) {
  const auto with = [](std::vector<std::int64_t> dims, std::vector<std::int64_t> places, tensor::Shape shape) {
    Model model = good();
    SparseTensor& sparse = model.graph.sparse_initializers.emplace_back();
    sparse.values = make_floats("s", {2}, {1, 2});
    sparse.indices = make_integers("", places);
    sparse.indices.dims = std::move(shape);
    sparse.dims = std::move(dims);
    return first_of(model);
  };
  EXPECT_EQ(with({3, 4}, {0, 11}, {2}), "");
  EXPECT_EQ(with({3, 4}, {0, 3, 2, 0}, {2, 2}), "");
  EXPECT_EQ(with({3, 4}, {0, 12}, {2}), "onnx.sparse-tensor");
  EXPECT_EQ(with({3, 4}, {-1, 3}, {2}), "onnx.sparse-tensor");
  EXPECT_EQ(with({3, 4}, {0, 4, 2, 0}, {2, 2}), "onnx.sparse-tensor");
  EXPECT_EQ(with({3, 4}, {5, 5}, {2}), "onnx.sparse-tensor") << "twice";
  EXPECT_EQ(with({3, 4}, {1, 2, 3}, {3}), "onnx.sparse-tensor") << "more places than values";
}

TEST(Check, FunctionsThatCallThemselvesAreRefused) {
  Model model = good();
  Function& function = model.functions.emplace_back();
  function.name = "f";
  function.domain = "local";
  function.inputs = {"a"};
  function.outputs = {"b"};
  function.opsets.emplace_back().domain = "local";
  model.opsets.emplace_back().domain = "local";
  Node call;
  call.op = "f";
  call.domain = "local";
  call.inputs = {"a"};
  call.outputs = {"b"};
  function.nodes.push_back(call);
  EXPECT_EQ(first_of(model), "onnx.function-recursion");
  model.functions.push_back(model.functions[0]);
  EXPECT_EQ(first_of(model), "onnx.duplicate-function");
  model.functions[1].name.clear();
  Diagnostics diagnostics;
  check_model(model, diagnostics);
  EXPECT_TRUE(std::any_of(diagnostics.items().begin(), diagnostics.items().end(),
                          [](const Diagnostic& item) { return item.id == "onnx.function-name"; }));
}

}  // namespace
}  // namespace zooport::onnx
