#include "zooport/convert/doctor.hpp"

#include "zooport/base/os/process.hpp"
#include "zooport/base/os/shared_library.hpp"
#include "zooport/base/text.hpp"
#include "zooport/engine/engine.hpp"
#include "zooport/resource/remote.hpp"

namespace zooport::convert {
namespace {

Installation::Part engine_part(const std::string& engine_path, const Context& context) {
  Installation::Part part{.name = "ONNX Runtime", .needed = "test, predict, compare, verification of convert"};
  const auto engine = engine::open_onnxruntime(engine_path, context);
  if (!engine) {
    part.reason = engine.error().what.message;
    if (!engine.error().what.help.empty()) part.reason += concat("; ", engine.error().what.help);
    return part;
  }
  part.is_found = true;
  part.path = (*engine)->path();
  part.version = (*engine)->version();
  part.providers = (*engine)->providers();
  return part;
}

Installation::Part library_part(const char* name, const char* needed, const std::vector<std::string>& files,
                                const char* package) {
  Installation::Part part{.name = name, .needed = needed};
  const auto library = os::SharedLibrary::open(files);
  part.is_found = library.ok();
  if (library) {
    part.path = library->path();
  } else {
    part.reason = concat("none of ", join(files, ", "), " can be opened; install the package ", package,
                         " of Debian or ", "Ubuntu, or what your system calls it");
  }
  return part;
}

Installation::Part web_part() {
  Installation::Part part{.name = "libcurl", .needed = "sources and files on the web"};
  const auto library = resource::web_library();
  if (!library) {
    part.reason = concat(library.error().what.message, "; ", library.error().what.help);
    return part;
  }
  part.is_found = true;
  part.path = library->path;
  part.version = library->version;
  return part;
}

}  // namespace

Installation inspect_installation(const std::string& engine_path, const Context& context) {
  Installation found;
  found.parts.push_back(engine_part(engine_path, context));
  found.parts.push_back(library_part("libzip", "ZIP packages and CZANN", {"libzip.so.5", "libzip.so.4"}, "libzip4"));
  found.parts.push_back(library_part("libtiff", "TIFF images", {"libtiff.so.6", "libtiff.so.5"}, "libtiff6"));
  found.parts.push_back(web_part());
  found.cache_folder = context.cache_folder;
  found.program = os::executable_path();
  found.processors = os::processor_count();
  found.memory_bytes = os::memory_bytes();
  return found;
}

}  // namespace zooport::convert
