#include "zooport/doc/yaml_writer.hpp"

#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <limits>
#include <random>

#include "zooport/doc/json.hpp"
#include "zooport/doc/yaml.hpp"

namespace zooport::doc {
namespace {

std::string yaml(const Value& value) {
  const auto text = write_yaml(value);
  return text.ok() ? *text : text.error().what.id;
}

TEST(Value, EqualsByKindOrderAndValue) {
  const double nan = std::numeric_limits<double>::quiet_NaN();
  EXPECT_EQ(Value(nan), Value(nan));
  EXPECT_FALSE(Value(0.0) == Value(-0.0));
  EXPECT_FALSE(Value(1) == Value(1.0));
  EXPECT_FALSE(Value(1) == Value(2));
  EXPECT_FALSE(Value("1") == Value(1));
  EXPECT_FALSE(Value::mapping().set("a", 1).set("b", 2) == Value::mapping().set("b", 2).set("a", 1));
  EXPECT_EQ(Value::mapping().set("a", 1).set("a", 2), Value::mapping().set("a", 2));
  const auto document = read_yaml("{0x10: yes, a: [2020-01-02, 1_0, ~, !!binary aGk=]}");
  ASSERT_TRUE(document.ok());
  Value date = Value::of_kind(Kind::kDate, "2020-01-02");
  Value expected = Value::mapping()
                       .set("16", "yes")
                       .set("a", Value::sequence({date, 10, Value(), Value::of_kind(Kind::kBytes, "hi")}));
  expected.children[0].key_kind = Kind::kInteger;
  EXPECT_EQ(Value::from(document->root()), expected);
  JsonWriter out;
  expected.write(out);
  EXPECT_EQ(out.text(), R"({"16":"yes","a":["2020-01-02",10,null,[104,105]]})");
}

TEST(YamlWriter, QuotesWhatWouldReadOtherwise) {
  const Value value =
      Value::mapping()
          .set("plain", "a b:c#d")
          .set("no", "yes")
          .set("3", Value::sequence({"1e3", "0x1", "2020-01-02", "", " a", "a ", "a: b", "a #", "<<", "="}))
          .set("lines", "a\nb\t\x7f")
          .set("empty", Value::sequence({Value::sequence(), Value::mapping()}))
          .set("list", Value::sequence({Value::mapping().set("a", 1).set("b", Value::sequence({2.0}))}));
  EXPECT_EQ(yaml(value),
            "plain: a b:c#d\n'no': 'yes'\n'3':\n  - '1e3'\n  - '0x1'\n  - '2020-01-02'\n  - ''\n  - ' a'\n  - 'a '\n"
            "  - 'a: b'\n  - 'a #'\n  - '<<'\n  - '='\nlines: \"a\\nb\\t\\x7f\"\nempty:\n  - []\n  - {}\nlist:\n"
            "  - a: 1\n    b:\n      - 2.0\n");
}

TEST(YamlWriter, RefusesWhatHasNoForm) {
  EXPECT_EQ(yaml("\xff"), "doc.unwritable");
  EXPECT_EQ(yaml(Value::of_kind(Kind::kDate, "2020-13-01")), "doc.unwritable");
  EXPECT_EQ(yaml(Value::of_kind(Kind::kInteger, "1x")), "doc.unwritable");
}

class Random {
 public:
  explicit Random(unsigned seed) : engine_(seed) {}
  std::size_t below(std::size_t end) { return engine_() % end; }
  std::string string() {
    static constexpr std::array<std::string_view, 40> kPieces{"a",
                                                              "b",
                                                              " ",
                                                              ":",
                                                              "#",
                                                              "-",
                                                              "?",
                                                              "\n",
                                                              "\t",
                                                              "'",
                                                              "\"",
                                                              "\\",
                                                              "é",
                                                              "🦈",
                                                              "{",
                                                              "}",
                                                              "[",
                                                              "]",
                                                              ",",
                                                              "&",
                                                              "*",
                                                              "!",
                                                              "|",
                                                              ">",
                                                              "%",
                                                              "@",
                                                              "`",
                                                              "\r",
                                                              "true",
                                                              "null",
                                                              "1",
                                                              ".",
                                                              "0x",
                                                              "e",
                                                              "\xC2\x85",
                                                              "\xE2\x80\xA8",
                                                              "\xEF\xBB\xBF",
                                                              "<<",
                                                              "=",
                                                              "---"};
    std::string text;
    for (std::size_t n = below(7); n > 0; --n) text += kPieces[below(kPieces.size())];
    if (below(12) == 0) text += '\0';
    if (below(200) == 0) text += std::string(1100, 'k');
    return text;
  }
  Value value(int depth) {
    switch (below(depth > 0 ? 12 : 9)) {
      case 0: return {};
      case 1: return Value(below(2) == 1);
      case 2: return Value(static_cast<std::int64_t>((std::uint64_t{engine_()} << 32 | engine_()) >> below(64)));
      case 3: return Value::of_kind(Kind::kInteger, "-123456789012345678901234567890");
      case 4: return Value(std::ldexp(static_cast<double>(engine_()), static_cast<int>(below(400)) - 200));
      case 5: return Value(std::array<double, 4>{0.0 / 1, -0.0, HUGE_VAL, std::nan("")}[below(4)]);
      case 6: return Value::of_kind(below(2) ? Kind::kBytes : Kind::kDate, "2020-02-29");
      case 9: {
        Value list = Value::sequence();
        for (std::size_t n = below(5); n > 0; --n) list.children.push_back(value(depth - 1));
        return list;
      }
      case 10:
      case 11: {
        Value map = Value::mapping();
        for (std::size_t n = below(5); n > 0; --n) map.set(string(), value(depth - 1));
        return map;
      }
      default: return Value(string());
    }
  }

 private:
  std::mt19937 engine_;
};

TEST(YamlWriter, RandomTreesReadBackEqual) {
  for (unsigned seed = 0; seed < 3000; ++seed) {
    Random random(seed);
    const Value value = random.value(4);
    const YamlStyle style{.step = 2 + seed % 3, .sequence_step = seed % 3, .line_end = seed % 5 ? "\n" : "\r\n"};
    const auto text = write_yaml(value, style);
    ASSERT_TRUE(text.ok()) << text.error().what.message;
    const auto read = read_yaml(*text);
    ASSERT_TRUE(read.ok()) << seed << ' ' << read.error().what.message << "\n" << *text;
    ASSERT_EQ(Value::from(read->root()), value) << seed << "\n" << *text;
    const auto again = write_yaml(read->root(), style);
    ASSERT_TRUE(again.ok());
    ASSERT_EQ(*again, *text);
    const auto flow = yaml_flow(value);
    ASSERT_TRUE(flow.ok());
    const auto reread = read_yaml(*flow);
    ASSERT_TRUE(reread.ok()) << seed << ' ' << reread.error().what.message << "\n" << *flow;
    ASSERT_EQ(Value::from(reread->root()), value) << seed << "\n" << *flow;
  }
}

}  // namespace
}  // namespace zooport::doc
