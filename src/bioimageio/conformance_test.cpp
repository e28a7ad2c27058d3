#include <gtest/gtest.h>

#include <iostream>
#include <map>

#include "bioimageio/vectors_for_test.hpp"
#include "tests/support/shared.hpp"

namespace zooport::bioimageio {
namespace {

using namespace testing;
using zooport::testing::shared_folder;

constexpr CheckOptions kNoIo{.io = Io::kNone, .fail_from = Severity::kError};

doc::Document parsed(std::string json) {
  auto document = doc::read_json(std::move(json));
  EXPECT_TRUE(document) << (document ? "" : document.error().what.message);
  return std::move(document).value();
}

Description checked(std::string text, const std::string& name) {
  auto description = read(std::move(text), name, kNoIo, {});
  EXPECT_TRUE(description);
  return std::move(description).value();
}

// Records that a rule of docs/differences.md, "Checking bioimage.io 0.4", excuses.
const std::map<std::string_view, std::string_view> kDifferences{{"v01745", "lower case of hashes"}};

struct Counts {
  int records = 0, equal = 0, status = 0, errors = 0, warnings = 0, documents = 0, valid = 0, in_order = 0;
  std::set<std::string> excused;  // records
  void print(std::string_view what) const {
    std::cout << what << ": " << records << " records, equal " << equal << " (status " << status << ", errors "
              << errors << ", warnings " << warnings << "); documents " << documents << " of " << valid
              << "; order of findings too: " << in_order << "; deliberate differences " << excused.size() << "\n";
  }
};

// kCount: of records whose nodes are not finished; they only have to get no worse.
enum class Judge : std::uint8_t { kExpect, kCount };

// Compares one description with a record; `document` is what the reference dumps, if valid.
void compare(const Description& ours, const Node& record, const Node* document, const std::string& name, Counts& counts,
             Judge judge = Judge::kExpect) {
  const Verdict recorded = recorded_verdict(record);
  const Verdict verdict = verdict_of(ours.diagnostics);
  const bool is_valid = record.find("status")->text == "valid";
  ++counts.records;
  const bool same_status = (ours.status == Status::kValid) == is_valid;
  // Where the reference raises out of the call, any error of ours is right.
  const bool raises = record.find("status")->text == "raises";
  const bool same_errors = raises ? !verdict.errors.empty() : verdict.error_set() == recorded.error_set();
  const bool same_warnings = raises || verdict.warning_set() == recorded.warning_set();
  counts.status += same_status;
  counts.errors += same_errors;
  counts.warnings += same_warnings;
  counts.in_order += verdict.errors == recorded.errors && verdict.warnings == recorded.warnings;
  const bool same = same_status && same_errors && same_warnings;
  counts.equal += same;
  EXPECT_TRUE(same || judge == Judge::kCount) << name << "\nrecorded " << record.find("status")->text << "\n"
                                              << recorded.text() << "\nours " << to_text(ours.status) << "\n"
                                              << verdict.text();
  if (!is_valid || !document || ours.normalized.empty()) return;
  ++counts.valid;
  const doc::Document written = parsed(ours.normalized);
  const bool same_document = is_same(*document, written.root());
  counts.documents += same_document;
  if (const auto rule = kDifferences.find(name.substr(0, name.find(' ')));
      !same_document && rule != kDifferences.end()) {
    counts.excused.insert(std::string(rule->first));
    return;
  }
  EXPECT_TRUE(same_document || judge == Judge::kCount)
      << name << "\nrecorded " << loc_text(*document) << "\nours " << ours.normalized;
}

bool is_of_a_model(const Node& record) {
  const std::string_view base = record.find("base")->text;
  return base == "model_min" || base == "model_rich" || base == "model_data" || base == "model_0_4_0";
}

bool is_in_scope(const Node& record) {
  const std::string_view base = record.find("base")->text;
  if (base != "model_min" && base != "model_rich") return false;
  for (const Node& edit : record.find("edits")->children) {
    const std::string_view field = edit.find("path")->children[0].text;
    if (field != "weights" && field != "inputs" && field != "outputs") return false;
  }
  return true;
}

TEST(Conformance, VectorsOfWeightsInputsAndOutputs) {
  ZOOPORT_NEEDS_SHARED();
  std::ifstream lines(shared_folder() + "/data/verdicts/vectors.jsonl");
  ASSERT_TRUE(lines);
  std::map<std::string, doc::Document, std::less<>> bases;
  Counts counts, others;
  for (std::string line; std::getline(lines, line);) {
    doc::Document record = parsed(std::move(line));
    const Node& root = record.root();
    const std::string base(root.find("base")->text);
    if (root.find("kind")->text == "base") {
      bases.emplace(base, std::move(record));
      continue;
    }
    if (!is_of_a_model(root)) continue;
    const bool in_scope = is_in_scope(root);
    Editor editor;
    const Node document = editor.edited(*bases.at(base).root().find("document"), *root.find("edits"));
    std::string text;
    write_yaml(document, text);
    const Description ours = checked(std::move(text), "rdf.yaml");
    const Node* dump = root.find("dump");
    compare(ours, root,
            dump                ? dump
            : root.find("echo") ? &document
                                : nullptr,
            std::string(root.find("id")->text) + " " + loc_text(*root.find("edits")), in_scope ? counts : others,
            in_scope ? Judge::kExpect : Judge::kCount);
  }
  counts.print("vectors.jsonl, edits of weights, inputs and outputs of model_min and model_rich");
  EXPECT_EQ(counts.records, 2168);
  others.print("vectors.jsonl, all others of models 0.4");
  EXPECT_EQ(others.records, 2075);
  EXPECT_GE(others.equal, 1975);
  const std::string documented = content_of(ZOOPORT_SOURCE_DIR "/docs/differences.md");
  for (const auto& [record, rule] : kDifferences) {
    EXPECT_TRUE(counts.excused.contains(std::string(record))) << record << " does not differ any more";
    EXPECT_NE(documented.find(concat("| ", rule, " |")), std::string::npos) << rule << " is not documented";
  }
}

TEST(Conformance, DescriptionsOfNucleiBroad) {
  ZOOPORT_NEEDS_SHARED();
  std::ifstream lines(shared_folder() + "/data/verdicts/models.jsonl");
  ASSERT_TRUE(lines);
  Counts counts;
  for (std::string line; std::getline(lines, line);) {
    const doc::Document record = parsed(std::move(line));
    const Node& root = record.root();
    if (doc::boolean_of(*root.find("io_checks")) || root.find("format")->text != "discover") continue;
    const std::string file(root.find("file")->text);
    if (root.find("class")->kind != Kind::kString || root.find("class")->text != "model 0.4.10") continue;
    compare(checked(content_of(shared_folder() + "/data/models/" + file), file), root, root.find("dump"), file, counts);
  }
  counts.print("models.jsonl, models 0.4");
  EXPECT_GE(counts.records, 4);
}

}  // namespace
}  // namespace zooport::bioimageio
