#include "zooport/resource/resource.hpp"
#include "tests/support/temporary_folder.hpp"

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <thread>

#include "tests/support/shared.hpp"
#include "zooport/base/os/file.hpp"
#include "zooport/base/sha256.hpp"
#include "zooport/base/text.hpp"
#include "zooport/resource/outside.hpp"

namespace zooport::resource {
namespace {

struct ResourceFolder : ::testing::Test {
  const zooport::testing::TemporaryFolder temporary;
  const std::string root = temporary.path();

  void put(const std::string& name, std::string_view text) const {
    const std::string path = os::join_path(root, name);
    ASSERT_TRUE(os::make_folders(os::parent_path(path)).ok());
    ASSERT_TRUE(os::write_file_atomically(path, as_bytes(text), true).ok());
  }
  void link(const std::string& to, const std::string& name) const {
    std::filesystem::create_symlink(to, os::join_path(root, name));
  }
};

Bytes packed(const std::vector<archive::Member>& members) {
  std::string out;
  const auto sink = archive::append_to(out);
  EXPECT_TRUE(archive::write_zip(members, sink, {}).ok());
  return Bytes(std::move(out));
}

archive::Member member(std::string name, std::string content) { return {std::move(name), Bytes(std::move(content))}; }

template <class T>
std::string fault(const Result<T>& result) {
  return result.ok() ? "" : result.error().what.id;
}

using Names = std::vector<std::string>;

TEST(ResourceName, RefusesWhatLeadsOut) {
  EXPECT_EQ(refuse_name("weights/model.onnx"), "");
  EXPECT_EQ(refuse_name("..."), "");
  for (const char* name :
       {"", "/a", "../a", "a/../b", "a/..", "./a", "a//b", "a/", "C:/a", "c:a", "a\\b", "a\nb", "\xff"}) {
    EXPECT_NE(refuse_name(name), "") << name;
  }
  EXPECT_NE(refuse_name(std::string_view("a\0b", 3)), "");
}

TEST_F(ResourceFolder, ListsAndReadsFiles) {
  put("rdf.yaml", "name: x");
  put("weights/model.onnx", "bytes");
  put("weights.txt", "t");
  const auto opened = open_folder(root, {});
  ASSERT_TRUE(opened.ok());
  EXPECT_EQ((*opened)->description(), "folder " + root);
  EXPECT_EQ((*opened)->list().value(), (Names{"rdf.yaml", "weights.txt", "weights/model.onnx"}));
  EXPECT_TRUE((*opened)->has("weights/model.onnx"));
  EXPECT_FALSE((*opened)->has("weights"));
  EXPECT_FALSE((*opened)->has("../" + os::file_name(root) + "/rdf.yaml"));
  EXPECT_EQ((*opened)->read("weights/model.onnx", {}).value().text(), "bytes");
  EXPECT_EQ(fault((*opened)->read("no", {})), "resource.no-such-file");
  EXPECT_EQ(fault((*opened)->read("../x", {})), "resource.bad-name");
  EXPECT_EQ(fault((*opened)->read(root + "/rdf.yaml", {})), "resource.bad-name");
  EXPECT_EQ(fault((*opened)->read("weights", {})), "resource.not-a-file");
}

TEST_F(ResourceFolder, LinksMayPointInsideOnly) {
  put("model/a", "inside");
  put("secret", "outside");
  put("model-too/a", "a folder whose name begins alike");
  link("a", "model/to-a");
  link("../secret", "model/out");
  link("../model-too", "model/out-folder");
  link(".", "model/circle");
  link("/dev/zero", "model/device");
  link("missing", "model/broken");
  const auto opened = open_folder(root + "/model", {});
  ASSERT_TRUE(opened.ok());
  EXPECT_EQ((*opened)->list().value(), (Names{"a", "to-a"}));
  EXPECT_EQ((*opened)->read("to-a", {}).value().text(), "inside");
  EXPECT_EQ((*opened)->read("circle/circle/a", {}).value().text(), "inside");
  EXPECT_EQ(fault((*opened)->read("out", {})), "resource.link-escapes");
  EXPECT_EQ(fault((*opened)->read("out-folder/a", {})), "resource.link-escapes");
  EXPECT_EQ(fault((*opened)->read("device", {})), "resource.link-escapes");
  EXPECT_EQ(fault((*opened)->read("broken", {})), "resource.no-such-file");
  EXPECT_FALSE((*opened)->has("out"));
  EXPECT_FALSE((*opened)->has("circle"));
}

TEST_F(ResourceFolder, FilesWithASecondNameAreNotTakenForGraphs) {
  put("model/a", "inside");
  put("secret", "outside");
  std::filesystem::create_hard_link(root + "/secret", root + "/model/hard");
  const auto opened = open_folder(root + "/model", {});
  ASSERT_TRUE(opened.ok());
  EXPECT_EQ(read_only_name(**opened, "a", {}).value().text(), "inside");
  EXPECT_EQ(fault(read_only_name(**opened, "hard", {})), "resource.second-name");
  EXPECT_EQ(fault(read_only_name(**opened, "missing", {})), "resource.no-such-file");
  EXPECT_EQ((*opened)->read("hard", {}).value().text(), "outside") << "files of descriptions may have many names";
}

TEST_F(ResourceFolder, TrustedNamesMayLeadOut) {
  put("model/a", "inside");
  put("secret", "outside");
  link("../secret", "model/out");
  const auto opened = open_folder_and_outside(root + "/model", {});
  ASSERT_TRUE(opened.ok());
  EXPECT_TRUE((*opened)->has("../secret"));
  EXPECT_EQ((*opened)->read("../secret", {}).value().text(), "outside");
  EXPECT_EQ((*opened)->read("out", {}).value().text(), "outside");
  EXPECT_EQ((*opened)->list().value(), (Names{"a", "out"}));
  EXPECT_FALSE((*opened)->has(root + "/secret"));
  EXPECT_EQ(fault((*opened)->read("../none", {})), "resource.no-such-file");
  EXPECT_EQ(fault((*opened)->read("..\\secret", {})), "resource.bad-name");
}

TEST_F(ResourceFolder, TheRootItselfMayBeALink) {
  put("model/a", "inside");
  link("model", "linked");
  const auto opened = open_folder(root + "/linked/", {});
  ASSERT_TRUE(opened.ok());
  EXPECT_EQ((*opened)->read("a", {}).value().text(), "inside");
}

TEST_F(ResourceFolder, LimitsOfFoldersAreNamed) {
  put("a/b/c/d", "1234");
  put("e", "");
  Context context;
  context.limits.depth = 2;
  EXPECT_EQ(fault((*open_folder(root, context))->list()), "resource.depth-limit");
  context.limits.depth = 3;
  context.limits.nodes = 4;
  EXPECT_EQ(fault((*open_folder(root, context))->list()), "resource.count-limit");
  context.limits.nodes = 5;
  EXPECT_EQ(fault((*open_folder(root, context))->list()), "");
  context.limits.model_bytes = 3;
  const auto large = (*open_folder(root, context))->read("a/b/c/d", context);
  ASSERT_EQ(fault(large), "resource.file-limit");
  EXPECT_NE(large.error().what.message.find("limits.model_bytes = 3"), std::string::npos);
}

TEST_F(ResourceFolder, OpenRootSeesFolderArchiveAndFile) {
  put("model/rdf.yaml", "name: x");
  put("model/a", "1");
  const Bytes archive = packed({member("rdf.yaml", "name: y")});
  put("model.zip", archive.text());
  put("model.bin", archive.text());
  put("text.czann", "no archive");
  EXPECT_EQ((*open_root(root + "/model", {}))->list().value(), (Names{"a", "rdf.yaml"}));
  EXPECT_EQ((*open_root(root + "/model/rdf.yaml", {}))->list().value(), (Names{"a", "rdf.yaml"}));
  EXPECT_EQ((*open_root(root + "/model.zip", {}))->description(), "archive " + root + "/model.zip");
  EXPECT_EQ((*open_root(root + "/model.bin", {}))->read("rdf.yaml", {}).value().text(), "name: y");
  const auto text = open_root(root + "/text.czann", {});
  EXPECT_EQ(fault(text), "zip.not-an-archive");
  EXPECT_EQ(text.error().what.file, root + "/text.czann");
  EXPECT_EQ(fault(open_root(root + "/missing", {})), "base.io");
  EXPECT_EQ(fault(open_folder(root + "/model.zip", {})), "resource.not-a-folder");
}

TEST(ResourceArchive, ReadsAnArchiveInAnArchive) {
  const Bytes inner = packed({member("saved_model.pb", "graph"), member("variables/variables.index", "index")});
  const Bytes outer = packed({member("model.json", "{}"), {"model.model", inner}});
  const auto root = open_archive(outer, "x.czann", {});
  ASSERT_TRUE(root.ok());
  EXPECT_EQ((*root)->list().value(), (Names{"model.json", "model.model"}));
  const auto nested = open_archive_in(**root, "model.model", {});
  ASSERT_TRUE(nested.ok());
  EXPECT_EQ((*nested)->description(), "archive x.czann/model.model");
  EXPECT_EQ((*nested)->read("variables/variables.index", {}).value().text(), "index");
  EXPECT_EQ(fault(open_archive_in(**root, "model.json", {})), "zip.not-an-archive");
  EXPECT_EQ(fault(open_archive_in(**root, "none", {})), "resource.no-such-file");
  EXPECT_EQ(fault((*root)->read("../model.json", {})), "resource.bad-name");
}

TEST(ResourceArchive, ErrorsNameTheArchive) {
  std::string bytes(packed({member("a", "content")}).text());
  bytes[32] = 'X';
  const auto root = open_archive(Bytes(bytes), "x.zip", {});
  ASSERT_TRUE(root.ok());
  const auto read = (*root)->read("a", {});
  ASSERT_EQ(fault(read), "zip.checksum");
  EXPECT_EQ(read.error().what.file, "x.zip");
  EXPECT_TRUE(read.error().what.span.has_value());
}

TEST(ResourceArchive, ServesManyThreads) {
  std::vector<archive::Member> members;
  for (int i = 0; i < 20; ++i) {
    members.push_back(
        {concat("f", i), Bytes(std::string(static_cast<std::size_t>(5000 + i), 'x')), archive::Method::kDeflated});
  }
  const auto root = open_archive(packed(members), "x.zip", {});
  ASSERT_TRUE(root.ok());
  std::vector<std::thread> threads;
  std::vector<int> good(4);
  for (std::size_t t = 0; t < good.size(); ++t) {
    threads.emplace_back([&, t] {
      for (int i = 0; i < 20; ++i)
        good[t] += (*root)->read(concat("f", i), {}).value().size() == static_cast<std::size_t>(5000 + i);
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(good, (std::vector<int>{20, 20, 20, 20}));
}

TEST(ResourceChecked, ComparesTheDigest) {
  const auto root = open_archive(packed({member("a", "content")}), "x.zip", {});
  ASSERT_TRUE(root.ok());
  const std::string digest = sha256_hex(as_bytes("content"));
  EXPECT_EQ(read_checked(**root, "a", digest, {}).value().text(), "content");
  std::string upper = digest;
  for (char& c : upper) c = static_cast<char>(std::toupper(c));
  EXPECT_TRUE(read_checked(**root, "a", upper, {}).ok());

  std::string other = digest;
  other[5] = other[5] == '0' ? '1' : '0';
  const auto wrong = read_checked(**root, "a", other, {});
  ASSERT_EQ(fault(wrong), "resource.sha256-mismatch");
  EXPECT_EQ(wrong.error().what.expected, other);
  EXPECT_EQ(wrong.error().what.found, digest);
  EXPECT_EQ(fault(read_checked(**root, "a", digest.substr(1), {})), "resource.sha256-form");
  EXPECT_EQ(fault(read_checked(**root, "none", digest, {})), "resource.no-such-file");
}

TEST(ResourceChecked, StopsWhenAsked) {
  const auto root = open_archive(packed({member("a", "content")}), "x.zip", {});
  std::stop_source stop;
  stop.request_stop();
  Context context;
  context.stop = stop.get_token();
  EXPECT_EQ(fault(read_checked(**root, "a", std::string(64, '0'), context)), "base.cancelled");
}

// A nested SavedModel as czmodel wrote it.
TEST(ResourceArchive, OpensARealNestedArchive) {
  ZOOPORT_NEEDS_SHARED();
  int nested = 0;
  for (const auto& file : std::filesystem::recursive_directory_iterator(zooport::testing::shared_folder() +
                                                                        "/data/czmodel/written/3.0.0")) {
    if (file.path().extension() != ".czann") continue;
    const auto root = open_root(file.path().string(), {});
    if (!root.ok() || !(*root)->has("model.model")) continue;
    const auto bytes = (*root)->read("model.model", {});
    ASSERT_TRUE(bytes.ok());
    if (!archive::looks_like_zip(bytes->span())) continue;
    const auto inner = open_archive_in(**root, "model.model", {});
    ASSERT_TRUE(inner.ok()) << file.path() << inner.error().what.message;
    EXPECT_TRUE((*inner)->has("saved_model.pb")) << file.path();
    ++nested;
  }
  EXPECT_GE(nested, 1);
}

}  // namespace
}  // namespace zooport::resource
