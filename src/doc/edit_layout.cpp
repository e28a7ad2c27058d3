#include "doc/edit_layout.hpp"

#include <algorithm>

namespace zooport::doc {

namespace {
constexpr std::string_view kSpaces = " \t\r\n";
bool is_space(char c) { return kSpaces.find(c) != std::string_view::npos; }
}  // namespace

std::size_t Layout::line_begin(std::size_t place) const {
  const std::size_t before = place == 0 ? std::string_view::npos : source_.rfind('\n', place - 1);
  if (before != std::string_view::npos) return before + 1;
  return source_.starts_with("\xEF\xBB\xBF") && place >= 3 ? 3 : 0;
}

std::size_t Layout::line_end(std::size_t place) const {
  const std::size_t end = std::min(source_.find('\n', place), source_.size());
  return end > place && end < source_.size() && source_[end - 1] == '\r' ? end - 1 : end;
}

std::size_t Layout::next_line(std::size_t place) const {
  const std::size_t end = source_.find('\n', place);
  return end == std::string_view::npos ? source_.size() : end + 1;
}

bool Layout::is_first_on_line(std::size_t place) const {
  const std::size_t begin = line_begin(place);
  return source_.substr(begin, place - begin).find_first_not_of(" \t") == std::string_view::npos;
}

bool Layout::is_rest_empty(std::size_t place) const {
  const std::size_t end = line_end(place);
  const std::string_view rest = source_.substr(place, end - place);
  const std::size_t first = rest.find_first_not_of(" \t");
  return first == std::string_view::npos || (!is_json() && first > 0 && rest[first] == '#');
}

std::size_t Layout::skip_gaps(std::size_t place) const {
  while (place < source_.size() && (is_space(source_[place]) || (source_[place] == '#' && !is_json())))
    place = source_[place] == '#' ? line_end(place) : place + 1;
  return place;
}

std::string_view Layout::line_break() const { return source_.find("\r\n") == std::string_view::npos ? "\n" : "\r\n"; }

bool Layout::is_alias(const Node& node) const {
  if (is_json() || at(node.span.begin) != '*') return false;
  // A mapping may begin with an alias as its first key.
  return std::none_of(node.children.begin(), node.children.end(),
                      [&](const Node& child) { return child.key_span.begin == node.span.begin; });
}

std::size_t Layout::behind_properties(const Node& node) const {
  std::size_t place = node.span.begin;
  while (!is_json() && (at(place) == '&' || at(place) == '!')) {
    while (place < source_.size() && !is_space(source_[place])) ++place;
    place = skip_gaps(place);
  }
  return place;
}

bool Layout::is_flow(const Node& node) const {
  if (is_json()) return node.is_collection();
  if (!node.is_collection() || is_alias(node)) return false;
  const char first = at(behind_properties(node));
  return first == '{' || (first == '[' && node.kind == Kind::kSequence);
}

std::size_t Layout::trimmed_end(const Node& node) const {
  std::size_t end = node.span.end;
  while (end > node.span.begin && is_space(source_[end - 1])) --end;
  return end;
}

std::size_t Layout::content_end(const Node& node) const {
  const Node* last = &node;
  while (last->is_collection() && !last->children.empty() && !is_alias(*last) && !is_flow(*last))
    last = &last->children.back();
  const std::size_t begin = behind_properties(*last);
  const bool is_block_scalar = last->kind == Kind::kString && (at(begin) == '|' || at(begin) == '>') && !is_json();
  if (!is_block_scalar) return trimmed_end(node);
  const std::string_view header = source_.substr(begin, line_end(begin) - begin);
  return header.substr(0, header.find(' ')).find('+') == std::string_view::npos ? trimmed_end(node) : node.span.end;
}

std::size_t Layout::item_begin(const Node& parent, std::size_t index) const {
  const Node& child = parent.children[index];
  if (parent.kind == Kind::kSequence && !is_flow(parent)) {
    const std::size_t from = index == 0 ? behind_properties(parent) : content_end(parent.children[index - 1]);
    const std::size_t dash = skip_gaps(from);
    return at(dash) == '-' && dash <= child.span.begin ? dash : child.span.begin;
  }
  std::size_t begin = parent.kind == Kind::kSequence ? child.span.begin : child.key_span.begin;
  // An explicit key begins with its question mark.
  if (!is_json() && begin >= 2 && source_.substr(begin - 2, 2) == "? ") begin -= 2;
  return begin;
}

std::size_t Layout::colon(const Node& child) const {
  const std::size_t place = skip_gaps(child.key_span.end);
  return at(place) == ':' && place < std::max(child.span.begin, child.key_span.end + 1) ? place
                                                                                        : std::string_view::npos;
}

YamlStyle Layout::style(const Node& root) const {
  YamlStyle style;
  style.line_end = line_break();
  bool has_step = false;
  bool has_sequence_step = false;
  find_steps(root, style, has_step, has_sequence_step);
  return style;
}

bool Layout::find_steps(const Node& node, YamlStyle& style, bool& has_step, bool& has_sequence_step) const {
  if (is_alias(node) || is_flow(node)) return false;
  for (const Node& child : node.children) {
    if (is_merged(node, child)) continue;
    const bool is_below = node.kind == Kind::kMapping && child.is_collection() && !child.children.empty() &&
                          !is_alias(child) && !is_flow(child) && is_first_on_line(child.span.begin) &&
                          child.span.begin > child.key_span.end;
    const std::size_t from = column(child.key_span.begin);
    const std::size_t to = column(child.span.begin);
    if (is_below && child.kind == Kind::kMapping && !has_step && to > from) style.step = to - from, has_step = true;
    if (is_below && child.kind == Kind::kSequence && !has_sequence_step && to >= from)
      style.sequence_step = to - from, has_sequence_step = true;
    if ((has_step && has_sequence_step) || find_steps(child, style, has_step, has_sequence_step)) return true;
  }
  return false;
}

Place Place::above() const {
  Place place = *this;
  place.chain.pop_back();
  place.route.pop_back();
  return place;
}

}  // namespace zooport::doc
