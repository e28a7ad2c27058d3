#include "zooport/doc/rewrite.hpp"

#include <algorithm>

#include "zooport/doc/json_writer.hpp"
#include "zooport/doc/yaml_writer.hpp"

namespace zooport::doc {
namespace {

constexpr std::size_t kMostChanges = 500;

bool is_same_key(const Value& a, const Value& b) { return a.key_kind == b.key_kind && a.key == b.key; }

const Value* of_key(const Value& mapping, const Value& keyed) {
  const auto found = std::find_if(mapping.children.begin(), mapping.children.end(),
                                  [&](const Value& child) { return is_same_key(child, keyed); });
  return found == mapping.children.end() ? nullptr : &*found;
}

bool has_text_keys(const Value& mapping) {
  return std::all_of(mapping.children.begin(), mapping.children.end(),
                     [](const Value& child) { return child.key_kind == Kind::kString; });
}

// How many values, and keys with their values, differ. Stops counting above the limit.
std::size_t differences(const Value& old, const Value& wanted) {
  if (is_same_content(old, wanted)) return 0;
  if (old.kind != wanted.kind || !old.is_collection() || old.kind == Kind::kSet) return 1;
  std::size_t count = 0;
  if (old.kind == Kind::kSequence) {
    if (old.children.size() != wanted.children.size()) return 1;
    for (std::size_t i = 0; i < old.children.size() && count <= kMostChanges; ++i)
      count += differences(old.children[i], wanted.children[i]);
    return count;
  }
  for (const Value& child : old.children) {
    if (count > kMostChanges) break;
    const Value* other = of_key(wanted, child);
    count += other ? differences(child, *other) : 1;
  }
  for (const Value& child : wanted.children) count += of_key(old, child) ? 0 : 1;
  return count;
}

class Rewriter {
 public:
  Rewriter(const Document& document, Syntax syntax, const Limits& limits) : editor_(document, syntax, limits) {}

  Result<void> change(const Path& path, const Value& old, const Value& wanted) {
    if (is_same_content(old, wanted)) return {};
    const std::size_t before = changes_.size();
    if (old.kind == Kind::kMapping && wanted.kind == Kind::kMapping && has_text_keys(old) && has_text_keys(wanted) &&
        !wanted.children.empty()) {
      if (change_mapping(path, old, wanted)) return {};
    } else if (old.kind == Kind::kSequence && wanted.kind == Kind::kSequence && !wanted.children.empty()) {
      if (change_sequence(path, old, wanted)) return {};
    }
    // All of it at once, whatever of its parts has been done.
    changes_.resize(before);
    ZOOPORT_TRY(editor_.replace(path, wanted));
    changes_.push_back({Change::Kind::kReplaced, path, {}});
    return {};
  }

  Result<Rewritten> take() {
    ZOOPORT_TRY_ASSIGN(std::string text, editor_.text());
    return Rewritten{std::move(text), std::move(changes_)};
  }

 private:
  static Path below(Path path, const Value& child) { return path.push_back(Step::key(child.key)), path; }
  static Path below(Path path, std::size_t index) { return path.push_back(Step::at(index)), path; }

  // The key that is new in `wanted` and has the value of one that is gone.
  static const Value* renamed(const Value& gone, const Value& old, const Value& wanted) {
    for (const Value& child : wanted.children)
      if (!of_key(old, child) && gone.kind != Kind::kNull && is_same_content(gone, child)) return &child;
    return nullptr;
  }

  Result<void> change_mapping(const Path& path, const Value& old, const Value& wanted) {
    Value now = old;  // with the keys that the text has by now
    for (Value& child : now.children) {
      if (of_key(wanted, child)) continue;
      const Value* other = renamed(child, now, wanted);
      if (!other) continue;
      ZOOPORT_TRY(editor_.rename_key(below(path, child), other->key));
      changes_.push_back({Change::Kind::kRenamed, below(path, child), other->key});
      child.key = other->key;
    }
    for (const Value& child : now.children)
      if (const Value* other = of_key(wanted, child)) ZOOPORT_TRY(change(below(path, child), child, *other));
    // New keys before old ones go: the last key that goes takes the mapping's layout with it.
    for (const Value& child : wanted.children) {
      if (of_key(now, child)) continue;
      ZOOPORT_TRY(editor_.set(path, child.key, child));
      changes_.push_back({Change::Kind::kAdded, below(path, child), {}});
    }
    for (const Value& child : now.children) {
      if (of_key(wanted, child)) continue;
      ZOOPORT_TRY(editor_.remove(below(path, child)));
      changes_.push_back({Change::Kind::kRemoved, below(path, child), {}});
    }
    return {};
  }

  Result<void> change_sequence(const Path& path, const Value& old, const Value& wanted) {
    if (old.children.size() == wanted.children.size()) {
      for (std::size_t i = 0; i < old.children.size(); ++i)
        ZOOPORT_TRY(change(below(path, i), old.children[i], wanted.children[i]));
      return {};
    }
    // Where items only went, the others keep their layout.
    std::vector<std::size_t> gone;
    std::size_t kept = 0;
    for (std::size_t i = 0; i < old.children.size(); ++i) {
      if (kept < wanted.children.size() && is_same_content(old.children[i], wanted.children[kept])) {
        ++kept;
      } else {
        gone.push_back(i);
      }
    }
    if (kept < wanted.children.size())
      return make_error(ErrorKind::kInvalid, "doc.edit-failed", "items cannot be added to a list");
    for (std::size_t i = gone.size(); i-- > 0;) {
      ZOOPORT_TRY(editor_.remove(below(path, gone[i])));
      changes_.push_back({Change::Kind::kRemoved, below(path, gone[i]), {}});
    }
    return {};
  }

  Editor editor_;
  std::vector<Change> changes_;
};

Result<std::string> written_anew(Syntax syntax, const Value& wanted) {
  if (syntax == Syntax::kYaml) return write_yaml(wanted);
  JsonWriter json(JsonWriter::Layout::kIndented);
  wanted.write(json);
  return json.text() + "\n";
}

}  // namespace

bool is_same_content(const Value& a, const Value& b) {
  if (a.kind != b.kind || a.children.size() != b.children.size()) return false;
  if (a.kind == Kind::kMapping) {
    for (std::size_t i = 0; i < a.children.size(); ++i) {
      const bool is_at_same_place = is_same_key(a.children[i], b.children[i]);
      const Value* other = is_at_same_place ? &b.children[i] : of_key(b, a.children[i]);
      if (!other || !is_same_content(a.children[i], *other)) return false;
    }
    return true;
  }
  if (a.kind == Kind::kSequence) {
    for (std::size_t i = 0; i < a.children.size(); ++i)
      if (!is_same_content(a.children[i], b.children[i])) return false;
    return true;
  }
  return a == b;
}

Result<Rewritten> rewrite(const Document& document, Syntax syntax, const Value& wanted, const Limits& limits) {
  const Value old = Value::from(document.root());
  if (is_same_content(old, wanted)) return Rewritten{std::string(document.source()), {}};
  if (differences(old, wanted) > kMostChanges) {
    ZOOPORT_TRY_ASSIGN(std::string text, written_anew(syntax, wanted));
    return Rewritten{std::move(text), {{Change::Kind::kReplaced, {}, {}}}};
  }
  Rewriter rewriter(document, syntax, limits);
  ZOOPORT_TRY(rewriter.change({}, old, wanted));
  return rewriter.take();
}

}  // namespace zooport::doc
