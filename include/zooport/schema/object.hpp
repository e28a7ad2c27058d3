#pragma once

#include <cassert>
#include <initializer_list>
#include <tuple>

#include "zooport/schema/unions.hpp"

namespace zooport::schema {

// Which fields stood in the document, one bit per row of the table (base classes first). Part of every node, so that it
// is written as it came.
struct Given {
  std::uint64_t bits = 0;
};
inline constexpr std::size_t kMostRows = 64;

// A condition on the value of one field. Below kError it is a warning.
struct Check {
  bool (*holds)(const void* value) = nullptr;
  std::string_view expected;
  Problem problem;
  Severity severity = Severity::kError;
};

// Looks at, and may replace, what is about to be read; null after a failure that it reported.
using Before = const doc::Node* (*)(const doc::Node&, Walk&);

struct Field {
  // Looked at while a document is read.
  std::string_view name;
  void* (*member)(void* object) = nullptr;
  const Type& (*type)() = nullptr;
  Before before = nullptr;
  std::uint16_t first_check = 0;  // among the node's
  std::uint16_t check_count = 0;
  bool is_required = false;
  bool overrides = false;  // takes the place of the base class's row of this name

  // For messages, JSON Schema and documentation.
  bool is_filled_in = false;     // by the before() of a node, where it is missing
  bool is_schema_whole = false;  // `schema` says all: before() lets other types through
  bool has_no_default = false;   // nothing stands for it where it is left out
  std::string_view doc;          // a few words, for messages
  std::string_view about;        // sentences
  std::string_view example;      // a value as YAML
  std::string_view since;        // version of the format
  std::string_view schema;       // members of the field's JSON Schema that do not follow from its type
};

// A step towards an item inside a node: a key or an index.
struct Place {
  std::string_view key;
  std::size_t index = 0;
  bool is_index = false;
  Place(const char* k) : key(k) {}
  Place(std::string_view k) : key(k) {}
  Place(std::size_t i) : index(i), is_index(true) {}
  Place(int i) : index(static_cast<std::size_t>(i)), is_index(true) {}
};
using Where = std::initializer_list<Place>;

// Rules see a whole node of which every field is valid. The reference stops at the first that fails, and so do we.
class Findings {
 public:
  Findings(Walk& walk, const doc::Node& node, std::string_view rule) : walk_(walk), node_(node), rule_(rule) {}
  // The error belongs to the node (that is its path); the caret points at the item, or at the deepest part of the way
  // to it that the document has.
  void fail(Where item, std::string_view expected, std::string found, Advice advice = {});
  // Where the reference ends with an exception.
  void abort(Where item, std::string_view exception, std::string message);
  bool failed() const { return failed_; }
  const Outside* outside() const { return walk_.outside; }

  // Parts of an Advice.
  Related related(Where item, std::string message) const;
  Fix replace(Where item, std::string text, std::string description) const;

 private:
  const doc::Node& at(Where item) const;
  Walk& walk_;
  const doc::Node& node_;
  std::string_view rule_;
  bool failed_ = false;
};

struct Rule {
  std::string_view id;
  std::string_view reference_name;  // part of the label, where the node is a member of a union
  std::string_view about;           // the rule in words, as a condition that holds
  void (*run)(const void* object, Findings&) = nullptr;
};

enum class Unknown : std::uint8_t { kForbidden, kIgnored, kKept };

// The part of a node's type that is compiled once; Node<T, …> only adds the tables.
class ObjectType : public Type {
 public:
  bool read(void* into, const doc::Node& node, Walk& walk) const override;
  void write(const void* from, doc::JsonWriter& out) const override;
  TypeFacts facts() const override;
  std::string label() const override;
  std::size_t count_keys(const void* from, Keys which) const override;
  std::string_view tag_key() const { return tag_key_; }
  std::string_view tag() const { return tag_; }
  std::string_view name() const { return name_; }
  Unknown unknown() const { return unknown_; }
  std::string_view schema() const { return schema_; }

  // What documentation says about a row.
  struct FieldView {
    const Field& field;
    std::span<const Check> checks;
    const void* fallback;  // the value where the field is left out
  };
  // Base classes first.
  std::vector<FieldView> documented_fields() const;
  std::vector<Rule> documented_rules() const;

 protected:
  constexpr ObjectType(std::string_view name, std::string_view doc) : name_(name), doc_(doc) {}
  constexpr ~ObjectType() = default;
  virtual std::span<const Field> fields() const = 0;
  virtual std::span<const Check> checks() const = 0;
  virtual Given& given(void* object) const = 0;
  virtual const void* prototype() const = 0;  // a node as it is before reading: holds the defaults

