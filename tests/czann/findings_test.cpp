#include <gtest/gtest.h>

#include <iostream>
#include <map>
#include <set>

#include "tests/czann/corpus.hpp"
#include "tests/support/shared.hpp"
#include "tests/support/temporary_folder.hpp"
#include "zooport/base/os/file.hpp"
#include "zooport/base/text.hpp"
#include "zooport/convert/check.hpp"
#include "zooport/convert/unpack.hpp"

// What `check` says about each archive, against the table expected_findings.tsv, and what `unpack` makes of it.
namespace zooport::testing {

namespace {

using bioimageio::Status;
using czann_corpus::File;

// The findings of one file, each id once, with a message.
std::map<std::string, std::string> findings_of(const convert::CheckReport& report) {
  std::map<std::string, std::string> ids;
  for (const Diagnostic& finding : report.findings.items()) ids.emplace(finding.id, finding.message);
  return ids;
}

void expect_status(const File& file, const convert::CheckReport& report) {
  const bool is_wrong = file.is_empty() || report.findings.has_errors();
  EXPECT_EQ(report.status, is_wrong ? Status::kInvalid : Status::kValid);
  if (!report.kind.empty()) {  // it could be opened
    EXPECT_EQ(report.kind, file.is_legacy() ? "czseg" : "czann");
  }
}

}  // namespace

TEST(CzannCorpus, FindingsAreThoseOfTheTable) {
  ZOOPORT_NEEDS_SHARED();
  const std::vector<czann_corpus::Row> table = czann_corpus::table("expected_findings.tsv");
  std::set<std::string> used;
  std::map<Status, int> by_status;
  for (const File& file : czann_corpus::files()) {
    SCOPED_TRACE(file.name);
    const auto report = convert::check_source(file.path, {}, Context{});
    ASSERT_TRUE(report.ok()) << report.error().what.message;
    expect_status(file, *report);
    ++by_status[report->status];
    std::map<std::string, std::string> left = findings_of(*report);
    for (const czann_corpus::Row& row : table) {
      if (!row.fits(file)) continue;
      used.insert(row.pattern);
      EXPECT_EQ(left.erase(row.says), 1u) << file.name << "\t" << row.says << " was expected, and is no finding";
    }
    for (const auto& [id, message] : left) ADD_FAILURE() << file.name << "\t" << id << "\t" << message;
  }
  for (const czann_corpus::Row& row : table) EXPECT_TRUE(used.contains(row.pattern)) << row.pattern << " fits no file";
  std::cout << by_status[Status::kValid] << " valid, " << by_status[Status::kInvalid] << " invalid, of "
            << czann_corpus::files().size() << " archives\n";
  EXPECT_EQ(czann_corpus::files().size(), 599u);
}

TEST(CzannCorpus, EmptyArchivesAreInvalid) {
  ZOOPORT_NEEDS_SHARED();
  int empty = 0;
  for (const File& file : czann_corpus::files()) {
    if (!file.is_empty()) continue;
    const auto report = convert::check_source(file.path, {}, Context{});
    ASSERT_TRUE(report.ok());
    EXPECT_EQ(report->status, Status::kInvalid) << file.name;
    ++empty;
  }
  EXPECT_EQ(empty, 6);
}

TEST(CzannCorpus, UnpacksToTheMembers) {
  ZOOPORT_NEEDS_SHARED();
  const std::vector<czann_corpus::Row> exceptions = czann_corpus::table("exceptions.tsv");
  const TemporaryFolder out;
  int number = 0;
  for (const File& file : czann_corpus::files()) {
    if (file.is_empty()) continue;
    SCOPED_TRACE(file.name);
    const std::string folder = out / concat(number++);
    const auto unpacked = convert::unpack_source(file.path, folder, {}, Context{});
    if (is_said(exceptions, file, "not-unpacked")) {
      EXPECT_FALSE(unpacked.ok());
      continue;
    }
    ASSERT_TRUE(unpacked.ok()) << unpacked.error().what.message;
    std::set<std::string> expected;
    for (const archive::Member& member : czann_corpus::members_of(czann_corpus::bytes_of(file))) {
      expected.insert(member.name);
      const auto bytes = os::read_file(os::join_path(folder, member.name), Limits{}.model_bytes);
      ASSERT_TRUE(bytes.ok()) << member.name;
      EXPECT_EQ(bytes->text(), member.content.text()) << member.name;
    }
    EXPECT_EQ(std::set<std::string>(unpacked->files.begin(), unpacked->files.end()), expected);
    std::filesystem::remove_all(folder);
  }
  EXPECT_EQ(number, 593);
}

}  // namespace zooport::testing
