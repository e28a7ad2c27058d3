#include "resource/web/library.hpp"

#include "zooport/base/os/shared_library.hpp"
#include "zooport/base/text.hpp"

namespace zooport::resource::web {
namespace {

template <class F>
bool find(const os::SharedLibrary& from, const char* name, F& function) {
  function = reinterpret_cast<F>(from.find(name));
  return function != nullptr;
}

Error missing(std::string message) {
  Error error = make_error(ErrorKind::kUnsupported, "base.library-missing", std::move(message));
  error.what.help = "install it, e.g. with `apt install libcurl4`, or download the file and give its path";
  return error;
}

Result<Library> load() {
  const auto opened = os::SharedLibrary::open({"libcurl.so.4", "libcurl-gnutls.so.4"});
  if (!opened) return missing("files from the web need the library libcurl, which is not on this machine");
  const os::SharedLibrary& from = *opened;
  Library table{};
  table.path = from.path();
  const bool complete =
      find(from, "curl_global_init", table.global_init) && find(from, "curl_easy_init", table.easy_init) &&
      find(from, "curl_easy_cleanup", table.easy_cleanup) && find(from, "curl_easy_reset", table.easy_reset) &&
      find(from, "curl_easy_setopt", table.easy_setopt) && find(from, "curl_easy_getinfo", table.easy_getinfo) &&
      find(from, "curl_easy_perform", table.easy_perform) && find(from, "curl_easy_strerror", table.easy_strerror) &&
      find(from, "curl_slist_append", table.slist_append) && find(from, "curl_slist_free_all", table.slist_free_all) &&
      find(from, "curl_version_info", table.version_info);
  // 7.66 is the first that tells Retry-After.
  if (!complete || table.version_info(CURLVERSION_NOW)->version_num < 0x074200)
    return missing(concat(from.path(), " is too old; libcurl 7.66 or later is needed"));
  if (table.global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK) return unusable(table);
  return table;
}

}  // namespace

Error unusable(const Library& library) { return missing(concat(library.path, " cannot be used")); }

Result<const Library*> library() {
  static const Result<Library> kLoaded = load();
  if (!kLoaded.ok()) return kLoaded.error();
  return &kLoaded.value();
}

}  // namespace zooport::resource::web
