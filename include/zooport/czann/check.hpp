#pragma once

#include <optional>
#include <string_view>

#include "zooport/base/context.hpp"
#include "zooport/base/diagnostics.hpp"
#include "zooport/czann/legacy.hpp"
#include "zooport/czann/package.hpp"
#include "zooport/czann/zen.hpp"

namespace zooport::czann {

struct CheckOptions {
  std::optional<ZenVersion> target;  // none: no particular one
  // model.json, or the XML, as it stands in the archive: findings about it get their place there. Need not be given.
  std::string_view metadata_text;
};

// The oldest specification that allows what the metadata holds; files before 2.1.0 do not say theirs.
Specification specification_of(const Metadata& metadata);
Specification specification_of(const Package& package);
Specification specification_of(const LegacyPackage& package);

// Metadata by itself, the network by itself, the one against the other, and against the ZEN that is asked for. Findings
// name members of the archive as their files.
Diagnostics check(const Package& package, const CheckOptions& options, const Context& context);
Diagnostics check(const LegacyPackage& package, const CheckOptions& options, const Context& context);

// Gives findings about model.json that have none yet their place in its text: the value at their path, or the nearest
// one around it that is there.
void place_findings(std::string_view json, const Limits& limits, Diagnostics& diagnostics);

// The same of a CZSEG's XML, which is the member `file`.
void place_legacy_findings(std::string_view xml, std::string_view file, const Limits& limits, Diagnostics& diagnostics);

// Whether Metadata::type is what stands there, by what read() found: else nothing stands there, or none of the types.
bool is_type_known(const Diagnostics& findings);

// Whether the network cannot be run because of that finding, of check() or read(). Other errors are in the way of ZEN
// only.
bool prevents_running(const Diagnostic& finding);

}  // namespace zooport::czann
