#pragma once

#include <cstddef>
#include <optional>
#include <string>

namespace zooport::os {

// Whether anybody on the internet would reach the same machine by that address. Not so for addresses of this machine,
// of private and link-local networks, of groups, and of what is reserved; nor for addresses that carry such a one in
// them (IPv4 in IPv6). `address` is a sockaddr of that size.
bool is_public_address(const void* address, std::size_t size);

// The same of a host that is written as an address in any form that a resolver takes ("127.1", "0x7f000001",
// "[::1]"); nothing if it is a name.
std::optional<bool> is_public_literal(const std::string& host);

// A socket as socket() makes it, that child processes do not inherit; negative if there is none.
int open_socket(int family, int type, int protocol);

}  // namespace zooport::os
