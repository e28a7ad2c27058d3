#include "archive/libzip.hpp"

#include "zooport/base/os/shared_library.hpp"
#include "zooport/base/text.hpp"

namespace zooport::archive {
namespace {

template <class Function>
bool load(const os::SharedLibrary& library, const char* name, Function& function) {
  function = reinterpret_cast<Function>(library.find(name));
  return function != nullptr;
}

}  // namespace

Result<Libzip> load_libzip(const std::vector<std::string>& names) {
  auto library = os::SharedLibrary::open(names);
  if (!library.ok()) {
    Error error = make_error(ErrorKind::kUnsupported, "zip.no-libzip",
                             "ZIP archives need the library libzip, which is not on this machine");
    error.what.help = "install it, e.g. with `apt install libzip4`";
    return error;
  }
  Libzip table;
  const bool complete =
      load(*library, "zip_error_init", table.error_init) && load(*library, "zip_error_fini", table.error_fini) &&
      load(*library, "zip_error_strerror", table.error_strerror) &&
      load(*library, "zip_source_buffer_create", table.source_buffer_create) &&
      load(*library, "zip_source_free", table.source_free) &&
      load(*library, "zip_open_from_source", table.open_from_source) && load(*library, "zip_discard", table.discard) &&
      load(*library, "zip_get_num_entries", table.get_num_entries) &&
      load(*library, "zip_get_error", table.get_error) && load(*library, "zip_fopen_index", table.fopen_index) &&
      load(*library, "zip_fread", table.fread) && load(*library, "zip_fclose", table.fclose) &&
      load(*library, "zip_file_get_error", table.file_get_error);
  if (!complete) {
    return make_error(ErrorKind::kUnsupported, "zip.no-libzip",
                      concat("the library ", library->path(), " lacks a function; libzip 1.0 or later is needed"));
  }
  return table;
}

Result<const Libzip*> libzip() {
  static const Result<Libzip> table = load_libzip({"libzip.so.5", "libzip.so.4"});
  if (!table.ok()) return table.error();
  return &table.value();
}

}  // namespace zooport::archive
