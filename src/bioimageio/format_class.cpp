#include "bioimageio/format_class.hpp"

#include <algorithm>
#include <charconv>
#include <limits>
#include <vector>

#include "bioimageio/unicode/unicode.hpp"
#include "zooport/base/white_space.hpp"

namespace zooport::bioimageio {
namespace {

std::optional<int> number_of(std::string_view part) {
  int number = 0;
  const auto [stop, error] = std::from_chars(part.data(), part.data() + part.size(), number);
  if (stop != part.data() + part.size() || part.starts_with('-')) return std::nullopt;
  if (error == std::errc::result_out_of_range) return std::numeric_limits<int>::max();
  if (error != std::errc{}) return std::nullopt;
  return number;
}

std::optional<int> python_integer(std::string_view text) {
  text = trimmed(text);
  const bool is_negative = text.starts_with('-');
  if (is_negative || text.starts_with('+')) text.remove_prefix(1);
  if (text.starts_with('_') || text.ends_with('_') || text.find("__") != text.npos) return std::nullopt;
  std::string digits;
  for (const char32_t code : unicode::decoded(text)) {
    if (code == U'_') continue;
    const auto digit = unicode::digit_of(code);
    if (!digit) return std::nullopt;
    digits += static_cast<char>('0' + *digit);
  }
  const auto number = number_of(digits);
  return number && is_negative ? -*number : number;
}

// What the reference looks a class up by: the version up to its last dot.
std::string key_of(std::string_view version) {
  const auto dots = std::count(version.begin(), version.end(), '.');
  if (dots == 0) return std::string(version) + ".0";
  return std::string(dots == 1 ? version : version.substr(0, version.rfind('.')));
}

}  // namespace

std::optional<FormatVersion> parse_format_version(std::string_view version) {
  std::vector<std::optional<int>> parts;
  for (bool more = true; more;) {
    const std::size_t end = version.find('.');
    more = end != version.npos;
    parts.push_back(number_of(version.substr(0, end)));
    if (more) version.remove_prefix(end + 1);
  }
  if (parts.size() < 2 || !parts[0] || !parts[1]) return std::nullopt;
  return FormatVersion{*parts[0], *parts[1], parts.size() == 3 ? parts[2].value_or(-1) : -1};
}

std::optional<std::vector<int>> major_and_minor(std::string_view version) {
  std::vector<int> parts;
  for (bool more = true; more && parts.size() < 2;) {
    const std::size_t end = version.find('.');
    more = end != version.npos;
    const auto number = python_integer(version.substr(0, end));
    if (!number) return std::nullopt;
    parts.push_back(*number);
    if (more) version.remove_prefix(end + 1);
  }
  return parts;
}

FormatClass format_class_of(std::string_view type, std::string_view format_version) {
  using Kind = FormatClass::Kind;
  using Family = FormatClass::Family;
  FormatClass read_as;
  for (const Kind kind : {Kind::kModel, Kind::kDataset, Kind::kNotebook, Kind::kApplication})
    if (type == to_text(kind)) read_as.kind = kind;
  const std::string key = key_of(format_version);
  const bool is_known = read_as.kind == Kind::kModel ? key == "0.4" || key == "0.3" : key == "0.2";
  read_as.family = is_known ? Family::kCurrent : Family::kLatest;
  return read_as;
}

std::string_view to_text(FormatClass::Kind kind) {
  constexpr std::string_view kNames[] = {"model", "dataset", "notebook", "application", "generic"};
  return kNames[static_cast<std::size_t>(kind)];
}

std::string_view implemented_version(const FormatClass& read_as) {
  const bool is_model = read_as.kind == FormatClass::Kind::kModel;
  if (read_as.family == FormatClass::Family::kCurrent) return is_model ? "0.4.10" : "0.2.4";
  return is_model ? "0.5" : "0.3";
}

}  // namespace zooport::bioimageio
