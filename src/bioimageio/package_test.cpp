#include "zooport/bioimageio/package.hpp"
#include "tests/support/temporary_folder.hpp"

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>

#include "bioimageio/package_names.hpp"
#include "tests/support/web_server.hpp"
#include "zooport/archive/zip.hpp"
#include "zooport/base/os/file.hpp"
#include "zooport/base/sha256.hpp"
#include "zooport/base/text.hpp"
#include "zooport/resource/outside.hpp"

namespace zooport::bioimageio {
namespace {

template <class T>
std::string fault(const Result<T>& result) {
  return result.ok() ? "" : result.error().what.id;
}

constexpr std::string_view kModel = R"(format_version: 0.4.10
type: model
name: pack me
description: d
authors: [{name: A}]
cite: [{text: t, url: "https://example.com/p"}]
license: MIT
documentation: doc/README.md
inputs: [{name: inp, axes: bcyx, data_type: float32, shape: [1, 1, 8, 8], data_range: [-.inf, .inf]}]
outputs: [{name: out, axes: bcyx, data_type: float32, shape: [1, 1, 8, 8]}]
test_inputs: [in/a.npy]
test_outputs: [out/a.npy]
timestamp: 2020-01-01T00:00:00
weights:
  onnx: {source: w.onnx, opset_version: 9, parent: pytorch_state_dict}
  pytorch_state_dict:
    source: w.pt
    pytorch_version: 1.1
    architecture: src/a.py:Net
    architecture_sha256: 0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef
    dependencies: conda:./env/environment.yaml
)";

struct Package : ::testing::Test {
  const zooport::testing::TemporaryFolder temporary;
  const std::string scratch = temporary.path();
  void SetUp() override {
    for (const char* name :
         {"doc/README.md", "in/a.npy", "out/a.npy", "w.onnx", "w.pt", "src/a.py", "env/environment.yaml"})
      put(name, concat("content of ", name));
  }

  void put(const std::string& name, std::string_view text) const {
    const std::string path = at("model/" + name);
    ASSERT_TRUE(os::make_folders(os::parent_path(path)).ok());
    ASSERT_TRUE(os::write_file_atomically(path, as_bytes(text), true).ok());
  }
  std::string at(const std::string& name) const { return scratch + "/" + name; }
  std::shared_ptr<resource::Root> root() const { return resource::open_folder(at("model"), {}).value(); }

