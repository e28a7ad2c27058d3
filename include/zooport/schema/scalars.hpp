#pragma once

#include <cstdint>
#include <limits>
#include <memory>
#include <span>
#include <type_traits>

#include "zooport/schema/walk.hpp"

namespace zooport::schema {

// A string, or a struct whose only member is one: `struct Doi { std::string value; };`.
class TextType final : public Type {
 public:
  using Prepare = std::string (*)(std::string_view);
  using Predicate = bool (*)(std::string_view);

  constexpr explicit TextType(std::string_view doc) : doc_(doc) {}
  constexpr TextType prepared_by(Prepare f) const {
    auto t = *this;
    t.prepare_ = f;
    return t;
  }
  // After everything was checked.
  constexpr TextType finished_by(Prepare f) const {
    auto t = *this;
    t.finish_ = f;
    return t;
  }
  constexpr TextType length(std::size_t min, std::size_t max) const {
    auto t = *this;
    t.min_ = min;
    t.max_ = max;
    return t;
  }
  constexpr TextType non_empty() const { return length(1, max_); }
  constexpr TextType that(Predicate holds, std::string_view expected, Problem problem = kValueError) const {
    auto t = *this;
    t.holds_ = holds;
    t.expected_ = expected;
    t.problem_ = problem;
    return t;
  }
  // A second condition, asked after that().
  constexpr TextType also(Predicate holds, std::string_view expected, Problem problem) const {
    auto t = *this;
    t.also_holds_ = holds;
    t.also_expected_ = expected;
    t.also_problem_ = problem;
    return t;
  }
  // Of the text as it stands in the document, before it is prepared; for JSON Schema. The predicate decides.
  constexpr TextType pattern(std::string_view regex) const {
    auto t = *this;
    t.pattern_ = regex;
    return t;
  }
  // All texts that the predicate lets through; for JSON Schema.
  constexpr TextType one_of(std::span<const std::string_view> (*choices)()) const {
    auto t = *this;
    t.choices_ = choices;
    return t;
  }
  // Under which JSON Schema shares it.
  constexpr TextType named(std::string_view name) const {
    auto t = *this;
    t.name_ = name;
    return t;
  }
  constexpr TextType labelled(std::string_view label) const {
    auto t = *this;
    t.label_ = label;
    return t;
  }

  bool read(void* into, const doc::Node& node, Walk& walk) const override;
  void write(const void* from, doc::JsonWriter& out) const override;
  TypeFacts facts() const override;
  std::string label() const override { return std::string(label_); }

 private:
  std::string_view doc_;
  std::string_view name_;
  std::span<const std::string_view> (*choices_)() = nullptr;
  std::size_t min_ = 0;  // in code points
  std::size_t max_ = std::numeric_limits<std::size_t>::max();
  Prepare prepare_ = nullptr;
  Prepare finish_ = nullptr;
  Predicate holds_ = nullptr;
  std::string_view expected_;
  std::string_view pattern_;
  std::string_view label_ = "str";
  Problem problem_ = kValueError;
  Predicate also_holds_ = nullptr;
  std::string_view also_expected_;
  Problem also_problem_ = kValueError;
};

// An integer of any size, as the reference has them. Beyond 64 bits `value` is the nearest that fits and `text` holds
// all digits.
struct Integer {
  std::int64_t value = 0;
  std::string text;

  Integer() = default;
  Integer(std::int64_t v) : value(v) {}
  operator std::int64_t() const { return value; }
  double real() const;
  friend bool operator==(const Integer&, const Integer&) = default;
};

class IntegerType final : public Type {
 public:
  // Numbers only, as JSON Schema has them: 8.0 is 8, while "8" and true are none.
  constexpr IntegerType strict() const {
    auto t = *this;
    t.is_strict_ = true;
    return t;
  }
  constexpr IntegerType at_least(std::int64_t x) const {
    auto t = *this;
    t.least_ = x;
    return t;
  }

  bool read(void* into, const doc::Node& node, Walk& walk) const override;
  void write(const void* from, doc::JsonWriter& out) const override;
  TypeFacts facts() const override;
  std::string label() const override { return "int"; }

