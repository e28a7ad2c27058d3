#include <gtest/gtest.h>

#include <fstream>

#include "zooport/base/os/file.hpp"
#include "zooport/czann/czmodel.hpp"

namespace zooport::czann {
namespace {

// Every file of tests/evil/czann_json is refused, or read with the finding that its manifest names.
TEST(CzannEvil, EveryMetadataFileGivesItsDiagnostic) {
  const std::string folder = ZOOPORT_SOURCE_DIR "/tests/evil/czann_json/";
  std::ifstream manifest(folder + "MANIFEST.tsv");
  std::size_t files = 0;
  for (std::string line; std::getline(manifest, line); ++files) {
    const std::size_t tab = line.find('\t');
    const auto bytes = os::read_file(folder + line.substr(0, tab), 1u << 20);
    ASSERT_TRUE(bytes.ok()) << line;
    Diagnostics findings;
    const auto metadata = read_metadata(std::string(bytes->text()), {}, findings);
    const bool is_read = metadata.ok();
    if (!is_read) findings.add(metadata.error().what);
    ASSERT_FALSE(findings.items().empty()) << line;
    EXPECT_EQ(findings.items()[0].id, line.substr(tab + 1)) << line << ": " << findings.items()[0].message;
    for (const Diagnostic& finding : findings.items()) {
      ASSERT_TRUE(finding.span || !is_read) << line;
      EXPECT_TRUE(!finding.span || finding.span->end <= bytes->size()) << line;
    }
    // What the real package reads is read, and what is written reads back.
    EXPECT_TRUE(is_read || !czmodel_metadata(std::string(bytes->text()), Release::k4_1).ok()) << line;
    if (!is_read) continue;
    const std::string written = write_metadata(*metadata);
    Diagnostics again;
    const auto second = read_metadata(written, {}, again);
    ASSERT_TRUE(second.ok()) << line;
    EXPECT_EQ(write_metadata(*second), written) << line;
  }
  EXPECT_EQ(files + 1, os::list_folder(folder)->size());
  EXPECT_GE(files, 50u);
}

}  // namespace
}  // namespace zooport::czann
