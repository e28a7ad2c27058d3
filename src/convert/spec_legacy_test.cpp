#include <gtest/gtest.h>

#include <filesystem>

#include "convert/graphs_for_test.hpp"
#include "tests/support/engine.hpp"
#include "tests/support/shared.hpp"
#include "tests/support/temporary_folder.hpp"
#include "zooport/base/os/file.hpp"
#include "zooport/base/text.hpp"
#include "zooport/convert/check.hpp"
#include "zooport/convert/convert_source.hpp"
#include "zooport/convert/converter.hpp"
#include "zooport/onnx/io.hpp"
#include "zooport/onnx/passes.hpp"

namespace zooport::convert {
namespace {

using testing::graph;
using testing::node;
using Ids = std::vector<std::string>;

// y = softmax(concat(x, x)) on byxc, 1 channel to 2 classes; a size of 0 is open.
std::string two_classes(std::int64_t size = 16) {
  onnx::Model model = graph({.nodes = {node("Concat", {"x", "x"}, "c"), node("Softmax", {"c"}, "y")},
                             .constants = {},
                             .input = {1, size, size, 1},
                             .output = {1, size, size, 2}});
  for (onnx::Node& one : model.graph.nodes) one.set(onnx::make_attribute("axis", std::int64_t{3}));
  for (onnx::ValueInfo* value : {&model.graph.inputs[0], &model.graph.outputs[0]}) {
    if (size != 0) continue;
    for (const std::size_t i : {1u, 2u}) {
      (*value->type.shape)[i].value.reset();
      (*value->type.shape)[i].symbol = concat("s", i);
    }
  }
  model.set_opset(12);
  model.ir_version = onnx::ir_version_of(12);
  return std::string(onnx::to_bytes(model)->text());
}

class FlatSpec : public ::testing::Test {
 protected:
  FlatSpec() {
    folder_.file("sub/net.onnx", two_classes());
    folder_.file("LICENSE.txt", "free");
  }
  std::string spec(const std::string& more = "", const std::string& classes = R"(["a", "b"])",
                   const std::string& path = "sub/net.onnx") const {
    return folder_.file("spec.json", concat(R"({"ColorHandling": "SplitRgb", "PixelType": "Gray16", "Classes": )",
                                            classes, R"(, "BorderSize": 4, "ModelPath": ")", path,
                                            R"(", "LicenseFile": "LICENSE.txt", "TestImageFile": "x.czi")", more, "}"));
  }
  Result<ConversionReport> convert(const std::string& source, const std::string& to, const NetworkCall& call = {},
                                   const ConvertRequest& request = {}) const {
    return convert_source(source, folder_ / to, request, call, ::zooport::testing::installed_engine(), {});
  }
  czann::LegacyPackage written(const std::string& name) const {
    const auto read = czann::read_legacy(*os::read_file(folder_ / name, 1u << 30), {});
    EXPECT_TRUE(read.ok() && read->package && !read->findings.has_errors()) << name;
    return read.ok() && read->package ? *read->package : czann::LegacyPackage{};
  }
  Ids checked(const std::string& source) const {
    const auto report = check_source(source, {}, {});
    Ids all;
    if (!report) return {report.error().what.id};
    for (const Diagnostic& finding : report->findings.items())
      if (finding.severity >= Severity::kWarning)
        all.push_back(concat(finding.id, ' ', to_text(finding.path), ' ', os::file_name(finding.file)));
    return all;
  }
  ::zooport::testing::TemporaryFolder folder_;
};

std::string id_of(const Result<ConversionReport>& result) { return result.ok() ? "" : result.error().what.id; }

TEST_F(FlatSpec, BecomesACzseg) {
  const std::string source = spec();
  EXPECT_EQ(checked(source), Ids{});
  for (const std::string name : {"out.czseg", "out.czmodel"}) {
    const auto report = convert(source, name);
    ASSERT_TRUE(report.ok()) << report.error().what.message;
    EXPECT_EQ(report->from, "czmodel-spec");
    EXPECT_EQ(report->to, "czseg");
    EXPECT_EQ(report->verification.status, Verification::Status::kPassed);
    EXPECT_EQ(report->verification.reason, "identical bytes");
    EXPECT_TRUE(report->assumptions.empty()) << report->assumptions[0].what;
    EXPECT_TRUE(report->losses.empty()) << report->losses[0].what;
    const czann::LegacyPackage package = written(name);
    EXPECT_EQ(package.network.text(), two_classes());
    EXPECT_TRUE(czann::is_uuid(package.metadata.id));
    EXPECT_EQ(package.marker, package.metadata.id);
    EXPECT_EQ(package.metadata.name, "net.onnx");
    EXPECT_EQ(package.metadata.status, "Trained");
    EXPECT_EQ(package.metadata.color_handling, "SplitRgb");
    EXPECT_EQ(package.metadata.pixel_types, std::vector<std::string>{"Gray16"});
    EXPECT_EQ(package.metadata.border_size, std::vector<std::int64_t>{4});
    EXPECT_FALSE(package.metadata.scale_inputs_by_bit_depth);
    ASSERT_EQ(package.metadata.classes.size(), 2u);
    EXPECT_EQ(package.metadata.classes[1].name, "b");
    EXPECT_EQ(package.metadata.classes[1].color, (czann::Color{0, 255, 0}));
    ASSERT_EQ(package.others.size(), 1u);
    EXPECT_EQ(package.others[0].name, "LICENSE.txt");
    EXPECT_EQ(package.others[0].content.text(), "free");
  }
  // The same content is the same model.
  EXPECT_EQ(written("out.czseg").metadata.id, written("out.czmodel").metadata.id);
}

TEST_F(FlatSpec, IsWhatTheRealPackageWrites) {
  ZOOPORT_NEEDS_SHARED();
  const std::string written_folder = ::zooport::testing::shared_folder() + "/data/czmodel/written/";
  for (const std::string file : {"3.0.0/legacy_json_flat/model.czseg", "3.1.0/legacy_json_flat/model.czseg",
                                 "4.1.0/legacy_json_flat/model.czmodel", "5.1.0/legacy_json_flat/model.czmodel"}) {
    SCOPED_TRACE(file);
    const auto recorded = czann::read_legacy(*os::read_file(written_folder + file, 1u << 30), {});
    ASSERT_TRUE(recorded.ok() && recorded->package);
    const czann::LegacyPackage& expected = *recorded->package;
    ASSERT_EQ(expected.others.size(), 1u);
    // The network behind net.h5, which that package made; the name of its file is the model's name.
    const std::string network = folder_.file(expected.metadata.name, std::string(expected.network.text()));
    folder_.file("LICENSE.txt", std::string(expected.others[0].content.text()));
    const std::string source = folder_.file(
        "recorded.json",
        concat(R"({"ColorHandling": "SplitRgb", "PixelType": "Gray16", "Classes": ["a", "b"], "BorderSize": 8,)",
               R"("ModelPath": ")", expected.metadata.name, R"(", "LicenseFile": "LICENSE.txt"})"));
    ConvertRequest request;
    request.czann.id = expected.metadata.id;
    request.czann.if_present = CzannOptions::IfPresent::kReplace;
    const auto report = convert(source, "recorded.czseg", {}, request);
    ASSERT_TRUE(report.ok()) << report.error().what.message;
    EXPECT_EQ(report->verification.reason, "identical bytes");
    const czann::LegacyPackage package = written("recorded.czseg");
    EXPECT_EQ(package.network.text(), expected.network.text());
    czann::LegacyMetadata of_record = expected.metadata;
    of_record.version = "3.1.0";  // the only one that is written
    EXPECT_EQ(czann::write_legacy_metadata(package.metadata), czann::write_legacy_metadata(of_record));
    ASSERT_EQ(package.others.size(), 1u);
    EXPECT_EQ(package.others[0].content.text(), expected.others[0].content.text());
    std::filesystem::remove(network);
  }
}

TEST_F(FlatSpec, CheckSaysWhatIsWrong) {
  EXPECT_EQ(checked(spec("", R"(["a", "b", "c"])")), Ids{"czann.class-count Classes spec.json"});
  EXPECT_EQ(id_of(convert(spec("", R"(["a", "b", "c"])"), "out.czseg")), "convert.invalid-source");
  EXPECT_EQ(checked(folder_.file("border.json", R"({"ColorHandling": "SplitRgb", "PixelType": "Gray8",
                "Classes": ["a", "b"], "BorderSize": 4.5, "ModelPath": "sub/net.onnx"})")),
            Ids{"czann.wrong-kind BorderSize border.json"});
  EXPECT_EQ(checked(folder_.file("few.json", R"({"ColorHandling": "SplitRgb", "ModelPath": "sub/net.onnx"})")),
            (Ids{"czann.missing-key PixelType few.json", "czann.missing-key Classes few.json",
                 "czann.missing-key BorderSize few.json"}));
  const auto report = check_source(spec(), {}, {});
  ASSERT_TRUE(report.ok());
  EXPECT_EQ(report->kind, "czmodel-spec");
  EXPECT_EQ(report->type, "SingleClassSemanticSegmentation");
  EXPECT_FALSE(std::filesystem::exists(folder_ / "out.czseg"));
}

TEST_F(FlatSpec, SizesHaveToBeFixed) {
  folder_.file("open.onnx", two_classes(0));
  const std::string open = spec("", R"(["a", "b"])", "open.onnx");
  EXPECT_EQ(checked(open), (Ids{"czann.open-size  open.onnx", "czann.open-size  open.onnx"}));
  EXPECT_EQ(id_of(convert(open, "out.czseg")), "convert.invalid-source");
  EXPECT_FALSE(std::filesystem::exists(folder_ / "out.czseg"));
  ZOOPORT_NEEDS_ENGINE();
  const auto fixed = convert(spec(R"(, "SpatialDims": [24, 32])", R"(["a", "b"])", "open.onnx"), "out.czseg");
  ASSERT_TRUE(fixed.ok()) << fixed.error().what.message;
  EXPECT_EQ(fixed->verification.status, Verification::Status::kPassed) << fixed->verification.reason;
  const onnx::Model network = *onnx::read_model(written("out.czseg").network);
  EXPECT_EQ((*network.graph.inputs[0].type.shape)[1].value, 24);
  EXPECT_EQ((*network.graph.outputs[0].type.shape)[2].value, 32);
}

TEST_F(FlatSpec, BecomesACzannToo) {
  ZOOPORT_NEEDS_ENGINE();
  const auto report = convert(spec(R"_(, "PreProcessing": ["scale(0.5)"])_"), "out.czann");
  ASSERT_TRUE(report.ok()) << report.error().what.message;
  EXPECT_EQ(report->verification.status, Verification::Status::kPassed) << report->verification.reason;
  const auto read = czann::read(*os::read_file(folder_ / "out.czann", 1 << 20), {});
  ASSERT_TRUE(read.ok() && read->package);
  EXPECT_EQ(read->package->metadata.classes, (std::vector<std::string>{"a", "b"}));
  EXPECT_EQ(read->package->metadata.min_overlap, (std::vector<std::int64_t>{8, 8}));
  EXPECT_FALSE(report->losses.empty());
}

TEST_F(FlatSpec, OtherNetworksAreRefused) {
  folder_.file("net/saved_model.pb", "x");
  const NetworkCall allowed{{}, {}, SpecCall::SavedModel::kPack};
  const auto saved = convert(spec("", R"(["a", "b"])", "net"), "out.czseg", allowed);
  EXPECT_EQ(id_of(saved), "convert.spec-weights");
  EXPECT_EQ(saved.error().what.help, "");
  EXPECT_EQ(id_of(convert(spec("", R"(["a", "b"])", "gone.onnx"), "out.czseg")), "convert.spec-file");
}

TEST_F(FlatSpec, ConverterPacksAndUnpacks) {
  LegacyModelSpec values;
  values.model = folder_ / "sub/net.onnx";
  values.license_file = folder_ / "LICENSE.txt";
  czann::LegacyFields fields;
  fields.classes = {"a", "b"};
  fields.pixel_types = {"Gray8"};
  fields.name = "n";
  fields.color_handling = "SplitRgb";
  fields.border_size = std::vector<std::int64_t>{4};
  values.model_metadata = *czann::make_legacy_metadata(fields);
  const LegacyConverter converter;
  const auto made = converter.convert_from_model_spec(values, folder_ / "new");
  ASSERT_TRUE(made.ok()) << made.error().what.message;
  EXPECT_EQ(made->dest, folder_ / "new/DNNModel.czseg");
  const auto named = converter.convert_from_json_spec(spec(), folder_ / "new", {.output_name = "a.CZMODEL"});
  ASSERT_TRUE(named.ok()) << named.error().what.message;
  EXPECT_EQ(named->dest, folder_ / "new/a.CZMODEL");
  EXPECT_EQ(named->to, "czseg");
  folder_.file("out/mine.txt", "kept");
  const auto unpacked = converter.unpack_model(made->dest, folder_ / "out");
  ASSERT_TRUE(unpacked.ok()) << unpacked.error().what.message;
  EXPECT_EQ(unpacked->metadata.name, "n");
  EXPECT_EQ(unpacked->network, folder_ / concat("out/", unpacked->metadata.id, ".model"));
  EXPECT_EQ(os::read_file(unpacked->network, 1 << 20)->text(), two_classes());
  EXPECT_EQ(os::read_file(folder_ / "out/LICENSE.txt", 1 << 20)->text(), "free");
  EXPECT_EQ(os::read_file(folder_ / "out/mine.txt", 1 << 20)->text(), "kept");
}

TEST_F(FlatSpec, EachConverterReadsItsForm) {
  const auto flat = DefaultConverter().convert_from_json_spec(spec(), folder_ / "new");
  EXPECT_EQ(id_of(flat), "convert.no-spec");
  const std::string modern = folder_.file("modern.json", R"({"ModelMetadata": {}, "ModelPath": "sub/net.onnx"})");
  const LegacyConverter converter;
  EXPECT_EQ(id_of(converter.convert_from_json_spec(modern, folder_ / "new")), "convert.no-spec");
  EXPECT_EQ(id_of(converter.convert_from_json_spec(folder_ / "gone.json", folder_ / "new")).empty(), false);
  EXPECT_FALSE(converter.unpack_model(folder_ / "gone.czseg", folder_ / "new").ok());
  EXPECT_FALSE(std::filesystem::exists(folder_ / "new"));
}

}  // namespace
}  // namespace zooport::convert
