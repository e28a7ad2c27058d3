#include <cmath>

#include "doc/edit_layout.hpp"
#include "zooport/base/text.hpp"

namespace zooport::doc {
namespace {

using Edits = std::vector<Edit>;

std::string_view json_problem(const Value& value) {
  if (value.kind == Kind::kReal && !std::isfinite(value.real)) return "a number that is finite";
  if (value.kind == Kind::kBytes || value.kind == Kind::kSet || value.kind == Kind::kDate || value.kind == Kind::kTime)
    return "a value of a kind that JSON has";
  if (value.kind == Kind::kString && !is_valid_utf8(value.text)) return "a text in UTF-8";
  if (value.kind == Kind::kInteger && value.text.find_first_not_of("-0123456789") != std::string::npos)
    return "an integer in decimal";
  for (const Value& child : value.children) {
    if (value.kind == Kind::kMapping && (child.key_kind != Kind::kString || !is_valid_utf8(child.key)))
      return "texts in UTF-8 as keys";
    if (const std::string_view problem = json_problem(child); !problem.empty()) return problem;
  }
  return {};
}

bool is_one_line(const Value& value) {
  return !value.is_collection() || value.children.empty() || value.kind == Kind::kSet;
}

// Puts a text of one line in the place of a node.
Edits put_line(const Layout& layout, const Place& place, std::string text) {
  const Node& node = place.node();
  const Node* parent = place.parent();
  const std::size_t begin = node.span.begin;
  const std::size_t end = layout.trimmed_end(node);
  if (begin == end && begin > 0) {
    const char before = layout.at(begin - 1);
    if (before == ':' || before == '-' || before == '?') {
      text.insert(0, " ");
    } else if (parent && parent->kind == Kind::kMapping && begin == node.key_span.end) {
      text.insert(0, ": ");
    }
    return {{{begin, end}, text}};
  }
  if (parent && parent->kind == Kind::kMapping && !place.is_in_flow) {
    const std::size_t colon = layout.colon(node);
    if (colon != std::string_view::npos && layout.is_first_on_line(begin) && !layout.is_same_line(colon, begin)) {
      // Beside the key, not below it.
      const bool is_rest_blank =
          layout.source().substr(end, layout.line_end(end) - end).find_first_not_of(" \t") == std::string_view::npos;
      const std::size_t last = is_rest_blank ? layout.next_line(end) : end;
      return {{{colon + 1, colon + 1}, " " + text}, {{layout.line_begin(begin), last}, {}}};
    }
  }
  return {{{begin, end}, text}};
}

// Puts a collection in block style in the place of a node.
Result<Edits> put_block(const Layout& layout, const Place& place, const Value& value) {
  const Node& node = place.node();
  const Node* parent = place.parent();
  const YamlStyle style = layout.style(*place.chain.front());
  const std::string line_break(style.line_end);
  const std::size_t begin = node.span.begin;
  const std::size_t end = layout.trimmed_end(node);
  const std::size_t column = layout.column(begin);
  if (parent && parent->kind == Kind::kMapping) {
    const std::size_t key_column = layout.column(node.key_span.begin);
    const std::size_t colon = layout.colon(node);
    std::size_t indent = key_column + (value.kind == Kind::kMapping ? style.step : style.sequence_step);
    if (colon == std::string_view::npos || layout.is_same_line(colon, begin)) {
      const std::size_t from = colon == std::string_view::npos ? begin : colon + 1;
      ZOOPORT_TRY_ASSIGN(const std::string block, yaml_block(value, indent, style));
      const std::size_t line_end = layout.line_end(end);
      return Edits{{{from, end}, {}}, {{line_end, line_end}, line_break + std::string(indent, ' ') + block}};
    }
    if (column > key_column || (column == key_column && value.kind == Kind::kSequence)) indent = column;
    ZOOPORT_TRY_ASSIGN(const std::string block, yaml_block(value, indent, style));
    return Edits{{{layout.line_begin(begin), end}, std::string(indent, ' ') + block}};
  }
  if (parent) {
    const bool is_empty = begin == end && layout.at(begin - 1) == '-';
    ZOOPORT_TRY_ASSIGN(const std::string block, yaml_block(value, column + (is_empty ? 1 : 0), style));
    return Edits{{{begin, end}, (is_empty ? " " : "") + block}};
  }
  const bool is_first = layout.is_first_on_line(begin);
  ZOOPORT_TRY_ASSIGN(const std::string block, yaml_block(value, is_first ? column : 0, style));
  return Edits{{{begin, end}, (is_first ? "" : line_break) + block}};
}

// "key: value" for a mapping in flow style. `indent`: as for json_value.
Result<std::string> flow_member(const Layout& layout, const Node& mapping, std::string_view key, const Value& value,
                                const std::string* indent) {
  if (!layout.is_json()) return yaml_flow_member(key, value);
  ZOOPORT_TRY_ASSIGN(std::string text, json_key(key));
  const bool is_tight = !mapping.children.empty() && layout.at(mapping.children[0].span.begin - 1) == ':';
  ZOOPORT_TRY_ASSIGN(const std::string value_text, json_value(value, indent));
  return text + (is_tight ? ":" : ": ") + value_text;
}

Result<Edits> append_to_flow(const Layout& layout, const Node& mapping, std::string_view key, const Value& value) {
  const std::string_view source = layout.source();
  const std::size_t close = mapping.span.end - 1;
  if (mapping.children.empty() || is_merged(mapping, mapping.children.back())) {
    std::size_t open = source.find('{', mapping.span.begin) + 1;
    if (open > close) open = close;
    const bool is_blank = source.substr(open, close - open).find_first_not_of(" \t\r\n") == std::string_view::npos;
    ZOOPORT_TRY_ASSIGN(std::string text, flow_member(layout, mapping, key, value, nullptr));
    if (!mapping.children.empty()) text += ", ";
    return Edits{{{open, is_blank ? close : open}, text}};
  }
  const Node& last = mapping.children.back();
  const std::size_t end = std::max(layout.trimmed_end(last), last.key_span.end);
  const std::size_t begin = layout.item_begin(mapping, mapping.children.size() - 1);
  const std::size_t comma = layout.skip_gaps(end);
  const bool has_comma = layout.at(comma) == ',' && layout.is_same_line(comma, end);
  const std::size_t behind = has_comma ? comma + 1 : end;
  if (layout.is_first_on_line(begin) && layout.is_rest_empty(behind)) {
    const std::size_t line = layout.line_begin(begin);
    const std::string indent(source.substr(line, begin - line));
    ZOOPORT_TRY_ASSIGN(const std::string text, flow_member(layout, mapping, key, value, &indent));
    const std::size_t line_end = layout.line_end(behind);
    Edits edits;
    if (!has_comma) edits.push_back({{end, end}, ","});
    edits.push_back({{line_end, line_end}, concat(layout.line_break(), indent, text, has_comma ? "," : "")});
    return edits;
  }
  ZOOPORT_TRY_ASSIGN(const std::string text, flow_member(layout, mapping, key, value, nullptr));
  const bool is_tight = layout.is_json() && mapping.children.size() > 1 &&
                        layout.at(layout.item_begin(mapping, mapping.children.size() - 1) - 1) == ',';
  return Edits{{{end, end}, (is_tight ? "," : ", ") + text}};
}

Edits remove_from_flow(const Layout& layout, const Node& parent, std::size_t index) {
  const std::string_view source = layout.source();
  const auto end_of = [&](const Node& child) { return std::max(layout.trimmed_end(child), child.key_span.end); };
  const Node& child = parent.children[index];
  const std::size_t begin = layout.item_begin(parent, index);
  const std::size_t end = end_of(child);
  const std::size_t comma = layout.skip_gaps(end);
  const std::size_t behind = layout.at(comma) == ',' ? comma + 1 : end;
  const bool has_next = index + 1 < parent.children.size();
  const Node* before =
      index > 0 && !is_merged(parent, parent.children[index - 1]) ? &parent.children[index - 1] : nullptr;
  if (parent.children.size() == 1) {
    const std::size_t close = parent.span.end - 1;
    const bool is_blank = source.substr(behind, close - behind).find_first_not_of(" \t\r\n") == std::string_view::npos;
    std::size_t from = begin;
    while (is_blank && from > 0 && std::string_view(" \t\r\n").find(source[from - 1]) != std::string_view::npos) --from;
    return {{{from, is_blank ? close : behind}, {}}};
  }
  Edits edits;
  const std::size_t comma_before = before ? layout.skip_gaps(end_of(*before)) : 0;
  const bool drops_comma = !has_next && before && layout.at(comma_before) == ',';
  if (layout.is_first_on_line(begin) && layout.is_rest_empty(behind)) {
    if (drops_comma) edits.push_back({{comma_before, comma_before + 1}, {}});
    edits.push_back({{layout.line_begin(begin), layout.next_line(behind)}, {}});
  } else if (has_next) {
    edits.push_back({{begin, layout.item_begin(parent, index + 1)}, {}});
  } else if (before && source.substr(end_of(*before), begin - end_of(*before)).find('#') == std::string_view::npos) {
    edits.push_back({{end_of(*before), end}, {}});
  } else {
    if (drops_comma) edits.push_back({{comma_before, comma_before + 1}, {}});
    edits.push_back({{begin, behind}, {}});
  }
  return edits;
}

Edits remove_from_block(const Layout& layout, const Node& parent, std::size_t index) {
  const std::string_view source = layout.source();
  const Node& child = parent.children[index];
  const std::size_t begin = layout.item_begin(parent, index);
  const std::size_t end = std::max(layout.content_end(child), child.key_span.end);
  if (!layout.is_first_on_line(begin) && index + 1 < parent.children.size()) {
    // The first one, beside a dash: the next one moves up, unless comments stand between them.
    const std::size_t next = layout.item_begin(parent, index + 1);
    const bool has_comment = source.substr(end, next - end).find('#') != std::string_view::npos;
    return {{{begin, has_comment ? end : next}, {}}};
  }
  const std::size_t last = end > begin && source[end - 1] == '\n' ? end : layout.next_line(end);
  std::size_t first = layout.line_begin(begin);
  if (last == source.size() && !source.ends_with('\n') && first > 0) {
    // No line break at the end of the text, before or after.
    --first;
    if (first > 0 && source[first - 1] == '\r') --first;
  }
  return {{{first, last}, {}}};
}

}  // namespace

Result<std::string> json_value(const Value& value, const std::string* indent) {
  if (const std::string_view problem = json_problem(value); !problem.empty())
    return make_error(ErrorKind::kInvalid, "doc.unwritable", concat("expected ", problem));
  JsonWriter out(indent ? JsonWriter::Layout::kIndented : JsonWriter::Layout::kCompact);
  value.write(out);
  if (!indent) return std::move(out.text());
  std::string text;
  for (const char c : out.text()) {
    text += c;
    if (c == '\n') text += *indent;
  }
  return text;
}

Result<std::string> json_key(std::string_view key) { return json_value(Value(key), nullptr); }

Result<Edits> replace_edits(const Layout& layout, const Place& place, const Value& value) {
  const Node& node = place.node();
  if (layout.is_json()) {
    const std::size_t line = layout.line_begin(node.span.begin);
    const std::size_t begin = layout.source().find_first_not_of(" \t", line);
    const std::string indent(layout.source().substr(line, begin - line));
    // Several lines where the line is the value's own, or its key's.
    const bool is_own_line =
        place.parent() && layout.is_first_on_line(layout.item_begin(*place.parent(), place.route.back()));
    ZOOPORT_TRY_ASSIGN(std::string text, json_value(value, is_own_line ? &indent : nullptr));
    return Edits{{node.span, std::move(text)}};
  }
  const bool stays_flow = layout.is_flow(node) && !node.children.empty();
  if (!place.is_in_flow && !stays_flow && !is_one_line(value)) return put_block(layout, place, value);
  const bool is_flow = place.is_in_flow || !is_one_line(value);
  ZOOPORT_TRY_ASSIGN(std::string text, is_flow ? yaml_flow(value) : yaml_block(value, 0));
  return put_line(layout, place, std::move(text));
}

Result<Edits> append_edits(const Layout& layout, const Place& place, std::string_view key, const Value& value) {
  const Node& mapping = place.node();
  if (layout.is_flow(mapping)) return append_to_flow(layout, mapping, key, value);
  if (mapping.children.empty() || is_merged(mapping, mapping.children.back()))
    return make_error(ErrorKind::kInvalid, "doc.edit-alias", "expected a mapping that holds more than merged keys");
  const std::size_t last = mapping.children.size() - 1;
  const std::size_t end = std::max(layout.content_end(mapping.children[last]), mapping.children[last].key_span.end);
  const std::size_t indent = layout.column(layout.item_begin(mapping, last));
  const YamlStyle style = layout.style(*place.chain.front());
  ZOOPORT_TRY_ASSIGN(const std::string text, yaml_member(key, value, indent, style));
  if (end > 0 && layout.at(end - 1) == '\n')
    return Edits{{{end, end}, concat(std::string(indent, ' '), text, style.line_end)}};
  const std::size_t line_end = layout.line_end(end);
  return Edits{{{line_end, line_end}, concat(style.line_end, std::string(indent, ' '), text)}};
}

Result<Edits> remove_edits(const Layout& layout, const Place& place) {
  const Node& parent = *place.parent();
  const std::size_t index = place.route.back();
  if (layout.is_flow(parent)) return remove_from_flow(layout, parent, index);
  if (parent.children.size() > 1) return remove_from_block(layout, parent, index);
  return replace_edits(layout, place.above(), Value::of_kind(parent.kind));
}

}  // namespace zooport::doc
