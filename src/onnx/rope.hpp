#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "zooport/base/bytes.hpp"
#include "zooport/onnx/model.hpp"

namespace zooport::onnx::wire {

// A protobuf message that is being written: pieces of text with weights between them that are not copied.
class Rope {
 public:
  struct Piece {
    std::string text;
    Bytes raw;  // after the text
  };

  std::uint64_t size() const { return size_; }
  const std::vector<Piece>& pieces() const { return pieces_; }

  void append(std::string_view text);
  void append(const Bytes& raw);
  void varint(std::uint64_t value);
  void tag(std::uint32_t number, unsigned type) { varint(std::uint64_t{number} << 3 | type); }

  // Fields that are always written.
  void put(std::uint32_t number, std::int64_t value);
  void put(std::uint32_t number, float value);
  void put(std::uint32_t number, std::string_view text);
  void put(std::uint32_t number, const Bytes& raw);
  void put(std::uint32_t number, Rope&& message);

  // Singular fields: written unless they have their default value and were absent.
  void some(std::uint32_t number, std::int64_t value, const Form& form);
  void some(std::uint32_t number, float value, const Form& form);
  void some(std::uint32_t number, const std::string& text, const Form& form);

  // Lists of numbers, packed or not.
  void list(std::uint32_t number, const std::vector<std::int64_t>& values, bool packed);
  void list(std::uint32_t number, const std::vector<float>& values, bool packed);

 private:
  std::string& text();

  std::vector<Piece> pieces_;
  std::uint64_t size_ = 0;
};

inline bool has(std::uint32_t bits, std::uint32_t number) { return (bits >> (number & 31) & 1) != 0; }

}  // namespace zooport::onnx::wire
