#pragma once

#include <string_view>

// What in a text tells about a person or about the machine that it was written on.
namespace zooport {

// The first path that only one machine has: somebody's home folder, a drive, a mount; empty if there is none.
std::string_view local_path_in(std::string_view text);

// The first e-mail address; empty if there is none. Addresses in ASCII only.
std::string_view email_in(std::string_view text);

}  // namespace zooport
