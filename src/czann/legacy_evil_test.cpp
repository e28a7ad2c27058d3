#include <gtest/gtest.h>

#include <fstream>

#include "zooport/base/os/file.hpp"
#include "zooport/czann/legacy.hpp"

namespace zooport::czann {
namespace {

const std::string kFolder = ZOOPORT_SOURCE_DIR "/tests/evil/czann_xml/";

std::string read_text(const std::string& name) {
  const auto bytes = os::read_file(kFolder + name, 1u << 20);
  EXPECT_TRUE(bytes.ok()) << name;
  return bytes ? std::string(bytes->text()) : std::string();
}

TEST(LegacyEvil, EveryFileGivesItsDiagnostic) {
  std::ifstream manifest(kFolder + "MANIFEST.tsv");
  int files = 0;
  for (std::string line; std::getline(manifest, line); ++files) {
    const std::string name = line.substr(0, line.find('\t'));
    const std::string expected = line.substr(line.find('\t') + 1);
    const std::string text = read_text(name);
    Diagnostics findings;
    const auto metadata = read_legacy_metadata(text, {}, findings);
    if (!metadata) findings.add(metadata.error().what);
    ASSERT_FALSE(findings.items().empty()) << name;
    EXPECT_EQ(findings.items()[0].id, expected) << name << ": " << findings.items()[0].message;
    for (const Diagnostic& finding : findings.items()) {
      const Span span = finding.span.value_or(Span{0, 0});
      EXPECT_LE(span.begin, span.end) << name;
      EXPECT_LE(span.end, text.size()) << name;
      // What a terminal would take for a command does not reach it.
      EXPECT_EQ(finding.message.find('\x1b'), std::string::npos) << name;
    }
  }
  EXPECT_EQ(files, 70);
}

TEST(LegacyEvil, MutationsCrashNothing) {
  const std::string good = read_text("border-plus.xml");
  for (std::size_t i = 0; i < good.size(); ++i) {
    for (const char with : {'<', '>', '&', '"', '\'', '/', '\0', '\xFF', '!', '[', ']', ' '}) {
      std::string text = good;
      text[i] = with;
      Diagnostics findings;
      const auto metadata = read_legacy_metadata(text, {}, findings);
      if (!metadata) continue;
      EXPECT_FALSE(write_legacy_metadata(*metadata).empty());
    }
  }
}

}  // namespace
}  // namespace zooport::czann
