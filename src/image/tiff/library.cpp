#include "image/tiff/library.hpp"

#include "zooport/base/os/shared_library.hpp"
#include "zooport/base/text.hpp"

namespace zooport::image::tiff {
namespace {

template <class F>
bool find(const os::SharedLibrary& from, const char* name, F& function) {
  function = reinterpret_cast<F>(from.find(name));
  return function != nullptr;
}

Result<Library> load() {
  ZOOPORT_TRY_ASSIGN(const os::SharedLibrary from, os::SharedLibrary::open({"libtiff.so.6", "libtiff.so.5"}));
  Library table{};
  const bool complete =
      find(from, "TIFFClientOpen", table.client_open) && find(from, "TIFFClose", table.close) &&
      find(from, "TIFFSetErrorHandler", table.set_error_handler) &&
      find(from, "TIFFSetWarningHandler", table.set_warning_handler) && find(from, "TIFFGetField", table.get_field) &&
      find(from, "TIFFGetFieldDefaulted", table.get_field_defaulted) && find(from, "TIFFSetField", table.set_field) &&
      find(from, "TIFFReadDirectory", table.read_directory) &&
      find(from, "TIFFSetSubDirectory", table.set_sub_directory) &&
      find(from, "TIFFCurrentDirOffset", table.current_directory_offset) && find(from, "TIFFIsTiled", table.is_tiled) &&
      find(from, "TIFFIsBigEndian", table.is_big_endian) &&
      find(from, "TIFFIsCODECConfigured", table.is_codec_configured) &&
      find(from, "TIFFNumberOfTiles", table.number_of_tiles) &&
      find(from, "TIFFNumberOfStrips", table.number_of_strips) &&
      find(from, "TIFFReadEncodedTile", table.read_encoded_tile) &&
      find(from, "TIFFReadEncodedStrip", table.read_encoded_strip) &&
      find(from, "TIFFGetStrileOffset", table.block_offset) &&
      find(from, "TIFFGetStrileByteCount", table.block_byte_count);
  if (!complete) {
    return make_error(ErrorKind::kUnsupported, "base.library-missing",
                      concat(from.path(), " is too old to read TIFF files with; install libtiff 4.1 or later"));
  }
  const bool with_options = find(from, "TIFFClientOpenExt", table.client_open_with) &&
                            find(from, "TIFFOpenOptionsAlloc", table.options_new) &&
                            find(from, "TIFFOpenOptionsFree", table.options_free) &&
                            find(from, "TIFFOpenOptionsSetMaxSingleMemAlloc", table.options_set_most_memory) &&
                            find(from, "TIFFOpenOptionsSetErrorHandlerExtR", table.options_set_error_handler) &&
                            find(from, "TIFFOpenOptionsSetWarningHandlerExtR", table.options_set_warning_handler);
  if (!with_options) {
    // Older libraries only have handlers for the whole process, which print: a library must not.
    table.client_open_with = nullptr;
    table.set_error_handler(nullptr);
    table.set_warning_handler(nullptr);
  }
  return table;
}

}  // namespace

Result<const Library*> library() {
  static const Result<Library> kLoaded = load();
  if (!kLoaded.ok()) return kLoaded.error();
  return &kLoaded.value();
}

}  // namespace zooport::image::tiff
