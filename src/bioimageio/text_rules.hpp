#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "zooport/doc/node.hpp"

namespace zooport::bioimageio {

// Each gives the normalised text, or nothing if the rule is broken.
std::optional<std::string> normalised_email(std::string_view text);
std::optional<std::string> normalised_http_url(std::string_view text);
// What the reference calls the error of a text that is no http(s) URL.
std::string_view url_error_type(std::string_view text);
// A date with a time, in UTC; kOutsideCalendar: it is one, but not of the years 1 to 9999; kUnwritable: of their first or
// last day, which the reference cannot write.
struct Moment {
  enum class Kind : std::uint8_t { kWrong, kOutsideCalendar, kUnwritable, kFine };
  Kind kind = Kind::kWrong;
  std::string text;
};
Moment moment_of_text(std::string_view iso_text);
// A scalar that the YAML reader took for a date with a time.
Moment moment_of_yaml(const doc::Node& node);

// PEP 440.
bool is_pep440(std::string_view text);

// The suffix of a file name or URL as the reference takes it: ".npy", or empty.
std::string suffix_of(std::string_view source);

}  // namespace zooport::bioimageio
