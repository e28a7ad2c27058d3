#include "zooport/schema/scalars.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>

#include "schema/number_text.hpp"
#include "zooport/base/text.hpp"
#include "zooport/base/white_space.hpp"
#include "zooport/schema/facts.hpp"
#include "zooport/schema/free_values.hpp"

namespace zooport::schema {

using doc::Kind;

std::string number_text_of(std::string_view text, Underscores underscores) {
  text = trimmed(text);
  if (text.starts_with('+') && !text.starts_with("+-")) text.remove_prefix(1);
  if (text.starts_with('_') || text.ends_with('_')) return {};
  std::string plain;
  const auto is_digit = [&](std::size_t i) { return text[i] >= '0' && text[i] <= '9'; };
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '_')
      plain += text[i];
    else if (text[i + 1] == '_' ||
             (underscores == Underscores::kBetweenDigits && !(is_digit(i - 1) && is_digit(i + 1))))
      return {};
  }
  return plain;
}

bool TextType::read(void* into, const doc::Node& node, Walk& walk) const {
  if (node.kind != Kind::kString) return walk.fail(node, {"schema.string", "string_type"}, "a string");
  std::string text = prepare_ ? prepare_(node.text) : std::string(node.text);
  const std::size_t length = code_points(text);
  const auto characters = [](std::size_t n) { return concat(n, n == 1 ? " character" : " characters"); };
  if (length < min_)
    return walk.fail(node, {"schema.too-short", "string_too_short"}, concat("at least ", characters(min_)));
  if (length > max_)
    return walk.fail(node, {"schema.too-long", "string_too_long"}, concat("at most ", characters(max_)));
  if (holds_ && !holds_(text)) return walk.fail(node, problem_, expected_);
  if (also_holds_ && !also_holds_(text)) return walk.fail(node, also_problem_, also_expected_);
  *static_cast<std::string*>(into) = finish_ ? finish_(text) : std::move(text);
  return true;
}

void TextType::write(const void* from, doc::JsonWriter& out) const {
  out.string(*static_cast<const std::string*>(from));
}

TypeFacts TextType::facts() const {
  TypeFacts facts{.kind = TypeFacts::Kind::kText, .name = name_, .doc = doc_, .expected = expected_};
  if (!pattern_.empty()) facts.patterns.emplace_back(pattern_);
  facts.at_least = min_, facts.at_most = max_;
  if (choices_) facts.choices = choices_();
  return facts;
}

bool RealType::read(void* into, const doc::Node& node, Walk& walk) const {
  double value = 0;
  if (node.kind == Kind::kReal) {
    value = doc::real_of(node);
  } else if (node.kind == Kind::kInteger) {
    walk.match.lower(Exactness::kStrict);
    value = doc::real_of(node);
    if (!std::isfinite(value))
      return walk.fail(node, {"schema.number", "float_type"}, "a number that a float64 can hold");
  } else {
    walk.match.lower(Exactness::kLax);
    if (is_strict_) return walk.fail(node, {"schema.number", "float_type"}, "a number");
    if (node.kind == Kind::kBoolean) {
      value = doc::boolean_of(node) ? 1 : 0;
    } else if (node.kind != Kind::kString) {
      return walk.fail(node, {"schema.number", "float_type"}, "a number");
    } else {
      const std::string text = number_text_of(node.text, Underscores::kInside);
      const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
      const bool is_huge = error == std::errc::result_out_of_range;
      if ((error != std::errc{} && !is_huge) || end != text.data() + text.size() || text.find('(') != text.npos)
        return walk.fail(node, {"schema.number", "float_parsing"}, "a number");
      if (is_huge)
        value = text.find("e-") != text.npos || text.find("E-") != text.npos ? 0.0 : text[0] == '-' ? -kInf : kInf;
    }
  }
  if (!may_be_infinite_ && !std::isfinite(value))
    return walk.fail(node, {"schema.finite", "finite_number"}, "a finite number");
  // The reference divides: where that overflows, it finds a rest.
  const double rest = step_ <= 0 ? 0 : std::isfinite(value / step_) ? std::abs(std::remainder(value, step_)) : step_;
  if (rest > 1e-9) return walk.fail(node, {"schema.multiple", "multiple_of"}, concat("a multiple of ", step_));
  if (at_most_ < kInf && value > at_most_)
    return walk.fail(node, {"schema.range", "less_than_equal"}, concat("at most ", at_most_));
  if (above_ > -kInf && value <= above_)
    return walk.fail(node, {"schema.range", "greater_than"}, concat("more than ", above_));
  *static_cast<double*>(into) = value;
  return true;
}

