#include <gtest/gtest.h>

#include <fstream>
#include <sstream>

#include "zooport/base/os/file.hpp"
#include "zooport/doc/json.hpp"
#include "zooport/doc/yaml.hpp"

namespace zooport::doc {
namespace {

// Every file of tests/evil/FOLDER is refused by the rule or limit that its manifest names.
template <class Read>
void expect_refusals(const std::string& folder, Read read) {
  const std::string path = std::string(ZOOPORT_SOURCE_DIR "/tests/evil/") + folder + "/";
  std::ifstream manifest(path + "MANIFEST.tsv");
  std::size_t files = 0;
  for (std::string line; std::getline(manifest, line); ++files) {
    const std::size_t tab = line.find('\t');
    const auto bytes = os::read_file(path + line.substr(0, tab), 1u << 20);
    ASSERT_TRUE(bytes.ok()) << line;
    const auto document = read(std::string(bytes->text()));
    ASSERT_FALSE(document.ok()) << line;
    EXPECT_EQ(document.error().what.id, line.substr(tab + 1)) << line << ": " << document.error().what.message;
  }
  EXPECT_EQ(files + 1, os::list_folder(path)->size());
}

TEST(Evil, YamlFilesAreRefusedForTheirReasons) {
  expect_refusals("yaml", [](std::string text) { return read_yaml(std::move(text)); });
}

TEST(Evil, JsonFilesAreRefusedForTheirReasons) {
  expect_refusals("json", [](std::string text) { return read_json(std::move(text)); });
}

}  // namespace
}  // namespace zooport::doc
