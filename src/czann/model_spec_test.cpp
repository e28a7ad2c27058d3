#include "zooport/czann/model_spec.hpp"

#include <gtest/gtest.h>

#include "czann/spec_vectors_for_test.hpp"
#include "zooport/base/text.hpp"
#include "zooport/doc/json.hpp"

namespace zooport::czann {
namespace {

using testing::SpecVectors;
using testing::Vector;

const std::string kMetadata =
    R"({"Id": "6ba7b810-9dad-11d1-80b4-00c04fd430c8", "Type": "Regression", "InputShape": [8, 8, 1], "OutputShape": [8, 8, 1]})";

std::string spec_with(const std::string& more) {
  return concat(R"({"ModelMetadata": )", kMetadata, R"(, "ModelPath": "net.onnx")", more, "}");
}

std::vector<std::string> ids_of(const std::string& json, const SpecOptions& options = {}) {
  Diagnostics findings;
  const auto spec = read_model_spec(json, options, findings);
  std::vector<std::string> ids;
  for (const Diagnostic& finding : findings.items()) ids.push_back(finding.id);
  if (!spec) ids.push_back(spec.error().what.id);
  return ids;
}

std::vector<std::string> texts(const std::vector<SpecOperation>& operations) {
  std::vector<std::string> all;
  for (const SpecOperation& operation : operations) all.push_back(operation.text);
  return all;
}

TEST(ModelSpec, OperationsAreTextsOrObjects) {
  Diagnostics findings;
  const auto spec = read_model_spec(
      spec_with(R"(, "SpatialDims": [64, 32], "LicenseFile": "L.txt", "PreProcessing": ["scale(1/255); sigmoid",
        {"transpose_channels": [2, 1, 0]}, {"clip": {"min": 0, "max": 1e3, "axes": null}}, {"Scale": 2.5},
        {"ensure_dtype": "uint8"}, {"fixed_zero_mean_unit_variance": {"mean": [1, 2], "std": [3, 4]}}, {"sigmoid": null}],
        "PostProcessing": {"SigmoidToSoftmaxScores": {}})"),
      {}, findings);
  ASSERT_TRUE(spec.ok()) << spec.error().what.message;
  EXPECT_TRUE(findings.items().empty()) << findings.items()[0].message;
  EXPECT_EQ(spec->model_path, "net.onnx");
  EXPECT_EQ(spec->license_file, "L.txt");
  EXPECT_EQ(spec->spatial_dims, (std::vector<std::int64_t>{64, 32}));
  EXPECT_EQ(texts(spec->preprocessing),
            (std::vector<std::string>{"scale(1/255); sigmoid", "transpose_channels(2, 1, 0)", "clip(min=0, max=1e3)",
                                      "Scale(2.5)", "ensure_dtype('uint8')",
                                      "fixed_zero_mean_unit_variance(mean=[1, 2], std=[3, 4])", "sigmoid"}));
  EXPECT_EQ(spec->preprocessing[1].from, "PreProcessing[1]");
  EXPECT_EQ(texts(spec->postprocessing), std::vector<std::string>{"SigmoidToSoftmaxScores"});
}

TEST(ModelSpec, FindingsPointIntoTheWholeText) {
  const std::string json = R"({"ModelPath": "a", "ModelMetadata": {"Id": "me", "Type": "Regression",
      "InputShape": [8, 8, 1], "OutputShape": [8, 8, 1]}})";
  Diagnostics findings;
  ASSERT_TRUE(read_model_spec(json, {}, findings).ok());
  ASSERT_EQ(findings.items().size(), 1u);
  const Diagnostic& finding = findings.items()[0];
  EXPECT_EQ(to_text(finding.path), "ModelMetadata.Id");
  ASSERT_TRUE(finding.span);
  EXPECT_EQ(json.substr(finding.span->begin, finding.span->end - finding.span->begin), "\"me\"");
}

