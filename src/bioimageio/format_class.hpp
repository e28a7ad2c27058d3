#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace zooport::bioimageio {

// Major and minor version. Nothing if `version` does not begin with two numbers.
struct FormatVersion {
  int major = 0;
  int minor = 0;
  int patch = -1;  // -1: not exactly three numbers
};
std::optional<FormatVersion> parse_format_version(std::string_view version);

// The first two parts of a version as Python's int() reads them: " 0", "+0" and "0_0" are numbers, too. One part if
// there is no second; nothing where int() ends with an exception.
std::optional<std::vector<int>> major_and_minor(std::string_view version);

// What the reference reads a description as, by its type and format version.
struct FormatClass {
  enum class Kind : std::uint8_t { kModel, kDataset, kNotebook, kApplication, kGeneric };
  // kLatest: model 0.5, or one of the other kinds 0.3.
  enum class Family : std::uint8_t { kCurrent, kLatest };
  Kind kind = Kind::kGeneric;
  Family family = Family::kCurrent;
};
FormatClass format_class_of(std::string_view type, std::string_view format_version);
std::string_view to_text(FormatClass::Kind kind);                  // "model"
std::string_view implemented_version(const FormatClass& read_as);  // "0.4.10"; of kLatest "0.5" or "0.3"

}  // namespace zooport::bioimageio
