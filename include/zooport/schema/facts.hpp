#pragma once

#include <cstdint>
#include <limits>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "zooport/schema/type.hpp"

namespace zooport::schema {

// What can be said about the values of a type without having one. JSON Schema and the documentation are made of it.
struct TypeFacts {
  enum class Kind : std::uint8_t {
    kText,
    kInteger,
    kReal,
    kBoolean,
    kChoice,
    kAny,
    kList,
    kPair,
    kNullable,  // null, or its part
    kMap,       // texts to its part
    kUnion,     // any of its parts
    kNode
  };
  static constexpr double kInfinity = std::numeric_limits<double>::infinity();
  static constexpr std::size_t kUnbounded = std::numeric_limits<std::size_t>::max();

  Kind kind = Kind::kAny;
  std::string_view name;      // of a node, or of a text that is shared under it; else empty
  std::string_view doc;       // what it is
  std::string_view expected;  // a condition, in words
  // ECMA-262, of texts as they stand in the document; all of them match what is valid, and as far as a pattern can say
  // it, nothing else.
  std::vector<std::string> patterns;
  std::size_t at_least = 0;  // characters, or items
  std::size_t at_most = kUnbounded;
  double above = -kInfinity;
  double least = -kInfinity;
  double up_to = kInfinity;
  double step = 0;  // 0: any
  bool may_be_infinite = false;
  bool is_strict = false;  // numbers as JSON has them; else text that is one is taken as well
  std::span<const std::string_view> choices;
  std::vector<const Type*> parts;
  std::string_view tag_key;  // of a union whose members are told apart by what stands there
};

}  // namespace zooport::schema
