#include "resource/name.hpp"

#include "zooport/archive/name.hpp"
#include "zooport/base/text.hpp"
#include "zooport/resource/resource.hpp"

namespace zooport::resource {

std::string refuse_name(std::string_view name) {
  if (const auto wrong = archive::check_name(name)) return wrong->message;
  if (name.ends_with('/')) return "ends in '/': it names a folder";
  return {};
}

Result<void> check_file_name(const std::string& name) {
  const std::string why = refuse_name(name);
  if (why.empty()) return {};
  return make_error(ErrorKind::kInvalid, "resource.bad-name", concat("file name '", printable(name), "' ", why));
}

Error no_such_file(const Root& root, const std::string& name) {
  Error error = make_error(ErrorKind::kIo, "resource.no-such-file",
                           concat(root.description(), " has no file '", printable(name), "'"));
  error.what.file = name;
  return error;
}

}  // namespace zooport::resource
