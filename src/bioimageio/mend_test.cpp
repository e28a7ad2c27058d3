#include "zooport/bioimageio/mend.hpp"

#include <gtest/gtest.h>

#include "bioimageio/fixes.hpp"
#include "bioimageio/license_names.hpp"
#include "zooport/base/text.hpp"

namespace zooport::bioimageio {
namespace {

Result<Description> checked(std::string text) {
  return read(std::move(text), "rdf.yaml", {.io = Io::kNone, .fail_from = Severity::kError}, {});
}

struct Outcome {
  std::string text;
  std::string fixed;  // "line:column path, …"
  Status status;
};

Outcome mended(const std::string& text) {
  auto before = checked(text);
  EXPECT_TRUE(before.ok());
  const auto result = mend(std::move(before).value(), checked, {});
  EXPECT_TRUE(result.ok());
  std::vector<std::string> fixed;
  for (const Fixed& item : result->fixed)
    fixed.push_back(concat(item.at.line, ":", item.at.column, " ", to_text(item.finding.path)));
  return {std::string(result->description.text()), join(fixed, ", "), result->description.status};
}

constexpr std::string_view kBroken = R"(# a model
format_version: 0.4.10
type: model
nmae: my model      # misspelt
description: 2021   # a number
authors: [{name: A, orcid: "https://orcid.org/0000-0001-2345-6789"}]
cite: [{text: t, doi: 'doi:10.1234/x'}]
documentation: [README.md]
licence: apache 2.0 # british, and no id
timestamp: 3 May 2021 10:00
tags: nucleus       # one
test_inputs: a.npy
test_outputs: [b.npy]
inputs:
- name: raw
  axes: [b, c, y, x]
  data_type: "Float32"
  shape: [1, 1, 8, 8]
  preprocesing:     # what is below is wrong, too
  - name: scale_ranges
    kwargs: {mode: per_sampel, axes: yx}
outputs:
- name: mask
  axes: bcyx
  data_type: float32
  shape: {reference_tensor: rawe, scale: [1, 1, 1, 1], offset: [0, 0, 0, 0]}
weights:
  onnx: {source: w.onnx, opset_version: 9}  # the end
)";

constexpr std::string_view kMended = R"(# a model
format_version: 0.4.10
type: model
name: my model      # misspelt
description: '2021'   # a number
authors: [{name: A, orcid: "0000-0001-2345-6789"}]
cite: [{text: t, doi: '10.1234/x'}]
documentation: README.md
license: Apache-2.0 # british, and no id
timestamp: 2021-05-03T10:00:00Z
tags: [nucleus]       # one
test_inputs: [a.npy]
test_outputs: [b.npy]
inputs:
- name: raw
  axes: bcyx
  data_type: "float32"
  shape: [1, 1, 8, 8]
  preprocessing:     # what is below is wrong, too
  - name: scale_range
    kwargs: {mode: per_sample, axes: yx}
outputs:
- name: mask
  axes: bcyx
  data_type: float32
  shape: {reference_tensor: raw, scale: [1, 1, 1, 1], offset: [0, 0, 0, 0]}
weights:
  onnx: {source: w.onnx, opset_version: 9}  # the end
)";

TEST(Mend, MendsWhatIsCertainAndKeepsTheRest) {
  const Outcome outcome = mended(std::string(kBroken));
  EXPECT_EQ(outcome.text, kMended) << outcome.fixed;
  EXPECT_EQ(outcome.status, Status::kValid);
  EXPECT_NE(outcome.fixed.find("4:1 nmae"), std::string::npos) << outcome.fixed;
  const Outcome again = mended(outcome.text);
  EXPECT_EQ(again.fixed, "");
  EXPECT_EQ(again.text, outcome.text);
}

std::string with(std::string_view from, std::string_view to) {
  std::string text(kMended);
  const std::size_t at = text.find(from);
  EXPECT_NE(at, std::string::npos) << from;
  return text.replace(at, from.size(), to);
}

TEST(Mend, LeavesAloneWhatIsNotCertain) {
  for (const auto& [from, to] : std::vector<std::pair<std::string_view, std::string_view>>{
           {"2021-05-03T10:00:00Z", "3/5/2021 10:00"},
           {"[nucleus]", "nucleus, cell"},
           {"shape: [1, 1, 8, 8]", "shape: big"},
           {"name: my model", "name: [my, model]"},
           {"name: my model", "name: {my: model}"},
           {"source: w.onnx", "sources: w.onnx, sourc: v.onnx"},
           {"data_type: \"float32\"", "data_type: uint3"},
           {"reference_tensor: raw", "reference_tensor: other"},
           {"opset_version: 9", "opset_version: nine"},
           {"axes: bcyx", "axes: 7"},
           {"name: my model", "name: null"},
       }) {
    const std::string broken = with(from, to);
    const Outcome outcome = mended(broken);
    EXPECT_EQ(outcome.text, broken) << outcome.fixed;
    EXPECT_EQ(outcome.status, Status::kInvalid) << to;
  }
}