void RealType::write(const void* from, doc::JsonWriter& out) const { out.real(*static_cast<const double*>(from)); }

TypeFacts RealType::facts() const {
  TypeFacts facts{.kind = TypeFacts::Kind::kReal, .doc = doc_};
  facts.above = above_, facts.up_to = at_most_, facts.step = step_;
  facts.may_be_infinite = may_be_infinite_;
  facts.is_strict = is_strict_;
  return facts;
}

bool BooleanType::read(void* into, const doc::Node& node, Walk& walk) const {
  bool& value = *static_cast<bool*>(into);
  if (node.kind == Kind::kBoolean) return value = doc::boolean_of(node), true;
  walk.match.lower(Exactness::kLax);
  if (node.kind == Kind::kString) {
    const std::string word = to_lower(node.text);
    for (const std::string_view yes : {"1", "t", "true", "y", "yes", "on"})
      if (word == yes) return value = true;
    for (const std::string_view no : {"0", "f", "false", "n", "no", "off"})
      if (word == no) return value = false, true;
    return walk.fail(node, {"schema.boolean", "bool_parsing"}, "true or false");
  }
  if (node.kind != Kind::kInteger && node.kind != Kind::kReal)
    return walk.fail(node, {"schema.boolean", "bool_type"}, "true or false");
  const double number = doc::real_of(node);
  if (number != 0 && number != 1) return walk.fail(node, {"schema.boolean", "bool_parsing"}, "true or false");
  return value = number == 1, true;
}

void BooleanType::write(const void* from, doc::JsonWriter& out) const { out.boolean(*static_cast<const bool*>(from)); }
TypeFacts BooleanType::facts() const { return {.kind = TypeFacts::Kind::kBoolean}; }

bool EnumType::read(void* into, const doc::Node& node, Walk& walk) const {
  const auto name = node.kind == Kind::kString ? std::find(names_.begin(), names_.end(), node.text) : names_.end();
  if (name != names_.end())
    return *static_cast<std::uint8_t*>(into) = static_cast<std::uint8_t>(name - names_.begin()), true;
  Advice advice;
  const std::string_view meant =
      node.kind == Kind::kString ? nearest(node.text, {names_.begin(), names_.end()}) : std::string_view();
  if (!meant.empty()) advice.fix = Fix{concat("write '", meant, "'"), {{node.span, std::string(meant)}}};
  const std::string all = join({names_.begin(), names_.end()}, ", ");
  return walk.fail(node, {"schema.choice", "literal_error"},
                   names_.size() == 1 ? concat("'", all, "'") : concat("one of ", all), std::move(advice));
}

void EnumType::write(const void* from, doc::JsonWriter& out) const {
  out.string(names_[*static_cast<const std::uint8_t*>(from)]);
}

std::string EnumType::label() const { return concat("literal['", join({names_.begin(), names_.end()}, "','"), "']"); }

TypeFacts EnumType::facts() const { return {.kind = TypeFacts::Kind::kChoice, .choices = names_}; }

std::size_t AnyType::count_keys(const void* from, Keys) const {
  const auto count = [](const auto& self, const doc::Node& node) -> std::size_t {
    if (node.kind != doc::Kind::kMapping) return 0;
    std::size_t keys = node.children.size();
    for (const doc::Node& child : node.children) keys += self(self, child);
    return keys;
  };
  const doc::Node* node = static_cast<const Any*>(from)->node;
  return node ? count(count, *node) : 0;
}

void AnyType::write(const void* from, doc::JsonWriter& out) const {
  const doc::Node* node = static_cast<const Any*>(from)->node;
  node ? write_free(*node, out) : out.null();
}

TypeFacts AnyType::facts() const { return {}; }

}  // namespace zooport::schema
