#include "zooport/base/private_text.hpp"

#include <algorithm>
#include <array>

namespace zooport {
namespace {

bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
bool is_digit(char c) { return c >= '0' && c <= '9'; }

// A path, not a part of a longer one: "https://example.com/home/x" names no folder of this machine.
bool begins_at(std::string_view text, std::size_t at) {
  if (at == 0) return true;
  const char before = text[at - 1];
  return !is_letter(before) && !is_digit(before) && std::string_view("/\\._-~%").find(before) == std::string_view::npos;
}

std::string_view until_blank(std::string_view text, std::size_t at) {
  return text.substr(at, text.find_first_of(" \t\n\"'<>|,;", at) - at);
}

constexpr std::array<std::string_view, 6> kFolders{"/home/", "/Users/", "/root/", "/mnt/", "/media/", "/scratch/"};

bool is_mailbox_character(char c) {
  return is_letter(c) || is_digit(c) || std::string_view("._%+-").find(c) != std::string_view::npos;
}
bool is_host_character(char c) { return is_letter(c) || is_digit(c) || c == '.' || c == '-'; }

}  // namespace

std::string_view local_path_in(std::string_view text) {
  if (const std::size_t at = text.find("file://"); at != text.npos) return until_blank(text, at);
  for (const std::string_view folder : kFolders)
    for (std::size_t at = text.find(folder); at != text.npos; at = text.find(folder, at + 1))
      if (begins_at(text, at) && until_blank(text, at).size() > folder.size()) return until_blank(text, at);
  for (std::size_t at = text.find(":\\"); at != text.npos; at = text.find(":\\", at + 1))
    if (at > 0 && is_letter(text[at - 1]) && begins_at(text, at - 1) && at + 2 < text.size() && text[at + 2] != ' ')
      return until_blank(text, at - 1);
  return {};
}

std::string_view email_in(std::string_view text) {
  for (std::size_t at = text.find('@'); at != text.npos; at = text.find('@', at + 1)) {
    std::size_t begin = at;
    while (begin > 0 && at - begin < 64 && is_mailbox_character(text[begin - 1])) --begin;
    while (begin < at && text[begin] == '.') ++begin;
    std::size_t end = at + 1;
    while (end < text.size() && end - at < 254 && is_host_character(text[end])) ++end;
    while (end > at + 1 && (text[end - 1] == '.' || text[end - 1] == '-')) --end;
    const std::string_view host = text.substr(at + 1, end - at - 1);
    const std::size_t dot = host.rfind('.');
    if (begin == at || dot == host.npos || dot == 0 || host.size() - dot < 3 || host.find("..") != host.npos) continue;
    const std::string_view last = host.substr(dot + 1);
    if (std::all_of(last.begin(), last.end(), is_letter)) return text.substr(begin, end - begin);
  }
  return {};
}

}  // namespace zooport
