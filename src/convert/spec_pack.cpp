#include <algorithm>

#include "convert/network_processing.hpp"
#include "zooport/base/os/file.hpp"
#include "zooport/base/text.hpp"
#include "zooport/convert/graph_files.hpp"
#include "zooport/convert/spec_source.hpp"
#include "zooport/onnx/io.hpp"

namespace zooport::convert {
namespace {

using SavedModel = SpecCall::SavedModel;

std::vector<std::string> texts_of(const std::vector<czann::SpecOperation>& operations) {
  std::vector<std::string> texts;
  for (const czann::SpecOperation& operation : operations) texts.push_back(operation.text);
  return texts;
}

// What process_network() calls an option, as the place in the specification that it came from.
Error from_specification(Error error, std::string_view option, const char* key,
                         const std::vector<czann::SpecOperation>& operations) {
  std::string_view label = error.what.file;
  if (!label.starts_with(option)) return error;
  label.remove_prefix(option.size());
  std::size_t at = 0;
  for (const char c : label)
    if (c >= '0' && c <= '9') at = 10 * at + static_cast<std::size_t>(c - '0');
  at = at > 0 ? at - 1 : 0;
  if (at >= operations.size()) return error;
  error.kind = error.kind == ErrorKind::kUsage ? ErrorKind::kInvalid : error.kind;
  error.what.message = concat(printable(operations[at].text), ": ", error.what.message);
  error.what.file.clear();
  error.what.span = operations[at].span;
  error.what.path = {Step::key(key), Step::at(at)};
  return error;
}

// Files of a SavedModel as the real package nests them: those of the folder first, stored.
Result<Bytes> nested_zip(const std::string& folder, const Context& context) {
  ZOOPORT_TRY_ASSIGN(const auto root, resource::open_folder(folder, context));
  ZOOPORT_TRY_ASSIGN(std::vector<std::string> names, root->list());
  const auto depth = [](const std::string& name) { return std::count(name.begin(), name.end(), '/'); };
  std::stable_sort(names.begin(), names.end(),
                   [&](const std::string& a, const std::string& b) { return depth(a) < depth(b); });
  std::vector<archive::Member> members;
  for (const std::string& name : names) {
    ZOOPORT_TRY_ASSIGN(Bytes content, root->read(name, context));
    members.push_back({name, std::move(content), archive::Method::kStored});
  }
  std::string bytes;
  ZOOPORT_TRY(archive::write_zip(members, archive::append_to(bytes), context));
  return Bytes(std::move(bytes));
}

Result<void> pack_savedmodel(SpecPackage& packed, const SpecSource& source, const NetworkRequest& request,
                             const Context& context) {
  if (!request.is_empty())
    return make_error(ErrorKind::kUnsupported, "convert.spec-weights",
                      "sizes and operations cannot be put into a SavedModel, which cannot be read yet");
  if (os::status(source.network_path).kind == os::FileKind::kFolder) {
    ZOOPORT_TRY_ASSIGN(packed.package.network, nested_zip(source.network_path, context));
  } else {
    ZOOPORT_TRY_ASSIGN(packed.package.network, os::read_file(source.network_path, context.limits.model_bytes));
  }
  packed.is_savedmodel = true;
  packed.steps.push_back("pack the SavedModel as a ZIP archive in the archive");
  Diagnostic finding;
  finding.id = "convert.savedmodel";
  finding.severity = Severity::kWarning;
  finding.path = {Step::key("ModelPath")};
  finding.message =
      "the network is packed as a SavedModel: it was not run or compared, and only a ZEN whose TensorFlow knows its "
      "operations loads it; the specification names ONNX alone since 2.0.0";
  packed.findings.add(std::move(finding));
  packed.verify = [](engine::Engine&, const Context&) -> Result<SpecPackage::Verification> {
    return SpecPackage::Verification{false, true, "no importer for a SavedModel", {}};
  };
  return {};
}

// Another tile than the one that the metadata speak of: they follow, but for channels, which a size does not change.
void follow_size(SpecPackage& packed, const onnx::Graph& graph) {
  const auto follow = [&](std::string_view key, std::vector<std::int64_t>& shape, const onnx::ValueInfo& value) {
    std::vector<std::int64_t> now = shape_behind_batch(value, shape);
    if (!shape.empty()) now.back() = shape.back();
    if (now == shape) return;
    shape = std::move(now);
    packed.steps.push_back(concat(key, " becomes ", shape_text(shape)));
  };
  czann::Metadata& metadata = packed.package.metadata;
  follow("InputShape", metadata.input_shape, *graph.required_inputs().at(0));
  if (!graph.outputs.empty()) follow("OutputShape", metadata.output_shape, graph.outputs.front());
}

Result<void> pack_onnx(SpecPackage& packed, const SpecSource& source, const NetworkRequest& request,
                       const Context& context) {
  ZOOPORT_TRY_ASSIGN(const onnx::Model network, read_graph(source.network_path, context));
  if (request.is_empty()) {
    const auto& constants = network.graph.initializers;
    const bool has_data = os::status(source.network_path).size < onnx::written_size(network) && !constants.empty();
    packed.package.network = source.network;
    if (has_data) {
      ZOOPORT_TRY_ASSIGN(packed.package.network, onnx::to_bytes(network));
      packed.steps.push_back("put the constants of the data file into the network");
    }
    packed.verify = [](engine::Engine&, const Context&) -> Result<SpecPackage::Verification> {
      return SpecPackage::Verification{};
    };
    return {};
  }
  auto made = process_network(network, request, context);
  if (!made) return std::move(made).error();
  ZOOPORT_TRY_ASSIGN(packed.package.network, onnx::to_bytes(made->after));
  packed.steps = made->steps;
  if (!request.spatial_dims.empty()) follow_size(packed, made->after.graph);
  packed.verify = [processed = std::move(*made)](engine::Engine& engine, const Context& inner) {
    return verify_processed(processed, engine, inner);
  };
  return {};
}

Error cannot_read(const SpecSource& source) {
  const std::string path = printable(source.spec.model_path);
  Error error = make_error(
      ErrorKind::kUnsupported, "convert.spec-weights",
      source.weights.empty()
          ? concat("ModelPath names ", path, ", which is no network that zooport knows; expected an ONNX file")
          : concat("ModelPath names ", path, ", which holds ", source.weights,
                   ", which cannot be read yet; expected an ONNX file"));
  if (source.weights == "savedmodel" && !source.legacy)
    error.what.help = "--allow-savedmodel packs it as it is, unchecked";
  error.what.path = {Step::key("ModelPath")};
  return error;
}

// What the flat form does not say is what the real package writes.
void become_legacy(SpecPackage& packed, czann::LegacyMetadata metadata) {
  if (metadata.version.empty()) metadata.version = "3.1.0";
  if (metadata.status.empty()) metadata.status = "Trained";
  if (metadata.feature_extractor.empty()) metadata.feature_extractor = "DeepNeuralNetwork";
  czann::LegacyPackage legacy;
  legacy.network = std::move(packed.package.network);
  legacy.others = std::move(packed.package.others);
  if (metadata.id.empty()) metadata.id = czann::content_id(legacy.network, czann::write_legacy_metadata(metadata));
  legacy.xml_name = concat(metadata.id, ".xml");
  legacy.network_name = concat(metadata.id, ".model");
  legacy.marker = metadata.id;
  legacy.metadata = std::move(metadata);
  packed.package = {};
  packed.legacy = std::move(legacy);
}

}  // namespace

Result<SpecPackage> pack_spec(const SpecSource& source, const SpecCall& call, const Context& context) {
  SpecPackage packed;
  packed.package.metadata = source.spec.metadata;
  if (source.license) packed.package.others.push_back(*source.license);
  NetworkRequest request;
  request.axes = source.spec.metadata.input_shape.size() == 4 ? "bzyxc" : "byxc";
  request.spatial_dims = call.spatial_dims.empty() ? source.spec.spatial_dims : call.spatial_dims;
  request.pre = call.pre.empty() ? texts_of(source.spec.preprocessing) : call.pre;
  request.post = call.post.empty() ? texts_of(source.spec.postprocessing) : call.post;
  Result<void> done;
  if (source.weights == "onnx") {
    done = pack_onnx(packed, source, request, context);
  } else if (source.weights == "savedmodel" && call.savedmodel == SavedModel::kPack && !source.legacy) {
    done = pack_savedmodel(packed, source, request, context);
  } else {
    return cannot_read(source);
  }
  if (!done) {
    Error error = std::move(done).error();
    if (call.pre.empty())
      error = from_specification(std::move(error), "--pre", "PreProcessing", source.spec.preprocessing);
    if (call.post.empty())
      error = from_specification(std::move(error), "--post", "PostProcessing", source.spec.postprocessing);
    return error;
  }
  if (source.legacy) {
    become_legacy(packed, *source.legacy);
    return packed;
  }
  czann::Metadata& metadata = packed.package.metadata;
  if (metadata.id.empty()) metadata.id = czann::content_id(packed.package.network, czann::write_metadata(metadata));
  return packed;
}

}  // namespace zooport::convert
