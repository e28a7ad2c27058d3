#pragma once

#include <deque>
#include <string>
#include <vector>

#include "zooport/doc/node.hpp"

namespace zooport::schema {

// Owns nodes that are not in the document as it was read: text made an author, a field renamed by a converter. Nodes
// are immutable, so a change copies the nodes on the way to it; their spans still point at the source. References stay
// valid as long as the arena.
class Arena {
 public:
  std::string_view keep(std::string text) { return texts_.emplace_back(std::move(text)); }
  const doc::Node& keep(const doc::Node& node) { return nodes_.emplace_back(node); }

  // `node` with other children.
  doc::Node with_children(doc::Node node, std::vector<doc::Node> children);
  // A mapping with `key` set (in place, or added at the end) or removed. Nodes that are no mapping are not changed.
  doc::Node with(const doc::Node& mapping, std::string_view key, doc::Node value);
  doc::Node without(const doc::Node& mapping, std::string_view key);
  // A string that stands where `at` stands.
  doc::Node string(const doc::Node& at, std::string text);

 private:
  std::deque<std::string> texts_;
  std::deque<doc::Node> nodes_;
  std::deque<std::vector<doc::Node>> children_;
};

}  // namespace zooport::schema
