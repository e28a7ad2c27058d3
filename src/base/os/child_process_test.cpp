#include <gtest/gtest.h>
#include <signal.h>

#include <array>
#include <string>
#include <thread>

#include "zooport/base/os/channel.hpp"

namespace zooport::os {
namespace {

using namespace std::chrono_literals;

// Whether it runs; one that has ended and that nobody has waited for does not.
bool is_there(pid_t process) {
  const std::string file = "/proc/" + std::to_string(process) + "/stat";
  std::FILE* stat = std::fopen(file.c_str(), "r");
  if (!stat) return false;
  char state = 'X';
  const bool is_read = std::fscanf(stat, "%*d (%*[^)]) %c", &state) == 1;
  std::fclose(stat);
  return is_read && state != 'Z' && state != 'X';
}

TEST(ChildProcess, WhatItHasStartedEndsWithIt) {
  // The shell says the number of a process that outlives it.
  auto shell = ChildProcess::start("/bin/sh", {"-c", "sleep 1000 & printf '%08d' $! >&0"});
  ASSERT_TRUE(shell.ok()) << shell.error().what.message;
  std::array<char, 8> digits{};
  ASSERT_EQ(shell->channel().read(std::as_writable_bytes(std::span(digits)), {}), Channel::Outcome::kDone);
  const pid_t started = std::stoi(std::string(digits.data(), digits.size()));
  ASSERT_TRUE(is_there(started));
  EXPECT_EQ(shell->end(10s), "ended with exit code 0");
  EXPECT_EQ(shell->exit_code(), 0);
  for (int i = 0; i < 1000 && is_there(started); ++i) std::this_thread::sleep_for(5ms);
  EXPECT_FALSE(is_there(started));
}

TEST(ChildProcess, SaysHowItEnded) {
  auto dies = ChildProcess::start("/bin/sh", {"-c", "kill -9 $$"});
  ASSERT_TRUE(dies.ok());
  EXPECT_NE(dies->end(10s).find("signal 9"), std::string::npos);
  auto waits = ChildProcess::start("/bin/sh", {"-c", "sleep 1000"});
  ASSERT_TRUE(waits.ok());
  EXPECT_EQ(waits->end(0s), "did not end by itself");
  EXPECT_FALSE(waits->exit_code());
}

}  // namespace
}  // namespace zooport::os
