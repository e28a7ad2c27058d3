#include "zooport/doc/rewrite.hpp"

#include <gtest/gtest.h>

#include "zooport/base/text.hpp"
#include "zooport/doc/json.hpp"
#include "zooport/doc/yaml.hpp"

namespace zooport::doc {
namespace {

Value value_of(const std::string& yaml) {
  const auto document = read_yaml(yaml);
  EXPECT_TRUE(document.ok()) << yaml;
  return Value::from(document->root());
}

std::string rewritten(const std::string& text, const std::string& wanted, Syntax syntax = Syntax::kYaml) {
  const auto document = syntax == Syntax::kJson ? read_json(text) : read_yaml(text);
  EXPECT_TRUE(document.ok()) << text;
  const auto result = rewrite(*document, syntax, value_of(wanted));
  if (!result.ok()) return result.error().what.id;
  EXPECT_TRUE(is_same_content(value_of(result->text), value_of(wanted))) << result->text;
  return result->text;
}

TEST(Rewrite, LeavesWhatIsEqualAsItIs) {
  const std::string text = "# head\nb:   'x'  # why\na: [1,2]\n";
  EXPECT_EQ(rewritten(text, "{a: [1, 2], b: x}"), text);
  EXPECT_EQ(rewritten(text, "{a: [1, 3], b: x}"), "# head\nb:   'x'  # why\na: [1,3]\n");
  EXPECT_EQ(rewritten(text, "{a: [1, 2], b: z, c: {d: 1}}"), "# head\nb:   z  # why\na: [1,2]\nc:\n  d: 1\n");
  EXPECT_EQ(rewritten(text, "{b: x}"), "# head\nb:   'x'  # why\n");
  EXPECT_EQ(rewritten(text, "{a: [1, 2], c: x}"), "# head\nc:   'x'  # why\na: [1,2]\n");
}

TEST(Rewrite, RemovesItemsAndReplacesListsThatGrow) {
  EXPECT_EQ(rewritten("a:\n- 1 # one\n- 2\n- 3 # three\n", "a: [1, 3]"), "a:\n- 1 # one\n- 3 # three\n");
  EXPECT_EQ(rewritten("b: 1 # b\na:\n- 1\n", "{b: 1, a: [1, 2]}"), "b: 1 # b\na:\n- 1\n- 2\n");
  EXPECT_EQ(rewritten("a: [{x: 1, y: 2}, {x: 2}]\n", "a: [{x: 1}, {x: 3}]"), "a: [{x: 1}, {x: 3}]\n");
  EXPECT_EQ(rewritten("a: {x: 1}\n", "a: {}"), "a: {}\n");
}

TEST(Rewrite, WritesOutWhatStandsBehindAnAlias) {
  const std::string text = "d: &d {x: 1, z: 2}\ne: *d # same\nf: 1 # kept\n";
  EXPECT_EQ(rewritten(text, "{d: {x: 1, z: 2}, e: {x: 1, z: 3}, f: 1}"),
            "d: &d {x: 1, z: 2}\ne: # same\n  x: 1\n  z: 3\nf: 1 # kept\n");
  // The anchor's own value changes, and with it what the alias means.
  const std::string both = rewritten("d: &d {x: 1}\ne: *d\n", "{d: {x: 2}, e: {x: 2}}");
  EXPECT_TRUE(is_same_content(value_of(both), value_of("{d: {x: 2}, e: {x: 2}}"))) << both;
}

TEST(Rewrite, KeepsJson) {
  EXPECT_EQ(rewritten("{\n  \"a\": 1,\n  \"b\": \"x\"\n}\n", "{a: 2, b: x, c: [no]}", Syntax::kJson),
            "{\n  \"a\": 2,\n  \"b\": \"x\",\n  \"c\": [\n    \"no\"\n  ]\n}\n");
}

TEST(Rewrite, SaysWhatItChanged) {
  const auto document = read_yaml("a: 1\nb: 2\nc: {d: 3}\n");
  ASSERT_TRUE(document.ok());
  const auto result = rewrite(*document, Syntax::kYaml, value_of("{e: 1, c: {d: 4, f: 5}}"));
  ASSERT_TRUE(result.ok());
  std::string told;
  for (const Change& change : result->changes)
    told += concat(static_cast<int>(change.kind), to_text(change.path), change.key, " ");
  EXPECT_EQ(told, "3ae 0c.d 1c.f 2b ");
  EXPECT_TRUE(rewrite(*document, Syntax::kYaml, value_of("{c: {d: 3}, b: 2, a: 1}"))->changes.empty());
}

TEST(Rewrite, WritesAnewWhatChangesAltogether) {
  std::string text, wanted;
  for (int i = 0; i < 600; ++i) {
    text += concat("k", i, ": ", i, "\n");
    wanted += concat("k", i, ": ", i + 1, "\n");
  }
  const std::string result = rewritten("# lost\n" + text, wanted);
  EXPECT_EQ(result, wanted);
}

}  // namespace
}  // namespace zooport::doc
