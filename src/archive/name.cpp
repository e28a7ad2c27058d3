#include "zooport/archive/name.hpp"

#include "zooport/base/text.hpp"

namespace zooport::archive {
namespace {

bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

// C0, DEL, and C1 (which UTF-8 writes as C2 80 … C2 9F).
bool has_control(std::string_view name) {
  for (std::size_t i = 0; i < name.size(); ++i) {
    const auto c = static_cast<unsigned char>(name[i]);
    if (c < 0x20 || c == 0x7f) return true;
    if (c == 0xc2 && i + 1 < name.size() && static_cast<unsigned char>(name[i + 1]) < 0xa0) return true;
  }
  return false;
}

}  // namespace

std::optional<NameFault> check_name(std::string_view name) {
  if (name.empty()) return NameFault{"zip.empty-name", "is empty"};
  if (!is_valid_utf8(name)) return NameFault{"zip.name-not-utf8", "is not valid UTF-8"};
  if (has_control(name)) return NameFault{"zip.control-character", "contains a NUL or another control character"};
  if (name.find('\\') != std::string_view::npos) {
    return NameFault{"zip.backslash", "contains a backslash, which is a separator on some systems; use '/'"};
  }
  if (name.front() == '/') return NameFault{"zip.absolute-name", "is absolute; it has to be relative"};
  if (name.size() >= 2 && is_letter(name[0]) && name[1] == ':') {
    return NameFault{"zip.drive-letter", "begins with a drive letter; it has to be relative"};
  }
  // One '/' at the end marks a folder.
  std::string_view rest = name.back() == '/' ? name.substr(0, name.size() - 1) : name;
  bool normal = true;
  while (true) {
    const std::size_t slash = rest.find('/');
    const std::string_view component = rest.substr(0, slash);
    if (component == "..") return NameFault{"zip.path-escapes", "contains '..', which leads out"};
    if (component.empty() || component == ".") normal = false;
    if (slash == std::string_view::npos) break;
    rest.remove_prefix(slash + 1);
  }
  if (!normal) return NameFault{"zip.name-not-normal", "has an empty component or '.'; write it without"};
  return std::nullopt;
}

}  // namespace zooport::archive