  const ObjectType* (*base_)() = nullptr;
  void* (*upcast_)(void*) = nullptr;
  bool has_overrides_ = false;
  Before before_ = nullptr;
  Unknown unknown_ = Unknown::kForbidden;
  Map<Any>& (*kept_)(void*) = nullptr;
  std::array<Rule, 6> rules_{};
  std::uint8_t rule_count_ = 0;
  std::span<const Rule> rules() const { return std::span(rules_).first(rule_count_); }
  std::string_view name_;
  std::string_view doc_;
  std::string_view tag_key_;
  std::string_view tag_;
  std::string_view label_;
  std::string_view schema_;

 private:
  struct Row {
    const Field& field;
    std::span<const Check> checks;
    void* member;
    std::uint64_t bit;
  };
  // This node, its base class, the base class of that, ….
  struct Overriding {
    const Field& field;
    std::size_t level;
  };
  struct Levels {
    std::array<const ObjectType*, 4> type;
    std::size_t count = 0;
    // The row that counts where `field` of `level` stands: itself, or that of a derived class.
    Overriding override_of(const Field& field, std::size_t level) const;
  };
  Levels levels() const;
  // Base classes first.
  template <class F>
  void each_row(void* object, F&& visit) const;
  bool read_field(const Row& row, const doc::Node& node, Walk& walk, Given& given) const;
  bool read_unknown(void* into, const doc::Node& node, Walk& walk, std::span<const std::string_view> known) const;
  bool run_rules(void* object, const doc::Node& node, Walk& walk) const;
};

// A row under construction: knows owner and member type, so that a table of another node's fields does not compile.
template <class O, class M, std::size_t C>
struct FieldOf {
  using Owner = O;
  static constexpr std::size_t kChecks = C;
  Field field;
  std::array<Check, C> checks{};

  // Predicate is bool(const M&).
  template <auto Predicate>
  constexpr auto check(std::string_view expected, Problem problem = kValueError,
                       Severity severity = Severity::kError) const {
    FieldOf<O, M, C + 1> row;
    row.field = field;
    for (std::size_t i = 0; i < C; ++i) row.checks[i] = checks[i];
    row.checks[C] = {[](const void* value) { return Predicate(*static_cast<const M*>(value)); }, expected, problem,
                     severity};
    return row;
  }
  template <auto Predicate>
  constexpr auto warn(Severity severity, std::string_view expected) const {
    return check<Predicate>(expected, {"schema.advice", "warning"}, severity);
  }
  // Rewrites the raw value, or looks at it, before anything else.
  constexpr FieldOf before(Before f) const {
    FieldOf row = *this;
    row.field.before = f;
    return row;
  }
  // Stands in place of the base class's row of the same name.
  constexpr FieldOf overriding() const {
    FieldOf row = *this;
    row.field.overrides = true;
    return row;
  }

  // Documentation, and what JSON Schema cannot take from the type. None of it is looked at while a document is read.
  constexpr FieldOf about(std::string_view sentences) const {
    FieldOf row = *this;
    row.field.about = sentences;
    return row;
  }
  constexpr FieldOf example(std::string_view yaml) const {
    FieldOf row = *this;
    row.field.example = yaml;
    return row;
  }
  constexpr FieldOf since(std::string_view version) const {
    FieldOf row = *this;
    row.field.since = version;
    return row;
  }
  // Members of a JSON object: those that a check() adds to what follows from the type …
  constexpr FieldOf in_schema(std::string_view members) const {
    FieldOf row = *this;
    row.field.schema = members;
    return row;
  }
  // … or all of them, where before() lets other types through.
  constexpr FieldOf schema_instead(std::string_view members) const {
    FieldOf row = in_schema(members);
    row.field.is_schema_whole = true;
    return row;
  }
  // Left out, it says nothing: no value means the same.
  constexpr FieldOf no_default() const {
    FieldOf row = *this;
    row.field.has_no_default = true;
    return row;
  }
  // The before() of the node puts it in where it is missing, but for the root of a document.
  constexpr FieldOf filled_in() const {
    FieldOf row = *this;
    row.field.is_filled_in = true;
    return row;
  }
};

template <auto M>
struct MemberOf;
template <class O, class V, V O::*M>
struct MemberOf<M> {
  using Owner = O;
  template <class T>
  static constexpr FieldOf<T, V, 0> row(std::string_view name, std::string_view doc, bool is_required) {
    FieldOf<T, V, 0> row;
    row.field.name = name, row.field.doc = doc, row.field.is_required = is_required;
    row.field.member = [](void* object) -> void* { return &(static_cast<T*>(object)->*M); };
    row.field.type = &type_of<V>;
    return row;
  }
};

// T: the node, where the member is one of its base class and yet a row of its own table.
template <auto M, class T = typename MemberOf<M>::Owner>
constexpr auto required(std::string_view name, std::string_view doc) {
  return MemberOf<M>::template row<T>(name, doc, true);
}

// The default is the one that the struct itself gives the member.
template <auto M, class T = typename MemberOf<M>::Owner>
constexpr auto optional(std::string_view name, std::string_view doc) {
  return MemberOf<M>::template row<T>(name, doc, false);
}

// The declaration of a node: its rows in the order of the format. N rows, C checks of all rows together.
template <class T, std::size_t N, std::size_t C>
class Node final : public ObjectType {
 public:
  constexpr Node(std::string_view name, std::string_view doc, std::array<Field, N> fields, std::array<Check, C> checks)
      : ObjectType(name, doc), fields_(fields), checks_(checks) {
    for (const Field& field : fields) has_overrides_ = has_overrides_ || field.overrides;
  }

