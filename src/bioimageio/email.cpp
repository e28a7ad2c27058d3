#include <algorithm>
#include <vector>

#include "bioimageio/text_rules.hpp"
#include "zooport/base/text.hpp"

namespace zooport::bioimageio {
namespace {

bool is_alphanumeric(char c) { return (c >= '0' && c <= '9') || ((c | 32) >= 'a' && (c | 32) <= 'z'); }
bool is_outside_ascii(char c) { return (c & 0x80) != 0; }

std::vector<std::string_view> split(std::string_view text, char separator) {
  std::vector<std::string_view> parts;
  for (;;) {
    const std::size_t end = text.find(separator);
    parts.push_back(text.substr(0, end));
    if (end == text.npos) return parts;
    text.remove_prefix(end + 1);
  }
}

bool is_local_part(std::string_view text) {
  constexpr std::string_view kMarks = "!#$%&'*+-/=?^_`{|}~";
  for (const std::string_view atom : split(text, '.')) {
    if (atom.empty()) return false;
    for (const char c : atom)
      if (!is_alphanumeric(c) && !is_outside_ascii(c) && kMarks.find(c) == kMarks.npos) return false;
  }
  return true;
}

bool is_domain(std::string_view text) {
  const auto labels = split(text, '.');
  if (labels.size() < 2 || text.size() > 253) return false;
  for (const std::string_view label : labels) {
    if (label.empty() || label.size() > 63 || label.front() == '-' || label.back() == '-') return false;
    for (const char c : label)
      if (!is_alphanumeric(c) && !is_outside_ascii(c) && c != '-') return false;
  }
  const std::string top = to_lower(labels.back());
  for (const std::string_view special : {"arpa", "invalid", "local", "localhost", "onion", "test"})
    if (top == special) return false;
  return std::any_of(top.begin(), top.end(), [](char c) { return !(c >= '0' && c <= '9') && c != '-'; });
}

std::string_view trimmed(std::string_view text) {
  const std::size_t begin = std::min(text.find_first_not_of(" \t\r\n"), text.size());
  return text.substr(begin, text.find_last_not_of(" \t\r\n") + 1 - begin);
}

}  // namespace

std::optional<std::string> normalised_email(std::string_view text) {
  if (code_points(text) > 2048) return std::nullopt;
  text = trimmed(text);
  if (text.ends_with('>')) {  // Name <address>
    const std::size_t open = text.find('<');
    if (open == text.npos) return std::nullopt;
    text = trimmed(text.substr(open + 1, text.size() - open - 2));
  }
  const std::size_t at = text.find('@');
  if (at == text.npos) return std::nullopt;
  const std::string_view local = text.substr(0, at), domain = text.substr(at + 1);
  if (!is_local_part(local) || !is_domain(domain)) return std::nullopt;
  return concat(local, "@", to_lower(domain));
}

}  // namespace zooport::bioimageio
