#pragma once

#include <string>

#include "zooport/archive/zip.hpp"
#include "zooport/base/lazy_sha256.hpp"
#include "zooport/base/os/file.hpp"
#include "zooport/convert/to_czann.hpp"

namespace zooport::convert {

// A file that is written, looked at, and only then put under its name. Unless it is, nothing is left of it.
class ZenFile {
 public:
  using IfPresent = CzannOptions::IfPresent;
  // Error (kIo, base.exists): there is one, and it may not be replaced.
  static Result<void> require_free(const std::string& dest, IfPresent if_present);
  static Result<ZenFile> create(const std::string& dest, IfPresent if_present);

  archive::Sink sink();  // lives no longer than this
  // What has been written, mapped where it is large: compared without a second copy in memory.
  Result<Bytes> read_back() const;
  // The SHA-256 of the file, which most callers never ask for.
  Result<LazySha256> commit();

 private:
  explicit ZenFile(os::AtomicFile file) : file_(std::move(file)) {}
  os::AtomicFile file_;
};

}  // namespace zooport::convert
