#include "zooport/czann/zen.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>

#include "zooport/base/text.hpp"

namespace zooport::czann {
namespace {

struct Row {
  Specification specification;
  std::string_view name;
  ZenVersion blue;
  ZenVersion core;
  std::int64_t opset;
  std::int64_t ir_version;
};

// The READMEs of the real package; blue and core share their numbers from 3.13 on.
constexpr std::array<Row, 6> kRows{{
    {Specification::kLegacy300, "legacy 3.0.0", {ZenProduct::kBlue, 3, 2}, {ZenProduct::kCore, 3, 1}, 12, 7},
    {Specification::kLegacy310, "legacy 3.1.0", {ZenProduct::kBlue, 3, 4}, {ZenProduct::kCore, 3, 3}, 12, 7},
    {Specification::kCzann100, "1.0.0", {ZenProduct::kBlue, 3, 5}, {ZenProduct::kCore, 3, 4}, 12, 7},
    {Specification::kCzann110, "1.1.0", {ZenProduct::kBlue, 3, 5}, {ZenProduct::kCore, 3, 4}, 12, 7},
    {Specification::kCzann200, "2.0.0", {ZenProduct::kBlue, 3, 13}, {ZenProduct::kCore, 3, 13}, 12, 7},
    {Specification::kCzann210, "2.1.0", {ZenProduct::kBlue, 3, 13}, {ZenProduct::kCore, 3, 13}, 18, 8},
}};

const Row& row_of(Specification specification) {
  for (const Row& row : kRows)
    if (row.specification == specification) return row;
  return kRows.back();
}

// A whole number at the start of `text`, which loses it; none if there is none.
std::optional<int> number(std::string_view& text) {
  int value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || value < 0 || value > 9999) return std::nullopt;
  text.remove_prefix(static_cast<std::size_t>(end - text.data()));
  return value;
}

std::optional<ZenVersion> parsed(std::string_view text) {
  ZenVersion version;
  if (text.starts_with("zen-core-")) {
    version.product = ZenProduct::kCore;
  } else if (!text.starts_with("zen-blue-")) {
    return std::nullopt;
  }
  text.remove_prefix(9);
  const auto major = number(text);
  if (!major || !text.starts_with('.')) return std::nullopt;
  text.remove_prefix(1);
  const auto minor = number(text);
  if (!minor || !text.empty()) return std::nullopt;
  version.major = *major;
  version.minor = *minor;
  return version;
}

}  // namespace

std::string name_of(const ZenVersion& version) {
  return concat(version.product == ZenProduct::kBlue ? "zen-blue-" : "zen-core-", version.major, '.', version.minor);
}

Result<ZenVersion> zen_version_named(std::string_view text) {
  if (const auto version = parsed(to_lower(text))) return *version;
  std::vector<std::string> known;
  for (const Row& row : kRows)
    for (const ZenVersion& first : {row.blue, row.core})
      if (std::string name = name_of(first); std::find(known.begin(), known.end(), name) == known.end())
        known.push_back(std::move(name));
  Error error = make_error(
      ErrorKind::kUsage, "czann.zen-target",
      concat("expected a version of ZEN such as zen-blue-3.5 or zen-core-3.4, found \"", printable(text, 60), '"'));
  error.what.expected = "zen-blue-MAJOR.MINOR or zen-core-MAJOR.MINOR";
  error.what.found = printable(text, 60);
  error.what.help = concat("Versions that brought something new: ", join(known, ", "), ".");
  return error;
}

std::string_view name_of(Specification specification) { return row_of(specification).name; }

const std::vector<Specification>& specifications() {
  static const std::vector<Specification> kAll = [] {
    std::vector<Specification> all;
    for (const Row& row : kRows) all.push_back(row.specification);
    return all;
  }();
  return kAll;
}

ZenVersion first_zen(Specification specification, ZenProduct product) {
  const Row& row = row_of(specification);
  return product == ZenProduct::kBlue ? row.blue : row.core;
}

std::int64_t newest_opset(Specification specification) { return row_of(specification).opset; }
std::int64_t newest_ir_version(Specification specification) { return row_of(specification).ir_version; }

}  // namespace zooport::czann
