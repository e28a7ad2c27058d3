#include "bioimageio/plain_values.hpp"

#include <algorithm>

namespace zooport::bioimageio {

using doc::Kind;
using doc::Node;

namespace {

bool has_bytes(const Node& node) {
  return node.kind == Kind::kBytes || std::any_of(node.children.begin(), node.children.end(), has_bytes);
}

Node list_of_bytes(const Node& node, schema::Arena& arena) {
  std::vector<Node> items;
  for (const char byte : doc::bytes_of(node)) {
    Node item;
    item.kind = Kind::kInteger;
    item.span = node.span;
    item.text = arena.keep(std::to_string(static_cast<unsigned char>(byte)));
    items.push_back(item);
  }
  Node list = node;
  list.kind = Kind::kSequence;
  list.text = {};
  return arena.with_children(list, std::move(items));
}

}  // namespace

std::optional<Span> place_of_set(const Node& root) {
  if (root.kind == Kind::kSet) return root.span;
  for (const Node& child : root.children)
    if (const auto place = place_of_set(child)) return place;
  return std::nullopt;
}

Node with_plain_values(const Node& root, schema::Arena& arena) {
  if (!has_bytes(root)) return root;
  if (root.kind == Kind::kBytes) return list_of_bytes(root, arena);
  std::vector<Node> children;
  for (const Node& child : root.children) children.push_back(with_plain_values(child, arena));
  return arena.with_children(root, std::move(children));
}

}  // namespace zooport::bioimageio
