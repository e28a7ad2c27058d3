#include "bioimageio/file_rules.hpp"
#include "bioimageio/prose_rules.hpp"
#include "bioimageio/read_again.hpp"
#include "bioimageio/test_tensors.hpp"
#include "zooport/base/text.hpp"
#include "zooport/bioimageio/description.hpp"

namespace zooport::bioimageio {
namespace {

Diagnostic finding(const Description& description, std::string id, Severity severity, Path path) {
  Diagnostic item;
  item.id = std::move(id);
  item.severity = severity;
  item.span = node_at(*description.root, path).span;
  item.path = std::move(path);
  item.file = description.file_name;
  return item;
}

// Of a file whose hash the reference does not compare.
Diagnostic wrong_hash(const Description& description, const NamedFile& file, const std::string& found) {
  Diagnostic item = finding(description, "zooport.architecture-sha256", Severity::kWarning, file.path);
  const doc::Node& hash = node_at(*description.root, file.sha256_path);
  item.span = hash.span;
  item.expected = concat("SHA-256 ", *file.sha256, " of '", printable(file.source), "'");
  item.found = found;
  item.message = concat("expected ", item.expected, ", found ", found);
  item.related.push_back({"the file", node_at(*description.root, file.path).span, file.path});
  item.fix = Fix{"write the hash of the file that is there", {{hash.span, found}}};
  return item;
}

void tell_of_failure(Description& description, const NamedFile& file, const Error& error) {
  if (is_url(file.source) || says_nothing_about_the_file(error)) {
    Diagnostic item = finding(description, "resource.unreachable", Severity::kWarning, file.path);
    item.message = error.what.message;
    return description.diagnostics.add(std::move(item));
  }
  // The reference only opens what it hashes.
  Diagnostic item = file.is_hash_compared_by_reference
                        ? finding(description, "bioimageio.unreadable-file", Severity::kError, file.path)
                        : finding(description, "zooport.unreadable-file", Severity::kWarning, file.path);
  if (file.is_hash_compared_by_reference) item.reference_type = "value_error";
  item.message = error.what.message;
  description.diagnostics.add(std::move(item));
}

// Adds a field in front of 'source', in the style that the entry is written in; none where that is not certain.
std::optional<Fix> add_hash(const Description& description, const Path& entry_path, const std::string& hash) {
  const doc::Node& entry = node_at(*description.root, entry_path);
  const doc::Node* source = entry.find("source");
  if (!source || entry.find("sha256")) return std::nullopt;
  const std::string_view text = description.text();
  const std::size_t at = source->key_span.begin;
  const std::size_t line = text.rfind('\n', at) == text.npos ? 0 : text.rfind('\n', at) + 1;
  const std::string_view indent = text.substr(line, at - line);
  const bool is_block = indent.find_first_not_of(' ') == indent.npos;
  const bool is_flow = entry.span.begin < text.size() && text[entry.span.begin] == '{';
  if (!is_block && !is_flow) return std::nullopt;
  return Fix{"write the hash of the file that is there",
             {{{at, at}, concat("sha256: ", hash, is_flow ? ", " : concat("\n", indent))}}};
}

// The reference writes the hashes of weights that it has computed. That they were missing is told already.
void fill_hashes(Description& description, Weights& weights, Surroundings& files) {
  const auto fill = [&](WeightsFormat format, auto& entry) {
    if (!entry || entry->sha256) return;
    const std::string hash = files.sha256(entry->source.value);
    if (hash.empty()) return;
    entry->sha256 = Sha256Text{hash};
    const Path path = path_of({"weights", to_text(format)});
    for (Diagnostic& item : description.diagnostics.items())
      if (item.id == "zooport.weights-sha256-missing" && item.path == path)
        item.fix = add_hash(description, path, hash);
  };
  fill(WeightsFormat::kKerasHdf5, weights.keras_hdf5);
  fill(WeightsFormat::kOnnx, weights.onnx);
  fill(WeightsFormat::kPytorchStateDict, weights.pytorch_state_dict);
  fill(WeightsFormat::kTensorflowJs, weights.tensorflow_js);
  fill(WeightsFormat::kTensorflowSavedModelBundle, weights.tensorflow_saved_model_bundle);
  fill(WeightsFormat::kTorchscript, weights.torchscript);
}

void compare_hashes(Description& description, const std::vector<NamedFile>& named, Surroundings& files) {
  for (const NamedFile& file : named) {
    if (files.stopped()) return;
    std::string hash;
    if (file.sha256 || file.is_hash_compared_by_reference)
      hash = files.sha256(file.source);
    else if (is_url(file.source))
      static_cast<void>(files.start(file.source, 1));  // only whether it can be had
    // The reading of the description has compared the others.
    if (file.sha256 && !hash.empty() && hash != *file.sha256 && !file.is_hash_compared_by_reference)
      description.diagnostics.add(wrong_hash(description, file, hash));
  }
}

// Of each file that somebody wanted to read; at the end, when that is known.
void tell_of_failures(Description& description, const std::vector<NamedFile>& named, const Surroundings& files) {
  for (const NamedFile& file : named)
    if (const Error* error = files.failure(file.source)) tell_of_failure(description, file, *error);
}

void check_model_files(Description& description, Surroundings& files) {
  ModelDescription& model = std::get<ModelDescription>(description.content);
  fill_hashes(description, model.weights, files);
  check_test_tensors(description, files);
  ProseFindings findings(description);
  check_documentation(model.documentation.value, DocumentationOf::kModel, files, findings);
  check_samples(model, files, findings);
  check_weights_files(model, files, findings);
  check_dependency_files(model, files, findings);
}

void check_files(Description& description, Surroundings& files) {
  const std::vector<NamedFile> named = named_files(description.content);
  compare_hashes(description, named, files);
  ProseFindings findings(description);
  if (const ResourceDescription* resource = description.resource()) check_covers(*resource, files, findings);
  if (const FileSource* documentation = documentation_of(description.content))
    check_documentation(documentation->value, DocumentationOf::kOther, files, findings);
  if (description.model()) check_model_files(description, files);
  if (!files.stopped()) tell_of_failures(description, named, files);
}

}  // namespace

Result<void> check_io(Description& description, const resource::Root& root, const CheckOptions& options,
                      const Context& context) {
  const bool is_checked = description.status == Status::kValid || description.status == Status::kInvalid;
  if (options.io == Io::kNone || !description.root || !is_checked) return {};
  Surroundings files(root, context);
  read_again(description, files.outside(), options);
  if (description.is_whole) check_files(description, files);
  if (context.stopped()) return Context::cancelled();
  for (const Diagnostic& item : description.diagnostics.items())
    if (item.severity >= options.fail_from && description.status == Status::kValid)
      description.status = Status::kInvalid;
  return {};
}

}  // namespace zooport::bioimageio
