#include <algorithm>

#include "bioimageio/prose_rules.hpp"

namespace zooport::bioimageio {
namespace {

using Entry = std::pair<WeightsFormat, const WeightsEntry*>;

// How likely training wrote that format, most likely first; the others are made from it.
int rank_as_original(WeightsFormat format) {
  constexpr WeightsFormat kOrder[] = {
      WeightsFormat::kPytorchStateDict, WeightsFormat::kKerasHdf5, WeightsFormat::kTensorflowSavedModelBundle,
      WeightsFormat::kTorchscript,      WeightsFormat::kOnnx,      WeightsFormat::kTensorflowJs};
  return static_cast<int>(std::find(std::begin(kOrder), std::end(kOrder), format) - std::begin(kOrder));
}

Path of(const Entry& entry) { return path_of({"weights", to_text(entry.first)}); }
Path of(const Entry& entry, std::string_view field) { return path_of({"weights", to_text(entry.first), field}); }

const Entry* find(const std::vector<Entry>& entries, WeightsFormat format) {
  for (const Entry& entry : entries)
    if (entry.first == format) return &entry;
  return nullptr;
}

void check_originals(const std::vector<Entry>& entries, ProseFindings& findings) {
  const Entry* original = nullptr;
  for (const Entry& entry : entries)
    if (!entry.second->parent && (!original || rank_as_original(entry.first) < rank_as_original(original->first)))
      original = &entry;
  for (const Entry& entry : entries) {
    if (entry.second->parent || &entry == original) continue;
    findings.warn(
        "zooport.weights-parent-missing", of(entry), "'parent', the entry that it was converted from", "none",
        {{findings.related(of(*original), "has no parent either; only one entry can be what training wrote")},
         {},
         concat("Name the format that these weights were made from, most likely ", to_text(original->first), ".")});
  }
}

void check_parents(const std::vector<Entry>& entries, ProseFindings& findings) {
  for (const Entry& entry : entries) {
    if (!entry.second->parent || find(entries, *entry.second->parent)) continue;
    findings.warn("zooport.weights-parent-unknown", of(entry, "parent"), "one of the entries of weights",
                  concat("'", to_text(*entry.second->parent), "', which is not there"));
  }
  for (const Entry& entry : entries) {
    // Each cycle is told once, at its first entry in the order of the format.
    bool is_first = true;
    const Entry* at = &entry;
    for (std::size_t steps = 0; at && at->second->parent && steps < entries.size(); ++steps) {
      at = find(entries, *at->second->parent);
      if (at == &entry) break;
      is_first &= !at || at->first > entry.first;
    }
    if (at != &entry || !entry.second->parent || !is_first) continue;
    findings.warn("zooport.weights-parent-cycle", of(entry, "parent"),
                  "a chain that ends at the weights of the training", "entries that were made from each other",
                  {{findings.related(of(*find(entries, *entry.second->parent), "parent"), "leads back")}, {}, ""});
  }
}

}  // namespace

void check_weights_prose(const ModelDescription& model, ProseFindings& findings) {
  const std::vector<Entry> entries = model.weights.entries();
  if (entries.size() > 1) check_originals(entries, findings);
  check_parents(entries, findings);
  for (const Entry& entry : entries) {
    if (!entry.second->sha256)
      findings.info("zooport.weights-sha256-missing", of(entry), "'sha256', the hash of the file", "none",
                    {{}, {}, "With it a damaged or exchanged file is noticed."});
    if (!entry.second->dependencies) continue;
    const std::string manager = entry.second->dependencies->manager();
    if (manager != "conda" && manager != "pip" && manager != "maven")
      findings.warn("zooport.dependency-manager", of(entry, "dependencies"), "conda, pip or maven before the colon",
                    concat("'", printable(manager, 40), "'"));
  }
}

}  // namespace zooport::bioimageio
