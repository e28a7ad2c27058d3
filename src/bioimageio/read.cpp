#include <algorithm>

#include "bioimageio/finding_ids.hpp"
#include "bioimageio/fixes.hpp"
#include "bioimageio/format_class.hpp"
#include "bioimageio/plain_values.hpp"
#include "bioimageio/prose_rules.hpp"
#include "bioimageio/read_again.hpp"
#include "zooport/base/sha256.hpp"
#include "zooport/base/text.hpp"
#include "zooport/bioimageio/description.hpp"
#include "zooport/doc/yaml.hpp"

namespace zooport::bioimageio {
namespace {

Diagnostic finding(std::string id, Severity severity, std::optional<Span> span, Path path, std::string message) {
  Diagnostic item;
  item.id = std::move(id);
  item.severity = severity;
  item.span = span;
  item.path = std::move(path);
  item.message = std::move(message);
  return item;
}

// Text of a field that decides how to read the rest; reports why there is none.
std::optional<std::string> deciding_field(const doc::Node& root, std::string_view name, Diagnostics& diagnostics) {
  const doc::Node* field = root.find(name);
  if (field && field->kind == doc::Kind::kString) return std::string(field->text);
  const Span opening{root.span.begin, std::min(root.span.begin + 1, root.span.end)};
  Diagnostic item =
      finding("bioimageio.missing-field", Severity::kError, field ? field->span : opening, {Step::key(name)}, "");
  item.expected = concat("'", name, "', a string");
  item.found = field ? printable(field->text, 60) : "nothing";
  item.message = concat("expected ", item.expected, ", found ", item.found.empty() ? "something else" : item.found);
  item.reference_type = "error";
  if (field && !field->is_collection() && field->kind != doc::Kind::kNull)
    item.fix = Fix{"quote it", {{field->span, concat("'", field->text, "'")}}};
  diagnostics.add(std::move(item));
  return std::nullopt;
}

bool has_text_keys(const doc::Node& root, Diagnostics& diagnostics) {
  bool valid = true;
  for (const doc::Node& child : root.children) {
    if (child.key_kind == doc::Kind::kString) continue;
    Diagnostic item = finding("bioimageio.key", Severity::kError, child.key_span, {},
                              concat("expected a string as key, found ", printable(child.key, 60)));
    item.reference_type = "error";
    diagnostics.add(std::move(item));
    valid = false;
  }
  return valid;
}

template <class T>
void check_as(Description& description, const FormatClass& read_as, const schema::Outside* outside) {
  T& content = description.content.emplace<T>();
  schema::Arena& arena = *description.source.arena;
  const doc::Node& root = arena.keep(with_plain_values(*description.root, arena));
  const bool is_valid = schema::validate(root, content, description.source, description.diagnostics, outside);
  description.format_version = implemented_version(read_as);
  description.is_whole = is_valid;
  description.status = is_valid ? Status::kValid : Status::kInvalid;
}

void check_content(Description& description, const FormatClass& read_as, const schema::Outside* outside) {
  switch (read_as.kind) {
    case FormatClass::Kind::kModel: return check_as<ModelDescription>(description, read_as, outside);
    case FormatClass::Kind::kDataset: return check_as<DatasetDescription>(description, read_as, outside);
    case FormatClass::Kind::kNotebook: return check_as<NotebookDescription>(description, read_as, outside);
    case FormatClass::Kind::kApplication: return check_as<ApplicationDescription>(description, read_as, outside);
    case FormatClass::Kind::kGeneric: return check_as<GenericDescription>(description, read_as, outside);
  }
}

// Says what a description is that is not checked here, and what to do about it.
void refuse_format(Description& description, const FormatClass& read_as) {
  description.status = Status::kUnsupported;
  const bool is_model = read_as.kind == FormatClass::Kind::kModel;
  const auto version = parse_format_version(description.declared_version);
  const bool is_old = is_model && version && version->major == 0 && version->minor < 3;
  const std::string what = concat(printable(description.type, 60), " ", printable(description.declared_version, 60));
  Diagnostic item = finding(is_old ? "zooport.format-too-old" : "zooport.unsupported-format", Severity::kWarning,
                            description.root->find("format_version")->span, {Step::key("format_version")}, "");
  item.expected = is_model ? "a model of format 0.3 or 0.4" : "format 0.2 of this kind";
  item.found = printable(description.declared_version, 60);
  if (is_old)
    item.message =
        concat(what, " is of a format that nothing converts any more: write its fields anew as format 0.4.10");
  else
    item.message = concat(what, " is read as ", to_text(read_as.kind), " ", implemented_version(read_as),
                          ", which this version of zooport does not check: it checks ", item.expected);
  description.diagnostics.add(std::move(item));
}

void check_root(Description& description, const schema::Outside* outside) {
  const doc::Node& root = *description.root;
  description.status = Status::kInvalid;
  if (root.kind != doc::Kind::kMapping) {
    Diagnostic item = finding("bioimageio.mapping", Severity::kError, root.span, {},
                              concat("expected a mapping, found ", schema::Walk::describe(root)));
    item.reference_type = "error";
    return description.diagnostics.add(std::move(item));
  }
  if (!has_text_keys(root, description.diagnostics)) return;
  if (const auto place = place_of_set(root)) {
    Diagnostic item =
        finding("bioimageio.set", Severity::kError, *place, {}, "expected a list or a mapping, found a set");
    item.reference_type = "AssertionError";
    return description.diagnostics.add(std::move(item));
  }
  const auto type = deciding_field(root, "type", description.diagnostics);
  const auto version = deciding_field(root, "format_version", description.diagnostics);
  if (type) description.type = *type;
  if (version) description.declared_version = *version;
  if (!type || !version) return;

  const FormatClass read_as = format_class_of(*type, *version);
  if (read_as.family == FormatClass::Family::kCurrent) return check_content(description, read_as, outside);
  refuse_format(description, read_as);
}

void check_document(Description& description, const schema::Outside* outside) {
  check_root(description, outside);
  rename_findings(description.diagnostics);
  complete_findings(description);
}

void finish(Description& description, const CheckOptions& options) {
  if (description.status == Status::kValid) check_prose(description);
  for (Diagnostic& item : description.diagnostics.items()) {
    if (item.file.empty()) item.file = description.file_name;
    if (item.severity >= options.fail_from && description.status == Status::kValid)
      description.status = Status::kInvalid;
  }
}

}  // namespace

Result<Description> read(std::string text, const std::string& file_name, const CheckOptions& options,
                         const Context& context) {
  if (context.stopped()) return Context::cancelled();
  Description description;
  description.file_name = file_name;
  description.sha256 = sha256_hex(as_bytes(text));
  Result<doc::Document> document = doc::read_yaml(std::move(text), context.limits);
  if (!document) {
    description.status = document.error().kind == ErrorKind::kInvalid ? Status::kInvalid : Status::kUnreadable;
    description.diagnostics.add(std::move(document).error().what);
  } else {
    description.source.document = std::make_shared<const doc::Document>(std::move(document).value());
    description.root = &description.source.document->root();
    check_document(description, nullptr);
  }
  finish(description, options);
  return description;
}

void read_again(Description& description, const schema::Outside& outside, const CheckOptions& options) {
  description.diagnostics = Diagnostics();
  description.content = std::monostate();
  description.is_whole = false;
  check_document(description, &outside);
  finish(description, options);
}

Result<std::string> pick_description(std::vector<std::string> names) {
  std::sort(names.begin(), names.end());
  for (const std::string_view canonical : {"rdf.yaml", "bioimageio.yaml", "model.yaml"})
    for (const std::string& name : names)
      if (name == canonical || name.ends_with(concat(".", canonical))) return name;
  return make_error(ErrorKind::kInvalid, "bioimageio.no-description",
                    "no rdf.yaml, bioimageio.yaml or model.yaml, nor a name that ends like .rdf.yaml");
}

}  // namespace zooport::bioimageio
