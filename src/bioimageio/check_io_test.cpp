#include <gtest/gtest.h>

#include <map>

#include "zooport/base/sha256.hpp"
#include "zooport/base/text.hpp"
#include "zooport/bioimageio/description.hpp"
#include "zooport/tensor/npy.hpp"

namespace zooport::bioimageio {
namespace {

class Files final : public resource::Root {
 public:
  std::map<std::string, std::string> files;
  std::string unreadable;
  const std::string& description() const override { return description_; }
  Result<std::vector<std::string>> list() const override { return std::vector<std::string>{}; }
  bool has(const std::string& name) const override { return name == unreadable || files.contains(name); }
  Result<Bytes> read(const std::string& name, const Context&) const override {
    if (name == unreadable) return make_error(ErrorKind::kIo, "base.read", "the disk says no");
    return Bytes(files.at(name));
  }

 private:
  std::string description_ = "folder test";
};

std::string array(tensor::Dtype dtype, const tensor::Shape& shape) {
  return tensor::npy_bytes(tensor::Array(dtype, shape).view());
}

Files all_files() {
  Files files;
  files.files = {{"README.md", "read me"},
                 {"w.onnx", "weights"},
                 {"net.py", "class Net"},
                 {"a.npy", array(tensor::Dtype::kFloat32, {1, 1, 16, 8})},
                 {"b.npy", array(tensor::Dtype::kFloat32, {1, 1, 32, 8})}};
  return files;
}

Description checked(const std::string& more, const std::string& weights) {
  const std::string text = concat(
      "format_version: 0.4.10\ntype: model\nname: my model\ndescription: d\nauthors: [{name: A}]\n"
      "cite: [{text: t, url: u}]\ndocumentation: README.md\nlicense: MIT\ntimestamp: 2020-01-01T00:00:00Z\n",
      more, more.find("test_inputs") == more.npos ? "test_inputs: [a.npy]\n" : "",
      "test_outputs: [b.npy]\ninputs:\n"
      "- {name: raw, axes: bcyx, data_type: float32, shape: {min: [1, 1, 8, 8], step: [0, 0, 4, 4]}}\noutputs:\n"
      "- {name: mask, axes: bcyx, data_type: float32,\n"
      "   shape: {reference_tensor: raw, scale: [1, 1, 2, 1], offset: [0, 0, 0, 0]}}\nweights:\n",
      weights);
  auto description = read(text, "rdf.yaml", {}, {});
  EXPECT_TRUE(description);
  EXPECT_EQ(description->status, Status::kValid);
  return std::move(description).value();
}

std::vector<std::string> findings(const Description& description) {
  std::vector<std::string> ids;
  for (const Diagnostic& d : description.diagnostics.items()) ids.push_back(concat(d.id, "@", to_text(d.path)));
  return ids;
}

using Ids = std::vector<std::string>;
constexpr const char* kOnnx = "  onnx: {source: w.onnx, opset_version: 9}\n";

TEST(CheckIo, GoodPackageHasNoFindings) {
  Description description = checked(
      "", concat("  onnx: {source: w.onnx, opset_version: 9, sha256: ", sha256_hex(as_bytes("weights")), "}\n"));
  ASSERT_TRUE(check_io(description, all_files(), {}, {}));
  EXPECT_EQ(findings(description), Ids{});
  EXPECT_EQ(description.status, Status::kValid);
}

TEST(CheckIo, TellsAllFaultsAtOnce) {
  const std::string hash(64, '0');
  Description description = checked("covers: [c.png, 'https://example.com/c.png', ../c.png]\n",
                                    concat("  onnx: {source: w.onnx, opset_version: 9, sha256: '", hash, "'}\n",
                                           "  pytorch_state_dict: {source: p.pt, pytorch_version: '1', architecture: "
                                           "'net.py:Net', architecture_sha256: '",
                                           hash, "'}\n"));
  ASSERT_TRUE(check_io(description, all_files(), {}, {}));
  EXPECT_EQ(findings(description), (Ids{"bioimageio.missing-file@covers[0]", "resource.unreachable@covers[1]",
                                        "bioimageio.missing-file@covers[2]", "bioimageio.sha256-mismatch@weights.onnx",
                                        "bioimageio.missing-file@weights.pytorch_state_dict.source",
                                        "zooport.architecture-sha256@weights.pytorch_state_dict.architecture"}));
  EXPECT_EQ(description.status, Status::kInvalid);
}

TEST(CheckIo, UnreadableFilesAreOneFinding) {
  Files files = all_files();
  files.unreadable = "w.onnx";
  Description description =
      checked("", concat("  onnx: {source: w.onnx, opset_version: 9, sha256: '", std::string(64, '0'), "'}\n"));
  ASSERT_TRUE(check_io(description, files, {}, {}));
  EXPECT_EQ(findings(description), Ids{"bioimageio.unreadable-file@weights.onnx.source"});
}

TEST(CheckIo, ComparesTestTensors) {
  const auto with = [&](std::string input, std::string output) {
    Files files = all_files();
    files.files["a.npy"] = std::move(input);
    files.files["b.npy"] = std::move(output);
    Description description = checked("", kOnnx);
    EXPECT_TRUE(check_io(description, files, {}, {}));
    EXPECT_EQ(description.status, Status::kValid);
    return findings(description);
  };
  using tensor::Dtype;
  EXPECT_EQ(with(array(Dtype::kUint8, {1, 1, 16, 8}), array(Dtype::kFloat32, {1, 1, 32, 8})),
            Ids{"zooport.test-tensor-type@test_inputs[0]"});
  EXPECT_EQ(with(array(Dtype::kFloat32, {1, 1, 18, 8}), array(Dtype::kFloat32, {1, 1, 36, 8})),
            Ids{"zooport.test-tensor-shape@test_inputs[0]"});
  EXPECT_EQ(with(array(Dtype::kFloat32, {1, 1, 16, 8}), array(Dtype::kFloat32, {1, 1, 16, 8})),
            Ids{"zooport.test-tensor-shape@test_outputs[0]"});
  EXPECT_EQ(with(array(Dtype::kFloat32, {16, 8}), array(Dtype::kFloat32, {1, 1, 16, 8})),
            Ids{"zooport.test-tensor-axes@test_inputs[0]"});
  EXPECT_EQ(with("no array", array(Dtype::kFloat32, {1, 1, 16, 8})),
            Ids{"zooport.test-tensor-unreadable@test_inputs[0]"});
  Description twice = checked("test_inputs: [a.npy, a.npy]\n", kOnnx);
  ASSERT_TRUE(check_io(twice, all_files(), {}, {}));
  EXPECT_EQ(findings(twice), Ids{"zooport.test-tensor-count@test_inputs"});
}

TEST(CheckIo, NoneLooksAtNothing) {
  Description description = checked("", kOnnx);
  ASSERT_TRUE(check_io(description, Files(), {.io = Io::kNone, .fail_from = Severity::kError}, {}));
  EXPECT_EQ(findings(description), Ids{});
}

}  // namespace
}  // namespace zooport::bioimageio
