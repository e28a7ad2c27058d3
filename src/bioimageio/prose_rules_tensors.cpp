#include <algorithm>
#include <cmath>
#include <limits>
#include <span>

#include "bioimageio/prose_rules.hpp"
#include "zooport/base/text.hpp"

namespace zooport::bioimageio {
namespace {

using schema::Integer;

struct Side {
  std::string_view name;  // "inputs" or "outputs"
  std::size_t index;
  Path at(std::string_view field) const { return path_of({name, index, field}); }
  Path at(std::string_view field, schema::Place item) const { return path_of({name, index, field, item}); }
};

void check_length(const Side& side, const TensorDescription& tensor, Path path, std::size_t found,
                  ProseFindings& findings) {
  const std::size_t axes = tensor.axes.value.size();
  if (found == axes) return;
  findings.warn("zooport.axes-length", std::move(path),
                concat(axes, " values, one for each axis of '", tensor.axes.value, "'"), concat(found),
                {{findings.related(side.at("axes"), "the axes")}, {}, ""});
}

void check_axes(const Side& side, const TensorDescription& tensor, ProseFindings& findings) {
  const std::string& axes = tensor.axes.value;
  const std::size_t batch = axes.find('b');
  if (axes.empty())
    findings.warn("zooport.no-axes", side.at("axes"), "a letter for each axis", "none");
  else if (batch == axes.npos)
    findings.info("zooport.no-batch-axis", side.at("axes"), "a batch axis 'b'", concat("'", axes, "'"),
                  {{}, {}, "Most consumers add it when they run the network."});
  else if (batch != 0)
    findings.info("zooport.batch-axis-first", side.at("axes"), "the batch axis 'b' in front", concat("'", axes, "'"));
}

void check_name(const Side& side, const TensorDescription& tensor, ProseFindings& findings) {
  const std::string lower = to_lower(tensor.name.value);
  if (lower != tensor.name.value)
    findings.warn("zooport.tensor-name-case", side.at("name"), concat("lower case: '", lower, "'"),
                  concat("'", printable(tensor.name.value, 60), "'"),
                  {{}, {}, "Change it wherever this tensor is referred to as well."});
}

struct Bounds {
  double low, high;
};
Bounds bounds_of(DataType type) {
  constexpr double kInfinity = std::numeric_limits<double>::infinity();
  switch (type) {
    case DataType::kUint8: return {0, 255};
    case DataType::kUint16: return {0, 65535};
    case DataType::kUint32: return {0, 4294967295.0};
    case DataType::kUint64: return {0, 18446744073709551615.0};
    case DataType::kInt8: return {-128, 127};
    case DataType::kInt16: return {-32768, 32767};
    case DataType::kInt32: return {-2147483648.0, 2147483647.0};
    case DataType::kInt64: return {-9223372036854775808.0, 9223372036854775807.0};
    case DataType::kBool: return {0, 1};
    default: return {-kInfinity, kInfinity};
  }
}

void check_range(const Side& side, const TensorDescription& tensor, DataType type, ProseFindings& findings) {
  if (!tensor.data_range) return;
  const auto [low, high] = std::pair(tensor.data_range->first, tensor.data_range->second);
  if (!(low < high))
    return findings.warn("zooport.data-range-order", side.at("data_range"), "a minimum below the maximum",
                         concat("[", low, ", ", high, "]"));
  const Bounds bounds = bounds_of(type);
  const bool leaves = (std::isfinite(low) && low < bounds.low) || (std::isfinite(high) && high > bounds.high);
  if (leaves)
    findings.warn("zooport.data-range-type", side.at("data_range"),
                  concat("values that ", to_text(type), " can hold: [", bounds.low, ", ", bounds.high, "]"),
                  concat("[", low, ", ", high, "]"), {{findings.related(side.at("data_type"), "the type")}, {}, ""});
}

void check_sizes(Path path, std::span<const Integer> sizes, std::int64_t least, ProseFindings& findings) {
  for (const Integer& size : sizes) {
    if (size.value >= least) continue;
    return findings.warn("zooport.shape-sizes", std::move(path), concat("sizes of at least ", least),
                         concat(size.value));
  }
}

void check_input(const Side& side, const InputTensor& input, ProseFindings& findings) {
  if (const auto* shape = std::get_if<ParameterizedInputShape>(&input.shape)) {
    check_length(side, input, side.at("shape", "min"), shape->min.size(), findings);
    check_sizes(side.at("shape", "min"), shape->min, 1, findings);
    check_sizes(side.at("shape", "step"), shape->step, 0, findings);
  } else {
    const Sizes& sizes = std::get<Sizes>(input.shape);
    check_length(side, input, side.at("shape"), sizes.size(), findings);
    check_sizes(side.at("shape"), sizes, 1, findings);
  }
}

void check_halo(const Side& side, const OutputTensor& output, ProseFindings& findings) {
  if (!output.halo || output.halo->empty()) return;
  const std::string& axes = output.axes.value;
  check_length(side, output, side.at("halo"), output.halo->size(), findings);
  for (std::size_t i = 0; i < output.halo->size(); ++i) {
    const std::int64_t size = (*output.halo)[i].value;
    if (size < 0)
      findings.warn("zooport.halo-negative", side.at("halo", i), "0 or more pixels to cut off", concat(size));
    else if (size > 0 && i < axes.size() && std::string_view("bci").find(axes[i]) != std::string_view::npos)
      findings.warn("zooport.halo-axis", side.at("halo", i), concat("0 along '", axes[i], "', which is no place"),
                    concat(size), {{findings.related(side.at("axes"), "the axes")}, {}, ""});
  }
}

void check_output(const Side& side, const OutputTensor& output, ProseFindings& findings) {
  const std::size_t batch = output.axes.value.find('b');
  if (const auto* shape = std::get_if<ImplicitOutputShape>(&output.shape)) {
    check_length(side, output, side.at("shape", "scale"), shape->scale.size(), findings);
  } else {
    const Sizes& sizes = std::get<Sizes>(output.shape);
    check_length(side, output, side.at("shape"), sizes.size(), findings);
    check_sizes(side.at("shape"), sizes, 1, findings);
    if (batch < sizes.size() && sizes[batch].value > 1)
      findings.warn("zooport.output-batch", side.at("shape", batch), "a batch of 1, as the inputs have",
                    concat(sizes[batch].value));
  }
  check_halo(side, output, findings);
}

}  // namespace

void check_tensor_prose(const ModelDescription& model, ProseFindings& findings) {
  for (std::size_t i = 0; i < model.inputs.size(); ++i) {
    const Side side{"inputs", i};
    check_name(side, model.inputs[i], findings);
    check_axes(side, model.inputs[i], findings);
    check_range(side, model.inputs[i], model.inputs[i].data_type, findings);
    check_input(side, model.inputs[i], findings);
  }
  for (std::size_t k = 0; k < model.outputs.size(); ++k) {
    const Side side{"outputs", k};
    check_name(side, model.outputs[k], findings);
    check_axes(side, model.outputs[k], findings);
    check_range(side, model.outputs[k], model.outputs[k].data_type, findings);
    check_output(side, model.outputs[k], findings);
  }
}

}  // namespace zooport::bioimageio
