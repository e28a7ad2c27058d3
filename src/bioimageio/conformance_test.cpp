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

// Edited documents: lines "base" hold documents, lines "vector" edits of them.
void add_vectors(const std::string& path, Tally& tally) {
  std::map<std::string, doc::Document, std::less<>> bases;
  each_record(path, [&](doc::Document line) {
    const Node& root = line.root();
    Case one;
    one.file = path.substr(path.rfind('/') + 1);
    one.record = &root;
    one.dump = root.find("dump");
    const std::string base(root.find("base")->text);
    if (root.find("kind")->text == "base") {
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

// Whole texts in the records.
void add_texts(const std::string& path, Tally& tally) {
  each_record(path, [&](const doc::Document& line) {
    Case one;
    one.record = &line.root();
    if (one.record->find("kind")->text != "document" || !is_of_format_0_4(one)) return;
    one.file = "vectors_yaml.jsonl";
    one.family = "texts";
    one.name = one.record->find("name")->text;
    one.text = one.record->find("text")->text;
    one.dump = one.record->find("dump");
    tally.add(one);
  });
}

TEST(Conformance, RecordedVerdicts) {
  ZOOPORT_NEEDS_SHARED();
  const std::string records = shared_folder() + "/data/verdicts";
  Tally tally;
  add_texts(records + "/vectors_yaml.jsonl", tally);
  add_files(records + "/rdf.jsonl", shared_folder() + "/data/rdf", tally);
  add_files(records + "/models.jsonl", shared_folder() + "/data/models", tally);
  add_vectors(records + "/vectors.jsonl", tally);
  tally.print();

  // How many there are, and how many are equal or excused at least.
  const std::map<std::string, std::pair<int, int>> expected{{"vectors_yaml.jsonl", {106, 85}},
                                                            {"rdf.jsonl", {217, 169}},
                                                            {"models.jsonl", {12, 12}},
                                                            {"vectors.jsonl", {6620, 6611}}};
  for (const auto& [file, counts] : expected) {
    const Tally::Counts& found = tally.files().at(file);
    EXPECT_EQ(found.records, counts.first) << file;
    EXPECT_GE(found.equal + found.excused, counts.second) << file;
  }
  for (const Difference& difference : differences())
    EXPECT_EQ(tally.records_of(difference.rule), difference.records) << difference.rule;
  for (const auto& [family, counts] : tally.families()) EXPECT_GT(counts.equal, 0) << family << " is wholly wrong";
}

// A file of vectors that somebody made to look at one rule.
TEST(Conformance, GivenVectors) {
  const char* vectors = std::getenv("ZOOPORT_VECTORS");
  if (!vectors) GTEST_SKIP() << "ZOOPORT_VECTORS names no file of vectors";
  Tally tally;
  add_vectors(vectors, tally);
  tally.print();
  for (const auto& [file, counts] : tally.files()) {
    EXPECT_GT(counts.records, 0) << file;
    EXPECT_EQ(counts.equal + counts.excused, counts.records) << file;
  }
}

}  // namespace
}  // namespace zooport::bioimageio
