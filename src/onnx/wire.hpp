#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "zooport/base/bytes.hpp"
#include "zooport/base/limits.hpp"
#include "zooport/base/result.hpp"
#include "zooport/onnx/model.hpp"

// Reading of protobuf's wire format. Errors stick: after the first one every call fails, and the loops end.
namespace zooport::onnx::wire {

enum class Type : std::uint8_t { kVarint = 0, kFixed64 = 1, kBytes = 2, kFixed32 = 5 };

// One field of a message: where it is in the file, and its value.
struct Field {
  std::uint32_t number = 0;
  Type type = Type::kVarint;
  std::uint64_t value = 0;  // of kVarint, kFixed32, kFixed64
  std::size_t begin = 0;    // of the tag
  std::size_t data = 0;     // of the payload of kBytes
  std::size_t end = 0;
};

// What all messages of one file share.
struct Source {
  Bytes file;
  Limits limits;
  std::size_t messages = 0;
  std::size_t operators = 0;
  std::optional<Error> error;
  std::size_t small = 0;  // names and numbers that stand one by one

  // Keeps the first error. Always false.
  bool fail(std::string id, std::string message, std::size_t begin, std::size_t end);
};

// The fields of one message, in the order of the file.
class Message {
 public:
  explicit Message(Source& source);

  // The next field; false at the end and after an error.
  bool next(Field& field);
  bool ok() const { return !source_->error; }
  bool fail(std::string id, std::string message, const Field& at);

  // Singular fields: a second one is an error. A default value that was written is noted in `form`.
  bool once(const Field& field, Type type);
  void integer(const Field& field, std::int64_t& out, Form& form);
  void integer32(const Field& field, std::int32_t& out, Form& form);
  void real(const Field& field, float& out, Form& form);
  void text(const Field& field, std::string& out, Form& form);
  Message single(const Field& field);

  // Notes one of those that take many times more memory than they have bytes in the file; false: there are too many.
  bool count_small(const Field& at);

  // Repeated fields.
  Message each(const Field& field);
  void text(const Field& field, std::vector<std::string>& out);
  void integers(const Field& field, std::vector<std::int64_t>& out);
  void reals(const Field& field, std::vector<float>& out);
  // Notes in `form` whether numbers came packed, where `packed` is what onnx.proto says.
  enum class Packed : std::uint8_t { kNo, kYes };
  static void note_packing(const Field& field, Packed usual, Form& form);

  // The field as it is, tag included.
  void keep(const Field& field, std::string& out) const;
  Bytes payload(const Field& field) const { return source_->file.slice(field.data, field.end - field.data); }
  std::string_view payload_text(const Field& field) const;
  Source& source() { return *source_; }

 private:
  Message(Source& source, std::size_t begin, std::size_t end, std::size_t depth);
  bool varint(std::uint64_t& value, std::size_t end);

  Source* source_;
  std::size_t at_;
  std::size_t end_;
  std::size_t depth_;
  std::uint64_t seen_ = 0;
};

// Decodes one varint of `bytes` at `at`, which moves on; false if it is cut off or longer than 64 bits.
bool read_varint(std::span<const std::byte> bytes, std::size_t& at, std::uint64_t& value);

}  // namespace zooport::onnx::wire
