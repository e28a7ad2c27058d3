#include "zooport/convert/load.hpp"

#include <algorithm>

#include "convert/first_error.hpp"
#include "convert/spec_load.hpp"
#include "zooport/base/text.hpp"
#include "zooport/bioimageio/to_model.hpp"
#include "zooport/onnx/io.hpp"
#include "zooport/resource/remote.hpp"

namespace zooport::convert {

Error first_error(const Diagnostics& findings, const std::string& source, ErrorKind kind) {
  Error error = make_error(kind, "convert.invalid-source",
                           concat(printable(source), " is not valid; `zooport check` lists what is wrong"));
  for (const Diagnostic& finding : findings.items()) {
    // What is only not supported has no errors.
    if (finding.severity != Severity::kError && kind != ErrorKind::kUnsupported) continue;
    error.what.related.push_back({finding.message, finding.span, finding.path});
    error.what.message = concat(printable(source), ": ", to_text(finding.path), finding.path.empty() ? "" : ": ",
                                finding.message, "; `zooport check` lists everything");
    break;
  }
  return error;
}

namespace {

std::string guessed_letters(std::size_t rank) {
  switch (rank) {
    case 2: return "bc";
    case 3: return "bcx";
    case 5: return "bczyx";
    default: return "bcyx";
  }
}

model::TensorSpec spec_of(const onnx::ValueInfo& value, std::size_t rank) {
  model::TensorSpec spec;
  spec.id = value.name;
  if (const auto dtype = onnx::dtype_of(value.type.element)) spec.dtype = *dtype;
  const tensor::Axes axes = tensor::axes_from_letters(guessed_letters(rank));
  for (std::size_t i = 0; i < rank && i < axes.size(); ++i) {
    model::AxisSpec axis;
    axis.axis = axes[i];
    if (value.type.shape && i < value.type.shape->size() && (*value.type.shape)[i].value)
      axis.size = model::ParametrizedSize{*(*value.type.shape)[i].value, 0};
    spec.axes.push_back(std::move(axis));
  }
  return spec;
}

Result<model::Model> model_of_graph(const Opened& opened, const Context& context) {
  onnx::ReadOptions options{.limits = context.limits, .external = nullptr};
  if (opened.root) {
    options.external = [root = opened.root, context](const std::string& location) {
      return resource::read_only_name(*root, location, context);
    };
  }
  ZOOPORT_TRY_ASSIGN(const onnx::Model graph, onnx::read_model(opened.bytes, options));
  model::Model model;
  model.name = opened.file_name;
  model.format = concat("onnx opset ", graph.opset());
  const auto rank_of = [](const onnx::ValueInfo& value) {
    return value.type.shape ? value.type.shape->size() : std::size_t{4};
  };
  for (const onnx::ValueInfo* input : graph.graph.required_inputs())
    model.inputs.push_back(spec_of(*input, rank_of(*input)));
  for (const onnx::ValueInfo& output : graph.graph.outputs) model.outputs.push_back(spec_of(output, rank_of(output)));
  if (model.inputs.empty() || model.outputs.empty())
    return make_error(ErrorKind::kInvalid, "convert.empty-graph", "the graph has no input or no output");
  model::Network network;
  network.weights = "onnx";
  network.source = opened.file_name;
  network.load = [graph](const Context&) -> Result<onnx::Model> { return graph; };
  model.networks.push_back(std::move(network));
  model.open = [](const std::string& source, const Context&) -> Result<Bytes> {
    return make_error(ErrorKind::kUnsupported, "convert.no-files",
                      concat("a bare ONNX file refers to no files; asked for ", printable(source)));
  };
  return model;
}

}  // namespace

Result<Loaded> load_opened(Opened opened, const Context& context) {
  Loaded loaded;
  loaded.opened = std::move(opened);
  const std::string source = loaded.opened.source;
  switch (loaded.opened.kind) {
    case SourceKind::kBioimageio: {
      ZOOPORT_TRY_ASSIGN(loaded.description,
                         bioimageio::read(std::string(loaded.opened.bytes.text()), loaded.opened.file_name,
                                          {.io = bioimageio::Io::kNone}, context));
      const bioimageio::Description& description = *loaded.description;
      if (description.status == bioimageio::Status::kUnsupported)
        return first_error(description.diagnostics, source, ErrorKind::kUnsupported);
      if (description.status == bioimageio::Status::kUnreadable)
        return first_error(description.diagnostics, source, ErrorKind::kIo);
      if (description.status != bioimageio::Status::kValid)
        return first_error(description.diagnostics, source, ErrorKind::kInvalid);
      if (description.model()) {
        ZOOPORT_TRY_ASSIGN(loaded.model, bioimageio::to_model(description, loaded.opened.root));
      }
      return loaded;
    }
    case SourceKind::kCzann:
    case SourceKind::kCzseg: {
      ZOOPORT_TRY_ASSIGN(loaded, load_readable(std::move(loaded.opened), context));
      if (loaded.refused) return *loaded.refused;
      return loaded;
    }
    case SourceKind::kOnnx: {
      ZOOPORT_TRY_ASSIGN(loaded.model, model_of_graph(loaded.opened, context));
      return loaded;
    }
    case SourceKind::kCzmodelSpec: {
      ZOOPORT_TRY_ASSIGN(LoadedSpec spec, load_spec(std::move(loaded.opened), {}, context));
      return std::move(spec.loaded);
    }
    case SourceKind::kUnknown: break;
  }
  const std::string& kind = loaded.opened.recognised_as;
  return make_error(ErrorKind::kUnsupported, "convert.unknown-source",
                    kind.empty() ? concat(printable(source), " is of no kind that zooport knows")
                                 : concat(printable(source), " holds ", kind, ", which cannot be read yet",
                                          kind == "savedmodel" ? "; named by a conversion specification it is packed "
                                                                 "unread, with --allow-savedmodel"
                                                               : ""));
}

Result<Loaded> load_source(const std::string& source, const Context& context) {
  ZOOPORT_TRY_ASSIGN(Opened opened, open_source(source, context));
  return load_opened(std::move(opened), context);
}

Result<Loaded> load_model(const std::string& source, const Context& context) {
  ZOOPORT_TRY_ASSIGN(Loaded loaded, load_source(source, context));
  ZOOPORT_TRY(expect_model(loaded));
  return loaded;
}

Result<void> expect_model(const Loaded& loaded) {
  if (loaded.description && !loaded.description->model())
    return make_error(ErrorKind::kUnsupported, "convert.no-model",
                      concat(printable(loaded.opened.source), " describes a ", printable(loaded.description->type, 60),
                             "; only a model can be run or converted"));
  return {};
}

bool is_from_elsewhere(const Loaded& loaded) {
  const Opened& opened = loaded.opened;
  if (opened.location != opened.source || resource::is_web_url(opened.location)) return true;
  const auto& networks = loaded.model.networks;
  return std::any_of(networks.begin(), networks.end(),
                     [](const model::Network& network) { return resource::is_web_url(network.source); });
}

}  // namespace zooport::convert
