#include "zooport/convert/unpack.hpp"

#include "zooport/archive/zip.hpp"
#include "zooport/base/os/file.hpp"
#include "zooport/base/text.hpp"
#include "zooport/convert/open.hpp"
#include "zooport/resource/collection.hpp"
#include "zooport/resource/remote.hpp"

namespace zooport::convert {
namespace {

Result<std::shared_ptr<resource::Root>> root_of(const std::string& source, const Context& context) {
  const os::FileKind kind = os::status(source).kind;
  if (kind == os::FileKind::kFolder) return resource::open_folder(source, context);
  Bytes bytes;
  if (kind == os::FileKind::kMissing && resource::is_web_url(source) && !resource::looks_like_id(source)) {
    ZOOPORT_TRY_ASSIGN(resource::Fetched fetched,
                       resource::fetch(source, {.max_bytes = context.limits.model_bytes}, context));
    bytes = std::move(fetched.bytes);
  } else if (kind == os::FileKind::kMissing) {
    ZOOPORT_TRY_ASSIGN(Opened opened, open_source(source, context));
    if (os::status(opened.location).kind == os::FileKind::kFolder) return opened.root;
    bytes = std::move(opened.bytes);
  } else {
    ZOOPORT_TRY_ASSIGN(bytes, os::read_file(source, context.limits.model_bytes));
  }
  if (!archive::looks_like_zip(bytes.span()))
    return make_error(ErrorKind::kInvalid, "convert.no-archive",
                      concat("expected a ZIP archive or a folder to unpack, found another file: ", printable(source)));
  return resource::open_archive(bytes, source, context);
}

}  // namespace

Result<Unpacked> unpack_source(const std::string& source, const std::string& folder,
                               const resource::UnpackOptions& options, const Context& context) {
  Unpacked unpacked{.source = source, .folder = folder};
  ZOOPORT_TRY_ASSIGN(const std::shared_ptr<resource::Root> root, root_of(source, context));
  ZOOPORT_TRY_ASSIGN(unpacked.files, resource::unpack(*root, folder, options, context));
  return unpacked;
}

}  // namespace zooport::convert
