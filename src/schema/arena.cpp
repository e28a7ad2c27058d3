#include "zooport/schema/arena.hpp"

namespace zooport::schema {
namespace {

doc::Node keyed(doc::Node node, std::string_view key, const Span& key_span) {
  node.key = key;
  node.key_kind = doc::Kind::kString;
  node.key_span = key_span;
  return node;
}

}  // namespace

doc::Node Arena::with_children(doc::Node node, std::vector<doc::Node> children) {
  node.children = children_.emplace_back(std::move(children));
  node.size = 1;
  for (const doc::Node& child : node.children) node.size += child.size;
  return node;
}

doc::Node Arena::with(const doc::Node& mapping, std::string_view key, doc::Node value) {
  if (mapping.kind != doc::Kind::kMapping) return mapping;
  std::vector<doc::Node> children(mapping.children.begin(), mapping.children.end());
  for (doc::Node& child : children) {
    if (child.key != key || child.key_kind != doc::Kind::kString) continue;
    child = keyed(std::move(value), child.key, child.key_span);
    return with_children(mapping, std::move(children));
  }
  children.push_back(keyed(std::move(value), keep(std::string(key)), value.span));
  return with_children(mapping, std::move(children));
}

doc::Node Arena::without(const doc::Node& mapping, std::string_view key) {
  if (mapping.kind != doc::Kind::kMapping || !mapping.find(key)) return mapping;
  std::vector<doc::Node> children;
  for (const doc::Node& child : mapping.children)
    if (child.key != key || child.key_kind != doc::Kind::kString) children.push_back(child);
  return with_children(mapping, std::move(children));
}

doc::Node Arena::string(const doc::Node& at, std::string text) {
  doc::Node node;
  node.kind = doc::Kind::kString;
  node.span = at.span;
  node.text = keep(std::move(text));
  return node;
}

}  // namespace zooport::schema
