#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace zooport::bioimageio {

// The host of a http(s) URL as WHATWG writes it: a domain in lower case and punycode, an IPv4 address as four numbers,
// an IPv6 address in brackets, shortened; nothing if it is none of these.
std::optional<std::string> host_of_url(std::string_view text);

// A host of a scheme that gives hosts no meaning.
bool is_opaque_host(std::string_view text);

}  // namespace zooport::bioimageio