TEST(ModelSpec, WhatIsWrongIsNamed) {
  using Ids = std::vector<std::string>;
  EXPECT_EQ(ids_of(spec_with("")), Ids{});
  EXPECT_EQ(ids_of("[]"), Ids{"czann.spec-kind"});
  EXPECT_EQ(ids_of("{"), Ids{"json.syntax"});
  EXPECT_EQ(ids_of("{}"), Ids{"czann.spec-missing-key"});
  EXPECT_EQ(ids_of(R"({"ModelPath": "x", "ModelMetadata": 5})"), Ids{"czann.spec-kind"});
  EXPECT_EQ(ids_of(R"({"ModelPath": "x", "ModelMetadata": "model.json"})"), Ids{"czann.spec-kind"});
  EXPECT_EQ(ids_of(spec_with(R"(, "LicenseFile": 5)")), Ids{"czann.spec-value"});
  EXPECT_EQ(ids_of(spec_with(R"(, "SpatialDims": [8])")), Ids{"czann.spec-value"});
  EXPECT_EQ(ids_of(spec_with(R"(, "SpatialDims": [8, 0])")), Ids{"czann.spec-value"});
  EXPECT_EQ(ids_of(spec_with(R"(, "PreProcessing": [5])")), Ids{"czann.spec-value"});
  EXPECT_EQ(ids_of(spec_with(R"(, "PreProcessing": [{"scale": {"a": {"b": 1}}}])")), Ids{"czann.spec-value"});
  EXPECT_EQ(ids_of(spec_with(R"(, "PreProcessing": [{"scale(1); clip": 1}])")), Ids{"czann.spec-value"});
}

TEST(ModelSpec, AnIdMayLack) {
  for (const char* id : {"", R"("Id": null, )"}) {
    Diagnostics findings;
    const auto spec =
        read_model_spec(concat(R"({"ModelPath": "x", "ModelMetadata": {)", id,
                               R"("Type": "Regression", "InputShape": [8, 8, 1], "OutputShape": [8, 8, 1]}})"),
                        {}, findings);
    ASSERT_TRUE(spec.ok());
    EXPECT_EQ(spec->metadata.id, "");
    EXPECT_TRUE(findings.items().empty()) << findings.items()[0].message;
  }
}

TEST(ModelSpec, OfAKeyThatStandsTwiceTheLastCounts) {
  Diagnostics findings;
  const auto spec = read_model_spec(spec_with(R"(, "ModelPath": "other.onnx")"), {}, findings);
  ASSERT_TRUE(spec.ok()) << spec.error().what.message;
  EXPECT_EQ(spec->model_path, "other.onnx");
}

TEST(ModelSpec, MetadataMayBeAFile) {
  std::string asked;
  SpecOptions options;
  options.open = [&](const std::string& path) -> Result<Bytes> {
    asked = path;
    return Bytes(kMetadata);
  };
  EXPECT_EQ(ids_of(R"({"ModelPath": "x", "ModelMetadata": "sub/model.json"})", options), std::vector<std::string>{});
  EXPECT_EQ(asked, "sub/model.json");
}

TEST(ModelSpec, IsToldByItsKeys) {
  EXPECT_EQ(spec_form_of(spec_with(""), {}), SpecForm::kModern);
  EXPECT_EQ(spec_form_of(R"({"ModelPath": "x"})", {}), SpecForm::kModern);
  EXPECT_EQ(spec_form_of(R"({"ModelPath": "x", "PixelType": "Gray8"})", {}), SpecForm::kLegacy);
  EXPECT_FALSE(spec_form_of(kMetadata, {}));
  EXPECT_FALSE(spec_form_of("ModelPath: x", {}));
  EXPECT_FALSE(spec_form_of(R"({"a": {"ModelPath": "x"}})", {}));
  EXPECT_FALSE(spec_form_of("", {}));
}

TEST_F(SpecVectors, Modern) {
  ZOOPORT_NEEDS_SHARED();
  std::size_t accepted = 0;
  const std::vector<Vector> vectors = read("ModelSpec.from_json");
  for (const Vector& vector : vectors) {
    if (!vector.text) continue;
    Diagnostics findings;
    SpecOptions options;
    options.open = [](const std::string& path) -> Result<Bytes> {
      return make_error(ErrorKind::kIo, "base.missing", path);
    };
    const auto spec = read_model_spec(*vector.text, options, findings);
    bool is_refused = !spec;
    for (const Diagnostic& finding : findings.items())
      is_refused |= finding.severity == Severity::kError && finding.path.at(0) == Step::key("ModelMetadata");
    EXPECT_EQ(!is_refused, vector.is_accepted) << vector.id;
    if (is_refused || !vector.is_accepted) continue;
    ++accepted;
    expect_text(vector.id, *vector.value->find("model"), spec->model_path, findings);
    expect_text(vector.id, *vector.value->find("license_file"), spec->license_file, findings);
    auto written = doc::read_json(concat(R"({"dict": )", write_metadata(spec->metadata), "}"));
    ASSERT_TRUE(written.ok());
    EXPECT_TRUE(equal(*written->root().find("dict"), *vector.value->find("metadata")->find("dict"))) << vector.id;
  }
  EXPECT_EQ(vectors.size(), 28u);
  EXPECT_EQ(accepted, 14u);
}

}  // namespace
}  // namespace zooport::czann
