#include "zooport/resource/collection.hpp"
#include "tests/support/temporary_folder.hpp"

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "resource/collection_places.hpp"
#include "tests/support/web_server.hpp"
#include "zooport/base/text.hpp"

namespace zooport::resource {
namespace {

TEST(CollectionIds, AreToldFromPaths) {
  EXPECT_EQ(doi_of("10.5281/zenodo.123"), "10.5281/zenodo.123");
  EXPECT_EQ(doi_of("doi:10.5281/zenodo.123"), "10.5281/zenodo.123");
  EXPECT_EQ(doi_of("https://doi.org/10.5281/zenodo.123"), "10.5281/zenodo.123");
  EXPECT_EQ(doi_of("HTTP://dx.doi.org/10.1000/182"), "10.1000/182");
  for (const char* none : {"", "10.5281", "10.5281/", "10.52/x", "11.5281/x", "https://example.com/10.5281/x",
                           "10.5281/a b", "10.5281/../x"})
    EXPECT_EQ(doi_of(none), "") << none;
  for (const char* id : {"affable-shark", "affable-shark/1", "affable-shark/1.2.1", "a-b-c", "10.5281/zenodo.123",
                         "huggingface/org/repo", "huggingface/org/repo/1.0"})
    EXPECT_TRUE(looks_like_id(id)) << id;
  for (const char* path : {"", "model", "rdf.yaml", "my-model.zip", "my-model/rdf.yaml/x", "-x", "a-", "Affable-Shark",
                           "./a-b", "../a-b", "a-b/../c", "huggingface/org"})
    EXPECT_FALSE(looks_like_id(path)) << path;
}

TEST(CollectionIds, LeadWhereTheReferenceLooks) {
  EXPECT_EQ(huggingface_url("huggingface/org/repo"),
            "https://huggingface.co/org/repo/resolve/main/package/bioimageio.yaml");
  EXPECT_EQ(huggingface_url("huggingface/org/repo/"),
            "https://huggingface.co/org/repo/resolve/main/package/bioimageio.yaml");
  EXPECT_EQ(huggingface_url("huggingface/org/repo/1.2"),
            "https://huggingface.co/org/repo/resolve/v1.2/package/bioimageio.yaml");
  EXPECT_EQ(huggingface_url("huggingface/org/repo/draft"),
            "https://huggingface.co/org/repo/resolve/draft/package/bioimageio.yaml");
  EXPECT_EQ(huggingface_url("huggingface/org/"), "");
  EXPECT_EQ(huggingface_url("huggingface/../repo"), "");
  EXPECT_EQ(zenodo_url("10.5281/zenodo.7"), "https://zenodo.org/api/records/7/files/rdf.yaml/content");
  EXPECT_EQ(zenodo_url("10.5281/zenodo.7/x"), "");
  EXPECT_EQ(zenodo_url("10.1000/182"), "");
}

class Collection : public ::testing::Test {
 protected:
  Collection() : server_(folder_) {
    context_.cache_folder = folder_ + "/cache";
    context_.network.private_addresses = Network::PrivateAddresses::kAllow;
    context_.network.attempts = 1;
    file("map.json", concat("{\"affable-shark\": {\"source\": \"", server_.url("files/shark.yaml"),
                            "\", \"sha256\": \"", std::string(64, 'a'),
                            "\"}, \"affable-shark/2\": {\"source\": \"sub/two.yaml\"},"
                            "\"10.5281/zenodo.7\": {\"source\": \"shark.yaml\"}, \"no-source\": {}}"));
    file("list.json",
         "{\"name\": \"zoo\", \"collection\": [{\"id\": \"10.5281/zenodo.8\", \"nickname\": \"kind-whale\","
         "\"rdf_source\": \"whale.yaml\", \"rdf_sha256\": \"bb\", \"source\": \"x\"}, 5]}");
    file("shark.yaml", "name: shark");
  }
  void file(const std::string& name, const std::string& text) const { std::ofstream(folder_ + "/" + name) << text; }
  // Where it is, or the id of the error.
  std::string where(const std::string& id) const {
    const auto found = locate(id, context_);
    return found.ok() ? found->source : found.error().what.id;
  }

