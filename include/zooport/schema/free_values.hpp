#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "zooport/doc/json_writer.hpp"
#include "zooport/doc/node.hpp"

// Free content of a document, as the reference writes it to JSON.
namespace zooport::schema {

// Dates and times as ISO 8601, times in UTC without a zone; numbers in decimal; NaN and infinities null; bytes and sets
// as lists; keys that are no strings as strings.
void write_free(const doc::Node& node, doc::JsonWriter& out);
std::string free_text(const doc::Node& node);

// As Python's repr() has it: 1.0, 1e-05, 1e+16, inf.
std::string python_text(double value);

// A key as a value. A list that is a key is read again from its text, and lives in `list`.
struct FreeKey {
  doc::Node node;
  std::optional<doc::Document> list;
};
FreeKey key_of(const doc::Node& entry);
// A key that is no string, as the reference shows it in the place of an error: "None", "(1, 'a')".
std::string key_repr(const doc::Node& entry);

// Days since 1970-01-01 in the proleptic Gregorian calendar, and back.
struct CalendarDate {
  std::int64_t year, month, day;
};
std::int64_t days_from(const CalendarDate& date);
CalendarDate date_of(std::int64_t days);

}  // namespace zooport::schema
