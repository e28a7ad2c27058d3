#include <algorithm>
#include <iterator>

#include "bioimageio/licenses.hpp"

namespace zooport::bioimageio {
namespace {

// Deprecated ids of the SPDX license list 3.27.0, in code-point order.
constexpr std::string_view kLicenses[] = {
    "AGPL-1.0",
    "AGPL-3.0",
    "BSD-2-Clause-FreeBSD",
    "BSD-2-Clause-NetBSD",
    "GFDL-1.1",
    "GFDL-1.2",
    "GFDL-1.3",
    "GPL-1.0",
    "GPL-1.0+",
    "GPL-2.0",
    "GPL-2.0+",
    "GPL-2.0-with-GCC-exception",
    "GPL-2.0-with-autoconf-exception",
    "GPL-2.0-with-bison-exception",
    "GPL-2.0-with-classpath-exception",
    "GPL-2.0-with-font-exception",
    "GPL-3.0",
    "GPL-3.0+",
    "GPL-3.0-with-GCC-exception",
    "GPL-3.0-with-autoconf-exception",
    "LGPL-2.0",
    "LGPL-2.0+",
    "LGPL-2.1",
    "LGPL-2.1+",
    "LGPL-3.0",
    "LGPL-3.0+",
    "Net-SNMP",
    "Nunit",
    "StandardML-NJ",
    "bzip2-1.0.5",
    "eCos-2.0",
    "wxWindows",
};

}  // namespace

bool is_deprecated_license(std::string_view id) {
  return std::binary_search(std::begin(kLicenses), std::end(kLicenses), id);
}

}  // namespace zooport::bioimageio
