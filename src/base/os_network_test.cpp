#include <gtest/gtest.h>

#include <atomic>
#include <cstdlib>
#include <filesystem>
#include <thread>

#include "tests/support/temporary_folder.hpp"
#include "zooport/base/os/address.hpp"
#include "zooport/base/os/file.hpp"
#include "zooport/base/os/file_lock.hpp"
#include "zooport/base/os/growing_file.hpp"

namespace zooport::os {
namespace {

struct OsNetwork : ::testing::Test {
  const zooport::testing::TemporaryFolder temporary;
  const std::string folder = temporary.path();
};

TEST(OsAddress, KnowsWhatTheInternetReaches) {
  for (const char* host : {"8.8.8.8", "1.1.1.1", "172.15.255.255", "172.32.0.1", "192.167.1.1", "100.63.0.1",
                           "2606:4700::1111", "[2a00::1]", "::ffff:8.8.8.8", "64:ff9b::808:808", "2002:808:808::1"})
    EXPECT_EQ(is_public_literal(host), true) << host;
  for (const char* host : {"127.0.0.1",
                           "127.1",
                           "2130706433",
                           "0x7f000001",
                           "0177.0.0.1",
                           "0.0.0.0",
                           "10.1.2.3",
                           "172.16.0.1",
                           "172.31.255.255",
                           "192.168.0.1",
                           "169.254.169.254",
                           "100.64.0.1",
                           "224.0.0.1",
                           "255.255.255.255",
                           "192.0.2.1",
                           "198.18.0.1",
                           "::1",
                           "[::1]",
                           "::",
                           "fe80::1",
                           "fc00::1",
                           "fd12::1",
                           "ff02::1",
                           "::ffff:127.0.0.1",
                           "::ffff:10.0.0.1",
                           "64:ff9b::7f00:1",
                           "2002:7f00:1::1",
                           "2001:db8::1",
                           "2001::1",
                           "::127.0.0.1"})
    EXPECT_EQ(is_public_literal(host), false) << host;
  for (const char* host : {"localhost", "example.com", "1.2.3.4.5", "", "127.0.0.1.example"})
    EXPECT_EQ(is_public_literal(host), std::nullopt) << host;
  const char nothing[4] = {};
  EXPECT_FALSE(is_public_address(nothing, sizeof nothing));
}

TEST_F(OsNetwork, ALockIsHeldByOne) {
  const std::string path = folder + "/lock";
  int inside = 0;  // guarded by the lock alone
  std::vector<std::thread> threads;
  std::atomic<bool> went_wrong = false;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&] {
      for (int i = 0; i < 20; ++i) {
        const auto lock = FileLock::acquire(path, {});
        if (!lock.ok() || ++inside != 1) went_wrong = true;
        std::this_thread::yield();
        if (--inside != 0) went_wrong = true;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_FALSE(went_wrong);

  const auto held = FileLock::acquire(path, {});
  ASSERT_TRUE(held.ok());
  std::stop_source stop;
  stop.request_stop();
  const auto given_up = FileLock::acquire(path, stop.get_token());
  ASSERT_FALSE(given_up.ok());
  EXPECT_EQ(given_up.error().what.id, "base.cancelled");
  EXPECT_EQ(FileLock::acquire(folder + "/none/lock", {}).error().what.id, "base.io");
}

TEST_F(OsNetwork, AGrowingFileStaysAndGoesOn) {
  {
    auto file = GrowingFile::open(folder + "/part");
    ASSERT_TRUE(file.ok());
    ASSERT_TRUE(file->append(as_bytes("hello")).ok());
  }
  auto file = GrowingFile::open(folder + "/part");
  ASSERT_TRUE(file.ok());
  EXPECT_EQ(file->size(), 5u);
  ASSERT_TRUE(file->append(as_bytes(" you")).ok());
  EXPECT_EQ(file->size(), 9u);
  ASSERT_TRUE(file->move_to(folder + "/whole").ok());
  EXPECT_EQ(read_file(folder + "/whole", 100)->text(), "hello you");
  EXPECT_EQ(status(folder + "/part").kind, FileKind::kMissing);

  auto again = GrowingFile::open(folder + "/part");
  ASSERT_TRUE(again->append(as_bytes("x")).ok());
  ASSERT_TRUE(again->clear().ok());
  ASSERT_TRUE(again->append(as_bytes("yz")).ok());
  EXPECT_EQ(read_file(folder + "/part", 100)->text(), "yz");
  std::filesystem::create_symlink("whole", folder + "/link");
  EXPECT_EQ(GrowingFile::open(folder + "/link").error().what.id, "base.io");
}

}  // namespace
}  // namespace zooport::os
