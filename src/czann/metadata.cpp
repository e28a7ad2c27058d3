#include "zooport/czann/metadata.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <map>

#include "zooport/base/text.hpp"
#include "zooport/czann/czmodel.hpp"
#include "zooport/czann/package.hpp"
#include "zooport/doc/json.hpp"
#include "zooport/doc/node.hpp"

namespace zooport::czann {
namespace {

constexpr std::array<std::string_view, 9> kKeys{"Id",      "Type",      "InputShape", "OutputShape",  "MinOverlap",
                                                "Classes", "ModelName", "Scaling",    "FormatVersion"};
// Python turns no more digits than that into an integer.
constexpr std::size_t kMostDigits = 4300;

std::string found_text(const doc::Node& node) {
  switch (node.kind) {
    case doc::Kind::kSequence: return concat("a list of ", node.children.size());
    case doc::Kind::kMapping: return "an object";
    case doc::Kind::kNull: return "null";
    case doc::Kind::kString: return concat('"', printable(node.text, 60), '"');
    default: return printable(node.text, 60);
  }
}

bool is_special(const doc::Node& node) {
  return node.kind == doc::Kind::kReal && node.text.find_first_of("NI") != std::string_view::npos;
}

bool has_special(const doc::Node& node) {
  return is_special(node) || std::any_of(node.children.begin(), node.children.end(), has_special);
}

// 1024.0 is taken for 1024, as every reader of JSON numbers into integers does.
std::optional<std::int64_t> integer_in(const doc::Node& node) {
  if (node.kind == doc::Kind::kInteger) return doc::integer_of(node);
  if (node.kind != doc::Kind::kReal) return std::nullopt;
  const double value = doc::real_of(node);
  if (std::trunc(value) != value || std::abs(value) > 9e15) return std::nullopt;
  return static_cast<std::int64_t>(value);
}

std::optional<double> number_in(const doc::Node& node) {
  if (node.kind != doc::Kind::kInteger && node.kind != doc::Kind::kReal) return std::nullopt;
  const double value = doc::real_of(node);
  return std::isfinite(value) ? std::optional(value) : std::nullopt;
}

// Reads the fields of one model.json; every complaint names the key and points at the value.
class FieldReader {
 public:
  FieldReader(const doc::Document& document, Diagnostics& diagnostics)
      : document_(document), root_(document.root()), diagnostics_(diagnostics) {}

  Metadata read() {
    if (document_.source().starts_with("\xEF\xBB\xBF"))
      complain({}, {0, 3}, "czann.byte-order-mark", "the text to begin with {", "a byte-order mark",
               Severity::kWarning);
    list_keys();
    for (const doc::Node& child : root_.children) look_at_text(child.key, child);
    Metadata metadata;
    read_id(metadata);
    read_type(metadata);
    metadata.input_shape = integers("InputShape", 3, 4, 1, Need::kRequired);
    metadata.output_shape = integers("OutputShape", 3, 4, 1, Need::kRequired);
    metadata.min_overlap = integers("MinOverlap", 1, 4, 0, Need::kOptional);
    metadata.name = text("ModelName");
    metadata.format_version = text("FormatVersion");
    read_classes(metadata);
    read_scaling(metadata);
    keep_extra(metadata);
    return metadata;
  }

 private:
  enum class Need : std::uint8_t { kOptional, kRequired };

  void complain(Path path, Span span, std::string id, std::string expected, std::string found,
                Severity severity = Severity::kError) {
    Diagnostic problem;
    problem.id = std::move(id);
    problem.severity = severity;
    problem.file = "model.json";
    problem.path = std::move(path);
    problem.span = span;
    problem.message = concat("expected ", expected, ", found ", found);
    problem.expected = std::move(expected);
    problem.found = std::move(found);
    diagnostics_.add(std::move(problem));
  }
  void complain(std::string_view key, const doc::Node& at, std::string id, std::string expected,
                Severity severity = Severity::kError) {
    complain({Step::key(key)}, at.span, std::move(id), std::move(expected), found_text(at), severity);
  }

