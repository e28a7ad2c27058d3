#pragma once

#include <cstddef>

#include "zooport/onnx/model.hpp"

namespace zooport::onnx {

// A Gather that only puts channels into another order, and all of whose readers are convolutions in the end, becomes
// part of their weights; what stands in between works on each channel by itself. The numbers are the same, but sums are
// taken in another order. Returns how many have gone; Transposes stay as they are.
std::size_t fold_channel_orders(Model& model);

}  // namespace zooport::onnx
