#pragma once

#include <string_view>
#include <vector>

#include "zooport/process/operation.hpp"

namespace zooport::process {

// The operation of that name, checked, for a tensor with these axes. Parameters have the names of bioimage.io 0.4 and
// 0.5; where the two differ both forms are understood:
//
//   axes    a list of axis ids, or letters ("cyx"); where a list is one value for each index along an axis (gain, mean,
//   …)
//           and no `axis` is given, it runs along the only axis that is neither in `axes` nor the batch
//   mode    0.4: "per_sample", "per_dataset", "fixed"
//   axis    0.5: id of the axis that lists run along
//
// Errors: process.unknown-operation (kUnsupported), process.parameter (kInvalid).
Result<OperationPtr> make_operation(std::string_view name, const Parameters& parameters, const tensor::Axes& axes);

// Names of what make_operation() knows, in alphabetical order.
std::vector<std::string_view> operation_names();

}  // namespace zooport::process
