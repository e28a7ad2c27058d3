#include "bioimageio/upgrade.hpp"

#include <gtest/gtest.h>

#include "bioimageio/vectors_for_test.hpp"

namespace zooport::bioimageio {
namespace {

using namespace testing;

struct Converted {
  doc::Document document;
  std::unique_ptr<schema::Arena> arena = std::make_unique<schema::Arena>();
  Upgraded result;
  std::string json() const {
    doc::JsonWriter out;
    out.node(*result.node);
    return std::move(out.text());
  }
};

Converted converted(std::string yaml, Upgraded (*convert)(const Node&, schema::Arena&)) {
  auto document = doc::read_yaml(std::move(yaml), {});
  EXPECT_TRUE(document) << (document ? "" : document.error().what.message);
  Converted converted{std::move(document).value(), std::make_unique<schema::Arena>(), {}};
  converted.result = convert(converted.document.root(), *converted.arena);
  return converted;
}

std::string exception_of(const std::string& yaml) {
  const Converted document = converted(yaml, &upgraded_model);
  return std::string(document.result.obstacle ? document.result.obstacle->exception : "");
}

TEST(Upgrade, CurrentDocumentsAreNotCopied) {
  const Converted model = converted(
      "format_version: 0.4.10\nauthors: [{name: a/b, github_user: u}]\ncite: [{doi: 10.1234/x}]\nconfig: {k: {}}\n",
      &upgraded_model);
  EXPECT_EQ(model.result.node, &model.document.root());
  const Converted dataset = converted("format_version: 0.2.4\nauthors: [{name: a}]\n", &upgraded_generic);
  EXPECT_EQ(dataset.result.node, &dataset.document.root());
  const Converted later = converted("format_version: 0.5.0\ncite: [{doi: 'https://doi.org/x'}]\n", &upgraded_model);
  EXPECT_EQ(later.result.node, &later.document.root());
}

TEST(Upgrade, ModelOf0_3_1) {
  const Converted model = converted(R"(format_version: 0.3.1
name: old/model
authors: [Ada, Bob]
packaged_by: [Carl]
language: python
framework: pytorch
source: net.py:Net
sha256: abc
kwargs: null
outputs: [{name: out, shape: {reference_input: raw, scale: [1]}}]
weights:
  pytorch_state_dict: {source: w.pt, authors: [Dora]}
  pytorch_script: {source: w.ts}
config:
  future:
    0.3.2:
      version: 9.9.0
      authors: [{affiliation: X}]
      weights: {pytorch_state_dict: {authors: [{affiliation: Y}]}}
)",
                                    &upgraded_model);
  EXPECT_FALSE(model.result.obstacle);
  EXPECT_EQ(
      model.json(),
      R"({"format_version":"0.4.10","name":"oldmodel","authors":[{"name":"Ada","affiliation":"X"},{"name":"Bob"}],)"
      R"("packaged_by":[{"name":"Carl"}],)"
      R"("outputs":[{"name":"out","shape":{"scale":[1],"reference_tensor":"raw"}}],)"
      R"("weights":{"pytorch_state_dict":{"source":"w.pt","authors":[{"name":"Dora","affiliation":"Y"}],)"
      R"("architecture":"net.py:Net","architecture_sha256":"abc"},"torchscript":{"source":"w.ts"}},)"
      R"("type":"model","version":"9.9.0"})");
}

TEST(Upgrade, WhatTheReferenceCannotConvert) {
  EXPECT_EQ(exception_of("format_version: 0.3.1\nconfig: null\nweights: {}\n"), "AttributeError");
  EXPECT_EQ(exception_of("format_version: 0.3.1\nconfig: {future: []}\nweights: {}\n"), "TypeError");
  EXPECT_EQ(exception_of("format_version: 0.3.2\noutputs: 5\nweights: {}\n"), "TypeError");
  EXPECT_EQ(exception_of("format_version: 0.3.6\nweights: []\n"), "AttributeError");
  EXPECT_EQ(exception_of("format_version: 0.3.1\nauthors: [A]\nconfig: {future: {0.3.2: {authors: [[[1]]]}}}\n"),
            "ValueError");
  EXPECT_EQ(exception_of("format_version: 0.3.6\n"), "");
  const Converted unknown = converted("format_version: 0.3.7\nsource: s\n", &upgraded_model);
  EXPECT_EQ(unknown.json(), R"({"format_version":"0.3.7","source":"s","type":"model"})");
}

TEST(Upgrade, DatasetOf0_2_0) {
  const Converted dataset = converted(R"(format_version: 0.2.0
name: a/b
authors: [Ada, {name: 'B\b', github_user: 'https://github.com/b'}]
cite: [{doi: 'http://dx.doi.org/10.1234/x'}]
config: {bioimageio: {nickname: fox, nickname_icon: F}, future: {}}
)",
                                      &upgraded_generic);
  EXPECT_EQ(dataset.json(),
            R"({"format_version":"0.2.4","name":"ab","authors":[{"name":"Ada"},{"name":"Bb","github_user":)"
            R"("b"}],"cite":[{"doi":"10.1234/x"}],"config":{"bioimageio":{"nickname":"fox","nickname_icon":)"
            R"("F"},"future":{}},"id":"fox","id_emoji":"F"})");
  const Converted broken = converted("format_version: x.2\n", &upgraded_generic);
  ASSERT_TRUE(broken.result.obstacle);
  EXPECT_EQ(broken.result.obstacle->exception, "ValueError");
}

}  // namespace
}  // namespace zooport::bioimageio
