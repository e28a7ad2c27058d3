#include "doc/builder.hpp"

#include <algorithm>
#include <tuple>

#include "zooport/base/text.hpp"

namespace zooport::doc {
namespace {

// Keys are equal as Python finds them: 1, 1.0, true and 0x1 are one key; 1 and "1" are two.
std::string canonical_key(const Node& node) {
  switch (node.key_kind) {
    case Kind::kBoolean:
    case Kind::kInteger:
    case Kind::kReal: {
      Node value;
      value.kind = node.key_kind;
      value.text = node.key;
      if (value.kind == Kind::kBoolean) return boolean_of(value) ? "n1" : "n0";
      if (value.kind == Kind::kInteger) {
        const auto integer = integer_of(value);
        return concat('n', integer ? std::to_string(*integer) : std::string(node.key));
      }
      const double real = real_of(value);
      if (real == static_cast<double>(static_cast<std::int64_t>(std::clamp(real, -9e15, 9e15))))
        return concat('n', static_cast<std::int64_t>(real));
      return concat('n', real);
    }
    case Kind::kNull: return "null";
    case Kind::kString: return concat('s', node.key);
    default: return concat('o', node.key);
  }
}

}  // namespace

Error document_error(std::string id, Span span, std::string message) {
  Error error = make_error(ErrorKind::kInvalid, std::move(id), std::move(message));
  error.what.span = span;
  return error;
}

Error limit_error(std::string id, std::string_view name, std::size_t limit, Span span) {
  return document_error(std::move(id), span,
                        concat("more than ", limit, ' ', name, "; raise the limit `", name, "` to read it"));
}

Builder::Builder(std::string text, const Limits& limits, Duplicates duplicates)
    : limits_(limits), duplicates_(duplicates) {
  document_.source_ = std::make_unique<const std::string>(std::move(text));
}

std::string_view Builder::keep(std::string_view text, std::size_t where) {
  const std::string_view literal = source().substr(std::min(where, source().size()), text.size());
  return literal == text ? literal : std::string_view(document_.decoded_.emplace_back(text));
}

bool Builder::wants_key() const {
  if (frames_.empty()) return false;
  const Frame& frame = frames_.back();
  return (frame.node.kind == Kind::kMapping || frame.node.kind == Kind::kSet) && !frame.has_key;
}

void Builder::open(Kind kind, Span span, std::string anchor) {
  if (frames_.size() >= limits_.depth) return fail(limit_error("limits.depth", "depth", limits_.depth, span));
  Frame& frame = frames_.emplace_back();
  frame.first = pending_.size();
  frame.node.kind = kind;
  frame.node.span = span;
  frame.anchor = std::move(anchor);
}

void Builder::close(std::size_t end, End how) {
  Frame frame = std::move(frames_.back());
  frames_.pop_back();
  Node& node = frame.node;
  std::vector<Node> children(pending_.begin() + static_cast<std::ptrdiff_t>(frame.first), pending_.end());
  pending_.resize(frame.first);
  if (node.kind == Kind::kMapping || node.kind == Kind::kSet) check_duplicates(children);
  if (!frame.merged.empty()) {
    // Merged keys come first, and give way to the mapping's own.
    std::vector<Node> all;
    std::set<std::string> own;
    for (const Node& child : children) own.insert(canonical_key(child));
    for (const Node& child : frame.merged)
      if (own.insert(canonical_key(child)).second) all.push_back(child);
    all.insert(all.end(), children.begin(), children.end());
    children = std::move(all);
  }
  if (how == End::kLastChild && !children.empty()) end = children.back().span.end;
  node.span.end = std::max(node.span.end, end);
  for (const Node& child : children) node.size += child.size;
  if (!children.empty()) node.children = document_.children_.emplace_back(std::move(children));
  if (frame.form == Form::kOrderedMap) to_ordered_map(node);
  if (frame.form == Form::kPairs) to_pairs(node);
  if (!frame.anchor.empty()) anchors_.insert_or_assign(std::move(frame.anchor), node);
  place(node);
}

void Builder::scalar(Node node, std::string_view anchor) {
  if (!anchor.empty()) anchors_.insert_or_assign(std::string(anchor), node);
  place(node);
}

void Builder::alias(std::string_view name, Span span) {
  if (++aliases_ > limits_.aliases) return fail(limit_error("limits.aliases", "aliases", limits_.aliases, span));
  for (const Frame& frame : frames_)
    if (frame.anchor == name)
      return fail(document_error("yaml.recursion", span, concat("the alias *", printable(name), " contains itself")));
  const auto anchored = anchors_.find(name);
  if (anchored == anchors_.end())
    return fail(document_error("yaml.undefined-alias", span, concat("the alias *", printable(name), " has no anchor")));
  Node node = anchored->second;
  node.span = span;
  place(node);
}

void Builder::merge_key(Node key) {
  Frame& frame = frames_.back();
  if (frame.merged_at)
    return fail(document_error("yaml.duplicate-key", key.span, "the key << stands twice in this mapping"));
  frame.merged_at = key.span;
  frame.key = key;
  frame.has_key = frame.is_merge = true;
}

void Builder::merge(Frame& frame, const Node& value) {
  const auto refuse = [&](const Node& at, std::string_view expected) {
    fail(document_error("yaml.merge", at.span, concat("expected ", expected, " to merge under <<")));
  };
  const auto add = [&](const Node& mapping) {
    if (mapping.kind != Kind::kMapping) return refuse(mapping, "a mapping");
    for (const Node& child : mapping.children) {
      const bool is_known = std::any_of(frame.merged.begin(), frame.merged.end(), [&](const Node& known) {
        return canonical_key(known) == canonical_key(child);
      });
      if (!is_known) frame.merged.push_back(child);
    }
  };
  nodes_ += value.size;
  if (value.kind == Kind::kMapping) return add(value);
  if (value.kind != Kind::kSequence) return refuse(value, "a mapping or a list of mappings");
  for (const Node& item : value.children) add(item);
}

void Builder::place(Node node) {
  if ((nodes_ += node.children.empty() ? 1 : 0) > limits_.nodes || node.size > limits_.nodes)
    return fail(limit_error("limits.nodes", "nodes", limits_.nodes, node.span));
  if (frames_.empty()) {
    document_.root_ = node;
    return;
  }
  Frame& frame = frames_.back();
  if (wants_key()) {
    if (node.kind == Kind::kMapping || node.kind == Kind::kSet)
      return fail(document_error("yaml.key", node.span, "expected a scalar or a list as a key, found a mapping"));
    if (std::any_of(node.children.begin(), node.children.end(), [](const Node& n) { return n.is_collection(); }))
      return fail(
          document_error("yaml.key", node.span, "expected scalars in a list that is a key, found a collection"));
    frame.key = node;
    if (node.kind == Kind::kSequence)
      frame.key.text = source().substr(node.span.begin, node.span.end - node.span.begin);
    frame.has_key = true;
    return;
  }
  if (frame.has_key) {
    frame.has_key = false;
    if (frame.is_merge) {
      frame.is_merge = false;
      return merge(frame, node);
    }
    node.key = frame.key.text;
    node.key_kind = frame.key.kind;
    node.key_span = frame.key.span;
    if (frame.node.kind == Kind::kSet) {
      // A set keeps its keys as items.
      Node item = frame.key;
      item.key = node.key;
      item.key_kind = node.key_kind;
      item.key_span = node.key_span;
      node = item;
    }
  }
  pending_.push_back(node);
}

void Builder::check_duplicates(std::span<const Node> children) {
  if (duplicates_ == Duplicates::kKept) return;
  // Nearly every mapping has a few keys that are all strings: no copies for those.
  const bool are_strings =
      std::all_of(children.begin(), children.end(), [](const Node& child) { return child.key_kind == Kind::kString; });
  if (are_strings) return check_duplicates(children, [](const Node& child) { return child.key; });
  check_duplicates(children, [](const Node& child) { return canonical_key(child); });
}

template <class KeyOf>
void Builder::check_duplicates(std::span<const Node> children, KeyOf key_of) {
  std::vector<std::pair<decltype(key_of(children[0])), const Node*>> sorted;
  sorted.reserve(children.size());
  for (const Node& child : children) sorted.emplace_back(key_of(child), &child);
  const auto by_key = [](const auto& a, const auto& b) {
    return std::tie(a.first, a.second) < std::tie(b.first, b.second);
  };
  std::sort(sorted.begin(), sorted.end(), by_key);
  const auto same =
      std::adjacent_find(sorted.begin(), sorted.end(), [](const auto& a, const auto& b) { return a.first == b.first; });
  if (same == sorted.end()) return;
  const Node& second = *same[1].second;
  Error error = document_error("yaml.duplicate-key", second.key_span,
                               concat("the key ", printable(second.key), " stands twice in this mapping"));
  error.what.related.push_back({"it stands first here", same[0].second->key_span, {}});
  fail(std::move(error));
}

void Builder::to_ordered_map(Node& node) {
  std::vector<Node> items;
  for (const Node& entry : node.children) {
    if (entry.kind != Kind::kMapping || entry.children.size() != 1)
      return fail(document_error("yaml.tag", entry.span, "expected a mapping of one key in a list tagged !!omap"));
    items.push_back(entry.children[0]);
  }
  node.kind = Kind::kMapping;
  check_duplicates(items);
  node.children = document_.children_.emplace_back(std::move(items));
}

void Builder::to_pairs(Node& node) {
  std::vector<Node> pairs;
  for (const Node& entry : node.children) {
    if (entry.kind != Kind::kMapping || entry.children.size() != 1)
      return fail(document_error("yaml.tag", entry.span, "expected a mapping of one key in a list tagged !!pairs"));
    const Node& value = entry.children[0];
    Node key;
    key.kind = value.key_kind;
    key.text = value.key;
    key.span = value.key_span;
    Node second = value;
    second.key = {};
    second.key_kind = Kind::kString;
    second.key_span = {};
    Node pair = entry;
    pair.kind = Kind::kSequence;
    pair.children = document_.children_.emplace_back(std::vector<Node>{key, second});
    pairs.push_back(pair);
  }
  node.children = document_.children_.emplace_back(std::move(pairs));
}

}  // namespace zooport::doc
