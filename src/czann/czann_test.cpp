#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>

#include "tests/support/shared.hpp"
#include "zooport/base/os/file.hpp"
#include "zooport/base/text.hpp"
#include "zooport/czann/check.hpp"
#include "zooport/onnx/builder.hpp"
#include "zooport/onnx/io.hpp"

namespace zooport::czann {
namespace {

std::vector<std::string> ids(const Diagnostics& findings) {
  std::vector<std::string> all;
  for (const Diagnostic& finding : findings.items()) all.push_back(finding.id);
  return all;
}

std::vector<std::string> ids_of(const std::string& json) {
  Diagnostics findings;
  const auto metadata = read_metadata(json, {}, findings);
  if (!metadata) return {metadata.error().what.id};
  return ids(findings);
}

const std::string kGood =
    R"({"Id": "6ba7b810-9dad-11d1-80b4-00c04fd430c8", "Type": "Regression", "InputShape": [8, 8, 1], "OutputShape": [8, 8, 1]})";

std::string with(const std::string& from, const std::string& to) {
  std::string text = kGood;
  return text.replace(text.find(from), from.size(), to);
}

TEST(CzannMetadata, ReadsAndWritesAsTheRealPackage) {
  const std::string json =
      R"({"Id": "6ba7b810-9dad-11d1-80b4-00c04fd430c8", "Type": "SingleClassSemanticSegmentation", "InputShape": [512, 512, 1], "OutputShape": [512, 512, 2], "MinOverlap": [64, 64], "Classes": ["a", "\u00e9\ud83e\udd88"], "ModelName": "n\"\\", "Scaling": [1e-07, 2.0], "ModelDescription": [1, {"a": null}]})";
  Diagnostics findings;
  const auto metadata = read_metadata(json, {}, findings);
  ASSERT_TRUE(metadata.ok());
  EXPECT_TRUE(findings.items().empty()) << ids(findings)[0];
  EXPECT_EQ(metadata->classes[1], "é🦈");
  EXPECT_EQ(write_metadata(*metadata), json);
}

TEST(CzannMetadata, NamesEveryFaultWithItsKey) {
  using Ids = std::vector<std::string>;
  EXPECT_EQ(ids_of(kGood), Ids{});
  EXPECT_EQ(ids_of("[]"), Ids{"czann.wrong-kind"});
  EXPECT_EQ(ids_of("{"), Ids{"json.syntax"});
  EXPECT_EQ(ids_of("{}"), (Ids{"czann.missing-key", "czann.missing-key", "czann.missing-key", "czann.missing-key"}));
  EXPECT_EQ(ids_of(with("6ba7b810-9dad-11d1-80b4-00c04fd430c8", "me")), Ids{"czann.id-form"});
  EXPECT_EQ(ids_of(with("Regression", "regression")), Ids{"czann.unknown-type"});
  EXPECT_EQ(ids_of(with("[8, 8, 1]", "[8, 1]")), Ids{"czann.wrong-shape"});
  EXPECT_EQ(ids_of(with("[8, 8, 1]", "[8, 0, 1]")), Ids{"czann.wrong-shape"});
  EXPECT_EQ(ids_of(with("[8, 8, 1]", "[8.0, 8, 1]")), Ids{});
  EXPECT_EQ(ids_of(with("{", R"({"Classes": ["a"], )")), Ids{"czann.class-count"});
  EXPECT_EQ(ids_of(with("{", R"({"Scaling": [1], )")), Ids{"czann.wrong-kind"});
  EXPECT_EQ(ids_of(with("{", R"({"MinOverlap": null, )")), Ids{});
}

TEST(CzannUuid, IsStableAndWellFormed) {
  EXPECT_TRUE(is_uuid(uuid_of("a")));
  EXPECT_EQ(uuid_of("a"), uuid_of("a"));
  EXPECT_NE(uuid_of("a"), uuid_of("b"));
  EXPECT_EQ(uuid_of("a")[14], '5');
  EXPECT_FALSE(is_uuid("6ba7b8109dad11d180b400c04fd430c8"));
}

