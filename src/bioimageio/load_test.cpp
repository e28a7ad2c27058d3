#include "zooport/bioimageio/load.hpp"
#include "tests/support/temporary_folder.hpp"

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>

#include "zooport/base/os/file.hpp"

namespace zooport::bioimageio {
namespace {

const std::string kExample = ZOOPORT_SOURCE_DIR "/examples/nuclei";

template <class T>
std::string fault(const Result<T>& result) {
  return result.ok() ? "" : result.error().what.id;
}

struct Load : ::testing::Test {
  const zooport::testing::TemporaryFolder temporary;
  const std::string scratch = temporary.path();
  std::string put(const std::string& name, std::string_view text) const {
    EXPECT_TRUE(os::write_file_atomically(scratch + "/" + name, as_bytes(text), true).ok());
    return scratch + "/" + name;
  }
};

TEST_F(Load, FileFolderAndArchive) {
  ASSERT_EQ(fault(package(kExample, scratch + "/p.zip", {}, {})), "");
  for (const std::string& path : {kExample, kExample + "/rdf.yaml", scratch + "/p.zip"}) {
    const auto loaded = load(path, {}, {});
    ASSERT_TRUE(loaded.ok()) << path;
    EXPECT_EQ(loaded->description.status, Status::kValid) << path;
    EXPECT_EQ(loaded->name, "rdf.yaml");
    const ModelDescription& model = *loaded->description.model();
    EXPECT_EQ(model.weights.onnx->opset_version->value, 17);
    EXPECT_TRUE(loaded->root->has(model.weights.onnx->source.value));
  }
  EXPECT_EQ(fault(load(scratch + "/none", {}, {})), "base.io");
  EXPECT_EQ(fault(load(scratch, {}, {})), "bioimageio.no-description");
}

TEST_F(Load, ChecksFilesUnlessToldNot) {
  const std::string alone = put("rdf.yaml", os::read_file(kExample + "/rdf.yaml", 1u << 20).value().text());
  EXPECT_EQ(check(alone, {}, {})->status, Status::kInvalid);
  EXPECT_EQ(load(alone, {.io = Io::kNone}, {})->description.status, Status::kValid);
  const auto refused = package(alone, scratch + "/p.zip", {}, {});
  ASSERT_EQ(fault(refused), "bioimageio.not-valid");
  EXPECT_EQ(to_text(refused.error().what.path), "covers[0]");
  EXPECT_FALSE(std::filesystem::exists(scratch + "/p.zip"));
}

// Built in code, written, read again.
TEST_F(Load, ADescriptionMadeInCodeIsValid) {
  ModelDescription model;
  model.name = "made in code";
  model.description = "nothing but an example";
  model.authors.emplace_back().name.value = "Ada Person";
  CiteEntry& cite = model.cite.emplace_back();
  cite.text = "a paper: no";
  cite.url = "https://example.com/paper";
  model.documentation.value = "README.md";
  model.license = LicenseId{"MIT"};
  InputTensor& input = model.inputs.emplace_back();
  input.name.value = "raw";
  input.axes.value = "bcyx";
  input.shape = Sizes{{1}, {1}, {8}, {8}};
  OutputTensor& output = model.outputs.emplace_back();
  output.name.value = "result";
  output.axes.value = "bcyx";
  output.shape = Sizes{{1}, {1}, {8}, {8}};
  model.test_inputs.push_back({"in.npy"});
  model.test_outputs.push_back({"out.npy"});
  model.timestamp.value = "2026-11-27T12:00:00+00:00";
  OnnxWeights& weights = model.weights.onnx.emplace();
  weights.source.value = "weights.onnx";
  weights.opset_version = {17};
  const std::string yaml = to_yaml(model).value();
  EXPECT_EQ(yaml.find("tags"), std::string::npos) << yaml;
  const auto again = read(yaml, "rdf.yaml", {}, {});
  ASSERT_EQ(again->status, Status::kValid) << yaml << again->diagnostics.items().front().message;
  EXPECT_EQ(again->model()->cite[0].text, "a paper: no");
  EXPECT_EQ(to_yaml(*again->model()).value(), yaml);
}

}  // namespace
}  // namespace zooport::bioimageio
