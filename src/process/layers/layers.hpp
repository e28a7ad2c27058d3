#pragma once

#include "process/parameters.hpp"
#include "zooport/process/operation.hpp"

// The layers that czmodel puts before and after networks, as operations; one function makes one. Channels are those of
// the axis of that kind, wherever it stands. Elements are computed in float32 if they are float32, as there.
namespace zooport::process {

OperationPtr make_add_channel_axis(ParameterReader& reader, const tensor::Axes& axes);
OperationPtr make_clip_to_range(ParameterReader& reader, const tensor::Axes& axes);  // in ops/clip.cpp
OperationPtr make_normalization(ParameterReader& reader, const tensor::Axes& axes);
OperationPtr make_per_image_standardization(ParameterReader& reader, const tensor::Axes& axes);
OperationPtr make_remap_values(ParameterReader& reader, const tensor::Axes& axes);
OperationPtr make_rgb_to_bgr(ParameterReader& reader, const tensor::Axes& axes);
OperationPtr make_rgba_to_bgra(ParameterReader& reader, const tensor::Axes& axes);
OperationPtr make_scale(ParameterReader& reader, const tensor::Axes& axes);
OperationPtr make_shift(ParameterReader& reader, const tensor::Axes& axes);
OperationPtr make_sigmoid_to_softmax_scores(ParameterReader& reader, const tensor::Axes& axes);
OperationPtr make_transpose_channels(ParameterReader& reader, const tensor::Axes& axes);

}  // namespace zooport::process
