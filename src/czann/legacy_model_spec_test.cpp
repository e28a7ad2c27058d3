#include "zooport/czann/legacy_model_spec.hpp"

#include <algorithm>
#include <map>

#include "czann/spec_vectors_for_test.hpp"

namespace zooport::czann {
namespace {

using testing::SpecVectors;
using testing::Vector;

// What the record has as text, or nothing and an error finding for what no XML or path can hold.
bool holds(const doc::Node& expected, const std::string& found, const Diagnostics& findings) {
  if (expected.kind == doc::Kind::kString) return found == expected.text;
  return found.empty() && findings.has_errors();
}

void compare(const std::string& id, const doc::Node& fields, const LegacyMetadata& metadata,
             const Diagnostics& findings) {
  SCOPED_TRACE(id);
  EXPECT_TRUE(holds(*fields.find("name"), metadata.name, findings));
  EXPECT_TRUE(holds(*fields.find("color_handling"), metadata.color_handling, findings));
  const auto& types = fields.find("pixel_types")->children;
  ASSERT_EQ(metadata.pixel_types.size(), types.size());
  for (std::size_t i = 0; i < types.size(); ++i) EXPECT_TRUE(holds(types[i], metadata.pixel_types[i], findings));
  const auto& classes = fields.find("classes")->children;
  ASSERT_EQ(metadata.classes.size(), classes.size());
  for (std::size_t i = 0; i < classes.size(); ++i) {
    EXPECT_TRUE(holds(classes[i].children[0], metadata.classes[i].name, findings));
    const auto& color = classes[i].children[1].children;
    EXPECT_EQ(*doc::integer_of(color[0]), metadata.classes[i].color.red);
    EXPECT_EQ(*doc::integer_of(color[1]), metadata.classes[i].color.green);
    EXPECT_EQ(*doc::integer_of(color[2]), metadata.classes[i].color.blue);
    EXPECT_EQ(metadata.classes[i].label, static_cast<std::int64_t>(i) + 1);
  }
  const doc::Node& border = *fields.find("border_size");
  std::vector<std::string> sizes;
  for (const std::int64_t size : metadata.border_size) sizes.push_back(concat(size));
  if (border.kind == doc::Kind::kSequence) {
    ASSERT_EQ(sizes.size(), border.children.size());
    for (std::size_t i = 0; i < sizes.size(); ++i) EXPECT_EQ(sizes[i], border.children[i].text);
  } else if (sizes.empty()) {
    // 8.5, true, an object: no size of a border, and an error.
    EXPECT_TRUE(findings.has_errors());
  } else {
    EXPECT_EQ(sizes, std::vector<std::string>{std::string(border.text)});
  }
}

TEST_F(SpecVectors, Legacy) {
  ZOOPORT_NEEDS_SHARED();
  std::size_t accepted = 0;
  const std::vector<Vector> vectors = read("LegacyModelSpec.from_json");
  for (const Vector& vector : vectors) {
    if (!vector.text) continue;
    Diagnostics findings;
    const auto spec = read_legacy_model_spec(*vector.text, {}, findings);
    // Values beside the metadata that no path can be are errors, and read as nothing.
    const auto& all = findings.items();
    const bool is_read = spec.ok() && std::none_of(all.begin(), all.end(), [](const Diagnostic& finding) {
                           return finding.severity == Severity::kError && finding.id != "czann.spec-value";
                         });
    EXPECT_EQ(is_read, vector.is_accepted) << vector.id;
    if (!spec || !vector.is_accepted) continue;
    ++accepted;
    // Of a Windows path the last component, as from 5.0.0 on; before, the whole was the name.
    if (vector.id.ends_with("/ModelPath_05")) {
      EXPECT_EQ(spec->metadata.name, "net.h5");
      continue;
    }
    expect_text(vector.id, *vector.value->find("model"), spec->model_path, findings);
    expect_text(vector.id, *vector.value->find("license_file"), spec->license_file, findings);
    compare(vector.id, *vector.value->find("metadata")->find("fields"), spec->metadata, findings);
  }
  EXPECT_EQ(vectors.size(), 21u);
  EXPECT_EQ(accepted, 11u);
}

TEST_F(SpecVectors, LegacyConstructor) {
  ZOOPORT_NEEDS_SHARED();
  using Names = std::vector<std::string>;
  LegacyFields good;
  good.classes = Names{"a", "b"};
  good.pixel_types = Names{"Gray8"};
  good.name = "n";
  good.color_handling = "SplitRgb";
  good.border_size = std::vector<std::int64_t>{8};
  std::map<std::string, LegacyFields> calls{{"keywords", good}, {"positional_two", good}, {"classes_text", good}};
  calls["id"] = calls["post"] = good;
  calls["id"].model_id = calls["post"].model_id = "x";
  calls["post"].post_processing = "CRF";
  calls["no_name"] = calls["positional"] = calls["classes_none"] = good;
  calls["no_name"].name.reset();
  calls["nothing"] = {};
  calls["positional"].border_size.reset();
  calls["classes_none"].classes.reset();
  std::size_t compared = 0;
  const std::vector<Vector> vectors = read("LegacyModelMetadata()");
  for (const Vector& vector : vectors) {
    const auto call = calls.find(vector.id.substr(vector.id.rfind('/') + 1));
    // An unknown keyword, and values of other types, are things that C++ does not compile.
    if (call == calls.end()) continue;
    ++compared;
    const auto metadata = make_legacy_metadata(call->second);
    ASSERT_EQ(metadata.ok(), vector.is_accepted) << vector.id;
    if (!metadata) {
      EXPECT_EQ(metadata.error().what.id, "czann.legacy-fields");
      continue;
    }
    const doc::Node& fields = *vector.value->find("fields");
    compare(vector.id, fields, *metadata, Diagnostics());
    const doc::Node& post = *fields.find("post_processing");
    EXPECT_EQ(metadata->post_processing, post.kind == doc::Kind::kNull ? "" : post.text) << vector.id;
    EXPECT_EQ(metadata->id, call->second.model_id);
  }
  EXPECT_EQ(vectors.size(), 13u);
  EXPECT_EQ(compared, 9u);
}

TEST(LegacyModelSpec, WhatIsUnusualIsNamed) {
  const auto ids = [](const std::string& json) {
    Diagnostics findings;
    const auto spec = read_legacy_model_spec(json, {}, findings);
    std::vector<std::string> all;
    for (const Diagnostic& finding : findings.items()) all.push_back(finding.id);
    if (!spec) all.push_back(spec.error().what.id);
    return all;
  };
  const auto with = [](const std::string& classes, const std::string& border, const std::string& more) {
    return concat(R"({"ColorHandling": "SplitRgb", "PixelType": "Gray8", "ModelPath": "n.onnx", "Classes": )", classes,
                  R"(, "BorderSize": )", border, more, "}");
  };
  using Ids = std::vector<std::string>;
  EXPECT_EQ(ids(with("[\"a\"]", "8", "")), Ids{});
  EXPECT_EQ(ids(with("\"ab\"", "8", "")), Ids{"czann.wrong-kind"});
  EXPECT_EQ(ids(with("[\"a\"]", "\"8\"", "")), Ids{});
  EXPECT_EQ(ids(with("[\"a\"]", "8.5", "")), Ids{"czann.wrong-kind"});
  EXPECT_EQ(ids(with("[\"a\"]", "8", R"(, "PostProcessing": "CRF")")), Ids{"czann.spec-ignored"});
  EXPECT_EQ(ids(with("5", "8", "")), Ids{"czann.wrong-kind"});
}

}  // namespace
}  // namespace zooport::czann
