#include "zooport/bioimageio/to_model.hpp"

#include "bioimageio/processing_steps.hpp"
#include "bioimageio/tolerances.hpp"
#include "zooport/base/text.hpp"
#include "zooport/onnx/io.hpp"
#include "zooport/resource/remote.hpp"

namespace zooport::bioimageio {
namespace {

using model::AxisSpec;
using model::Network;
using model::ParametrizedSize;
using model::ReferenceSize;
using model::TensorSpec;

// Any number of samples: the size 1 that the format wants of a batch axis is only that of the test tensors.
constexpr ParametrizedSize kAnyBatch{1, 1};

model::SizeRule fixed(std::int64_t size) { return ParametrizedSize{size, 0}; }

tensor::Dtype dtype_of(DataType type) { return *tensor::dtype_named(to_text(type)); }

Error unsupported(std::string message) {
  return make_error(ErrorKind::kUnsupported, "zooport.axes-and-shape", std::move(message));
}

class Translation {
 public:
  Translation(const ModelDescription& from, std::shared_ptr<const resource::Root> root)
      : from_(from), root_(std::move(root)) {}

  Result<model::Model> run() {
    model::Model to;
    to.name = from_.name;
    to.format = "bioimageio model 0.4.10";
    if (from_.id) to.id = from_.id->value;
    ZOOPORT_TRY_ASSIGN(auto pre, steps_of(from_.inputs));
    for (std::size_t i = 0; i < from_.inputs.size(); ++i) {
      ZOOPORT_TRY_ASSIGN(auto input, translated(from_.inputs[i]));
      input.processing = std::move(pre[i]);
      if (i < from_.test_inputs.size()) input.test_file = from_.test_inputs[i].value;
      to.inputs.push_back(std::move(input));
    }
    ZOOPORT_TRY_ASSIGN(auto post, steps_of(from_.outputs));
    for (std::size_t i = 0; i < from_.outputs.size(); ++i) {
      ZOOPORT_TRY_ASSIGN(auto output, translated(from_.outputs[i]));
      output.processing = std::move(post[i]);
      set_tolerances(from_, output);
      if (i < from_.test_outputs.size()) output.test_file = from_.test_outputs[i].value;
      to.outputs.push_back(std::move(output));
    }
    for (const auto& [format, entry] : from_.weights.entries()) to.networks.push_back(network(format, *entry));
    to.open = [root = root_](const std::string& source, const Context& context) {
      return resource::read_source(*root, source, "", context);
    };
    return to;
  }

 private:
  template <class Tensor>
  TensorSpec common(const Tensor& from) const {
    TensorSpec to;
    to.id = from.name.value;
    to.description = from.description;
    to.dtype = dtype_of(from.data_type);
    if (from.data_range) to.range = {from.data_range->first, from.data_range->second};
    for (const tensor::Axis& axis : axes_of(from)) to.axes.emplace_back().axis = axis;
    return to;
  }

  Result<TensorSpec> translated(const InputTensor& from) const {
    TensorSpec to = common(from);
    const auto* parameterized = std::get_if<ParameterizedInputShape>(&from.shape);
    const std::vector<schema::Integer>& sizes =
        parameterized ? static_cast<const std::vector<schema::Integer>&>(parameterized->min)
                      : std::get<Sizes>(from.shape);
    ZOOPORT_TRY(require_sizes(from, sizes.size()));
    for (std::size_t i = 0; i < sizes.size(); ++i) {
      if (is_batch(to.axes[i]))
        to.axes[i].size = kAnyBatch;
      else
        to.axes[i].size = ParametrizedSize{sizes[i], parameterized ? parameterized->step[i].value : 0};
    }
    return to;
  }

  Result<TensorSpec> translated(const OutputTensor& from) const {
    TensorSpec to = common(from);
    if (const auto* sizes = std::get_if<Sizes>(&from.shape)) {
      ZOOPORT_TRY(require_sizes(from, sizes->size()));
      for (std::size_t i = 0; i < sizes->size(); ++i)
        to.axes[i].size = is_batch(to.axes[i]) ? model::SizeRule(kAnyBatch) : fixed((*sizes)[i]);
    } else {
      ZOOPORT_TRY(add_reference_sizes(from, std::get<ImplicitOutputShape>(from.shape), to));
    }
    for (std::size_t i = 0; from.halo && i < std::min(from.halo->size(), to.axes.size()); ++i)
      to.axes[i].halo = (*from.halo)[i];
    return to;
  }

