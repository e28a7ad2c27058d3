#pragma once

#include <gtest/gtest.h>

#include <cmath>
#include <fstream>
#include <functional>
#include <iostream>
#include <map>
#include <string>
#include <vector>

#include "tests/support/shared.hpp"
#include "zooport/base/text.hpp"
#include "zooport/czann/czmodel.hpp"
#include "zooport/doc/json.hpp"

namespace zooport::czann {

// A line of api_vectors.jsonl: a call of the real package, and what each release made of it.
struct Vector {
  std::string name;
  doc::Document line;
  const doc::Node& input() const { return *line.root().find("input"); }
  std::string_view text(std::string_view key) const {
    const doc::Node* node = input().find(key);
    return node ? node->text : std::string_view();
  }
};

inline std::vector<Vector> vectors_of(std::string_view api) {
  std::vector<Vector> vectors;
  std::ifstream file(testing::shared_folder() + "/data/czmodel/api_vectors.jsonl");
  for (std::string line; std::getline(file, line);) {
    if (line.find(concat("\"api\": \"", api, '"')) == std::string::npos) continue;
    auto document = doc::read_json(std::move(line), {}, doc::JsonDialect::kPython);
    EXPECT_TRUE(document.ok());
    std::string name(document->root().find("id")->text.substr(api.size() + 1));
    vectors.push_back({std::move(name), std::move(*document)});
  }
  return vectors;
}

inline Release release_of(std::string_view version) {
  return version < "4.1" ? Release::k3_0 : version < "6.2" ? Release::k4_1 : Release::k6_2;
}

// "" if both have refused, or accepted with the same outcome; else what differs.
using Compare = std::function<std::string(const Vector& vector, const doc::Node& result, Release release)>;
// Vector -> the rule of docs/differences.md that it differs by.
using Differences = std::map<std::string, std::string>;

// Every vector agrees in every release, but for those that are listed, which differ in one at least. Prints the
// figures, and how many agree with the oldest release that has the call and (where `field` is in the input) the field.
inline void expect_agreement(std::string_view api, std::size_t count, const Differences& differences,
                             const Compare& compare, std::string_view late_field = "\"Scaling\"") {
  const std::vector<Vector> vectors = vectors_of(api);
  ASSERT_EQ(vectors.size(), count) << api;
  std::ifstream page(ZOOPORT_SOURCE_DIR "/docs/differences.md");
  const std::string rules(std::istreambuf_iterator<char>(page), {});
  std::size_t agreeing = 0;
  std::size_t agreeing_with_oldest = 0;
  std::size_t listed = 0;
  for (const Vector& vector : vectors) {
    std::string difference;
    std::string of_oldest;
    bool has_oldest = false;
    const std::string_view source = vector.line.source();
    const bool is_late = source.substr(0, source.find("\"results\"")).find(late_field) != std::string_view::npos ||
                         vector.text("text").find(late_field) != std::string_view::npos;
    for (const doc::Node& result : vector.line.root().find("results")->children) {
      const Release release = release_of(result.find("versions")->children[0].text);
      const std::string found = compare(vector, result, release);
      if (!found.empty() && difference.empty()) difference = found;
      if (!has_oldest && (!is_late || release != Release::k3_0)) of_oldest = found, has_oldest = true;
    }
    const auto rule = differences.find(vector.name);
    agreeing += difference.empty();
    agreeing_with_oldest += of_oldest.empty();
    if (rule == differences.end()) {
      EXPECT_EQ(difference, "") << api << '/' << vector.name << ": " << printable(source, 300);
      continue;
    }
    ++listed;
    EXPECT_NE(difference, "") << api << '/' << vector.name << " agrees; take it off the list";
    EXPECT_NE(rules.find(concat("| ", rule->second, " |")), std::string::npos) << rule->second;
  }
  EXPECT_EQ(listed, differences.size());
  std::cout << api << ": " << agreeing_with_oldest << " of " << vectors.size() << " agree with the oldest release, "
            << agreeing << " with every one, " << listed << " differ on purpose\n";
}

// The values of a record, in which NaN and infinities are texts.
inline doc::Value as_recorded(const doc::Value& value) {
  if (value.kind == doc::Kind::kReal && !std::isfinite(value.real)) {
    doc::Value text(python_text(value));
    text.key = value.key;
    return text;
  }
  doc::Value copy = value;
  for (doc::Value& child : copy.children) child = as_recorded(child);
  return copy;
}

}  // namespace zooport::czann
