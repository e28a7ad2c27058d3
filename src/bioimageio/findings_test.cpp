#include <gtest/gtest.h>

#include <algorithm>

#include "bioimageio/vectors_for_test.hpp"
#include "tests/support/shared.hpp"
#include "zooport/schema/json_schema.hpp"

namespace zooport::bioimageio {
namespace {

using namespace testing;

constexpr std::string_view kModel = R"(format_version: 0.4.10
type: model
name: my model
description: d
authors: [{name: A}]
cite: [{text: t, url: u}]
documentation: README.md
license: MIT
timestamp: 2020-01-01T00:00:00Z
test_inputs: [a.npy]
test_outputs: [b.npy]
inputs:
- name: raw
  axes: bcyx
  data_type: float32
  shape: [1, 1, 8, 8]
  preprocessing:
  - name: scale_range
    kwargs: {mode: per_sample, axes: yx}
outputs:
- name: mask
  axes: bcyx
  data_type: float32
  shape: {reference_tensor: raw, scale: [1, 1, 1, 1], offset: [0, 0, 0, 0]}
weights:
  onnx: {source: w.onnx, opset_version: 9}
)";

std::string edited(std::string_view from, std::string_view to) {
  std::string text(kModel);
  const std::size_t at = text.find(from);
  EXPECT_NE(at, std::string::npos) << from;
  return text.replace(at, from.size(), to);
}

Description checked(std::string text) {
  auto description = read(std::move(text), "rdf.yaml", {.io = Io::kNone, .fail_from = Severity::kError}, {});
  EXPECT_TRUE(description);
  return std::move(description).value();
}

struct Case {
  std::string_view id;
  std::string_view from;
  std::string_view to;
  std::string_view underlined;  // what the first finding's span covers
};

// One example for each id.
const Case kCases[] = {
    {"bioimageio.absolute-path", "README.md", "/README.md", "/README.md"},
    {"bioimageio.advice", ", opset_version: 9", "", "{"},
    {"bioimageio.architecture-hash", "onnx: {source: w.onnx, opset_version: 9}",
     "pytorch_state_dict: {source: w.pt, architecture: 'a.py:N', pytorch_version: '1'}", "'a.py:N'"},
    {"bioimageio.batch-size", "[1, 1, 8, 8]", "[2, 1, 8, 8]", "2"},
    {"bioimageio.choice", "float32", "float33", "float33"},
    {"bioimageio.cite-without-doi-or-url", "url: u", "url: ''", "''"},
    {"bioimageio.finite", "scale_range\n    kwargs: {mode: per_sample, axes: yx}",
     "binarize\n    kwargs: {threshold: .inf}", ".inf"},
    {"bioimageio.halo-length", "offset: [0, 0, 0, 0]}", "offset: [0, 0, 0, 0]}\n  halo: [1]", "[1]"},
    {"bioimageio.integer", "[1, 1, 8, 8]", "[1, 1, 8.5, 8]", "8.5"},
    {"bioimageio.integer-size", "[1, 1, 8, 8]", "[1, 1, 1e30, 8]", "1e30"},
    {"bioimageio.key", "type: model", "type: model\n1: x", "1"},
    {"bioimageio.list", "inputs:\n- name", "tags: t\ninputs:\n- name", "t"},
    {"bioimageio.mapping", "weights:\n  onnx: {source: w.onnx, opset_version: 9}", "weights: w", "w"},
    {"bioimageio.missing-field", "name: raw\n  axes", "axes", "a"},
    {"bioimageio.missing-item", "axes: bcyx", "axes: bcyx\n  data_range: [1]", "[1]"},
    {"bioimageio.missing-tag", "name: scale_range\n    kwargs", "kwargs", "kwargs: {mode: per_sample, axes: yx}"},
    {"bioimageio.multiple", "offset: [0,", "offset: [0.3,", "0.3"},
    {"bioimageio.no-weights", "onnx: {source: w.onnx, opset_version: 9}", "onnx: null", "onnx: null"},
    {"bioimageio.normalization-mode", "scale_range\n    kwargs: {mode: per_sample",
     "zero_mean_unit_variance\n    kwargs: {mode: fixed", "fixed"},
    {"bioimageio.number", "scale: [1,", "scale: [x,", "x"},
    {"bioimageio.output-shape", "scale: [1, 1, 1, 1], offset: [0, 0, 0, 0]}",
     "scale: [1, 1, 1, 1], offset: [0, 0, 0, 0]}\n  halo: [0, 0, 0, 4]", "4"},
    {"bioimageio.pair", "axes: bcyx", "axes: bcyx\n  data_range: 1", "1"},
    {"bioimageio.pattern", "url: u", "doi: x", "x"},
    {"bioimageio.percentile-order", "axes: yx", "axes: yx, min_percentile: 3, max_percentile: 2", "3"},
    {"bioimageio.processing-axes", "axes: yx", "axes: zyx", "zyx"},
    {"bioimageio.range", "opset_version: 9", "opset_version: 6", "6"},
    {"bioimageio.reference-raises", "reference_tensor: raw", "reference_tensor: row", "row"},
    {"bioimageio.reference-tensor", "axes: yx", "axes: yx, reference_tensor: raw", "raw"},
    {"bioimageio.scale-linear-without-effect", "scale_range\n    kwargs: {mode: per_sample",
     "scale_linear\n    kwargs: {gain: 1", "1"},
    {"bioimageio.shape-lengths", "[1, 1, 8, 8]", "{min: [1, 1, 8, 8], step: [0, 0, 8]}", "[0, 0, 8]"},
    {"bioimageio.string", "name: my model", "name: 1", "1"},
    {"bioimageio.tensor-names", "name: mask", "name: raw", "raw"},
    {"bioimageio.too-long", "axes: bcyx", "axes: bcyx\n  data_range: [1, 2, 3]", "[1, 2, 3]"},
    {"bioimageio.too-short", "test_inputs: [a.npy]", "test_inputs: []", "[]"},
    {"bioimageio.unknown-field", "  axes: bcyx", "  axis: bcyx\n  axes: bcyx", "axis"},
    {"bioimageio.unknown-tag", "scale_range", "scale_ranges", "scale_ranges"},
    {"bioimageio.url", "type: model", "type: model\ndownload_url: u", "u"},
    {"bioimageio.value", "name: raw", "name: a-b", "a-b"},
    {"bioimageio.weights-parent", "opset_version: 9", "opset_version: 9, parent: onnx", "onnx"},
    {"zooport.format-too-old", "0.4.10", "0.1.0", "0.1.0"},
    {"zooport.unsupported-format", "0.4.10", "0.5.0", "0.5.0"},
};

TEST(Findings, EachHasAnExample) {
  ASSERT_EQ(checked(std::string(kModel)).status, Status::kValid);
  for (const Case& c : kCases) {
    const Description description = checked(edited(c.from, c.to));
    const auto& items = description.diagnostics.items();
    const auto found = std::find_if(items.begin(), items.end(), [&](const Diagnostic& d) { return d.id == c.id; });
    std::string all;
    for (const Diagnostic& d : items) all += concat(d.id, ": ", to_text(d.path), ": ", d.message, "\n");
    ASSERT_NE(found, items.end()) << c.id << "\n" << all;
    ASSERT_TRUE(found->span) << c.id;
    EXPECT_EQ(description.text().substr(found->span->begin, found->span->end - found->span->begin), c.underlined)
        << c.id << "\n"
        << all;
    EXPECT_EQ(found->file, "rdf.yaml");
    EXPECT_EQ(found->reference_type.empty(), c.id.starts_with("zooport.")) << c.id;
  }
}

TEST(Findings, PeopleReadTheMemberThatCameNearest) {
  const Description description = checked(edited("[1, 1, 8, 8]", "{min: [1, 1, 8, x], step: [0, 0, 8, 8]}"));
  std::vector<std::string> told;
  for (const Diagnostic& d : description.diagnostics.items())
    if (!d.is_alternative) told.push_back(concat(to_text(d.path), ": ", d.message));
  EXPECT_EQ(told, (std::vector<std::string>{"inputs[0].shape.min[3]: expected an integer, found 'x'"}));
  EXPECT_EQ(description.diagnostics.items().size(), 2u);

  const Description longer = checked(edited("[1, 1, 8, 8]", "{min: [1, 1, 8, 8, 1], step: [0, 0, 8, 8]}"));
  ASSERT_FALSE(longer.diagnostics.items().empty());
  for (const Diagnostic& d : longer.diagnostics.items()) {
    if (d.is_alternative) continue;
    EXPECT_EQ(d.message, "expected 5 steps, one per min, found 4");
  }

  const Description neither = checked(edited("[1, 1, 8, 8]", "big"));
  ASSERT_FALSE(neither.diagnostics.items().empty());
  EXPECT_EQ(neither.diagnostics.items()[0].message, "expected a list or a mapping, found 'big'");
}

TEST(Findings, SuggestFixesAndRelatedPlaces) {
  const Description misspelt = checked(edited("opset_version", "opset_versoin"));
  ASSERT_TRUE(misspelt.diagnostics.items()[0].fix);
  EXPECT_EQ(misspelt.diagnostics.items()[0].fix->edits[0].text, "opset_version");

  const Description twice = checked(edited("name: mask", "name: raw"));
  const Diagnostic& item = twice.diagnostics.items()[0];
  ASSERT_EQ(item.related.size(), 1u);
  ASSERT_TRUE(item.related[0].span);
  EXPECT_EQ(twice.text().substr(item.related[0].span->begin, 3), "raw");
  EXPECT_LT(item.related[0].span->begin, item.span->begin);
}

TEST(Findings, UnreadableAndUndecidedDescriptions) {
  EXPECT_EQ(checked("a: [").status, Status::kInvalid);
  EXPECT_EQ(checked("- 1\n").diagnostics.items()[0].id, "bioimageio.mapping");
  const Description number = checked(edited("0.4.10", "0.4"));
  ASSERT_EQ(number.status, Status::kInvalid);
  EXPECT_EQ(loc_text(number.diagnostics.items()[0].path), R"(["format_version"])");
  EXPECT_EQ(checked(edited("type: model", "type: dataset")).status, Status::kUnsupported);
  EXPECT_EQ(checked(edited("format_version: 0.4.10\n", "")).status, Status::kInvalid);
}

TEST(Description, PicksTheCanonicalNameFirst) {
  EXPECT_EQ(*pick_description({"model.yaml", "b.rdf.yaml", "a.rdf.yaml"}), "a.rdf.yaml");
  EXPECT_EQ(*pick_description({"model.yaml", "bioimageio.yaml"}), "bioimageio.yaml");
  EXPECT_EQ(*pick_description({"sub/x.rdf.yaml", "sub/rdf.yaml"}), "sub/x.rdf.yaml");
  EXPECT_EQ(pick_description({"sub/rdf.yaml", "xrdf.yaml", "RDF.yaml"}).error().what.id, "bioimageio.no-description");
}

TEST(Description, OutlivesItsMaker) {
  schema::Map<YamlValue> config;
  {
    const Description description = checked(edited("type: model", "type: model\nconfig: {a: {b: [1]}}"));
    config = description.model()->config;
  }
  ASSERT_EQ(config.size(), 1u);
  EXPECT_EQ(schema::to_json(config), R"({"a":{"b":[1]}})");
}

TEST(Description, ExportsItsSchema) {
  const auto& root = static_cast<const schema::ObjectType&>(schema::type_of<ModelDescription>());
  const std::string schema = schema::json_schema(root, {});
  const auto document = doc::read_json(schema);
  ASSERT_TRUE(document) << schema;
  const Node* definitions = document->root().find("$defs");
  ASSERT_TRUE(definitions);
  const Node* author = definitions->find("Author");
  ASSERT_TRUE(author);
  EXPECT_EQ(author->find("properties")->children.size(), 5u);
  EXPECT_EQ(document->root().find("properties")->children.size(), 35u);
}

}  // namespace
}  // namespace zooport::bioimageio
