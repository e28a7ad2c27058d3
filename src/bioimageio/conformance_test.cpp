#include <gtest/gtest.h>

#include <iostream>

#include "bioimageio/conformance_for_test.hpp"
#include "tests/support/shared.hpp"

namespace zooport::bioimageio {
namespace {

using namespace testing;
using zooport::testing::shared_folder;

doc::Document parsed(std::string json) {
  auto document = doc::read_json(std::move(json));
  EXPECT_TRUE(document) << (document ? "" : document.error().what.message);
  return std::move(document).value();
}

// Calls `visit` with each record of a file.
template <class Visit>
void each_record(const std::string& path, Visit&& visit) {
  std::ifstream lines(path);
  ASSERT_TRUE(lines) << path;
  for (std::string line; std::getline(lines, line);) visit(parsed(std::move(line)));
}

// What the reference gives to classes of other formats is no verdict about 0.4.
bool is_of_format_0_4(const Case& one) {
  const std::string_view chosen = one.chosen_class();
  return chosen.empty() || chosen == "model 0.4.10" || chosen.ends_with(" 0.2.4");
}

// Lines "base" hold documents, lines "vector" edits of them, lines "document" whole texts; others are no verdicts.
void add_vectors(const std::string& path, Tally& tally) {
  std::map<std::string, doc::Document, std::less<>> bases;
  each_record(path, [&](doc::Document line) {
    const Node& root = line.root();
    const std::string_view kind = root.find("kind")->text;
    Case one;
    one.file = path.substr(path.rfind('/') + 1);
    one.record = &root;
    one.dump = root.find("dump");
    if (kind == "document") {
      one.family = "texts";
      one.name = root.find("name")->text;
      one.text = root.find("text")->text;
      if (is_of_format_0_4(one)) tally.add(one);
      return;
    }
    if (kind != "base" && kind != "vector") return;
    const std::string base(root.find("base")->text);
    if (kind == "base") {
      one.name = concat(base, " unedited");
      one.family = "base";
      write_yaml(*root.find("document"), one.text);
      if (is_of_format_0_4(one)) tally.add(one);
      bases.emplace(base, std::move(line));
      return;
    }
    if (!is_of_format_0_4(one)) return;
    Editor editor;
    one.edits = root.find("edits");
    const Node document = editor.edited(*bases.at(base).root().find("document"), *one.edits);
    write_yaml(document, one.text);
    if (root.find("echo")) one.dump = &document;
    one.name = concat(root.find("id")->text, " ", base, " ", loc_text(*one.edits));
    one.family = root.find("group")->text;
    tally.add(one);
  });
}

// Whole files, named by the records and taken from `folder`.
void add_files(const std::string& path, const std::string& folder, Tally& tally) {
  each_record(path, [&](const doc::Document& line) {
    Case one;
    one.record = &line.root();
    const Node* io_checks = one.record->find("io_checks");
    if (io_checks && doc::boolean_of(*io_checks)) return;
    if (one.record->find("format")->text != "discover" || !is_of_format_0_4(one)) return;
    one.name = one.record->find("file")->text;
    one.file = path.substr(path.rfind('/') + 1);
    one.family = "real descriptions";
    one.text = content_of(concat(folder, "/", one.name));
    one.dump = one.record->find("dump");
    tally.add(one);
  });
}

TEST(Conformance, RecordedVerdicts) {
  ZOOPORT_NEEDS_SHARED();
  const std::string records = shared_folder() + "/data/verdicts";
  Tally tally;
  add_vectors(records + "/vectors_yaml.jsonl", tally);
  add_files(records + "/rdf.jsonl", shared_folder() + "/data/rdf", tally);
  add_files(records + "/models.jsonl", shared_folder() + "/data/models", tally);
  add_vectors(records + "/vectors.jsonl", tally);
  tally.print();

  const std::map<std::string, int> expected{
      {"vectors_yaml.jsonl", 106}, {"rdf.jsonl", 217}, {"models.jsonl", 12}, {"vectors.jsonl", 6620}};
  for (const auto& [file, count] : expected) {
    const Tally::Counts& found = tally.files().at(file);
    EXPECT_EQ(found.records, count) << file;
    EXPECT_EQ(found.equal + found.excused, count) << file;
  }
  for (const Difference& difference : differences())
    EXPECT_EQ(tally.records_of(difference.rule), difference.records) << difference.rule;
  for (const auto& [family, counts] : tally.families()) EXPECT_GT(counts.equal, 0) << family << " is wholly wrong";
}

// Verdicts about descriptions that this project wrote, for where ../shared is absent. The environment variable
// ZOOPORT_VECTORS names another file of that form, e.g. one that looks at a single rule.
TEST(Conformance, OwnVectors) {
  const char* other = std::getenv("ZOOPORT_VECTORS");
  Tally tally;
  add_vectors(other ? other : ZOOPORT_SOURCE_DIR "/tests/verdicts/vectors.jsonl", tally);
  tally.print();
  for (const auto& [file, counts] : tally.files()) {
    EXPECT_GT(counts.records, 0) << file;
    EXPECT_EQ(counts.equal + counts.excused, counts.records) << file;
  }
}

Description described(std::string text) {
  auto description = read(std::move(text), "rdf.yaml", {.io = Io::kNone, .fail_from = Severity::kError}, {});
  EXPECT_TRUE(description);
  return std::move(description).value();
}

// Descriptions of formats that are not checked are told apart from wrong ones.
TEST(Conformance, OtherFormatsAreUnsupported) {
  ZOOPORT_NEEDS_SHARED();
  std::map<std::string, doc::Document, std::less<>> bases;
  int count = 0;
  each_record(shared_folder() + "/data/verdicts/vectors.jsonl", [&](doc::Document line) {
    const Node& root = line.root();
    const std::string base(root.find("base")->text);
    if (root.find("kind")->text == "base") {
      bases.emplace(base, std::move(line));
      return;
    }
    Case one;
    one.record = &root;
    if (is_of_format_0_4(one)) return;
    Editor editor;
    std::string text;
    write_yaml(editor.edited(*bases.at(base).root().find("document"), *root.find("edits")), text);
    EXPECT_EQ(described(std::move(text)).status, Status::kUnsupported) << root.find("id")->text;
    ++count;
  });
  EXPECT_EQ(count, 191);
}

// Reading what was written gives the same again.
TEST(Conformance, NormalisedDocumentsStayAsTheyAre) {
  ZOOPORT_NEEDS_SHARED();
  int count = 0;
  each_record(shared_folder() + "/data/verdicts/rdf.jsonl", [&](const doc::Document& line) {
    if (line.root().find("status")->text != "valid") return;
    const std::string file(line.root().find("file")->text);
    const Description first = described(content_of(concat(shared_folder(), "/data/rdf/", file)));
    if (first.status != Status::kValid) return;
    const Description second = described(first.normalized());
    EXPECT_EQ(first.normalized(), second.normalized()) << file;
    ++count;
  });
  EXPECT_EQ(count, 185);
}

}  // namespace
}  // namespace zooport::bioimageio
