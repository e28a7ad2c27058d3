#include "image/tiff/description.hpp"

#include <charconv>
#include <optional>

#include "zooport/base/text.hpp"

namespace zooport::image::tiff {
namespace {

constexpr std::string_view kBlank = " \t\r\n";

std::optional<std::int64_t> number(std::string_view text) {
  std::int64_t value = 0;
  const auto [end, why] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (why != std::errc{} || end == text.data() || value < 1) return std::nullopt;
  return value;
}

void add(Described& into, char letter, std::int64_t size) {
  if (size == 1) return;
  into.axes += letter;
  into.shape.push_back(size);
}

// Lines "key=value"; channels are the fastest, then slices, then frames.
Described imagej(std::string_view text) {
  std::int64_t channels = 1, slices = 1, frames = 1, images = 1;
  while (!text.empty()) {
    const std::string_view line = text.substr(0, text.find('\n'));
    text.remove_prefix(std::min(text.size(), line.size() + 1));
    const std::size_t equals = line.find('=');
    if (equals == std::string_view::npos) continue;
    const auto value = number(line.substr(equals + 1));
    if (!value) continue;
    const std::string_view key = line.substr(0, equals);
    if (key == "images") images = *value;
    if (key == "channels") channels = *value;
    if (key == "slices") slices = *value;
    if (key == "frames") frames = *value;
  }
  Described result;
  result.pages = images;
  if (tensor::element_count({channels, slices, frames}) != images) return result;
  add(result, 't', frames);
  add(result, 'z', slices);
  add(result, 'c', channels);
  return result;
}

std::string_view after(std::string_view text, std::string_view word) {
  const std::size_t at = text.find(word);
  if (at == std::string_view::npos) return {};
  text.remove_prefix(at + word.size());
  text.remove_prefix(std::min(text.find_first_not_of(kBlank), text.size()));
  return text;
}

// {"shape": [2, 3, 4], "axes": "ZYX"} as tifffile writes it.
Described shaped(std::string_view text) {
  Described result;
  result.whole = true;
  std::string_view list = after(text, "\"shape\":");
  if (!list.starts_with('[')) return {};
  list.remove_prefix(1);
  while (true) {
    list.remove_prefix(std::min(list.find_first_not_of(kBlank), list.size()));
    const auto value = number(list);
    if (!value || result.shape.size() >= 16) return {};
    result.shape.push_back(*value);
    list.remove_prefix(std::min(list.find_first_not_of("0123456789"), list.size()));
    list.remove_prefix(std::min(list.find_first_not_of(kBlank), list.size()));
    if (list.starts_with(']')) break;
    if (!list.starts_with(',')) return {};
    list.remove_prefix(1);
  }
  std::string_view axes = after(text, "\"axes\":");
  if (!axes.starts_with('"')) return result;
  axes.remove_prefix(1);
  axes = axes.substr(0, axes.find('"'));
  std::string letters;
  for (const char letter : to_lower(axes)) {
    const char ours = letter == 's' ? 'c' : letter;
    if (std::string_view("bticzyx").find(ours) == std::string_view::npos || letters.find(ours) != std::string::npos)
      return result;
    letters += ours;
  }
  if (letters.size() == result.shape.size()) result.axes = letters;
  return result;
}

std::string_view attribute(std::string_view element, std::string_view name) {
  std::string_view value = after(element, concat(" ", name, "=\""));
  return value.substr(0, value.find('"'));
}

Described ome(std::string_view text) {
  std::string_view pixels = after(text, "<Pixels");
  if (pixels.empty()) return {};
  // `after` took the blank that separates the first attribute.
  const std::string element = concat(" ", pixels.substr(0, pixels.find('>')));
  const std::string_view order = attribute(element, "DimensionOrder");
  if (order.size() != 5 || !order.starts_with("XY")) return {};
  Described result;
  for (std::size_t i = order.size(); i-- > 2;) {
    const auto size = number(attribute(element, concat("Size", order[i])));
    if (!size || std::string_view("ZCT").find(order[i]) == std::string_view::npos) return {};
    add(result, static_cast<char>(order[i] - 'A' + 'a'), *size);
  }
  return result;
}

}  // namespace

Described parse_description(std::string_view text) {
  if (text.starts_with("ImageJ=")) return imagej(text);
  if (text.starts_with("{")) return shaped(text);
  if (text.find("<OME") != std::string_view::npos) return ome(text);
  return {};
}

}  // namespace zooport::image::tiff
