#pragma once

#include "process/parameters.hpp"
#include "zooport/process/operation.hpp"

// One function a file of this folder: makes the operation from its parameters. What is wrong with them is in the
// reader.
namespace zooport::process {

OperationPtr make_binarize(ParameterReader& reader, const tensor::Axes& axes);
OperationPtr make_clip(ParameterReader& reader, const tensor::Axes& axes);
OperationPtr make_ensure_dtype(ParameterReader& reader, const tensor::Axes& axes);
OperationPtr make_scale_linear(ParameterReader& reader, const tensor::Axes& axes);
OperationPtr make_scale_mean_variance(ParameterReader& reader, const tensor::Axes& axes);
OperationPtr make_scale_range(ParameterReader& reader, const tensor::Axes& axes);
OperationPtr make_sigmoid(ParameterReader& reader, const tensor::Axes& axes);
OperationPtr make_softmax(ParameterReader& reader, const tensor::Axes& axes);
OperationPtr make_zero_mean_unit_variance(ParameterReader& reader, const tensor::Axes& axes);
OperationPtr make_fixed_zero_mean_unit_variance(ParameterReader& reader, const tensor::Axes& axes);

}  // namespace zooport::process
