#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "zooport/base/limits.hpp"
#include "zooport/doc/node.hpp"
#include "zooport/doc/value.hpp"

namespace zooport::doc {

// Applies edits that are sorted by place and do not overlap; error doc.edits-overlap otherwise, or where one lies
// outside of the source. Insertions at one place keep their order.
Result<std::string> apply_edits(std::string_view source, const std::vector<Edit>& edits);

enum class Syntax : std::uint8_t { kYaml, kJson };

// Changes the text of a document and keeps comments, order and layout of all that is not changed. Every edit reads its
// result again and compares it with the tree that was wanted, so it costs time linear in the text; an edit that fails
// changes nothing and the editor may be used on. Labels in paths are passed over. Errors of every edit:
//   doc.edit-path    nothing stands at that path, or nothing of that kind
//   doc.edit-alias   the value stands behind an alias or a merge key, so that the edit would change other places
//   doc.edit-failed  the text would not read as the wanted tree (an anchor lost, a layout that is not understood)
//   doc.unwritable   the value has no form in that syntax
// Not for use by several threads at once.
class Editor {
 public:
  // Copies what it needs of the document. `limits` are for reading the results.
  Editor(const Document& document, Syntax syntax, const Limits& limits = {});
  ~Editor();
  Editor(Editor&&) noexcept;
  Editor& operator=(Editor&&) noexcept;

  // Replaces the value and keeps its key. Comments inside of the old value go with it.
  Result<void> replace(const Path& path, const Value& value);
  // Replaces the value of a key of that mapping, or appends key and value in the mapping's own style.
  Result<void> set(const Path& mapping, std::string_view key, const Value& value);
  // Removes an item, or a key with its value. The last one leaves {} or [] behind.
  Result<void> remove(const Path& path);
  // Error doc.edit-key-exists if the mapping has the new key already.
  Result<void> rename_key(const Path& path, std::string_view key);

  // The text with all edits so far.
  Result<std::string> text() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace zooport::doc
