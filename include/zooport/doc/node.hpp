#pragma once

#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "zooport/base/result.hpp"

namespace zooport::doc {

// kDate, kTime: plain scalars that the core schema of the reference's reader resolves to a calendar date, or to a date
// with a time of day. kBytes: !!binary. kSet: !!set.
enum class Kind : std::uint8_t {
  kNull,
  kBoolean,
  kInteger,
  kReal,
  kString,
  kDate,
  kTime,
  kBytes,
  kSet,
  kSequence,
  kMapping
};

// A value of a document and, in a mapping, its key. Views and children live as long as the Document.
struct Node {
  Kind kind = Kind::kNull;
  Kind key_kind = Kind::kString;
  Span span;
  Span key_span;
  std::string_view key;            // decoded; empty in a sequence
  std::string_view text;           // decoded text of a scalar, as written for numbers; empty for a collection
  std::span<const Node> children;  // in document order
  std::size_t size = 1;            // nodes in this subtree with aliases expanded

  const Node* find(std::string_view name) const {
    for (const Node& child : children)
      if (child.key == name && child.key_kind == Kind::kString) return &child;
    return nullptr;
  }
  bool is_collection() const { return kind == Kind::kSequence || kind == Kind::kMapping || kind == Kind::kSet; }
};

// Immutable after reading, so it may be shared between threads. An alias shares the children of its anchor.
class Document {
 public:
  const Node& root() const { return root_; }
  std::string_view source() const { return *source_; }

 private:
  friend class Builder;
  std::unique_ptr<const std::string> source_;  // never moves: nodes hold views into it
  std::deque<std::vector<Node>> children_;
  std::deque<std::string> decoded_;  // scalars whose value differs from their source text
  Node root_;
};

// Values of scalars of that kind; empty when the value does not fit (integers beyond 64 bits keep their text).
std::optional<std::int64_t> integer_of(const Node& node);
double real_of(const Node& node);  // of integers, too
bool boolean_of(const Node& node);

// A date, or a date with a time of day. Fractions of a second are rounded to microseconds as the reference does.
struct Timestamp {
  int year = 0;
  int month = 1;
  int day = 1;
  int hour = 0;
  int minute = 0;
  int second = 0;
  int microsecond = 0;
  std::optional<int> offset_minutes;  // east of UTC; none: the text names no zone
};
// Of nodes of kind kDate and kTime.
std::optional<Timestamp> timestamp_of(const Node& node);
// Content of a node of kind kBytes.
std::string bytes_of(const Node& node);

}  // namespace zooport::doc
