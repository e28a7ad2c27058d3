#include "bioimageio/tolerances.hpp"

#include <algorithm>
#include <cmath>
#include <optional>

namespace zooport::bioimageio {
namespace {

using doc::Node;
using model::Tolerance;

std::optional<double> number(const Node& from, std::string_view key) {
  const Node* found = from.find(key);
  if (!found || (found->kind != doc::Kind::kInteger && found->kind != doc::Kind::kReal)) return std::nullopt;
  const double value = doc::real_of(*found);
  return std::isfinite(value) && value >= 0 ? std::optional(value) : std::nullopt;
}

// A list that is empty or absent names all.
bool names(const Node& entry, std::string_view key, const std::string& name) {
  const Node* list = entry.find(key);
  if (!list || list->kind != doc::Kind::kSequence || list->children.empty()) return true;
  return std::any_of(list->children.begin(), list->children.end(), [&](const Node& one) { return one.text == name; });
}

std::optional<Tolerance> of_test_kwargs(const Node& zoo, const std::string& weights) {
  const Node* all = zoo.find("test_kwargs");
  const Node* own = all ? all->find(weights) : nullptr;
  if (!own) return std::nullopt;
  Tolerance tolerance{.mismatched_per_million = 0, .from = "description"};
  if (const auto decimal = number(*own, "decimal")) {
    tolerance.absolute = 1.5 * std::pow(10, -*decimal);
    tolerance.relative = 0;
    return tolerance;
  }
  const auto absolute = number(*own, "absolute_tolerance");
  const auto relative = number(*own, "relative_tolerance");
  if (!absolute && !relative) return std::nullopt;
  tolerance.absolute = absolute.value_or(tolerance.absolute);
  tolerance.relative = relative.value_or(tolerance.relative);
  return tolerance;
}

std::optional<Tolerance> of_list(const Node& zoo, const std::string& weights, const std::string& output) {
  const Node* list = zoo.find("reproducibility_tolerance");
  if (!list || list->kind != doc::Kind::kSequence) return std::nullopt;
  for (const Node& entry : list->children) {
    if (entry.kind != doc::Kind::kMapping || !names(entry, "weights_formats", weights) ||
        !names(entry, "output_ids", output))
      continue;
    Tolerance tolerance{.from = "description"};
    tolerance.absolute = number(entry, "absolute_tolerance").value_or(tolerance.absolute);
    tolerance.relative = number(entry, "relative_tolerance").value_or(tolerance.relative);
    const double share = number(entry, "mismatched_elements_per_million").value_or(100);
    tolerance.mismatched_per_million = static_cast<std::uint64_t>(std::min(share, 1e6));
    return tolerance;
  }
  return std::nullopt;
}

}  // namespace

void set_tolerances(const ModelDescription& from, model::TensorSpec& output) {
  output.tolerance.mismatched_per_million = 0;
  for (const auto& [key, value] : from.config) {
    if (key != "bioimageio" || !value.node) continue;
    for (const auto& [format, entry] : from.weights.entries()) {
      const std::string weights(to_text(format));
      auto own = of_list(*value.node, weights, output.id);
      if (!own) own = of_test_kwargs(*value.node, weights);
      if (own) output.tolerance_of.insert_or_assign(weights, *own);
    }
  }
}

}  // namespace zooport::bioimageio
