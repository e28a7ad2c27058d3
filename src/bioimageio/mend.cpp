#include "zooport/bioimageio/mend.hpp"

#include <algorithm>
#include <map>
#include <set>

#include "zooport/base/text.hpp"
#include "zooport/doc/edit.hpp"

namespace zooport::bioimageio {
namespace {

constexpr int kMostRounds = 50;

std::string key_of(const Diagnostic& finding) { return concat(finding.id, '\x1f', to_text(finding.path)); }

bool has_edits(const Diagnostic& finding) {
  return finding.fix && !finding.fix->edits.empty() && !finding.is_alternative;
}

// What stands under a renamed key, or beside a mended tag, is read for the first time: it may hold faults of its own.
bool brings_to_light(const Diagnostic& finding) {
  return finding.id == "bioimageio.unknown-field" || finding.id == "bioimageio.unknown-tag";
}

std::size_t errors_below(const Description& description, const Path& path) {
  const auto& items = description.diagnostics.items();
  return static_cast<std::size_t>(std::count_if(items.begin(), items.end(), [&](const Diagnostic& item) {
    return item.severity == Severity::kError && !item.is_alternative && item.path.size() >= path.size() &&
           std::equal(path.begin(), path.end(), item.path.begin());
  }));
}

using ByKey = std::map<std::string, const Diagnostic*>;

ByKey by_key(const Description& description) {
  ByKey items;
  for (const Diagnostic& item : description.diagnostics.items())
    if (!item.is_alternative) items.emplace(key_of(item), &item);
  return items;
}

bool is_mended(const Diagnostic& finding, const Description& before, const Description& after) {
  if (brings_to_light(finding)) return true;
  const std::size_t errors = errors_below(after, finding.path);
  const std::size_t had = errors_below(before, finding.path);
  return finding.severity == Severity::kError ? errors < had : errors <= had;
}

class Mender {
 public:
  Mender(Description description, const CheckText& check, const Context& context)
      : check_(check), context_(context), mended_{std::move(description), {}} {}

  Result<Mended> run() {
    for (int round = 0; round < kMostRounds; ++round) {
      if (context_.stopped()) return Context::cancelled();
      const std::vector<Diagnostic> chosen = choose();
      if (chosen.empty()) break;
      ZOOPORT_TRY(apply(chosen));
    }
    return std::move(mended_);
  }

 private:
  // Those whose edits do not overlap, in order of place.
  std::vector<Diagnostic> choose() const {
    std::vector<Diagnostic> candidates;
    for (const Diagnostic& item : mended_.description.diagnostics.items())
      if (has_edits(item) && !refused_.contains(key_of(item))) candidates.push_back(item);
    const auto place = [](const Diagnostic& item) { return item.fix->edits.front().span; };
    std::stable_sort(candidates.begin(), candidates.end(),
                     [&](const Diagnostic& a, const Diagnostic& b) { return place(a).begin < place(b).begin; });
    std::vector<Diagnostic> chosen;
    std::size_t end = 0;
    for (Diagnostic& item : candidates) {
      if (!chosen.empty() && place(item).begin <= end) continue;
      end = item.fix->edits.back().span.end;
      chosen.push_back(std::move(item));
    }
    return chosen;
  }

  // All of them, but for those that do no good: they are found by halving.
  Result<void> apply(const std::vector<Diagnostic>& findings) {
    ZOOPORT_TRY_ASSIGN(const bool is_applied, try_to_apply(findings));
    if (is_applied) return {};
    if (findings.size() == 1) {
      refused_.insert(key_of(findings[0]));
      return {};
    }
    const auto middle = findings.begin() + static_cast<std::ptrdiff_t>(findings.size() / 2);
    ZOOPORT_TRY(apply({findings.begin(), middle}));
    // They may stand elsewhere by now, or be gone.
    const ByKey now = by_key(mended_.description);
    std::vector<Diagnostic> rest;
    for (auto finding = middle; finding != findings.end(); ++finding)
      if (const auto found = now.find(key_of(*finding)); found != now.end() && has_edits(*found->second))
        rest.push_back(*found->second);
    if (rest.empty()) return {};
    return apply(rest);
  }

  Result<bool> try_to_apply(const std::vector<Diagnostic>& findings) {
    std::vector<Edit> edits;
    for (const Diagnostic& item : findings) edits.insert(edits.end(), item.fix->edits.begin(), item.fix->edits.end());
    auto text = doc::apply_edits(mended_.description.text(), edits);
    if (!text.ok()) return false;
    ZOOPORT_TRY_ASSIGN(Description after, check_(std::move(text).value()));
    if (after.status == Status::kUnreadable || !after.root) return false;
    const ByKey left = by_key(after);
    for (const Diagnostic& item : findings)
      if (left.contains(key_of(item)) || !is_mended(item, mended_.description, after)) return false;
    const doc::LineIndex lines(mended_.description.text());
    for (const Diagnostic& item : findings)
      mended_.fixed.push_back({item, lines.position(item.fix->edits.front().span.begin)});
    mended_.description = std::move(after);
    return true;
  }

  const CheckText& check_;
  const Context& context_;
  Mended mended_;
  std::set<std::string> refused_;
};

}  // namespace

Result<Mended> mend(Description description, const CheckText& check, const Context& context) {
  return Mender(std::move(description), check, context).run();
}

}  // namespace zooport::bioimageio
