#include <algorithm>
#include <array>
#include <map>

#include "zooport/base/text.hpp"
#include "zooport/czann/czmodel.hpp"
#include "zooport/czann/package.hpp"
#include "zooport/doc/json.hpp"

namespace zooport::czann {
namespace {

// Python turns no more digits than that into an integer.
constexpr std::size_t kMostDigits = 4300;

Error refusal(std::string id, std::string_view key, std::string expected, std::string found) {
  Error error =
      make_error(ErrorKind::kInvalid, std::move(id),
                 concat("expected ", expected, key.empty() ? "" : concat(" under \"", key, '"'), ", found ", found));
  error.what.file = "model.json";
  if (!key.empty()) error.what.path = {Step::key(key)};
  error.what.expected = std::move(expected);
  error.what.found = std::move(found);
  return error;
}

std::string short_text(const doc::Value& value) { return printable(python_json(value), 60); }

// Of a key that stands twice the first keeps its place and the last its value, at every depth.
doc::Value without_duplicates(const doc::Value& value) {
  if (!value.is_collection()) return value;
  doc::Value result = doc::Value::of_kind(value.kind);
  result.key = value.key;
  std::map<std::string_view, std::size_t> places;
  for (const doc::Value& child : value.children) {
    const auto [place, is_new] = value.kind == doc::Kind::kMapping ? places.emplace(child.key, result.children.size())
                                                                   : std::pair{places.end(), true};
    if (is_new)
      result.children.push_back(without_duplicates(child));
    else
      result.children[place->second] = without_duplicates(child);
  }
  return result;
}

std::optional<Error> check_digits(const doc::Node& node) {
  const std::size_t sign = node.kind == doc::Kind::kInteger && node.text.starts_with('-') ? 1 : 0;
  if (node.kind == doc::Kind::kInteger && node.text.size() - sign > kMostDigits) {
    Error error = refusal("czann.number-digits", "", concat("an integer of at most ", kMostDigits, " digits"),
                          concat(node.text.size() - sign, " digits"));
    error.what.span = node.span;
    return error;
  }
  for (const doc::Node& child : node.children)
    if (auto error = check_digits(child)) return error;
  return std::nullopt;
}

// tuple() of a value: its items, the characters of a text, or the keys of a mapping.
Result<doc::Value> tuple_of(const doc::Value& value) {
  std::vector<doc::Value> items;
  switch (value.kind) {
    case doc::Kind::kSequence: return value;
    case doc::Kind::kMapping:
      for (const doc::Value& child : value.children) items.emplace_back(child.key);
      return doc::Value::sequence(std::move(items));
    case doc::Kind::kString:
      for (std::size_t begin = 0; begin < value.text.size();) {
        std::size_t end = begin + 1;
        while (end < value.text.size() && (static_cast<unsigned char>(value.text[end]) & 0xC0) == 0x80) ++end;
        items.emplace_back(std::string_view(value.text).substr(begin, end - begin));
        begin = end;
      }
      return doc::Value::sequence(std::move(items));
    default: return refusal("czann.wrong-kind", "Scaling", "a list of 2 or 3 numbers", short_text(value));
  }
}

bool is_given(const doc::Value* value) { return value && value->kind != doc::Kind::kNull; }

// The parts of the metadata in the package's order, whichever way they came.
struct Parts {
  doc::Value id;
  std::string_view type;
  doc::Value input_shape;
  doc::Value output_shape;
  const doc::Value* min_overlap = nullptr;
  const doc::Value* classes = nullptr;
  const doc::Value* name = nullptr;
  std::optional<doc::Value> scaling;
};

doc::Value assemble(Parts parts, Release release) {
  doc::Value result = doc::Value::mapping();
  if (release == Release::k6_2) result.set("FormatVersion", "2.1.0");
  result.set("Id", std::move(parts.id)).set("Type", parts.type);
  result.set("InputShape", std::move(parts.input_shape)).set("OutputShape", std::move(parts.output_shape));
  if (is_given(parts.min_overlap)) result.set("MinOverlap", *parts.min_overlap);
  if (is_given(parts.classes)) result.set("Classes", *parts.classes);
  if (is_given(parts.name)) result.set("ModelName", *parts.name);
  if (parts.scaling && release != Release::k3_0) result.set("Scaling", std::move(*parts.scaling));
  return result;
}

Result<std::string_view> type_in(const doc::Value& value, std::string_view key) {
  const auto type = value.kind == doc::Kind::kString ? model_type_named(value.text) : std::nullopt;
  if (type) return name_of(*type);
  std::string expected = "one of";
  for (const std::string_view name : model_type_names()) expected += concat(' ', name);
  return refusal("czann.unknown-type", key, std::move(expected), short_text(value));
}

}  // namespace

Result<doc::Value> czmodel_metadata(std::string json, Release release, const Limits& limits) {
  ZOOPORT_TRY_ASSIGN(const doc::Document document, doc::read_json(std::move(json), limits, doc::JsonDialect::kPython));
  if (auto error = check_digits(document.root())) return *error;
  return czmodel_metadata(doc::Value::from(document.root()), release);
}

Result<doc::Value> czmodel_metadata(const doc::Value& root, Release release) {
  if (root.kind != doc::Kind::kMapping) return refusal("czann.wrong-kind", "", "an object", short_text(root));
  const doc::Value source = without_duplicates(root);
  for (const std::string_view key : {"Type", "InputShape", "OutputShape"})
    if (!source.find(key)) return refusal("czann.missing-key", key, "a value", "nothing");
  ZOOPORT_TRY_ASSIGN(const std::string_view type, type_in(*source.find("Type"), "Type"));
  Parts parts;
  const doc::Value* id = source.find("Id");
  parts.id = is_given(id) ? python_text(*id) : derived_id(source);
  parts.type = type;
  parts.input_shape = *source.find("InputShape");
  parts.output_shape = *source.find("OutputShape");
  parts.min_overlap = source.find("MinOverlap");
  parts.classes = source.find("Classes");
  parts.name = source.find("ModelName");
  if (const doc::Value* scaling = source.find("Scaling"); is_given(scaling) && release != Release::k3_0) {
    ZOOPORT_TRY_ASSIGN(parts.scaling, tuple_of(*scaling));
  }
  return assemble(std::move(parts), release);
}

Result<doc::Value> czmodel_metadata_from_fields(const doc::Value& keywords, Release release) {
  constexpr std::array<std::string_view, 8> kFields{"model_type",  "input_shape", "output_shape", "model_id",
                                                    "min_overlap", "classes",     "model_name",   "scaling"};
  const std::size_t known = release == Release::k3_0 ? 7 : 8;
  for (const doc::Value& keyword : keywords.children)
    if (std::find(kFields.begin(), kFields.begin() + known, keyword.key) == kFields.begin() + known)
      return refusal("czann.unknown-field", "", "a field of the metadata", concat('"', printable(keyword.key), '"'));
  for (std::size_t i = 0; i < 3; ++i)
    if (!keywords.find(kFields[i])) return refusal("czann.missing-key", kFields[i], "a value", "nothing");
  ZOOPORT_TRY_ASSIGN(const std::string_view type, type_in(*keywords.find("model_type"), "model_type"));
  Parts parts;
  const doc::Value* id = keywords.find("model_id");
  parts.id = is_given(id) ? *id : doc::Value(derived_id(keywords));
  parts.type = type;
  parts.input_shape = *keywords.find("input_shape");
  parts.output_shape = *keywords.find("output_shape");
  parts.min_overlap = keywords.find("min_overlap");
  parts.classes = keywords.find("classes");
  parts.name = keywords.find("model_name");
  if (const doc::Value* scaling = keywords.find("scaling"); is_given(scaling)) parts.scaling = *scaling;
  return assemble(std::move(parts), release);
}

doc::Value python_value(const doc::Node& node) { return without_duplicates(doc::Value::from(node)); }

std::string derived_id(const doc::Value& root) { return uuid_of(python_json(without_duplicates(root))); }

std::string czann_file_name(std::string_view output) {
  constexpr std::string_view kSuffix = ".czann";
  return ends_with_ignoring_case(output, kSuffix) ? std::string(output) : concat(output, kSuffix);
}

}  // namespace zooport::czann
