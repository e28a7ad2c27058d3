#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "zooport/base/diagnostics.hpp"
#include "zooport/schema/arena.hpp"
#include "zooport/schema/type.hpp"

namespace zooport::schema {

// How well a value fitted: as it stands, by widening (an integer as real), or by a conversion (text as number). A smart
// union takes the member that set more fields, and among equals the one that fitted better.
enum class Exactness : std::uint8_t { kLax, kStrict, kExact };
struct Match {
  Exactness exactness = Exactness::kExact;
  std::optional<std::size_t> fields;  // set in nodes; none where there is no node

  void lower(Exactness to) { exactness = std::min(exactness, to); }
  void add_fields(std::size_t count) { fields = fields.value_or(0) + count; }
  void add(const Match& part);
  bool is_better_than(const Match& other) const;
};

// What a diagnostic can say beyond "expected X, found Y".
struct Advice {
  std::vector<Related> related;
  std::optional<Fix> fix;
  std::string help;
};

// What reading may ask about the world around the document. A function that is not set is not asked.
struct Outside {
  // Of a file that is named relative to the document: empty if it is there, else what is wrong with it, as the end of
  // "found 'name', …".
  std::function<std::string(const std::string& name)> refuse_file;
  // SHA-256 of a file or URL in lower case; empty if it cannot be had.
  std::function<std::string(const std::string& source, const std::string& expected)> sha256_of;
};

// State of one walk over a document. Severities from `raise_at` count as failures, as they do in the reference.
class Walk {
 public:
  Walk(Severity raise_at, Arena& nodes, std::shared_ptr<const void> owner_of_nodes)
      : arena(nodes), owner(std::move(owner_of_nodes)), raise_at_(raise_at) {}

  // Both return false, so that a reader can end with `return walk.fail(...)`. `found` is taken from the node.
  bool fail(const doc::Node& at, Problem problem, std::string_view expected, Advice advice = {});
  bool report(Severity severity, const Span& at, Problem problem, std::string_view expected, std::string found,
              Advice advice = {});
  // Where the reference dies of an exception, it drops all other findings. We report the same, and go on living.
  void abort(const Span& at, std::string_view exception, std::string message);
  bool aborted() const { return aborted_; }

  Arena& arena;
  std::shared_ptr<const void> owner;  // keeps the nodes alive
  Match match;                        // of the innermost union
  const Outside* outside = nullptr;
  bool warned() const { return warned_; }
  bool raises(Severity severity) const { return severity >= raise_at_; }
  std::vector<Diagnostic> take();
  static std::string describe(const doc::Node& node);  // for "found …"

  // While this lives, failures are only noticed: trying the members of a union costs no texts.
  class [[nodiscard]] Quiet {
   public:
    explicit Quiet(Walk& walk) : walk_(walk) { ++walk_.quiet_; }
    ~Quiet() { --walk_.quiet_; }
    Quiet(const Quiet&) = delete;
    Quiet& operator=(const Quiet&) = delete;

   private:
    Walk& walk_;
  };
  bool is_quiet() const { return quiet_ > 0; }
  // Whether a report of that severity would be kept; notes a warning as report() does. Asked where its texts cost time.
  bool hears(Severity severity) {
    warned_ = warned_ || severity < Severity::kError;
    return !aborted_ && quiet_ == 0 && raises(severity);
  }

  std::size_t mark() const { return found_.size(); }
  std::size_t depth() const { return path_.size(); }
  void rollback(std::size_t mark) {
    if (!aborted_) found_.resize(mark);
  }
  // After all members of a union failed: their findings begin at `begins`, one place per member. The member that came
  // nearest speaks for all; the others are marked as alternatives.
  void prefer_nearest(std::vector<std::size_t> begins);

  // Names the step that is being taken for as long as it lives.
  class [[nodiscard]] At {
   public:
    At(Walk& walk, std::string_view key) : walk_(walk) { walk_.path_.push_back({key, kKey, nullptr, {}}); }
    At(Walk& walk, std::size_t index) : walk_(walk) { walk_.path_.push_back({{}, index, nullptr, {}}); }
    At(Walk& walk, const Type& member) : walk_(walk) { walk_.path_.push_back({{}, kKey, &member, {}}); }
    // What stands under a key, which may be no string: then it is named as the reference does.
    static At entry(Walk& walk, const doc::Node& entry);
    // A member of a union that is no Type; `label` must outlive this.
    static At member(Walk& walk, std::string_view label) { return At(walk, label, 0); }
    ~At() { walk_.path_.pop_back(); }
    At(const At&) = delete;
    At& operator=(const At&) = delete;

   private:
    At(Walk& walk, std::string_view label, int) : walk_(walk) { walk_.path_.push_back({{}, kKey, nullptr, label}); }
    Walk& walk_;
  };

 private:
  static constexpr std::size_t kKey = static_cast<std::size_t>(-1);
  struct Frame {
    std::string_view key;
    std::size_t index;
    const Type* member;  // its label is only composed when it is needed
    std::string_view label;
  };
  Path path() const;
  Diagnostic& add(Severity severity, const Span& at, Problem problem, std::string_view expected, std::string found);

  Severity raise_at_;
  bool warned_ = false;
  bool aborted_ = false;
  std::size_t quiet_ = 0;
  std::vector<Frame> path_;
  std::vector<Diagnostic> found_;
};

// Where nodes live that a value may keep hold of (Any): the document, and what rewriting made.
struct Source {
  std::shared_ptr<const doc::Document> document;
  std::shared_ptr<Arena> arena = std::make_shared<Arena>();
};

// Reads and checks; reports errors, then warnings, as the reference does; false if there are errors. `node` is of
// source.document or source.arena.
bool validate(const Type& type, void* into, const doc::Node& node, const Source& source, Diagnostics& diagnostics,
              const Outside* outside = nullptr);

template <class T>
bool validate(const doc::Node& node, T& into, const Source& source, Diagnostics& diagnostics,
              const Outside* outside = nullptr) {
  return validate(type_of<T>(), &into, node, source, diagnostics, outside);
}

}  // namespace zooport::schema
