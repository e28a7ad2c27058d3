#include "zooport/bioimageio/yaml_value.hpp"

#include <algorithm>
#include <cmath>

#include "zooport/schema/facts.hpp"
#include "zooport/schema/free_values.hpp"

// Only a number that is not finite can be wrong. The reference then tells why each member of its union does not fit.
namespace zooport::bioimageio {

using doc::Kind;
using doc::Node;
using schema::Problem;
using schema::Walk;

namespace {

constexpr std::string_view kTupleLabel = "tuple[nullable[union[bool,date,datetime,int,float,str]], ...]";
constexpr std::string_view kMappingLabel =
    "dict[nullable[union[bool,date,datetime,int,float,str,tuple[nullable[union[bool,date,datetime,int,float,str]], "
    "...]]],...]";
constexpr std::string_view kListLabel =
    "list[nullable[union[bool,date,datetime,int,float,str,list[...],dict[nullable[union[bool,date,datetime,int,float,"
    "str,tuple[nullable[union[bool,date,datetime,int,float,str]], ...]]],...]]]]";

bool is_finite(const Node& value);

bool is_finite_key(const Node& entry) {
  return (entry.key_kind != Kind::kReal && entry.key_kind != Kind::kSequence) || is_finite(schema::key_of(entry).node);
}

bool is_finite(const Node& value) {
  if (value.kind == Kind::kReal) return std::isfinite(doc::real_of(value));
  return std::all_of(value.children.begin(), value.children.end(), [&](const Node& item) {
    return is_finite(item) && (value.kind != Kind::kMapping || is_finite_key(item));
  });
}

void refuse(const Node& at, Walk& walk, std::string_view label, Problem problem, std::string_view expected) {
  const auto member = Walk::At::member(walk, label);
  walk.fail(at, problem, expected);
}

// What the scalar members say. `at` is where a person finds the value.
void refuse_scalars(const Node& value, const Node& at, Walk& walk) {
  const bool is_number = value.kind == Kind::kReal;
  constexpr std::string_view kExpected = "a finite number";
  refuse(at, walk, "bool", {"schema.finite", "bool_type"}, kExpected);
  refuse(at, walk, "date", {"schema.finite", is_number ? "date_from_datetime_parsing" : "date_type"}, kExpected);
  refuse(at, walk, "datetime", {"schema.finite", is_number ? "datetime_parsing" : "datetime_type"}, kExpected);
  refuse(at, walk, "int", is_number ? Problem{"schema.finite", "finite_number"} : Problem{"schema.finite", "int_type"},
         kExpected);
  refuse(at, walk, "float",
         is_number ? Problem{"schema.finite", "finite_number"} : Problem{"schema.finite", "float_type"}, kExpected);
  refuse(at, walk, "str", {"schema.finite", "string_type"}, kExpected);
}

void explain(const Node& value, Walk& walk);

void explain_key(const Node& entry, Walk& walk) {
  const Walk::At at(walk, "[key]");
  const schema::FreeKey key = schema::key_of(entry);
  Node place = entry;
  place.span = entry.key_span;
  refuse_scalars(key.node, place, walk);
  if (key.node.kind != Kind::kSequence)
    return refuse(place, walk, kTupleLabel, {"schema.finite", "tuple_type"}, "a finite number");
  const auto member = Walk::At::member(walk, kTupleLabel);
  for (const Node& item : key.node.children) {
    const Walk::At index(walk, static_cast<std::size_t>(&item - key.node.children.data()));
    if (!is_finite(item)) refuse_scalars(item, place, walk);
  }
}

void explain(const Node& value, Walk& walk) {
  const std::size_t mark = walk.mark();
  refuse_scalars(value, value, walk);
  const std::size_t list = walk.mark();
  if (value.kind == Kind::kSequence) {
    const auto member = Walk::At::member(walk, kListLabel);
    for (const Node& item : value.children) {
      const Walk::At index(walk, static_cast<std::size_t>(&item - value.children.data()));
      if (!is_finite(item)) explain(item, walk);
    }
  } else {
    refuse(value, walk, kListLabel, {"schema.finite", "list_type"}, "a finite number");
  }
  const std::size_t mapping = walk.mark();
  if (value.kind == Kind::kMapping) {
    const auto member = Walk::At::member(walk, kMappingLabel);
    for (const Node& item : value.children) {
      const auto key = Walk::At::entry(walk, item);
      if (!is_finite_key(item)) explain_key(item, walk);
      if (!is_finite(item)) explain(item, walk);
    }
  } else {
    refuse(value, walk, kMappingLabel, {"schema.finite", "dict_type"}, "a finite number");
  }
  walk.prefer_nearest({mark, list, mapping});
}

class YamlValueType final : public schema::Type {
 public:
  bool read(void* into, const Node& node, Walk& walk) const override {
    if (!is_finite(node)) return explain(node, walk), false;
    return any_.read(static_cast<schema::Any*>(static_cast<YamlValue*>(into)), node, walk);
  }
  void write(const void* from, doc::JsonWriter& out) const override {
    any_.write(static_cast<const schema::Any*>(static_cast<const YamlValue*>(from)), out);
  }
  schema::TypeFacts facts() const override { return any_.facts(); }
  std::size_t count_keys(const void* from, schema::Keys keys) const override {
    return any_.count_keys(static_cast<const schema::Any*>(static_cast<const YamlValue*>(from)), keys);
  }
  std::string label() const override { return "any"; }

 private:
  schema::AnyType any_;
};

constexpr YamlValueType kYamlValue;

}  // namespace

const schema::Type& describe(schema::type<YamlValue>) { return kYamlValue; }

}  // namespace zooport::bioimageio
