#include "onnx/rope.hpp"

#include <bit>
#include <cstring>
#include <utility>

namespace zooport::onnx::wire {
namespace {

// Below this a copy is cheaper than another piece.
constexpr std::size_t kSmall = 512;

template <class T>
std::string_view memory(const T& value) {
  return {reinterpret_cast<const char*>(&value), sizeof(T)};
}

}  // namespace

std::string& Rope::text() {
  if (pieces_.empty() || !pieces_.back().raw.empty()) pieces_.emplace_back();
  return pieces_.back().text;
}

void Rope::append(std::string_view more) {
  text() += more;
  size_ += more.size();
}

void Rope::append(const Bytes& raw) {
  if (raw.size() < kSmall) {
    append(raw.text());
    return;
  }
  text();
  pieces_.back().raw = raw;
  size_ += raw.size();
}

void Rope::varint(std::uint64_t value) {
  char bytes[10];
  std::size_t size = 0;
  for (; value >= 0x80; value >>= 7) bytes[size++] = static_cast<char>((value & 0x7f) | 0x80);
  bytes[size++] = static_cast<char>(value);
  append(std::string_view(bytes, size));
}

void Rope::put(std::uint32_t number, std::int64_t value) {
  tag(number, 0);
  varint(static_cast<std::uint64_t>(value));
}

void Rope::put(std::uint32_t number, float value) {
  tag(number, 5);
  append(memory(value));
}

void Rope::put(std::uint32_t number, std::string_view bytes) {
  tag(number, 2);
  varint(bytes.size());
  append(bytes);
}

void Rope::put(std::uint32_t number, const Bytes& raw) {
  tag(number, 2);
  varint(raw.size());
  append(raw);
}

void Rope::put(std::uint32_t number, Rope&& message) {
  tag(number, 2);
  varint(message.size_);
  for (Piece& piece : message.pieces_) {
    if (piece.text.size() < kSmall) {
      append(piece.text);
      if (!piece.raw.empty()) append(piece.raw);
    } else {
      size_ += piece.text.size() + piece.raw.size();
      pieces_.push_back(std::move(piece));
    }
  }
}

void Rope::some(std::uint32_t number, std::int64_t value, const Form& form) {
  if (value != 0 || has(form.present, number)) put(number, value);
}

void Rope::some(std::uint32_t number, float value, const Form& form) {
  if (std::bit_cast<std::uint32_t>(value) != 0 || has(form.present, number)) put(number, value);
}

void Rope::some(std::uint32_t number, const std::string& value, const Form& form) {
  if (!value.empty() || has(form.present, number)) put(number, std::string_view(value));
}

void Rope::list(std::uint32_t number, const std::vector<std::int64_t>& values, bool packed) {
  if (!packed) {
    for (const std::int64_t value : values) put(number, value);
  } else if (!values.empty()) {
    Rope inner;
    for (const std::int64_t value : values) inner.varint(static_cast<std::uint64_t>(value));
    put(number, std::move(inner));
  }
}

void Rope::list(std::uint32_t number, const std::vector<float>& values, bool packed) {
  if (!packed) {
    for (const float value : values) put(number, value);
  } else if (!values.empty()) {
    put(number, std::string_view(reinterpret_cast<const char*>(values.data()), values.size() * sizeof(float)));
  }
}

}  // namespace zooport::onnx::wire
