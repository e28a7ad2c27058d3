#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace zooport::archive {

struct NameFault {
  std::string id;       // of the diagnostic, e.g. "zip.path-escapes"
  std::string message;  // "leads out of the archive": what is wrong, without the name
};

// Why `name` cannot be the name of a file (or, ending in '/', of a folder) inside an archive or folder; nothing if it
// can. Names are relative UTF-8 with '/' between components; what any system reads as a way out is refused on all.
std::optional<NameFault> check_name(std::string_view name);

}  // namespace zooport::archive
