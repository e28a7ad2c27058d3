#include "zooport/czann/metadata.hpp"

#include <algorithm>
#include <array>
#include <cmath>

#include "zooport/base/text.hpp"
#include "zooport/czann/package.hpp"
#include "zooport/doc/json.hpp"
#include "zooport/doc/node.hpp"

namespace zooport::czann {
namespace {

struct NamedType {
  ModelType type;
  std::string_view name;
};
constexpr std::array<NamedType, 8> kTypes{{
    {ModelType::kSingleClassInstanceSegmentation, "SingleClassInstanceSegmentation"},
    {ModelType::kMultiClassInstanceSegmentation, "MultiClassInstanceSegmentation"},
    {ModelType::kSingleClassSemanticSegmentation, "SingleClassSemanticSegmentation"},
    {ModelType::kMultiClassSemanticSegmentation, "MultiClassSemanticSegmentation"},
    {ModelType::kSingleClassClassification, "SingleClassClassification"},
    {ModelType::kMultiClassClassification, "MultiClassClassification"},
    {ModelType::kObjectDetection, "ObjectDetection"},
    {ModelType::kRegression, "Regression"},
}};

// Reads the fields of one model.json; every complaint names the key and points at the value.
class FieldReader {
 public:
  FieldReader(const doc::Node& root, Diagnostics& diagnostics) : root_(root), diagnostics_(diagnostics) {}

  // null counts as absent: the key may be left out, and some writers put null there.
  const doc::Node* find(std::string_view key) const {
    const doc::Node* node = root_.find(key);
    return node && node->kind != doc::Kind::kNull ? node : nullptr;
  }

  void complain(std::string_view key, const doc::Node* at, std::string id, std::string expected, std::string found,
                Severity severity = Severity::kError) {
    Diagnostic problem;
    problem.id = std::move(id);
    problem.severity = severity;
    problem.file = "model.json";
    problem.path = {Step::key(key)};
    problem.span = at ? at->span : root_.span;
    problem.message = concat("expected ", expected, ", found ", found);
    problem.expected = std::move(expected);
    problem.found = std::move(found);
    diagnostics_.add(std::move(problem));
  }

  std::string text(std::string_view key, bool is_required_key) {
    const doc::Node* node = find(key);
    if (!node) {
      if (is_required_key) complain(key, nullptr, "czann.missing-key", concat("a text under \"", key, '"'), "nothing");
      return {};
    }
    if (node->kind == doc::Kind::kString) return std::string(node->text);
    complain(key, node, "czann.wrong-kind", "a text", found_text(*node));
    return {};
  }

  std::vector<std::int64_t> integers(std::string_view key, std::size_t fewest, std::size_t most, std::int64_t least,
                                     bool is_required_key) {
    const doc::Node* node = find(key);
    const std::string count = fewest == most ? concat(fewest) : concat(fewest, " to ", most);
    const std::string expected = concat("a list of ", count, " integers of at least ", least);
    if (!node) {
      if (is_required_key) complain(key, nullptr, "czann.missing-key", expected, "nothing");
      return {};
    }
    if (node->kind != doc::Kind::kSequence || node->children.size() < fewest || node->children.size() > most) {
      complain(key, node, "czann.wrong-shape", expected, found_text(*node));
      return {};
    }
    std::vector<std::int64_t> values;
    for (const doc::Node& item : node->children) {
      const std::optional<std::int64_t> value = integer(item);
      if (!value || *value < least) {
        complain(key, &item, "czann.wrong-shape", concat("an integer of at least ", least), found_text(item));
        return {};
      }
      values.push_back(*value);
    }
    return values;
  }

  static std::string found_text(const doc::Node& node) {
    switch (node.kind) {
      case doc::Kind::kSequence: return concat("a list of ", node.children.size());
      case doc::Kind::kMapping: return "an object";
      case doc::Kind::kNull: return "null";
      case doc::Kind::kString: return concat('"', printable(node.text, 60), '"');
      default: return printable(node.text, 60);
    }
  }

