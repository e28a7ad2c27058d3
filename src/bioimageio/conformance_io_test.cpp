#include <gtest/gtest.h>

#include <iostream>

#include "bioimageio/vectors_for_test.hpp"
#include "tests/support/shared.hpp"

namespace zooport::bioimageio {
namespace {

using namespace testing;
using zooport::testing::shared_folder;

// What the reference says about the models of ../shared/data/models with a look at their files. No network is asked:
// the reference's was off, too.
TEST(ConformanceIo, ModelsWithTheirFiles) {
  ZOOPORT_NEEDS_SHARED();
  const std::string documented = content_of(ZOOPORT_SOURCE_DIR "/docs/differences.md");
  ASSERT_NE(documented.find("| files on the web |"), std::string::npos);
  const std::string folder = shared_folder() + "/data/models/";
  std::ifstream lines(shared_folder() + "/data/verdicts/models.jsonl");
  ASSERT_TRUE(lines);
  Context offline;
  offline.offline = true;
  int records = 0, equal = 0, on_the_web = 0, other_formats = 0;
  for (std::string line; std::getline(lines, line);) {
    const auto record = doc::read_json(std::move(line));
    ASSERT_TRUE(record);
    const Node& root = record->root();
    if (!doc::boolean_of(*root.find("io_checks"))) continue;
    const std::string file(root.find("file")->text);
    const Node& chosen = *root.find("class");
    const bool is_in_scope = chosen.kind == Kind::kNull || chosen.text == "model 0.4.10";
    if (root.find("format")->text != "discover" || !is_in_scope) {
      ++other_formats;
      continue;
    }
    ++records;
    auto ours = read(content_of(folder + file), file, {}, offline);
    ASSERT_TRUE(ours);
    const auto files = resource::open_folder(folder + file.substr(0, file.rfind('/')), offline);
    ASSERT_TRUE(files);
    ASSERT_TRUE(check_io(*ours, **files, {}, offline));
    for (const Diagnostic& item : ours->diagnostics.items())
      EXPECT_TRUE(!item.id.starts_with("zooport.") || item.severity < Severity::kError) << item.id;

    const Verdict recorded = recorded_verdict(root), verdict = verdict_of(ours->diagnostics);
    // The network was off: the reference ends with an exception, and we tell that a file was not got.
    if (recorded.error_set() == std::set<std::string>{"[] ConnectError"}) {
      ++on_the_web;
      bool tells = ours->status == Status::kInvalid;
      for (const Diagnostic& item : ours->diagnostics.items()) tells |= item.id == "resource.unreachable";
      EXPECT_TRUE(tells) << file;
      continue;
    }
    bool is_same_document = true;
    const Node* dump = root.find("dump");
    if (root.find("status")->text == "valid" && dump) {
      const auto written = doc::read_json(ours->normalized());
      is_same_document = written && is_same(*dump, written->root());
    }
    const bool same_status = (root.find("status")->text == "valid") == (ours->status == Status::kValid);
    const bool is_equal = same_status && is_same_document && recorded.error_set() == verdict.error_set() &&
                          recorded.warning_set() == verdict.warning_set();
    equal += is_equal;
    EXPECT_TRUE(is_equal) << file << "\nrecorded " << root.find("status")->text << "\n"
                          << recorded.text() << "\nours " << to_text(ours->status) << "\n"
                          << verdict.text() << "\n"
                          << (is_same_document ? "" : ours->normalized());
  }
  std::cout << "models.jsonl with io checks: " << records << " records of format 0.4 or none, equal " << equal
            << ", by 'files on the web' " << on_the_web << "; of other formats or requested as latest " << other_formats
            << "\n";
  EXPECT_EQ(records, equal + on_the_web);
  EXPECT_GE(records, 12);
  EXPECT_LE(on_the_web, 4);
}

}  // namespace
}  // namespace zooport::bioimageio
