#include <gtest/gtest.h>

#include <algorithm>

#include "zooport/base/text.hpp"
#include "zooport/doc/json.hpp"
#include "zooport/doc/yaml.hpp"
#include "zooport/schema/explain.hpp"
#include "zooport/schema/json_schema.hpp"
#include "zooport/schema/object.hpp"

namespace zooport::schema {

struct Word {
  std::string value;
};
struct Fraction {
  double value = 0.5;
};
struct Circle {
  static constexpr std::string_view kTag = "circle";
  double radius = 0;
  Given given;
};
struct Square {
  static constexpr std::string_view kTag = "square";
  std::variant<Integer, double> side;
  Given given;
};
struct Low {
  std::optional<Integer> a;
  std::optional<Integer> b;
  Given given;
};
struct High {
  std::optional<Integer> a;
  std::optional<Integer> c;
  Map<Any> more;
  Given given;
};
struct Sample {
  std::optional<bool> flag;
  std::optional<Integer> count;
  std::optional<Fraction> fraction;
  std::optional<Word> word;
  std::optional<Pair> pair;
  std::optional<std::vector<std::string>> words;
  std::optional<NonEmpty<Integer>> numbers;
  std::optional<std::variant<Circle, Square>> shape;
  std::optional<std::variant<Low, High>> level;
  Map<Integer> map;
  std::string note = "none";
  Given given;
};

namespace {

bool is_lower(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return c >= 'a' && c <= 'z'; });
}
bool is_small(const std::optional<Integer>& count) { return !count || count->real() < 1e30; }
bool is_noted(const std::string& note) { return note != "none"; }
void word_and_count(const Sample& sample, Findings& at) {
  if (sample.word && sample.count && sample.word->value == "ten" && sample.count->value != 10)
    at.fail({"count"}, "10", to_json(*sample.count),
            {{at.related({"word"}, "says so")}, at.replace({"count"}, "10", "write 10"), "help"});
  if (sample.word && sample.word->value == "abort") at.abort({"word"}, "KeyError", "no such word");
}

}  // namespace

// clang-format off
const Type& describe(type<Word>) {
  static constexpr auto kType = text<Word>("a word").length(1, 5).that(&is_lower, "small letters");
  return kType;
}
const Type& describe(type<Fraction>) {
  static constexpr auto kType = real<Fraction>("part of one").above(0).at_most(1).multiple_of(0.25);
  return kType;
}
const Type& describe(type<Pair>) {
  static constexpr PairType kType(&type_of<double>);
  return kType;
}
const Type& describe(type<Circle>) {
  static constexpr auto kTable = object<Circle>("Circle", "round",
      required<&Circle::radius>("radius", "size")).tagged_by("kind");
  return kTable;
}
const Type& describe(type<Square>) {
  static constexpr auto kTable = object<Square>("Square", "not round",
      required<&Square::side>("side", "size")).tagged_by("kind");
  return kTable;
}
const Type& describe(type<Low>) {
  static constexpr auto kTable = object<Low>("Low", "two fields",
      optional<&Low::a>("a", "first"), optional<&Low::b>("b", "second")).ignores_unknown();
  return kTable;
}
const Type& describe(type<High>) {
  static constexpr auto kTable = object<High>("High", "two other fields",
      optional<&High::a>("a", "first"), optional<&High::c>("c", "third")).keeps_unknown<&High::more>();
  return kTable;
}
const Type& describe(type<Sample>) {
  static constexpr auto kTable = object<Sample>("Sample", "everything",
      optional<&Sample::flag>("flag", "yes or no"),
      optional<&Sample::count>("count", "how many").check<&is_small>("less than 1e30", {"schema.range", "less_than"}),
      optional<&Sample::fraction>("fraction", "part of one"),
      optional<&Sample::word>("word", "a word"),
      optional<&Sample::pair>("pair", "two numbers"),
      optional<&Sample::words>("words", "several words"),
      optional<&Sample::numbers>("numbers", "several numbers"),
      optional<&Sample::shape>("shape", "round or not"),
      optional<&Sample::level>("level", "low or high"),
      optional<&Sample::map>("map", "numbers by name"),
      optional<&Sample::note>("note", "free text").warn<&is_noted>(Severity::kWarning, "a note"))
    .rule<&word_and_count>("sample.word-and-count");
  return kTable;
}
// clang-format on