 private:
  // 1024.0 is taken for 1024, as every reader of JSON numbers into integers does.
  static std::optional<std::int64_t> integer(const doc::Node& node) {
    if (node.kind == doc::Kind::kInteger) return doc::integer_of(node);
    if (node.kind != doc::Kind::kReal) return std::nullopt;
    const double value = doc::real_of(node);
    if (std::trunc(value) != value || std::abs(value) > 9e15) return std::nullopt;
    return static_cast<std::int64_t>(value);
  }

  const doc::Node& root_;
  Diagnostics& diagnostics_;
};

void append_json_text(std::string& out, std::string_view text) {
  constexpr std::string_view kHex = "0123456789abcdef";
  const auto escape_unit = [&](unsigned unit) {
    out += "\\u";
    for (int shift = 12; shift >= 0; shift -= 4) out += kHex[unit >> shift & 15];
  };
  out += '"';
  for (std::size_t i = 0; i < text.size();) {
    const auto byte = static_cast<unsigned char>(text[i]);
    if (byte < 0x80) {
      ++i;
      if (byte == '"' || byte == '\\') {
        out += '\\', out += static_cast<char>(byte);
      } else if (byte == '\n') {
        out += "\\n";
      } else if (byte == '\t') {
        out += "\\t";
      } else if (byte == '\r') {
        out += "\\r";
      } else if (byte < 0x20 || byte == 0x7F) {
        escape_unit(byte);
      } else {
        out += static_cast<char>(byte);
      }
      continue;
    }
    const int length = byte >> 5 == 6 ? 2 : byte >> 4 == 14 ? 3 : 4;
    unsigned code = byte & (0x7Fu >> length);
    for (int j = 1; j < length && i + static_cast<std::size_t>(j) < text.size(); ++j)
      code = code << 6 | (static_cast<unsigned char>(text[i + static_cast<std::size_t>(j)]) & 63u);
    i += static_cast<std::size_t>(length);
    if (code > 0xFFFF) {
      escape_unit(0xD800 + ((code - 0x10000) >> 10));
      escape_unit(0xDC00 + ((code - 0x10000) & 0x3FF));
    } else {
      escape_unit(code);
    }
  }
  out += '"';
}

// One line of JSON, item by item.
class ObjectWriter {
 public:
  void text(std::string_view key, std::string_view value) {
    begin(key);
    append_json_text(out_, value);
  }
  template <class T, class Append>
  void list(std::string_view key, const std::vector<T>& values, Append append_item) {
    if (values.empty()) return;
    begin(key);
    out_ += '[';
    for (std::size_t i = 0; i < values.size(); ++i) {
      if (i > 0) out_ += ", ";
      append_item(out_, values[i]);
    }
    out_ += ']';
  }
  void json(std::string_view key, std::string_view value) {
    begin(key);
    out_ += value;
  }
  std::string finish() && { return std::move(out_) + "}"; }

