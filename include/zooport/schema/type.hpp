#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <type_traits>

#include "zooport/doc/json_writer.hpp"
#include "zooport/doc/node.hpp"

namespace zooport::schema {

class Walk;
struct TypeFacts;

// Those of fields that were given, or those of all fields.
enum class Keys : std::uint8_t { kGiven, kAll };

// How to read, write and document values of one C++ type behind a void*. There is one constant per type, not per field:
// the walk over a document is ordinary compiled code, and a field costs a row in a table.
class Type {
 public:
  // Overwrites `into`; false when a problem was reported.
  virtual bool read(void* into, const doc::Node& node, Walk& walk) const = 0;
  virtual void write(const void* from, doc::JsonWriter& out) const = 0;
  virtual TypeFacts facts() const = 0;    // for JSON Schema and documentation: zooport/schema/facts.hpp
  virtual std::string label() const = 0;  // how the reference names it as a union member
  // Keys of the mappings in what write() writes, mappings inside lists left out.
  virtual std::size_t count_keys(const void*, Keys) const { return 0; }

 protected:
  constexpr ~Type() = default;
};

// A kind of problem: our stable id and the reference's name for it.
struct Problem {
  std::string_view id;
  std::string_view reference_type;
};

inline constexpr Problem kValueError{"schema.value", "value_error"};

// Tag by which argument-dependent lookup finds `describe(type<T>)`. For scalars and containers it is a constexpr
// function that gives the type by value. For a node it is declared beside the struct as `const schema::Type&
// describe(type<T>);` and defined in the node's .cpp, where its table is: users of the struct compile no table.
template <class T>
struct type {};

// The constant that describes T. A function, so that tables may refer to each other and to themselves.
template <class T>
const Type& type_of() {
  using Described = decltype(describe(type<T>{}));
  if constexpr (std::is_reference_v<Described>) {
    return describe(type<T>{});
  } else {
    static constexpr Described kType = describe(type<T>{});
    return kType;
  }
}

template <class T>
std::string to_json(const T& value) {
  doc::JsonWriter out;
  type_of<T>().write(&value, out);
  return std::move(out.text());
}

}  // namespace zooport::schema
