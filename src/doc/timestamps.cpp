#include <array>

#include "doc/resolve.hpp"
#include "doc/scanner.hpp"
#include "zooport/base/text.hpp"

namespace zooport::doc {
namespace {

// Reads YYYY-MM-DD, or YYYY-M?M-D?D with a time and an optional zone; false if the text has neither form.
bool scan_timestamp(std::string_view text, Timestamp& at, bool& is_date) {
  Scanner scan(text);
  at.year = scan.take_number(4, 4);
  if (at.year < 0 || !scan.take_any("-")) return false;
  const std::string_view month_text = scan.rest();
  at.month = scan.take_number(1, 2);
  const bool long_month = month_text.size() - scan.rest().size() == 2;
  if (at.month < 0 || !scan.take_any("-")) return false;
  const std::string_view day_text = scan.rest();
  at.day = scan.take_number(1, 2);
  const bool long_day = day_text.size() - scan.rest().size() == 2;
  if (at.day < 0) return false;
  is_date = scan.done();
  if (is_date) return long_month && long_day;
  if (!scan.take_any("Tt") && !scan.take_all(" \t")) return false;
  at.hour = scan.take_number(1, 2);
  if (at.hour < 0 || !scan.take_any(":")) return false;
  at.minute = scan.take_number(2, 2);
  if (at.minute < 0 || !scan.take_any(":")) return false;
  at.second = scan.take_number(2, 2);
  if (at.second < 0) return false;
  if (scan.take_any(".")) {
    const std::string_view fraction = scan.rest();
    scan.take_all("0123456789");
    const std::string_view digits = fraction.substr(0, fraction.size() - scan.rest().size());
    for (std::size_t i = 0; i < 6; ++i)
      at.microsecond = at.microsecond * 10 + (i < digits.size() ? digits[i] - '0' : 0);
    if (digits.size() > 6 && digits[6] > '4') ++at.microsecond;
  }
  scan.take_all(" \t");
  if (scan.done()) return true;
  if (scan.take_any("Z")) {
    at.offset_minutes = 0;
    return scan.done();
  }
  const bool is_west = scan.rest().starts_with('-');
  if (!scan.take_any("+-")) return false;
  const int hours = scan.take_number(1, 2);
  int minutes = 0;
  if (scan.take_any(":")) minutes = scan.take_number(2, 2);
  if (hours < 0 || minutes < 0) return false;
  at.offset_minutes = (is_west ? -1 : 1) * (hours * 60 + minutes);
  return scan.done();
}

int days_in(int year, int month) {
  constexpr std::array<int, 12> kDays{31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  const bool is_leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
  return kDays[static_cast<std::size_t>(month - 1)] + (month == 2 && is_leap ? 1 : 0);
}

}  // namespace

Kind timestamp_kind(std::string_view text) {
  Timestamp at;
  bool is_date = false;
  if (text.size() < 8 || !scan_timestamp(text, at, is_date)) return Kind::kString;
  return is_date ? Kind::kDate : Kind::kTime;
}

std::string calendar_problem(std::string_view text) {
  Timestamp at;
  bool is_date = false;
  if (!scan_timestamp(text, at, is_date)) return "no date";
  if (at.year == 0) return "year 0";
  if (at.month < 1 || at.month > 12) return concat("month ", at.month);
  if (at.day < 1 || at.day > days_in(at.year, at.month)) return concat("day ", at.day, " of month ", at.month);
  if (at.hour > 23) return concat("hour ", at.hour);
  if (at.minute > 59) return concat("minute ", at.minute);
  if (at.second > 59) return concat("second ", at.second);
  if (at.microsecond > 999'999) return "a fraction that rounds to a second";
  // In UTC it must be of the years 1 to 9999, too.
  const int minutes = at.hour * 60 + at.minute - at.offset_minutes.value_or(0);
  const bool is_before = at.year == 1 && at.month == 1 && (at.day - 1) * 1440 + minutes < 0;
  const bool is_after = at.year == 9999 && at.month == 12 && (at.day - 31) * 1440 + minutes >= 1440;
  if (is_before || is_after) return "a time outside the years 1 to 9999";
  return {};
}

std::optional<Timestamp> parse_timestamp(std::string_view text) {
  Timestamp at;
  bool is_date = false;
  if (!scan_timestamp(text, at, is_date)) return std::nullopt;
  return at;
}

}  // namespace zooport::doc
