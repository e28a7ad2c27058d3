#include <gtest/gtest.h>

#include <map>

#include "bioimageio/picture.hpp"
#include "zooport/base/sha256.hpp"
#include "zooport/base/text.hpp"
#include "zooport/bioimageio/description.hpp"
#include "zooport/onnx/io.hpp"
#include "zooport/tensor/npy.hpp"

namespace zooport::bioimageio {
namespace {

using namespace std::string_literals;

class Files final : public resource::Root {
 public:
  explicit Files(std::map<std::string, std::string> content) : files(std::move(content)) {}
  std::map<std::string, std::string> files;
  const std::string& description() const override { return description_; }
  Result<std::vector<std::string>> list() const override { return std::vector<std::string>{}; }
  bool has(const std::string& name) const override { return files.contains(name); }
  Result<Bytes> read(const std::string& name, const Context&) const override {
    if (!has(name)) return make_error(ErrorKind::kIo, "resource.no-such-file", "no such file");
    return Bytes(files.at(name));
  }

 private:
  std::string description_ = "folder test";
};

std::string array(const tensor::Shape& shape) {
  return tensor::npy_bytes(tensor::Array(tensor::Dtype::kFloat32, shape).view());
}

// A GIF of that size, up to its first byte of pixels.
std::string gif(int width, int height) {
  return "GIF89a"s + static_cast<char>(width) + '\0' + static_cast<char>(height) + '\0' + "\0\0\0;"s;
}

// Of a good package, but for `files` and `weights`: what is found, as "id place".
std::vector<std::string> found(std::map<std::string, std::string> files, std::string weights,
                               const std::string& more = "covers: [c.gif]\n") {
  files.insert({{"README.md", "# Validation"},
                {"c.gif", gif(2, 1)},
                {"w.pt", "PK\x03\x04"},
                {"net.py", "def Net(): pass"},
                {"a.npy", array({1, 1, 8, 8})}});
  // Every entry has its hash.
  for (std::size_t at = weights.find("source: "); at != weights.npos; at = weights.find("source: ", at + 1)) {
    const std::size_t begin = at + 8, end = weights.find_first_of(",}", begin);
    weights.insert(end, concat(", sha256: '", sha256_hex(as_bytes(files.at(weights.substr(begin, end - begin)))), "'"));
  }
  const std::string text = concat(
      "format_version: 0.4.10\ntype: model\nname: my model\ndescription: d\nauthors: [{name: A}]\n"
      "maintainers: [{github_user: a}]\ntags: [t]\ncite: [{text: t, doi: 10.1234/x}]\nlicense: MIT\n"
      "timestamp: 2020-01-01T00:00:00Z\ndocumentation: README.md\ntest_inputs: [a.npy]\ntest_outputs: [a.npy]\n",
      more, "inputs:\n- {name: raw, axes: bcyx, data_type: float32, shape: [1, 1, 8, 8]}\noutputs:\n",
      "- {name: mask, axes: bcyx, data_type: float32, shape: [1, 1, 8, 8]}\nweights:\n", weights);
  auto description = read(text, "rdf.yaml", {}, {});
  EXPECT_TRUE(description);
  EXPECT_TRUE(check_io(*description, Files(std::move(files)), {}, {}));
  EXPECT_EQ(description->status, Status::kValid) << description->diagnostics.items().front().message;
  std::vector<std::string> ids;
  for (const Diagnostic& item : description->diagnostics.items())
    if (item.id != "bioimageio.advice") ids.push_back(concat(item.id, " ", to_text(item.path)));
  return ids;
}

using Ids = std::vector<std::string>;
constexpr const char* kTorchscript = "  torchscript: {source: w.pt, pytorch_version: '1.10'}\n";

std::string pytorch(const std::string& dependencies, const std::string& version = "1.13.1") {
  return concat("  pytorch_state_dict: {source: w.pt, pytorch_version: '", version,
                "', architecture: pkg.Net, dependencies: '", dependencies, "'}\n");
}

TEST(FileRules, GoodFilesHaveNoFindings) { EXPECT_EQ(found({}, kTorchscript), Ids{}); }

TEST(FileRules, CoversArePicturesOfTheFormAskedFor) {
  EXPECT_EQ(found({{"c.gif", "no picture"}}, kTorchscript), Ids{"zooport.cover-unreadable covers[0]"});
  EXPECT_EQ(found({{"c.gif", ""}}, kTorchscript), Ids{"zooport.cover-unreadable covers[0]"});
  EXPECT_EQ(found({{"c.gif", "GIF89a"}}, kTorchscript), Ids{"zooport.cover-unreadable covers[0]"});
  EXPECT_EQ(found({{"c.gif", "<svg/>"}}, kTorchscript), Ids{"zooport.cover-format covers[0]"});
  EXPECT_EQ(found({{"c.gif", gif(5, 1)}}, kTorchscript), Ids{"zooport.cover-ratio covers[0]"});
  EXPECT_EQ(found({{"c.gif", gif(7, 7)}}, kTorchscript), Ids{});
  EXPECT_EQ(found({{"c.gif", gif(2, 1) + std::string(500'000, ' ')}}, kTorchscript),
            Ids{"zooport.cover-size covers[0]"});
}

TEST(FileRules, DocumentationHasASectionOnValidation) {
  const auto with = [](std::string text) { return found({{"README.md", std::move(text)}}, kTorchscript); };
  EXPECT_EQ(with("a text\n### validation of it\n"), Ids{});
  EXPECT_EQ(with("Validation\n#hashtag\n"), Ids{"zooport.documentation-validation documentation"});
  EXPECT_EQ(with(" \n"), Ids{"zooport.documentation-text documentation"});
  EXPECT_EQ(with("# Validation \xff"), Ids{"zooport.documentation-text documentation"});
}

TEST(FileRules, WeightsFilesAreWhatTheirEntrySays) {
  EXPECT_EQ(found({{"w.pt", "no archive, whatever it is"}}, kTorchscript),
            Ids{"zooport.weights-content weights.torchscript.source"});
  EXPECT_EQ(found({{"w.h5", "PK\x03\x04"}}, "  keras_hdf5: {source: w.h5, tensorflow_version: '2'}\n"),
            Ids{"zooport.weights-content weights.keras_hdf5.source"});
  EXPECT_EQ(
      found({{"w.h5", "\x89HDF\r\n\x1a\n and more bytes"}}, "  keras_hdf5: {source: w.h5, tensorflow_version: '2'}\n"),
      Ids{});
  onnx::Model model;
  model.set_opset(12);
  const auto bytes = onnx::to_bytes(model);
  ASSERT_TRUE(bytes);
  const std::map<std::string, std::string> file{{"w.onnx", std::string(bytes->text())}};
  EXPECT_EQ(found(file, "  onnx: {source: w.onnx, opset_version: 12}\n"), Ids{});
  EXPECT_EQ(found(file, "  onnx: {source: w.onnx, opset_version: 11}\n"),
            Ids{"zooport.onnx-opset weights.onnx.opset_version"});
  EXPECT_EQ(found({{"w.onnx", "no graph"}}, "  onnx: {source: w.onnx, opset_version: 11}\n"),
            Ids{"zooport.weights-content weights.onnx.source"});
}

TEST(FileRules, ArchitectureIsInItsFile) {
  const auto with = [](std::string code) {
    const std::string hash = sha256_hex(as_bytes(code));
    return found({{"net.py", std::move(code)}},
                 concat("  pytorch_state_dict: {source: w.pt, pytorch_version: '1', architecture: 'net.py:Net', "
                        "architecture_sha256: '",
                        hash, "'}\n"));
  };
  EXPECT_EQ(with("class Net(Module): ..."), Ids{});
  EXPECT_EQ(with("from other import Net"), Ids{});
  EXPECT_EQ(with("class NetOfMine: ..."), Ids{"zooport.architecture-name weights.pytorch_state_dict.architecture"});
}

TEST(FileRules, DependenciesFitTheVersionOfPytorch) {
  const auto conda = [](const std::string& lines, const std::string& version = "1.13.1") {
    return found({{"e.yaml", lines}}, pytorch("conda:e.yaml", version));
  };
  const Ids without{"zooport.dependencies-without-pytorch weights.pytorch_state_dict.dependencies"};
  const Ids unreadable{"zooport.dependencies-unreadable weights.pytorch_state_dict.dependencies"};
  const Ids broken{"zooport.dependencies-pytorch-version weights.pytorch_state_dict.dependencies"};
  EXPECT_EQ(conda("dependencies: [python=3.9, conda-forge::pytorch=1.13]"), Ids{});
  EXPECT_EQ(conda("dependencies: [pytorch>=1.13.0, pip: [x]]"), Ids{});
  EXPECT_EQ(conda("dependencies: [pip, {pip: ['torch==1.13.1', scipy]}]"), Ids{});
  EXPECT_EQ(conda("dependencies: ['pytorch=1.13.1=cpu_py39*']"), Ids{});
  EXPECT_EQ(conda("dependencies: ['pytorch']", "1.13"), Ids{});
  EXPECT_EQ(conda("dependencies: ['pytorch==1.13.1']", "1.13"), Ids{}) << "nothing says which of 1.13";
  EXPECT_EQ(conda("dependencies: ['pytorch=1.1']"), broken);
  EXPECT_EQ(conda("dependencies: ['pytorch>=1.10,<1.13']"), broken);
  EXPECT_EQ(conda("dependencies: ['pytorch>2']"), broken);
  EXPECT_EQ(conda("dependencies: [{pip: ['torch<=1.12']}]"), broken);
  EXPECT_EQ(conda("dependencies: [python, pytorch-lightning]"), without);
  EXPECT_EQ(conda("name: x"), unreadable);
  EXPECT_EQ(conda("dependencies: ["), unreadable);
  EXPECT_EQ(found({{"r.txt", "# torch\ntorch==2.0 ; python_version>'3'\n"}}, pytorch("pip:r.txt")), broken);
  EXPECT_EQ(found({{"r.txt", "numpy\n"}}, pytorch("pip:r.txt")), without);
  EXPECT_EQ(found({{"pom.xml", "<project/>"}}, pytorch("maven:pom.xml")), Ids{});
}

TEST(FileRules, SamplesCanBeOpened) {
  const std::string samples = "covers: [c.gif]\nsample_inputs: [s.npy]\nsample_outputs: [t.ijm]\n";
  EXPECT_EQ(found({{"s.npy", array({8, 8})}, {"t.ijm", "any"}}, kTorchscript, samples), Ids{});
  EXPECT_EQ(found({{"s.npy", "\x93NUMPY\x01"}, {"t.ijm", "any"}}, kTorchscript, samples),
            Ids{"zooport.sample-unreadable sample_inputs[0]"});
}

TEST(Picture, TellsFormatAndSize) {
  const auto look = [](std::string content) {
    const auto picture = look_at_picture(Bytes(std::move(content)), "x", {});
    return picture ? concat(picture->format, " ", picture->width, "x", picture->height) : picture.error().what.message;
  };
  EXPECT_EQ(look(gif(3, 4)), "gif 3x4");
  const std::string jpeg = "\xff\xd8\xff\xe0\0\x04..\xff\xc0\0\x0b\x08\0\x02\0\x05\x01\x01\x11\0"s;
  EXPECT_EQ(look(jpeg), "jpeg 5x2");
  for (std::size_t size = 3; size < 17; ++size)
    EXPECT_NE(look(jpeg.substr(0, size)).find("ends before its size"), std::string::npos) << size;
  EXPECT_NE(look("\xff\xd8\xff\xe0\0\x01"s).find("without a length"), std::string::npos);
  EXPECT_EQ(look("<?xml version='1.0'?>\n<svg/>"), "svg 0x0");
  EXPECT_EQ(look("plain"), "content of no kind of picture");
  EXPECT_FALSE(look_at_picture(Bytes("\x89PNG\r\n\x1a\n"s), "x", {}));
}

}  // namespace
}  // namespace zooport::bioimageio
