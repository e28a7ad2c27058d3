#include <gtest/gtest.h>

#include "bioimageio/conformance_for_test.hpp"

// The rules of docs/differences.md, "Checking bioimage.io 0.4", that touch recorded verdicts.
namespace zooport::bioimageio::testing {
std::span<const Difference> differences() {
  static const std::vector<Difference> kDifferences{};
  return kDifferences;
}

// Each rule has a row in the document, whose last cell is the number of records.
TEST(Conformance, DifferencesAreDocumented) {
  const std::string documented = content_of(ZOOPORT_SOURCE_DIR "/docs/differences.md");
  for (const Difference& difference : differences()) {
    const std::size_t row = documented.find(concat("| ", difference.rule, " |"));
    ASSERT_NE(row, std::string::npos) << difference.rule;
    const std::string line = documented.substr(row, documented.find('\n', row) - row);
    EXPECT_TRUE(line.ends_with(concat("| ", difference.records, " |"))) << line;
  }
}

}  // namespace zooport::bioimageio::testing
