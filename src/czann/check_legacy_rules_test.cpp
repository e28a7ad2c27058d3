#include <gtest/gtest.h>

#include <functional>

#include "czann/networks_for_test.hpp"
#include "tests/support/shared.hpp"
#include "zooport/base/os/file.hpp"
#include "zooport/base/text.hpp"
#include "zooport/czann/check.hpp"

namespace zooport::czann {
namespace {

using testing::node;
using testing::value;
using Ids = std::vector<std::string>;

// x [1, 16, 16, 1] -> Concat -> Softmax -> y [1, 16, 16, 2].
onnx::Model two_classes() {
  onnx::Model model = testing::identity_network();
  model.graph.outputs = {value("y", {1, 16, 16, 2})};
  model.graph.nodes = {node("Concat", {"x", "x"}, "c"), node("Softmax", {"c"}, "y")};
  model.graph.nodes[0].set(onnx::make_attribute("axis", std::int64_t{3}));
  model.graph.nodes[1].set(onnx::make_attribute("axis", std::int64_t{3}));
  return model;
}

LegacyPackage good_legacy(const onnx::Model& network = two_classes()) {
  LegacyPackage package;
  LegacyMetadata& metadata = package.metadata;
  metadata.version = "3.1.0";
  metadata.id = "6ba7b810-9dad-11d1-80b4-00c04fd430c8";
  metadata.name = "n";
  metadata.status = "Trained";
  metadata.feature_extractor = "DeepNeuralNetwork";
  metadata.color_handling = "SplitRgb";
  metadata.pixel_types = {"Gray16"};
  metadata.classes = {{"a", {}, 1}, {"b", {}, 2}};
  metadata.border_size = {4};
  metadata.scale_inputs_by_bit_depth = true;
  package.xml_name = metadata.id + ".xml";
  package.network_name = metadata.id + ".model";
  package.marker = metadata.id;
  package.network = *onnx::to_bytes(network);
  return package;
}

Ids found(const LegacyPackage& package, const CheckOptions& options = {}) {
  return testing::ids(check(package, options, {}));
}
Ids with_metadata(const std::function<void(LegacyMetadata&)>& change, const CheckOptions& options = {}) {
  LegacyPackage package = good_legacy();
  change(package.metadata);
  return found(package, options);
}
Ids with_network(const std::function<void(onnx::Model&)>& change) {
  onnx::Model network = two_classes();
  change(network);
  return found(good_legacy(network));
}

TEST(LegacyRules, AGoodFileHasNoFindings) { EXPECT_EQ(found(good_legacy()), Ids{}); }

TEST(LegacyRules, TheDocument) {
  EXPECT_EQ(with_metadata([](LegacyMetadata& m) { m.version = "1"; }), Ids{"czann.legacy-version-unknown"});
  EXPECT_EQ(with_metadata([](LegacyMetadata& m) { m.feature_extractor = "Basic"; }), Ids{"czann.feature-extractor"});
  EXPECT_EQ(with_metadata([](LegacyMetadata& m) { m.status = "Training"; }), Ids{"czann.status"});
  EXPECT_EQ(with_metadata([](LegacyMetadata& m) { m.post_processing = "CRF"; }), Ids{"czann.post-processing"});
  EXPECT_EQ(with_metadata([](LegacyMetadata& m) { m.scale_inputs_by_bit_depth.reset(); }),
            Ids{"czann.scale-inputs-missing"});
  EXPECT_EQ(with_metadata([](LegacyMetadata& m) { m.name = "/home/me/net"; }), Ids{"czann.local-path"});
  EXPECT_EQ(with_metadata([](LegacyMetadata& m) { m.classes[0].name = "Root"; }), Ids{"czann.class-reserved"});
}

TEST(LegacyRules, MembersAndTheirNames) {
  LegacyPackage package = good_legacy();
  package.xml_name = "a.xml";
  package.network_name = "b.model";
  EXPECT_EQ(found(package), (Ids{"czann.member-name", "czann.member-name"}));
  package = good_legacy();
  package.marker.clear();
  EXPECT_EQ(found(package), Ids{"czann.marker"});
  package.marker = "other";
  EXPECT_EQ(found(package), Ids{"czann.marker"});
}

TEST(LegacyRules, TheNetworkAgainstTheDocument) {
  EXPECT_EQ(with_metadata([](LegacyMetadata& m) { m.classes.pop_back(); }), Ids{"czann.class-count"});
  EXPECT_EQ(with_metadata([](LegacyMetadata& m) { m.pixel_types = {"Bgr24"}; }), Ids{"czann.pixel-channels"});
  EXPECT_EQ(with_metadata([](LegacyMetadata& m) {
              m.pixel_types = {"Bgr24"};
              m.color_handling = "ConvertToMonochrome";
            }),
            Ids{});
  EXPECT_EQ(with_metadata([](LegacyMetadata& m) { m.border_size = {4, 8}; }), Ids{"czann.border-too-large"});
  EXPECT_EQ(with_metadata([](LegacyMetadata& m) { m.border_size = {7}; }), Ids{});
  EXPECT_EQ(with_metadata([](LegacyMetadata& m) { m.tile_width = 32; }), Ids{"czann.tile-differs"});
  const auto open = [](onnx::Model& n) { n.graph.inputs = {value("x", {1, 0, 16, 1})}; };
  EXPECT_EQ(with_network(open), Ids{"czann.open-tile"});
  EXPECT_EQ(with_network([](onnx::Model& n) { n.graph.inputs = {value("x", {8, 16, 16, 1})}; }), Ids{"czann.batch"});
  EXPECT_EQ(with_network([](onnx::Model& n) {
              n.graph.inputs = {value("x", {1, 10, 16, 1})};
            }),
            Ids{"czann.size-differs"});
  EXPECT_EQ(with_network([](onnx::Model& n) {
              n.graph.inputs = {value("x", {16, 16, 1})};
            }),
            Ids{"czann.shape-differs"});
  EXPECT_EQ(with_network([](onnx::Model& n) { n.set_opset(13), n.ir_version = 8; }),
            (Ids{"czann.opset", "czann.ir-version"}));
}

TEST(LegacyRules, RawPixelsAreFineUnlessTheFileScales) {
  onnx::Model network = two_classes();
  network.graph.initializers = {onnx::make_floats("m", {1}, {1000})};
  network.graph.nodes.insert(network.graph.nodes.begin(), node("Sub", {"x", "m"}, "z"));
  network.graph.nodes[1].inputs = {"z", "z"};
  LegacyPackage package = good_legacy(network);
  EXPECT_EQ(found(package), Ids{"czann.raw-units"});
  package.metadata.scale_inputs_by_bit_depth = false;
  EXPECT_EQ(found(package), Ids{});
}

TEST(LegacyRules, TheZenThatIsAskedFor) {
  const auto target = [](std::string_view name) { return CheckOptions{*zen_version_named(name), {}}; };
  EXPECT_EQ(found(good_legacy(), target("zen-blue-3.4")), Ids{});
  EXPECT_EQ(found(good_legacy(), target("zen-blue-3.3")), Ids{"czann.zen-too-old"});
  EXPECT_EQ(found(good_legacy(), target("zen-core-3.2")), Ids{"czann.zen-too-old"});
  const auto older = [](LegacyMetadata& m) { m.version = "3.0.0"; };
  EXPECT_EQ(with_metadata(older, target("zen-blue-3.2")), Ids{});
  EXPECT_EQ(with_metadata(older, target("zen-core-3.0")), Ids{"czann.zen-too-old"});
}

TEST(LegacyRules, WhatTheRealPackageWrote) {
  ZOOPORT_NEEDS_SHARED();
  const std::string folder = zooport::testing::shared_folder() + "/data/czmodel/written/";
  const auto written = [&](const std::string& name) {
    const auto bytes = os::read_file(folder + name, 1u << 30);
    if (!bytes) return Ids{"unreadable"};
    const auto read = read_legacy(*bytes, {});
    return read.ok() && read->package ? found(*read->package) : Ids{"unreadable"};
  };
  EXPECT_EQ(written("3.0.0/legacy_gray/model.czseg"), Ids{"czann.scale-inputs-missing"});
  // A network of three channels, which get one: the package compares nothing.
  EXPECT_EQ(written("3.0.0/legacy_bgr24_monochrome/model.czseg"),
            (Ids{"czann.scale-inputs-missing", "czann.border-too-large", "czann.pixel-channels"}));
}

}  // namespace
}  // namespace zooport::czann
