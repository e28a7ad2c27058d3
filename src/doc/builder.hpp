#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "zooport/base/limits.hpp"
#include "zooport/doc/node.hpp"

namespace zooport::doc {

// An error of reading a document, with its place.
Error document_error(std::string id, Span span, std::string message);
Error limit_error(std::string id, std::string_view name, std::size_t limit, Span span);

// Collects nodes into a Document: finished children wait on one stack until their collection closes. The readers decide
// what a node is; the builder keeps limits, anchors, keys and merges.
class Builder {
 public:
  enum class Duplicates : std::uint8_t { kRefused, kKept };
  Builder(std::string text, const Limits& limits, Duplicates duplicates = Duplicates::kRefused);

  std::string_view source() const { return document_.source(); }
  // Text that lives as long as the document: a view of the source at `where` if it stands there, else a copy.
  std::string_view keep(std::string_view text, std::size_t where);

  void open(Kind kind, Span span, std::string anchor = {});
  // `is_exact`: span.end is the end of the collection; otherwise its last child tells.
  enum class End : std::uint8_t { kExact, kLastChild };
  void close(std::size_t end, End how);
  void scalar(Node node, std::string_view anchor = {});
  void alias(std::string_view name, Span span);
  // The key that follows is the merge key.
  void merge_key(Node key);
  bool wants_key() const;
  std::size_t depth() const { return frames_.size(); }

  void fail(Error why) {
    if (!failure_) failure_ = std::move(why);
  }
  const std::optional<Error>& failure() const { return failure_; }
  Document finish() && { return std::move(document_); }
  Node& root() { return document_.root_; }

  // Turns the list of one-entry mappings that `node` is into a mapping (!!omap), or into a list of pairs (!!pairs).
  void to_ordered_map(Node& node);
  void to_pairs(Node& node);

  // What a closed collection becomes; set by the reader while it is open.
  enum class Form : std::uint8_t { kPlain, kOrderedMap, kPairs };
  void set_form(Form form) { frames_.back().form = form; }

 private:
  struct Frame {
    std::size_t first = 0;  // of its children on the stack
    Node node;
    Node key;
    bool has_key = false;
    bool is_merge = false;  // the key is <<
    Form form = Form::kPlain;
    std::string anchor;
    std::optional<Span> merged_at;
    std::vector<Node> merged;
  };

  void place(Node node);
  void merge(Frame& frame, const Node& value);
  void check_duplicates(std::span<const Node> children);
  template <class KeyOf>
  void check_duplicates(std::span<const Node> children, KeyOf key_of);

  const Limits limits_;
  const Duplicates duplicates_;
  Document document_;
  std::vector<Frame> frames_;
  std::vector<Node> pending_;
  std::map<std::string, Node, std::less<>> anchors_;
  std::size_t nodes_ = 0;
  std::size_t aliases_ = 0;
  std::optional<Error> failure_;
};

}  // namespace zooport::doc
