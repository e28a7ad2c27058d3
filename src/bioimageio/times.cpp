#include <cstdint>

#include "bioimageio/text_rules.hpp"
#include "zooport/base/text.hpp"
#include "zooport/schema/free_values.hpp"

namespace zooport::bioimageio {
namespace {

constexpr bool is_leap(std::int64_t year) { return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0; }

int days_in(std::int64_t year, std::int64_t month) {
  constexpr int kDays[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  return month == 2 && is_leap(year) ? 29 : kDays[month - 1];
}

std::int64_t days_from(std::int64_t year, std::int64_t month, std::int64_t day) {
  return schema::days_from({year, month, day});
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

struct Day {
  std::int64_t days;     // since the epoch
  bool is_whole = true;  // not only a year, month or week
};

// YYYY, YYYY-MM, YYYY-MM-DD, YYYYMMDD, YYYY-Www[-D], YYYYWww[D], YYYY-DDD or YYYYDDD.
std::optional<Day> take_date(Scanner& scan) {
  const auto year = scan.digits(4);
  if (!year || *year < 1) return std::nullopt;
  const bool dashed = scan.take("-");
  if (scan.take("W")) {
    const auto week = scan.digits(2);
    if (!week || *week < 1 || *week > 53) return std::nullopt;
    std::int64_t weekday = 1;
    bool has_weekday = false;
    if (dashed ? scan.take("-") : scan.digit_run() > 0) {
      const auto given = scan.digits(1);
      if (!given || *given < 1 || *given > 7) return std::nullopt;
      weekday = *given;
      has_weekday = true;
    }
    const std::int64_t fourth = days_from(*year, 1, 4);                 // always in week 1
    const std::int64_t monday = fourth - (((fourth + 3) % 7) + 7) % 7;  // 1970-01-01 was a Thursday
    return Day{monday + (*week - 1) * 7 + weekday - 1, has_weekday};
  }
  const std::size_t run = scan.digit_run();
  if (run == 3) {
    const auto day = scan.digits(3);
    if (*day < 1 || *day > (is_leap(*year) ? 366 : 365)) return std::nullopt;
    return Day{days_from(*year, 1, 1) + *day - 1};
  }
  if (!dashed && run == 0) return Day{days_from(*year, 1, 1), false};
  const auto month = scan.digits(2);
  if (!month || *month < 1 || *month > 12) return std::nullopt;
  std::int64_t day = 1;
  const bool has_day = dashed ? scan.take("-") : true;
  if (has_day) {
    const auto given = scan.digits(2);
    if (!given || *given < 1 || *given > days_in(*year, *month)) return std::nullopt;
    day = *given;
  }
  return Day{days_from(*year, *month, day), has_day};
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

// Seconds since midnight; fractions are dropped, to microseconds first.
std::optional<std::int64_t> take_time(Scanner& scan) {
  const auto hours = scan.digits(2);
  if (!hours || *hours > 24) return std::nullopt;
  std::int64_t minutes = 0, seconds = 0;
  bool has_fraction = false;
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
        const std::size_t run = scan.digit_run();
        if (run == 0) return std::nullopt;
        has_fraction = scan.rest.substr(0, std::min<std::size_t>(run, 6)).find_first_not_of('0') != scan.rest.npos;
        scan.rest.remove_prefix(run);
      }
    }
  }
  if (*hours == 24 && (minutes > 0 || seconds > 0 || has_fraction)) return std::nullopt;
  return *hours * 3600 + minutes * 60 + seconds;
}

bool is_in_calendar(std::int64_t seconds) {
  return seconds >= days_from(1, 1, 1) * 86400 && seconds < (days_from(9999, 12, 31) + 1) * 86400;
}

Moment written(std::int64_t seconds) {
  if (!is_in_calendar(seconds)) return {Moment::Kind::kOutsideCalendar, {}};
  const std::int64_t days = (seconds >= 0 ? seconds : seconds - 86399) / 86400;
  const std::int64_t rest = seconds - days * 86400;
  const schema::CalendarDate date = schema::date_of(days);
  const auto two = [](std::int64_t n) { return concat(n < 10 ? "0" : "", n); };
  std::string year = std::to_string(date.year);
  year.insert(0, 4 - year.size(), '0');
  return {Moment::Kind::kFine, concat(year, "-", two(date.month), "-", two(date.day), "T", two(rest / 3600), ":",
                                      two(rest / 60 % 60), ":", two(rest % 60), "+00:00")};
}

// Python looks a day ahead and back to find the zone of a time that names none.
bool is_near_end_of_calendar(std::int64_t seconds) {
  return !is_in_calendar(seconds - 86400) || !is_in_calendar(seconds + 86400);
}

}  // namespace

// Times without a zone are taken as UTC: the reference takes them in the zone of whoever runs it.
Moment moment_of_text(std::string_view iso_text) {
  Scanner scan(iso_text);
  const auto date = take_date(scan);
  if (!date || (!date->is_whole && !scan.rest.empty())) return {};
  if (date->days > days_from(9999, 12, 31)) return {Moment::Kind::kOutsideCalendar, {}};
  std::int64_t seconds = date->days * 86400;
  bool has_zone = false;
  if (!scan.rest.empty()) {
    if (static_cast<unsigned char>(scan.rest[0]) >= 0x80) return {};
    scan.rest.remove_prefix(1);  // any separator
    const auto time = take_time(scan);
    if (!time) return {};
    has_zone = !scan.rest.empty();
    const auto zone = take_zone(scan);
    if (!zone || !scan.rest.empty()) return {};
    if (!is_in_calendar(seconds + *time)) return {Moment::Kind::kOutsideCalendar, {}};
    seconds += *time - *zone;
  }
  return !has_zone && is_near_end_of_calendar(seconds) ? Moment{} : written(seconds);
}

// The reference's reader makes of every time one in UTC that names no zone.
Moment moment_of_yaml(const doc::Node& node) {
  const auto time = doc::timestamp_of(node);
  if (!time) return {};
  const std::int64_t seconds = days_from(time->year, time->month, time->day) * 86400 + time->hour * 3600 +
                               time->minute * 60 + time->second - time->offset_minutes.value_or(0) * 60;
  return is_near_end_of_calendar(seconds) ? Moment{Moment::Kind::kUnwritable, {}} : written(seconds);
}

}  // namespace zooport::bioimageio