  // Of a key that stands twice the last value counts, as in Python.
  void list_keys() {
    for (const doc::Node& child : root_.children) {
      const auto [place, is_new] = last_.insert({child.key, &child});
      if (is_new) {
        order_.push_back(child.key);
        continue;
      }
      Diagnostic problem;
      problem.id = "czann.duplicate-key";
      problem.severity = Severity::kWarning;
      problem.file = "model.json";
      problem.path = {Step::key(child.key)};
      problem.span = child.key_span;
      problem.expected = concat("the key ", printable(child.key, 60), " once");
      problem.found = "it a second time";
      problem.message = concat("expected ", problem.expected, ", found it a second time; this value counts");
      problem.related.push_back({"it stands first here", place->second->key_span, {}});
      diagnostics_.add(std::move(problem));
      place->second = &child;
    }
  }

  // What only Python takes for JSON, or for a text.
  void look_at_text(std::string_view key, const doc::Node& node) {
    if (is_special(node)) complain(key, node, "czann.not-a-number", "a number (JSON has no NaN and no Infinity)");
    if (node.kind == doc::Kind::kInteger && node.text.size() > kMostDigits + (node.text.starts_with('-') ? 1 : 0))
      complain({Step::key(key)}, node.span, "czann.number-digits",
               concat("an integer of at most ", kMostDigits, " digits"), concat(node.text.size(), " characters"));
    if ((node.kind == doc::Kind::kString && !is_valid_utf8(node.text)) || !is_valid_utf8(node.key))
      complain({Step::key(printable(key, 60))}, is_valid_utf8(node.key) ? node.span : node.key_span,
               "czann.lone-surrogate", "pairs of surrogates such as \\ud83e\\udd88", "one that stands alone",
               Severity::kWarning);
    for (const doc::Node& child : node.children) look_at_text(key, child);
  }

  const doc::Node* any(std::string_view key) const {
    const auto found = last_.find(key);
    return found == last_.end() ? nullptr : found->second;
  }
  // null counts as absent: the key may be left out, and some writers put null there.
  const doc::Node* find(std::string_view key) const {
    const doc::Node* node = any(key);
    return node && node->kind != doc::Kind::kNull ? node : nullptr;
  }
  const doc::Node* require(std::string_view key, std::string_view expected) {
    const doc::Node* node = find(key);
    if (node) return node;
    const doc::Node* null = any(key);
    complain({Step::key(key)}, null ? null->span : root_.span, "czann.missing-key",
             concat(expected, " under \"", key, '"'), null ? "null" : "nothing");
    return nullptr;
  }

  std::string text(std::string_view key) {
    const doc::Node* node = find(key);
    if (!node) return {};
    if (node->kind == doc::Kind::kString) return std::string(node->text);
    complain(key, *node, "czann.wrong-kind", "a text");
    return {};
  }

  void read_id(Metadata& metadata) {
    const doc::Node* node = require("Id", "a text");
    if (!node) {
      metadata.id = derived_id(python_value(root_));
      return;
    }
    if (node->kind != doc::Kind::kString) complain("Id", *node, "czann.wrong-kind", "a text");
    metadata.id = python_text(python_value(*node));
    if (node->kind == doc::Kind::kString && !is_uuid(metadata.id))
      complain("Id", *node, "czann.id-form", "a UUID such as 6f8c2f3a-…", Severity::kWarning);
  }

  void read_type(Metadata& metadata) {
    const doc::Node* node = require("Type", "a text");
    if (!node) return;
    if (node->kind != doc::Kind::kString) return complain("Type", *node, "czann.wrong-kind", "a text");
    if (const auto known = model_type_named(node->text)) {
      metadata.type = *known;
      return;
    }
    std::string expected = "one of";
    for (const std::string_view name : model_type_names()) expected += concat(' ', name);
    complain("Type", *node, "czann.unknown-type", std::move(expected));
  }

