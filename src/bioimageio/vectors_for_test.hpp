#pragma once

#include <deque>
#include <fstream>
#include <iterator>
#include <set>
#include <string>
#include <vector>

#include "zooport/base/text.hpp"
#include "zooport/bioimageio/description.hpp"
#include "zooport/doc/json.hpp"
#include "zooport/doc/json_writer.hpp"
#include "zooport/doc/yaml.hpp"

// Reads what the reference library is recorded to say (../shared/data/verdicts).
namespace zooport::bioimageio::testing {

using doc::Kind;
using doc::Node;

inline std::string content_of(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

// A recorded document as YAML text: JSON with {"$float": "inf"} written as .inf.
inline void write_yaml(const Node& node, std::string& out) {
  if (node.kind == Kind::kMapping) {
    if (const Node* number = node.find("$float"); number && node.children.size() == 1) {
      out += number->text == "nan" ? ".nan" : number->text == "inf" ? ".inf" : "-.inf";
      return;
    }
    out += '{';
    for (const Node& child : node.children) {
      if (&child != node.children.data()) out += ", ";
      doc::JsonWriter key;
      key.string(child.key);
      out += key.text() + ": ";
      write_yaml(child, out);
    }
    out += '}';
  } else if (node.kind == Kind::kSequence) {
    out += '[';
    for (const Node& child : node.children) {
      if (&child != node.children.data()) out += ", ";
      write_yaml(child, out);
    }
    out += ']';
  } else {
    doc::JsonWriter value;
    value.node(node);
    out += value.text();
  }
}

// Applies recorded edits to a document by copying only the nodes on the way.
class Editor {
 public:
  Node with(Node node, std::span<const Node> path, const Node* value) {
    if (path.empty()) return keyed(*value, node.key);
    std::vector<Node> children(node.children.begin(), node.children.end());
    std::size_t i = 0;
    while (i < children.size() &&
           (node.kind == Kind::kMapping ? children[i].key != path[0].text : std::to_string(i) != path[0].text))
      ++i;
    if (i == children.size())
      children.push_back(keyed(*value, path[0].text));
    else if (path.size() == 1 && !value)
      children.erase(children.begin() + static_cast<std::ptrdiff_t>(i));
    else
      children[i] = with(children[i], path.subspan(1), value);
    return arena_.with_children(node, std::move(children));
  }
  Node edited(Node document, const Node& edits) {
    for (const Node& edit : edits.children) document = with(document, edit.find("path")->children, edit.find("value"));
    return document;
  }

 private:
  static Node keyed(Node node, std::string_view key) { return node.key = key, node; }
  schema::Arena arena_;
};

// Equal but for the order of keys. The kind of a number is part of the value.
inline bool is_same(const Node& a, const Node& b) {
  const auto float_of = [](const Node& n) -> std::string_view {
    const Node* f = n.kind == Kind::kMapping && n.children.size() == 1 ? n.find("$float") : nullptr;
    return !f ? "" : f->text == "nan" ? "NaN" : f->text == "inf" ? "Infinity" : "-Infinity";
  };
  if (b.kind == Kind::kString && !float_of(a).empty()) return b.text == float_of(a);
  if (a.kind != b.kind || a.children.size() != b.children.size()) return false;
  if (a.kind == Kind::kReal) return doc::real_of(a) == doc::real_of(b);
  if (!a.is_collection()) return a.text == b.text;
  for (const Node& item : a.children) {
    const Node* other =
        a.kind == Kind::kMapping ? b.find(item.key) : &b.children[static_cast<std::size_t>(&item - a.children.data())];
    if (!other || !is_same(item, *other)) return false;
  }
  return true;
}

inline std::string loc_text(const Path& path) {
  doc::JsonWriter out;
  out.open('[');
  for (const Step& step : path)
    step.kind == Step::Kind::kIndex ? out.integer(static_cast<std::int64_t>(step.index)) : out.string(step.name);
  return out.close(']'), out.text();
}

inline std::string loc_text(const Node& loc) {
  doc::JsonWriter out;
  out.node(loc);
  return out.text();
}

// One line per finding: errors as "loc type", warnings as "loc severity".
struct Verdict {
  std::vector<std::string> errors;
  std::vector<std::string> warnings;
  std::set<std::string> error_set() const { return {errors.begin(), errors.end()}; }
  std::set<std::string> warning_set() const { return {warnings.begin(), warnings.end()}; }
  std::string text() const { return join(errors, "\n") + "\n" + join(warnings, "\n"); }
};

inline Verdict verdict_of(const Diagnostics& diagnostics) {
  Verdict verdict;
  for (const Diagnostic& d : diagnostics.items()) {
    if (d.reference_type.empty()) continue;
    if (d.severity == Severity::kError)
      verdict.errors.push_back(concat(loc_text(d.path), " ", d.reference_type));
    else
      verdict.warnings.push_back(concat(loc_text(d.path), " ", static_cast<int>(d.severity)));
  }
  return verdict;
}

inline Verdict recorded_verdict(const Node& record) {
  Verdict verdict;
  for (const Node& e : record.find("errors")->children)
    verdict.errors.push_back(concat(loc_text(*e.find("loc")), " ", e.find("type")->text));
  for (const Node& w : record.find("warnings")->children)
    verdict.warnings.push_back(concat(loc_text(*w.find("loc")), " ", w.find("severity")->text));
  return verdict;
}

}  // namespace zooport::bioimageio::testing
