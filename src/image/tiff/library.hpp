#pragma once

#include <tiffio.h>

#include "zooport/base/result.hpp"

namespace zooport::image::tiff {

// The functions of libtiff that are used, found when the first TIFF is read. The second group exists since 4.5 and is
// null in older libraries.
struct Library {
  decltype(&::TIFFClientOpen) client_open;
  decltype(&::TIFFClose) close;
  decltype(&::TIFFSetErrorHandler) set_error_handler;
  decltype(&::TIFFSetWarningHandler) set_warning_handler;
  decltype(&::TIFFGetField) get_field;
  decltype(&::TIFFGetFieldDefaulted) get_field_defaulted;
  decltype(&::TIFFSetField) set_field;
  decltype(&::TIFFReadDirectory) read_directory;
  decltype(&::TIFFSetSubDirectory) set_sub_directory;
  decltype(&::TIFFCurrentDirOffset) current_directory_offset;
  decltype(&::TIFFIsTiled) is_tiled;
  decltype(&::TIFFIsBigEndian) is_big_endian;
  decltype(&::TIFFIsCODECConfigured) is_codec_configured;
  decltype(&::TIFFNumberOfTiles) number_of_tiles;
  decltype(&::TIFFNumberOfStrips) number_of_strips;
  decltype(&::TIFFReadEncodedTile) read_encoded_tile;
  decltype(&::TIFFReadEncodedStrip) read_encoded_strip;
  decltype(&::TIFFGetStrileOffset) block_offset;
  decltype(&::TIFFGetStrileByteCount) block_byte_count;

  decltype(&::TIFFClientOpenExt) client_open_with;
  decltype(&::TIFFOpenOptionsAlloc) options_new;
  decltype(&::TIFFOpenOptionsFree) options_free;
  decltype(&::TIFFOpenOptionsSetMaxSingleMemAlloc) options_set_most_memory;
  decltype(&::TIFFOpenOptionsSetErrorHandlerExtR) options_set_error_handler;
  decltype(&::TIFFOpenOptionsSetWarningHandlerExtR) options_set_warning_handler;
};

// Opened once in a process; thread-safe. Error: base.library-missing.
Result<const Library*> library();

}  // namespace zooport::image::tiff
