#include <gtest/gtest.h>

#include <limits>

#include "zooport/czann/czmodel.hpp"

namespace zooport::czann {
namespace {

// Every expected text is what Python 3.11 gave.
TEST(PythonText, RealsAreWrittenAsReprDoes) {
  struct Case {
    double value;
    const char* text;
  };
  const Case cases[] = {
      {1e+16, "1e+16"},
      {9999999999999998.0, "9999999999999998.0"},
      {1.2345678901234568e+17, "1.2345678901234568e+17"},
      {1000000000000000.0, "1000000000000000.0"},
      {1e-05, "1e-05"},
      {0.0001, "0.0001"},
      {0.00012345, "0.00012345"},
      {1e+22, "1e+22"},
      {5e-324, "5e-324"},
      {1.7976931348623157e+308, "1.7976931348623157e+308"},
      {-0.0, "-0.0"},
      {0.0, "0.0"},
      {123456789.125, "123456789.125"},
      {100.0, "100.0"},
      {-1.5e-07, "-1.5e-07"},
      {0.30000000000000004, "0.30000000000000004"},
      {0.3333333333333333, "0.3333333333333333"},
  };
  for (const auto& [value, text] : cases) {
    EXPECT_EQ(python_json(doc::Value(value)), text);
    EXPECT_EQ(python_text(doc::Value(value)), text);
  }
  constexpr double kInfinity = std::numeric_limits<double>::infinity();
  EXPECT_EQ(python_text(doc::Value(-kInfinity)), "-inf");
  EXPECT_EQ(python_json(doc::Value(-kInfinity)), "null");
}

TEST(PythonText, TextsAreEscapedAsPythonDoes) {
  struct Case {
    std::string value;
    const char* json;
    const char* repr;
  };
  using namespace std::string_literals;
  const Case cases[] = {
      {"it's"s, "\"it's\"", "[\"it's\"]"},
      {"a\"b"s, "\"a\\\"b\"", "['a\"b']"},
      {"a\"'b"s, "\"a\\\"'b\"", "['a\"\\'b']"},
      {"back\\slash"s, "\"back\\\\slash\"", "['back\\\\slash']"},
      {"tab\011 nl\012 cr\015"s, "\"tab\\t nl\\n cr\\r\"", "['tab\\t nl\\n cr\\r']"},
      {"\000\037\177\302\205"s, "\"\\u0000\\u001f\\u007f\\u0085\"", "['\\x00\\x1f\\x7f\\x85']"},
      {"\010\014/"s, "\"\\b\\f/\"", "['\\x08\\x0c/']"},
      {"\303\251\302\255\342\200\213\342\200\250\357\273\277"s, "\"\\u00e9\\u00ad\\u200b\\u2028\\ufeff\"",
       "['\303\251\\xad\\u200b\\u2028\\ufeff']"},
      {"\360\237\246\210\363\240\200\201\363\240\204\200"s, "\"\\ud83e\\udd88\\udb40\\udc01\\udb40\\udd00\"",
       "['\360\237\246\210\\U000e0001\363\240\204\200']"},
      {"\xED\xA0\x80"s, "\"\\ud800\"", "['\\ud800']"},
  };
  for (const auto& [value, json, repr] : cases) {
    EXPECT_EQ(python_json(doc::Value(value)), json);
    EXPECT_EQ(python_text(doc::Value::sequence({doc::Value(value)})), repr);
    EXPECT_EQ(python_text(doc::Value(value)), value);
  }
  // Bytes that are no text at all do no harm.
  EXPECT_EQ(python_json(doc::Value("a\xFF\xC3")), "\"a\\ufffd\\ufffd\"");
}

TEST(PythonText, CollectionsAreWrittenAsPythonDoes) {
  doc::Value value = doc::Value::mapping();
  value.set("a", doc::Value::sequence({doc::Value(), true, 5, "x"})).set("b", doc::Value::mapping());
  EXPECT_EQ(python_json(value), R"({"a": [null, true, 5, "x"], "b": {}})");
  EXPECT_EQ(python_text(value), R"({'a': [None, True, 5, 'x'], 'b': {}})");
  EXPECT_EQ(python_text(doc::Value::of_kind(doc::Kind::kInteger, "100000000000000000000")), "100000000000000000000");
}

}  // namespace
}  // namespace zooport::czann
