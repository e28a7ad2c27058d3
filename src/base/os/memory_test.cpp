#include "zooport/base/os/memory.hpp"

#include <gtest/gtest.h>
#include <sys/resource.h>

#include "zooport/base/os/process.hpp"

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr bool kIsSanitized = true;
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer) || __has_feature(memory_sanitizer)
constexpr bool kIsSanitized = true;
#else
constexpr bool kIsSanitized = false;
#endif
#else
constexpr bool kIsSanitized = false;
#endif

namespace zooport::os {

TEST(FreeMemory, IsWhatTheMachineAndLimitsLeave) {
  const FreeMemory free = free_memory();
  EXPECT_GT(free.total, 0u);
  EXPECT_LE(free.total, memory_bytes());
  EXPECT_LE(free.writable, free.total);
}

TEST(FreeMemory, FollowsTheLimitOfTheProcess) {
  if (kIsSanitized) GTEST_SKIP() << "sanitizers reserve more memory than any limit";
  rlimit before{};
  ASSERT_EQ(::getrlimit(RLIMIT_DATA, &before), 0);
  rlimit less = before;
  less.rlim_cur = free_memory().total / 2;
  ASSERT_EQ(::setrlimit(RLIMIT_DATA, &less), 0);
  const FreeMemory limited = free_memory();
  ASSERT_EQ(::setrlimit(RLIMIT_DATA, &before), 0);
  EXPECT_LT(limited.writable, less.rlim_cur);
}

}  // namespace zooport::os
