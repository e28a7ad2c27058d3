#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "zooport/base/context.hpp"
#include "zooport/doc/node.hpp"
#include "zooport/resource/collection.hpp"

namespace zooport::resource {

// A JSON index of a collection, as collection.hpp describes it.
class CollectionIndex {
 public:
  // `place` is a path or a URL.
  static Result<CollectionIndex> open(const std::string& place, const Context& context);

  // Nothing, if it has no such id.
  Result<std::optional<Located>> find(const std::string& id) const;
  std::string nearest_to(const std::string& id) const;  // empty if there is none near

 private:
  CollectionIndex(std::string place, doc::Document document);
  const doc::Node* entries() const;  // null: the document has neither form
  Result<Located> located(const doc::Node& entry) const;
  Error bad(std::string_view why) const;

  std::string place_;
  doc::Document document_;
};

}  // namespace zooport::resource
