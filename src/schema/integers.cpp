#include <algorithm>
#include <charconv>
#include <cmath>

#include "schema/number_text.hpp"
#include "zooport/base/text.hpp"
#include "zooport/base/white_space.hpp"
#include "zooport/schema/facts.hpp"
#include "zooport/schema/scalars.hpp"

namespace zooport::schema {

using doc::Kind;

namespace {

constexpr std::size_t kMostDigits = 4300;  // the reference's limit, too

// Digits of a base of 2, 8 or 16 as decimal digits.
std::string to_decimal(std::string_view digits, std::uint64_t base) {
  std::vector<std::uint32_t> limbs;  // little end first, base 10^9
  for (const char c : digits) {
    std::uint64_t carry = static_cast<std::uint64_t>(c <= '9' ? c - '0' : (c | 32) - 'a' + 10);
    for (std::uint32_t& limb : limbs) {
      carry += limb * base;
      limb = static_cast<std::uint32_t>(carry % 1'000'000'000);
      carry /= 1'000'000'000;
    }
    if (carry > 0) limbs.push_back(static_cast<std::uint32_t>(carry));
  }
  std::string text;
  for (std::size_t i = limbs.size(); i-- > 0;) {
    const std::string limb = std::to_string(limbs[i]);
    if (i + 1 < limbs.size()) text.append(9 - limb.size(), '0');
    text += limb;
  }
  return text;
}

// Sign and decimal digits without leading zeros; empty if there are too many.
std::string canonical(std::string text) {
  std::erase(text, '_');
  std::string sign;
  if (text.starts_with('-')) sign = "-";
  if (!text.empty() && (text[0] == '-' || text[0] == '+')) text.erase(0, 1);
  std::uint64_t base = 10;
  if (text.starts_with("0b")) base = 2;
  if (text.starts_with("0o")) base = 8;
  if (text.starts_with("0x")) base = 16;
  if (base != 10) text.erase(0, 2);
  text.erase(0, std::min(text.find_first_not_of('0'), text.size()));
  if (text.size() > kMostDigits) return {};
  if (base != 10) text = to_decimal(text, base);
  return text.empty() ? "0" : sign + text;
}

bool assign(Integer& into, const std::string& digits) {
  if (digits.empty()) return false;
  into = {};
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), into.value);
  if (error == std::errc{}) return true;
  into.value = digits[0] == '-' ? std::numeric_limits<std::int64_t>::min() : std::numeric_limits<std::int64_t>::max();
  into.text = digits;
  return true;
}

// "1.00" is an integer, too; "1." is none.
std::string_view without_zero_fraction(std::string_view text) {
  text = trimmed(text);
  const std::size_t point = text.find('.');
  if (point == text.npos || point + 1 == text.size() || text.find_first_not_of('0', point + 1) != text.npos)
    return text;
  return text.substr(0, point);
}

bool is_integer_text(std::string_view text) {
  if (text.starts_with('-')) text.remove_prefix(1);
  return !text.empty() && text.find_first_not_of("0123456789") == text.npos;
}

}  // namespace

double Integer::real() const {
  if (text.empty()) return static_cast<double>(value);
  double real = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), real);
  if (error == std::errc{}) return real;
  return text[0] == '-' ? -std::numeric_limits<double>::infinity() : std::numeric_limits<double>::infinity();
}

bool IntegerType::read(void* into, const doc::Node& node, Walk& walk) const {
  Integer& value = *static_cast<Integer*>(into);
  if (is_strict_ && node.kind != Kind::kInteger && node.kind != Kind::kReal)
    return walk.fail(node, {"schema.integer", "int_type"}, "an integer");
  if (!read_any(value, node, walk)) return false;
  // Beyond 64 bits `value` is the nearest that fits.
  if (value.value >= least_) return true;
  return walk.fail(node, {"schema.range", "greater_than_equal"}, concat("at least ", least_));
}

bool IntegerType::read_any(Integer& value, const doc::Node& node, Walk& walk) {
  if (node.kind == Kind::kInteger) {
    if (const auto exact = doc::integer_of(node)) return value = *exact, true;
    if (assign(value, canonical(std::string(node.text)))) return true;
    return walk.fail(node, {"schema.integer-size", "int_parsing_size"}, "an integer of at most 4300 digits");
  }
  walk.match.lower(Exactness::kLax);
  if (node.kind == Kind::kBoolean) return value = doc::boolean_of(node) ? 1 : 0, true;
  if (node.kind == Kind::kReal) {
    const double real = doc::real_of(node);
    if (!std::isfinite(real)) return walk.fail(node, {"schema.finite", "finite_number"}, "a finite number");
    if (real != std::trunc(real)) return walk.fail(node, {"schema.integer", "int_from_float"}, "an integer");
    if (std::abs(real) >= 0x1p63)
      return walk.fail(node, {"schema.integer-size", "int_parsing_size"}, "an integer of 64 bits");
    return value = static_cast<std::int64_t>(real), true;
  }
  if (node.kind == Kind::kString) {
    std::string text = number_text_of(without_zero_fraction(node.text), Underscores::kBetweenDigits);
    if (!is_integer_text(text)) return walk.fail(node, {"schema.integer", "int_parsing"}, "an integer");
    if (assign(value, canonical(text))) return true;
    return walk.fail(node, {"schema.integer-size", "int_parsing_size"}, "an integer of at most 4300 digits");
  }
  return walk.fail(node, {"schema.integer", "int_type"}, "an integer");
}

void IntegerType::write(const void* from, doc::JsonWriter& out) const {
  const Integer& value = *static_cast<const Integer*>(from);
  value.text.empty() ? out.integer(value.value) : out.number(value.text);
}

TypeFacts IntegerType::facts() const {
  TypeFacts facts{.kind = TypeFacts::Kind::kInteger};
  facts.is_strict = is_strict_;
  if (least_ > std::numeric_limits<std::int64_t>::min()) facts.least = static_cast<double>(least_);
  return facts;
}

}  // namespace zooport::schema
