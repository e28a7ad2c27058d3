#include <gtest/gtest.h>

#include <iostream>

#include "bioimageio/vectors_for_test.hpp"
#include "tests/support/shared.hpp"
#include "zooport/bioimageio/upgrade.hpp"

namespace zooport::bioimageio {
namespace {

using namespace testing;
using zooport::testing::shared_folder;

constexpr CheckOptions kNoIo{.io = Io::kNone, .fail_from = Severity::kError};

Description checked(std::string text) {
  auto description = read(std::move(text), "rdf.yaml", kNoIo, {});
  EXPECT_TRUE(description);
  return std::move(description).value();
}

constexpr std::string_view kOld = R"(# what it is
format_version: 0.4.0  # old
type: model
name: "my \/model"   # odd
description: d
license: MIT
authors:
  - {name: a/b, affiliation: here}  # me
cite:
- text: t
  doi: https://doi.org/10.1234/x # resolver
documentation: README.md
tags: [a, b]
timestamp: 2021-01-01T00:00:00Z
dependencies: conda:environment.yaml
inputs:
- name: raw
  description: d
  axes: bcyx
  data_type: float32
  shape: [1, 1, 8, 8]
outputs:
- name: mask
  description: d
  axes: bcyx
  data_type: float32
  shape: {reference_tensor: raw, scale: [1, 1, 1, 1], offset: [0, 0, 0, 0]}
test_inputs: [a.npy]
test_outputs: [b.npy]
config:
  bioimageio: {nickname: happy-fox, nickname_icon: 🦊}
weights:
  # torch
  pytorch_state_dict:
    source: w.pt  # here
    architecture: a.py:N
    architecture_sha256: a111111111111111111111111111111111111111111111111111111111111111
    pytorch_version: '1.0'
# the end
)";

TEST(UpgradeText, ChangesNothingButWhatItMust) {
  const Description old = checked(std::string(kOld));
  ASSERT_EQ(old.status, Status::kValid) << verdict_of(old.diagnostics).text();
  const auto result = upgrade(old, {}, {});
  ASSERT_TRUE(result) << result.error().what.message;
  EXPECT_EQ(result->from, "0.4.0");
  EXPECT_EQ(result->to, "0.4.10");
  std::string expected(kOld);
  const auto edit = [&](std::string_view from, std::string_view to) {
    const std::size_t at = expected.find(from);
    ASSERT_NE(at, expected.npos) << from;
    expected.replace(at, from.size(), to);
  };
  edit("0.4.0", "0.4.10");
  edit("\"my \\/model\"", "my model");
  edit("a/b", "ab");
  edit("https://doi.org/", "");
  edit("dependencies: conda:environment.yaml\n", "");
  edit("pytorch_version: '1.0'\n", "pytorch_version: '1.0'\n    dependencies: conda:environment.yaml\n");
  edit("# the end\n", "id: happy-fox\nid_emoji: 🦊\n# the end\n");
  EXPECT_EQ(result->text, expected);
  EXPECT_FALSE(result->changes.empty());
  const Description again = checked(result->text);
  EXPECT_EQ(again.normalized(), old.normalized());
  EXPECT_EQ(again.declared_version, "0.4.10");
  const auto twice = upgrade(again, {}, {});
  ASSERT_TRUE(twice);
  EXPECT_EQ(twice->text, result->text);
  EXPECT_TRUE(twice->changes.empty());
}

TEST(UpgradeText, RefusesWhatItCannotDo) {
  const Description old = checked(std::string(kOld));
  const auto id_and_kind = [](const Result<UpgradedText>& result) {
    return result ? std::string("none") : concat(result.error().what.id, " ", static_cast<int>(result.error().kind));
  };
  const auto number = [](ErrorKind kind) { return static_cast<int>(kind); };
  EXPECT_EQ(id_and_kind(upgrade(old, {.to = "latest"}, {})),
            concat("bioimageio.upgrade-version ", number(ErrorKind::kUnsupported)));
  EXPECT_EQ(id_and_kind(upgrade(old, {.to = "0.5"}, {})),
            concat("bioimageio.upgrade-version ", number(ErrorKind::kUnsupported)));
  EXPECT_EQ(id_and_kind(upgrade(old, {.to = "four"}, {})),
            concat("bioimageio.upgrade-version ", number(ErrorKind::kUsage)));
  EXPECT_EQ(id_and_kind(upgrade(old, {.to = "0.4.10"}, {})), "none");
  EXPECT_EQ(id_and_kind(upgrade(checked("format_version: 0.4.0\ntype: model\n"), {}, {})),
            concat("bioimageio.upgrade-invalid ", number(ErrorKind::kInvalid)));
  EXPECT_EQ(id_and_kind(upgrade(checked("format_version: 0.5.0\ntype: model\n"), {}, {})),
            concat("bioimageio.upgrade-invalid ", number(ErrorKind::kUnsupported)));
}

std::size_t count(std::string_view text, std::string_view what) {
  std::size_t found = 0;
  for (std::size_t at = text.find(what); at != text.npos; at = text.find(what, at + 1)) ++found;
  return found;
}

// Every description that the reference finds valid and that we read as it does: the new text reads as the reference's
// own document, and no comment is lost.
TEST(UpgradeText, RealDescriptionsReadAsTheReferenceUpgradesThem) {
  ZOOPORT_NEEDS_SHARED();
  std::ifstream lines(shared_folder() + "/data/verdicts/rdf.jsonl");
  ASSERT_TRUE(lines);
  int upgraded = 0, current = 0, equal = 0, skipped = 0;
  std::map<std::string, int> by_version;
  for (std::string line; std::getline(lines, line);) {
    const auto record = doc::read_json(std::move(line));
    ASSERT_TRUE(record);
    const Node& root = record->root();
    const std::string file(root.find("file")->text);
    const Node* dump = root.find("dump");
    const std::string text = content_of(shared_folder() + "/data/rdf/" + file);
    const Description description = checked(text);
    if (root.find("status")->text != "valid") {
      EXPECT_FALSE(upgrade(description, {}, {})) << file;
      continue;
    }
    if (description.status != Status::kValid) {
      ++skipped;
      continue;
    }
    const auto result = upgrade(description, {}, {});
    ASSERT_TRUE(result) << file << ": " << result.error().what.message;
    ++(result->changes.empty() ? current : upgraded);
    if (result->changes.empty()) {
      EXPECT_EQ(result->text, text) << file;
    }
    ++by_version[description.type + " " + result->from];
    EXPECT_EQ(count(result->text, "#"), count(text, "#")) << file;
    const Description again = checked(result->text);
    ASSERT_FALSE(again.normalized().empty()) << file;
    EXPECT_EQ(again.declared_version, again.format_version) << file;
    const auto written = doc::read_json(again.normalized());
    ASSERT_TRUE(written);
    const bool is_equal = dump && is_same(*dump, written->root());
    equal += is_equal;
    EXPECT_TRUE(is_equal) << file << "\n" << again.normalized();
  }
  std::cout << "rdf.jsonl: upgraded " << upgraded << ", current " << current << ", equal documents " << equal
            << ", that we do not read yet " << skipped << "\n";
  for (const auto& [version, number] : by_version) std::cout << "  " << version << ": " << number << "\n";
  EXPECT_EQ(upgraded, 185);
  EXPECT_EQ(skipped, 0);
}

}  // namespace
}  // namespace zooport::bioimageio
