#include <gtest/gtest.h>

#include <limits>
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
    if (!has(name)) return make_error(ErrorKind::kIo, "resource.no-such-file", "no such file");
    return Bytes(files.at(name));
  }

 private:
  std::string description_ = "folder test";
};

std::string array(tensor::Dtype dtype, const tensor::Shape& shape) {
  return tensor::npy_bytes(tensor::Array(dtype, shape).view());
}

constexpr const char* kReadme = "# My model\n\n## Validation\n";
constexpr const char* kWeightsContent = "PK\x03\x04weights of some kind";

Files all_files() {
  Files files;
  files.files = {{"README.md", kReadme},
                 {"c.svg", "<svg width='2' height='1'/>"},
                 {"w.pt", kWeightsContent},
                 {"net.py", "class Net:"},
                 {"a.npy", array(tensor::Dtype::kFloat32, {1, 1, 16, 8})},
                 {"b.npy", array(tensor::Dtype::kFloat32, {1, 1, 32, 8})}};
  return files;
}

// `more` replaces fields of the same names.
Description checked(const std::string& more, const std::string& weights) {
  std::string text = "format_version: 0.4.10\ntype: model\nname: my model\ndescription: d\nauthors: [{name: A}]\n";
  const auto unless_given = [&](const std::string& field, const std::string& value) {
    if (more.find(field) == more.npos) text += concat(field, " ", value, "\n");
  };
  text += "maintainers: [{github_user: a}]\ntags: [t]\ncite: [{text: t, doi: 10.1234/x}]\nlicense: MIT\n";
  unless_given("timestamp:", "2020-01-01T00:00:00Z");
  unless_given("documentation:", "README.md");
  unless_given("covers:", "[c.svg]");
  unless_given("test_inputs:", "[a.npy]");
  unless_given("test_outputs:", "[b.npy]");
  text += more;
  unless_given(
      "inputs:\n",
      "\n- {name: raw, axes: bcyx, data_type: float32, shape: {min: [1, 1, 8, 8], step: [0, 0, 4, 4]}}\noutputs:\n"
      "- {name: mask, axes: bcyx, data_type: float32,\n"
      "   shape: {reference_tensor: raw, scale: [1, 1, 2, 1], offset: [0, 0, 0, 0]}}");
  text += concat("weights:\n", weights);
  auto description = read(text, "rdf.yaml", {}, {});
  EXPECT_TRUE(description);
  EXPECT_EQ(description->status, Status::kValid) << description->diagnostics.items().front().message;
  return std::move(description).value();
}

// What is told to people: of a file that is missing, the reference tells three errors.
std::vector<std::string> findings(const Description& description) {
  std::vector<std::string> ids;
  for (const Diagnostic& d : description.diagnostics.items())
    if (!d.is_alternative) ids.push_back(concat(d.id, "@", to_text(d.path)));
  return ids;
}

using Ids = std::vector<std::string>;
const std::string kHash = sha256_hex(as_bytes(kWeightsContent));
const std::string kWeights = concat("  torchscript: {source: w.pt, pytorch_version: '1.10', sha256: ", kHash, "}\n");

Context offline() {
  Context context;
  context.offline = true;
  return context;
}

TEST(CheckIo, GoodPackageHasNoFindings) {
  Description description = checked("", kWeights);
  ASSERT_TRUE(check_io(description, all_files(), {}, {}));
  EXPECT_EQ(findings(description), Ids{});
  EXPECT_EQ(description.status, Status::kValid);
}

TEST(CheckIo, TellsAllFaultsAtOnce) {
  const std::string hash(64, '0');
  Description description =
      checked("covers: [c.png, 'https://example.com/c.png', ../c.png]\n",
              concat("  torchscript: {source: w.pt, pytorch_version: '1', sha256: '", hash, "'}\n",
                     "  pytorch_state_dict: {source: p.pt, pytorch_version: '1', architecture: "
                     "'none.py:Net', architecture_sha256: '",
                     hash, "'}\n"));
  ASSERT_TRUE(check_io(description, all_files(), {}, offline()));
  EXPECT_EQ(findings(description), (Ids{"bioimageio.missing-file@covers[0]", "bioimageio.missing-file@covers[2]",
                                        "bioimageio.missing-file@weights.pytorch_state_dict.source",
                                        "bioimageio.missing-file@weights.pytorch_state_dict.architecture.source_file",
                                        "bioimageio.sha256-mismatch@weights.torchscript"}));
  EXPECT_EQ(description.status, Status::kInvalid);
  const Diagnostic& cover = description.diagnostics.items().front();
  EXPECT_EQ(description.text().substr(cover.span->begin, 5), "c.png");
  EXPECT_EQ(cover.message, "expected a file that is there, found 'c.png', which is not in the folder test");
}

TEST(CheckIo, FaultsOfTheTextAreToldBesideThoseOfFiles) {
  std::string text(checked("covers: [none.svg]\n", kWeights).text());
  text.replace(text.find("name: raw"), 9, "name: 1aw");
  auto description = read(text, "rdf.yaml", {}, {});
  ASSERT_TRUE(description);
  ASSERT_TRUE(check_io(*description, all_files(), {}, {}));
  EXPECT_EQ(findings(*description), (Ids{"bioimageio.missing-file@covers[0]", "bioimageio.value@inputs[0].name"}));
}

