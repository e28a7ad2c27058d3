#include <algorithm>

#include "resource/name.hpp"
#include "zooport/base/os/file.hpp"
#include "zooport/base/sha256.hpp"
#include "zooport/base/text.hpp"
#include "zooport/resource/resource.hpp"

namespace zooport::resource {
namespace {

constexpr std::size_t kPiece = 1u << 20;

// Endings of which a file that is no archive is damaged rather than something else.
bool promises_archive(std::string_view path) {
  for (const std::string_view ending : {".zip", ".czann", ".czseg", ".czmodel"}) {
    if (ends_with_ignoring_case(path, ending)) return true;
  }
  return false;
}

bool is_sha256(std::string_view text) {
  return text.size() == 64 &&
         std::all_of(text.begin(), text.end(), [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); });
}

Result<void> in_pieces(const Bytes& bytes, const Sink& sink, const Context& context) {
  for (std::size_t at = 0; at < bytes.size(); at += kPiece) {
    if (context.stopped()) return Context::cancelled();
    ZOOPORT_TRY(sink(bytes.span().subspan(at, std::min(kPiece, bytes.size() - at))));
  }
  return {};
}

}  // namespace

Result<void> Root::stream(const std::string& name, const Sink& sink, const Context& context) const {
  ZOOPORT_TRY_ASSIGN(const Bytes bytes, read(name, context));
  return in_pieces(bytes, sink, context);
}

bool Root::has_second_name(const std::string& /*name*/) const { return false; }

Result<Bytes> read_only_name(const Root& root, const std::string& name, const Context& context) {
  if (root.has_second_name(name)) {
    return make_error(
        ErrorKind::kInvalid, "resource.second-name",
        concat("'", printable(name), "' of ", root.description(), " has more than one name (a hard link); copy it"));
  }
  return root.read(name, context);
}

Result<std::shared_ptr<Root>> open_archive_in(const Root& outer, const std::string& name, const Context& context) {
  ZOOPORT_TRY_ASSIGN(const Bytes bytes, outer.read(name, context));
  const std::string_view where = outer.description();
  return open_archive(bytes, concat(where.substr(where.find(' ') + 1), "/", printable(name)), context);
}

Result<std::shared_ptr<Root>> open_root(const std::string& path, const Context& context) {
  const os::FileStatus about = os::status(path);
  if (about.kind == os::FileKind::kFolder) return open_folder(path, context);
  ZOOPORT_TRY_ASSIGN(const Bytes bytes, os::read_file(path, context.limits.archive_bytes));
  if (archive::looks_like_zip(bytes.span()) || promises_archive(path)) return open_archive(bytes, path, context);
  const std::string folder = os::parent_path(path);
  return open_folder(folder.empty() ? "." : folder, context);
}

Result<Bytes> read_checked(const Root& root, const std::string& name, const std::string& sha256,
                           const Context& context) {
  const std::string expected = to_lower(sha256);
  if (!is_sha256(expected)) {
    return make_error(ErrorKind::kInvalid, "resource.sha256-form",
                      concat("'", printable(sha256), "' is not a SHA-256: 64 hexadecimal digits"));
  }
  ZOOPORT_TRY_ASSIGN(const Bytes bytes, root.read(name, context));
  Sha256 hash;
  const auto add = [&](std::span<const std::byte> piece) {
    hash.update(piece);
    return Result<void>();
  };
  ZOOPORT_TRY(in_pieces(bytes, add, context));
  const std::string found = hash.hex();
  if (found == expected) return bytes;
  Error error = make_error(ErrorKind::kInvalid, "resource.sha256-mismatch",
                           concat("'", printable(name), "' of ", root.description(),
                                  " is not the file that the description means: its SHA-256 differs"));
  error.what.expected = expected;
  error.what.found = found;
  error.what.file = name;
  return error;
}

}  // namespace zooport::resource
