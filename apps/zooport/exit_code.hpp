#pragma once

#include <algorithm>

#include "zooport/base/result.hpp"
#include "zooport/bioimageio/description.hpp"

namespace zooport::app {

enum class Exit : int {
  kFine = 0,
  kInvalid = 1,  // the document or file is invalid, or the model's outputs differ
  kUsage = 2,
  kIo = 3,  // a source cannot be read, or a destination written
  kUnsupported = 4,
  kInternal = 5,
  kStopped = 130,  // by Ctrl-C
};

// Of several sources.
inline Exit worse(Exit a, Exit b) { return std::max(a, b); }

inline Exit exit_of(ErrorKind kind) {
  switch (kind) {
    case ErrorKind::kInvalid: return Exit::kInvalid;
    case ErrorKind::kUsage: return Exit::kUsage;
    case ErrorKind::kIo: return Exit::kIo;
    case ErrorKind::kUnsupported: return Exit::kUnsupported;
    case ErrorKind::kCancelled: return Exit::kStopped;
    case ErrorKind::kInternal: break;
  }
  return Exit::kInternal;
}

inline Exit exit_of(bioimageio::Status status) {
  switch (status) {
    case bioimageio::Status::kValid: return Exit::kFine;
    case bioimageio::Status::kInvalid: return Exit::kInvalid;
    case bioimageio::Status::kUnsupported: return Exit::kUnsupported;
    case bioimageio::Status::kUnreadable: break;
  }
  return Exit::kIo;
}

}  // namespace zooport::app
