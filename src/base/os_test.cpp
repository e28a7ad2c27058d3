#include <gtest/gtest.h>

#include <algorithm>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <thread>

#include "zooport/base/os/file.hpp"
#include "zooport/base/os/holes.hpp"
#include "zooport/base/os/process.hpp"
#include "zooport/base/os/shared_library.hpp"

namespace zooport::os {
namespace {

class Os : public ::testing::Test {
 protected:
  void SetUp() override {
    folder_ = join_path(temporary_folder(), "zooport-os-" +
                                                std::to_string(::testing::UnitTest::GetInstance()->random_seed()) +
                                                ::testing::UnitTest::GetInstance()->current_test_info()->name());
    std::filesystem::remove_all(folder_);
    std::filesystem::create_directories(folder_);
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }
  std::string at(const std::string& name) const { return join_path(folder_, name); }
  std::size_t files() const { return list_folder(folder_)->size(); }
  std::string folder_;
};

TEST_F(Os, AtomicFileAppearsOnlyOnCommit) {
  {
    auto file = AtomicFile::create(at("a"), false);
    ASSERT_TRUE(file.ok());
    ASSERT_TRUE(file->write(as_bytes("hello")).ok());
    EXPECT_EQ(status(at("a")).kind, FileKind::kMissing);
  }
  EXPECT_EQ(files(), 0u) << "an uncommitted file leaves nothing";
  ASSERT_TRUE(write_file_atomically(at("a"), as_bytes("one"), false).ok());
  EXPECT_EQ(read_file(at("a"), 100)->text(), "one");
  const auto again = write_file_atomically(at("a"), as_bytes("two"), false);
  ASSERT_FALSE(again.ok());
  EXPECT_EQ(again.error().what.id, "base.exists");
  EXPECT_EQ(read_file(at("a"), 100)->text(), "one");
  ASSERT_TRUE(write_file_atomically(at("a"), as_bytes("two"), true).ok());
  EXPECT_EQ(read_file(at("a"), 100)->text(), "two");
  EXPECT_EQ(AtomicFile::create("/dev/null", true).error().what.id, "base.not-a-file");
  EXPECT_EQ(files(), 1u);
}

TEST_F(Os, StoredPartsLeaveHolesOut) {
  constexpr std::size_t kSize = 64u << 20;
  constexpr std::size_t kPlace = 40u << 20;
  auto file = AtomicFile::create(at("sparse"), false);
  ASSERT_TRUE(file.ok());
  ASSERT_TRUE(file->write_at(kPlace, as_bytes("stored")).ok());
  ASSERT_TRUE(file->write_at(kSize - 1, as_bytes("!")).ok());
  ASSERT_TRUE(file->commit().ok());
  const auto bytes = read_file(at("sparse"), kSize);
  ASSERT_TRUE(bytes.ok());
  const auto covers = [](const std::vector<std::span<const std::byte>>& parts, const std::byte* place) {
    return std::any_of(parts.begin(), parts.end(),
                       [&](const auto& part) { return place >= part.data() && place < part.data() + part.size(); });
  };
  const auto parts = stored_parts(bytes->span());
  EXPECT_TRUE(covers(parts, bytes->data() + kPlace));
  EXPECT_TRUE(covers(parts, bytes->data() + kSize - 1));
  std::size_t stored = 0;
  for (const auto& part : parts) stored += part.size();
  if (stored == kSize) GTEST_SKIP() << "the temporary folder knows no holes in files";
  EXPECT_LT(stored, 2u << 20);

  // Any part of the mapping; what begins in the middle of something stored begins there.
  const auto inner = stored_parts(bytes->slice(kPlace + 2, 3).span());
  ASSERT_EQ(inner.size(), 1u);
  EXPECT_EQ(inner[0].data(), bytes->data() + kPlace + 2);
  EXPECT_EQ(inner[0].size(), 3u);
  EXPECT_TRUE(stored_parts(bytes->slice(0, 1000).span()).empty());
  EXPECT_TRUE(stored_parts({}).empty());
  // Other memory counts as a whole.
  const std::string text(100, '\0');
  ASSERT_EQ(stored_parts(as_bytes(text)).size(), 1u);
  EXPECT_EQ(stored_parts(as_bytes(text))[0].size(), 100u);
}

TEST_F(Os, AtomicFileDoesNotReplaceAFileThatAppearsMeanwhile) {
  auto file = AtomicFile::create(at("a"), false);
  ASSERT_TRUE(file.ok());
  std::ofstream(at("a")) << "other";
  ASSERT_FALSE(file->commit().ok());
  EXPECT_EQ(read_file(at("a"), 100)->text(), "other");
}

TEST_F(Os, AtomicFolderAppearsOnlyOnCommit) {
  {
    auto folder = AtomicFolder::create(at("d"));
    ASSERT_TRUE(folder.ok());
    std::ofstream(join_path(folder->path(), "x")) << "x";
  }
  EXPECT_EQ(files(), 0u);
  auto folder = AtomicFolder::create(at("d"));
  std::ofstream(join_path(folder->path(), "x")) << "x";
  ASSERT_TRUE(folder->commit().ok());
  EXPECT_EQ(read_file(at("d/x"), 100)->text(), "x");
  EXPECT_EQ(AtomicFolder::create(at("d")).error().what.id, "base.exists");
}

TEST_F(Os, ReadFileKeepsItsLimitAndNamesTheReason) {
  std::ofstream(at("a")) << std::string(1000, 'x');
  EXPECT_EQ(read_file(at("a"), 999).error().what.id, "base.file-too-large");
  EXPECT_EQ(read_file(at("a"), 1000)->size(), 1000u);
  EXPECT_EQ(read_file(at("none"), 10).error().what.id, "base.io");
  EXPECT_EQ(read_file(folder_, 10).error().what.id, "base.io");
  EXPECT_EQ(read_file("/dev/zero", 1000).error().what.id, "base.not-a-file");
  EXPECT_EQ(read_file("/proc/self/status", 1u << 20)->text().substr(0, 5), "Name:") << "a file that tells no size";
}

TEST_F(Os, LargeFilesAreMappedAndEqual) {
  const std::string text(3u << 20, 'y');
  std::ofstream(at("a")) << text;
  EXPECT_EQ(read_file(at("a"), 1u << 30)->text(), text);
}

TEST(OsPath, JoinsAndSplits) {
  EXPECT_EQ(join_path("a/", "b"), "a/b");
  EXPECT_EQ(join_path("a", "/b"), "/b");
  EXPECT_EQ(parent_path("/a"), "/");
  EXPECT_EQ(parent_path("a"), "");
  EXPECT_EQ(parent_path("a/b/"), "a");
  EXPECT_EQ(file_name("a/b/"), "b");
}

TEST(OsLibrary, MissingLibraryIsAnErrorThatNamesIt) {
  const auto library = SharedLibrary::open({"libzooport-none.so.1", "relative/never.so"});
  ASSERT_FALSE(library.ok());
  EXPECT_EQ(library.error().what.id, "base.library-missing");
  EXPECT_NE(library.error().what.message.find("libzooport-none.so.1"), std::string::npos);
  const auto c = SharedLibrary::open({"libc.so.6"});
  ASSERT_TRUE(c.ok());
  EXPECT_NE(c->find("malloc"), nullptr);
  EXPECT_EQ(c->find("zooport_no_such_symbol"), nullptr);
}

TEST(OsSignals, FirstSignalSetsTheStopToken) {
  const std::stop_token token = stop_on_signals();
  EXPECT_FALSE(token.stop_requested());
  std::raise(SIGINT);
  for (int i = 0; i < 1000 && !token.stop_requested(); ++i) std::this_thread::sleep_for(std::chrono::milliseconds(5));
  EXPECT_TRUE(token.stop_requested());
}

TEST(OsProcess, KnowsTheMachine) {
  EXPECT_GE(processor_count(), 1u);
  EXPECT_GT(memory_bytes(), 1u << 28);
  EXPECT_GT(peak_memory_bytes(), 1u << 18);
  EXPECT_EQ(file_name(executable_path()), "base_test");
}

}  // namespace
}  // namespace zooport::os
