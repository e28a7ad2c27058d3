#pragma once

#include <gtest/gtest.h>

#include <cstdlib>
#include <memory>

#include "zooport/engine/engine.hpp"

namespace zooport::testing {

// The engine of the machine; null where ONNX Runtime is not installed.
inline std::shared_ptr<engine::Engine> installed_engine() {
  auto opened = engine::open_onnxruntime("", Context{});
  return opened ? *opened : nullptr;
}

// Skips the test with a reason on a user's machine; in CI an absent engine is a failure.
#define ZOOPORT_NEEDS_ENGINE()                                            \
  do {                                                                    \
    if (!::zooport::testing::installed_engine()) {                        \
      if (std::getenv("CI")) FAIL() << "ONNX Runtime is absent";          \
      GTEST_SKIP() << "needs ONNX Runtime, which is not on this machine"; \
    }                                                                     \
  } while (false)

}  // namespace zooport::testing
