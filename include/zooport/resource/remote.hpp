#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "zooport/base/bytes.hpp"
#include "zooport/base/context.hpp"
#include "zooport/resource/resource.hpp"

namespace zooport::resource {

// Files from the web. They come through libcurl, which is opened when the first of them is asked for, and through a
// cache that any number of threads and processes may share: `context.cache_folder`, or nothing but memory and a
// temporary folder where that is empty or cannot be written to.
//
// context.network says what may be asked and how long it may take. Hosts are judged by the address that is connected
// to, for each redirect anew; Network::PrivateAddresses::kAllow lets everything pass (ZOOPORT_ALLOW_PRIVATE=1).

// Begins with http:// or https://, in any case.
bool is_web_url(std::string_view text);

struct FetchOptions {
  std::string sha256;           // what the file has to be; empty: whatever the server gives
  std::uint64_t max_bytes = 0;  // 0: limits.download_bytes

  Result<void> validate() const;
};

struct Fetched {
  Bytes bytes;  // mapped when large; keeps valid if the cache is emptied
  std::string sha256;
  std::string url;   // as it was asked for, in normal form
  std::string name;  // what the file is called by that URL; may be empty
  std::string path;  // in the cache, where nobody may change it; empty without a cache folder
  bool was_cached = false;
};

// The file at a URL. With a SHA-256, one in the cache is used without asking; without one the server is asked whether
// it has changed, or, if context.offline is set, not. A download that breaks off is taken up again, now or by a later
// call. Nothing is given out before its SHA-256 has been compared.
// Thread-safe; of several callers that want the same URL at once, one downloads.
// Errors:
//   kIo         resource.unreachable (`found` says "status 404" if a server has answered), resource.private-address,
//   resource.redirects, resource.download-limit,
//               and base.io where the disk is full or fails
//   kInvalid    resource.bad-url, resource.sha256-form, resource.sha256-mismatch
//   kUnsupported base.library-missing: there is no libcurl
//   kCancelled
Result<Fetched> fetch(const std::string& url, const FetchOptions& options, const Context& context);

// Of an error that fetch() or a root of open_web_folder() gave: it says nothing about the file, only that it could not
// be got. Such an error is a finding `resource.unreachable`, a warning, and leaves the verdict alone.
bool is_unreachable(const Error& error);

// The folder of a URL: "https://host/a/rdf.yaml" gives "https://host/a". A query is kept.
Result<std::string> web_folder_of(const std::string& url);
// The URL of a relative name in the folder of a URL. Names that lead out are refused, also percent-encoded.
Result<std::string> web_url_in(const std::string& folder_url, const std::string& name);
// What a file is called by its URL: the last part of the path.
std::string name_in_url(std::string_view url);

// Files below the URL of a folder. Each is got when it is first asked for, and kept for as long as the root lives.
// list() is an error (resource.no-listing, kUnsupported): the web has no folders. has() asks for the file; read() tells
// why it is not there.
Result<std::shared_ptr<Root>> open_web_folder(const std::string& folder_url, const Context& context);
// Whether it is a root of open_web_folder(): what it gives has to be compared with digests before it is used.
bool is_web_folder(const Root& root);

// A file that a description names: what is at a URL, or else a file of the root. `sha256` as for FetchOptions.
Result<Bytes> read_source(const Root& root, const std::string& source, const std::string& sha256,
                          const Context& context);

// What `zooport doctor` says about libcurl.
struct WebLibrary {
  std::string path;
  std::string version;  // "7.88.1"
};
Result<WebLibrary> web_library();

}  // namespace zooport::resource