  std::vector<std::int64_t> integers(std::string_view key, std::size_t fewest, std::size_t most, std::int64_t least,
                                     Need need) {
    const std::string expected = concat("a list of ", fewest, " to ", most, " integers of at least ", least);
    const doc::Node* node = need == Need::kRequired ? require(key, expected) : find(key);
    if (!node) return {};
    if (node->kind != doc::Kind::kSequence || node->children.size() < fewest || node->children.size() > most) {
      complain(key, *node, "czann.wrong-shape", expected);
      return {};
    }
    std::vector<std::int64_t> values;
    for (const doc::Node& item : node->children) {
      const std::optional<std::int64_t> value = integer_in(item);
      if (!value || *value < least) {
        complain({Step::key(key), Step::at(values.size())}, item.span, "czann.wrong-shape",
                 concat("an integer of at least ", least), found_text(item));
        return {};
      }
      values.push_back(*value);
    }
    return values;
  }

  void read_classes(Metadata& metadata) {
    const doc::Node* node = find("Classes");
    if (!node) return;
    if (node->kind != doc::Kind::kSequence) return complain("Classes", *node, "czann.wrong-kind", "a list of texts");
    for (const doc::Node& item : node->children) {
      if (item.kind != doc::Kind::kString) {
        complain({Step::key("Classes"), Step::at(metadata.classes.size())}, item.span, "czann.wrong-kind", "a text",
                 found_text(item));
        metadata.classes.clear();
        return;
      }
      metadata.classes.emplace_back(item.text);
    }
    if (metadata.classes.size() < 2) complain("Classes", *node, "czann.class-count", "at least two classes");
  }

  void read_scaling(Metadata& metadata) {
    const doc::Node* node = find("Scaling");
    if (!node) return;
    if (node->kind != doc::Kind::kSequence || node->children.size() < 2 || node->children.size() > 3)
      return complain("Scaling", *node, "czann.wrong-kind", "a list of 2 or 3 numbers");
    for (const doc::Node& item : node->children) {
      const std::optional<double> value = number_in(item);
      if (!value) {
        complain({Step::key("Scaling"), Step::at(metadata.scaling.size())}, item.span, "czann.wrong-kind",
                 "a finite number", found_text(item));
        metadata.scaling.clear();
        return;
      }
      metadata.scaling.push_back(*value);
    }
  }

  void keep_extra(Metadata& metadata) {
    for (const std::string_view key : order_) {
      if (std::find(kKeys.begin(), kKeys.end(), key) != kKeys.end()) continue;
      const doc::Node& node = *last_.find(key)->second;
      metadata.extra.push_back({std::string(key), has_special(node)
                                                      ? python_json(python_value(node))
                                                      : std::string(document_.source().substr(
                                                            node.span.begin, node.span.end - node.span.begin))});
    }
  }

  const doc::Document& document_;
  const doc::Node& root_;
  Diagnostics& diagnostics_;
  std::map<std::string_view, const doc::Node*> last_;
  std::vector<std::string_view> order_;  // of the keys, each once
};

}  // namespace

Result<Metadata> read_metadata(std::string json, const Limits& limits, Diagnostics& diagnostics) {
  ZOOPORT_TRY_ASSIGN(const doc::Document document, doc::read_json(std::move(json), limits, doc::JsonDialect::kPython));
  if (document.root().kind != doc::Kind::kMapping) {
    Error error = make_error(ErrorKind::kInvalid, "czann.wrong-kind",
                             concat("expected an object, found ", found_text(document.root())));
    error.what.file = "model.json";
    error.what.span = document.root().span;
    return error;
  }
  return FieldReader(document, diagnostics).read();
}

}  // namespace zooport::czann