onnx::Model identity_network(std::int64_t opset) {
  onnx::Model model;
  model.ir_version = 7;
  model.set_opset(opset);
  onnx::ValueInfo value;
  value.type.element = onnx::ElementType::kFloat;
  value.type.shape = std::vector<onnx::Dimension>(4);
  value.type.shape->at(3).value = 1;
  value.name = "x";
  model.graph.inputs.push_back(value);
  value.name = "y";
  model.graph.outputs.push_back(value);
  model.graph.name = "g";
  onnx::Node node;
  node.op = "Identity";
  node.inputs = {"x"};
  node.outputs = {"y"};
  model.graph.nodes.push_back(node);
  return model;
}

Package package(const onnx::Model& network) {
  Package result;
  Diagnostics none;
  result.metadata = *read_metadata(kGood, {}, none);
  result.network = *onnx::to_bytes(network);
  return result;
}

Bytes archive_of(const Package& package) {
  std::string bytes;
  const auto written = write(package, archive::append_to(bytes), {});
  EXPECT_TRUE(written.ok());
  return Bytes(bytes);
}

TEST(CzannPackage, ReadsWhatItWritesAndWritesTheSameBytes) {
  Package made = package(identity_network(12));
  made.others.push_back({"license.txt", Bytes(std::string("MIT"))});
  const Bytes archive = archive_of(made);
  EXPECT_EQ(archive.text(), archive_of(made).text());
  const auto read = czann::read(archive, {});
  ASSERT_TRUE(read.ok());
  EXPECT_TRUE(read->findings.items().empty());
  ASSERT_TRUE(read->package.has_value());
  EXPECT_EQ(read->package->others[0].content.text(), "MIT");
  const auto model = to_model(*read->package);
  ASSERT_TRUE(model.ok());
  EXPECT_EQ(model->inputs[0].axes.size(), 4u);
  EXPECT_TRUE((*model->choose(""))->load({}).ok());
  EXPECT_EQ(model->open("x", {}).error().what.id, "czann.no-files");
}

TEST(CzannPackage, NoModelWithoutShapes) {
  for (const std::size_t count : {0u, 1u, 5u}) {
    Package made = package(identity_network(12));
    made.metadata.output_shape.assign(count, 8);
    EXPECT_EQ(to_model(made).error().what.id, "czann.wrong-shape") << count;
  }
}

TEST(CzannPackage, FurtherMembersCanBeVerifiedWithoutBeingKept) {
  Package made = package(identity_network(12));
  made.others.push_back({"license.txt", Bytes(std::string("MIT"))});
  std::string bytes(archive_of(made).text());
  const auto read = czann::read(Bytes(bytes), {}, Others::kVerify);
  ASSERT_TRUE(read.ok());
  ASSERT_TRUE(read->package.has_value());
  EXPECT_EQ(read->package->others[0].name, "license.txt");
  EXPECT_TRUE(read->package->others[0].content.empty());
  bytes[bytes.rfind("MIT")] = 'm';
  EXPECT_EQ(czann::read(Bytes(bytes), {}, Others::kVerify).error().what.id, "zip.checksum");
}

TEST(CzannPackage, MissingMembersAreFindings) {
  std::string bytes;
  const archive::Sink sink = archive::append_to(bytes);
  ASSERT_TRUE(archive::write_zip({{"model.json", Bytes(kGood), archive::Method::kStored}}, sink, {}).ok());
  const auto read = czann::read(Bytes(bytes), {});
  ASSERT_TRUE(read.ok());
  EXPECT_EQ(ids(read->findings), std::vector<std::string>{"czann.missing-member"});
  EXPECT_FALSE(read->package.has_value());
}

TEST(CzannPackage, ReadsTheRealFiles) {
  ZOOPORT_NEEDS_SHARED();
  std::size_t files = 0;
  for (const auto& entry : std::filesystem::directory_iterator(testing::shared_folder() + "/data/czann")) {
    if (entry.path().extension() != ".czann") continue;
    ++files;
    const auto bytes = os::read_file(entry.path().string(), 1u << 30);
    ASSERT_TRUE(bytes.ok());
    const auto read = czann::read(*bytes, {});
    ASSERT_TRUE(read.ok() && read->package) << entry.path();
    const Diagnostics findings = check(*read->package, {}, {});
    const bool is_inconsistent = entry.path().stem() == "simple_regmodel_out5";
    EXPECT_EQ(findings.has_errors(), is_inconsistent) << entry.path() << ": " << join(ids(findings), " ")
                                                      << (findings.items().empty() ? "" : findings.items()[0].message);
  }
  EXPECT_EQ(files, 7u);
}

}  // namespace
}  // namespace zooport::czann
