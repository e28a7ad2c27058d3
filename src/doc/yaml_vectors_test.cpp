#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <fstream>
#include <map>

#include "tests/support/shared.hpp"
#include "zooport/base/text.hpp"
#include "zooport/doc/json.hpp"
#include "zooport/doc/yaml.hpp"

namespace zooport::doc {
namespace {

std::string two(int value) { return (value < 10 ? "0" : "") + std::to_string(value); }

// Days since 0000-03-01 and back, for moving a time to UTC (the record is in UTC).
std::string iso_utc(const Timestamp& at) {
  const auto days_from_civil = [](int y, int m, int d) {
    y -= m <= 2;
    const int era = (y >= 0 ? y : y - 399) / 400;
    const int yoe = y - era * 400;
    const int doy = (153 * (m + (m > 2 ? -3 : 9)) + 2) / 5 + d - 1;
    return static_cast<std::int64_t>(era) * 146097 + yoe * 365 + yoe / 4 - yoe / 100 + doy;
  };
  std::int64_t minutes =
      days_from_civil(at.year, at.month, at.day) * 1440 + at.hour * 60 + at.minute - at.offset_minutes.value_or(0);
  std::int64_t days = minutes >= 0 ? minutes / 1440 : -((-minutes + 1439) / 1440);
  minutes -= days * 1440;
  const std::int64_t z = days;  // since 0000-03-01
  const std::int64_t era = z / 146097;
  const std::int64_t doe = z % 146097;
  const std::int64_t yoe = (doe - doe / 1460 + doe / 36524 - doe / 146096) / 365;
  const std::int64_t doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
  const std::int64_t mp = (5 * doy + 2) / 153;
  const auto day = static_cast<int>(doy - (153 * mp + 2) / 5 + 1);
  const auto month = static_cast<int>(mp < 10 ? mp + 3 : mp - 9);
  const auto year = static_cast<int>(yoe + era * 400 + (month <= 2 ? 1 : 0));
  std::string text = concat(year, '-', two(month), '-', two(day), 'T', two(static_cast<int>(minutes / 60)), ':',
                            two(static_cast<int>(minutes % 60)), ':', two(at.second));
  if (at.microsecond > 0) {
    const std::string digits = std::to_string(at.microsecond);
    text += "." + std::string(6 - digits.size(), '0') + digits;
  }
  return text;
}

std::string hex(const std::string& bytes) {
  std::string text;
  for (const char c : bytes) {
    text += "0123456789abcdef"[static_cast<unsigned char>(c) >> 4];
    text += "0123456789abcdef"[static_cast<unsigned char>(c) & 15];
  }
  return text;
}

Node key_of(const Node& child) {
  Node key;
  key.kind = child.key_kind;
  key.text = child.key;
  return key;
}

// "" if `node` is what the record says; else what differs.
std::string difference(const Node& node, const Node& record) {
  const std::string_view type = record.find("t")->text;
  const Node* value = record.find("v");
  const auto differs = [&](std::string_view found) {
    return concat("expected ", type, ' ', value ? value->text : "", ", found ", found, ' ', node.text);
  };
  const auto list = [&](std::span<const Node> items, bool pairs) -> std::string {
    if (items.size() != value->children.size())
      return concat("expected ", value->children.size(), " items, found ", items.size());
    for (std::size_t i = 0; i < items.size(); ++i) {
      const Node& wanted = value->children[i];
      if (pairs) {
        const Node key = key_of(items[i]);
        // A list as a key holds no nodes any more; its text is enough.
        if (key.kind != Kind::kSequence)
          if (std::string why = difference(key, wanted.children[0]); !why.empty()) return "key: " + why;
      }
      if (std::string why = difference(items[i], pairs ? wanted.children[1] : wanted); !why.empty()) return why;
    }
    return {};
  };
  if (type == "null") return node.kind == Kind::kNull ? "" : differs("another kind");
  if (type == "bool") return node.kind == Kind::kBoolean && boolean_of(node) == boolean_of(*value) ? "" : differs("");
  if (type == "int") {
    if (node.kind != Kind::kInteger) return differs("another kind");
    const auto integer = integer_of(node);
    std::string digits = integer ? std::to_string(*integer) : std::string(node.text);
    std::erase(digits, '_');
    std::string expected(value->text);
    if (!integer && (expected.starts_with("0x") || digits.starts_with("0x") || digits.starts_with("0o") ||
                     digits.starts_with("0b")))
      return {};  // beyond 64 bits the text is kept in its own base
    return digits == expected || digits == "+" + expected ? "" : differs("");
  }
  if (type == "float") {
    if (node.kind != Kind::kReal) return differs("another kind");
    const double found = real_of(node);
    Node expected;
    expected.kind = Kind::kReal;
    const std::string named = value->text == "inf" || value->text == "nan" ? "." + std::string(value->text)
                              : value->text == "-inf"                      ? "-.inf"
                                                                           : std::string(value->text);
    expected.text = named;
    const double wanted = real_of(expected);
    return found == wanted || (found != found && wanted != wanted) ? "" : differs(number_text(found));
  }
  if (type == "str") return node.kind == Kind::kString && node.text == value->text ? "" : differs("");
  if (type == "date") return node.kind == Kind::kDate && node.text == value->text ? "" : differs("");
  if (type == "datetime") {
    if (node.kind != Kind::kTime) return differs("another kind");
    const std::string found = iso_utc(*timestamp_of(node));
    return found == value->text ? "" : differs(found);
  }
  if (type == "bytes") return node.kind == Kind::kBytes && hex(bytes_of(node)) == value->text ? "" : differs("");
  if (type == "list" || type == "tuple") return node.kind == Kind::kSequence ? list(node.children, false) : differs("");
  if (type == "set") return node.kind == Kind::kSet ? list(node.children, false) : differs("");
  if (type == "map" || type == "omap") return node.kind == Kind::kMapping ? list(node.children, true) : differs("");
  return concat("unknown type ", type);
}

// docs/differences.md, "Reading YAML": records of which the reference's answer is not wanted, by the rule's name there.
struct Difference {
  std::string_view rule;
  std::string_view name;
};
constexpr std::array<Difference, 14> kDifferences{{
    {"surrogate escapes", R"(scalar '"\\ud83e\\udd88"')"},
    {"surrogate escapes", R"(scalar '"\\ud83e"')"},
    {"surrogate escapes", "json surrogates"},
    {"empty keys", "scalar '{: a}'"},
    {"empty keys", "empty key"},
    {"other line breaks", R"(scalar 'a\u2028b')"},
    {"other line breaks", "nel"},
    {"other line breaks", "line separator"},
    {"unknown directives", "unknown directive"},
    {"recursive aliases", "alias recursive"},
    {"recursive aliases", "alias recursive list"},
    {"anchor names", "anchor unicode"},
    {"byte-order marks", "bom second line"},
    {"byte-order marks", "bom twice"},
}};

TEST(YamlVectors, ReadsAsTheReferenceDoes) {
  ZOOPORT_NEEDS_SHARED();
  std::ifstream file(testing::shared_folder() + "/data/verdicts/vectors_yaml.jsonl");
  std::size_t records = 0, equal = 0, listed = 0;
  for (std::string line; std::getline(file, line);) {
    const auto record = read_json(line);
    ASSERT_TRUE(record.ok()) << record.error().what.message;
    const Node& root = record->root();
    if (root.find("kind")->text != "load") continue;
    ++records;
    std::string text;
    if (const Node* given = root.find("text")) {
      text = given->text;
    } else {
      const std::string_view digits = root.find("bytes")->text;
      for (std::size_t i = 0; i < digits.size(); i += 2)
        text += static_cast<char>(std::stoi(std::string(digits.substr(i, 2)), nullptr, 16));
    }
    const std::string name(root.find("name")->text);
    const auto document = read_yaml(text);
    std::string why;
    if (root.find("error")) {
      if (document.ok()) why = "read what the reference refuses: " + std::string(root.find("error")->find("msg")->text);
    } else if (!document.ok()) {
      why = "refused: " + document.error().what.id + " " + document.error().what.message;
    } else {
      why = difference(document->root(), *root.find("value"));
    }
    const bool is_listed =
        std::any_of(kDifferences.begin(), kDifferences.end(), [&](const Difference& d) { return d.name == name; });
    if (why.empty()) ++equal;
    if (is_listed) ++listed;
    EXPECT_EQ(why.empty(), !is_listed) << name << ": " << why << "\n" << printable(text, 300);
  }
  std::cout << "vectors_yaml.jsonl, load: " << records << " records, " << equal << " equal, " << listed << " listed\n";
  EXPECT_EQ(records, 427u);
}

}  // namespace
}  // namespace zooport::doc