  // The model with one text replaced.
  static Description model(std::string_view old = "", std::string_view fresh = "") {
    std::string text(kModel);
    if (!old.empty()) text.replace(text.find(old), old.size(), fresh);
    Description description = read(text, "model/rdf.yaml", {}, {}).value();
    EXPECT_EQ(description.status, Status::kValid) << description.diagnostics.items().front().message;
    return description;
  }
  static std::string names(const PackageContent& content) {
    std::vector<std::string> names;
    for (const PackageFile& file : content.files) names.push_back(file.name + (file.is_addition ? "+" : ""));
    return join(names, " ");
  }
  std::vector<std::string> left() const {
    std::vector<std::string> names = os::list_folder(scratch).value();
    std::erase(names, "model");
    return names;
  }
};

TEST_F(Package, HoldsAllFilesUnderTheirNames) {
  const PackageContent content = package_content(model(), {}).value();
  EXPECT_EQ(names(content), "README.md a.npy a_2.npy w.onnx w.pt environment.yaml+ a.py+");
  EXPECT_EQ(content.description_name, "rdf.yaml");
  const doc::Value& weights = *content.description.find("weights");
  EXPECT_EQ(weights.find("pytorch_state_dict")->find("architecture")->text, "a.py:Net");
  EXPECT_EQ(weights.find("pytorch_state_dict")->find("dependencies")->text, "conda:environment.yaml");
  EXPECT_EQ(content.description.find("test_outputs")->children[0].text, "a_2.npy");
  const doc::Value& range = *content.description.find("inputs")->children[0].find("data_range");
  EXPECT_EQ(range.children[1].kind, doc::Kind::kReal);
  EXPECT_EQ(content.files[1].source, "in/a.npy");
  EXPECT_EQ(to_text(content.files[1].path), "test_inputs[0]");
}

TEST_F(Package, WritesArchivesAndFolders) {
  const WrittenPackage archive = package(model(), root(), at("p.zip"), {}, {}).value();
  const WrittenPackage folder = package(model(), root(), at("p"), {}, {}).value();
  EXPECT_EQ(archive.bytes, os::status(at("p.zip")).size);
  const auto packed = resource::open_root(at("p.zip"), {}).value();
  const auto unpacked = resource::open_folder(at("p"), {}).value();
  EXPECT_EQ(packed->list().value(), unpacked->list().value());
  EXPECT_EQ(packed->read("a_2.npy", {}).value().text(), "content of out/a.npy");
  const std::string text(packed->read("rdf.yaml", {}).value().text());
  EXPECT_EQ(unpacked->read("rdf.yaml", {}).value().text(), text);
  const Description again = read(text, "rdf.yaml", {}, {}).value();
  ASSERT_EQ(again.status, Status::kValid);
  EXPECT_EQ(again.model()->weights.onnx->sha256->value, sha256_hex(as_bytes("content of w.onnx")));
}

TEST_F(Package, OfAnArchiveIsThatOfItsFolder) {
  const WrittenPackage first = package(model(), root(), at("a.zip"), {}, {}).value();
  const auto packed = resource::open_root(at("a.zip"), {}).value();
  Description description =
      read(std::string(packed->read("rdf.yaml", {}).value().text()), "a.zip/rdf.yaml", {}, {}).value();
  const WrittenPackage second = package(description, packed, at("b.zip"), {}, {}).value();
  EXPECT_EQ(first.sha256, second.sha256);
  EXPECT_EQ(left(), (std::vector<std::string>{"a.zip", "b.zip"}));
}

TEST_F(Package, ChoosesWeights) {
  PackageOptions options;
  options.weights = {"torchscript", "onnx", "pytorch_state_dict"};
  const PackageContent content = package_content(model(), options).value();
  EXPECT_EQ(names(content), "README.md a.npy a_2.npy w.onnx");
  const doc::Value& weights = *content.description.find("weights");
  ASSERT_EQ(weights.children.size(), 1u);
  EXPECT_EQ(weights.children[0].find("parent"), nullptr);
  EXPECT_EQ(weights.children[0].find("sha256")->kind, doc::Kind::kNull);
  options.weights = {"torchscript"};
  const auto none = package_content(model(), options);
  ASSERT_EQ(fault(none), "bioimageio.package-weights");
  EXPECT_EQ(none.error().kind, ErrorKind::kUsage);
  EXPECT_EQ(none.error().what.expected, "one of onnx, pytorch_state_dict");
}

TEST_F(Package, NamesOfDescriptions) {
  EXPECT_EQ(description_name("", "n", "model").value(), "rdf.yaml");
  EXPECT_EQ(description_name("a/b.bioimageio.yaml", "n", "model").value(), "b.bioimageio.yaml");
  EXPECT_EQ(description_name("{name}.{type}.rdf.yaml", "1 ü (x)", "model").value(), "_1_ü_x_.model.rdf.yaml");
  EXPECT_EQ(description_name("{{x}}.rdf.yaml", "n", "model").value(), "{x}.rdf.yaml");
  for (const char* name : {"description.yaml", "{foo}.rdf.yaml", "xrdf.yaml", "}.rdf.yaml"})
    EXPECT_EQ(fault(description_name(name, "n", "model")), "bioimageio.package-description-name") << name;
}

TEST_F(Package, NamesOfFiles) {
  const auto kStrict = PackageNames::Endings::kStrict;
  PackageNames names("rdf.yaml");
  EXPECT_EQ(names.name_for("x/a.b.npy", kStrict).value(), "a.b.npy");
  EXPECT_EQ(names.name_for("y/a.b.npy", kStrict).value(), "a_2.b.npy");
  EXPECT_EQ(names.name_for("y/A.b.npy", kStrict).value(), "A_3.b.npy");
  EXPECT_EQ(names.name_for("x/a.b.npy", kStrict).value(), "a.b.npy");
  EXPECT_EQ(names.name_for("LICENSE", kStrict).value(), "LICENSE");
  EXPECT_EQ(names.name_for("d/LICENSE", kStrict).value(), "LICENSE_2");
  EXPECT_EQ(names.name_for("https://h.org/p/w%20x.pt?download=1", kStrict).value(), "w%20x.pt");
  EXPECT_EQ(names.name_for("https://zenodo.org/api/records/1/files/w.pt/content", kStrict).value(), "w.pt");
  for (int i = 3; i <= 19; ++i) EXPECT_TRUE(names.name_for(concat(i, "/LICENSE"), kStrict).ok());
  EXPECT_EQ(fault(names.name_for("20/LICENSE", kStrict)), "bioimageio.package-name");
  for (const char* source : {"https://h.org/", "my_model.yaml", "x/rdf.yaml", "..", "a\\b"})
    EXPECT_EQ(fault(names.name_for(source, kStrict)), "bioimageio.package-name") << source;
  EXPECT_EQ(names.name_for("my_model.yaml", PackageNames::Endings::kLax).value(), "my_model.yaml");
  EXPECT_EQ(fault(package_content(model("w.pt", "my_model.yaml"), {})), "bioimageio.package-name");
}

TEST_F(Package, WhatWouldNotBeValidIsRefused) {
  // The URL has the suffix of an array; a file of that name has none.
  const Description description = model("in/a.npy", "https://h.org/.npy");
  EXPECT_EQ(package_content(description, {}).value().files[1].name, ".npy");
  EXPECT_EQ(fault(package(description, root(), at("p.zip"), {}, {})), "bioimageio.package-invalid");
}

TEST_F(Package, RefusalsLeaveNothing) {
  const auto refused = [&](const Description& description) {
    Context context;
    context.offline = true;
    return fault(package(description, root(), at("p.zip"), {}, context)) + " " +
           fault(package(description, root(), at("p"), {}, context));
  };
  EXPECT_EQ(refused(model("w.pt", "https://h.org/w.pt")), "resource.unreachable resource.unreachable");
  EXPECT_EQ(refused(model("w.pt", "none.pt")), "resource.no-such-file resource.no-such-file");
  EXPECT_EQ(refused(model("doc/README.md", "../secret.md")), "resource.bad-name resource.bad-name");
  EXPECT_EQ(package(model("w.pt", "none.pt"), root(), at("p.zip"), {}, {}).error().kind, ErrorKind::kInvalid);
  Description invalid = read("type: model", "rdf.yaml", {}, {}).value();
  EXPECT_EQ(refused(invalid), "zooport.invalid-description zooport.invalid-description");
  EXPECT_TRUE(left().empty());
}

TEST_F(Package, FilesFromTheWebComeAlong) {
  put("weights.pt", "from the web");
  const zooport::testing::WebServer server(at("model"));
  Context context;
  context.network.private_addresses = Network::PrivateAddresses::kAllow;
  const std::string source = concat("source: ", server.url("files/weights.pt?x=1"));
  const auto packed = [&](const std::string& fields) {
    return fault(package(model("source: w.pt", source + fields), root(), at("p.zip"), {}, context));
  };
  EXPECT_EQ(packed(concat("\n    sha256: ", std::string(64, 'a'))), "resource.sha256-mismatch");
  EXPECT_TRUE(left().empty());
  ASSERT_EQ(packed(""), "");
  const auto files = resource::open_root(at("p.zip"), {}).value();
  EXPECT_EQ(files->read("weights.pt", {}).value().text(), "from the web");
  const Description again = read(std::string(files->read("rdf.yaml", {}).value().text()), "rdf.yaml", {}, {}).value();
  EXPECT_EQ(again.model()->weights.pytorch_state_dict->source.value, "weights.pt");
  EXPECT_EQ(again.model()->weights.pytorch_state_dict->sha256->value, sha256_hex(as_bytes("from the web")));
}

TEST_F(Package, FilesFromOutsideAndExistingOnesNeedConsent) {
  ASSERT_TRUE(os::write_file_atomically(at("model/secret.md"), as_bytes("outside"), false).ok());
  std::filesystem::rename(at("model/secret.md"), at("secret.md"));
  const Description description = model("doc/README.md", "../secret.md");
  const auto around = resource::open_folder_and_outside(at("model"), {}).value();
  ASSERT_TRUE(package(description, around, at("p.zip"), {}, {}).ok());
  EXPECT_EQ(resource::open_root(at("p.zip"), {}).value()->read("secret.md", {}).value().text(), "outside");
  EXPECT_EQ(fault(package(description, around, at("p.zip"), {}, {})), "base.exists");
  ASSERT_TRUE(package(description, around, at("p"), {}, {}).ok());
  EXPECT_EQ(fault(package(description, around, at("p"), {}, {})), "base.exists");
  PackageOptions options;
  options.if_present = resource::IfPresent::kReplace;
  EXPECT_TRUE(package(description, around, at("p.zip"), options, {}).ok());
  EXPECT_TRUE(package(description, around, at("p"), options, {}).ok());
  EXPECT_EQ(left(), (std::vector<std::string>{"p", "p.zip", "secret.md"}));
}

}  // namespace
}  // namespace zooport::bioimageio
