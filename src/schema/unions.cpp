#include "zooport/schema/unions.hpp"

#include "zooport/base/text.hpp"
#include "zooport/schema/facts.hpp"
#include "zooport/schema/object.hpp"

namespace zooport::schema {

bool UnionBase::read(void* into, const doc::Node& node, Walk& walk) const {
  if (is_tagged_) return read_tagged(into, node, walk);
  Match outer = walk.match;
  const auto read_member = [&](const Member& member) {
    const Walk::At at(walk, member.type());
    walk.match = {};
    return member.type().read(member.emplace(into), node, walk);
  };
  const Member* best = nullptr;
  const Member* last = nullptr;
  Match best_match;
  {
    // Most values fit a member: what the others say about them need not be put into words.
    const Walk::Quiet quiet(walk);
    for (const Member& member : members()) {
      last = &member;
      if (!read_member(member)) continue;
      if (!best || walk.match.is_better_than(best_match)) best = &member, best_match = walk.match;
      if (best_match.exactness == Exactness::kExact && !best_match.fields) break;
    }
  }
  if (best) {
    if (best != last) read_member(*best);
    outer.add(best_match);
  } else if (!walk.is_quiet()) {
    std::vector<std::size_t> begins;
    for (const Member& member : members()) {
      begins.push_back(walk.mark());
      read_member(member);
    }
    walk.prefer_nearest(std::move(begins));
  }
  walk.match = outer;
  return best && !walk.aborted();
}

bool UnionBase::read_tagged(void* into, const doc::Node& node, Walk& walk) const {
  const auto tagged = [](const Member& member) { return static_cast<const ObjectType*>(&member.type()); };
  const std::string_view key = tagged(members().front())->tag_key();
  if (node.kind != doc::Kind::kMapping)
    return walk.fail(node, {"schema.mapping", "model_attributes_type"}, "a mapping");
  const doc::Node* tag = node.find(key);
  if (!tag) return walk.fail(node, {"schema.missing-tag", "union_tag_not_found"}, concat("a mapping with '", key, "'"));
  std::vector<std::string> tags;
  std::vector<std::string_view> candidates;
  for (const Member& member : members()) {
    const ObjectType* type = tagged(member);
    tags.emplace_back(type->tag());
    candidates.push_back(type->tag());
    if (tag->kind != doc::Kind::kString || tag->text != type->tag()) continue;
    const Walk::At at(walk, *type);
    return type->read(member.emplace(into), node, walk);
  }
  Advice advice;
  const std::string_view meant = tag->kind == doc::Kind::kString ? nearest(tag->text, candidates) : "";
  if (!meant.empty()) advice.fix = Fix{concat("write '", meant, "'"), {{tag->span, std::string(meant)}}};
  return walk.report(Severity::kError, tag->span, {"schema.unknown-tag", "union_tag_invalid"},
                     concat("one of ", join(tags, ", ")), walk.describe(*tag), std::move(advice));
}

void UnionBase::write(const void* from, doc::JsonWriter& out) const {
  const void* value = nullptr;
  const std::size_t index = active_(from, &value);
  members()[index].type().write(value, out);
}

std::size_t UnionBase::count_keys(const void* from, Keys which) const {
  const void* value = nullptr;
  const std::size_t index = active_(from, &value);
  return members()[index].type().count_keys(value, which);
}

TypeFacts UnionBase::facts() const {
  TypeFacts facts{.kind = TypeFacts::Kind::kUnion};
  for (const Member& member : members()) facts.parts.push_back(&member.type());
  if (is_tagged_) facts.tag_key = static_cast<const ObjectType*>(facts.parts.front())->tag_key();
  return facts;
}

}  // namespace zooport::schema
