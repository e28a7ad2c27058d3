#pragma once

#include <string>
#include <string_view>

#include "zooport/base/result.hpp"

namespace zooport::resource::web {

// An http or https URL in normal form: scheme and host in lower case, no default port, no dots in the path, no
// fragment, blanks and what is not ASCII percent-encoded.
struct Url {
  std::string scheme;
  std::string user;   // with its '@', or empty
  std::string host;   // an IPv6 address has its brackets
  std::string port;   // with its ':', or empty
  std::string path;   // begins with '/'
  std::string query;  // with its '?', or empty

  std::string text() const { return scheme + "://" + user + host + port + path + query; }
};

// Error: resource.bad-url.
Result<Url> parse(std::string_view text);

// What a Location header means in the answer for `base`.
Result<Url> resolve(const Url& base, std::string_view location);
Url folder_of(Url url);
// Of a name that refuse_name() has nothing against, but perhaps against its percent-decoded form: resource.bad-name.
Result<Url> in_folder(Url folder, const std::string& name);
std::string file_name_of(const Url& url);

}  // namespace zooport::resource::web
