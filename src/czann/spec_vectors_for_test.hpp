#pragma once

#include <gtest/gtest.h>

#include <deque>
#include <fstream>
#include <optional>
#include <string>
#include <vector>

#include "tests/support/shared.hpp"
#include "zooport/base/diagnostics.hpp"
#include "zooport/base/text.hpp"
#include "zooport/doc/json.hpp"

namespace zooport::czann::testing {

// The recorded calls of the real package.
struct Vector {
  std::string id;
  std::optional<std::string> text;  // none: a file that is not there
  bool is_accepted = false;
  const doc::Node* value = nullptr;
};

class SpecVectors : public ::testing::Test {
 protected:
  // Of the oldest release that has the call.
  std::vector<Vector> read(const std::string& api) {
    std::ifstream file(::zooport::testing::shared_folder() + "/data/czmodel/api_vectors.jsonl");
    std::vector<Vector> vectors;
    for (std::string line; std::getline(file, line);) {
      if (line.find(concat("\"", api, '/')) == std::string::npos) continue;
      auto document = doc::read_json(line);
      if (!document) {
        ADD_FAILURE() << document.error().what.message;
        continue;
      }
      documents_.push_back(std::move(*document));
      const doc::Node& root = documents_.back().root();
      if (root.find("api")->text != api) continue;
      Vector vector;
      vector.id = root.find("id")->text;
      if (const doc::Node* text = root.find("input")->find("text")) vector.text = std::string(text->text);
      const doc::Node& result = root.find("results")->children[0];
      vector.is_accepted = doc::boolean_of(*result.find("ok"));
      vector.value = result.find("value");
      vectors.push_back(std::move(vector));
    }
    return vectors;
  }

  static bool equal(const doc::Node& a, const doc::Node& b) {
    if (a.kind != b.kind || a.key != b.key || a.text != b.text || a.children.size() != b.children.size()) return false;
    for (std::size_t i = 0; i < a.children.size(); ++i)
      if (!equal(a.children[i], b.children[i])) return false;
    return true;
  }

  // A text, or null for none.
  static void expect_text(const std::string& id, const doc::Node& expected, const std::string& found,
                          const Diagnostics& findings) {
    if (expected.kind == doc::Kind::kString) {
      EXPECT_EQ(found, expected.text) << id;
    } else if (expected.kind == doc::Kind::kNull && !findings.has_errors()) {
      EXPECT_EQ(found, "") << id;
    } else {
      // Values that no path can be are findings, and nothing comes of them.
      EXPECT_TRUE(findings.has_errors()) << id;
      EXPECT_EQ(found, "") << id;
    }
  }

  std::deque<doc::Document> documents_;
};

}  // namespace zooport::czann::testing
