#include "zooport/schema/free_values.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>

#include "zooport/base/text.hpp"
#include "zooport/doc/yaml.hpp"
#include "zooport/schema/scalars.hpp"

namespace zooport::schema {

using doc::Kind;
using doc::Node;

// Howard Hinnant's formulas.
std::int64_t days_from(const CalendarDate& date) {
  const std::int64_t year = date.year - (date.month <= 2 ? 1 : 0);
  const std::int64_t era = (year >= 0 ? year : year - 399) / 400;
  const std::int64_t of_era = year - era * 400;
  const std::int64_t of_year = (153 * (date.month + (date.month > 2 ? -3 : 9)) + 2) / 5 + date.day - 1;
  return era * 146097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719468;
}

CalendarDate date_of(std::int64_t days) {
  days += 719468;
  const std::int64_t era = (days >= 0 ? days : days - 146096) / 146097;
  const std::int64_t of_era = days - era * 146097;
  const std::int64_t year_of_era = (of_era - of_era / 1460 + of_era / 36524 - of_era / 146096) / 365;
  const std::int64_t of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
  const std::int64_t part = (5 * of_year + 2) / 153;
  const std::int64_t month = part + (part < 10 ? 3 : -9);
  return {year_of_era + era * 400 + (month <= 2 ? 1 : 0), month, of_year - (153 * part + 2) / 5 + 1};
}

namespace {

std::string padded(std::int64_t number, std::size_t digits) {
  std::string text = std::to_string(number);
  if (text.size() < digits) text.insert(0, digits - text.size(), '0');
  return text;
}

// In UTC.
doc::Timestamp moment_of(const Node& node) {
  doc::Timestamp at = doc::timestamp_of(node).value_or(doc::Timestamp{});
  const std::int64_t minutes =
      days_from({at.year, at.month, at.day}) * 1440 + at.hour * 60 + at.minute - at.offset_minutes.value_or(0);
  const std::int64_t days = (minutes >= 0 ? minutes : minutes - 1439) / 1440;
  const CalendarDate date = date_of(days);
  at.year = static_cast<int>(date.year), at.month = static_cast<int>(date.month), at.day = static_cast<int>(date.day);
  at.hour = static_cast<int>((minutes - days * 1440) / 60), at.minute = static_cast<int>((minutes - days * 1440) % 60);
  return at;
}

std::string iso_text(const Node& node) {
  const doc::Timestamp at = moment_of(node);
  std::string text = concat(padded(at.year, 4), "-", padded(at.month, 2), "-", padded(at.day, 2));
  if (node.kind == Kind::kDate) return text;
  text += concat("T", padded(at.hour, 2), ":", padded(at.minute, 2), ":", padded(at.second, 2));
  return at.microsecond == 0 ? text : concat(text, ".", padded(at.microsecond, 6));
}

std::string integer_text(const Node& node) {
  Arena arena;
  Walk walk(Severity::kError, arena, nullptr);
  Integer value;
  type_of<Integer>().read(&value, node, walk);
  return value.text.empty() ? std::to_string(value.value) : value.text;
}

std::string json_key(const Node& node) {
  switch (node.kind) {
    case Kind::kNull: return "None";
    case Kind::kBoolean: return doc::boolean_of(node) ? "true" : "false";
    case Kind::kInteger: return integer_text(node);
    case Kind::kReal: return std::isfinite(doc::real_of(node)) ? python_text(doc::real_of(node)) : "None";
    case Kind::kDate:
    case Kind::kTime: return iso_text(node);
    case Kind::kBytes: return doc::bytes_of(node);
    case Kind::kSequence: {
      std::string text;
      for (const Node& item : node.children) text += concat(&item == node.children.data() ? "" : ",", json_key(item));
      return text;
    }
    default: return std::string(node.text);
  }
}

std::string quoted(std::string_view text) {
  const char quote = text.find('\'') != text.npos && text.find('"') == text.npos ? '"' : '\'';
  std::string out(1, quote);
  for (const char c : text) {
    if (c == quote || c == '\\') out += '\\';
    if (c == '\n')
      out += "\\n";
    else
      out += c;
  }
  return out + quote;
}

std::string repr_of(const Node& node) {
  switch (node.kind) {
    case Kind::kNull: return "None";
    case Kind::kBoolean: return doc::boolean_of(node) ? "True" : "False";
    case Kind::kInteger: return integer_text(node);
    case Kind::kReal: return python_text(doc::real_of(node));
    case Kind::kDate:
    case Kind::kTime: {
      const doc::Timestamp at = moment_of(node);
      std::string text =
          concat("datetime.", node.kind == Kind::kDate ? "date(" : "datetime(", at.year, ", ", at.month, ", ", at.day);
      if (node.kind == Kind::kTime) {
        text += concat(", ", at.hour, ", ", at.minute);
        if (at.second != 0 || at.microsecond != 0) text += concat(", ", at.second);
        if (at.microsecond != 0) text += concat(", ", at.microsecond);
      }
      return text + ")";
    }
    case Kind::kSequence: {
      std::string text = "(";
      for (const Node& item : node.children) text += concat(&item == node.children.data() ? "" : ", ", repr_of(item));
      return text + (node.children.size() == 1 ? ",)" : ")");
    }
    default: return quoted(node.text);
  }
}

// Keys that are strings and keys that become one may fall together: the last one stays.
void write_mapping(const Node& node, doc::JsonWriter& out) {
  std::vector<std::string> keys;
  bool are_texts = true;
  for (const Node& item : node.children) {
    are_texts = are_texts && item.key_kind == Kind::kString;
    keys.push_back(item.key_kind == Kind::kString ? std::string(item.key) : json_key(key_of(item).node));
  }
  out.open('{');
  for (std::size_t i = 0; i < keys.size(); ++i) {
    const auto next = keys.begin() + static_cast<std::ptrdiff_t>(i) + 1;
    if (!are_texts && std::find(next, keys.end(), keys[i]) != keys.end()) continue;
    out.key(keys[i]);
    write_free(node.children[i], out);
  }
  out.close('}');
}

}  // namespace

std::string python_text(double value) {
  if (std::isnan(value)) return "nan";
  if (std::isinf(value)) return value < 0 ? "-inf" : "inf";
  std::array<char, 40> buffer;
  const auto end =
      std::to_chars(buffer.data(), buffer.data() + buffer.size(), value, std::chars_format::scientific).ptr;
  std::string_view text(buffer.data(), static_cast<std::size_t>(end - buffer.data()));
  std::string out;
  if (text.starts_with('-')) out = "-", text.remove_prefix(1);
  const std::size_t e = text.find('e');
  int exponent = 0;
  std::from_chars(text.data() + e + (text[e + 1] == '+' ? 2 : 1), text.data() + text.size(), exponent);
  std::string digits(text.substr(0, e));
  std::erase(digits, '.');
  if (exponent < -4 || exponent >= 16) {
    out += digits[0];
    if (digits.size() > 1) out += concat(".", digits.substr(1));
    return concat(out, exponent < 0 ? "e-" : "e+", padded(std::abs(exponent), 2));
  }
  if (exponent < 0) return concat(out, "0.", std::string(static_cast<std::size_t>(-exponent - 1), '0'), digits);
  const std::size_t whole = static_cast<std::size_t>(exponent) + 1;
  if (digits.size() <= whole) return concat(out, digits, std::string(whole - digits.size(), '0'), ".0");
  return concat(out, digits.substr(0, whole), ".", digits.substr(whole));
}

FreeKey key_of(const Node& entry) {
  FreeKey key;
  key.node.kind = entry.key_kind;
  key.node.text = entry.key;
  if (entry.key_kind != Kind::kSequence) return key;
  auto list = doc::read_yaml(std::string(entry.key));
  if (!list || list->root().kind != Kind::kSequence) return key;
  key.list = std::move(list).value();
  key.node = key.list->root();
  return key;
}

std::string key_repr(const Node& entry) { return repr_of(key_of(entry).node); }

void write_free(const Node& node, doc::JsonWriter& out) {
  switch (node.kind) {
    case Kind::kInteger: return out.number(integer_text(node));
    case Kind::kReal: {
      const double value = doc::real_of(node);
      return std::isfinite(value) ? out.real(value) : out.null();
    }
    case Kind::kDate:
    case Kind::kTime: return out.string(iso_text(node));
    case Kind::kSet:
    case Kind::kSequence:
      out.open('[');
      for (const Node& item : node.children) write_free(item, out);
      return out.close(']');
    case Kind::kMapping: return write_mapping(node, out);
    default: return out.node(node);
  }
}

std::string free_text(const Node& node) {
  doc::JsonWriter out;
  write_free(node, out);
  return std::move(out.text());
}

}  // namespace zooport::schema
