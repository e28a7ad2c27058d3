#include "zooport/bioimageio/strings.hpp"

#include <algorithm>

#include "bioimageio/identifiers.hpp"
#include "bioimageio/licenses.hpp"
#include "bioimageio/schema_patterns.hpp"
#include "bioimageio/text_rules.hpp"
#include "bioimageio/unicode/unicode.hpp"
#include "zooport/base/text.hpp"
#include "zooport/base/white_space.hpp"
#include "zooport/schema/facts.hpp"

namespace zooport::bioimageio {

using schema::text;
using schema::Type;
using schema::type;
using schema::TypeFacts;
using schema::Walk;

namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }

std::string strip_resolver(std::string_view text) {
  for (const std::string_view prefix : {"https://doi.org/", "http://dx.doi.org/"}) {
    const bool has_prefix = text.starts_with(prefix);
    while (text.starts_with(prefix)) text.remove_prefix(prefix.size());
    if (has_prefix) break;
  }
  return std::string(text);
}

bool is_doi(std::string_view s) {
  return s.size() > 7 && s.starts_with("10.") && std::all_of(s.begin() + 3, s.begin() + 7, is_digit) &&
         s.find('\n') == s.npos;
}

// Digits of all scripts count.
bool is_orcid(std::string_view utf8) {
  const std::u32string s = unicode::decoded(utf8);
  if (s.size() != 19 || s[4] != '-' || s[9] != '-' || s[14] != '-') return false;
  int check = 0;
  for (std::size_t i = 0; i < s.size(); ++i) {
    if (i % 5 == 4) continue;
    const auto digit = s[i] == 'X' ? 10 : unicode::digit_of(s[i]);
    if (!digit) return false;
    check = (2 * check + *digit) % 11;
  }
  return check == 1;
}

std::string without_slashes(std::string_view text) {
  std::string name(text);
  std::erase_if(name, [](char c) { return c == '/' || c == '\\'; });
  return name;
}

std::string without_white_space(std::string_view text) { return std::string(trimmed(text)); }

bool is_resource_id(std::string_view s) {
  return std::all_of(s.begin(), s.end(), [](char c) {
    return is_digit(c) || (c >= 'a' && c <= 'z') || std::string_view("_-/.").find(c) != std::string_view::npos;
  });
}

bool is_bounded(std::string_view s) { return !s.starts_with('/') && !s.ends_with('/'); }

// Unchanged where it is no address: the predicate says so afterwards.
std::string as_email(std::string_view text) { return normalised_email(text).value_or(std::string(text)); }
bool is_email(std::string_view text) { return normalised_email(text).has_value(); }

class HttpUrlType final : public Type {
 public:
  bool read(void* into, const doc::Node& node, Walk& walk) const override {
    if (node.kind != doc::Kind::kString) return walk.fail(node, {"schema.string", "string_type"}, "a string");
    auto url = normalised_http_url(node.text);
    if (!url) return walk.fail(node, {"schema.url", url_error_type(node.text)}, "a http(s) URL");
    static_cast<HttpUrl*>(into)->value = std::move(*url);
    return true;
  }
  void write(const void* from, doc::JsonWriter& out) const override {
    out.string(static_cast<const HttpUrl*>(from)->value);
  }
  TypeFacts facts() const override {
    TypeFacts facts{.kind = TypeFacts::Kind::kText, .name = "HttpUrl", .doc = "a http or https URL"};
    facts.patterns.emplace_back(kHttpUrlPattern);
    return facts;
  }
  std::string label() const override { return "function-after[HttpUrl(), str]"; }
};

