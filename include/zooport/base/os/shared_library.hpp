#pragma once

#include <memory>
#include <string>
#include <vector>

#include "zooport/base/result.hpp"

namespace zooport::os {

// A shared library that is opened when it is first needed, so that programs that do not need it do not pay for it.
// Stays open until the end of the process: libraries of this kind rarely survive being closed.
class SharedLibrary {
 public:
  // The first of `names` that opens: a file name that the system looks up, or an absolute path. The current folder is
  // never searched.
  static Result<SharedLibrary> open(const std::vector<std::string>& names);

  void* find(const char* symbol) const;  // null if there is none
  const std::string& path() const { return path_; }

 private:
  void* handle_ = nullptr;
  std::string path_;
};

}  // namespace zooport::os
