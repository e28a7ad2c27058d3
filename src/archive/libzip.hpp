#pragma once

#include <zip.h>

#include <string>
#include <vector>

#include "zooport/base/result.hpp"

namespace zooport::archive {

// The functions of libzip that the reader uses. The library is opened when the first archive is.
struct Libzip {
  decltype(&::zip_error_init) error_init = nullptr;
  decltype(&::zip_error_fini) error_fini = nullptr;
  decltype(&::zip_error_strerror) error_strerror = nullptr;
  decltype(&::zip_source_buffer_create) source_buffer_create = nullptr;
  decltype(&::zip_source_free) source_free = nullptr;
  decltype(&::zip_open_from_source) open_from_source = nullptr;
  decltype(&::zip_discard) discard = nullptr;
  decltype(&::zip_get_num_entries) get_num_entries = nullptr;
  decltype(&::zip_get_error) get_error = nullptr;
  decltype(&::zip_fopen_index) fopen_index = nullptr;
  decltype(&::zip_fread) fread = nullptr;
  decltype(&::zip_fclose) fclose = nullptr;
  decltype(&::zip_file_get_error) file_get_error = nullptr;
};

// The table of the first of the libraries `names` that opens.
Result<Libzip> load_libzip(const std::vector<std::string>& names);

// The table, the same for every call; safe from any thread.
Result<const Libzip*> libzip();

}  // namespace zooport::archive