namespace {

struct Checked {
  bool valid = false;
  Sample sample;
  Diagnostics diagnostics;
  Source source;
  std::string ids() const {
    std::string ids;
    for (const Diagnostic& d : diagnostics.items()) ids += concat(ids.empty() ? "" : " ", d.id, "@", to_text(d.path));
    return ids;
  }
};

Checked checked(std::string_view text) {
  Checked result;
  auto document = doc::read_yaml(concat(text, "\nnote: n\n"));
  EXPECT_TRUE(document) << text;
  result.source.document = std::make_shared<const doc::Document>(std::move(document).value());
  result.valid = validate(result.source.document->root(), result.sample, result.source, result.diagnostics);
  return result;
}

TEST(Schema, EachProblemHasAnExample) {
  const std::pair<std::string_view, std::string_view> cases[] = {
      {"flag: maybe", "schema.boolean@flag"},
      {"count: 1.5", "schema.integer@count"},
      {"count: .inf", "schema.finite@count"},
      {"count: 1e19", "schema.integer-size@count"},
      {"count: 1000000000000000000000000000000", "schema.range@count"},
      {"fraction: 0.3", "schema.multiple@fraction"},
      {"fraction: 2", "schema.range@fraction"},
      {"fraction: x", "schema.number@fraction"},
      {"word: 1", "schema.string@word"},
      {"word: ''", "schema.too-short@word"},
      {"word: abcdef", "schema.too-long@word"},
      {"word: A", "schema.value@word"},
      {"pair: 1", "schema.pair@pair"},
      {"pair: [1]", "schema.missing-item@pair[1]"},
      {"pair: [1, 2, 3]", "schema.too-long@pair"},
      {"words: a", "schema.list@words"},
      {"numbers: []", "schema.too-short@numbers"},
      {"shape: {}", "schema.missing-tag@shape"},
      {"shape: x", "schema.mapping@shape"},
      {"shape: {kind: cirle}", "schema.unknown-tag@shape"},
      {"shape: {kind: circle}", "schema.missing-field@shape.radius"},
      {"map: {1: 1}", "schema.string@map[1].[key]"},
      {"1: 1", "schema.key@[1]"},
      {"wrods: [a]", "schema.unknown-field@wrods"},
      {"word: ten\ncount: 9", "sample.word-and-count@"},
      {"word: abort", "schema.reference-raises@"},
  };
  for (const auto& [text, ids] : cases) {
    const Checked result = checked(text);
    EXPECT_FALSE(result.valid) << text;
    EXPECT_EQ(result.ids(), ids) << text;
  }
}

TEST(Schema, CoercesAsTheReferenceDoes) {
  const Checked result =
      checked("flag: 'on'\ncount: ' +1_000 '\nfraction: true\npair: ['.5', 2]\nmap: {a: 2.0, b: false}");
  ASSERT_TRUE(result.valid) << result.ids();
  EXPECT_EQ(to_json(result.sample),
            R"({"flag":true,"count":1000,"fraction":1.0,"pair":[0.5,2.0],"map":{"a":2,"b":0},"note":"n"})");
}

TEST(Schema, KeepsIntegersOfAnySize) {
  const Checked big = checked("map: {a: 0xffffffffffffffffffff, b: -123456789012345678901234, c: 9223372036854775807}");
  ASSERT_TRUE(big.valid) << big.ids();
  EXPECT_EQ(to_json(big.sample.map),
            R"({"a":1208925819614629174706175,"b":-123456789012345678901234,"c":9223372036854775807})");
  EXPECT_EQ(big.sample.map[0].second.value, std::numeric_limits<std::int64_t>::max());
  EXPECT_EQ(big.sample.map[1].second.value, std::numeric_limits<std::int64_t>::min());
  EXPECT_TRUE(big.sample.map[2].second.text.empty());
}

TEST(Schema, UnionsTakeTheExactMemberThenTheOneWithMoreFields) {
  EXPECT_EQ(checked("shape: {kind: square, side: 2}").sample.shape->index(), 1u);
  const auto side = [](std::string_view text) {
    return std::get<Square>(*checked(concat("shape: {kind: square, side: ", text, "}")).sample.shape).side.index();
  };
  EXPECT_EQ(side("2"), 0u);
  EXPECT_EQ(side("2.0"), 1u);
  EXPECT_EQ(side("'2'"), 0u);
  EXPECT_EQ(side("'2.5'"), 1u);
  EXPECT_EQ(side("true"), 0u);
  EXPECT_EQ(checked("level: {a: 1, b: 2}").sample.level->index(), 0u);
  EXPECT_EQ(checked("level: {a: 1, c: 2}").sample.level->index(), 1u);
  EXPECT_EQ(checked("level: {a: 1}").sample.level->index(), 0u);
}

TEST(Schema, WarningsMaskNothingButThemselves) {
  Checked result;
  auto document = doc::read_yaml("word: ten\ncount: 9\n");  // no note: a warning, and a rule that is broken
  result.source.document = std::make_shared<const doc::Document>(std::move(document).value());
  EXPECT_FALSE(validate(result.source.document->root(), result.sample, result.source, result.diagnostics));
  EXPECT_EQ(result.ids(), "sample.word-and-count@ schema.advice@note");
}

TEST(Schema, RulesPointAtTheItem) {
  const Checked result = checked("word: ten\ncount: 9");
  const Diagnostic& item = result.diagnostics.items().at(0);
  const auto at = [&](const Span& span) {
    return result.source.document->source().substr(span.begin, span.end - span.begin);
  };
  EXPECT_EQ(at(*item.span), "9");
  EXPECT_EQ(at(*item.related.at(0).span), "ten");
  EXPECT_EQ(item.fix->edits.at(0).text, "10");
  EXPECT_EQ(item.message, "expected 10, found 9");
}

TEST(Schema, WritesWhatWasGivenOrChanged) {
  Checked result = checked("words: null\ncount: '2'");
  ASSERT_TRUE(result.valid);
  EXPECT_EQ(to_json(result.sample), R"({"count":2,"words":null,"note":"n"})");
  result.sample.fraction.emplace();
  EXPECT_EQ(to_json(result.sample), R"({"count":2,"fraction":0.5,"words":null,"note":"n"})");
  const Checked kept = checked("level: {c: 1, x: [1, {y: 2}]}");
  EXPECT_EQ(to_json(std::get<High>(*kept.sample.level)), R"({"c":1,"x":[1,{"y":2}]})");
}

TEST(Schema, ExportsSharedDefinitions) {
  const auto& root = static_cast<const ObjectType&>(type_of<Sample>());
  const std::string text = json_schema(root, {.id = "urn:sample", .title = "A sample"});
  const auto document = doc::read_json(text);
  ASSERT_TRUE(document) << text;
  const doc::Node* definitions = document->root().find("$defs");
  ASSERT_TRUE(definitions);
  std::string names;
  for (const doc::Node& definition : definitions->children) names += concat(definition.key, " ");
  EXPECT_EQ(names, "Boolean Integer Number Circle Square Low High ");
  const doc::Node& fraction = *document->root().find("properties")->find("fraction")->find("anyOf");
  EXPECT_EQ(fraction.children[0].find("exclusiveMinimum")->text, "0.0");
  EXPECT_EQ(definitions->find("Circle")->find("properties")->find("kind")->find("const")->text, "circle");
}

std::vector<FieldFacts> explained(std::string_view path) {
  auto found = explain(static_cast<const ObjectType&>(type_of<Sample>()), path);
  EXPECT_TRUE(found) << path << ": " << (found ? "" : found.error().what.message);
  return found ? std::move(found).value() : std::vector<FieldFacts>();
}

std::string paths_of(std::string_view path) {
  std::string paths;
  for (const FieldFacts& field : explained(path)) paths += concat(paths.empty() ? "" : " ", field.path);
  return paths;
}

TEST(Explain, FollowsPaths) {
  EXPECT_EQ(paths_of("count"), "count");
  EXPECT_EQ(paths_of("words[0]"), "words[]");
  EXPECT_EQ(paths_of("shape.circle.radius"), "shape.circle.radius");
  EXPECT_EQ(paths_of("shape.radius"), "shape.circle.radius");
  EXPECT_EQ(paths_of("shape.kind"), "shape.circle.kind shape.square.kind");
  EXPECT_EQ(paths_of("shape.*"), "shape.circle.kind shape.circle.radius shape.square.kind shape.square.side");
  EXPECT_EQ(paths_of("level.a"), "level.a level.a");
  EXPECT_EQ(paths_of("map.any"), "map.*");
  EXPECT_EQ(explained("**").size(), 11u + 8u);
  EXPECT_EQ(explained("").at(0).parts.at(0).fields.size(), 11u);
}

TEST(Explain, TellsWhatTheTablesSay) {
  const FieldFacts fraction = explained("fraction").at(0);
  EXPECT_EQ(fraction.type, "number or null");
  EXPECT_EQ(join(fraction.constraints, "; "), "more than 0; at most 1; a multiple of 0.25");
  EXPECT_EQ(fraction.fallback, "null");
  EXPECT_FALSE(fraction.is_required);
  EXPECT_EQ(explained("numbers").at(0).type, "list of whole numbers or null");
  EXPECT_EQ(explained("note").at(0).warnings.size(), 1u);
  EXPECT_EQ(join(explained("shape").at(0).choices, " "), "circle square");
  EXPECT_EQ(explained("shape.square.side").at(0).type, "whole number or number");
}

TEST(Explain, SuggestsWhatWasMeant) {
  const auto& root = static_cast<const ObjectType&>(type_of<Sample>());
  const std::pair<std::string_view, std::string_view> cases[] = {
      {"cont", "there is no field 'cont' in Sample; is count meant?"},
      {"shape.circel.radius", "there is no field 'circel' in Square; is shape.circle.radius meant?"},
      {"radius", "there is no field 'radius' in Sample; is shape.circle.radius meant?"},
      {"count.more", "there is no field 'more'"},
      {"qqqqqqqq", "there is no field 'qqqqqqqq' in Sample"},
  };
  for (const auto& [path, message] : cases) {
    const auto found = explain(root, path);
    ASSERT_FALSE(found) << path;
    EXPECT_EQ(found.error().kind, ErrorKind::kUsage);
    EXPECT_EQ(found.error().what.id, "schema.no-such-field");
    EXPECT_EQ(found.error().what.message, message);
  }
}

TEST(Arena, RewritesByCopying) {
  const auto document = doc::read_yaml("a: {b: 1}\nc: 2\n");
  ASSERT_TRUE(document);
  Arena arena;
  const doc::Node& root = document->root();
  doc::Node changed = arena.with(root, "c", arena.string(*root.find("c"), "two"));
  changed = arena.with(changed, "d", *root.find("a"));
  changed = arena.without(changed, "a");
  doc::JsonWriter before, after;
  before.node(root), after.node(changed);
  EXPECT_EQ(before.text(), R"({"a":{"b":1},"c":2})");
  EXPECT_EQ(after.text(), R"({"c":"two","d":{"b":1}})");
  EXPECT_EQ(changed.find("c")->span, root.find("c")->span);
}

}  // namespace
}  // namespace zooport::schema
