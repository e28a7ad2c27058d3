#include "schema/words.hpp"

#include <algorithm>

#include "zooport/base/text.hpp"

namespace zooport::schema {
namespace {

using Kind = TypeFacts::Kind;

enum class Number : std::uint8_t { kOne, kMany };

const ObjectType& node_of(const TypeFacts& facts) { return *static_cast<const ObjectType*>(facts.parts.front()); }

std::string either(const std::vector<std::string>& words) {
  std::string text;
  for (std::size_t i = 0; i < words.size(); ++i)
    text += concat(i == 0 ? "" : i + 1 == words.size() ? " or " : ", ", words[i]);
  return text;
}

std::string words(const Type& type, Number number) {
  const TypeFacts facts = type.facts();
  const bool many = number == Number::kMany;
  switch (facts.kind) {
    case Kind::kText:
      if (facts.name.empty()) return many ? "texts" : "text";
      return concat(many ? "texts (" : "text (", facts.name, ")");
    case Kind::kInteger: return many ? "whole numbers" : "whole number";
    case Kind::kReal: return many ? "numbers" : "number";
    case Kind::kBoolean: return "true or false";
    case Kind::kChoice: return many ? "names" : facts.choices.size() == 1 ? concat("'", facts.choices[0], "'") : "name";
    case Kind::kAny: return many ? "values of any kind" : "any value";
    case Kind::kPair:
      return concat(many ? "lists of two " : "list of two ", words(*facts.parts.front(), Number::kMany));
    case Kind::kNullable: return concat(words(*facts.parts.front(), number), " or null");
    case Kind::kMap:
      return concat(many ? "mappings of names to " : "mapping of names to ",
                    words(*facts.parts.front(), Number::kMany));
    case Kind::kNode: return concat(many ? "mappings (" : "mapping (", facts.name, ")");
    case Kind::kUnion: {
      std::vector<std::string> members;
      if (!facts.tag_key.empty()) {
        for (const Type* part : facts.parts) members.emplace_back(static_cast<const ObjectType*>(part)->tag());
        return concat(many ? "mappings told apart by '" : "mapping told apart by '", facts.tag_key,
                      "': ", either(members));
      }
      for (const Type* part : facts.parts)
        if (std::string word = words(*part, number); std::find(members.begin(), members.end(), word) == members.end())
          members.push_back(std::move(word));
      return either(members);
    }
    case Kind::kList: break;
  }
  return concat(many ? "lists of " : "list of ", words(*facts.parts.front(), Number::kMany));
}

std::string counted(std::size_t count, std::string_view thing) {
  return concat(count, " ", thing, count == 1 ? "" : "s");
}

void add_unique(std::vector<std::string>& to, std::string text) {
  if (std::find(to.begin(), to.end(), text) == to.end()) to.push_back(std::move(text));
}

// Where one member takes everything of its kind, a condition of another says nothing about the whole.
void collect_either(const std::vector<const Type*>& members, std::vector<std::string>& constraints) {
  std::vector<std::string> each;
  for (const Type* member : members) {
    std::vector<std::string> conditions, choices;
    collect_conditions(*member, conditions, choices);
    if (!choices.empty()) conditions.push_back(concat("one of ", join(choices, ", ")));
    if (conditions.empty()) return;
    add_unique(each, join(conditions, " and "));
  }
  add_unique(constraints, either(each));
}

}  // namespace

std::string words_for(const Type& type) { return words(type, Number::kOne); }

void collect_conditions(const Type& type, std::vector<std::string>& constraints, std::vector<std::string>& choices) {
  const TypeFacts facts = type.facts();
  switch (facts.kind) {
    case Kind::kNode: return;
    case Kind::kChoice:
      for (const std::string_view choice : facts.choices) add_unique(choices, std::string(choice));
      return;
    case Kind::kText:
      if (!facts.expected.empty())
        add_unique(constraints, std::string(facts.expected));
      else if (!facts.name.empty() && !facts.doc.empty())
        add_unique(constraints, std::string(facts.doc));
      if (facts.at_least == facts.at_most)
        add_unique(constraints, counted(facts.at_least, "character"));
      else if (facts.at_least > 0 && facts.at_most != TypeFacts::kUnbounded)
        add_unique(constraints, concat(facts.at_least, " to ", counted(facts.at_most, "character")));
      else if (facts.at_least > 0)
        add_unique(constraints, concat("at least ", counted(facts.at_least, "character")));
      return;
    case Kind::kInteger:
    case Kind::kReal:
      if (facts.least > -TypeFacts::kInfinity) add_unique(constraints, concat("at least ", facts.least));
      if (facts.above > -TypeFacts::kInfinity) add_unique(constraints, concat("more than ", facts.above));
      if (facts.up_to < TypeFacts::kInfinity) add_unique(constraints, concat("at most ", facts.up_to));
      if (facts.step > 0) add_unique(constraints, concat("a multiple of ", facts.step));
      if (facts.may_be_infinite) add_unique(constraints, ".inf, -.inf and .nan are allowed");
      return;
    case Kind::kList:
      if (facts.at_least == facts.at_most)
        add_unique(constraints, counted(facts.at_least, "item"));
      else if (facts.at_most != TypeFacts::kUnbounded)
        add_unique(constraints, concat(facts.at_least, " to ", counted(facts.at_most, "item")));
      else if (facts.at_least > 0)
        add_unique(constraints, concat("at least ", counted(facts.at_least, "item")));
      break;
    default: break;
  }
  if (facts.kind == Kind::kUnion && !facts.tag_key.empty()) {
    for (const Type* part : facts.parts) add_unique(choices, std::string(static_cast<const ObjectType*>(part)->tag()));
    return;
  }
  if (facts.kind == Kind::kUnion) return collect_either(facts.parts, constraints);
  for (const Type* part : facts.parts) collect_conditions(*part, constraints, choices);
}

std::vector<FieldFacts::Part> parts_of(const Type& type) {
  const TypeFacts facts = type.facts();
  std::vector<FieldFacts::Part> found;
  if (facts.kind != Kind::kNode) {
    for (const Type* inner : facts.parts)
      for (FieldFacts::Part& part : parts_of(*inner)) found.push_back(std::move(part));
    return found;
  }
  const ObjectType& object = node_of(facts);
  FieldFacts::Part& part = found.emplace_back();
  part.node = facts.name;
  part.tag = object.tag();
  part.about = facts.doc;
  part.takes_others = object.unknown() != Unknown::kForbidden;
  if (!part.tag.empty())
    part.fields.push_back({std::string(object.tag_key()), concat("'", object.tag(), "': says which it is"), true});
  for (const auto& view : object.documented_fields())
    part.fields.push_back({std::string(view.field.name), std::string(view.field.doc), view.field.is_required});
  for (const Rule& rule : object.documented_rules())
    if (!rule.about.empty()) add_unique(part.rules, std::string(rule.about));
  return found;
}

}  // namespace zooport::schema
