#include "bioimageio/format_class.hpp"

#include <algorithm>
#include <charconv>
#include <vector>

namespace zooport::bioimageio {
namespace {

std::optional<int> number_of(std::string_view part) {
  int number = 0;
  const auto [stop, error] = std::from_chars(part.data(), part.data() + part.size(), number);
  if (error != std::errc{} || stop != part.data() + part.size() || number < 0) return std::nullopt;
  return number;
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

bool is_single_number(std::string_view version) { return number_of(version).has_value(); }

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
