#include "czann/spec_reader.hpp"

#include "zooport/base/text.hpp"

namespace zooport::czann {
namespace {

// A value of JSON in the language of docs/processing.md; empty if that cannot say it.
std::string argument_text(const doc::Node& node) {
  switch (node.kind) {
    case doc::Kind::kInteger:
    case doc::Kind::kReal: return std::string(node.text);
    case doc::Kind::kBoolean: return std::string(node.text);
    case doc::Kind::kString: {
      const char quote = node.text.find('\'') == std::string_view::npos ? '\'' : '"';
      if (node.text.find(quote) != std::string_view::npos) return {};
      return concat(quote, node.text, quote);
    }
    case doc::Kind::kSequence: {
      std::vector<std::string> items;
      for (const doc::Node& child : node.children) {
        if (child.is_collection()) return {};
        items.push_back(argument_text(child));
        if (items.back().empty()) return {};
      }
      return concat('[', join(items, ", "), ']');
    }
    default: return {};
  }
}

bool is_operation_name(std::string_view name) {
  for (const char c : name)
    if ((c < 'a' || c > 'z') && (c < 'A' || c > 'Z') && (c < '0' || c > '9') && c != '_') return false;
  return !name.empty();
}

// {name: args}: arguments by name, one alone, or a list of those in the order of the documentation.
std::string operation_text(std::string_view name, const doc::Node& arguments) {
  if (!is_operation_name(name)) return {};
  std::vector<std::string> items;
  if (arguments.kind == doc::Kind::kMapping) {
    for (const doc::Node& child : arguments.children) {
      if (child.kind == doc::Kind::kNull) continue;
      const std::string value = argument_text(child);
      if (value.empty() || !is_operation_name(child.key)) return {};
      items.push_back(concat(child.key, '=', value));
    }
  } else if (arguments.kind == doc::Kind::kSequence) {
    for (const doc::Node& child : arguments.children) {
      items.push_back(argument_text(child));
      if (items.back().empty()) return {};
    }
  } else if (arguments.kind != doc::Kind::kNull) {
    items.push_back(argument_text(arguments));
    if (items.back().empty()) return {};
  }
  return items.empty() ? std::string(name) : concat(name, '(', join(items, ", "), ')');
}

}  // namespace

std::string found_in_spec(const doc::Node& node) {
  switch (node.kind) {
    case doc::Kind::kSequence: return concat("a list of ", node.children.size());
    case doc::Kind::kMapping: return "an object";
    case doc::Kind::kNull: return "null";
    case doc::Kind::kString: return concat('"', printable(node.text, 60), '"');
    default: return printable(node.text, 60);
  }
}

Result<void> SpecReader::expect_object() const {
  if (root_.kind == doc::Kind::kMapping) return {};
  return refusal("czann.spec-kind", "", &root_, "an object");
}

const doc::Node* SpecReader::find(std::string_view key) const {
  const doc::Node* found = nullptr;
  for (const doc::Node& child : root_.children)
    if (child.key == key) found = &child;
  return found;
}

Result<const doc::Node*> SpecReader::required(std::string_view key) const {
  if (const doc::Node* node = find(key)) return node;
  return refusal("czann.spec-missing-key", key, nullptr, concat("the key \"", key, '"'));
}

const doc::Node* SpecReader::optional(std::string_view key) const {
  const doc::Node* node = find(key);
  return node && node->kind != doc::Kind::kNull ? node : nullptr;
}

Error SpecReader::refusal(std::string id, std::string_view key, const doc::Node* at, std::string expected) const {
  const std::string found = at ? found_in_spec(*at) : "nothing";
  Error error = make_error(ErrorKind::kInvalid, std::move(id), concat("expected ", expected, ", found ", found));
  error.what.expected = std::move(expected);
  error.what.found = found;
  error.what.span = at ? at->span : Span{root_.span.begin, root_.span.begin + 1};
  if (!key.empty()) error.what.path = {Step::key(key)};
  return error;
}

void SpecReader::complain(std::string id, Severity severity, Path path, const doc::Node& at, std::string expected) {
  Diagnostic problem;
  problem.id = std::move(id);
  problem.severity = severity;
  problem.path = std::move(path);
  problem.span = at.span;
  problem.found = found_in_spec(at);
  problem.message = concat("expected ", expected, ", found ", problem.found);
  problem.expected = std::move(expected);
  diagnostics_.add(std::move(problem));
}

std::string SpecReader::text_of(const doc::Node& node, Path path) {
  if (node.kind == doc::Kind::kString) return std::string(node.text);
  complain("czann.spec-value", Severity::kError, std::move(path), node, "a text");
  return {};
}

void SpecReader::common(const doc::Node& model_path, SpecCommon& spec, LoneText lone_text) {
  spec.model_path = text_of(model_path, {Step::key("ModelPath")});
  if (model_path.kind == doc::Kind::kString && spec.model_path.empty())
    complain("czann.spec-value", Severity::kError, {Step::key("ModelPath")}, model_path, "the path of a network");
  if (const doc::Node* license = optional("LicenseFile"))
    spec.license_file = text_of(*license, {Step::key("LicenseFile")});
  if (const doc::Node* dims = optional("SpatialDims")) {
    const Path path{Step::key("SpatialDims")};
    for (const doc::Node& item : dims->children) {
      const auto size = item.kind == doc::Kind::kInteger ? doc::integer_of(item) : std::nullopt;
      if (!size || *size < 1) break;
      spec.spatial_dims.push_back(*size);
    }
    const bool fits = dims->kind == doc::Kind::kSequence && spec.spatial_dims.size() == dims->children.size() &&
                      spec.spatial_dims.size() >= 2 && spec.spatial_dims.size() <= 3;
    if (!fits) {
      spec.spatial_dims.clear();
      complain("czann.spec-value", Severity::kError, path, *dims, "a list of 2 or 3 sizes of at least 1");
    }
  }
  spec.preprocessing = operations("PreProcessing", lone_text);
  spec.postprocessing = operations("PostProcessing", lone_text);
}

std::vector<SpecOperation> SpecReader::operations(std::string_view key, LoneText lone_text) {
  std::vector<SpecOperation> found;
  const doc::Node* node = optional(key);
  if (!node) return found;
  const Path path{Step::key(key)};
  if (node->kind == doc::Kind::kString && lone_text == LoneText::kIsIgnored) {
    complain("czann.spec-ignored", Severity::kWarning, path, *node, "a list of operations; a text is ignored here");
    return found;
  }
  if (node->kind != doc::Kind::kSequence) {
    operation(*node, path, found);
    return found;
  }
  for (std::size_t i = 0; i < node->children.size(); ++i)
    if (!operation(node->children[i], {Step::key(key), Step::at(i)}, found)) break;
  return found;
}

bool SpecReader::operation(const doc::Node& node, const Path& path, std::vector<SpecOperation>& found) {
  std::string text;
  if (node.kind == doc::Kind::kString) text = std::string(node.text);
  if (node.kind == doc::Kind::kMapping && node.children.size() == 1)
    text = operation_text(node.children[0].key, node.children[0]);
  if (text.empty()) {
    complain("czann.spec-value", Severity::kError, path, node,
             "an operation as text, \"scale(1/255)\", or as {name: arguments}");
    return false;
  }
  found.push_back({std::move(text), to_text(path), node.span});
  return true;
}

}  // namespace zooport::czann