TEST(CheckIo, FixesOfTheTextAreKept) {
  std::string text(checked("", kWeights).text());
  text.replace(text.find("axes: bcyx"), 10, "axes: [b, c, y, x]");
  auto description = read(text, "rdf.yaml", {}, {});
  ASSERT_TRUE(description);
  const auto fixes = [&] {
    std::vector<std::string> all;
    for (const Diagnostic& d : description->diagnostics.items())
      if (d.fix) all.push_back(concat(to_text(d.path), ": ", d.fix->description));
    return all;
  };
  const std::vector<std::string> before = fixes();
  EXPECT_FALSE(before.empty());
  ASSERT_TRUE(check_io(*description, all_files(), {}, {}));
  EXPECT_EQ(fixes(), before);
}

TEST(CheckIo, WhatTheWebDoesNotGiveIsAWarning) {
  Description description = checked(
      "covers: ['https://example.com/c.png']\n",
      concat("  torchscript: {source: 'https://example.com/w.pt', pytorch_version: '1', sha256: ", kHash, "}\n"));
  ASSERT_TRUE(check_io(description, all_files(), {}, offline()));
  EXPECT_EQ(findings(description),
            (Ids{"resource.unreachable@covers[0]", "resource.unreachable@weights.torchscript.source"}));
  EXPECT_EQ(description.status, Status::kValid);
}

TEST(CheckIo, UnreadableFilesAreOneFinding) {
  Files files = all_files();
  files.unreadable = "w.pt";
  Description description = checked("", kWeights);
  ASSERT_TRUE(check_io(description, files, {}, {}));
  EXPECT_EQ(findings(description), Ids{"bioimageio.unreadable-file@weights.torchscript.source"});
  files.unreadable = "README.md";
  ASSERT_TRUE(check_io(description, files, {}, {}));
  EXPECT_EQ(findings(description), Ids{"zooport.unreadable-file@documentation"});
  EXPECT_EQ(description.status, Status::kValid);
}

TEST(CheckIo, HashesThatAreMissingAreComputed) {
  for (const std::string entry : {"  torchscript: {source: w.pt, pytorch_version: '1.10'}\n",
                                  "  torchscript:\n    source: w.pt  # mine\n    pytorch_version: '1.10'\n"}) {
    Description description = checked("", entry);
    ASSERT_TRUE(check_io(description, all_files(), {}, {}));
    EXPECT_NE(description.normalized().find(concat("\"sha256\":\"", kHash)), std::string::npos) << description.normalized();
    ASSERT_EQ(findings(description), Ids{"zooport.weights-sha256-missing@weights.torchscript"});
    const auto& fix = description.diagnostics.items().front().fix;
    ASSERT_TRUE(fix) << entry;
    std::string text(description.text());
    text.insert(fix->edits[0].span.begin, fix->edits[0].text);
    auto mended = read(text, "rdf.yaml", {}, {});
    ASSERT_TRUE(mended);
    ASSERT_TRUE(check_io(*mended, all_files(), {}, {}));
    EXPECT_EQ(findings(*mended), Ids{}) << text;
  }
}

TEST(CheckIo, HashOfTheArchitectureIsComparedToo) {
  const auto with = [&](const std::string& hash) {
    Description description =
        checked("", concat("  pytorch_state_dict: {source: w.pt, pytorch_version: '1.10', architecture: 'net.py:Net', "
                           "architecture_sha256: '",
                           hash, "', sha256: ", kHash, "}\n"));
    EXPECT_TRUE(check_io(description, all_files(), {}, {}));
    EXPECT_EQ(description.status, Status::kValid);
    return findings(description);
  };
  EXPECT_EQ(with(sha256_hex(as_bytes("class Net:"))), Ids{});
  EXPECT_EQ(with(std::string(64, '0')), Ids{"zooport.architecture-sha256@weights.pytorch_state_dict.architecture"});
}

TEST(CheckIo, ComparesTestTensors) {
  const auto with = [&](std::string input, std::string output) {
    Files files = all_files();
    files.files["a.npy"] = std::move(input);
    files.files["b.npy"] = std::move(output);
    Description description = checked("", kWeights);
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
  tensor::Array holes(tensor::Dtype::kFloat32, {1, 1, 16, 8});
  holes.as<float>()[3] = std::numeric_limits<float>::quiet_NaN();
  EXPECT_EQ(with(tensor::npy_bytes(holes.view()), array(tensor::Dtype::kFloat32, {1, 1, 32, 8})),
            Ids{"zooport.test-tensor-finite@test_inputs[0]"});
}

TEST(CheckIo, ComparesTestTensorsWithFixedShapesAndRanges) {
  const std::string tensors =
      "inputs:\n- {name: raw, axes: bcyx, data_type: float32, shape: [1, 1, 16, 8], data_range: [0, 1]}\n"
      "outputs:\n- {name: mask, axes: bcyx, data_type: float32, shape: [1, 1, 32, 8]}\n";
  Description description = checked(tensors, kWeights);
  Files files = all_files();
  ASSERT_TRUE(check_io(description, files, {}, {}));
  EXPECT_EQ(findings(description), Ids{});
  tensor::Array bright(tensor::Dtype::kFloat32, {1, 1, 16, 9});
  bright.as<float>()[3] = 2;
  files.files["a.npy"] = tensor::npy_bytes(bright.view());
  ASSERT_TRUE(check_io(description, files, {}, {}));
  EXPECT_EQ(findings(description),
            (Ids{"zooport.test-tensor-range@test_inputs[0]", "zooport.test-tensor-shape@test_inputs[0]"}));
}

TEST(CheckIo, NoneLooksAtNothing) {
  Description description = checked("", kWeights);
  ASSERT_TRUE(check_io(description, Files(), {.io = Io::kNone, .fail_from = Severity::kError}, {}));
  EXPECT_EQ(findings(description), Ids{});
}

}  // namespace
}  // namespace zooport::bioimageio