  const zooport::testing::TemporaryFolder temporary_;
  const std::string folder_ = temporary_.path();
  zooport::testing::WebServer server_;
  Context context_;
};

TEST_F(Collection, AnIndexOnThisMachine) {
  context_.network.collection = folder_ + "/map.json";
  const auto shark = locate("affable-shark", context_);
  ASSERT_TRUE(shark.ok());
  EXPECT_EQ(shark->source, server_.url("files/shark.yaml"));
  EXPECT_EQ(shark->sha256, std::string(64, 'a'));
  EXPECT_EQ(where("Affable-Shark"), server_.url("files/shark.yaml"));
  EXPECT_EQ(where("affable-shark/2"), folder_ + "/sub/two.yaml");
  EXPECT_EQ(where("https://doi.org/10.5281/zenodo.7"), folder_ + "/shark.yaml");
  EXPECT_EQ(where("no-source"), "resource.bad-index");
  const auto unknown = locate("affable-shork", context_);
  ASSERT_FALSE(unknown.ok());
  EXPECT_EQ(unknown.error().what.id, "resource.unknown-id");
  EXPECT_EQ(unknown.error().what.help, "is 'affable-shark' meant?");
  EXPECT_EQ(unknown.error().kind, ErrorKind::kIo);
}

TEST_F(Collection, AListOfEntries) {
  context_.network.collection = folder_ + "/list.json";
  EXPECT_EQ(where("kind-whale"), folder_ + "/whale.yaml");
  EXPECT_EQ(locate("10.5281/zenodo.8", context_).value().sha256, "bb");
  EXPECT_EQ(where("other-whale"), "resource.unknown-id");
}

TEST_F(Collection, AnIndexOnTheWeb) {
  context_.network.collection = server_.url("files/map.json");
  EXPECT_EQ(where("affable-shark"), server_.url("files/shark.yaml"));
  EXPECT_EQ(where("affable-shark/2"), server_.url("files/sub/two.yaml"));
  file("map.json", "{\"a-b\": {\"source\": \"../../etc/passwd\"}, \"a-c\": {\"source\": \"/etc/passwd\"}}");
  EXPECT_EQ(where("a-b"), "resource.bad-name");
  EXPECT_EQ(where("a-c"), "resource.bad-name");
  context_.offline = true;
  EXPECT_EQ(where("a-b"), "resource.bad-name") << "from the cache";
  context_.offline = false;
  context_.network.collection = server_.url("files/none.json");
  EXPECT_EQ(where("affable-shark"), "resource.unknown-id");
  server_.stop();
  EXPECT_EQ(where("affable-shark"), "resource.unreachable");
}

TEST_F(Collection, APattern) {
  context_.network.collection_pattern = server_.url("files/{id}.yaml");
  EXPECT_EQ(where("shark"), server_.url("files/shark.yaml"));
  EXPECT_EQ(where("whale"), "resource.unknown-id");
  context_.network.collection = folder_ + "/list.json";
  EXPECT_EQ(where("shark"), server_.url("files/shark.yaml")) << "asked when the index does not know";
  EXPECT_EQ(where("kind-whale"), folder_ + "/whale.yaml");
}

TEST_F(Collection, AnIndexThatIsNone) {
  for (const char* text : {"", "[]", "5", "{\"a-b\": 5", "{\"a-b\": NaN}"}) {
    file("map.json", text);
    context_.network.collection = folder_ + "/map.json";
    EXPECT_EQ(where("a-b"), "resource.bad-index") << text;
  }
  file("map.json", "{\"a-b\": 5, \"a-c\": null}");
  EXPECT_EQ(where("a-b"), "resource.unknown-id");
  context_.network.collection = folder_ + "/none.json";
  EXPECT_EQ(where("a-b"), "base.io");
}

}  // namespace
}  // namespace zooport::resource
