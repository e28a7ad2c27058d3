#include "zooport/czann/check.hpp"

#include <gtest/gtest.h>

#include <functional>

#include "czann/networks_for_test.hpp"
#include "zooport/archive/zip.hpp"
#include "zooport/base/text.hpp"

namespace zooport::czann {
namespace {

using testing::good_package;
using testing::identity_network;
using testing::node;
using testing::value;
using Ids = std::vector<std::string>;

Ids found(const Package& package, const CheckOptions& options = {}) {
  return testing::ids(check(package, options, {}));
}

Ids with_metadata(const std::function<void(Metadata&)>& change, const CheckOptions& options = {}) {
  Package package = good_package();
  change(package.metadata);
  return found(package, options);
}

Ids with_network(const std::function<void(onnx::Model&)>& change) {
  onnx::Model network = identity_network();
  change(network);
  return found(good_package(network));
}

bool has(const Ids& ids, std::string_view id) { return std::find(ids.begin(), ids.end(), id) != ids.end(); }

TEST(CzannCheck, AGoodFileHasNoFindings) { EXPECT_EQ(found(good_package()), Ids{}); }

TEST(CzannCheck, Shapes) {
  EXPECT_TRUE(has(with_metadata([](Metadata& m) { m.output_shape = {1, 16, 16, 1}; }), "czann.rank-differs"));
  EXPECT_EQ(with_metadata([](Metadata& m) {
              m.output_shape = {8, 16, 1};
            }),
            (Ids{"czann.size-differs", "czann.shape-differs"}));
  const Ids classified = with_metadata([](Metadata& m) {
    m.type = ModelType::kSingleClassClassification;
    m.output_shape = {1, 1, 2};
    m.classes = {"a", "b"};
  });
  EXPECT_EQ(classified, Ids{"czann.shape-differs"});
  EXPECT_TRUE(has(with_metadata([](Metadata& m) { m.input_shape = {1, 16, 16}; }), "czann.looks-channels-first"));
  EXPECT_TRUE(has(with_metadata([](Metadata& m) { m.input_shape = {16, 16, 3}; }), "czann.colour-order"));
  EXPECT_TRUE(has(with_metadata([](Metadata& m) { m.input_shape = {16, 16, 5}; }), "czann.unusual-channels"));
}

TEST(CzannCheck, Overlap) {
  EXPECT_EQ(with_metadata([](Metadata& m) { m.min_overlap.clear(); }), Ids{"czann.overlap-missing"});
  EXPECT_EQ(with_metadata([](Metadata& m) { m.min_overlap = {8}; }), Ids{"czann.overlap-count"});
  EXPECT_EQ(with_metadata([](Metadata& m) {
              m.min_overlap = {3, 16};
            }),
            (Ids{"czann.overlap-odd", "czann.overlap-too-large"}));
  EXPECT_EQ(with_metadata([](Metadata& m) { m.min_overlap = {0, 14}; }), Ids{});
}

TEST(CzannCheck, Classes) {
  const auto classes = [](std::vector<std::string> names) {
    onnx::Model network = identity_network();
    network.graph.outputs = {value("y", {1, 16, 16, 3})};
    network.graph.inputs = {value("x", {1, 16, 16, 3})};
    network.graph.nodes.front().op = "Softmax";
    network.graph.nodes.front().set(onnx::make_attribute("axis", std::int64_t{3}));
    Package package = good_package(network);
    package.metadata.type = ModelType::kSingleClassSemanticSegmentation;
    package.metadata.input_shape = package.metadata.output_shape = {16, 16, 3};
    package.metadata.classes = std::move(names);
    Ids ids = found(package);
    std::erase(ids, "czann.colour-order");
    return ids;
  };
  EXPECT_EQ(classes({"a", "b", "c"}), Ids{});
  EXPECT_EQ(classes({}), Ids{"czann.classes-missing"});
  EXPECT_EQ(classes({"a", "b"}), Ids{"czann.class-count"});
  EXPECT_EQ(classes({"a", " ", "a"}), (Ids{"czann.class-empty", "czann.class-duplicate"}));
  EXPECT_EQ(classes({"a", "Root", "root"}), Ids{"czann.class-reserved"});
}

TEST(CzannCheck, Scaling) {
  const auto scaling = [](std::vector<double> numbers) {
    return with_metadata([&](Metadata& m) { m.scaling = numbers; });
  };
  EXPECT_EQ(scaling({1e-7, 2.5e-7}), Ids{});
  EXPECT_EQ(scaling({1, 1}), Ids{"czann.scaling-unset"});
  EXPECT_EQ(scaling({0.25, 1e-12}), (Ids{"czann.scaling-implausible", "czann.scaling-implausible"}));
  EXPECT_EQ(scaling({0, -1e-7}), (Ids{"czann.scaling-not-positive", "czann.scaling-not-positive"}));
  EXPECT_EQ(scaling({1e-7, 1e-7, 1e-6}), Ids{"czann.scaling-axes"});
}

TEST(CzannCheck, Keys) {
  EXPECT_EQ(with_metadata([](Metadata& m) { m.format_version = "2.1.0"; }), Ids{});
  EXPECT_EQ(with_metadata([](Metadata& m) { m.format_version = "9"; }), Ids{"czann.format-version"});
  EXPECT_EQ(with_metadata([](Metadata& m) { m.extra = {{"ModelDescription", "\"fine\""}}; }), Ids{"czann.extra-key"});
}

TEST(CzannCheck, TextsTellOfPeopleAndMachines) {
  const auto leaks = [](Ids ids) {
    std::erase(ids, "czann.extra-key");
    return ids;
  };
  EXPECT_EQ(with_metadata([](Metadata& m) { m.name = "C:\\Users\\me\\net"; }), Ids{"czann.local-path"});
  EXPECT_EQ(leaks(with_metadata([](Metadata& m) {
              m.extra = {{"A", R"([{"b": "by me@uni.edu in /home/me"}])"}};
            })),
            (Ids{"czann.local-path", "czann.email"}));
  onnx::Model network = identity_network();
  network.doc = "by me@uni.edu";
  network.graph.nodes[0].doc = "File /home/me/net.py, line 3";
  network.graph.metadata = {{"stack", "/home/me/net.py", {}, {}}};
  const Diagnostics findings = check(good_package(network), {}, {});
  ASSERT_EQ(testing::ids(findings), (Ids{"czann.local-path", "czann.email"}));
  EXPECT_EQ(to_text(findings.items()[0].path), "graph.metadata_props[0]");
  EXPECT_NE(findings.items()[0].message.find("and 1 more"), std::string::npos);
}

TEST(CzannCheck, InputsAndOutputsOfTheNetwork) {
  EXPECT_EQ(with_network([](onnx::Model& n) { n.graph.inputs[0] = value("x", {0, 16, 16, 1}); }), Ids{});
  EXPECT_EQ(with_network([](onnx::Model& n) { n.graph.inputs[0] = value("x", {0, 0, 0, 1}); }), Ids{"czann.open-size"});
  EXPECT_EQ(with_network([](onnx::Model& n) { n.graph.inputs[0] = value("x", {8, 16, 16, 1}); }), Ids{"czann.batch"});
  EXPECT_EQ(with_network([](onnx::Model& n) {
              n.graph.inputs[0] = value("x", {1, 16, 16, 3});
            }),
            Ids{"czann.shape-differs"});
  EXPECT_EQ(with_network([](onnx::Model& n) {
              n.graph.inputs[0] = value("x", {1, 1, 16, 16});
            }),
            Ids{"czann.channels-first"});
  EXPECT_TRUE(has(with_network([](onnx::Model& n) { n.graph.inputs[0].type.element = onnx::ElementType::kDouble; }),
                  "czann.element-type"));
  EXPECT_EQ(with_network([](onnx::Model& n) {
              n.graph.inputs.push_back(value("x2", {1, 1}));
            }),
            Ids{"czann.input-count"});
  EXPECT_TRUE(has(with_network([](onnx::Model& n) {
                    n.graph.nodes.push_back(node("Identity", {"x"}, "z"));
                    n.graph.outputs.push_back(value("z", {1, 16, 16, 1}));
                  }),
                  "czann.output-count"));
  EXPECT_TRUE(has(with_network([](onnx::Model& n) { n.graph.outputs.clear(); }), "czann.no-output"));
  EXPECT_TRUE(has(with_network([](onnx::Model& n) { n.graph.outputs[0].type.shape.reset(); }), "czann.shape-unknown"));
}

TEST(CzannCheck, VersionsAndDomainsOfTheNetwork) {
  EXPECT_EQ(with_network([](onnx::Model& n) { n.set_opset(13), n.ir_version = 8; }),
            (Ids{"czann.opset", "czann.ir-version"}));
  EXPECT_EQ(with_network([](onnx::Model& n) { n.set_opset(11); }), Ids{"czann.opset-older"});
  onnx::Model network = identity_network();
  network.set_opset(18);
  network.ir_version = 8;
  Package newer = good_package(network);
  newer.metadata.format_version = "2.1.0";
  EXPECT_EQ(found(newer), Ids{});
  EXPECT_TRUE(has(with_network([](onnx::Model& n) {
                    n.opsets.push_back({"com.microsoft", 1, {}, {}});
                    n.graph.nodes[0].domain = "com.microsoft";
                    n.graph.nodes[0].op = "Gelu";
                  }),
                  "czann.custom-domain"));
  EXPECT_EQ(with_network([](onnx::Model& n) { n.opsets.push_back({"ai.onnx.ml", 2, {}, {}}); }), Ids{});
}

TEST(CzannCheck, WeightsElsewhereAndNoNetwork) {
  const auto external = with_network([](onnx::Model& n) {
    onnx::Tensor weights = onnx::make_floats("w", {1}, {1});
    weights.raw = {};
    weights.external = {{"location", "weights.bin", {}, {}}};
    n.graph.initializers.push_back(weights);
  });
  EXPECT_EQ(external, Ids{"czann.external-data"});
  Package empty = good_package();
  empty.network = Bytes();
  EXPECT_EQ(found(empty), Ids{"czann.empty-network"});
}

// x -> op with a constant -> Conv-like end.
Ids with_first(const std::string& op, std::vector<float> constant) {
  return with_network([&](onnx::Model& n) {
    n.graph.initializers.push_back(onnx::make_floats("c", {static_cast<std::int64_t>(constant.size())}, constant));
    n.graph.nodes = {node("Identity", {"x"}, "x1"), node(op, {"x1", "c"}, "x2"), node("Identity", {"x2"}, "y")};
  });
}

TEST(CzannCheck, ConstantsThatWantRawPixels) {
  EXPECT_EQ(with_first("Sub", {0.5f}), Ids{});
  EXPECT_EQ(with_first("Sub", {127}), Ids{"czann.raw-units"});
  EXPECT_EQ(with_first("Add", {-103.5f, 0}), Ids{"czann.raw-units"});
  EXPECT_EQ(with_first("Add", {103.5f}), Ids{});
  EXPECT_EQ(with_first("Div", {255}), Ids{"czann.raw-units"});
  EXPECT_EQ(with_first("Mul", {1.0f / 255}), Ids{"czann.raw-units"});
  EXPECT_EQ(with_first("Mul", {65535}), Ids{});
  EXPECT_EQ(with_first("Div", {0.2f}), Ids{});
  const Ids constant = with_network([](onnx::Model& n) {
    onnx::Node c = node("Constant", {}, "c");
    c.set(onnx::make_attribute("value", onnx::make_floats("", {1}, {5})));
    n.graph.nodes = {c, node("Sub", {"x", "c"}, "y")};
  });
  EXPECT_EQ(constant, Ids{"czann.raw-units"});
}

Ids scores(std::int64_t opset, const std::string& op, std::int64_t axis, const std::vector<std::int64_t>& turn) {
  onnx::Model network = identity_network();
  network.set_opset(opset);
  network.graph.inputs = {value("x", {1, 16, 16, 2})};
  network.graph.outputs = {value("y", {1, 16, 16, 2})};
  onnx::Node last = node(op, {"x"}, turn.empty() ? "y" : "t");
  if (op == "Softmax") last.set(onnx::make_attribute("axis", axis));
  network.graph.nodes = {last};
  if (!turn.empty()) {
    network.graph.nodes.push_back(node("Transpose", {"t"}, "y"));
    network.graph.nodes.back().set(onnx::make_attribute("perm", turn));
  }
  Package package = good_package(network);
  package.metadata.type = ModelType::kSingleClassSemanticSegmentation;
  package.metadata.input_shape = package.metadata.output_shape = {16, 16, 2};
  package.metadata.classes = {"a", "b"};
  if (opset > 12) package.metadata.format_version = "2.1.0";
  Ids ids = found(package);
  std::erase(ids, "czann.unusual-channels");
  return ids;
}

TEST(CzannCheck, ScoresOfClasses) {
  EXPECT_EQ(scores(12, "Softmax", 3, {}), Ids{});
  EXPECT_EQ(scores(12, "Softmax", -1, {}), Ids{});
  EXPECT_EQ(scores(12, "Softmax", 1, {}), Ids{"czann.softmax-axis"});
  EXPECT_EQ(scores(12, "Softmax", 3, {0, 2, 1, 3}), Ids{});
  EXPECT_EQ(scores(12, "Softmax", 1, {0, 2, 3, 1}), Ids{"czann.softmax-axis"});
  EXPECT_EQ(scores(13, "Softmax", 1, {0, 2, 3, 1}), Ids{});
  EXPECT_EQ(scores(13, "Softmax", 1, {}), Ids{"czann.softmax-axis"});
  EXPECT_EQ(scores(12, "Sigmoid", 0, {}), Ids{"czann.sigmoid-scores"});
  EXPECT_EQ(scores(12, "Relu", 0, {}), Ids{"czann.no-probabilities"});
}

TEST(CzannCheck, OtherMembers) {
  Package package = good_package();
  package.others = {{"license.txt", {}}};
  EXPECT_EQ(found(package), Ids{});
  package.others = {{"COPYING", {}}};
  EXPECT_EQ(found(package), Ids{"czann.license-name"});
  package.others = {{"MIT.md", {}}, {"notes.bin", {}}};
  EXPECT_EQ(found(package), (Ids{"czann.license-name", "czann.extra-member"}));
}

TEST(CzannCheck, TheZenThatIsAskedFor) {
  const auto target = [](std::string_view name) { return CheckOptions{*zen_version_named(name), {}}; };
  const auto change = [](Metadata& m) { m.scaling = {1e-7, 1e-7, 1e-7}, m.type = ModelType::kRegression; };
  EXPECT_EQ(with_metadata([](Metadata&) {}, target("zen-blue-3.6")), Ids{});
  EXPECT_EQ(with_metadata([](Metadata&) {}, target("zen-blue-3.5")), Ids{"czann.zen-regression"});
  EXPECT_EQ(with_metadata([](Metadata&) {}, target("zen-core-3.4")), Ids{});
  EXPECT_EQ(with_metadata([](Metadata&) {}, target("zen-core-3.3")),
            (Ids{"czann.zen-too-old", "czann.zen-regression"}));
  EXPECT_TRUE(has(with_metadata(change, target("zen-blue-3.12")), "czann.zen-too-old"));
  EXPECT_FALSE(has(with_metadata(change, target("zen-blue-3.13")), "czann.zen-too-old"));
  EXPECT_FALSE(has(with_metadata(change, target("zen-blue-4.0")), "czann.zen-too-old"));
  const auto volume = [](Metadata& m) { m.input_shape = m.output_shape = {4, 16, 16, 1}; };
  EXPECT_TRUE(has(with_metadata(volume, target("zen-blue-3.6")), "czann.zen-volume"));
  EXPECT_FALSE(has(with_metadata(volume, target("zen-blue-3.13")), "czann.zen-volume"));
  EXPECT_EQ(name_of(specification_of(good_package())), "1.0.0");
}

TEST(CzannCheck, FindingsStandAtTheirValue) {
  const std::string json = R"({"MinOverlap": [4, 3], "ModelName": "C:\\x"})";
  Package package = good_package();
  package.metadata.min_overlap = {4, 3};
  package.metadata.name = "C:\\x";
  package.metadata.output_shape = {8, 16, 1};
  const Diagnostics findings = check(package, {{}, json}, {});
  const auto text = [&](const Diagnostic& finding) {
    return finding.span ? json.substr(finding.span->begin, finding.span->end - finding.span->begin) : "none";
  };
  std::vector<std::string> places;
  for (const Diagnostic& finding : findings.items()) places.push_back(concat(finding.id, " ", text(finding)));
  EXPECT_EQ(places, (Ids{concat("czann.size-differs ", json), "czann.overlap-odd 3", "czann.local-path \"C:\\\\x\"",
                         concat("czann.shape-differs ", json)}));
}

TEST(CzannCheck, ErrorsOfZenDoNotKeepANetworkFromRunning) {
  const auto prevents = [](std::string id, Path path = {}, Severity severity = Severity::kError) {
    Diagnostic finding;
    finding.id = std::move(id);
    finding.path = std::move(path);
    finding.severity = severity;
    return prevents_running(finding);
  };
  EXPECT_FALSE(prevents("czann.opset"));
  EXPECT_FALSE(prevents("czann.class-count"));
  EXPECT_FALSE(prevents("czann.missing-key", {Step::key("Id")}));
  EXPECT_FALSE(prevents("czann.wrong-kind", {Step::key("Scaling")}));
  EXPECT_FALSE(prevents("czann.shape-differs", {}, Severity::kWarning));
  EXPECT_TRUE(prevents("czann.missing-key", {Step::key("InputShape")}));
  EXPECT_TRUE(prevents("czann.shape-differs", {Step::key("InputShape")}));
  EXPECT_TRUE(prevents("czann.input-count"));
}

}  // namespace
}  // namespace zooport::czann
