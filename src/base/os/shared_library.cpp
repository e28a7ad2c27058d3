#include "zooport/base/os/shared_library.hpp"

#include <dlfcn.h>
#include <link.h>

#include "zooport/base/text.hpp"

namespace zooport::os {

Result<SharedLibrary> SharedLibrary::open(const std::vector<std::string>& names) {
  std::string reasons;
  for (const std::string& name : names) {
    if (name.find('/') != std::string::npos && !name.starts_with('/')) continue;  // relative: never looked for
    SharedLibrary library;
    library.handle_ = ::dlopen(name.c_str(), RTLD_NOW | RTLD_LOCAL);
    if (library.handle_ == nullptr) {
      const char* why = ::dlerror();
      reasons += concat(reasons.empty() ? "" : "; ", why ? why : name);
      continue;
    }
    library.path_ = name;
    link_map* map = nullptr;
    if (::dlinfo(library.handle_, RTLD_DI_LINKMAP, &map) == 0 && map && map->l_name && *map->l_name)
      library.path_ = map->l_name;
    return library;
  }
  return make_error(ErrorKind::kUnsupported, "base.library-missing",
                    concat("cannot open ", join(names, " or "), ": ", printable(reasons, 500)));
}

void* SharedLibrary::find(const char* symbol) const { return handle_ ? ::dlsym(handle_, symbol) : nullptr; }

}  // namespace zooport::os
