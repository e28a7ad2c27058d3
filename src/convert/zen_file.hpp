#pragma once

#include <string>

#include "zooport/archive/zip.hpp"
#include "zooport/base/os/file.hpp"
#include "zooport/base/sha256.hpp"
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
  // What has been written. Keep nothing of it when commit() is called.
  Result<Bytes> read_back() const;
  // The SHA-256 of the file.
  Result<std::string> commit();

 private:
  explicit ZenFile(os::AtomicFile file) : file_(std::move(file)) {}
  os::AtomicFile file_;
  Sha256 hash_;
};

}  // namespace zooport::convert
