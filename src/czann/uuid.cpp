#include <openssl/sha.h>

#include <array>
#include <string>

#include "zooport/base/sha256.hpp"
#include "zooport/base/text.hpp"
#include "zooport/czann/package.hpp"

namespace zooport::czann {
namespace {

// zooport's namespace for names that it turns into identifiers; drawn once at random.
constexpr std::array<unsigned char, 16> kNamespace{0x7a, 0x6f, 0x6f, 0x70, 0x3c, 0x1d, 0x4e, 0x52,
                                                   0x9b, 0x07, 0x1f, 0xa4, 0xd2, 0x6e, 0x83, 0x5c};
bool is_dash_place(std::size_t i) { return i == 8 || i == 13 || i == 18 || i == 23; }

}  // namespace

std::string uuid_of(std::string_view text) {
  std::string hashed(reinterpret_cast<const char*>(kNamespace.data()), kNamespace.size());
  hashed += text;
  std::array<unsigned char, 20> digest{};
  SHA1(reinterpret_cast<const unsigned char*>(hashed.data()), hashed.size(), digest.data());
  digest[6] = static_cast<unsigned char>((digest[6] & 0x0F) | 0x50);  // version 5
  digest[8] = static_cast<unsigned char>((digest[8] & 0x3F) | 0x80);  // variant of RFC 4122
  std::string uuid;
  for (std::size_t i = 0; i < 16; ++i) {
    if (is_dash_place(uuid.size())) uuid += '-';
    uuid += "0123456789abcdef"[digest[i] >> 4];
    uuid += "0123456789abcdef"[digest[i] & 15];
  }
  return uuid;
}

std::string content_id(const Bytes& network, std::string_view metadata) {
  return uuid_of(concat(sha256_hex(network.span()), metadata));
}

bool is_uuid(std::string_view text) {
  if (text.size() != 36) return false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    const bool is_hex = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
    if (is_dash_place(i) ? c != '-' : !is_hex) return false;
  }
  return true;
}

}  // namespace zooport::czann
