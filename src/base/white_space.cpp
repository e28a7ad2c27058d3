#include "zooport/base/white_space.hpp"

namespace zooport {
namespace {

// The code point of so many bytes of UTF-8.
char32_t code_of(std::string_view bytes) {
  auto code = static_cast<char32_t>(static_cast<unsigned char>(bytes[0]));
  if (bytes.size() > 1) code &= 0x7Fu >> bytes.size();
  for (const char byte : bytes.substr(1)) code = code << 6 | (static_cast<unsigned char>(byte) & 0x3Fu);
  return code;
}

}  // namespace

bool is_white_space(char32_t code) {
  return (code >= 0x09 && code <= 0x0D) || code == 0x20 || code == 0x85 || code == 0xA0 || code == 0x1680 ||
         (code >= 0x2000 && code <= 0x200A) || code == 0x2028 || code == 0x2029 || code == 0x202F || code == 0x205F ||
         code == 0x3000;
}

std::string_view trimmed(std::string_view utf8) {
  const auto is_tail = [](char c) { return (c & 0xC0) == 0x80; };
  while (!utf8.empty()) {
    std::size_t length = 1;
    while (length < utf8.size() && is_tail(utf8[length])) ++length;
    if (!is_white_space(code_of(utf8.substr(0, length)))) break;
    utf8.remove_prefix(length);
  }
  while (!utf8.empty()) {
    std::size_t begin = utf8.size() - 1;
    while (begin > 0 && is_tail(utf8[begin])) --begin;
    if (!is_white_space(code_of(utf8.substr(begin)))) break;
    utf8 = utf8.substr(0, begin);
  }
  return utf8;
}

}  // namespace zooport
