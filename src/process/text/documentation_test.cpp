#include <gtest/gtest.h>

#include <fstream>
#include <sstream>

#include "zooport/base/text.hpp"
#include "zooport/process/text.hpp"

namespace zooport::process {

namespace {

// The sections "### name" of docs/processing.md.
std::vector<std::pair<std::string, std::string>> sections() {
  std::ifstream file(ZOOPORT_SOURCE_DIR "/docs/processing.md");
  std::vector<std::pair<std::string, std::string>> found;
  std::string line;
  while (std::getline(file, line)) {
    if (line.starts_with("### ")) {
      found.emplace_back(line.substr(4), "");
    } else if (!found.empty()) {
      found.back().second += line + "\n";
    }
  }
  return found;
}

}  // namespace

TEST(OperationDocumentation, SaysWhatTheTableSays) {
  const auto documented = sections();
  const auto infos = operation_infos();
  ASSERT_EQ(documented.size(), infos.size());
  for (std::size_t i = 0; i < infos.size(); ++i) {
    const OperationInfo& info = infos[i];
    const auto& [name, text] = documented[i];
    EXPECT_EQ(name, info.name);
    const std::string_view sees = info.sees == OperationInfo::Sees::kTile ? "tile" : "pixel";
    EXPECT_TRUE(text.starts_with(concat("\n    ", signature_of(info), "\n\n", info.formula, "\n\nSees ", sees,
                                        ". Example: `", info.example, "`.")))
        << name << text;
  }
}

}  // namespace zooport::process
