#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>
#include <map>

#include "tests/support/shared.hpp"
#include "zooport/base/text.hpp"
#include "zooport/bioimageio/description.hpp"

namespace zooport::bioimageio {
namespace {

// Does all that the format asks for.
constexpr std::string_view kModel = R"(format_version: 0.4.10
type: model
name: my model
description: finds nuclei
authors: [{name: A}]
maintainers: [{github_user: a}]
cite: [{text: t, doi: 10.1234/x}]
covers: [cover.png]
tags: [nuclei, unet]
documentation: README.md
license: MIT
timestamp: 2020-01-01T00:00:00Z
version: 0.1.0
git_repo: https://github.com/a/b
sample_inputs: [s.png]
sample_outputs: [t.png]
test_inputs: [a.npy]
test_outputs: [b.npy]
config: {tool: {key: value}}
inputs:
- name: raw
  axes: bcyx
  data_type: uint8
  data_range: [0, 255]
  shape: {min: [1, 2, 8, 8], step: [0, 0, 4, 4]}
  preprocessing:
  - {name: clip, kwargs: {min: 0, max: 1}}
  - {name: scale_linear, kwargs: {axes: yx, gain: [1, 2], offset: [0, 3]}}
  - {name: zero_mean_unit_variance, kwargs: {mode: fixed, axes: yx, mean: [1, 2], std: [3, 4]}}
outputs:
- name: mask
  axes: bcyx
  data_type: float32
  halo: [0, 0, 2, 2]
  shape: {reference_tensor: raw, scale: [1, 1, 1, 1], offset: [0, 0, 0, 0]}
- name: fixed
  axes: bcyx
  data_type: float32
  shape: [1, 1, 8, 8]
weights:
  torchscript: {source: w.pt, pytorch_version: '1.10', sha256: aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa}
)";

std::string edited(std::string_view from, std::string_view to) {
  std::string text(kModel);
  // Two outputs: two test outputs and two sample outputs.
  for (const std::string_view list : {"sample_outputs: [t.png", "test_outputs: [b.npy"})
    if (from.find(list) == from.npos) {
      const std::size_t at = text.find(list) + list.size();
      text.insert(at, list.starts_with("s") ? ", u.png" : ", c.npy");
    }
  if (from.empty()) return text;
  const std::size_t at = text.find(from);
  EXPECT_NE(at, std::string::npos) << from;
  return text.replace(at, from.size(), to);
}

Description checked(std::string text) {
  auto description = read(std::move(text), "rdf.yaml", {.io = Io::kNone, .fail_from = Severity::kError}, {});
  EXPECT_TRUE(description);
  return std::move(description).value();
}

std::vector<const Diagnostic*> own_findings(const Description& description) {
  std::vector<const Diagnostic*> own;
  for (const Diagnostic& item : description.diagnostics.items())
    if (item.reference_type.empty()) own.push_back(&item);
  return own;
}

std::string listed(const Description& description) {
  std::string text;
  for (const Diagnostic& item : description.diagnostics.items())
    text += concat(item.id, " ", to_text(item.path), " ", item.message, "\n");
  return text;
}

struct Case {
  std::string_view id;
  std::string_view from;
  std::string_view to;
  std::string_view place;       // the path
  std::string_view underlined;  // what the caret points at
};

constexpr std::string_view kHash = "sha256: aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa}";

const Case kCases[] = {
    {"zooport.documentation-suffix", "README.md", "README.txt", "documentation", "README.txt"},
    {"zooport.documentation-suffix", "README.md", "https://a.org/doc.html", "documentation", "https://a.org/doc.html"},
    {"zooport.test-tensor-count", "[a.npy]", "[a.npy, d.npy]", "test_inputs", "test_inputs"},
    {"zooport.test-tensor-count", "test_outputs: [b.npy", "test_outputs: [b.npy", "test_outputs", "test_outputs"},
    {"zooport.sample-tensor-count", "sample_outputs: [t.png", "sample_outputs: [t.png", "sample_outputs",
     "sample_outputs"},
    {"zooport.sample-tensor-count", "[s.png]", "[s.png, s2.png]", "sample_outputs", "sample_outputs"},
    {"zooport.weights-parent-missing", "weights:\n", "weights:\n  onnx: {source: w.onnx, opset_version: 9, ",
     "weights.onnx", "onnx"},
    {"zooport.weights-parent-unknown", "'1.10', ", "'1.10', parent: onnx, ", "weights.torchscript.parent", "onnx"},
    {"zooport.weights-sha256-missing", ", sha256: aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", "",
     "weights.torchscript", "torchscript"},
    {"zooport.dependency-manager", "'1.10', ", "'1.10', dependencies: 'poetry:p.toml', ",
     "weights.torchscript.dependencies", "'poetry:p.toml'"},
    {"zooport.axes-length", "[1, 1, 8, 8]", "[1, 8, 8]", "outputs[1].shape", "shape"},
    {"zooport.axes-length", "bcyx\n  data_type: float32\n  halo: [0, 0, 2, 2]", "bczyx\n  data_type: float32",
     "outputs[0].shape.scale", "scale"},
    {"zooport.no-axes", "axes: bcyx\n  data_type: float32\n  shape: [1, 1, 8, 8]",
     "axes: ''\n  data_type: float32\n  shape: []", "outputs[1].axes", "''"},
    {"zooport.no-batch-axis", "axes: bcyx\n  data_type: float32\n  shape: [1, 1, 8, 8]",
     "axes: cyx\n  data_type: float32\n  shape: [1, 8, 8]", "outputs[1].axes", "cyx"},
    {"zooport.batch-axis-first", "axes: bcyx\n  data_type: float32\n  shape: [1, 1, 8, 8]",
     "axes: cbyx\n  data_type: float32\n  shape: [1, 1, 8, 8]", "outputs[1].axes", "cbyx"},
    {"zooport.output-batch", "[1, 1, 8, 8]", "[2, 1, 8, 8]", "outputs[1].shape[0]", "2"},
    {"zooport.tensor-name-case", "name: fixed", "name: Fixed", "outputs[1].name", "Fixed"},
    {"zooport.data-range-order", "[0, 255]", "[255, 0]", "inputs[0].data_range", "data_range"},
    {"zooport.data-range-type", "[0, 255]", "[0, 256]", "inputs[0].data_range", "data_range"},
    {"zooport.shape-sizes", "step: [0, 0, 4, 4]", "step: [0, 0, -4, 4]", "inputs[0].shape.step", "step"},
    {"zooport.halo-negative", "[0, 0, 2, 2]", "[0, 0, -2, 2]", "outputs[0].halo[2]", "-2"},
    {"zooport.halo-axis", "halo: [0, 0, 2, 2]\n  shape: {reference_tensor: raw, scale: [1, 1, 1, 1]",
     "halo: [0, 1, 2, 2]\n  shape: {reference_tensor: raw, scale: [1, 2, 1, 1]", "outputs[0].halo[1]", "1"},
    {"zooport.clip-order", "min: 0, max: 1", "min: 1, max: 1", "inputs[0].preprocessing[0].kwargs.min", "1"},
    {"zooport.channel-count", "gain: [1, 2]", "gain: [1, 2, 3]", "inputs[0].preprocessing[1].kwargs.gain", "gain"},
    {"zooport.channel-count", "mean: [1, 2], std: [3, 4]", "mean: [1], std: [3]",
     "inputs[0].preprocessing[2].kwargs.mean", "mean"},
    {"zooport.mean-and-std", "std: [3, 4]", "std: [3]", "inputs[0].preprocessing[2].kwargs.std", "std"},
    {"zooport.std-not-positive", "std: [3, 4]", "std: [3, 0]", "inputs[0].preprocessing[2].kwargs.std", "std"},
    {"zooport.no-description", "finds nuclei", "''", "description", "''"},
    {"zooport.no-cover", "covers: [cover.png]\n", "", "covers", ""},
    {"zooport.duplicate-file", "[cover.png]", "[cover.png, cover.png]", "covers[1]", "cover.png"},
    {"zooport.cite-text", "text: t,", "text: '',", "cite[0].text", "''"},
    {"zooport.cite-doi", "doi: 10.1234/x", "url: https://doi.org/10.1234/x", "cite[0].url",
     "https://doi.org/10.1234/x"},
    {"zooport.cite-url", "doi: 10.1234/x", "url: in press", "cite[0].url", "in press"},
    {"zooport.config-field", "{tool: ", "{license: x, tool: ", "config.license", "x"},
    {"zooport.config-domain", "{tool: ", "{epochs: 7, tool: ", "config.epochs", "7"},
    {"zooport.git-repo", "https://github.com/a/b", "a/b", "git_repo", "a/b"},
    {"zooport.download-url", "tags:", "download_url: https://a.org/x.zip\ntags:", "download_url",
     "https://a.org/x.zip"},
    {"zooport.no-maintainer", "maintainers: [{github_user: a}]\n", "", "authors", "authors"},
    {"zooport.rdf-source", "tags:", "rdf_source: https://a.org/rdf.yaml\ntags:", "rdf_source",
     "https://a.org/rdf.yaml"},
    {"zooport.no-tags", "[nuclei, unet]", "[]", "tags", "tags"},
    {"zooport.duplicate-tag", "[nuclei, unet]", "[nuclei, Nuclei]", "tags[1]", "Nuclei"},
    {"zooport.version-form", "version: 0.1.0", "version: 0.1", "version", "0.1"},
    {"zooport.version-form", "version: 0.1.0", "version: 0.1.0a1", "version", "0.1.0a1"},
    {"zooport.version-number", "tags:", "version_number: -1\ntags:", "version_number", "-1"},
    {"zooport.name-characters", "name: my model", "name: 'my model: x'", "name", "'my model: x'"},
    {"zooport.timestamp-future", "2020-01-01T00:00:00Z", "9000-01-01T00:00:00Z", "timestamp", "9000-01-01T00:00:00Z"},
    {"zooport.timestamp-zone", "2020-01-01T00:00:00Z", "2020-01-01T00:00:00", "timestamp", "2020-01-01T00:00:00"},
    {"zooport.packaged-by", "tags:", "packaged_by: [{name: A}]\ntags:", "packaged_by", "packaged_by"},
    {"zooport.local-path", "key: value", "key: /home/me/x.py", "config.tool.key", "/home/me/x.py"},
    {"zooport.local-path", "key: value", "key: [1, 'C:\\Users\\me']", "config.tool.key[1]", "'C:\\Users\\me'"},
    {"zooport.local-path", "finds nuclei", "see file:///data/x", "description", "see file:///data/x"},
};

TEST(Prose, NothingIsSaidOfWhatDoesAllThatIsAskedFor) {
  const Description description = checked(edited("", ""));
  EXPECT_EQ(description.status, Status::kValid);
  EXPECT_EQ(listed(description), "");
}

TEST(Prose, EachRuleHasAnExample) {
  for (const Case& one : kCases) {
    std::string to(one.to);
    if (one.from == "weights:\n") to += concat(kHash, "\n");
    const Description description = checked(edited(one.from, to));
    EXPECT_EQ(description.status, Status::kValid) << one.id << "\n" << listed(description);
    const auto own = own_findings(description);
    ASSERT_EQ(own.size(), 1u) << one.id << " by " << one.to << "\n" << listed(description);
    const Diagnostic& item = *own[0];
    EXPECT_EQ(item.id, one.id) << item.message;
    EXPECT_LE(item.severity, Severity::kWarning) << item.id;
    EXPECT_EQ(to_text(item.path), one.place) << item.id;
    EXPECT_FALSE(item.expected.empty() || item.found.empty()) << item.id;
    if (!one.underlined.empty()) {
      EXPECT_EQ(description.text().substr(item.span->begin, item.span->end - item.span->begin), one.underlined);
    }
  }
}

struct Quiet {
  std::string_view from;
  std::string_view to;
};

TEST(Prose, WhatIsNearARuleIsNotTold) {
  const Quiet kQuiet[] = {
      {"README.md", "https://a.org/doc.md?raw=1"},
      {"'1.10', ", "'1.10', dependencies: 'conda:e.yaml', "},
      {"[0, 255]", "[0, .inf]"},
      {"data_type: uint8\n  data_range: [0, 255]", "data_type: float32\n  data_range: [-1, 1e9]"},
      {"mean: [1, 2], std: [3, 4]", "mean: 1, std: 2"},
      {"axes: yx, gain: [1, 2], offset: [0, 3]", "axes: yx, gain: 2, offset: 1"},
      {"min: [1, 2, 8, 8], step: [0, 0, 4, 4]", "min: [1, 1, 8, 8], step: [0, 1, 4, 4]"},
      {"doi: 10.1234/x", "doi: 10.1234/x, url: in press"},
      {"doi: 10.1234/x", "url: https://a.org"},
      {"https://github.com/a/b", "git@github.com:a/b.git"},
      {"[{name: A}]\nmaintainers: [{github_user: a}]", "[{name: A, github_user: a}]"},
      {"version: 0.1.0", "version: 1.0.0+7"},
      {"tags:", "packaged_by: [{name: B}]\ntags:"},
      {"key: value", "key: https://a.org/home/me/x"},
      {"key: value", "key: see /home/ and /usr/bin"},
      {"key: value", "key: 'a:\\ b'"},
      {"key: value", "key: http:\\\\x"},
      {"[s.png]", "[]"},
  };
  for (const Quiet& one : kQuiet) {
    const Description description = checked(edited(one.from, one.to));
    EXPECT_EQ(description.status, Status::kValid) << one.to << "\n" << listed(description);
    EXPECT_TRUE(own_findings(description).empty()) << one.to << "\n" << listed(description);
  }
}

TEST(Prose, ParentsThatLeadInACircleAreToldOnce) {
  const std::string hash(kHash.substr(0, kHash.size() - 1));
  std::string text = edited("'1.10', ", "'1.10', parent: onnx, ");
  text.replace(text.find("weights:\n"), 9,
               concat("weights:\n  onnx: {source: w.onnx, opset_version: 9, parent: torchscript, ", hash, "}\n"));
  const Description circle = checked(text);
  const auto own = own_findings(circle);
  ASSERT_EQ(own.size(), 1u) << listed(circle);
  EXPECT_EQ(own[0]->id, "zooport.weights-parent-cycle");
  EXPECT_EQ(to_text(own[0]->path), "weights.onnx.parent");
}

TEST(Prose, FixesMendWhatTheyAreOf) {
  for (const Quiet& one : {Quiet{"doi: 10.1234/x", "url: https://doi.org/10.1234/x"},
                           Quiet{"2020-01-01T00:00:00Z", "2020-01-01T00:00:00"}}) {
    std::string text = edited(one.from, one.to);
    const Description description = checked(text);
    const auto own = own_findings(description);
    ASSERT_EQ(own.size(), 1u) << listed(description);
    ASSERT_TRUE(own[0]->fix);
    for (const Edit& edit : own[0]->fix->edits)
      text.replace(edit.span.begin, edit.span.end - edit.span.begin, edit.text);
    EXPECT_EQ(listed(checked(text)), "") << text;
  }
}

// How often each rule speaks up about real descriptions: for people who wonder whether a rule is worth its noise.
TEST(Prose, FindingsAboutRealDescriptions) {
  ZOOPORT_NEEDS_SHARED();
  std::map<std::string, int> counts;
  int valid = 0;
  for (const auto& entry :
       std::filesystem::recursive_directory_iterator(zooport::testing::shared_folder() + "/data/rdf")) {
    if (entry.path().extension() != ".yaml") continue;
    std::ifstream file(entry.path(), std::ios::binary);
    const Description description = checked({std::istreambuf_iterator<char>(file), {}});
    if (description.status != Status::kValid) continue;
    ++valid;
    for (const Diagnostic* item : own_findings(description)) {
      EXPECT_LE(item->severity, Severity::kWarning) << item->id;
      EXPECT_TRUE(item->span && item->span->end <= description.text().size()) << item->id;
      ++counts[item->id];
    }
  }
  EXPECT_GT(valid, 100);
  for (const auto& [id, count] : counts) std::cout << id << " " << count << "\n";
  std::cout << "in " << valid << " valid descriptions\n";
}

TEST(Prose, IsForValidDescriptionsOnly) {
  const Description description = checked(edited("README.md", "README.txt\nnonsense: 1"));
  EXPECT_EQ(description.status, Status::kInvalid);
  EXPECT_TRUE(own_findings(description).empty()) << listed(description);
}

}  // namespace
}  // namespace zooport::bioimageio
