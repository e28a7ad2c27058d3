#include "convert/wrap_build.hpp"

#include <algorithm>

#include "convert/wrap_axes.hpp"
#include "zooport/base/text.hpp"
#include "zooport/onnx/builder.hpp"
#include "zooport/process/emitter.hpp"

namespace zooport::convert {
namespace {

using process::GraphTensor;
using Side = WrappedTensor::Side;

std::string letters(const tensor::Axes& axes) { return tensor::letters_of(axes); }

onnx::ValueInfo& declared_in(onnx::Graph& graph, const WrappedTensor& tensor) {
  auto& values = tensor.side == Side::kInput ? graph.inputs : graph.outputs;
  return *std::find_if(values.begin(), values.end(), [&](const auto& value) { return value.name == tensor.name; });
}

class WrapBuilder {
 public:
  WrapBuilder(onnx::Model& model, const WrapPlan& plan) : model_(model), plan_(plan) {
    for (const WrappedTensor& tensor : plan.tensors) {
      if (tensor.side != Side::kInput || !tensor.outer_dtype) continue;
      inputs_.emplace_back(tensor.name, GraphTensor{tensor.name, tensor.outer, *tensor.outer_dtype});
    }
  }

  Result<std::vector<std::string>> build() {
    {
      onnx::Builder builder(model_);
      ZOOPORT_TRY(wrap(builder, Side::kInput));
      ZOOPORT_TRY(wrap(builder, Side::kOutput));
    }
    for (const WrappedTensor& tensor : plan_.tensors) declare(tensor);
    return std::move(done_);
  }

 private:
  // All of one side are opened before any operator is added: what is added reads inputs as the caller gives them, and
  // outputs as the network gives them.
  Result<void> wrap(onnx::Builder& builder, Side side) {
    std::vector<std::pair<const WrappedTensor*, GraphTensor>> open;
    for (const WrappedTensor& tensor : plan_.tensors) {
      if (tensor.side != side || !tensor.is_changed()) continue;
      ZOOPORT_TRY_ASSIGN(std::string value,
                         side == Side::kInput ? builder.open_input(tensor.name) : builder.open_output(tensor.name));
      const bool is_input = side == Side::kInput;
      const auto dtype = is_input ? tensor.outer_dtype : tensor.inner_dtype;
      open.emplace_back(&tensor, GraphTensor{std::move(value), is_input ? tensor.outer : tensor.inner,
                                             dtype.value_or(tensor::Dtype::kFloat32)});
    }
    if (side == Side::kOutput) {
      for (auto& [tensor, now] : open) turn(builder, *tensor, now, tensor->outer);
    }
    // What operations may refer to: inputs as the caller gives them, and outputs before their operations.
    std::vector<std::pair<std::string, GraphTensor>> named = inputs_;
    for (const auto& [tensor, now] : open) named.emplace_back(tensor->name, now);
    for (const WrappedTensor& tensor : plan_.tensors) {
      if (side != Side::kOutput || tensor.side != side || tensor.is_changed() || !tensor.inner_dtype) continue;
      named.emplace_back(tensor.name, GraphTensor{tensor.name, tensor.outer, *tensor.inner_dtype});
    }
    for (auto& [tensor, now] : open) {
      for (const WrapStep& step : tensor->steps) ZOOPORT_TRY(add(builder, *tensor, step, named, now));
      if (side == Side::kInput) {
        turn(builder, *tensor, now, tensor->inner);
        if (tensor->inner_dtype && now.dtype != *tensor->inner_dtype) {
          now.value = builder.cast(now.value, onnx::element_type_of(*tensor->inner_dtype));
          done_.push_back(concat("cast ", printable(tensor->name), " from ", tensor::name_of(now.dtype), " to ",
                                 tensor::name_of(*tensor->inner_dtype)));
        }
      } else {
        final_dtypes_.emplace_back(tensor, now.dtype);
      }
    }
    for (auto& [tensor, now] : open) {
      side == Side::kInput ? builder.close_input(tensor->name, now.value)
                           : builder.close_output(tensor->name, now.value);
    }
    return {};
  }

  Result<void> add(onnx::Builder& builder, const WrappedTensor& tensor, const WrapStep& step,
                   const std::vector<std::pair<std::string, GraphTensor>>& named, GraphTensor& now) {
    process::Emitter emitter(builder, now);
    for (const auto& [name, reference] : named) emitter.add_reference(name, reference);
    if (auto result = step.operation->emit(emitter, nullptr); !result) {
      Error error = std::move(result).error();
      error.what.file = step.label;
      error.what.span = step.span;
      return error;
    }
    now = emitter.now();
    done_.push_back(concat(tensor.side == Side::kInput ? "prepend " : "append ", step.operation->describe(),
                           step.operation->measures().empty() && step.operation->is_blockwise()
                               ? ""
                               : ", of the tensor that is given: per tile",
                           tensor.side == Side::kInput ? ", before " : ", after ", printable(tensor.name)));
    return {};
  }

  void turn(onnx::Builder& builder, const WrappedTensor& tensor, GraphTensor& now, const tensor::Axes& to) {
    if (now.axes == to) return;
    const AxesChange change = axes_change(now.axes, to);
    if (!change.removed.empty()) now.value = builder.squeeze(now.value, change.removed);
    if (change.turns()) now.value = builder.transpose(now.value, change.order);
    if (!change.added.empty()) now.value = builder.unsqueeze(now.value, change.added);
    done_.push_back(
        concat("turn the axes of ", printable(tensor.name), " from ", letters(now.axes), " to ", letters(to)));
    now.axes = to;
  }

  void declare(const WrappedTensor& tensor) {
    onnx::ValueInfo& value = declared_in(model_.graph, tensor);
    if (tensor.has_shape) value.type.shape = tensor.declared;
    if (tensor.side == Side::kInput) {
      if (tensor.is_changed() && tensor.outer_dtype) value.type.element = onnx::element_type_of(*tensor.outer_dtype);
      return;
    }
    for (const auto& [changed, dtype] : final_dtypes_) {
      if (changed == &tensor && tensor.inner_dtype) value.type.element = onnx::element_type_of(dtype);
    }
  }

  onnx::Model& model_;
  const WrapPlan& plan_;
  std::vector<std::string> done_;
  std::vector<std::pair<std::string, GraphTensor>> inputs_;  // by name, as the caller gives them
  std::vector<std::pair<const WrappedTensor*, tensor::Dtype>> final_dtypes_;
};

}  // namespace

Result<std::vector<std::string>> build_wrap(onnx::Model& model, const WrapPlan& plan) {
  return WrapBuilder(model, plan).build();
}

}  // namespace zooport::convert
