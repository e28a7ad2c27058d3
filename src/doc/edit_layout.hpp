#pragma once

#include <string_view>
#include <vector>

#include "zooport/doc/edit.hpp"
#include "zooport/doc/yaml_writer.hpp"

namespace zooport::doc {

// What stands around nodes in a source text.
class Layout {
 public:
  Layout(std::string_view source, Syntax syntax) : source_(source), syntax_(syntax) {}

  std::string_view source() const { return source_; }
  bool is_json() const { return syntax_ == Syntax::kJson; }
  char at(std::size_t place) const { return place < source_.size() ? source_[place] : '\0'; }

  std::size_t line_begin(std::size_t place) const;  // behind a byte-order mark
  std::size_t line_end(std::size_t place) const;    // before its line break
  std::size_t next_line(std::size_t place) const;   // behind the line break
  std::size_t column(std::size_t place) const { return place - line_begin(place); }
  bool is_first_on_line(std::size_t place) const;
  bool is_rest_empty(std::size_t place) const;  // nothing, or a comment, up to the end of the line
  bool is_same_line(std::size_t a, std::size_t b) const { return line_begin(a) == line_begin(b); }
  // Behind spaces, line breaks and comments.
  std::size_t skip_gaps(std::size_t place) const;
  std::string_view line_break() const;

  bool is_alias(const Node& node) const;
  bool is_flow(const Node& node) const;
  // A block scalar's span reaches over the blank lines behind it.
  std::size_t trimmed_end(const Node& node) const;
  // As trimmed_end, but where blank lines are content ("|+") they belong to the node.
  std::size_t content_end(const Node& node) const;
  // Where the key, or the dash, of a child begins.
  std::size_t item_begin(const Node& parent, std::size_t index) const;
  // Of a key: place of the colon behind it, or npos.
  std::size_t colon(const Node& child) const;

  // Steps as the document has them.
  YamlStyle style(const Node& root) const;

 private:
  std::size_t behind_properties(const Node& node) const;
  bool find_steps(const Node& node, YamlStyle& style, bool& has_step, bool& has_sequence_step) const;

  std::string_view source_;
  Syntax syntax_;
};

// A node with the way to it.
struct Place {
  std::vector<const Node*> chain;  // from the root to the node
  std::vector<std::size_t> route;  // index of each but the root among its siblings
  bool is_in_flow = false;         // a collection around it is in flow style

  const Node& node() const { return *chain.back(); }
  const Node* parent() const { return chain.size() > 1 ? chain[chain.size() - 2] : nullptr; }
  Place above() const;
};

// Merged keys stand elsewhere.
inline bool is_merged(const Node& mapping, const Node& child) {
  return mapping.kind == Kind::kMapping && child.key_span.begin < mapping.span.begin;
}

// The edits that make a change, in order of place.
Result<std::vector<Edit>> replace_edits(const Layout& layout, const Place& place, const Value& value);
Result<std::vector<Edit>> append_edits(const Layout& layout, const Place& place, std::string_view key,
                                       const Value& value);
Result<std::vector<Edit>> remove_edits(const Layout& layout, const Place& place);

// A value, and a key with its value, as JSON; `indent`: text before the line it stands on, where it may take several.
Result<std::string> json_value(const Value& value, const std::string* indent);
Result<std::string> json_key(std::string_view key);

}  // namespace zooport::doc
