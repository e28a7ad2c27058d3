#include "zooport/schema/object.hpp"

#include <algorithm>

#include "zooport/base/text.hpp"
#include "zooport/schema/facts.hpp"

namespace zooport::schema {

ObjectType::Levels ObjectType::levels() const {
  Levels levels;
  for (const ObjectType* type = this; type; type = type->base_ ? type->base_() : nullptr) {
    assert(levels.count < levels.type.size() && "deeper inheritance than any node has");
    levels.type[levels.count++] = type;
  }
  return levels;
}

ObjectType::Overriding ObjectType::Levels::override_of(const Field& field, std::size_t level) const {
  for (std::size_t i = 0; i < level; ++i)
    if (type[i]->has_overrides_)
      for (const Field& other : type[i]->fields())
        if (other.overrides && other.name == field.name) return {other, i};
  return {field, level};
}

template <class F>
void ObjectType::each_row(void* object, F&& visit) const {
  const Levels levels = this->levels();
  std::array<void*, std::tuple_size_v<decltype(levels.type)>> objects{object};
  for (std::size_t i = 1; i < levels.count; ++i) objects[i] = levels.type[i - 1]->upcast_(objects[i - 1]);
  std::size_t row = 0;
  for (std::size_t i = levels.count; i-- > 0;)
    for (const Field& declared : levels.type[i]->fields()) {
      if (declared.overrides) continue;
      assert(row < kMostRows && "Given has one bit a row, those of base classes included");
      const auto [field, level] = levels.override_of(declared, i);
      visit(Row{field, levels.type[level]->checks().subspan(field.first_check, field.check_count),
                field.member(objects[level]), std::uint64_t{1} << row++});
    }
}

bool ObjectType::read(void* into, const doc::Node& original, Walk& walk) const {
  if (original.kind != doc::Kind::kMapping) return walk.fail(original, {"schema.mapping", "model_type"}, "a mapping");
  const doc::Node* replaced = before_ ? before_(original, walk) : &original;
  if (!replaced) return false;
  const doc::Node& node = *replaced;
  bool valid = true;
  std::vector<std::string_view> known;
  known.reserve(kMostRows);
  if (!tag_key_.empty()) known.push_back(tag_key_);
  Given& given = this->given(into) = {};
  if (kept_) kept_(into).clear();
  walk.match.lower(Exactness::kLax);
  std::size_t set = 0;
  each_row(into, [&](const Row& row) {
    known.push_back(row.field.name);
    valid = read_field(row, node, walk, given) && valid;
    set += given.bits & row.bit ? 1 : 0;
  });
  valid = read_unknown(into, node, walk, known) && valid;
  walk.match.add_fields(set + (tag_key_.empty() ? 0 : 1));
  return valid && run_rules(into, node, walk);
}

bool ObjectType::read_unknown(void* into, const doc::Node& node, Walk& walk,
                              std::span<const std::string_view> known) const {
  if (unknown_ == Unknown::kIgnored) return true;
  bool valid = true;
  for (const doc::Node& child : node.children) {
    const bool is_text = child.key_kind == doc::Kind::kString;
    if (is_text && std::find(known.begin(), known.end(), child.key) != known.end()) continue;
    const auto at = Walk::At::entry(walk, child);
    if (!is_text) {
      valid = walk.report(Severity::kError, child.key_span, {"schema.key", "invalid_key"}, "a string as key",
                          printable(child.key, 60));
    } else if (unknown_ == Unknown::kKept) {
      auto& kept = kept_(into).emplace_back(std::string(child.key), Any{});
      type_of<Any>().read(&kept.second, child, walk);
    } else if (!walk.hears(Severity::kError)) {
      valid = false;
    } else {
      Advice advice;
      const std::string_view meant = nearest(child.key, {known.begin(), known.end()});
      if (!meant.empty() && !node.find(meant))
        advice.fix = Fix{concat("rename to '", meant, "'"), {{child.key_span, std::string(meant)}}};
      valid = walk.report(Severity::kError, child.key_span, {"schema.unknown-field", "extra_forbidden"},
                          concat("a field of ", name_), concat("'", printable(child.key, 60), "'"), std::move(advice));
    }
  }
  return valid;
}

bool ObjectType::read_field(const Row& row, const doc::Node& node, Walk& walk, Given& given) const {
  const Field& field = row.field;
  const Span opening{node.span.begin, std::min(node.span.begin + 1, node.span.end)};
  const doc::Node* child = node.find(field.name);
  Walk::At at(walk, field.name);
  if (child) {
    given.bits |= row.bit;
    if (field.before && !(child = field.before(*child, walk))) return false;
    if (!field.type().read(row.member, *child, walk)) return false;
  } else if (field.is_required) {
    if (!walk.hears(Severity::kError)) return false;
    return walk.report(Severity::kError, opening, {"schema.missing-field", "missing"},
                       concat("'", field.name, "' (", field.doc, ")"), "nothing");
  }
  // Defaults are checked like given values: only so can a warning say that an optional field should be there.
  for (const Check& check : row.checks) {
    if (check.holds(row.member)) continue;
    if (!walk.hears(check.severity)) {
      if (walk.raises(check.severity)) return false;
      continue;
    }
    if (child)
      walk.report(check.severity, child->span, check.problem, check.expected, walk.describe(*child));
    else
      walk.report(check.severity, opening, check.problem, check.expected, "nothing");
    return false;
  }
  return true;
}

bool ObjectType::run_rules(void* object, const doc::Node& node, Walk& walk) const {
  if (base_ && !base_()->run_rules(upcast_(object), node, walk)) return false;
  for (const Rule& rule : rules()) {
    Findings findings(walk, node, rule.id);
    rule.run(object, findings);
    if (findings.failed()) return false;
  }
  return true;
}

const doc::Node& Findings::at(Where item) const {
  const doc::Node* node = &node_;
  for (const Place& place : item) {
    const doc::Node* next = place.is_index
                                ? place.index < node->children.size() ? &node->children[place.index] : nullptr
                                : node->find(place.key);
    if (!next) break;
    node = next;
  }
  return *node;
}

void Findings::fail(Where item, std::string_view expected, std::string found, Advice advice) {
  walk_.report(Severity::kError, at(item).span, {rule_, "value_error"}, expected, std::move(found), std::move(advice));
  failed_ = true;
}

void Findings::abort(Where item, std::string_view exception, std::string message) {
  walk_.abort(at(item).span, exception, std::move(message));
  failed_ = true;
}

Related Findings::related(Where item, std::string message) const { return {std::move(message), at(item).span, {}}; }

Fix Findings::replace(Where item, std::string text, std::string description) const {
  return {std::move(description), {{at(item).span, std::move(text)}}};
}

void ObjectType::write(const void* from, doc::JsonWriter& out) const {
  // The rows are only read here; they carry void* because reading shares them.
  void* object = const_cast<void*>(from);
  const Given given = this->given(object);
  std::vector<const void*> defaults;
  each_row(const_cast<void*>(prototype()), [&](const Row& row) { defaults.push_back(row.member); });
  const auto differs = [](const Type& type, const void* value, const void* other) {
    doc::JsonWriter a, b;
    type.write(value, a), type.write(other, b);
    return a.text() != b.text();
  };
  out.open('{');
  if (!tag_key_.empty()) out.member(tag_key_, tag_);
  std::size_t i = 0;
  each_row(object, [&](const Row& row) {
    const void* fallback = defaults[i++];
    const Type& type = row.field.type();
    // A field set by a program instead of a document is not marked as given, but is not its default any more.
    if (!(given.bits & row.bit) && !row.field.is_required && !differs(type, row.member, fallback)) return;
    out.key(row.field.name);
    type.write(row.member, out);
  });
  if (kept_)
    for (const auto& [key, value] : kept_(object)) out.key(key), type_of<Any>().write(&value, out);
  out.close('}');
}

std::size_t ObjectType::count_keys(const void* from, Keys which) const {
  void* object = const_cast<void*>(from);
  const Given given = this->given(object);
  std::size_t keys = tag_key_.empty() ? 0 : 1;
  each_row(object, [&](const Row& row) {
    if (which == Keys::kAll || row.field.is_required || (given.bits & row.bit))
      keys += 1 + row.field.type().count_keys(row.member, which);
  });
  if (kept_) {
    keys += kept_(object).size();
    for (const auto& [key, value] : kept_(object)) keys += type_of<Any>().count_keys(&value, which);
  }
  return keys;
}

TypeFacts ObjectType::facts() const {
  TypeFacts facts{.kind = TypeFacts::Kind::kNode, .name = name_, .doc = doc_};
  facts.parts = {this};
  return facts;
}

std::vector<ObjectType::FieldView> ObjectType::documented_fields() const {
  std::vector<FieldView> fields;
  // Only read; the rows carry void* because reading shares them.
  each_row(const_cast<void*>(prototype()), [&](const Row& row) {
    fields.push_back({row.field, row.checks, row.member});
  });
  return fields;
}

std::vector<Rule> ObjectType::documented_rules() const {
  std::vector<Rule> all = base_ ? base_()->documented_rules() : std::vector<Rule>();
  all.insert(all.end(), rules().begin(), rules().end());
  return all;
}

std::string ObjectType::label() const {
  if (!tag_.empty()) return std::string(tag_);
  if (!label_.empty()) return std::string(label_);
  std::string label(name_);
  for (const Rule& rule : rules())
    if (!rule.reference_name.empty()) label = concat("function-after[", rule.reference_name, "(), ", label, "]");
  return label;
}

}  // namespace zooport::schema
