#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "zooport/doc/node.hpp"

namespace zooport::doc {

enum class YamlVersion : std::uint8_t { k11, k12 };

// What a plain scalar is, in the reference's order of tests. "<<" and "=" are strings here: the reader looks at them.
Kind resolve_plain(std::string_view text, YamlVersion version = YamlVersion::k12);

// An integer of YAML 1.1 (octal by a leading 0, base 60) in decimal; as it is where it has no such form.
std::string decimal_of_11(std::string_view text);
// A real of YAML 1.1 in base 60, in decimal.
std::string real_of_11(std::string_view text);

// Why a text that looks like a date is none ("month 13"); empty if it is one.
std::string calendar_problem(std::string_view text);
std::optional<Timestamp> parse_timestamp(std::string_view text);

// Decodes base 64, passing over what does not belong to it.
std::string decode_base64(std::string_view text);

}  // namespace zooport::doc
