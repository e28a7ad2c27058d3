#pragma once

#include <algorithm>

#include "bioimageio/named_files.hpp"
#include "zooport/base/text.hpp"
#include "zooport/bioimageio/description.hpp"

namespace zooport::bioimageio {

inline Path path_of(schema::Where where) {
  Path path;
  for (const schema::Place& place : where)
    path.push_back(place.is_index ? Step::at(place.index) : Step::key(place.key));
  return path;
}

// Findings about what the prose of the format asks for and the reference does not check: never errors, and without a
// type of the reference.
class ProseFindings {
 public:
  explicit ProseFindings(Description& description) : description_(description) {}

  void info(std::string_view id, Path path, std::string expected, std::string found, schema::Advice advice = {}) {
    add(id, Severity::kInfo, std::move(path), std::move(expected), std::move(found), std::move(advice));
  }
  void warn(std::string_view id, Path path, std::string expected, std::string found, schema::Advice advice = {}) {
    add(id, Severity::kWarning, std::move(path), std::move(expected), std::move(found), std::move(advice));
  }

  const doc::Node& node(const Path& path) const { return node_at(*description_.root, path); }
  const doc::Node& root() const { return *description_.root; }
  std::string_view text() const { return description_.text(); }
  Related related(const Path& path, std::string message) const { return {std::move(message), shown_span(path), path}; }

 private:
  void add(std::string_view id, Severity severity, Path path, std::string expected, std::string found,
           schema::Advice advice) {
    Diagnostic item;
    item.id = id;
    item.severity = severity;
    item.span = shown_span(path);
    item.path = std::move(path);
    item.message = concat("expected ", expected, ", found ", found);
    item.expected = std::move(expected);
    item.found = std::move(found);
    item.file = description_.file_name;
    item.related = std::move(advice.related);
    item.fix = std::move(advice.fix);
    item.help = std::move(advice.help);
    description_.diagnostics.add(std::move(item));
  }
  // Of a mapping or list its key: a caret under many lines points at nothing.
  Span shown_span(const Path& path) const {
    const doc::Node& at = node(path);
    if (!at.is_collection()) return at.span;
    if (at.key_span.end > at.key_span.begin) return at.key_span;
    return {at.span.begin, std::min(at.span.begin + 1, at.span.end)};
  }

  Description& description_;
};

}  // namespace zooport::bioimageio
