#pragma once

#include <charconv>
#include <cstdint>
#include <optional>
#include <string_view>

namespace zooport::convert {

// The whole text as a decimal integer.
inline std::optional<std::int64_t> number_in(std::string_view text) {
  std::int64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

}  // namespace zooport::convert
