#include "zooport/schema/containers.hpp"

#include "zooport/base/text.hpp"

namespace zooport::schema {

using doc::Kind;

bool ListType::read(void* into, const doc::Node& node, Walk& walk) const {
  if (node.kind != Kind::kSequence) {
    const std::string_view kind = node.kind == Kind::kString ? "sequence_str" : "is_instance_of";
    return walk.fail(node, {"schema.list", is_sequence_ ? kind : "list_type"}, "a list");
  }
  bool valid = true;
  ops_.clear(into);
  for (const doc::Node& item : node.children) {
    Walk::At at(walk, static_cast<std::size_t>(&item - node.children.data()));
    valid = ops_.item().read(ops_.grow(into), item, walk) && valid;
  }
  const std::size_t count = node.children.size();
  const auto items = [](std::size_t n) { return n == 1 ? "one item" : concat(n, " items"); };
  if (valid && count < fewest_)
    return walk.fail(node, {"schema.too-short", "too_short"}, concat("at least ", items(fewest_)));
  if (valid && count > most_) return walk.fail(node, {"schema.too-long", "too_long"}, concat("at most ", items(most_)));
  return valid;
}

void ListType::write(const void* from, doc::JsonWriter& out) const {
  out.open('[');
  for (std::size_t i = 0; i < ops_.size(from); ++i) ops_.item().write(ops_.at(from, i), out);
  out.close(']');
}

TypeFacts ListType::facts() const {
  TypeFacts facts{.kind = TypeFacts::Kind::kList};
  facts.at_least = fewest_, facts.at_most = most_;
  facts.parts = {&ops_.item()};
  return facts;
}

std::string ListType::label() const {
  const std::string list = concat("list[", ops_.item().label(), "]");
  if (!is_sequence_) return list;
  return concat("json-or-python[json=", list,
                ",python=chain[is-instance[Sequence],function-wrap[sequence_validator()]]]");
}

bool PairType::read(void* into, const doc::Node& node, Walk& walk) const {
  if (node.kind != Kind::kSequence) return walk.fail(node, {"schema.pair", "tuple_type"}, "a list of two numbers");
  Pair& pair = *static_cast<Pair*>(into);
  if (node.children.size() > 2) return walk.fail(node, {"schema.too-long", "too_long"}, "two numbers");
  bool valid = true;
  for (std::size_t i = 0; i < 2; ++i) {
    Walk::At at(walk, i);
    if (i < node.children.size())
      valid = item_().read(i == 0 ? &pair.first : &pair.second, node.children[i], walk) && valid;
    else
      valid = walk.report(Severity::kError, node.span, {"schema.missing-item", "missing"}, "two numbers",
                          concat(node.children.size()));
  }
  return valid;
}

void PairType::write(const void* from, doc::JsonWriter& out) const {
  const Pair& pair = *static_cast<const Pair*>(from);
  out.open('['), item_().write(&pair.first, out), item_().write(&pair.second, out), out.close(']');
}

TypeFacts PairType::facts() const {
  TypeFacts facts{.kind = TypeFacts::Kind::kPair, .at_least = 2, .at_most = 2};
  facts.parts = {&item_()};
  return facts;
}

bool OptionalType::read(void* into, const doc::Node& node, Walk& walk) const {
  if (node.kind == Kind::kNull) return reset_(into), true;
  return inner_().read(emplace_(into), node, walk);
}

void OptionalType::write(const void* from, doc::JsonWriter& out) const {
  const void* value = get_(from);
  value ? inner_().write(value, out) : out.null();
}

std::size_t OptionalType::count_keys(const void* from, Keys which) const {
  const void* value = get_(from);
  return value ? inner_().count_keys(value, which) : 0;
}

TypeFacts OptionalType::facts() const {
  TypeFacts facts{.kind = TypeFacts::Kind::kNullable};
  facts.parts = {&inner_()};
  return facts;
}

bool MapType::read(void* into, const doc::Node& node, Walk& walk) const {
  if (node.kind != Kind::kMapping) return walk.fail(node, {"schema.mapping", "dict_type"}, "a mapping");
  bool valid = true;
  ops_.clear(into);
  for (const doc::Node& entry : node.children) {
    const auto at = Walk::At::entry(walk, entry);
    if (entry.key_kind != Kind::kString) {
      Walk::At key(walk, "[key]");
      valid = walk.report(Severity::kError, entry.key_span, {"schema.string", "string_type"}, "a string as key",
                          printable(entry.key, 60));
    }
    valid = ops_.item().read(add_(into, std::string(entry.key)), entry, walk) && valid;
  }
  return valid;
}

void MapType::write(const void* from, doc::JsonWriter& out) const {
  out.open('{');
  for (std::size_t i = 0; i < ops_.size(from); ++i) out.key(key_(from, i)), ops_.item().write(ops_.at(from, i), out);
  out.close('}');
}

std::size_t MapType::count_keys(const void* from, Keys which) const {
  std::size_t keys = ops_.size(from);
  for (std::size_t i = 0; i < ops_.size(from); ++i) keys += ops_.item().count_keys(ops_.at(from, i), which);
  return keys;
}

std::string MapType::label() const { return concat("dict[str,", ops_.item().label(), "]"); }

TypeFacts MapType::facts() const {
  TypeFacts facts{.kind = TypeFacts::Kind::kMap};
  facts.parts = {&ops_.item()};
  return facts;
}

}  // namespace zooport::schema
