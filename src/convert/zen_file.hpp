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

// Writes the package and looks at it with `verify`. Nothing is left of the file unless everything has gone well, or it
// has to be written anyway.
template <class Package, class Verify>
Result<void> write_verified(const Package& package, const std::string& dest, const CzannOptions& options,
                            const Verify& verify, ConversionReport& report, const Context& context) {
  ZOOPORT_TRY_ASSIGN(ZenFile file, ZenFile::create(dest, options.if_present));
  ZOOPORT_TRY(czann::write(package, file.sink(), context));
  ZOOPORT_TRY(verify(file));
  const bool forces = options.on_failure == CzannOptions::OnFailure::kWriteAnyway;
  if (report.verification.status == Verification::Status::kFailed && !forces) return {};
  ZOOPORT_TRY_ASSIGN(report.sha256, file.commit());
  return {};
}

}  // namespace zooport::convert
