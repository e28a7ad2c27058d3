#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "zooport/base/text.hpp"
#include "zooport/doc/json.hpp"
#include "zooport/doc/json_writer.hpp"
#include "zooport/doc/position.hpp"
#include "zooport/doc/yaml.hpp"

namespace zooport::doc {
namespace {

std::string yaml_error(const std::string& text, const Limits& limits = {}) {
  const auto document = read_yaml(text, limits);
  return document.ok() ? "" : document.error().what.id;
}
std::string json_error(const std::string& text, const Limits& limits = {}) {
  const auto document = read_json(text, limits);
  return document.ok() ? "" : document.error().what.id;
}
std::string compact(const Node& node) {
  JsonWriter out;
  out.node(node);
  return out.text();
}

TEST(Yaml, SpansPointAtKeysAndValues) {
  const std::string text = "# c\nä: {b: 'x y', c: [1, 2]}\nd:\n  - e\n  - f: 1\n\n# end\n";
  const auto document = read_yaml(text);
  ASSERT_TRUE(document.ok());
  const auto at = [&](Span span) { return text.substr(span.begin, span.end - span.begin); };
  const Node& root = document->root();
  EXPECT_EQ(at(root.children[0].key_span), "ä");
  EXPECT_EQ(at(root.children[0].span), "{b: 'x y', c: [1, 2]}");
  EXPECT_EQ(at(root.children[0].find("b")->span), "'x y'");
  EXPECT_EQ(root.children[0].find("b")->text, "x y");
  EXPECT_EQ(at(root.find("d")->span), "- e\n  - f: 1");
  EXPECT_EQ(at(root.find("d")->children[1].find("f")->span), "1");
}

TEST(Yaml, ByteOrderMarkAndCrLfDoNotMoveSpans) {
  const std::string text =
      "\xEF\xBB\xBF"
      "a: 1\r\nb: 2\r\n";
  const auto document = read_yaml(text);
  ASSERT_TRUE(document.ok()) << document.error().what.message << document.error().what.span->begin;
  const Span span = document->root().find("b")->span;
  EXPECT_EQ(text.substr(span.begin, span.end - span.begin), "2");
}

TEST(Yaml, ErrorsNameTheirPlace) {
  const std::string text = "a: 1\nb: 2\na: 3\n";
  const auto twice = read_yaml(text);
  ASSERT_FALSE(twice.ok());
  EXPECT_EQ(twice.error().what.id, "yaml.duplicate-key");
  EXPECT_EQ(twice.error().what.span->begin, 10u);
  ASSERT_EQ(twice.error().what.related.size(), 1u);
  EXPECT_EQ(twice.error().what.related[0].span->begin, 0u);
  EXPECT_EQ(yaml_error("a:\t1\n"), "yaml.tab");
  EXPECT_EQ(yaml_error("a: \"x\ty\" # a\tb\n"), "");
  EXPECT_EQ(yaml_error("a: [1\n"), "yaml.syntax");
  EXPECT_EQ(yaml_error("a: caf\xe9\n"), "yaml.encoding");
  EXPECT_EQ(yaml_error("a: 1\n---\nb: 2\n"), "yaml.documents");
  EXPECT_EQ(yaml_error("a: !foo 1\n"), "yaml.tag");
  EXPECT_EQ(yaml_error("a: *b\n"), "yaml.undefined-alias");
  EXPECT_EQ(yaml_error("a: &x [*x]\n"), "yaml.recursion");
  EXPECT_EQ(yaml_error("<<: 5\n"), "yaml.merge");
  EXPECT_EQ(yaml_error("{a: 1}: 2\n"), "yaml.key");
  EXPECT_EQ(yaml_error("a: 2020-13-01\n"), "yaml.date");
  EXPECT_EQ(yaml_error("%YAML 1.3\n---\na: 1\n"), "yaml.syntax");
  EXPECT_EQ(yaml_error("a: " + std::string(4301, '1') + "\n"), "yaml.integer");
}

TEST(Yaml, LimitsAreNamed) {
  std::string deep;
  for (int i = 0; i < 300; ++i) deep += '[';
  EXPECT_EQ(yaml_error(deep), "limits.depth");
  std::string bomb = "a: &a [x, x, x, x, x, x, x, x, x, x]\n";
  for (char c = 'b'; c < 'k'; ++c) {
    bomb += std::string(1, c) + ": &" + c + " [";
    for (int i = 0; i < 10; ++i) bomb += std::string(i ? ", *" : "*") + static_cast<char>(c - 1);
    bomb += "]\n";
  }
  EXPECT_EQ(yaml_error(bomb), "limits.nodes");
  std::string merges = "a: &a {x: 1}\nb: [";
  for (int i = 0; i < 20; ++i) merges += "*a, ";
  EXPECT_EQ(yaml_error(merges + "]\n", {.aliases = 10}), "limits.aliases");
  EXPECT_EQ(yaml_error("a: 1\n", {.document_bytes = 4}), "limits.document_bytes");
  EXPECT_EQ(yaml_error("[1, 2, 3, 4]\n", {.nodes = 3}), "limits.nodes");
}

TEST(Yaml, MergedKeysGiveWayToOwnOnes) {
  const auto document = read_yaml("d: &d {x: 1, y: 2}\ne: {<<: *d, y: 3}\n");
  ASSERT_TRUE(document.ok());
  EXPECT_EQ(compact(*document->root().find("e")), R"({"x":1,"y":3})");
}

TEST(Json, ReadsEveryKindWithSpans) {
  const std::string text = R"({"a": [1, -2.5e3, true, false, null], "b": "é\n\u00e9\ud83e\udd88", "c": {}})";
  const auto document = read_json(text);
  ASSERT_TRUE(document.ok()) << document.error().what.message;
  EXPECT_EQ(compact(document->root()), "{\"a\":[1,-2500.0,true,false,null],\"b\":\"é\\né🦈\",\"c\":{}}");
  const Span span = document->root().find("a")->children[1].span;
  EXPECT_EQ(text.substr(span.begin, span.end - span.begin), "-2.5e3");
}

TEST(Json, RefusesWhatIsNoJson) {
  for (const char* text : {"",      "{",          "[1,]",    "{\"a\":1,}",  "{a:1}",    "[01]",       "[1.]",
                           "[1e]",  "[+1]",       "\"\\x\"", "\"\\ud800\"", "\"a\nb\"", "1 2",        "tru",
                           "[NaN]", "[Infinity]", "\"abc",   "{\"a\" 1}",   "[-]",      "\"\\u12g4\""})
    EXPECT_EQ(json_error(text), "json.syntax") << text;
  EXPECT_EQ(json_error("{\"a\":1,\"a\":2}"), "yaml.duplicate-key");
  EXPECT_EQ(json_error("\"\xff\""), "json.encoding");
  EXPECT_EQ(json_error(std::string(100'000, '[')), "limits.depth");
  EXPECT_EQ(json_error("[1,2,3]", {.nodes = 2}), "limits.nodes");
  EXPECT_EQ(json_error("[1,2,3]", {.document_bytes = 3}), "limits.document_bytes");
  EXPECT_EQ(json_error("\xEF\xBB\xBF[1]"), "");
}

TEST(Json, PythonsDialectKeepsWhatTheStrictOneRefuses) {
  const std::string text = R"({"a": NaN, "a": [-Infinity, Infinity], "b": "x\ud800y\udc00\ud83d\ude00"})";
  EXPECT_NE(json_error(text), "");
  const auto document = read_json(text, {}, JsonDialect::kPython);
  ASSERT_TRUE(document.ok()) << document.error().what.message;
  const auto& children = document->root().children;
  ASSERT_EQ(children.size(), 3u);
  EXPECT_TRUE(std::isnan(real_of(children[0])));
  EXPECT_EQ(children[1].key, "a");
  EXPECT_EQ(real_of(children[1].children[0]), -std::numeric_limits<double>::infinity());
  EXPECT_EQ(real_of(children[1].children[1]), std::numeric_limits<double>::infinity());
  EXPECT_EQ(children[2].text, "x\xED\xA0\x80y\xED\xB0\x80\xF0\x9F\x98\x80");
  for (const char* bad : {"-NaN", "nan", "[Infinit]", "{\"a\": 1,}", "\"\\ud800\\u12\"", "'a'"})
    EXPECT_FALSE(read_json(bad, {}, JsonDialect::kPython).ok()) << bad;
}

TEST(Json, WriterKeepsKindsAndLayouts) {
  JsonWriter out(JsonWriter::Layout::kIndented);
  out.open('{');
  out.member("a", 1);
  out.member("b", 2.0);
  out.member("c", "x\"\x01");
  out.key("d"), out.open('['), out.close(']');
  out.key("e"), out.open('['), out.real(1e300 * 1e10), out.boolean(true), out.close(']');
  out.close('}');
  EXPECT_EQ(out.text(),
            "{\n  \"a\": 1,\n  \"b\": 2.0,\n  \"c\": \"x\\\"\\u0001\",\n  \"d\": [],\n  \"e\": [\n    \"Infinity\",\n  "
            "  true\n  ]\n}");
  EXPECT_TRUE(read_json(out.text()).ok());
}

TEST(Position, CountsCodePointsAndAllLineEnds) {
  const LineIndex index("ä b\r\nc\rd\n");
  EXPECT_EQ(index.position(3).line, 1u);
  EXPECT_EQ(index.position(3).column, 3u);
  EXPECT_EQ(index.position(6).line, 2u);
  EXPECT_EQ(index.position(8).line, 3u);
  EXPECT_EQ(index.line(1), "ä b");
  EXPECT_EQ(index.line(3), "d");
  EXPECT_EQ(index.line(9), "");
}

}  // namespace
}  // namespace zooport::doc
