#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "zooport/doc/edit.hpp"

namespace zooport::doc {

// One place where a rewritten text differs from the text before.
struct Change {
  enum class Kind : std::uint8_t { kReplaced, kAdded, kRemoved, kRenamed };
  Kind kind = Kind::kReplaced;
  Path path;        // of the value in the old document; of an added key in the new one
  std::string key;  // the new key, of kRenamed
};

struct Rewritten {
  std::string text;
  std::vector<Change> changes;  // in the order in which they were made; empty: the text is the old one
};

// The text of `document`, changed as little as possible so that it reads as `wanted`: same values, the order of keys
// aside. Comments, order and layout of all that is equal stay; new keys come last in their mapping, and a key whose
// value stands under a new name is renamed. What cannot be edited alone (a value behind an alias) is replaced with the
// smallest collection around it that can be. More than 500 changes are not worth keeping a layout: then the whole text
// is written anew.
// Errors: what Editor gives for the whole document, such as doc.unwritable.
Result<Rewritten> rewrite(const Document& document, Syntax syntax, const Value& wanted, const Limits& limits = {});

// As ==, but mappings may have their keys in another order.
bool is_same_content(const Value& a, const Value& b);

}  // namespace zooport::doc
