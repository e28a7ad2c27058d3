#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <string>

#include "zooport/base/bytes.hpp"
#include "zooport/base/limits.hpp"
#include "zooport/base/result.hpp"
#include "zooport/tensor/array.hpp"

namespace zooport::tensor {

// NumPy's file format, versions 1.0, 2.0 and 3.0. Numbers and bool only: structured, object, complex, text and time
// types are refused by name. Nothing here evaluates anything. Errors: npy.*, limits that are used: document_bytes (for
// the header) and array_bytes.

enum class ByteOrder : std::uint8_t { kLittle, kBig };
enum class MemoryOrder : std::uint8_t { kC, kFortran };

struct NpyHeader {
  Dtype dtype = Dtype::kFloat32;
  ByteOrder byte_order = ByteOrder::kLittle;
  MemoryOrder memory_order = MemoryOrder::kC;
  Shape shape;  // its elements fit into 63 bits of bytes
  std::size_t data_offset = 0;

  std::uint64_t data_size() const;  // bytes
};

bool is_npy(std::span<const std::byte> start);  // by the first 6 bytes

// The header at the start of `bytes`, which may end anywhere behind it: the data are not looked for.
Result<NpyHeader> read_npy_header(std::span<const std::byte> bytes, const Limits& limits);

// Whole arrays in native byte order and C order. Bytes behind the data are ignored, as NumPy does.
Result<Array> read_npy(const Bytes& file, const Limits& limits);
Result<Array> read_npy_file(const std::string& path, const Limits& limits);

// Reads exactly as many bytes as the span has, from that offset.
using ReadAt = std::function<Result<void>(std::uint64_t offset, std::span<std::byte> into)>;

// The box [origin, origin + size) of the array behind `header`, in native byte order and C order. Reads little more
// than it gives.
Result<Array> read_npy_region(const ReadAt& read_at, const NpyHeader& header, const Shape& origin, const Shape& size,
                              const Limits& limits);
Result<Array> read_npy_region(const Bytes& file, const NpyHeader& header, const Shape& origin, const Shape& size,
                              const Limits& limits);

// The bytes that numpy.save writes before the elements of a little-endian array in C order.
std::string npy_header(Dtype dtype, const Shape& shape);

struct NpyWriteOptions {
  bool may_replace = false;
};

// Byte for byte what numpy.save writes for numpy.ascontiguousarray of the same elements.
std::string npy_bytes(const View& view);
Result<void> write_npy_file(const std::string& path, const View& view, const NpyWriteOptions& options);

}  // namespace zooport::tensor
