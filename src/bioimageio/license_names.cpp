#include "bioimageio/license_names.hpp"

#include <string>

#include "bioimageio/licenses.hpp"
#include "zooport/base/text.hpp"

namespace zooport::bioimageio {
namespace {

struct Successor {
  std::string_view deprecated;
  std::string_view current;
};

// Deprecated ids that SPDX names one successor for. Those that became an expression with an exception have none.
constexpr Successor kSuccessors[] = {
    {"AGPL-1.0", "AGPL-1.0-only"},
    {"AGPL-3.0", "AGPL-3.0-only"},
    {"BSD-2-Clause-FreeBSD", "BSD-2-Clause-Views"},
    {"BSD-2-Clause-NetBSD", "BSD-2-Clause"},
    {"GFDL-1.1", "GFDL-1.1-only"},
    {"GFDL-1.2", "GFDL-1.2-only"},
    {"GFDL-1.3", "GFDL-1.3-only"},
    {"GPL-1.0", "GPL-1.0-only"},
    {"GPL-1.0+", "GPL-1.0-or-later"},
    {"GPL-2.0", "GPL-2.0-only"},
    {"GPL-2.0+", "GPL-2.0-or-later"},
    {"GPL-3.0", "GPL-3.0-only"},
    {"GPL-3.0+", "GPL-3.0-or-later"},
    {"LGPL-2.0", "LGPL-2.0-only"},
    {"LGPL-2.0+", "LGPL-2.0-or-later"},
    {"LGPL-2.1", "LGPL-2.1-only"},
    {"LGPL-2.1+", "LGPL-2.1-or-later"},
    {"LGPL-3.0", "LGPL-3.0-only"},
    {"LGPL-3.0+", "LGPL-3.0-or-later"},
    {"Nunit", "zlib-acknowledgement"},
    {"StandardML-NJ", "SMLNJ"},
    {"bzip2-1.0.5", "bzip2-1.0.6"},
};

// Letters, digits, points and plus signs in lower case, without words that are part of no id.
std::string plain(std::string_view text) {
  std::string plain, word;
  const auto end_word = [&] {
    if (word != "license" && word != "licence" && word != "the" && word != "version") plain += word;
    word.clear();
  };
  for (const char c : to_lower(text)) {
    if ((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '.' || c == '+')
      word += c;
    else
      end_word();
  }
  end_word();
  return plain;
}

}  // namespace

std::string_view current_license_for(std::string_view text) {
  if (text.size() > 100) return {};
  const std::string wanted = plain(text);
  for (const Successor& successor : kSuccessors)
    if (plain(successor.deprecated) == wanted) return successor.current;
  std::string_view found;
  for (const std::string_view id : current_licenses()) {
    if (plain(id) != wanted) continue;
    if (!found.empty()) return {};
    found = id;
  }
  return found;
}

}  // namespace zooport::bioimageio
