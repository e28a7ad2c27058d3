#include "report/parts.hpp"

#include <map>
#include <optional>

namespace zooport::report {
namespace {

// Positions in files whose text is known.
class Positions {
 public:
  explicit Positions(const TextOf& text_of) : text_of_(text_of) {}

  const doc::LineIndex* of(const std::string& file) {
    const auto known = lines_.find(file);
    if (known != lines_.end()) return known->second ? &*known->second : nullptr;
    const std::string_view text = text_of_ ? text_of_(file) : std::string_view();
    auto& made = lines_[file];
    if (!text.empty()) made.emplace(text);
    return made ? &*made : nullptr;
  }

 private:
  const TextOf& text_of_;
  std::map<std::string, std::optional<doc::LineIndex>> lines_;
};

void write_fix(doc::JsonWriter& json, const Fix& fix) {
  json.key("fix");
  json.open('{');
  json.member("description", fix.description);
  json.key("edits");
  json.open('[');
  for (const Edit& edit : fix.edits) {
    json.open('{');
    json.member("byte_offset", edit.span.begin);
    json.member("byte_length", edit.span.end - edit.span.begin);
    json.member("text", edit.text);
    json.close('}');
  }
  json.close(']');
  json.close('}');
}

void write_finding(doc::JsonWriter& json, const Diagnostic& finding, Positions& positions) {
  json.open('{');
  json.member("id", finding.id);
  json.member("severity", to_text(finding.severity));
  json.key("loc");
  json.open('[');
  for (const Step& step : finding.path) {
    if (step.kind == Step::Kind::kIndex) {
      json.integer(static_cast<std::int64_t>(step.index));
    } else {
      json.string(step.name);
    }
  }
  json.close(']');
  member_unless_empty(json, "reference_type", finding.reference_type);
  json.member("message", finding.message);
  member_unless_empty(json, "expected", finding.expected);
  member_unless_empty(json, "found", finding.found);
  member_unless_empty(json, "file", finding.file);
  const doc::LineIndex* lines = finding.span || !finding.related.empty() ? positions.of(finding.file) : nullptr;
  if (lines && finding.span) {
    const doc::Position begin = lines->position(finding.span->begin);
    const doc::Position end = lines->position(finding.span->end);
    json.member("line", begin.line);
    json.member("column", begin.column);
    json.member("end_line", end.line);
    json.member("end_column", end.column);
  }
  if (!finding.related.empty()) {
    json.key("related");
    json.open('[');
    for (const Related& related : finding.related) {
      json.open('{');
      json.member("message", related.message);
      if (lines && related.span) {
        const doc::Position at = lines->position(related.span->begin);
        json.member("line", at.line);
        json.member("column", at.column);
      }
      json.close('}');
    }
    json.close(']');
  }
  member_unless_empty(json, "help", finding.help);
  if (finding.fix) write_fix(json, *finding.fix);
  json.close('}');
}

}  // namespace

void member_unless_empty(doc::JsonWriter& json, std::string_view name, std::string_view value) {
  if (!value.empty()) json.member(name, value);
}

void member_strings(doc::JsonWriter& json, std::string_view name, const std::vector<std::string>& values) {
  json.key(name);
  json.open('[');
  for (const std::string& value : values) json.string(value);
  json.close(']');
}

void member_numbers(doc::JsonWriter& json, std::string_view name, const std::vector<std::int64_t>& values) {
  json.key(name);
  json.open('[');
  for (const std::int64_t value : values) json.integer(value);
  json.close(']');
}

void member_findings(doc::JsonWriter& json, const std::vector<Diagnostic>& findings, const TextOf& text_of,
                     Severity least) {
  Positions positions(text_of);
  json.key("findings");
  json.open('[');
  for (const Diagnostic& finding : findings)
    if (finding.severity >= least) write_finding(json, finding, positions);
  json.close(']');
}

void output_object(doc::JsonWriter& json, const predict::Comparison& output, const std::string& saved) {
  json.open('{');
  json.member("id", output.id);
  json.member("status", output.passed ? "passed" : "failed");
  member_unless_empty(json, "reason", output.reason);
  member_unless_empty(json, "trial", output.trial);
  member_numbers(json, "shape", output.shape);
  if (output.elements > 0) {
    json.member("max_abs", output.max_abs);
    json.member("max_rel", output.max_rel);
    json.member("mismatched", output.mismatched);
    json.member("elements", output.elements);
    if (output.nan_expected > 0) json.member("nan_expected", output.nan_expected);
    if (output.nan_found > 0) json.member("nan_found", output.nan_found);
  }
  json.key("tolerance");
  json.open('{');
  json.member("absolute", output.tolerance.absolute);
  json.member("relative", output.tolerance.relative);
  json.member("mismatched_per_million", output.tolerance.mismatched_per_million);
  json.member("from", output.tolerance.from);
  json.close('}');
  if (output.elements > 0 && output.worst.size() == output.shape.size()) {
    json.key("worst");
    json.open('{');
    member_numbers(json, "index", output.worst);
    json.member("expected", output.worst_expected);
    json.member("found", output.worst_found);
    json.close('}');
  }
  if (!output.discriminates) json.member("discriminates", false);
  member_unless_empty(json, "saved", saved);
  json.close('}');
}

void member_trials(doc::JsonWriter& json, const std::vector<convert::Trial>& trials) {
  json.key("trials");
  json.open('[');
  for (const convert::Trial& trial : trials) {
    json.open('{');
    json.member("name", trial.name());
    json.member("kind", convert::name_of(trial.kind));
    json.member("pattern", trial.pattern);
    json.member("seed", trial.seed);
    json.key("inputs");
    json.open('[');
    for (const auto& [id, shape] : trial.inputs) {
      json.open('{');
      json.member("id", id);
      member_numbers(json, "shape", shape);
      json.close('}');
    }
    json.close(']');
    json.member("status", convert::name_of(trial.status));
    member_unless_empty(json, "reason", trial.reason);
    if (!trial.counts) json.member("counts", false);
    json.key("outputs");
    json.open('[');
    for (predict::Comparison output : trial.outputs) {
      output.trial.clear();
      output_object(json, output, "");
    }
    json.close(']');
    json.member("seconds", trial.seconds);
    json.close('}');
  }
  json.close(']');
}

std::string_view status_of(ErrorKind kind) {
  switch (kind) {
    case ErrorKind::kInvalid: return "invalid";
    case ErrorKind::kUsage: return "usage";
    case ErrorKind::kIo: return "unreadable";
    case ErrorKind::kUnsupported: return "unsupported";
    case ErrorKind::kCancelled: return "cancelled";
    case ErrorKind::kInternal: break;
  }
  return "internal";
}

}  // namespace zooport::report
