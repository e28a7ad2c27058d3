#include "zooport/report/explain.hpp"

#include <algorithm>

#include "report/parts.hpp"
#include "zooport/base/text.hpp"

namespace zooport::report {
namespace {

using schema::FieldFacts;

constexpr std::size_t kColumns = 100;

// The lines of a text below a label: "  since     0.4.3".
class Block {
 public:
  void line(std::string_view label, std::string_view value) {
    if (value.empty()) return;
    std::string head = concat("  ", label);
    head.resize(std::max(head.size() + 1, kIndent), ' ');
    text_ += head;
    wrapped(value);
  }
  void paragraph(std::string_view value) {
    if (value.empty()) return;
    text_.append(2, ' ');
    wrapped(value, 2);
  }
  // "  * name  what it is"
  void item(std::string_view head, std::string_view value) {
    text_ += head;
    wrapped(value, code_points(head));
  }
  void raw(std::string_view value) { text_ += value; }
  std::string take() { return std::move(text_); }

 private:
  static constexpr std::size_t kIndent = 13;

  void wrapped(std::string_view value, std::size_t indent = kIndent) {
    std::size_t column = indent;
    while (!value.empty()) {
      const std::size_t end = std::min(value.find(' '), value.size());
      const std::string_view word = value.substr(0, end);
      value.remove_prefix(std::min(end + 1, value.size()));
      if (column > indent && column + 1 + word.size() > kColumns) {
        text_ += '\n';
        text_.append(indent, ' ');
        column = indent;
      } else if (column > indent) {
        text_ += ' ';
        ++column;
      }
      text_ += word;
      column += word.size();
    }
    text_ += '\n';
  }

  std::string text_;
};

void write(const FieldFacts& field, Block& out) {
  out.raw(concat(field.path.empty() ? field.parts.front().node : field.path, ": ", field.summary, "\n"));
  out.paragraph(field.about);
  std::string type = field.type;
  if (!field.path.empty() && !field.name.empty()) type += field.is_required ? ", required" : ", may be left out";
  out.line("type", type);
  out.line("default", field.is_required ? "" : field.fallback);
  out.line("one of", join(field.choices, ", "));
  for (const std::string& constraint : field.constraints) out.line("must be", constraint);
  for (const FieldFacts::Warning& warning : field.warnings)
    out.line(to_text(warning.severity), concat("if it is not: ", warning.expected));
  out.line("since", field.since);
  out.line("example",
           field.example.empty() || field.name.empty() ? field.example : concat(field.name, ": ", field.example));
  for (const FieldFacts::Part& part : field.parts) {
    if (part.fields.empty() && part.rules.empty()) continue;
    out.line("in it", concat(part.node, part.about.empty() ? "" : concat(": ", part.about)));
    std::size_t width = 0;
    for (const FieldFacts::Part::Member& member : part.fields) width = std::max(width, member.name.size());
    for (const FieldFacts::Part::Member& member : part.fields) {
      std::string name = member.name;
      name.resize(width, ' ');
      out.item(concat(member.is_required ? "    * " : "      ", name, "  "), member.summary);
    }
    for (const std::string& rule : part.rules) out.line("rule", rule);
    if (part.takes_others) out.line("", "other fields are taken as well");
  }
}

void write(const FieldFacts& field, doc::JsonWriter& json) {
  json.open('{');
  json.member("path", field.path);
  member_unless_empty(json, "node", field.node);
  member_unless_empty(json, "name", field.name);
  member_unless_empty(json, "summary", field.summary);
  member_unless_empty(json, "about", field.about);
  json.member("type", field.type);
  json.member("required", field.is_required);
  if (!field.fallback.empty()) json.key("default"), json.json(field.fallback);
  if (!field.choices.empty()) member_strings(json, "choices", field.choices);
  if (!field.constraints.empty()) member_strings(json, "constraints", field.constraints);
  if (!field.warnings.empty()) {
    json.key("warnings");
    json.open('[');
    for (const FieldFacts::Warning& warning : field.warnings) {
      json.open('{');
      json.member("severity", to_text(warning.severity));
      json.member("expected", warning.expected);
      json.close('}');
    }
    json.close(']');
  }
  member_unless_empty(json, "since", field.since);
  member_unless_empty(json, "example", field.example);
  if (!field.parts.empty()) {
    json.key("parts");
    json.open('[');
    for (const FieldFacts::Part& part : field.parts) {
      json.open('{');
      json.member("node", part.node);
      member_unless_empty(json, "tag", part.tag);
      member_unless_empty(json, "about", part.about);
      json.key("fields");
      json.open('[');
      for (const FieldFacts::Part::Member& member : part.fields) {
        json.open('{');
        json.member("name", member.name);
        json.member("summary", member.summary);
        json.member("required", member.is_required);
        json.close('}');
      }
      json.close(']');
      if (!part.rules.empty()) member_strings(json, "rules", part.rules);
      if (part.takes_others) json.member("takes_others", true);
      json.close('}');
    }
    json.close(']');
  }
  json.close('}');
}

}  // namespace

std::string explain_text(const convert::Explanation& explanation) {
  Block out;
  for (const FieldFacts& field : explanation.fields) {
    if (&field != explanation.fields.data()) out.raw("\n");
    write(field, out);
  }
  return out.take();
}

std::string explain_record(const convert::Explanation& explanation) {
  doc::JsonWriter json;
  json.open('{');
  json.member("path", explanation.path);
  json.member("format", explanation.format->name);
  json.member("format_version", explanation.format->version);
  json.key("fields");
  json.open('[');
  for (const FieldFacts& field : explanation.fields) write(field, json);
  json.close(']');
  json.close('}');
  return std::move(json.text());
}

}  // namespace zooport::report
