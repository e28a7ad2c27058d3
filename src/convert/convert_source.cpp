#include "zooport/convert/convert_source.hpp"

#include "convert/before.hpp"
#include "convert/network_processing.hpp"
#include "convert/spec_convert.hpp"
#include "convert/spec_load.hpp"
#include "zooport/base/os/file.hpp"
#include "zooport/base/text.hpp"
#include "zooport/onnx/io.hpp"
#include "zooport/process/text.hpp"

namespace zooport::convert {
namespace {

Result<std::vector<process::OperationPtr>> operations_of(const std::vector<std::string>& texts, const char* option,
                                                         const tensor::Axes& axes, const Limits& limits) {
  std::vector<process::OperationPtr> made;
  for (const OptionText& text : label_options(option, texts)) {
    const auto at_option = [&](Error error) {
      error.what.file = text.label;
      return error;
    };
    auto parsed = process::parse_operations(text.text, limits);
    if (!parsed) return at_option(std::move(parsed).error());
    for (const process::TextOperation& operation : *parsed) {
      auto one = process::make_operation(operation, axes);
      if (!one) return at_option(std::move(one).error());
      process::Form form{axes, tensor::Shape(axes.size(), -1)};
      if (auto same = (*one)->reform(form); !same || form.axes != axes || (*one)->channels()) {
        Error error = make_error(ErrorKind::kUnsupported, "convert.processing",
                                 concat((*one)->describe(),
                                        " changes or fixes channels; wrap the network itself with "
                                        "`zooport graph wrap`, or convert a specification"));
        error.what.span = operation.span;
        return at_option(std::move(error));
      }
      made.push_back(std::move(*one));
    }
  }
  return made;
}

// Operations around a model that is described: they become part of the description.
Result<void> describe(model::Model& model, const NetworkCall& call, const Limits& limits) {
  if (model.inputs.size() != 1 || model.outputs.size() != 1)
    return make_error(ErrorKind::kUnsupported, "convert.tensor-count",
                      concat("--pre and --post need one input and one output; this model has ", model.inputs.size(),
                             " and ", model.outputs.size()));
  ZOOPORT_TRY_ASSIGN(auto pre, operations_of(call.pre, "--pre", model.inputs[0].tensor_axes(), limits));
  ZOOPORT_TRY_ASSIGN(auto post, operations_of(call.post, "--post", model.outputs[0].tensor_axes(), limits));
  auto& of_input = model.inputs[0].processing;
  of_input.insert(of_input.begin(), pre.begin(), pre.end());
  auto& of_output = model.outputs[0].processing;
  of_output.insert(of_output.end(), post.begin(), post.end());
  return {};
}

// Operations around the network of a CZANN: its metadata follow.
Result<Before> wrap_package(Loaded& loaded, const NetworkCall& call, EngineOnDemand& engine, bool forces,
                            const Context& context) {
  czann::Package& package = *loaded.package;
  ZOOPORT_TRY_ASSIGN(const onnx::Model network, onnx::read_model(package.network, {.limits = context.limits}));
  NetworkRequest request{package.metadata.input_shape.size() == 4 ? "bzyxc" : "byxc", {}, call.pre, call.post};
  ZOOPORT_TRY_ASSIGN(const ProcessedNetwork made, process_network(network, request, context));
  Before before;
  before.steps = made.steps;
  const auto opened = engine.get();
  if (!opened && !forces) return opened.error();
  if (opened) {
    ZOOPORT_TRY_ASSIGN(before.verification, verify_processed(made, **opened, context));
  }
  ZOOPORT_TRY_ASSIGN(package.network, onnx::to_bytes(made.after));
  const onnx::Graph& graph = made.after.graph;
  package.metadata.input_shape = shape_behind_batch(*graph.required_inputs().at(0), package.metadata.input_shape);
  package.metadata.output_shape = shape_behind_batch(graph.outputs.at(0), package.metadata.output_shape);
  // Another network, so another model: by the Id programs know it again.
  package.metadata.id.clear();
  package.metadata.id = czann::content_id(package.network, czann::write_metadata(package.metadata));
  ZOOPORT_TRY_ASSIGN(loaded.model, czann::to_model(package));
  return before;
}

}  // namespace

Result<ConversionReport> convert_source(const std::string& source, const std::string& dest,
                                        const ConvertRequest& request, const NetworkCall& call, EngineOnDemand engine,
                                        const Context& context) {
  ZOOPORT_TRY_ASSIGN(Opened opened, open_source(source, context));
  if (opened.kind == SourceKind::kCzmodelSpec) {
    const SpecCall changes{request.czann.spatial_dims, call.pre, call.post, call.savedmodel};
    ZOOPORT_TRY_ASSIGN(const LoadedSpec spec, load_spec(std::move(opened), changes, context));
    return convert_spec(spec, dest, request, std::move(engine), context);
  }
  ZOOPORT_TRY_ASSIGN(Loaded loaded, load_opened(std::move(opened), context));
  ZOOPORT_TRY(expect_model(loaded));
  Before before;
  if (!call.pre.empty() || !call.post.empty()) {
    if (loaded.package) {
      const bool forces = request.czann.on_failure == CzannOptions::OnFailure::kWriteAnyway;
      ZOOPORT_TRY_ASSIGN(before, wrap_package(loaded, call, engine, forces, context));
      if (!before.verification.passed && !forces) return differs(loaded.opened, dest, request, std::move(before));
    } else {
      ZOOPORT_TRY(describe(loaded.model, call, context.limits));
    }
  }
  ZOOPORT_TRY_ASSIGN(ConversionReport report, convert_model(loaded, dest, request, std::move(engine), context));
  put_before(report, std::move(before));
  return report;
}

std::map<std::string, Bytes, std::less<>> option_texts(const NetworkCall& call) {
  WrapOptions options;
  options.pre = call.pre;
  options.post = call.post;
  return option_texts(options);
}

}  // namespace zooport::convert