  // Axes of the output that have a scale stand for those of the reference, in order.
  Result<void> add_reference_sizes(const OutputTensor& from, const ImplicitOutputShape& shape, TensorSpec& to) const {
    ZOOPORT_TRY(require_sizes(from, shape.scale.size()));
    const TensorDescription* reference = nullptr;
    for (const InputTensor& input : from_.inputs)
      if (input.name.value == shape.reference_tensor.value) reference = &input;
    for (const OutputTensor& output : from_.outputs)
      if (!reference && output.name.value == shape.reference_tensor.value) reference = &output;
    const tensor::Axes axes = axes_of(*reference);
    std::size_t next = 0;
    for (std::size_t i = 0; i < shape.scale.size(); ++i) {
      const double offset = shape.offset_at(i);
      const std::size_t of_reference = next;
      if (shape.scale[i]) ++next;
      const double scale = shape.scale[i].value_or(0);
      if (scale == 0) {
        to.axes[i].size = fixed(static_cast<std::int64_t>(2 * offset));
        continue;
      }
      if (of_reference >= axes.size())
        return unsupported(concat("output '", from.name.value, "' has more axes than '", shape.reference_tensor.value,
                                  "', which its shape refers to"));
      to.axes[i].size = ReferenceSize{shape.reference_tensor.value, axes[of_reference].id, scale, offset};
    }
    return {};
  }

  static Result<void> require_sizes(const TensorDescription& tensor, std::size_t sizes) {
    if (tensor.axes.value.size() == sizes) return {};
    return unsupported(concat("'", tensor.name.value, "' has axes '", tensor.axes.value, "' and ", sizes,
                              " sizes; write one size for each axis"));
  }
  static bool is_batch(const AxisSpec& axis) { return axis.axis.kind == tensor::AxisKind::kBatch; }

  Network network(WeightsFormat format, const WeightsEntry& entry) const {
    Network to;
    to.weights = to_text(format);
    to.source = entry.source.value;
    to.reason = reason_against(format);
    if (to.reason.empty())
      to.load = [root = root_, source = to.source, sha256 = entry.sha256 ? entry.sha256->value : std::string()](
                    const Context& context) { return load(*root, source, sha256, context); };
    else
      to.load = [reason = to.reason](const Context&) -> Result<onnx::Model> {
        return make_error(ErrorKind::kUnsupported, "zooport.weights-unusable", reason);
      };
    return to;
  }

  static std::string reason_against(WeightsFormat format) {
    switch (format) {
      case WeightsFormat::kOnnx: return "";
      case WeightsFormat::kPytorchStateDict:
        return "pytorch_state_dict holds no graph, which only its Python code makes; convert it to ONNX";
      case WeightsFormat::kTorchscript: return "this version does not import torchscript; convert it to ONNX";
      case WeightsFormat::kKerasHdf5: return "this version does not import keras_hdf5; convert it to ONNX";
      case WeightsFormat::kTensorflowJs: return "this version does not import tensorflow_js; convert it to ONNX";
      case WeightsFormat::kTensorflowSavedModelBundle:
        return "this version does not import tensorflow_saved_model_bundle; convert it to ONNX";
    }
    return "unknown weights format";
  }

  // Whatever lies beside the file is looked for where the file itself is. Only what is downloaded is compared with
  // its hash: other files of the root are check_io()'s.
  static Result<onnx::Model> load(const resource::Root& root, const std::string& source, const std::string& sha256,
                                  const Context& context) {
    const bool is_elsewhere = resource::is_web_url(source);
    const bool is_downloaded = is_elsewhere || resource::is_web_folder(root);
    ZOOPORT_TRY_ASSIGN(const Bytes file, resource::read_source(root, source, is_downloaded ? sha256 : "", context));
    onnx::ReadOptions options;
    options.limits = context.limits;
    options.external = [&](const std::string& location) -> Result<Bytes> {
      if (!is_elsewhere) {
        const std::string name = concat(source.substr(0, source.rfind('/') + 1), location);
        return resource::read_only_name(root, name, context);
      }
      ZOOPORT_TRY_ASSIGN(const std::string folder, resource::web_folder_of(source));
      ZOOPORT_TRY_ASSIGN(const std::string url, resource::web_url_in(folder, location));
      return resource::read_source(root, url, "", context);
    };
    return onnx::read_model(file, options);
  }

  const ModelDescription& from_;
  std::shared_ptr<const resource::Root> root_;
};

}  // namespace

Result<model::Model> to_model(const Description& description, std::shared_ptr<const resource::Root> root) {
  // A description whose files were found wrong is still whole.
  if (!description.model() || !description.is_whole)
    return make_error(ErrorKind::kUsage, "zooport.invalid-description", "only a valid description can become a model");
  return Translation(*description.model(), std::move(root)).run();
}

}  // namespace zooport::bioimageio
