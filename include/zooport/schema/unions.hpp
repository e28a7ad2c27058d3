#pragma once

#include <array>
#include <span>
#include <variant>

#include "zooport/schema/containers.hpp"

namespace zooport::schema {

struct Member {
  const Type& (*type)();
  void* (*emplace)(void* variant);
};

// A std::variant. If its members are nodes with tags, the tag decides. Else every member is tried; one that takes the
// value as it stands, and is no node, wins at once, else the best match does (see Match).
class UnionBase : public Type {
 public:
  bool read(void* into, const doc::Node& node, Walk& walk) const override;
  void write(const void* from, doc::JsonWriter& out) const override;
  std::size_t count_keys(const void* from, Keys which) const override;
  TypeFacts facts() const override;
  std::string label() const override { return "union"; }

 protected:
  using Active = std::size_t (*)(const void*, const void** value);
  constexpr UnionBase(Active active, bool is_tagged) : active_(active), is_tagged_(is_tagged) {}
  constexpr ~UnionBase() = default;
  virtual std::span<const Member> members() const = 0;

 private:
  bool read_tagged(void* into, const doc::Node& node, Walk& walk) const;
  Active active_;
  bool is_tagged_;
};

template <std::size_t N>
class UnionType final : public UnionBase {
 public:
  constexpr UnionType(std::array<Member, N> members, Active active, bool is_tagged)
      : UnionBase(active, is_tagged), members_(members) {}

 private:
  std::span<const Member> members() const override { return members_; }
  std::array<Member, N> members_;
};

// A node that carries its tag; declared so by `static constexpr std::string_view kTag`.
template <class T>
concept Tagged = requires {
  T::kTag;
};

template <class... Ts>
constexpr auto describe(type<std::variant<Ts...>>) {
  using V = std::variant<Ts...>;
  return UnionType<sizeof...(Ts)>(
      {Member{&type_of<Ts>, [](void* v) -> void* { return &static_cast<V*>(v)->template emplace<Ts>(); }}...},
      [](const void* v, const void** value) {
        const V& variant = *static_cast<const V*>(v);
        std::visit([&](const auto& x) { *value = &x; }, variant);
        return variant.index();
      },
      (Tagged<Ts> && ...));
}

}  // namespace zooport::schema
