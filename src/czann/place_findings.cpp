#include <algorithm>

#include "czann/rules.hpp"
#include "zooport/doc/json.hpp"

namespace zooport::czann {
namespace {

struct Place {
  const doc::Node* node = nullptr;
  bool is_exact = true;
};

// The value at the path, or the nearest one around it that is there.
Place nearest_value(const doc::Node& root, const Path& path) {
  const doc::Node* node = &root;
  for (const Step& step : path) {
    const doc::Node* next = nullptr;
    if (step.kind == Step::Kind::kKey && node->kind == doc::Kind::kMapping) next = node->find(step.name);
    if (step.kind == Step::Kind::kIndex && step.index < node->children.size()) next = &node->children[step.index];
    if (!next) return {node, false};
    node = next;
  }
  return {node};
}

}  // namespace

void place_findings(std::string_view json, const Limits& limits, Diagnostics& diagnostics) {
  auto& items = diagnostics.items();
  const auto wants_place = [](const Diagnostic& finding) { return finding.file == "model.json" && !finding.span; };
  if (std::none_of(items.begin(), items.end(), wants_place)) return;
  const auto document = doc::read_json(std::string(json), limits);
  if (!document) return;
  for (Diagnostic& finding : items) {
    if (!wants_place(finding)) continue;
    const Place place = nearest_value(document->root(), finding.path);
    finding.span = place.node->span;
    if (finding.fix && place.is_exact)
      for (Edit& edit : finding.fix->edits) edit.span = place.node->span;
    else if (finding.fix)
      finding.fix->edits.clear();
  }
}

}  // namespace zooport::czann
