#include "onnx/wire.hpp"

#include <algorithm>
#include <bit>
#include <cstring>

#include "zooport/base/text.hpp"

namespace zooport::onnx::wire {

static_assert(std::endian::native == std::endian::little, "weights are used as they are in the file");

bool read_varint(std::span<const std::byte> bytes, std::size_t& at, std::uint64_t& value) {
  value = 0;
  for (unsigned shift = 0; shift < 70 && at < bytes.size(); shift += 7) {
    const auto byte = static_cast<std::uint64_t>(bytes[at++]);
    if (shift == 63 && byte > 1) return false;
    value |= (byte & 0x7f) << shift;
    if (byte < 0x80) return true;
  }
  return false;
}

bool Source::fail(std::string id, std::string message, std::size_t begin, std::size_t end) {
  if (error) return false;
  error = make_error(ErrorKind::kInvalid, std::move(id), concat(message, " (byte ", begin, ")"));
  error->what.span = Span{begin, end};
  return false;
}

namespace {

// As protobuf has it, and with it everything that runs ONNX files.
constexpr std::size_t kMostDepth = 100;

}  // namespace

Message::Message(Source& source) : Message(source, 0, source.file.size(), 0) {}

Message::Message(Source& source, std::size_t begin, std::size_t end, std::size_t depth)
    : source_(&source), at_(begin), end_(end), depth_(depth) {
  const std::size_t most = std::min(kMostDepth, source.limits.depth);
  if (depth > most) {
    source.fail("onnx.too-deep",
                concat("messages are nested more than ", most, " deep",
                       most < kMostDepth ? "; limits.depth raises this" : ", which no engine reads"),
                begin, end);
  } else if (++source.messages > source.limits.nodes) {
    source.fail("onnx.too-many-messages",
                concat("the file holds more than ", source.limits.nodes, " messages; limits.nodes raises this"), begin,
                end);
  }
}

bool Message::fail(std::string id, std::string message, const Field& at) {
  return source_->fail(std::move(id), std::move(message), at.begin, at.end);
}

bool Message::varint(std::uint64_t& value, std::size_t end) {
  return read_varint(source_->file.span().first(end), at_, value);
}

bool Message::next(Field& field) {
  if (!ok() || at_ >= end_) return false;
  field = {};
  field.begin = at_;
  std::uint64_t tag = 0;
  if (!varint(tag, end_)) return source_->fail("onnx.truncated", "a field's tag is cut off", field.begin, end_);
  if (tag >> 3 == 0 || tag >> 3 > 0x1fffffff) {
    return source_->fail("onnx.malformed", "this is no protobuf: a field has an impossible number", field.begin, at_);
  }
  field.number = static_cast<std::uint32_t>(tag >> 3);
  const auto type = tag & 7;
  std::uint64_t size = 0;
  switch (type) {
    case 0:
      field.type = Type::kVarint;
      if (!varint(field.value, end_)) {
        return source_->fail("onnx.truncated", "a number is cut off or longer than 64 bits", field.begin, end_);
      }
      break;
    case 1:
    case 5:
      field.type = type == 1 ? Type::kFixed64 : Type::kFixed32;
      size = type == 1 ? 8 : 4;
      if (end_ - at_ < size) return source_->fail("onnx.truncated", "a number is cut off", field.begin, end_);
      std::memcpy(&field.value, source_->file.data() + at_, static_cast<std::size_t>(size));
      at_ += static_cast<std::size_t>(size);
      break;
    case 2:
      field.type = Type::kBytes;
      if (!varint(size, end_) || size > end_ - at_) {
        return source_->fail(
            "onnx.truncated",
            concat("field ", field.number, " declares ", size, " bytes where ", end_ - at_, " are left"), field.begin,
            end_);
      }
      field.data = at_;
      at_ += static_cast<std::size_t>(size);
      break;
    default:
      return source_->fail("onnx.malformed",
                           concat("this is no ONNX file: a field has wire type ", type, ", which ONNX does not use"),
                           field.begin, at_);
  }
  field.end = at_;
  return true;
}

bool Message::once(const Field& field, Type type) {
  if (field.type != type) {
    return fail("onnx.wire-type",
                concat("field ", field.number, " has wire type ", static_cast<int>(field.type), "; expected ",
                       static_cast<int>(type)),
                field);
  }
  const auto bit = std::uint64_t{1} << (field.number & 63);
  if (seen_ & bit) {
    return fail("onnx.repeated-field", concat("field ", field.number, " is there twice; readers would disagree on it"),
                field);
  }
  seen_ |= bit;
  return true;
}

void Message::integer(const Field& field, std::int64_t& out, Form& form) {
  if (!once(field, Type::kVarint)) return;
  out = static_cast<std::int64_t>(field.value);
  if (out == 0) form.present |= 1u << (field.number & 31);
}

void Message::integer32(const Field& field, std::int32_t& out, Form& form) {
  if (!once(field, Type::kVarint)) return;
  const auto wide = static_cast<std::int64_t>(field.value);
  out = static_cast<std::int32_t>(wide);
  if (out != wide) fail("onnx.number-range", concat(wide, " does not fit into 32 bits"), field);
  if (out == 0) form.present |= 1u << (field.number & 31);
}

void Message::real(const Field& field, float& out, Form& form) {
  if (!once(field, Type::kFixed32)) return;
  out = std::bit_cast<float>(static_cast<std::uint32_t>(field.value));
  if (field.value == 0) form.present |= 1u << (field.number & 31);
}

void Message::text(const Field& field, std::string& out, Form& form) {
  if (!once(field, Type::kBytes)) return;
  out = payload_text(field);
  if (out.empty()) form.present |= 1u << (field.number & 31);
}

Message Message::single(const Field& field) {
  once(field, Type::kBytes);
  return Message(*source_, field.data, field.type == Type::kBytes ? field.end : field.data, depth_ + 1);
}

Message Message::each(const Field& field) {
  if (field.type != Type::kBytes) fail("onnx.wire-type", concat("field ", field.number, " should be a message"), field);
  return Message(*source_, field.data, field.type == Type::kBytes ? field.end : field.data, depth_ + 1);
}

void Message::text(const Field& field, std::vector<std::string>& out) {
  if (field.type != Type::kBytes) {
    fail("onnx.wire-type", concat("field ", field.number, " should be text"), field);
    return;
  }
  if (count_small(field)) out.emplace_back(payload_text(field));
}

bool Message::count_small(const Field& at) {
  constexpr std::size_t kToOneMessage = 8;
  if (++source_->small / kToOneMessage <= source_->limits.nodes) return true;
  return fail("onnx.too-many-messages",
              concat("the file holds more than ", kToOneMessage, " times ", source_->limits.nodes,
                     " names and numbers one by one; limits.nodes raises this"),
              at);
}

void Message::integers(const Field& field, std::vector<std::int64_t>& out) {
  if (field.type == Type::kVarint) {
    out.push_back(static_cast<std::int64_t>(field.value));
  } else if (field.type == Type::kBytes) {
    const auto bytes = source_->file.span().first(field.end);
    for (std::size_t at = field.data; at < field.end;) {
      std::uint64_t value = 0;
      if (!read_varint(bytes, at, value)) {
        fail("onnx.truncated", "a number of a packed list is cut off", field);
        return;
      }
      out.push_back(static_cast<std::int64_t>(value));
    }
  } else {
    fail("onnx.wire-type", concat("field ", field.number, " should hold integers"), field);
  }
}

void Message::reals(const Field& field, std::vector<float>& out) {
  if (field.type == Type::kFixed32) {
    out.push_back(std::bit_cast<float>(static_cast<std::uint32_t>(field.value)));
  } else if (field.type == Type::kBytes && (field.end - field.data) % sizeof(float) == 0) {
    const std::size_t old = out.size();
    const std::size_t size = field.end - field.data;
    out.resize(old + size / sizeof(float));
    if (size > 0) std::memcpy(out.data() + old, source_->file.data() + field.data, size);
  } else {
    fail("onnx.wire-type", concat("field ", field.number, " should hold float32 numbers"), field);
  }
}

void Message::note_packing(const Field& field, Packed usual, Form& form) {
  const bool packed = field.type == Type::kBytes;
  if (packed != (usual == Packed::kYes)) form.repacked |= 1u << (field.number & 31);
}

void Message::keep(const Field& field, std::string& out) const {
  out += source_->file.text().substr(field.begin, field.end - field.begin);
}

std::string_view Message::payload_text(const Field& field) const {
  return source_->file.text().substr(field.data, field.end - field.data);
}

}  // namespace zooport::onnx::wire
