#pragma once

#include <optional>
#include <utility>
#include <vector>

#include "zooport/schema/facts.hpp"
#include "zooport/schema/scalars.hpp"

namespace zooport::schema {

// The handful of operations that depend on the element type. Reading, writing and reporting are compiled once.
struct ListOps {
  const Type& (*item)();
  void (*clear)(void*);
  void* (*grow)(void*);
  std::size_t (*size)(const void*);
  const void* (*at)(const void*, std::size_t);
};

// `Sequence<T>` differs from std::vector<T> only in how the reference reports wrong kinds.
template <class T>
struct Sequence : std::vector<T> {
  using std::vector<T>::vector;
};

template <class T>
struct NonEmpty : std::vector<T> {
  using std::vector<T>::vector;
};

class ListType final : public Type {
 public:
  constexpr explicit ListType(ListOps ops) : ops_(ops) {}
  bool read(void* into, const doc::Node& node, Walk& walk) const override;
  void write(const void* from, doc::JsonWriter& out) const override;
  TypeFacts facts() const override;
  std::string label() const override;
  constexpr ListType non_empty() const { return length(1, TypeFacts::kUnbounded); }
  // As many items, bounds included.
  constexpr ListType length(std::size_t fewest, std::size_t most) const {
    auto t = *this;
    t.fewest_ = fewest, t.most_ = most;
    return t;
  }
  constexpr ListType sequence() const {
    auto t = *this;
    t.is_sequence_ = true;
    return t;
  }

 private:
  ListOps ops_;
  bool is_sequence_ = false;
  std::size_t fewest_ = 0;
  std::size_t most_ = TypeFacts::kUnbounded;
};

template <class V>
constexpr ListType list() {
  return ListType({&type_of<typename V::value_type>, [](void* v) { static_cast<V*>(v)->clear(); },
                   [](void* v) -> void* { return &static_cast<V*>(v)->emplace_back(); },
                   [](const void* v) { return static_cast<const V*>(v)->size(); },
                   [](const void* v, std::size_t i) -> const void* { return &(*static_cast<const V*>(v))[i]; }});
}

template <class T>
constexpr auto describe(type<std::vector<T>>) {
  return list<std::vector<T>>();
}
template <class T>
constexpr auto describe(type<Sequence<T>>) {
  return list<Sequence<T>>().sequence();
}
template <class T>
constexpr auto describe(type<NonEmpty<T>>) {
  return list<NonEmpty<T>>().non_empty();
}

// A list of exactly two reals, as the reference reads a tuple.
struct Pair {
  double first = 0;
  double second = 0;
};

class PairType final : public Type {
 public:
  constexpr explicit PairType(const Type& (*item)()) : item_(item) {}
  bool read(void* into, const doc::Node& node, Walk& walk) const override;
  void write(const void* from, doc::JsonWriter& out) const override;
  TypeFacts facts() const override;
  std::string label() const override { return "tuple[float, float]"; }

 private:
  const Type& (*item_)();
};

// null or a value.
class OptionalType final : public Type {
 public:
  using Emplace = void* (*)(void*);  // makes a value and gives its address
  using Reset = void (*)(void*);
  using Get = const void* (*)(const void*);  // null when there is none
  constexpr OptionalType(const Type& (*inner)(), Emplace emplace, Reset reset, Get get)
      : inner_(inner), emplace_(emplace), reset_(reset), get_(get) {}
  bool read(void* into, const doc::Node& node, Walk& walk) const override;
  void write(const void* from, doc::JsonWriter& out) const override;
  std::size_t count_keys(const void* from, Keys which) const override;
  TypeFacts facts() const override;
  std::string label() const override { return inner_().label(); }

 private:
  const Type& (*inner_)();
  Emplace emplace_;
  Reset reset_;
  Get get_;
};

template <class T>
constexpr auto describe(type<std::optional<T>>) {
  using O = std::optional<T>;
  return OptionalType(
      &type_of<T>, [](void* o) -> void* { return &static_cast<O*>(o)->emplace(); },
      [](void* o) { static_cast<O*>(o)->reset(); },
      [](const void* o) -> const void* { return *static_cast<const O*>(o) ? &**static_cast<const O*>(o) : nullptr; });
}

// String keys to values, in document order.
template <class T>
struct Map : std::vector<std::pair<std::string, T>> {};

class MapType final : public Type {
 public:
  constexpr explicit MapType(ListOps ops, void* (*add)(void*, std::string),
                             std::string_view (*key)(const void*, std::size_t))
      : ops_(ops), add_(add), key_(key) {}
  bool read(void* into, const doc::Node& node, Walk& walk) const override;
  void write(const void* from, doc::JsonWriter& out) const override;
  std::size_t count_keys(const void* from, Keys which) const override;
  TypeFacts facts() const override;
  std::string label() const override;

 private:
  ListOps ops_;
  void* (*add_)(void*, std::string);
  std::string_view (*key_)(const void*, std::size_t);
};

template <class T>
constexpr auto describe(type<Map<T>>) {
  using M = Map<T>;
  return MapType(
      {&type_of<T>, [](void* m) { static_cast<M*>(m)->clear(); }, nullptr,
       [](const void* m) { return static_cast<const M*>(m)->size(); },
       [](const void* m, std::size_t i) -> const void* { return &(*static_cast<const M*>(m))[i].second; }},
      [](void* m, std::string key) -> void* { return &static_cast<M*>(m)->emplace_back(std::move(key), T{}).second; },
      [](const void* m, std::size_t i) -> std::string_view { return (*static_cast<const M*>(m))[i].first; });
}

}  // namespace zooport::schema
