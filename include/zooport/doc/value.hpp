#pragma once

#include <concepts>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "zooport/doc/json_writer.hpp"
#include "zooport/doc/node.hpp"

namespace zooport::doc {

// A value that owns what it holds and may be changed: what is written, or put into a document by an Editor. Like a Node
// it carries its key, if it stands in a mapping. Deep trees cost machine stack, so build none deeper than
// Limits::depth.
struct Value {
  Kind kind = Kind::kNull;
  Kind key_kind = Kind::kString;
  bool boolean = false;
  std::int64_t integer = 0;  // where `text` is empty
  double real = 0;
  std::string key;
  // Of strings; of dates and times as written; of integers beyond 64 bits their digits; of kBytes the bytes themselves.
  std::string text;
  std::vector<Value> children;  // in order

  Value() = default;
  Value(std::same_as<bool> auto value) : kind(Kind::kBoolean), boolean(value) {}
  template <std::integral T>
  requires(!std::same_as<T, bool> && (sizeof(T) < 8 || std::is_signed_v<T>)) Value(T value)
      : kind(Kind::kInteger), integer(value) {}
  Value(double value) : kind(Kind::kReal), real(value) {}
  Value(std::string value) : kind(Kind::kString), text(std::move(value)) {}
  Value(std::string_view value) : Value(std::string(value)) {}
  Value(const char* value) : Value(std::string(value)) {}

  static Value from(const Node& node);
  static Value sequence(std::vector<Value> items = {});
  static Value mapping() { return of_kind(Kind::kMapping); }
  // A date or time in the text of `kind`, or an integer of any size; not looked at before it is written.
  static Value of_kind(Kind kind, std::string text = {});

  bool is_collection() const { return kind == Kind::kSequence || kind == Kind::kMapping || kind == Kind::kSet; }
  const Value* find(std::string_view name) const;
  Value* find(std::string_view name);
  // Replaces the value of that key, or appends it. Returns the mapping.
  Value& set(std::string_view name, Value value);

  // As JsonWriter::node: dates become strings, bytes and sets lists.
  void write(JsonWriter& out) const;
};

// Kinds, values and the order of keys; the key of either side itself does not count. NaN equals NaN, -0.0 is not 0.0.
bool operator==(const Value& a, const Value& b);

}  // namespace zooport::doc
