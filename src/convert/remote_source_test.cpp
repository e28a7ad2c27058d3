#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "tests/support/temporary_folder.hpp"
#include "tests/support/web_server.hpp"
#include "zooport/archive/zip.hpp"
#include "zooport/base/os/file.hpp"
#include "zooport/base/sha256.hpp"
#include "zooport/base/text.hpp"
#include "zooport/convert/check.hpp"
#include "zooport/convert/info.hpp"
#include "zooport/convert/load.hpp"
#include "zooport/convert/open.hpp"
#include "zooport/convert/unpack.hpp"
#include "zooport/onnx/model.hpp"

namespace zooport::convert {
namespace {

namespace fs = std::filesystem;

const std::string kExample = ZOOPORT_SOURCE_DIR "/examples/nuclei";

class RemoteSource : public ::testing::Test {
 protected:
  RemoteSource() : server_(folder_) {
    context_.cache_folder = folder_ + "/cache";
    context_.network.private_addresses = Network::PrivateAddresses::kAllow;
    context_.network.attempts = 1;
    fs::create_directories(folder_ + "/model");
    for (const auto& file : fs::directory_iterator(kExample)) fs::copy(file.path(), folder_ + "/model");
  }
  void file(const std::string& name, const std::string& text) const {
    std::ofstream(folder_ + "/" + name, std::ios::binary) << text;
  }
  std::string text(const std::string& name) const {
    return std::string(os::read_file(folder_ + "/" + name, 1 << 24).value().text());
  }
  // The example as a package.
  void pack(const std::string& name) const {
    std::vector<archive::Member> members;
    for (const auto& each : fs::directory_iterator(folder_ + "/model"))
      members.push_back({each.path().filename().string(), os::read_file(each.path().string(), 1 << 24).value()});
    std::string bytes;
    const auto add = archive::append_to(bytes);
    ASSERT_TRUE(archive::write_zip(members, add, {}).ok());
    file(name, bytes);
  }
  std::string web(const std::string& name) const { return server_.url("files/" + name); }

