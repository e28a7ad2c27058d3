#include "zooport/schema/walk.hpp"

#include <algorithm>

#include "zooport/base/text.hpp"
#include "zooport/schema/free_values.hpp"

namespace zooport::schema {

void Match::add(const Match& part) {
  lower(part.exactness);
  if (part.fields) add_fields(*part.fields);
}

bool Match::is_better_than(const Match& other) const {
  if (fields && other.fields && *fields != *other.fields) return *fields > *other.fields;
  return exactness > other.exactness;
}

std::string Walk::describe(const doc::Node& node) {
  switch (node.kind) {
    case doc::Kind::kNull: return "null";
    case doc::Kind::kString: return concat("'", printable(node.text, 60), "'");
    case doc::Kind::kSequence:
      return node.children.empty() ? "an empty list" : concat("a list of ", node.children.size());
    case doc::Kind::kMapping: return "a mapping";
    case doc::Kind::kSet: return "a set";
    case doc::Kind::kBytes: return "binary data";
    case doc::Kind::kDate: return concat("the date ", printable(node.text, 60));
    default: return printable(node.text, 60);
  }
}

bool Walk::fail(const doc::Node& at, Problem problem, std::string_view expected, Advice advice) {
  if (quiet_ > 0) return false;
  return report(Severity::kError, at.span, problem, expected, describe(at), std::move(advice));
}

Walk::At Walk::At::entry(Walk& walk, const doc::Node& entry) {
  if (entry.key_kind == doc::Kind::kString) return At(walk, entry.key);
  doc::Node key;
  key.kind = entry.key_kind;
  key.text = entry.key;
  const bool is_whole = key.kind == doc::Kind::kInteger || key.kind == doc::Kind::kBoolean;
  const auto number = key.kind == doc::Kind::kBoolean ? std::optional<std::int64_t>(doc::boolean_of(key) ? 1 : 0)
                      : is_whole                      ? doc::integer_of(key)
                                                      : std::nullopt;
  if (number && *number >= 0) return At(walk, static_cast<std::size_t>(*number));
  return At(walk, walk.arena.keep(key_repr(entry)));
}

Path Walk::path() const {
  Path path;
  for (const Frame& frame : path_) {
    if (frame.member)
      path.push_back(Step::label(frame.member->label()));
    else if (!frame.label.empty())
      path.push_back(Step::label(frame.label));
    else if (frame.index == kKey)
      path.push_back(Step::key(frame.key));
    else
      path.push_back(Step::at(frame.index));
  }
  return path;
}

bool Walk::report(Severity severity, const Span& at, Problem problem, std::string_view expected, std::string found,
                  Advice advice) {
  if (!hears(severity)) return false;
  Diagnostic& item = add(severity, at, problem, expected, std::move(found));
  item.related = std::move(advice.related);
  item.fix = std::move(advice.fix);
  item.help = std::move(advice.help);
  item.path = path();
  return false;
}

void Walk::abort(const Span& at, std::string_view exception, std::string message) {
  if (aborted_) return;
  found_.clear();
  add(Severity::kError, at, {"schema.reference-raises", exception}, "a description that can be checked",
      std::move(message));
  aborted_ = true;
}

Diagnostic& Walk::add(Severity severity, const Span& at, Problem problem, std::string_view expected,
                      std::string found) {
  Diagnostic& item = found_.emplace_back();
  item.id = problem.id;
  item.severity = severity;
  item.span = at;
  item.message = concat("expected ", expected, ", found ", found);
  item.expected = expected;
  item.found = std::move(found);
  item.reference_type = problem.reference_type;
  return item;
}

void Walk::prefer_nearest(std::vector<std::size_t> begins) {
  if (aborted_ || quiet_ > 0 || begins.empty()) return;
  begins.push_back(found_.size());
  struct Score {
    std::size_t depth = 0;
    std::size_t count = 0;
  };
  // Nearest: the member whose findings lie deepest (it got furthest), then the one with the fewest.
  std::size_t best = 0;
  std::optional<Score> best_score;
  bool all_refuse_the_value = true;  // no member got beyond the value itself
  std::string expected;
  for (std::size_t i = 0; i + 1 < begins.size(); ++i) {
    Score score;
    for (std::size_t k = begins[i]; k < begins[i + 1]; ++k) {
      // A rule is asked where every field of a node is right, so that node got further than its own place says.
      const bool is_of_a_rule = !found_[k].id.starts_with("schema.");
      score.depth = std::max(score.depth, found_[k].path.size() + (is_of_a_rule ? 1 : 0));
      ++score.count;
    }
    if (score.count == 0) continue;
    if (score.count > 1 || score.depth > path_.size() + 1) all_refuse_the_value = false;
    const std::string& wanted = found_[begins[i]].expected;
    if (expected.find(wanted) == std::string::npos) expected += concat(expected.empty() ? "" : " or ", wanted);
    if (!best_score || score.depth > best_score->depth ||
        (score.depth == best_score->depth && score.count < best_score->count)) {
      best = i;
      best_score = score;
    }
  }
  if (!best_score) return;
  for (std::size_t k = begins.front(); k < found_.size(); ++k)
    if (k < begins[best] || k >= begins[best + 1]) found_[k].is_alternative = true;
  if (!all_refuse_the_value) return;
  Diagnostic& speaker = found_[begins[best]];
  speaker.expected = expected;
  speaker.message = concat("expected ", speaker.expected, ", found ", speaker.found);
}

std::vector<Diagnostic> Walk::take() { return std::move(found_); }

bool validate(const Type& type, void* into, const doc::Node& node, const Source& source, Diagnostics& diagnostics,
              const Outside* outside) {
  const auto owner = std::make_shared<const Source>(source);
  // The reference finds warnings by a second validation in which every warning is a failure, so that warnings mask each
  // other and the rules above them. Without any warning both walks are the same: then one is enough.
  Walk warnings(Severity::kInfo, *source.arena, owner);
  warnings.outside = outside;
  bool valid = type.read(into, node, warnings);
  std::vector<Diagnostic> found = warnings.take();
  if (warnings.warned()) {
    std::erase_if(found, [](const Diagnostic& d) { return d.severity == Severity::kError; });
    Walk errors(Severity::kError, *source.arena, owner);
    errors.outside = outside;
    valid = type.read(into, node, errors);
    std::vector<Diagnostic> first = errors.take();
    std::swap(first, found);
    found.insert(found.end(), std::make_move_iterator(first.begin()), std::make_move_iterator(first.end()));
  }
  for (Diagnostic& diagnostic : found) diagnostics.add(std::move(diagnostic));
  return valid;
}

}  // namespace zooport::schema
