#include "zooport/czann/model_spec.hpp"

#include "czann/spec_reader.hpp"
#include "zooport/base/text.hpp"
#include "zooport/doc/json.hpp"

namespace zooport::czann {
namespace {

// What was found in a part of the text, as found in the whole.
void move_into(Diagnostic& finding, std::size_t offset) {
  const auto shift = [&](Span& span) { span = {span.begin + offset, span.end + offset}; };
  finding.file.clear();
  if (finding.span) shift(*finding.span);
  for (Related& related : finding.related)
    if (related.span) shift(*related.span);
  if (finding.fix)
    for (Edit& edit : finding.fix->edits) shift(edit.span);
  finding.path.insert(finding.path.begin(), Step::key("ModelMetadata"));
}

Result<Metadata> metadata_inside(const doc::Document& document, const doc::Node& node, const Limits& limits,
                                 Diagnostics& diagnostics) {
  Diagnostics inner;
  const std::size_t begin = node.span.begin;
  Result<Metadata> metadata =
      read_metadata(std::string(document.source().substr(begin, node.span.end - begin)), limits, inner);
  // A specification may leave it out: the network that is not read yet has its part in it.
  const doc::Node* id = node.find("Id");
  const bool has_id = id && id->kind != doc::Kind::kNull;
  for (Diagnostic& finding : inner.items()) {
    if (!has_id && finding.path == Path{Step::key("Id")}) continue;
    move_into(finding, begin);
    diagnostics.add(std::move(finding));
  }
  if (metadata && !has_id) metadata->id.clear();
  if (metadata) return metadata;
  Error error = std::move(metadata).error();
  move_into(error.what, begin);
  return error;
}

Result<Metadata> metadata_of_file(const SpecReader& reader, const doc::Node& node, const SpecOptions& options,
                                  Diagnostics& diagnostics) {
  if (!options.open) return reader.refusal("czann.spec-kind", "ModelMetadata", &node, "an object");
  const std::string path(node.text);
  ZOOPORT_TRY_ASSIGN(const Bytes json, options.open(path));
  Diagnostics inner;
  Result<Metadata> metadata = read_metadata(std::string(json.text()), options.limits, inner);
  for (Diagnostic& finding : inner.items()) finding.file = path;
  diagnostics.add(std::move(inner));
  if (metadata) return metadata;
  Error error = std::move(metadata).error();
  error.what.file = path;
  return error;
}

}  // namespace

Result<ModelSpec> read_model_spec(std::string json, const SpecOptions& options, Diagnostics& diagnostics) {
  ZOOPORT_TRY_ASSIGN(const doc::Document document,
                     doc::read_json(std::move(json), options.limits, doc::JsonDialect::kPython));
  SpecReader reader(document.root(), diagnostics);
  ZOOPORT_TRY(reader.expect_object());
  ZOOPORT_TRY_ASSIGN(const doc::Node* model_path, reader.required("ModelPath"));
  ZOOPORT_TRY_ASSIGN(const doc::Node* metadata, reader.required("ModelMetadata"));
  ModelSpec spec;
  if (metadata->kind == doc::Kind::kMapping) {
    ZOOPORT_TRY_ASSIGN(spec.metadata, metadata_inside(document, *metadata, options.limits, diagnostics));
  } else if (metadata->kind == doc::Kind::kString) {
    ZOOPORT_TRY_ASSIGN(spec.metadata, metadata_of_file(reader, *metadata, options, diagnostics));
  } else {
    return reader.refusal("czann.spec-kind", "ModelMetadata", metadata, "an object");
  }
  reader.common(*model_path, spec, SpecReader::LoneText::kIsAnOperation);
  return spec;
}

std::optional<SpecForm> spec_form_of(std::string_view json, const Limits& limits) {
  // Most texts that come by are YAML: those do not begin with an object.
  const std::size_t first = json.find_first_not_of("\xEF\xBB\xBF \t\r\n");
  if (first == std::string_view::npos || json[first] != '{' || json.find("\"ModelPath\"") == std::string_view::npos)
    return std::nullopt;
  const auto document = doc::read_json(std::string(json), limits, doc::JsonDialect::kPython);
  if (!document || document->root().kind != doc::Kind::kMapping || !document->root().find("ModelPath"))
    return std::nullopt;
  const bool is_flat = document->root().find("PixelType") || document->root().find("ColorHandling");
  return is_flat && !document->root().find("ModelMetadata") ? SpecForm::kLegacy : SpecForm::kModern;
}

}  // namespace zooport::czann