  const zooport::testing::TemporaryFolder temporary_;
  const std::string folder_ = temporary_.path();
  zooport::testing::WebServer server_;
  Context context_;
};

TEST_F(RemoteSource, ADescriptionWithTheFilesOfItsFolder) {
  const auto opened = open_source(web("model/rdf.yaml"), context_);
  ASSERT_TRUE(opened.ok()) << opened.error().what.message;
  EXPECT_EQ(opened->kind, SourceKind::kBioimageio);
  EXPECT_EQ(opened->file_name, "rdf.yaml");
  EXPECT_EQ(opened->shown("rdf.yaml"), web("model/rdf.yaml"));
  EXPECT_EQ(opened->shown("cover.png"), web("model/cover.png"));
  EXPECT_TRUE(opened->root->has("weights.onnx"));

  const auto loaded = load_model(web("model/rdf.yaml"), context_);
  ASSERT_TRUE(loaded.ok()) << loaded.error().what.message;
  EXPECT_TRUE(loaded->model.networks[0].load(context_).ok());
  EXPECT_TRUE(loaded->model.open("test_input.npy", context_).ok());
  EXPECT_FALSE(loaded->model.open("../model/test_input.npy", context_).ok());

  file("model/weights.onnx", "something else");
  const auto changed = load_model(web("model/rdf.yaml"), context_);
  ASSERT_TRUE(changed.ok());
  EXPECT_EQ(changed->model.networks[0].load(context_).error().what.id, "resource.sha256-mismatch");
}

TEST_F(RemoteSource, APackageAndAGraph) {
  pack("model.zip");
  const auto opened = open_source(web("model.zip"), context_);
  ASSERT_TRUE(opened.ok()) << opened.error().what.message;
  EXPECT_EQ(opened->file_name, "rdf.yaml");
  EXPECT_EQ(opened->shown("rdf.yaml"), web("model.zip/rdf.yaml"));
  const auto report = check_source(web("model.zip"), {}, context_);
  ASSERT_TRUE(report.ok());
  EXPECT_EQ(report->status, bioimageio::Status::kValid);
  EXPECT_EQ(open_source(web("model/weights.onnx"), context_)->kind, SourceKind::kOnnx);

  const auto unpacked = unpack_source(web("model.zip"), folder_ + "/out", {}, context_);
  ASSERT_TRUE(unpacked.ok()) << unpacked.error().what.message;
  EXPECT_EQ(text("out/rdf.yaml"), text("model/rdf.yaml"));
  EXPECT_EQ(unpack_source(web("model/rdf.yaml"), folder_ + "/no", {}, context_).error().what.id, "convert.no-archive");
}

TEST_F(RemoteSource, WhatCannotBeReachedIsUnreadable) {
  const auto report = check_source(web("none/rdf.yaml"), {}, context_);
  ASSERT_TRUE(report.ok());
  EXPECT_EQ(report->status, bioimageio::Status::kUnreadable);
  ASSERT_EQ(report->findings.items().size(), 1u);
  EXPECT_EQ(report->findings.items()[0].id, "resource.unreachable");
  EXPECT_EQ(report->findings.items()[0].severity, Severity::kError);
  Context careful = context_;
  careful.network.private_addresses = Network::PrivateAddresses::kRefuse;
  EXPECT_EQ(open_source(web("model/rdf.yaml"), careful).error().what.id, "resource.private-address");
}

TEST_F(RemoteSource, IdsAndDoisOfACollection) {
  file("index.json",
       concat("{\"kind-whale\": {\"source\": \"model/rdf.yaml\", \"sha256\": \"",
              sha256_hex(as_bytes(text("model/rdf.yaml"))), "\", \"doi\": \"10.5281/zenodo.7\"},",
              "\"bad-whale\": {\"source\": \"model/rdf.yaml\", \"sha256\": \"", std::string(64, 'a'), "\"}}"));
  for (const std::string& index : {folder_ + "/index.json", web("index.json")}) {
    context_.network.collection = index;
    for (const char* source : {"kind-whale", "10.5281/zenodo.7", "https://doi.org/10.5281/zenodo.7"}) {
      const auto opened = open_source(source, context_);
      ASSERT_TRUE(opened.ok()) << opened.error().what.message;
      EXPECT_EQ(opened->source, source);
      EXPECT_EQ(opened->location, index.starts_with('/') ? folder_ + "/model/rdf.yaml" : web("model/rdf.yaml"));
      EXPECT_EQ(opened->shown("cover.png"), opened->location.substr(0, opened->location.rfind('/')) + "/cover.png");
    }
    EXPECT_EQ(open_source("bad-whale", context_).error().what.id, "resource.sha256-mismatch");
    EXPECT_EQ(open_source("other-whale", context_).error().what.id, "resource.unknown-id");
  }
  EXPECT_EQ(open_source(folder_ + "/kind-whale", context_).error().what.id, "base.io") << "a path is no id";
}

TEST_F(RemoteSource, WeightsOnTheWebAreComparedBeforeUse) {
  std::string description = text("model/rdf.yaml");
  const std::string source = "source: weights.onnx";
  ASSERT_NE(description.find(source), std::string::npos);
  description.replace(description.find(source), source.size(), concat("source: ", web("other.onnx")));
  file("model/rdf.yaml", description);
  fs::copy_file(folder_ + "/model/weights.onnx", folder_ + "/other.onnx");
  auto loaded = load_model(folder_ + "/model", context_);
  ASSERT_TRUE(loaded.ok()) << loaded.error().what.message;
  EXPECT_TRUE(loaded->model.networks[0].load(context_).ok());
  fs::remove_all(folder_ + "/cache");
  file("other.onnx", "something else");
  EXPECT_EQ(loaded->model.networks[0].load(context_).error().what.id, "resource.sha256-mismatch");
}

TEST_F(RemoteSource, LinksLeadSomewhere) {
  file("index.json", concat("{\"data-set\": {\"source\": \"", web("data.yaml"), "\"}}"));
  file("model/rdf.yaml", text("model/rdf.yaml") +
                             "training_data: {id: data-set}\nparent: {uri: 'https://example.com/parent.yaml'}\n"
                             "links: [cover.png, 10.5281/zenodo.7, other-set, far-set]\n");
  const auto lead = [&](const std::string& source) {
    const auto info = inspect_source(source, context_);
    EXPECT_TRUE(info.ok()) << info.error().what.message;
    std::vector<std::string> out;
    for (const Link& link : info->links) {
      EXPECT_EQ(link.leads_to.empty(), !link.reason.empty());
      out.push_back(concat(link.what, " ", link.leads_to));
    }
    return out;
  };
  using Lines = std::vector<std::string>;
  const std::string parent = "parent https://example.com/parent.yaml";
  const std::string doi = "links[1] https://doi.org/10.5281/zenodo.7";
  EXPECT_EQ(lead(folder_ + "/model"), (Lines{"training_data ", parent, "links[0] " + folder_ + "/model/cover.png", doi,
                                             "links[2] ", "links[3] "}))
      << "nobody is asked for ids unless a collection is set";
  context_.network.collection = web("index.json");
  EXPECT_EQ(lead(folder_ + "/model"),
            (Lines{"training_data " + web("data.yaml"), parent, "links[0] " + folder_ + "/model/cover.png", doi,
                   "links[2] ", "links[3] "}));
  const auto info = inspect_source(web("model/rdf.yaml"), context_);
  ASSERT_TRUE(info.ok());
  EXPECT_EQ(info->links[0].leads_to, web("data.yaml"));
  EXPECT_EQ(info->location, "");
  pack("model.zip");
  EXPECT_EQ(lead(web("model.zip"))[2], "links[0] " + web("model.zip/cover.png")) << "a file of the package";
  context_.network.collection = web("none.json");
  EXPECT_EQ(lead(folder_ + "/model")[0], "training_data ");
}

}  // namespace
}  // namespace zooport::convert