class DatetimeType final : public Type {
 public:
  bool read(void* into, const doc::Node& node, Walk& walk) const override {
    Moment moment;
    if (node.kind == doc::Kind::kTime) moment = moment_of_yaml(node);
    if (node.kind == doc::Kind::kString) moment = moment_of_text(node.text);
    if (moment.kind == Moment::Kind::kOutsideCalendar)
      return walk.abort(node.span, "OverflowError", "a time outside the years 1 to 9999"), false;
    if (moment.kind == Moment::Kind::kUnwritable)
      return walk.abort(node.span, "value_error", "the first or last day of the calendar"), false;
    if (moment.kind == Moment::Kind::kWrong)
      return walk.fail(node, schema::kValueError, "a date with a time, like 2024-01-31T12:00:00Z");
    static_cast<Datetime*>(into)->value = std::move(moment.text);
    return true;
  }
  void write(const void* from, doc::JsonWriter& out) const override {
    out.string(static_cast<const Datetime*>(from)->value);
  }
  TypeFacts facts() const override {
    TypeFacts facts{.kind = TypeFacts::Kind::kText, .name = "Datetime", .doc = "date and time in ISO 8601"};
    facts.expected = "a date with a time, like 2024-01-31T12:00:00Z";
    facts.patterns.emplace_back(kTimePattern);
    return facts;
  }
  std::string label() const override { return "datetime"; }
};

}  // namespace

const Type& describe(type<Doi>) {
  static constexpr auto kType =
      text<Doi>("digital object identifier")
          .named("Doi")
          .prepared_by(&strip_resolver)
          .that(&is_doi, "'10.' + four digits + suffix", {"schema.pattern", "string_pattern_mismatch"})
          .pattern(kDoiPattern);
  return kType;
}
const Type& describe(type<OrcidId>) {
  static constexpr auto kType =
      text<OrcidId>("ORCID iD")
          .named("OrcidId")
          .that(&is_orcid, "an ORCID iD in hyphenated groups of four, with the right check digit")
          .pattern(kOrcidPattern);
  return kType;
}
const Type& describe(type<Email>) {
  static constexpr auto kType = text<Email>("e-mail address")
                                    .named("Email")
                                    .prepared_by(&as_email)
                                    .that(&is_email, "an e-mail address")
                                    .pattern(kEmailPattern);
  return kType;
}
const Type& describe(type<PersonName>) {
  static constexpr auto kType = text<PersonName>("name of a person").prepared_by(&without_slashes);
  return kType;
}
const Type& describe(type<TensorName>) {
  static constexpr auto kType =
      text<TensorName>("name of a tensor")
          .named("TensorName")
          .non_empty()
          .pattern(kIdentifierPattern)
          .that(&is_identifier, "an identifier (letters, digits and _, no digit first, no keyword)");
  return kType;
}
const Type& describe(type<Sha256Text>) {
  static constexpr auto kType = text<Sha256Text>("SHA-256 of a file, 64 hexadecimal digits")
                                    .named("Sha256")
                                    .prepared_by(&without_white_space)
                                    .length(64, 64)
                                    .finished_by(&unicode::lower)
                                    .pattern(kHashPattern);
  return kType;
}
const Type& describe(type<ResourceId>) {
  static constexpr auto kType = text<ResourceId>("id of a resource in a collection")
                                    .named("ResourceId")
                                    .pattern(kResourceIdPattern)
                                    .non_empty()
                                    .prepared_by(&unicode::lower)
                                    .that(&is_resource_id, "letters, digits and _-/. only")
                                    .also(&is_bounded, "no / at either end", {"schema.value", "predicate_failed"});
  return kType;
}
const Type& describe(type<Emoji>) {
  static constexpr auto kType = text<Emoji>("one emoji").length(1, 1);
  return kType;
}
const Type& describe(type<ShortText>) {
  static constexpr auto kType = text<ShortText>("one or two characters").length(1, 2).labelled("constrained-str");
  return kType;
}
const Type& describe(type<LicenseId>) {
  static constexpr auto kType = text<LicenseId>("a current id of the SPDX license list")
                                    .named("LicenseId")
                                    .one_of(&current_licenses)
                                    .that(&is_current_license, "a current id of the SPDX license list")
                                    .labelled("function-after[LicenseId(), str]");
  return kType;
}
const Type& describe(type<DeprecatedLicenseId>) {
  static constexpr auto kType = text<DeprecatedLicenseId>("a deprecated id of the SPDX license list")
                                    .that(&is_deprecated_license, "a deprecated id of the SPDX license list")
                                    .labelled("function-after[DeprecatedLicenseId(), str]");
  return kType;
}
const Type& describe(type<HttpUrl>) {
  static constexpr HttpUrlType kType;
  return kType;
}
const Type& describe(type<Datetime>) {
  static constexpr DatetimeType kType;
  return kType;
}

}  // namespace zooport::bioimageio
