#include <gtest/gtest.h>

#include <algorithm>

#include "convert/check_tiling.hpp"
#include "convert/graphs_for_test.hpp"
#include "tests/support/shared.hpp"
#include "tests/support/temporary_folder.hpp"
#include "zooport/archive/zip.hpp"
#include "zooport/base/text.hpp"
#include "zooport/convert/check_many.hpp"
#include "zooport/convert/info.hpp"
#include "zooport/convert/load.hpp"
#include "zooport/czann/package.hpp"
#include "zooport/onnx/io.hpp"

namespace zooport::convert {
namespace {

using Ids = std::vector<std::string>;
using Folder = zooport::testing::TemporaryFolder;

Ids ids_of(const Diagnostics& findings) {
  Ids ids;
  for (const Diagnostic& finding : findings.items()) ids.push_back(finding.id);
  return ids;
}

bool has(const Ids& ids, std::string_view id) { return std::find(ids.begin(), ids.end(), id) != ids.end(); }

// Channels last: a pooling by 2 and back, around which a convolution reaches one pixel; so its stride is 2.
onnx::Model pooling(std::int64_t size) {
  const auto ints = [](std::string name, std::vector<std::int64_t> values) {
    return onnx::make_attribute(std::move(name), std::move(values));
  };
  testing::GraphParts parts;
  parts.input = parts.output = {1, size, size, 1};
  parts.constants = {onnx::make_floats("scales", {4}, {1, 1, 2, 2}), onnx::make_floats("roi", {0}, {})};
  parts.nodes = {testing::node("Transpose", {"x"}, "a", {ints("perm", {0, 3, 1, 2})}),
                 testing::node("MaxPool", {"a"}, "b", {ints("kernel_shape", {2, 2}), ints("strides", {2, 2})}),
                 testing::node("Resize", {"b", "roi", "scales"}, "c",
                               {onnx::make_attribute("mode", std::string("nearest")),
                                onnx::make_attribute("coordinate_transformation_mode", std::string("asymmetric")),
                                onnx::make_attribute("nearest_mode", std::string("floor"))}),
                 testing::node("Transpose", {"c"}, "y", {ints("perm", {0, 2, 3, 1})})};
  onnx::Model model = testing::graph(std::move(parts));
  model.ir_version = 7;
  model.set_opset(12);
  return model;
}

Ids of_tiling(const onnx::Model& network, std::vector<std::int64_t> tile, std::vector<std::int64_t> border) {
  Tiling tiling;
  tiling.network = *onnx::to_bytes(network);
  tiling.tile = std::move(tile);
  tiling.border = std::move(border);
  Diagnostics findings;
  check_tiling(tiling, findings, {});
  return ids_of(findings);
}

TEST(CheckTiling, StrideAndReachAgainstZensTiles) {
  EXPECT_EQ(of_tiling(pooling(64), {64, 64, 1}, {4, 4}), (Ids{"convert.zen-off-stride", "convert.zen-off-stride"}));
  EXPECT_TRUE(has(of_tiling(pooling(64), {64, 64, 1}, {}), "convert.zen-overlap-below-reach"));
  onnx::Model plain = pooling(64);
  plain.graph.nodes = {testing::node("Relu", {"x"}, "y")};
  plain.graph.initializers.clear();
  EXPECT_EQ(of_tiling(plain, {64, 64, 1}, {}), Ids{});
  plain.graph.nodes = {testing::node("GlobalAveragePool", {"x"}, "m"), testing::node("Mul", {"x", "m"}, "y")};
  EXPECT_EQ(of_tiling(plain, {64, 64, 1}, {}), Ids{"convert.zen-reach-unknown"});
}

TEST(CheckTiling, SizesThatTheNetworkKeeps) {
  onnx::Model open = pooling(64);
  for (auto* values : {&open.graph.inputs, &open.graph.outputs})
    for (std::size_t i = 1; i < 3; ++i) (*values)[0].type.shape->at(i).value.reset();
  EXPECT_TRUE(has(of_tiling(open, {65, 64, 1}, {4, 4}), "convert.zen-tile-step"));
  EXPECT_FALSE(has(of_tiling(open, {64, 64, 1}, {4, 4}), "convert.zen-tile-step"));
}

TEST(CheckTiling, MemoryOfATile) {
  onnx::Model plain = pooling(64);
  plain.graph.nodes = {testing::node("Relu", {"x"}, "y")};
  plain.graph.initializers.clear();
  plain.graph.inputs[0] = testing::value("x", {1, -1, -2, 1});
  plain.graph.outputs[0] = testing::value("y", {1, -1, -2, 1});
  EXPECT_EQ(of_tiling(plain, {1 << 15, 1 << 15, 1}, {}), Ids{"convert.zen-memory"});
}

std::string czann(const Folder& folder, const std::string& name, const std::string& id, const onnx::Model& network,
                  std::string model_name = {}, std::vector<std::int64_t> overlap = {4, 4}) {
  czann::Package package;
  package.metadata.id = id;
  package.metadata.input_shape = package.metadata.output_shape = {64, 64, 1};
  package.metadata.min_overlap = std::move(overlap);
  package.metadata.name = std::move(model_name);
  package.network = *onnx::to_bytes(network);
  std::string bytes;
  EXPECT_TRUE(czann::write(package, archive::append_to(bytes), {}).ok());
  return folder.file(name, bytes);
}

constexpr const char* kId = "6ba7b810-9dad-11d1-80b4-00c04fd430c8";
constexpr const char* kOtherId = "6ba7b811-9dad-11d1-80b4-00c04fd430c8";

TEST(CheckCzann, FindingsHaveLines) {
  const Folder folder;
  const auto report = check_source(czann(folder, "a.czann", kId, pooling(64), "C:\\Users\\me", {3, 4}), {}, {});
  ASSERT_TRUE(report.ok());
  EXPECT_EQ(report->status, bioimageio::Status::kValid);
  EXPECT_EQ(report->format_version, "1.0.0");
  for (const Diagnostic& finding : report->findings.items()) {
    EXPECT_TRUE(finding.span.has_value()) << finding.id;
    EXPECT_TRUE(report->texts.count(finding.file)) << finding.file;
  }
  const Ids ids = ids_of(report->findings);
  EXPECT_TRUE(has(ids, "czann.overlap-odd") && has(ids, "czann.local-path") && has(ids, "convert.zen-off-stride"));
  CheckOptions strict;
  strict.fail_from = Severity::kAlert;
  EXPECT_EQ(check_source(folder / "a.czann", strict, {})->status, bioimageio::Status::kInvalid);
  CheckOptions old;
  old.target = *czann::zen_version_named("zen-blue-3.4");
  EXPECT_EQ(check_source(folder / "a.czann", old, {})->status, bioimageio::Status::kInvalid);
}

TEST(CheckCzann, AnOddOverlapIsMended) {
  const Folder folder;
  const std::string path = czann(folder, "a.czann", kId, pooling(64), "n", {3, 4});
  const auto report = fix_source(path, {}, {});
  ASSERT_TRUE(report.ok());
  ASSERT_EQ(report->fixed.size(), 1u);
  EXPECT_EQ(report->fixed[0].finding.id, "czann.overlap-odd");
  EXPECT_FALSE(has(ids_of(report->findings), "czann.overlap-odd"));
  const auto loaded = load_model(path, {});
  ASSERT_TRUE(loaded.ok());
  EXPECT_EQ(loaded->package->metadata.min_overlap, (std::vector<std::int64_t>{4, 4}));
  EXPECT_EQ(loaded->package->network.text(), onnx::to_bytes(pooling(64))->text());
  EXPECT_TRUE(fix_source(path, {}, {})->fixed.empty());
}

TEST(CheckCzann, SourcesAreHeldAgainstEachOther) {
  const Folder folder;
  onnx::Model other = pooling(64);
  other.graph.name = "other";
  const std::vector<std::string> sources{czann(folder, "a.czann", kId, pooling(64)),
                                         czann(folder, "again.czann", kId, pooling(64)),
                                         czann(folder, "renamed.czann", kId, pooling(64), "b"),
                                         czann(folder, "other.czann", kId, other),
                                         czann(folder, "copy.czann", kOtherId, pooling(64)),
                                         folder.file("graph.onnx", std::string(onnx::to_bytes(other)->text()))};
  CheckOptions options;
  options.identity = CheckOptions::Identity::kHashed;
  std::vector<Ids> found;
  const auto take = [&](const std::string&, Result<CheckReport> report) {
    Ids ids = ids_of(report->findings);
    std::erase_if(ids, [](const std::string& id) { return !id.starts_with("convert.same-"); });
    found.push_back(ids);
  };
  for (const unsigned threads : {1u, 3u}) {
    Context context;
    context.threads = threads;
    found.clear();
    ASSERT_TRUE(check_many(
                    sources,
                    [&](const std::string& source, const Context& c) { return check_source(source, options, c); }, take,
                    context)
                    .ok());
    EXPECT_EQ(found, (std::vector<Ids>{{},
                                       {"convert.same-network"},
                                       {"convert.same-id"},
                                       {"convert.same-id"},
                                       {"convert.same-network"},
                                       {"convert.same-network"}}));
  }
}

TEST(CheckCzann, WhatOnlyZenRefusesCanBeRun) {
  const Folder folder;
  onnx::Model newer = pooling(64);
  newer.set_opset(13);
  const std::string path = czann(folder, "a.czann", kId, newer);
  EXPECT_EQ(check_source(path, {}, {})->status, bioimageio::Status::kInvalid);
  EXPECT_TRUE(load_model(path, {}).ok());
  const std::string bad = czann(folder, "b.czann", kId, pooling(32));
  const auto refused = load_model(bad, {});
  ASSERT_FALSE(refused.ok());
  EXPECT_NE(refused.error().what.message.find("InputShape"), std::string::npos) << refused.error().what.message;
}

TEST(CheckCzann, InfoTellsWhichZenLoadsIt) {
  const Folder folder;
  const auto info = inspect_source(czann(folder, "a.czann", kId, pooling(64)), {});
  ASSERT_TRUE(info.ok() && info->zen);
  EXPECT_EQ(info->zen->specification, "1.0.0");
  EXPECT_EQ(info->zen->blue, "zen-blue-3.5");
  EXPECT_EQ(info->zen->core, "zen-core-3.4");
}

TEST(CheckCzann, InfoTellsWhatCanBeReadOfAFileWithErrors) {
  const Folder folder;
  const auto info = inspect_source(czann(folder, "a.czann", kId, pooling(32)), {});
  ASSERT_TRUE(info.ok()) << info.error().what.message;
  ASSERT_TRUE(info->czann && info->zen);
  EXPECT_TRUE(info->is_type_known);
  EXPECT_EQ(info->model.id, kId);
  EXPECT_EQ(info->model.inputs.size(), 1U);
  EXPECT_FALSE(info->model.networks.at(0).reason.empty());
  ASSERT_EQ(info->uses.size(), 3U);
  for (const Use& use : info->uses) {
    EXPECT_FALSE(use.is_possible) << use.verb;
    EXPECT_NE(use.reason.find("InputShape"), std::string::npos) << use.reason;
  }
}

TEST(CheckCzann, RealFilesAndTheirFindings) {
  ZOOPORT_NEEDS_SHARED();
  // Their networks come from ZEN's own training: open sizes, opset 11, loops over the batch.
  const Ids of_zen{"czann.open-size", "czann.open-size", "czann.opset-older", "convert.zen-reach-unknown"};
  Ids with_path{"czann.extra-key", "czann.local-path"};
  with_path.insert(with_path.end(), of_zen.begin(), of_zen.end());
  // A border of 4 under a network with two poolings that sees 16 pixels; the scaling of the examples.
  const Ids pooled{"convert.zen-overlap-below-reach", "convert.zen-off-stride", "convert.zen-overlap-below-reach",
                   "convert.zen-off-stride"};
  Ids regression{"czann.scaling-unset"};
  Ids five_channels{"czann.unusual-channels", "czann.scaling-unset", "czann.shape-differs", "czann.shape-differs"};
  for (Ids* ids : {&regression, &five_channels}) ids->insert(ids->end(), pooled.begin(), pooled.end());
  const std::map<std::string, Ids> expected{
      {"LiveDenoise_DAPI", of_zen},
      {"N2V_tobacco_leaf", of_zen},
      {"N2V_tobacco_leaf_Whitened", with_path},
      {"simple_nuclei_segmodel", {}},
      {"simple_pytorch_nuclei_segmodel_pytorch", {"czann.scaling-unset"}},
      {"simple_regmodel", regression},
      {"simple_regmodel_out5", five_channels},
  };
  for (const auto& [name, ids] : expected) {
    const auto report = check_source(concat(zooport::testing::shared_folder(), "/data/czann/", name, ".czann"), {}, {});
    ASSERT_TRUE(report.ok()) << name;
    EXPECT_EQ(report->status == bioimageio::Status::kInvalid, name == "simple_regmodel_out5") << name;
    EXPECT_EQ(ids_of(report->findings), ids) << name;
  }
}

}  // namespace
}  // namespace zooport::convert
