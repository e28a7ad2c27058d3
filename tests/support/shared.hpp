#pragma once

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <string>

namespace zooport::testing {

// The folder with recorded oracles: $ZOOPORT_SHARED, or ../shared beside the checkout; empty if it is absent.
inline std::string shared_folder() {
  if (const char* set = std::getenv("ZOOPORT_SHARED")) return set;
  const std::string beside = ZOOPORT_SOURCE_DIR "/../shared";
  return std::filesystem::exists(beside) ? beside : "";
}

// Skips the test with a reason on a user's machine; in CI an absent folder is a failure.
#define ZOOPORT_NEEDS_SHARED()                                                            \
  do {                                                                                    \
    if (::zooport::testing::shared_folder().empty()) {                                    \
      if (std::getenv("CI")) FAIL() << "../shared is absent";                             \
      GTEST_SKIP() << "needs ../shared (recorded oracles), which is not on this machine"; \
    }                                                                                     \
  } while (false)

}  // namespace zooport::testing
