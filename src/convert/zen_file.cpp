#include "convert/zen_file.hpp"

#include <limits>

#include "zooport/base/text.hpp"

namespace zooport::convert {

Result<void> ZenFile::require_free(const std::string& dest, IfPresent if_present) {
  if (if_present == IfPresent::kReplace || os::status(dest).kind == os::FileKind::kMissing) return {};
  return make_error(ErrorKind::kIo, "base.exists",
                    concat(printable(dest), " exists already; give another name, or --overwrite"));
}

Result<ZenFile> ZenFile::create(const std::string& dest, IfPresent if_present) {
  ZOOPORT_TRY(require_free(dest, if_present));
  ZOOPORT_TRY_ASSIGN(os::AtomicFile file, os::AtomicFile::create(dest, if_present == IfPresent::kReplace));
  return ZenFile(std::move(file));
}

archive::Sink ZenFile::sink() {
  return [this](std::span<const std::byte> piece) { return file_.write(piece); };
}

Result<Bytes> ZenFile::read_back() const {
  return os::read_file(file_.temporary_path(), std::numeric_limits<std::uint64_t>::max());
}

Result<LazySha256> ZenFile::commit() {
  ZOOPORT_TRY_ASSIGN(Bytes written, read_back());
  ZOOPORT_TRY(file_.commit());
  return LazySha256(std::move(written));
}

}  // namespace zooport::convert
