#include "bioimageio/finding_ids.hpp"

#include <string_view>

namespace zooport::bioimageio {
namespace {

struct Renamed {
  std::string_view from;
  std::string_view to;
};

constexpr Renamed kRenamed[] = {
    {"schema.absolute-path", "bioimageio.absolute-path"},
    {"schema.advice", "bioimageio.advice"},
    {"schema.boolean", "bioimageio.boolean"},
    {"schema.choice", "bioimageio.choice"},
    {"schema.finite", "bioimageio.finite"},
    {"schema.integer", "bioimageio.integer"},
    {"schema.integer-size", "bioimageio.integer-size"},
    {"schema.key", "bioimageio.key"},
    {"schema.list", "bioimageio.list"},
    {"schema.mapping", "bioimageio.mapping"},
    {"schema.missing-field", "bioimageio.missing-field"},
    {"schema.missing-item", "bioimageio.missing-item"},
    {"schema.missing-tag", "bioimageio.missing-tag"},
    {"schema.multiple", "bioimageio.multiple"},
    {"schema.number", "bioimageio.number"},
    {"schema.pair", "bioimageio.pair"},
    {"schema.pattern", "bioimageio.pattern"},
    {"schema.range", "bioimageio.range"},
    {"schema.reference-raises", "bioimageio.reference-raises"},
    {"schema.string", "bioimageio.string"},
    {"schema.too-long", "bioimageio.too-long"},
    {"schema.too-short", "bioimageio.too-short"},
    {"schema.unknown-field", "bioimageio.unknown-field"},
    {"schema.unknown-tag", "bioimageio.unknown-tag"},
    {"schema.url", "bioimageio.url"},
    {"schema.value", "bioimageio.value"},
};

}  // namespace

void rename_findings(Diagnostics& diagnostics) {
  for (Diagnostic& item : diagnostics.items())
    for (const Renamed& renamed : kRenamed)
      if (item.id == renamed.from) {
        item.id = renamed.to;
        break;
      }
}

}  // namespace zooport::bioimageio
