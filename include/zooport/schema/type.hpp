#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <type_traits>

#include "zooport/doc/json_writer.hpp"
#include "zooport/doc/node.hpp"

namespace zooport::schema {

class Walk;
class SchemaWriter;

// Those of fields that were given, or those of all fields.
enum class Keys : std::uint8_t { kGiven, kAll };

// How to read, write and document values of one C++ type behind a void*. There is one constant per type, not per field:
// the walk over a document is ordinary compiled code, and a field costs a row in a table.
class Type {
 public:
  // Overwrites `into`; false when a problem was reported.
  virtual bool read(void* into, const doc::Node& node, Walk& walk) const = 0;
  virtual void write(const void* from, doc::JsonWriter& out) const = 0;
  virtual void describe(SchemaWriter& out) const = 0;  // as JSON Schema
  virtual std::string label() const = 0;               // how the reference names it as a union member
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

// Appends JSON Schema. A node is written once, under $defs, and referred to.
class SchemaWriter {
 public:
  doc::JsonWriter json;

  // Writes {"$ref": "#/$defs/NAME"}; the body follows in finish().
  void refer(std::string_view name, const Type& body);
  // The whole schema of `root`.
  static std::string schema_of(const Type& root);

  // What refer() asked for, in that order. `body` writes the definition itself.
  struct Definition {
    std::string name;
    const Type* body;
  };
  bool is_definition = false;  // set while a definition's body is being written

 private:
  std::vector<Definition> definitions_;
};

template <class T>
std::string to_json(const T& value) {
  doc::JsonWriter out;
  type_of<T>().write(&value, out);
  return std::move(out.text());
}

template <class T>
std::string json_schema() {
  return SchemaWriter::schema_of(type_of<T>());
}

}  // namespace zooport::schema