  // A named free function `void f(const T&, Findings&)`, run when every field is valid. One too many does not compile.
  // `about`: the rule in words, as a condition that holds.
  template <auto F>
  constexpr Node rule(std::string_view id, std::string_view reference_name = "", std::string_view about = "") const {
    Node next = *this;
    next.rules_[next.rule_count_++] = {id, reference_name, about,
                                       [](const void* object, Findings& at) { F(*static_cast<const T*>(object), at); }};
    return next;
  }
  // The rows and rules of a base class come first.
  template <class B>
  constexpr Node inherits() const {
    Node next = *this;
    next.base_ = [] { return static_cast<const ObjectType*>(&type_of<B>()); };
    next.upcast_ = [](void* object) -> void* { return static_cast<B*>(static_cast<T*>(object)); };
    return next;
  }
  // A member of a union that is told apart by the text under `key`: T::kTag.
  constexpr Node tagged_by(std::string_view key) const {
    Node next = *this;
    next.tag_key_ = key, next.tag_ = T::kTag;
    return next;
  }
  // Members of the node's JSON Schema that say what its rules say.
  constexpr Node in_schema(std::string_view members) const {
    Node next = *this;
    next.schema_ = members;
    return next;
  }
  // Sees the whole mapping before its fields are read.
  constexpr Node before(Before f) const {
    Node next = *this;
    next.before_ = f;
    return next;
  }
  // As a member of a union, where the reference has another name for it than that of the class and its rules.
  constexpr Node labelled(std::string_view label) const {
    Node next = *this;
    next.label_ = label;
    return next;
  }
  // Unknown fields are dropped without a word.
  constexpr Node ignores_unknown() const {
    Node next = *this;
    next.unknown_ = Unknown::kIgnored;
    return next;
  }
  // Unknown fields are kept in a member of type Map<Any>.
  template <auto M>
  constexpr Node keeps_unknown() const {
    Node next = *this;
    next.unknown_ = Unknown::kKept;
    next.kept_ = [](void* object) -> Map<Any>& { return static_cast<T*>(object)->*M; };
    return next;
  }

 private:
  std::span<const Field> fields() const override { return fields_; }
  std::span<const Check> checks() const override { return checks_; }
  Given& given(void* object) const override { return static_cast<T*>(object)->given; }
  const void* prototype() const override {
    static const T kPrototype{};
    return &kPrototype;
  }
  std::array<Field, N> fields_;
  std::array<Check, C> checks_;
};

template <class T, class... Rows>
constexpr auto object(std::string_view name, std::string_view doc, const Rows&... rows) {
  static_assert((std::is_same_v<typename Rows::Owner, T> && ...), "a row for a member of another node");
  static_assert(sizeof...(Rows) <= kMostRows, "Given has one bit a row");
  std::array<Field, sizeof...(Rows)> fields{rows.field...};
  std::array<Check, (Rows::kChecks + ... + 0)> checks{};
  std::size_t row = 0, next = 0;
  [[maybe_unused]] const auto place = [&](const auto& from) {
    fields[row].first_check = static_cast<std::uint16_t>(next);
    fields[row].check_count = static_cast<std::uint16_t>(from.checks.size());
    ++row;
    for (const Check& check : from.checks) checks[next++] = check;
  };
  (place(rows), ...);
  return Node<T, sizeof...(Rows), (Rows::kChecks + ... + 0)>(name, doc, fields, checks);
}

}  // namespace zooport::schema
