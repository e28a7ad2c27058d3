#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace zooport {

// Immutable bytes with shared ownership: heap memory, a file mapping, or a part of another Bytes. Copies and slices are
// cheap, may live on any thread, and keep the owner alive. Spans taken from it live as long as one of them does.
class Bytes {
 public:
  Bytes() = default;
  explicit Bytes(std::string text);
  explicit Bytes(std::vector<std::byte> data);
  Bytes(std::shared_ptr<const void> owner, std::span<const std::byte> view) : owner_(std::move(owner)), view_(view) {}

  const std::byte* data() const { return view_.data(); }
  std::size_t size() const { return view_.size(); }
  bool empty() const { return view_.empty(); }
  std::span<const std::byte> span() const { return view_; }
  std::string_view text() const { return {reinterpret_cast<const char*>(view_.data()), view_.size()}; }

  // [offset, offset + size), cut at the end.
  Bytes slice(std::size_t offset, std::size_t size = static_cast<std::size_t>(-1)) const;

 private:
  std::shared_ptr<const void> owner_;
  std::span<const std::byte> view_;
};

// Bytes of text without a copy of what it points to: the caller keeps it alive.
inline std::span<const std::byte> as_bytes(std::string_view text) {
  return {reinterpret_cast<const std::byte*>(text.data()), text.size()};
}

}  // namespace zooport
