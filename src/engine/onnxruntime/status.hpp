#pragma once

#include <string>
#include <string_view>

#include "engine/onnxruntime/abi.hpp"
#include "zooport/base/result.hpp"

namespace zooport::engine::ort {

// An error status of the library, taken over and released.
struct Failure {
  int code = 0;  // 0: none
  std::string message;
};
Failure take(const Api& api, Status* status);

// Without the places in the library's sources that its messages begin with, and safe to print.
std::string cleaned(std::string_view message);

Error load_error(const Failure& failure);
Error run_error(const Failure& failure);

// Leaves the enclosing function with load_error() if the call gave a status.
#define ZOOPORT_ORT_LOAD(api, call)                                                   \
  do {                                                                                \
    if (const Failure zooport_failure_ = take(api, call); zooport_failure_.code != 0) \
      return load_error(zooport_failure_);                                            \
  } while (false)
#define ZOOPORT_ORT_RUN(api, call)                                                    \
  do {                                                                                \
    if (const Failure zooport_failure_ = take(api, call); zooport_failure_.code != 0) \
      return run_error(zooport_failure_);                                             \
  } while (false)

}  // namespace zooport::engine::ort
