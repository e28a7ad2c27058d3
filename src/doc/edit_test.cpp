#include "zooport/doc/edit.hpp"

#include <gtest/gtest.h>

#include <cctype>
#include <cmath>
#include <filesystem>
#include <fstream>
#include <functional>
#include <iterator>
#include <map>
#include <random>

#include "tests/support/shared.hpp"
#include "zooport/doc/json.hpp"
#include "zooport/doc/position.hpp"
#include "zooport/doc/yaml.hpp"

namespace zooport::doc {
namespace {

Path path_of(std::initializer_list<std::string_view> keys) {
  Path path;
  for (const std::string_view key : keys) {
    const bool is_index = key.find_first_not_of("0123456789") == std::string_view::npos;
    path.push_back(is_index ? Step::at(static_cast<std::size_t>(key[0] - '0')) : Step::key(key));
  }
  return path;
}

Result<Document> read(const std::string& text, Syntax syntax) {
  return syntax == Syntax::kJson ? read_json(text) : read_yaml(text);
}

// The text after one edit, or the error's id.
template <class Change>
std::string edited(const std::string& text, Syntax syntax, Change&& change) {
  const auto document = read(text, syntax);
  if (!document.ok()) return document.error().what.message;
  Editor editor(*document, syntax);
  const Result<void> result = change(editor);
  const auto after = editor.text();
  if (!after.ok()) return after.error().what.id;
  if (result.ok()) return *after;
  EXPECT_EQ(*after, text) << "a failed edit changed the text";
  return result.error().what.id;
}
std::string set(const std::string& text, const Path& path, std::string_view key, const Value& value,
                Syntax syntax = Syntax::kYaml) {
  return edited(text, syntax, [&](Editor& editor) { return editor.set(path, key, value); });
}
std::string replace(const std::string& text, const Path& path, const Value& value, Syntax syntax = Syntax::kYaml) {
  return edited(text, syntax, [&](Editor& editor) { return editor.replace(path, value); });
}
std::string removed(const std::string& text, const Path& path, Syntax syntax = Syntax::kYaml) {
  return edited(text, syntax, [&](Editor& editor) { return editor.remove(path); });
}
std::string renamed(const std::string& text, const Path& path, std::string_view key, Syntax syntax = Syntax::kYaml) {
  return edited(text, syntax, [&](Editor& editor) { return editor.rename_key(path, key); });
}

TEST(ApplyEdits, WantsOrderAndNoOverlap) {
  const auto text = apply_edits("abcdef", {{{0, 1}, "X"}, {{1, 1}, "1"}, {{1, 1}, "2"}, {{4, 6}, ""}});
  ASSERT_TRUE(text.ok());
  EXPECT_EQ(*text, "X12bcd");
  const std::vector<std::vector<Edit>> wrong{
      {{{0, 2}, ""}, {{1, 3}, ""}}, {{{3, 4}, ""}, {{0, 1}, ""}}, {{{5, 7}, ""}}, {{{2, 1}, ""}}};
  for (const auto& edits : wrong) {
    const auto refused = apply_edits("abcdef", edits);
    ASSERT_FALSE(refused.ok());
    EXPECT_EQ(refused.error().what.id, "doc.edits-overlap");
  }
}

TEST(Editor, ReplacesInEveryLayout) {
  const Value list = Value::sequence({1, Value::mapping().set("x", "z")});
  EXPECT_EQ(replace("a: 1  # c\nb: 2\n", path_of({"a"}), "x: y"), "a: 'x: y'  # c\nb: 2\n");
  EXPECT_EQ(replace("a: 1  # c\nb: 2\n", path_of({"a"}), list), "a:  # c\n  - 1\n  - x: z\nb: 2\n");
  EXPECT_EQ(replace("a:\nb: 2\n", path_of({"a"}), 5), "a: 5\nb: 2\n");
  EXPECT_EQ(replace("a: # c\n  # d\n  x: 1\n\n# e\nb: 2\n", path_of({"a"}), 5), "a: 5 # c\n  # d\n\n# e\nb: 2\n");
  EXPECT_EQ(replace("a:\n- 1\n- 2 # c\nb: 2\n", path_of({"a"}), list), "a:\n- 1\n- x: z # c\nb: 2\n");
  EXPECT_EQ(replace("a: |\n  x\n  y\n\n\nb: 2\n", path_of({"a"}), "z"), "a: z\n\n\nb: 2\n");
  EXPECT_EQ(replace("a: [1, 2] # c\n", path_of({"a"}), list), "a: [1, {x: z}] # c\n");
  EXPECT_EQ(replace("a: [1, 2] # c\n", path_of({"a", "1"}), "p, q"), "a: [1, 'p, q'] # c\n");
  EXPECT_EQ(replace("- 1\n-\n- 3\n", path_of({"1"}), list), "- 1\n- - 1\n  - x: z\n- 3\n");
  EXPECT_EQ(replace("# c\na: 1\n", {}, list), "# c\n- 1\n- x: z\n");
  EXPECT_EQ(replace("a: 1\r\nb: 2\r\n", path_of({"a"}), list), "a:\r\n  - 1\r\n  - x: z\r\nb: 2\r\n");
  EXPECT_EQ(replace("{\"a\": 1, \"b\": [2]}", path_of({"b", "0"}), list, Syntax::kJson),
            "{\"a\": 1, \"b\": [[1,{\"x\":\"z\"}]]}");
  EXPECT_EQ(replace("{\n\t\"a\": 1\n}", path_of({"a"}), Value::sequence({1}), Syntax::kJson),
            "{\n\t\"a\": [\n\t  1\n\t]\n}");
}

TEST(Editor, AppendsInTheMappingsOwnStyle) {
  EXPECT_EQ(set("a: 1 # c\n\n# end\n", {}, "b", "x"), "a: 1 # c\nb: x\n\n# end\n");
  EXPECT_EQ(set("a: 1", {}, "b", 2), "a: 1\nb: 2");
  EXPECT_EQ(set("a:\n    b: 1\n    c:\n    - 1\nd: 2\n", path_of({"a"}), "e", Value::sequence({1})),
            "a:\n    b: 1\n    c:\n    - 1\n    e:\n    - 1\nd: 2\n");
  EXPECT_EQ(set("- a: |+\n    x\n\n- 2\n", path_of({"0"}), "b", 1), "- a: |+\n    x\n\n  b: 1\n- 2\n");
  EXPECT_EQ(set("a: {x: 1}\n", path_of({"a"}), "w", 2), "a: {x: 1, w: 2}\n");
  EXPECT_EQ(set("a: {}\n", path_of({"a"}), "w", 2), "a: {w: 2}\n");
  EXPECT_EQ(set("a: {\n  x: 1 # c\n}\n", path_of({"a"}), "w", 2), "a: {\n  x: 1, # c\n  w: 2\n}\n");
  EXPECT_EQ(set("a: 1\n", {}, "a", 2), "a: 2\n");
  EXPECT_EQ(set("d: &d {x: 1}\ne:\n  <<: *d\n  y: 2\n", path_of({"e"}), "x", 3),
            "d: &d {x: 1}\ne:\n  <<: *d\n  y: 2\n  x: 3\n");
  EXPECT_EQ(set("{\"a\":1}", {}, "b", 2, Syntax::kJson), "{\"a\":1, \"b\":2}");
  EXPECT_EQ(set("{\n  \"a\": 1\n}\n", {}, "b", Value::sequence({2}), Syntax::kJson),
            "{\n  \"a\": 1,\n  \"b\": [\n    2\n  ]\n}\n");
}

TEST(Editor, RemovesLinesAndItems) {
  EXPECT_EQ(removed("# c\na: 1 # d\n# e\nb: 2\n", path_of({"a"})), "# c\n# e\nb: 2\n");
  EXPECT_EQ(removed("a: 1\nb: 2", path_of({"b"})), "a: 1");
  EXPECT_EQ(removed("a:\n  b: 1\nc: 2\n", path_of({"a", "b"})), "a: {}\nc: 2\n");
  EXPECT_EQ(removed("- a: 1\n  b: 2\n- 3\n", path_of({"0", "a"})), "- b: 2\n- 3\n");
  EXPECT_EQ(removed("- a: 1\n  # about b\n  b: 2\n", path_of({"0", "a"})), "- \n  # about b\n  b: 2\n");
  EXPECT_EQ(removed("a: [1, 2, 3]\n", path_of({"a", "0"})), "a: [2, 3]\n");
  EXPECT_EQ(removed("a: [1, 2, 3]\n", path_of({"a", "2"})), "a: [1, 2]\n");
  EXPECT_EQ(removed("a: [1]\n", path_of({"a", "0"})), "a: []\n");
  EXPECT_EQ(removed("a: [\n  1, # one\n  2 # two\n]\n", path_of({"a", "1"})), "a: [\n  1 # one\n]\n");
  EXPECT_EQ(removed("{\n  \"a\": 1,\n  \"b\": 2\n}", path_of({"b"}), Syntax::kJson), "{\n  \"a\": 1\n}");
  EXPECT_EQ(removed("{\n  \"a\": 1\n}", path_of({"a"}), Syntax::kJson), "{}");
}

TEST(Editor, RenamesKeys) {
  EXPECT_EQ(renamed("a : 1 # a\n", path_of({"a"}), "x y"), "x y : 1 # a\n");
  EXPECT_EQ(renamed("{a: 1}", path_of({"a"}), "3"), "{'3': 1}");
  EXPECT_EQ(renamed("{\"a\": 1}", path_of({"a"}), "\"", Syntax::kJson), "{\"\\\"\": 1}");
  EXPECT_EQ(renamed("a: 1\nb: 2\n", path_of({"a"}), "b"), "doc.edit-key-exists");
}

TEST(Editor, RefusesWhatWouldChangeOtherPlaces) {
  const std::string text = "d: &d {x: 1}\ne: *d\nf:\n  <<: *d\n  y: 2\n";
  EXPECT_EQ(replace(text, path_of({"e", "x"}), 2), "doc.edit-alias");
  EXPECT_EQ(set(text, path_of({"e"}), "z", 2), "doc.edit-alias");
  EXPECT_EQ(removed(text, path_of({"f", "x"})), "doc.edit-alias");
  EXPECT_EQ(replace(text, path_of({"d", "x"}), 2), "doc.edit-failed");  // *d would change
  EXPECT_EQ(removed(text, path_of({"d"})), "doc.edit-failed");          // *d would lose its anchor
  EXPECT_EQ(replace(text, path_of({"e"}), 2), "d: &d {x: 1}\ne: 2\nf:\n  <<: *d\n  y: 2\n");
  EXPECT_EQ(replace(text, path_of({"g"}), 2), "doc.edit-path");
  EXPECT_EQ(set(text, path_of({"f", "y"}), "a", 2), "doc.edit-path");
  EXPECT_EQ(removed(text, {}), "doc.edit-path");
  EXPECT_EQ(replace("{\"a\": 1}", path_of({"a"}), HUGE_VAL, Syntax::kJson), "doc.unwritable");
  EXPECT_EQ(replace("a: 1\n", path_of({"a"}), "\xff"), "doc.unwritable");
}

struct Spot {
  Path path;
  const Node* node;
  const Node* parent;
  std::size_t index;
  bool is_in_flow;
};

// Every value that a path of keys and indices leads to and that no alias stands before.
void collect(std::string_view source, const Node& node, const Path& path, bool is_in_flow, std::vector<Spot>& spots) {
  const char first = source[std::min(node.span.begin, source.size() - 1)];
  if (first == '*') return;
  const bool is_flow = is_in_flow || first == '[' || first == '{';
  for (std::size_t i = 0; i < node.children.size(); ++i) {
    const Node& child = node.children[i];
    if (node.kind == Kind::kMapping && (child.key_kind != Kind::kString || child.key_span.begin < node.span.begin))
      continue;
    Path below = path;
    below.push_back(node.kind == Kind::kMapping ? Step::key(child.key) : Step::at(i));
    spots.push_back({below, &child, &node, i, is_flow});
    collect(source, child, below, is_flow, spots);
  }
}

Value random_value(std::mt19937& random) {
  switch (random() % 8) {
    case 0: return {};
    case 1: return Value(static_cast<int>(random() % 100));
    case 2: return Value(0.5);
    case 3: return Value("two\nlines: # no comment");
    case 4: return Value::sequence({"a", Value::mapping().set("k", 1).set("l", Value::sequence({true, "no"}))});
    case 5: return Value::mapping().set("key", "value, [1]").set("other", Value::mapping().set("deep", Value()));
    case 6: return Value::sequence();
    default: return Value("plain text");
  }
}

struct Tally {
  std::map<std::string, std::size_t> results;
};

// One random edit; checks the tree and that no line outside of the place has changed. Returns the text after it.
std::string random_edit(const std::string& text, Syntax syntax, std::mt19937& random, Tally& tally) {
  const auto document = read(text, syntax);
  if (!document.ok() || document->root().children.empty()) return text;
  std::vector<Spot> spots;
  collect(text, document->root(), {}, false, spots);
  if (spots.empty()) return text;
  const Spot& spot = spots[random() % spots.size()];
  const Node& node = *spot.node;
  const Value value = random_value(random);
  const LineIndex lines(text);
  const auto line = [&](std::size_t at) { return lines.position(at).line; };
  const auto end_line = [&](const Node& of) {
    std::size_t end = of.span.end;
    while (end > of.span.begin && std::isspace(static_cast<unsigned char>(text[end - 1]))) --end;
    return line(end);
  };
  const auto begin_line = [&](const Node& of, const Node& parent) {
    return line(parent.kind == Kind::kMapping ? of.key_span.begin : of.span.begin);
  };
  std::size_t first = begin_line(node, *spot.parent);
  std::size_t last = std::max(end_line(node), first);
  Editor editor(*document, syntax);
  Value wanted = Value::from(document->root());
  Value* parent = &wanted;
  for (std::size_t i = 0; i + 1 < spot.path.size(); ++i)
    parent =
        spot.path[i].kind == Step::Kind::kKey ? parent->find(spot.path[i].name) : &parent->children[spot.path[i].index];
  Value& target = parent->children[spot.index];
  Result<void> result;
  const unsigned kind = random() % 4;
  if (kind == 0 && target.kind == Kind::kMapping && !target.children.empty()) {
    const std::string key = "added key " + std::to_string(tally.results["ok"]);
    result = editor.set(spot.path, key, value);
    target.set(key, value);
    const std::size_t child_end = end_line(node.children.back());
    if (text[node.span.begin] != '{') first = child_end + 1, last = child_end;
  } else if (kind == 1) {
    result = editor.remove(spot.path);
    parent->children.erase(parent->children.begin() + static_cast<std::ptrdiff_t>(spot.index));
    const std::size_t siblings = spot.parent->children.size();
    if (siblings == 1) {
      first = line(spot.parent->span.begin) - (spot.is_in_flow ? 0 : 1);
      for (const Spot& other : spots)
        if (other.node == spot.parent) first = std::min(first, begin_line(*spot.parent, *other.parent));
      last = std::max(last, end_line(*spot.parent));
    } else if (spot.is_in_flow && spot.index > 0) {
      first = end_line(spot.parent->children[spot.index - 1]);
    } else if (spot.index + 1 < siblings && spot.index == 0) {
      last = std::max(last, begin_line(spot.parent->children[1], *spot.parent));
    }
    if (lines.lines() == last || lines.start_of(last + 1) >= text.size()) --first;
  } else if (kind == 2 && parent->kind == Kind::kMapping) {
    result = editor.rename_key(spot.path, "renamed: key");
    target.key = "renamed: key";
    last = first;
  } else {
    result = editor.replace(spot.path, value);
    Value copy = value;
    copy.key = target.key;
    copy.key_kind = target.key_kind;
    target = copy;
  }
  const auto after = editor.text();
  EXPECT_TRUE(after.ok());
  if (!after.ok()) return text;
  ++tally.results[result.ok() ? "ok" : result.error().what.id];
  if (!result.ok()) {
    EXPECT_EQ(*after, text);
    EXPECT_TRUE(result.error().what.id == "doc.edit-key-exists") << result.error().what.message << kind << "\n" << text;
    return text;
  }
  const auto read_back = read(*after, syntax);
  EXPECT_TRUE(read_back.ok());
  if (read_back.ok()) {
    EXPECT_EQ(Value::from(read_back->root()), wanted);
  }
  const std::string before =
      first <= 1 ? "" : text.substr(0, first > lines.lines() ? text.size() : lines.start_of(first));
  const std::string behind = last + 1 > lines.lines() ? "" : text.substr(lines.start_of(last + 1));
  EXPECT_TRUE(after->starts_with(before) && after->ends_with(behind))
      << "kind " << kind << " at " << to_text(spot.path) << ", lines " << first << " to " << last << "\n"
      << text << "\n-----\n"
      << *after;
  return *after;
}

std::string slurp(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

std::string summary(const Tally& tally) {
  std::string text;
  for (const auto& [id, count] : tally.results) text += " " + id + " " + std::to_string(count);
  return text;
}

TEST(Editor, RandomEditsOfTheExampleKeepItsOtherLines) {
  const std::string text = slurp(ZOOPORT_SOURCE_DIR "/examples/nuclei/rdf.yaml");
  ASSERT_FALSE(text.empty());
  Tally tally;
  for (unsigned seed = 0; seed < 200 && !HasFailure(); ++seed) {
    std::mt19937 random(seed);
    std::string now = text;
    for (int i = 0; i < 5 && !HasFailure(); ++i) now = random_edit(now, Syntax::kYaml, random, tally);
  }
  std::cout << "edits:" << summary(tally) << "\n";
  EXPECT_GT(tally.results["ok"], 900u);
}

TEST(Editor, RandomEditsOfDescriptionsKeepTheirOtherLines) {
  ZOOPORT_NEEDS_SHARED();
  Tally yaml;
  Tally json;
  std::size_t files = 0;
  for (const auto& entry : std::filesystem::directory_iterator(testing::shared_folder() + "/data/rdf")) {
    if (entry.path().extension() != ".yaml" || HasFailure()) continue;
    const std::string text = slurp(entry.path());
    const auto document = read_yaml(text);
    if (!document.ok()) continue;
    ++files;
    for (const auto layout : {JsonWriter::Layout::kIndented, JsonWriter::Layout::kCompact}) {
      JsonWriter out(layout);
      out.node(document->root());
      std::mt19937 random(static_cast<unsigned>(files));
      std::string now = out.text();
      for (int i = 0; i < 3 && !HasFailure(); ++i) now = random_edit(now, Syntax::kJson, random, json);
    }
    std::mt19937 random(static_cast<unsigned>(files));
    std::string now = text;
    for (int i = 0; i < 8 && !HasFailure(); ++i) now = random_edit(now, Syntax::kYaml, random, yaml);
  }
  std::cout << files << " descriptions; YAML:" << summary(yaml) << "; JSON:" << summary(json) << "\n";
  EXPECT_GT(yaml.results["ok"], 1000u);
  EXPECT_GT(json.results["ok"], 1000u);
}

// Layouts that no description has: an edit may be refused, but by name, and never breaks the text.
TEST(Editor, StrangeTextsAreEditedOrRefused) {
  ZOOPORT_NEEDS_SHARED();
  std::ifstream file(testing::shared_folder() + "/data/verdicts/vectors_yaml.jsonl");
  std::mt19937 random(1);
  Tally tally;
  for (std::string line; std::getline(file, line);) {
    const auto record = read_json(line);
    ASSERT_TRUE(record.ok());
    const Node* given = record->root().find("text");
    if (!given) continue;
    const std::string text(given->text);
    const auto document = read_yaml(text);
    if (!document.ok() || text.empty() || text.size() > 1000) continue;
    std::vector<Spot> spots;
    collect(text, document->root(), {}, false, spots);
    if (spots.size() > 8) spots.resize(8);
    spots.push_back({{}, &document->root(), nullptr, 0, false});
    for (const Spot& spot : spots) {
      const Value value = random_value(random);
      const std::vector<std::function<Result<void>(Editor&)>> changes{
          [&](Editor& editor) { return editor.replace(spot.path, value); },
          [&](Editor& editor) { return editor.set(spot.path, "new key", value); },
          [&](Editor& editor) { return editor.remove(spot.path); },
          [&](Editor& editor) { return editor.rename_key(spot.path, "new key"); }};
      for (const auto& change : changes) {
        Editor editor(*document, Syntax::kYaml);
        const Result<void> result = change(editor);
        ++tally.results[result.ok() ? "ok" : result.error().what.id];
        const auto after = editor.text();
        ASSERT_TRUE(after.ok());
        ASSERT_TRUE(read_yaml(*after).ok());
        if (!result.ok()) {
          ASSERT_EQ(*after, text);
        }
      }
    }
  }
  std::cout << "edits:" << summary(tally) << "\n";
  EXPECT_GT(tally.results["ok"], 500u);
  EXPECT_LT(tally.results["doc.edit-failed"] * 5, tally.results["ok"]);
}

}  // namespace
}  // namespace zooport::doc
