#include "report/folding.hpp"

#include <algorithm>
#include <map>

#include "zooport/base/text.hpp"

namespace zooport::report {
namespace {

std::string without_indices(const Path& path) {
  std::string text;
  for (const Step& step : path) {
    text += step.kind == Step::Kind::kIndex ? "[]" : step.name;
    text += '\x1f';
  }
  return text;
}

std::string what_it_says(const Diagnostic& finding) {
  return concat(finding.id, '\x1f', to_text(finding.severity), '\x1f', finding.file, '\x1f', finding.message);
}

// Fields that one mapping lacks have one cause, and so has what is said of places that differ in indices only.
std::string cause_of(const Diagnostic& finding) {
  if (finding.id.ends_with(".missing-field") && finding.span && !finding.path.empty())
    return concat(finding.id, '\x1f', finding.file, '\x1f', finding.span->begin, '\x1f',
                  to_text(Path(finding.path.begin(), finding.path.end() - 1)));
  return concat(what_it_says(finding), '\x1f', without_indices(finding.path));
}

// The place of a finding with another last key.
std::string place_of(const Diagnostic& finding, std::string_view last_key) {
  Path path = finding.path;
  if (!path.empty()) path.back() = Step::key(last_key);
  return concat(finding.file, '\x1f', to_text(path));
}

// Misspelt fields by the place where they ought to be.
std::map<std::string, const Diagnostic*> misspelt(const std::vector<Diagnostic>& findings, Severity least) {
  std::map<std::string, const Diagnostic*> fields;
  for (const Diagnostic& finding : findings)
    if (finding.id.ends_with(".unknown-field") && finding.severity >= least && !finding.is_alternative && finding.fix &&
        finding.fix->edits.size() == 1)
      fields.emplace(place_of(finding, finding.fix->edits[0].text), &finding);
  return fields;
}

std::size_t common_steps(const Path& a, const Path& b) {
  return static_cast<std::size_t>(std::mismatch(a.begin(), a.end(), b.begin(), b.end()).first - a.begin());
}

// How many findings about less likely readings of its value stand around each finding.
std::map<const Diagnostic*, std::size_t> readings_of(const std::vector<Diagnostic>& findings, Severity least) {
  std::vector<const Diagnostic*> after(findings.size(), nullptr);
  const Diagnostic* next = nullptr;
  for (std::size_t i = findings.size(); i-- > 0;) {
    after[i] = next;
    if (!findings[i].is_alternative && findings[i].severity >= least) next = &findings[i];
  }
  std::map<const Diagnostic*, std::size_t> readings;
  const Diagnostic* before = nullptr;
  for (std::size_t i = 0; i < findings.size(); ++i) {
    const Diagnostic& finding = findings[i];
    if (finding.severity < least) continue;
    if (!finding.is_alternative) {
      before = &finding;
      continue;
    }
    const auto nearness = [&](const Diagnostic* to) { return to ? common_steps(finding.path, to->path) + 1 : 0; };
    const Diagnostic* nearest = nearness(after[i]) > nearness(before) ? after[i] : before;
    if (nearest) ++readings[nearest];
  }
  return readings;
}

}  // namespace

std::vector<Fold> fold(const std::vector<Diagnostic>& findings, Severity least, std::size_t most) {
  std::vector<Fold> same_place;
  std::map<std::string, std::size_t> places;
  const auto fields = misspelt(findings, least);
  const auto readings = readings_of(findings, least);
  std::multimap<const Diagnostic*, const Diagnostic*> missing;
  for (const Diagnostic& finding : findings) {
    if (finding.is_alternative || finding.severity < least) continue;
    if (finding.id.ends_with(".missing-field") && !finding.path.empty()) {
      const auto cause = fields.find(place_of(finding, finding.path.back().name));
      if (cause != fields.end()) {
        missing.emplace(cause->second, &finding);
        continue;
      }
    }
    if (finding.span) {
      const std::string key = concat(what_it_says(finding), '\x1f', finding.span->begin, '\x1f', finding.span->end);
      const auto [known, is_new] = places.emplace(key, same_place.size());
      if (!is_new) {
        same_place[known->second].others.push_back(&finding);
        continue;
      }
    }
    same_place.push_back({&finding, {}, {}});
  }

  std::map<std::string, std::vector<std::size_t>> alike;
  for (std::size_t i = 0; i < same_place.size(); ++i) {
    const Diagnostic& finding = *same_place[i].shown;
    alike[cause_of(finding)].push_back(i);
  }
  std::vector<bool> is_folded(same_place.size(), false);
  for (const auto& [key, members] : alike) {
    if (members.size() <= most) continue;
    Fold& first = same_place[members.front()];
    for (std::size_t i = 1; i < members.size(); ++i) {
      const Fold& other = same_place[members[i]];
      first.others.push_back(other.shown);
      first.others.insert(first.others.end(), other.others.begin(), other.others.end());
      is_folded[members[i]] = true;
    }
  }
  for (Fold& fold : same_place) {
    const auto [first, last] = missing.equal_range(fold.shown);
    for (auto of_it = first; of_it != last; ++of_it) fold.follows.push_back(of_it->second);
    if (const auto found = readings.find(fold.shown); found != readings.end()) fold.readings = found->second;
  }
  std::vector<Fold> folds;
  for (std::size_t i = 0; i < same_place.size(); ++i)
    if (!is_folded[i]) folds.push_back(std::move(same_place[i]));
  return folds;
}

}  // namespace zooport::report
