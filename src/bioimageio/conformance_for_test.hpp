#pragma once

#include <algorithm>
#include <cstdlib>
#include <iostream>
#include <map>

#include "bioimageio/vectors_for_test.hpp"

// Compares what zooport says about descriptions with what the reference is recorded to say about them.
namespace zooport::bioimageio::testing {

// One recorded verdict, and the text that it is about.
struct Case {
  std::string file;    // of the records
  std::string name;    // of the record, with its edits
  std::string family;  // of rules
  std::string text;    // of the description, YAML
  const Node* record = nullptr;
  const Node* edits = nullptr;  // null if it is not an edited one
  const Node* dump = nullptr;   // the normalised document; null unless valid

  std::string_view status() const { return record->find("status")->text; }
  // The class that the reference chose, like "model 0.4.10"; empty if none.
  std::string_view chosen_class() const {
    const Node* chosen = record->find("class");
    return chosen && chosen->kind == Kind::kString ? chosen->text : "";
  }
};

// A rule of docs/differences.md: cases that may differ, all for one cause.
struct Difference {
  std::string_view rule;  // its name there
  int records;            // that differ by it
  bool (*touches)(const Case& one);
};
std::span<const Difference> differences();

// What is equal between the record and us; details are for people.
struct Outcome {
  bool status = false, errors = false, warnings = false, document = true;
  std::string details;
  bool is_equal() const { return status && errors && warnings && document; }
};

// The first place at which two documents differ.
inline std::string first_difference(const Node& recorded, const Node& ours) {
  if (recorded.kind == Kind::kMapping && ours.kind == Kind::kMapping) {
    for (const Node& item : recorded.children) {
      const Node* other = ours.find(item.key);
      if (!other) return concat("/", item.key, ": missing");
      if (!is_same(item, *other)) return concat("/", item.key, first_difference(item, *other));
    }
    for (const Node& item : ours.children)
      if (!recorded.find(item.key)) return concat("/", item.key, ": not recorded");
  }
  if (recorded.kind == Kind::kSequence && ours.kind == Kind::kSequence &&
      recorded.children.size() == ours.children.size())
    for (std::size_t i = 0; i < ours.children.size(); ++i)
      if (!is_same(recorded.children[i], ours.children[i]))
        return concat("/", i, first_difference(recorded.children[i], ours.children[i]));
  return concat(": recorded ", loc_text(recorded), ", ours ", loc_text(ours));
}

inline std::string difference_of(const std::set<std::string>& recorded, const std::set<std::string>& ours) {
  std::string text;
  for (const std::string& item : recorded)
    if (!ours.contains(item)) text += concat("    recorded only: ", item, "\n");
  for (const std::string& item : ours)
    if (!recorded.contains(item)) text += concat("    ours only:     ", item, "\n");
  return text;
}

inline Outcome compare(const Case& one) {
  Outcome outcome;
  const auto read_one = read(one.text, "rdf.yaml", {.io = Io::kNone, .fail_from = Severity::kError}, {});
  if (!read_one) return outcome.details = concat("    cannot be read: ", read_one.error().what.message, "\n"), outcome;
  const Description& ours = *read_one;
  const Verdict recorded = recorded_verdict(*one.record);
  const Verdict verdict = verdict_of(ours.diagnostics);
  // Where the reference raises out of the call, it is not valid, and any error of ours is right.
  const bool raises = one.status() == "raises";
  outcome.status = one.status() == "valid" ? ours.status == Status::kValid
                                           : ours.status == Status::kInvalid || ours.status == Status::kUnreadable;
  outcome.errors = raises ? ours.diagnostics.has_errors() : verdict.error_set() == recorded.error_set();
  outcome.warnings = raises || verdict.warning_set() == recorded.warning_set();
  if (!outcome.status)
    outcome.details += concat("    status: recorded ", one.status(), ", ours ", to_text(ours.status), "\n");
  if (!outcome.errors) outcome.details += difference_of(recorded.error_set(), verdict.error_set());
  if (!outcome.warnings) outcome.details += difference_of(recorded.warning_set(), verdict.warning_set());
  if (!one.dump || ours.status != Status::kValid) return outcome;
  auto written = doc::read_json(ours.normalized());
  outcome.document = written && is_same(*one.dump, written->root());
  if (!outcome.document)
    outcome.details +=
        concat("    document ", written ? first_difference(*one.dump, written->root()) : "unreadable", "\n");
  return outcome;
}

// Counts outcomes by file and by family. Mismatches are printed if the environment variable ZOOPORT_MISMATCHES is set
// and their line ("FILE FAMILY ID EDITS") holds its value, which may be empty; else the first ten.
class Tally {
 public:
  struct Counts {
    int records = 0, equal = 0, status = 0, errors = 0, warnings = 0, documents = 0, valid = 0, excused = 0;
  };

  Tally() : wanted_(std::getenv("ZOOPORT_MISMATCHES")) {}

  void add(const Case& one) {
    const Outcome outcome = compare(one);
    const auto list = differences();
    const auto rule = std::find_if(list.begin(), list.end(), [&](const Difference& d) { return d.touches(one); });
    const bool is_excused = !outcome.is_equal() && rule != list.end();
    for (Counts* counts : {&files_[one.file], &families_[one.family]}) {
      ++counts->records;
      counts->equal += outcome.is_equal();
      counts->status += outcome.status;
      counts->errors += outcome.errors;
      counts->warnings += outcome.warnings;
      counts->valid += one.dump != nullptr;
      counts->documents += one.dump && outcome.document && outcome.status;
      counts->excused += is_excused;
    }
    if (is_excused) ++by_rule_[rule->rule];
    if (outcome.is_equal() || is_excused) return;
    const std::string line = concat(one.file, " ", one.family, " ", one.name);
    if (wanted_ ? line.find(wanted_) == line.npos : ++printed_ > 10) return;
    std::cout << "  differs: " << line << "\n" << outcome.details;
  }

  void print() const {
    for (const auto& [file, counts] : files_)
      std::cout << file << ": " << counts.records << " records, equal " << counts.equal << " (status " << counts.status
                << ", errors " << counts.errors << ", warnings " << counts.warnings << ", documents "
                << counts.documents << " of " << counts.valid << "), deliberate differences " << counts.excused << "\n";
    for (const auto& [family, counts] : families_)
      if (counts.equal + counts.excused < counts.records)
        std::cout << "  family " << family << ": " << counts.equal << " of " << counts.records << " equal\n";
    for (const Difference& difference : differences())
      std::cout << "  difference '" << difference.rule << "': " << records_of(difference.rule) << " records\n";
  }

  const std::map<std::string, Counts>& files() const { return files_; }
  const std::map<std::string, Counts>& families() const { return families_; }
  int records_of(std::string_view rule) const {
    const auto found = by_rule_.find(rule);
    return found == by_rule_.end() ? 0 : found->second;
  }

 private:
  const char* wanted_;
  int printed_ = 0;
  std::map<std::string, Counts> files_, families_;
  std::map<std::string_view, int> by_rule_;
};

}  // namespace zooport::bioimageio::testing