 private:
  void begin(std::string_view key) {
    if (out_.size() > 1) out_ += ", ";
    append_json_text(out_, key);
    out_ += ": ";
  }
  std::string out_ = "{";
};

}  // namespace

std::string_view name_of(ModelType type) {
  for (const NamedType& named : kTypes)
    if (named.type == type) return named.name;
  return {};
}

std::optional<ModelType> model_type_named(std::string_view name) {
  for (const NamedType& named : kTypes)
    if (named.name == name) return named.type;
  return std::nullopt;
}

const std::vector<std::string_view>& model_type_names() {
  static const std::vector<std::string_view> kNames = [] {
    std::vector<std::string_view> names;
    for (const NamedType& named : kTypes) names.push_back(named.name);
    return names;
  }();
  return kNames;
}

bool needs_classes(ModelType type) { return type != ModelType::kRegression && type != ModelType::kObjectDetection; }

Result<Metadata> read_metadata(std::string json, const Limits& limits, Diagnostics& diagnostics) {
  ZOOPORT_TRY_ASSIGN(const doc::Document document, doc::read_json(std::move(json), limits));
  const doc::Node& root = document.root();
  if (root.kind != doc::Kind::kMapping) {
    Error error = make_error(ErrorKind::kInvalid, "czann.wrong-kind",
                             concat("expected an object, found ", FieldReader::found_text(root)));
    error.what.file = "model.json";
    error.what.span = root.span;
    return error;
  }
  FieldReader fields(root, diagnostics);
  Metadata metadata;
  metadata.id = fields.text("Id", true);
  if (!metadata.id.empty() && !is_uuid(metadata.id))
    fields.complain("Id", root.find("Id"), "czann.id-form", "a UUID such as 6f8c2f3a-…",
                    concat('"', printable(metadata.id, 60), '"'), Severity::kWarning);
  const std::string type = fields.text("Type", true);
  if (const auto known = model_type_named(type)) {
    metadata.type = *known;
  } else if (!type.empty()) {
    std::string expected = "one of";
    for (const std::string_view name : model_type_names()) expected += concat(' ', name);
    fields.complain("Type", root.find("Type"), "czann.unknown-type", std::move(expected),
                    concat('"', printable(type, 60), '"'));
  }
  metadata.input_shape = fields.integers("InputShape", 3, 4, 1, true);
  metadata.output_shape = fields.integers("OutputShape", 3, 4, 1, true);
  metadata.min_overlap = fields.integers("MinOverlap", 1, 4, 0, false);
  metadata.name = fields.text("ModelName", false);
  metadata.format_version = fields.text("FormatVersion", false);
  if (const doc::Node* classes = fields.find("Classes")) {
    const bool is_list = classes->kind == doc::Kind::kSequence;
    for (const doc::Node& item : classes->children) {
      if (!is_list || item.kind != doc::Kind::kString) {
        fields.complain("Classes", &item, "czann.wrong-kind", "a text", FieldReader::found_text(item));
        break;
      }
      metadata.classes.emplace_back(item.text);
    }
    if (!is_list)
      fields.complain("Classes", classes, "czann.wrong-kind", "a list of texts", FieldReader::found_text(*classes));
    else if (metadata.classes.size() < 2)
      fields.complain("Classes", classes, "czann.class-count", "at least two classes",
                      FieldReader::found_text(*classes));
  }
  if (const doc::Node* scaling = fields.find("Scaling")) {
    for (const doc::Node& item : scaling->children)
      if (item.kind == doc::Kind::kInteger || item.kind == doc::Kind::kReal)
        metadata.scaling.push_back(doc::real_of(item));
    const bool fits = scaling->kind == doc::Kind::kSequence && metadata.scaling.size() == scaling->children.size() &&
                      metadata.scaling.size() >= 2 && metadata.scaling.size() <= 3;
    if (!fits)
      fields.complain("Scaling", scaling, "czann.wrong-kind", "a list of 2 or 3 numbers",
                      FieldReader::found_text(*scaling));
  }
  constexpr std::array<std::string_view, 9> kKnown{"Id",      "Type",      "InputShape", "OutputShape",  "MinOverlap",
                                                   "Classes", "ModelName", "Scaling",    "FormatVersion"};
  for (const doc::Node& child : root.children) {
    if (std::find(kKnown.begin(), kKnown.end(), child.key) != kKnown.end()) continue;
    metadata.extra.push_back({std::string(child.key), std::string(document.source().substr(
                                                          child.span.begin, child.span.end - child.span.begin))});
  }
  return metadata;
}

std::string write_metadata(const Metadata& metadata) {
  const auto integer = [](std::string& out, std::int64_t value) { append(out, value); };
  const auto text = [](std::string& out, const std::string& value) { append_json_text(out, value); };
  // Python writes whole floats with a point, and so does the real package.
  const auto real = [](std::string& out, double value) {
    const std::string digits = number_text(value);
    out += digits;
    if (digits.find_first_of(".eE") == std::string::npos) out += ".0";
  };
  ObjectWriter json;
  if (!metadata.format_version.empty()) json.text("FormatVersion", metadata.format_version);
  json.text("Id", metadata.id);
  json.text("Type", name_of(metadata.type));
  json.list("InputShape", metadata.input_shape, integer);
  json.list("OutputShape", metadata.output_shape, integer);
  json.list("MinOverlap", metadata.min_overlap, integer);
  json.list("Classes", metadata.classes, text);
  if (!metadata.name.empty()) json.text("ModelName", metadata.name);
  json.list("Scaling", metadata.scaling, real);
  for (const ExtraKey& key : metadata.extra) json.json(key.name, key.json);
  return std::move(json).finish();
}

}  // namespace zooport::czann
