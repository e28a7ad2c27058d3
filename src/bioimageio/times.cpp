#include <cstdint>

#include "bioimageio/text_rules.hpp"
#include "zooport/base/text.hpp"

namespace zooport::bioimageio {
namespace {

constexpr bool is_leap(std::int64_t year) { return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0; }

int days_in(std::int64_t year, std::int64_t month) {
  constexpr int kDays[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  return month == 2 && is_leap(year) ? 29 : kDays[month - 1];
}

// Days since 1970-01-01 in the proleptic Gregorian calendar, and back (Howard Hinnant's formulas).
std::int64_t days_from(std::int64_t year, std::int64_t month, std::int64_t day) {
  year -= month <= 2 ? 1 : 0;
  const std::int64_t era = (year >= 0 ? year : year - 399) / 400;
  const std::int64_t of_era = year - era * 400;
  const std::int64_t of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
  return era * 146097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719468;
}

struct Date {
  std::int64_t year, month, day;
};

Date date_of(std::int64_t days) {
  days += 719468;
  const std::int64_t era = (days >= 0 ? days : days - 146096) / 146097;
  const std::int64_t of_era = days - era * 146097;
  const std::int64_t year_of_era = (of_era - of_era / 1460 + of_era / 36524 - of_era / 146096) / 365;
  const std::int64_t of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
  const std::int64_t part = (5 * of_year + 2) / 153;
  const std::int64_t month = part + (part < 10 ? 3 : -9);
  return {year_of_era + era * 400 + (month <= 2 ? 1 : 0), month, of_year - (153 * part + 2) / 5 + 1};
}

class Scanner {
 public:
  explicit Scanner(std::string_view text) : rest(text) {}
  // Exactly `count` digits.
  std::optional<std::int64_t> digits(std::size_t count) {
    if (digit_run() < count) return std::nullopt;
    std::int64_t value = 0;
    for (std::size_t i = 0; i < count; ++i) value = value * 10 + rest[i] - '0';
    rest.remove_prefix(count);
    return value;
  }
  bool take(std::string_view word) {
    if (!rest.starts_with(word)) return false;
    rest.remove_prefix(word.size());
    return true;
  }
  std::size_t digit_run() const { return std::min(rest.find_first_not_of("0123456789"), rest.size()); }
  std::string_view rest;
};

// Days since the epoch, of YYYY, YYYY-MM, YYYY-MM-DD, YYYYMMDD, YYYY-Www[-D], YYYYWww[D], YYYY-DDD or YYYYDDD.
std::optional<std::int64_t> take_date(Scanner& scan) {
  const auto year = scan.digits(4);
  if (!year || *year < 1) return std::nullopt;
  const bool dashed = scan.take("-");
  if (scan.take("W")) {
    const auto week = scan.digits(2);
    if (!week || *week < 1 || *week > 53) return std::nullopt;
    std::int64_t weekday = 1;
    if (dashed ? scan.take("-") : scan.digit_run() > 0) {
      const auto given = scan.digits(1);
      if (!given || *given < 1 || *given > 7) return std::nullopt;
      weekday = *given;
    }
    const std::int64_t fourth = days_from(*year, 1, 4);                 // always in week 1
    const std::int64_t monday = fourth - (((fourth + 3) % 7) + 7) % 7;  // 1970-01-01 was a Thursday
    return monday + (*week - 1) * 7 + weekday - 1;
  }
  const std::size_t run = scan.digit_run();
  if (run == 3) {
    const auto day = scan.digits(3);
    if (*day < 1 || *day > (is_leap(*year) ? 366 : 365)) return std::nullopt;
    return days_from(*year, 1, 1) + *day - 1;
  }
  if (!dashed && run == 0) return days_from(*year, 1, 1);
  const auto month = scan.digits(2);
  if (!month || *month < 1 || *month > 12) return std::nullopt;
  std::int64_t day = 1;
  if (dashed ? scan.take("-") : true) {
    const auto given = scan.digits(2);
    if (!given || *given < 1 || *given > days_in(*year, *month)) return std::nullopt;
    day = *given;
  }
  return days_from(*year, *month, day);
}

// Seconds that the zone is ahead of UTC; 0 without one.
std::optional<std::int64_t> take_zone(Scanner& scan) {
  if (scan.rest.empty() || scan.take("Z") || scan.take("z")) return 0;
  const bool behind = scan.take("-");
  if (!behind && !scan.take("+")) return std::nullopt;
  const auto hours = scan.digits(2);
  if (!hours || *hours > 23) return std::nullopt;
  std::int64_t minutes = 0;
  if (scan.take(":") || scan.digit_run() > 0) {
    const auto given = scan.digits(2);
    if (!given || *given > 59) return std::nullopt;
    minutes = *given;
  }
  const std::int64_t ahead = *hours * 3600 + minutes * 60;
  return behind ? -ahead : ahead;
}

// Seconds since midnight; fractions are dropped.
std::optional<std::int64_t> take_time(Scanner& scan) {
  const auto hours = scan.digits(2);
  if (!hours || *hours > 24) return std::nullopt;
  std::int64_t minutes = 0, seconds = 0;
  const bool colons = scan.take(":");
  if (colons || scan.digit_run() > 0) {
    const auto given = scan.digits(2);
    if (!given || *given > 59) return std::nullopt;
    minutes = *given;
    if (colons ? scan.take(":") : scan.digit_run() > 0) {
      const auto more = scan.digits(2);
      if (!more || *more > 59) return std::nullopt;
      seconds = *more;
      if (scan.take(".") || scan.take(",")) {
        if (scan.digit_run() == 0) return std::nullopt;
        scan.rest.remove_prefix(scan.digit_run());
      }
    }
  }
  if (*hours == 24 && (minutes > 0 || seconds > 0)) return std::nullopt;
  return *hours * 3600 + minutes * 60 + seconds;
}

std::optional<std::string> written(std::int64_t seconds) {
  const std::int64_t days = (seconds >= 0 ? seconds : seconds - 86399) / 86400;
  const std::int64_t rest = seconds - days * 86400;
  const Date date = date_of(days);
  if (date.year < 1 || date.year > 9999) return std::nullopt;
  const auto two = [](std::int64_t n) { return concat(n < 10 ? "0" : "", n); };
  std::string year = std::to_string(date.year);
  year.insert(0, 4 - year.size(), '0');
  return concat(year, "-", two(date.month), "-", two(date.day), "T", two(rest / 3600), ":", two(rest / 60 % 60), ":",
                two(rest % 60), "+00:00");
}

}  // namespace

// Times without a zone are taken as UTC: the reference takes them in the zone of whoever runs it.
std::optional<std::string> normalised_time(std::string_view iso_text) {
  Scanner scan(iso_text);
  const auto days = take_date(scan);
  if (!days) return std::nullopt;
  if (scan.rest.empty()) return written(*days * 86400);
  if (static_cast<unsigned char>(scan.rest[0]) >= 0x80) return std::nullopt;
  scan.rest.remove_prefix(1);  // any separator
  const auto time = take_time(scan);
  if (!time) return std::nullopt;
  const auto zone = take_zone(scan);
  if (!zone || !scan.rest.empty()) return std::nullopt;
  return written(*days * 86400 + *time - *zone);
}

std::optional<std::string> normalised_yaml_time(const doc::Node& node) {
  const auto time = doc::timestamp_of(node);
  if (!time) return std::nullopt;
  const std::int64_t seconds = time->hour * 3600 + time->minute * 60 + time->second;
  return written(days_from(time->year, time->month, time->day) * 86400 + seconds -
                 time->offset_minutes.value_or(0) * 60);
}

}  // namespace zooport::bioimageio
