#include <array>
#include <cstdint>

#include "bioimageio/fixes.hpp"
#include "bioimageio/text_rules.hpp"
#include "zooport/base/text.hpp"

namespace zooport::bioimageio {
namespace {

// A run of digits or of letters, with what stands before it.
struct Token {
  char before = '\0';  // the last character between this and the one before
  std::string text;    // lower case
  bool is_number = false;
};

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

std::vector<Token> tokens_of(std::string_view text) {
  std::vector<Token> tokens;
  char before = '\0';
  for (std::size_t i = 0; i < text.size();) {
    const bool is_number = is_digit(text[i]);
    if (!is_number && !is_letter(text[i])) {
      if (text[i] != ' ' || before == '\0') before = text[i];
      ++i;
      continue;
    }
    std::size_t end = i;
    while (end < text.size() && (is_number ? is_digit(text[end]) : is_letter(text[end]))) ++end;
    tokens.push_back({before, to_lower(text.substr(i, end - i)), is_number});
    before = '\0';
    i = end;
  }
  return tokens;
}

int number_of(const std::string& digits) {
  int number = 0;
  for (const char c : digits) number = number * 10 + (c - '0');
  return number;
}

int month_named(const std::string& word) {
  constexpr std::array<std::string_view, 12> kMonths{"january",   "february", "march",    "april",
                                                     "may",       "june",     "july",     "august",
                                                     "september", "october",  "november", "december"};
  for (std::size_t i = 0; i < kMonths.size(); ++i)
    if (word == kMonths[i] || (word.size() >= 3 && kMonths[i].substr(0, word.size()) == word && word.size() <= 4))
      return static_cast<int>(i) + 1;
  return 0;
}

bool is_weekday(const std::string& word) {
  for (const std::string_view day : {"monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"})
    if (word.size() >= 3 && day.substr(0, word.size()) == word) return true;
  return false;
}

struct Date {
  int year = 0, month = 0, day = 0;
};

// The date that three tokens mean, if they can mean but one.
std::optional<Date> date_of(const Token& a, const Token& b, const Token& c) {
  const auto is_year = [](const Token& token) { return token.is_number && token.text.size() == 4; };
  const auto is_short = [](const Token& token) { return token.is_number && token.text.size() <= 2; };
  if (!a.is_number && month_named(a.text) && is_short(b) && is_year(c))
    return Date{number_of(c.text), month_named(a.text), number_of(b.text)};
  if (is_short(a) && !b.is_number && month_named(b.text) && is_year(c))
    return Date{number_of(c.text), month_named(b.text), number_of(a.text)};
  if (is_year(a) && is_short(b) && is_short(c)) {
    if (number_of(b.text) > 12) return std::nullopt;
    return Date{number_of(a.text), number_of(b.text), number_of(c.text)};
  }
  if (!is_short(a) || !is_short(b) || !is_year(c)) return std::nullopt;
  const int first = number_of(a.text), second = number_of(b.text);
  if (first > 12 || first == second) return Date{number_of(c.text), second, first};
  if (second > 12) return Date{number_of(c.text), first, second};
  return std::nullopt;
}

std::string digits(int number, std::size_t width) {
  std::string text = std::to_string(number);
  if (text.size() < width) text.insert(0, width - text.size(), '0');
  return text;
}

}  // namespace

std::optional<std::string> iso_time_of(std::string_view text) {
  if (text.size() > 64) return std::nullopt;
  std::vector<Token> tokens = tokens_of(text);
  if (!tokens.empty() && !tokens[0].is_number && is_weekday(tokens[0].text)) tokens.erase(tokens.begin());
  if (tokens.size() < 3) return std::nullopt;
  const auto date = date_of(tokens[0], tokens[1], tokens[2]);
  if (!date || date->month < 1 || date->day < 1) return std::nullopt;
  std::size_t next = 3;
  if (next < tokens.size() && tokens[next].text == "t") ++next;
  int time[3] = {};
  std::size_t parts = 0;
  while (next < tokens.size() && parts < 3 && tokens[next].is_number && tokens[next].text.size() <= 2 &&
         (parts == 0 || tokens[next].before == ':')) {
    time[parts++] = number_of(tokens[next++].text);
  }
  if (parts == 1) return std::nullopt;  // an hour alone may be anything
  if (parts == 3 && next < tokens.size() && tokens[next].is_number && tokens[next].before == '.') ++next;
  if (next < tokens.size() && (tokens[next].text == "am" || tokens[next].text == "pm")) {
    if (time[0] < 1 || time[0] > 12) return std::nullopt;
    time[0] = time[0] % 12 + (tokens[next].text == "pm" ? 12 : 0);
    ++next;
  }
  std::string zone = "Z";
  if (next < tokens.size() && (tokens[next].text == "z" || tokens[next].text == "utc" || tokens[next].text == "gmt"))
    ++next;
  if (next < tokens.size() && parts > 0 && tokens[next].is_number &&
      (tokens[next].before == '+' || tokens[next].before == '-')) {
    const std::string& hours = tokens[next].text;
    if (hours.size() != 2 && hours.size() != 4) return std::nullopt;
    zone = concat(tokens[next].before, hours.substr(0, 2), ":", hours.size() == 4 ? hours.substr(2) : "00");
    ++next;
    if (next < tokens.size() && hours.size() == 2 && tokens[next].before == ':' && tokens[next].text.size() == 2)
      zone = concat(zone.substr(0, 4), tokens[next++].text);
  }
  if (next < tokens.size()) return std::nullopt;
  std::string iso = concat(digits(date->year, 4), "-", digits(date->month, 2), "-", digits(date->day, 2), "T",
                           digits(time[0], 2), ":", digits(time[1], 2), ":", digits(time[2], 2), zone);
  if (moment_of_text(iso).kind != Moment::Kind::kFine) return std::nullopt;
  return iso;
}

}  // namespace zooport::bioimageio
