#include <gtest/gtest.h>

#include <fstream>
#include <string>

#include "zooport/base/os/file.hpp"
#include "zooport/onnx/io.hpp"
#include "zooport/onnx/passes.hpp"

namespace zooport::onnx {
namespace {

const std::string kFolder = ZOOPORT_SOURCE_DIR "/tests/evil/onnx";

std::string verdict(const std::string& name) {
  const auto file = os::read_file(kFolder + "/" + name, 1u << 20);
  if (!file) return "no file";
  ReadOptions options;
  options.external = folder_external_files(kFolder);
  const auto model = read_model(*file, options);
  if (!model) return model.error().what.id;
  EXPECT_EQ(to_bytes(*model)->size(), written_size(*model)) << name;
  Diagnostics diagnostics;
  check_model(*model, diagnostics);
  return diagnostics.items().empty() ? "none" : diagnostics.items()[0].id;
}

TEST(EvilOnnx, EveryFileIsRefusedForItsReason) {
  std::ifstream manifest(kFolder + "/MANIFEST.tsv");
  std::string line;
  std::size_t count = 0;
  while (std::getline(manifest, line)) {
    const std::size_t tab = line.find('\t');
    EXPECT_EQ(verdict(line.substr(0, tab)), line.substr(tab + 1)) << line;
    ++count;
  }
  EXPECT_GE(count, 60u);
}

TEST(EvilOnnx, FunctionsThatDoubleEndAtALimit) {
  const auto file = os::read_file(kFolder + "/functions_that_double.onnx", 1u << 20);
  ASSERT_TRUE(file);
  auto model = read_model(*file);
  ASSERT_TRUE(model);
  Limits limits;
  limits.graph_nodes = 1000;
  const auto inlined = inline_functions(*model, limits);
  ASSERT_FALSE(inlined);
  EXPECT_EQ(inlined.error().what.id, "onnx.too-many-operators");
}

}  // namespace
}  // namespace zooport::onnx
