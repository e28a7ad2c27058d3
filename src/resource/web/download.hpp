#pragma once

#include <cstdint>
#include <string>

#include "resource/web/url.hpp"
#include "zooport/base/context.hpp"

namespace zooport::resource::web {

// By what a server tells one state of a file from another.
struct Validators {
  std::string etag;
  std::string last_modified;
};

struct DownloadRequest {
  Url url;
  std::string sha256;       // what the file has to be, in lower case; empty: anything
  std::uint64_t limit = 0;  // bytes
  Validators known;         // of a file that need not come again if it is still the same; may be empty
  std::string part;         // where the bytes are gathered; `part` + ".of" says which state of the file they are of
};

struct Downloaded {
  bool is_unchanged = false;  // the known file is still right; nothing was gathered
  std::string sha256;
  std::uint64_t size = 0;
  Validators validators;
};

// Gathers the file in `part`, going on with what is there, and compares it with `sha256`. The caller holds the lock of
// `part`, and moves it to where it belongs.
Result<Downloaded> download(const DownloadRequest& request, const Context& context);

Error unreachable(const Url& url, const std::string& why);

}  // namespace zooport::resource::web
