#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "zooport/base/span.hpp"

namespace zooport {

// Numeric values are those of the reference library, so that levels compare and print alike.
enum class Severity : std::uint8_t { kInfo = 20, kWarning = 30, kAlert = 35, kError = 50 };
std::string_view to_text(Severity severity);  // "info", "warning", "alert", "error"

// One step from the root of a document to a value: a key, an index, or the label of a union member. Labels exist for
// comparison with the reference and are left out when a person reads the path.
struct Step {
  enum class Kind : std::uint8_t { kKey, kIndex, kLabel };
  Kind kind = Kind::kKey;
  std::string name;
  std::size_t index = 0;
  friend bool operator==(const Step&, const Step&) = default;

  static Step key(std::string_view name) { return {Kind::kKey, std::string(name), 0}; }
  static Step at(std::size_t index) { return {Kind::kIndex, {}, index}; }
  static Step label(std::string_view name) { return {Kind::kLabel, std::string(name), 0}; }
};
using Path = std::vector<Step>;

// "inputs[0].shape.min"; empty for the root. Labels are left out.
std::string to_text(const Path& path);

// Another place that a finding speaks of.
struct Related {
  std::string message;
  std::optional<Span> span;
  Path path;
};

// Replaces bytes [span.begin, span.end) of the source by text.
struct Edit {
  Span span;
  std::string text;
};

// A change that would mend the finding. `edits` may be empty when only words help; then nothing is applied.
struct Fix {
  std::string description;
  std::vector<Edit> edits;
};

// One thing that is wrong, or worth knowing, about an input.
struct Diagnostic {
  std::string id;  // stable, e.g. "zip.path-escapes"; documented in docs/diagnostics.md
  Severity severity = Severity::kError;
  std::string message;       // one sentence; says what to do where that is not obvious
  std::string expected;      // may be empty
  std::string found;         // may be empty
  std::string file;          // UTF-8 path or archive member; empty: the source that is being read
  std::optional<Span> span;  // bytes of `file`; none where no text stands behind it
  Path path;
  std::vector<Related> related;
  std::optional<Fix> fix;
  std::string help;            // what to do, if it needs more than the message
  std::string reference_type;  // what the reference library calls this kind of error; empty for findings of our own
  // Speaks of a less likely reading of a value that another finding speaks of (a union's other members). Records have
  // it, so that they compare with the reference; text for people leaves it out.
  bool is_alternative = false;
};

// Collects what is wrong and goes on; never decides. Order is the order of discovery. At most `capacity` are kept; the
// rest is counted, and errors that no longer fit still turn has_errors() on.
class Diagnostics {
 public:
  explicit Diagnostics(std::size_t capacity = 10'000) : capacity_(capacity) {}

  void add(Diagnostic diagnostic);
  void add(Diagnostics&& others);
  const std::vector<Diagnostic>& items() const { return items_; }
  std::vector<Diagnostic>& items() { return items_; }
  bool has_errors() const { return errors_ > 0; }
  std::size_t errors() const { return errors_; }
  std::size_t dropped() const { return dropped_; }

 private:
  std::size_t capacity_;
  std::size_t errors_ = 0;
  std::size_t dropped_ = 0;
  std::vector<Diagnostic> items_;
};

}  // namespace zooport