// The second of two fixes of one place waits; a fix that does no good is taken back alone.
TEST(Mend, AppliesTheOthersWhereOneDoesNoGood) {
  const std::string broken = with("name: raw", "nam: raw");
  int checks = 0;
  const CheckText spoiled = [&](std::string text) -> Result<Description> {
    ++checks;
    auto description = checked(std::move(text));
    if (!description.ok()) return description;
    Diagnostic& item = description->diagnostics.items().emplace_back();
    item.id = "bioimageio.value";
    item.severity = Severity::kError;
    item.path = {Step::key("tags")};
    item.span = Span{0, 1};
    item.fix = Fix{"no good", {{{0, 1}, "# "}}};
    return description;
  };
  auto before = spoiled(broken);
  ASSERT_TRUE(before.ok());
  const auto result = mend(std::move(before).value(), spoiled, {});
  ASSERT_TRUE(result.ok());
  EXPECT_EQ(result->description.text(), kMended);
  ASSERT_EQ(result->fixed.size(), 1u);
  EXPECT_GT(checks, 2);
}

TEST(Mend, KeepsDocumentsThatCannotBeRead) {
  const Outcome outcome = mended("a: [");
  EXPECT_EQ(outcome.text, "");
  EXPECT_EQ(outcome.fixed, "");
}

TEST(Fixes, ReadTimesThatMeanOneThing) {
  const auto iso = [](std::string_view text) { return iso_time_of(text).value_or("-"); };
  EXPECT_EQ(iso("2021-05-03"), "2021-05-03T00:00:00Z");
  EXPECT_EQ(iso("2021/5/3 9:07"), "2021-05-03T09:07:00Z");
  EXPECT_EQ(iso("2021.05.03 10:00:01.25 +0200"), "2021-05-03T10:00:01+02:00");
  EXPECT_EQ(iso("Mon, 03 May 2021 10:00:00 GMT"), "2021-05-03T10:00:00Z");
  EXPECT_EQ(iso("May 3, 2021 10:00 PM"), "2021-05-03T22:00:00Z");
  EXPECT_EQ(iso("31.12.2021"), "2021-12-31T00:00:00Z");
  EXPECT_EQ(iso("12/31/2021"), "2021-12-31T00:00:00Z");
  EXPECT_EQ(iso("5/5/2021"), "2021-05-05T00:00:00Z");
  EXPECT_EQ(iso("2021-05-03 10:00:00 -05:30"), "2021-05-03T10:00:00-05:30");
  for (const std::string_view text : {"3/5/2021", "2021-13-05", "2021-02-30", "21-05-03", "2021", "May 2021", "soon",
                                      "2021-05-03 10", "2021-05-03 10:00 CET", "2021-05-03 25:00", "1620000000", ""})
    EXPECT_EQ(iso(text), "-") << text;
}

TEST(Fixes, KnowLicensesByOtherNames) {
  EXPECT_EQ(current_license_for("mit"), "MIT");
  EXPECT_EQ(current_license_for("MIT License"), "MIT");
  EXPECT_EQ(current_license_for("Apache License, Version 2.0"), "Apache-2.0");
  EXPECT_EQ(current_license_for("CC BY 4.0"), "CC-BY-4.0");
  EXPECT_EQ(current_license_for("GPL-3.0"), "GPL-3.0-only");
  EXPECT_EQ(current_license_for("GPL-3.0+"), "GPL-3.0-or-later");
  EXPECT_EQ(current_license_for("BSD 3 clause"), "BSD-3-Clause");
  for (const std::string_view text : {"", "license", "GPL", "BSD", "wxWindows", "my own"})
    EXPECT_EQ(current_license_for(text), "") << text;
}

TEST(Fixes, PointAtBothPlaces) {
  const auto check = [](std::string_view from, std::string_view to) {
    const auto description = checked(with(from, to));
    EXPECT_TRUE(description.ok());
    const Diagnostic& item = description->diagnostics.items().at(0);
    std::vector<std::string> places;
    const auto text = [&](const std::optional<Span>& span) {
      return std::string(description->text().substr(span->begin, span->end - span->begin));
    };
    places.push_back(text(item.span));
    for (const Related& related : item.related) places.push_back(text(related.span));
    return join(places, " | ");
  };
  EXPECT_EQ(check("inputs:\n", "inputs:\n- {name: raw, axes: bcyx, data_type: uint8, shape: [1, 1, 8, 8]}\n"),
            "raw | raw");
  EXPECT_EQ(check("mode: per_sample, axes: yx", "mode: per_sample, axes: yx, reference_tensor: raw"), "raw | raw");
  EXPECT_EQ(check("scale: [1, 1, 1, 1]", "scale: [1, 1, 0.1, 1]"),
            "{reference_tensor: raw, scale: [1, 1, 0.1, 1], offset: [0, 0, 0, 0]} | [1, 1, 8, 8]");
}

}  // namespace
}  // namespace zooport::bioimageio