 private:
  static bool read_any(Integer& value, const doc::Node& node, Walk& walk);

  std::int64_t least_ = std::numeric_limits<std::int64_t>::min();
  bool is_strict_ = false;
};

// A double, or a struct whose only member is one.
class RealType final : public Type {
 public:
  constexpr explicit RealType(std::string_view doc) : doc_(doc) {}
  constexpr RealType above(double x) const {
    auto t = *this;
    t.above_ = x;
    return t;
  }
  constexpr RealType at_most(double x) const {
    auto t = *this;
    t.at_most_ = x;
    return t;
  }
  constexpr RealType multiple_of(double x) const {
    auto t = *this;
    t.step_ = x;
    return t;
  }
  // Numbers only, as JSON Schema has them: "8" and true are none.
  constexpr RealType strict() const {
    auto t = *this;
    t.is_strict_ = true;
    return t;
  }
  constexpr RealType or_infinite() const {
    auto t = *this;
    t.may_be_infinite_ = true;
    return t;
  }

  bool read(void* into, const doc::Node& node, Walk& walk) const override;
  void write(const void* from, doc::JsonWriter& out) const override;
  TypeFacts facts() const override;
  std::string label() const override {
    return above_ > -kInf || at_most_ < kInf || step_ > 0 ? "constrained-float" : "float";
  }

 private:
  static constexpr double kInf = std::numeric_limits<double>::infinity();
  std::string_view doc_;
  double above_ = -kInf;
  double at_most_ = kInf;
  double step_ = 0;
  bool may_be_infinite_ = false;
  bool is_strict_ = false;
};

class BooleanType final : public Type {
 public:
  bool read(void* into, const doc::Node& node, Walk& walk) const override;
  void write(const void* from, doc::JsonWriter& out) const override;
  TypeFacts facts() const override;
  std::string label() const override { return "bool"; }
};

// An enum over uint8_t with the values 0, 1, 2 … in the order of the names.
class EnumType final : public Type {
 public:
  constexpr explicit EnumType(std::span<const std::string_view> names) : names_(names) {}
  bool read(void* into, const doc::Node& node, Walk& walk) const override;
  void write(const void* from, doc::JsonWriter& out) const override;
  TypeFacts facts() const override;
  std::string label() const override;

 private:
  std::span<const std::string_view> names_;
};

// Free content: the node as it stands in the document, and a share in whatever holds it.
struct Any {
  const doc::Node* node = nullptr;
  std::shared_ptr<const void> owner;
};

class AnyType final : public Type {
 public:
  bool read(void* into, const doc::Node& node, Walk& walk) const override {
    *static_cast<Any*>(into) = {&walk.arena.keep(node), walk.owner};
    return true;
  }
  void write(const void* from, doc::JsonWriter& out) const override;
  TypeFacts facts() const override;
  std::string label() const override { return "any"; }
  std::size_t count_keys(const void* from, Keys which) const override;
};

// A struct with nothing but a value: access through the pointer to the struct needs a layout that guarantees it.
template <class T, class V>
concept WrapperOf = std::is_standard_layout_v<T> && std::is_same_v<decltype(T::value), V> && sizeof(T) == sizeof(V);

template <WrapperOf<std::string> T>
constexpr TextType text(std::string_view doc) {
  return TextType(doc);
}
template <WrapperOf<Integer> T>
constexpr IntegerType integer() {
  return IntegerType();
}
template <WrapperOf<double> T>
constexpr RealType real(std::string_view doc) {
  return RealType(doc);
}
template <class E>
requires std::is_same_v<std::underlying_type_t<E>, std::uint8_t>
constexpr EnumType enumeration(std::span<const std::string_view> names) { return EnumType(names); }

constexpr auto describe(type<std::string>) { return TextType("text"); }
constexpr auto describe(type<Integer>) { return IntegerType(); }
constexpr auto describe(type<double>) { return RealType("number"); }
constexpr auto describe(type<bool>) { return BooleanType(); }
constexpr auto describe(type<Any>) { return AnyType(); }

}  // namespace zooport::schema
