#include "zooport/process/registry.hpp"

#include <algorithm>

#include "process/ops/ops.hpp"
#include "zooport/base/text.hpp"

namespace zooport::process {

namespace {

struct Entry {
  std::string_view name;
  OperationPtr (*make)(ParameterReader&, const tensor::Axes&);
};
constexpr Entry kOperations[] = {
    {"binarize", make_binarize},         {"clip", make_clip},
    {"ensure_dtype", make_ensure_dtype}, {"fixed_zero_mean_unit_variance", make_fixed_zero_mean_unit_variance},
    {"scale_linear", make_scale_linear}, {"scale_mean_variance", make_scale_mean_variance},
    {"scale_range", make_scale_range},   {"sigmoid", make_sigmoid},
    {"softmax", make_softmax},           {"zero_mean_unit_variance", make_zero_mean_unit_variance},
};

}  // namespace

std::vector<std::string_view> operation_names() {
  std::vector<std::string_view> names;
  for (const Entry& entry : kOperations) names.push_back(entry.name);
  return names;
}

Result<OperationPtr> make_operation(std::string_view name, const Parameters& parameters, const tensor::Axes& axes) {
  const auto* found = std::find_if(std::begin(kOperations), std::end(kOperations),
                                   [&](const Entry& entry) { return entry.name == name; });
  if (found == std::end(kOperations)) {
    std::vector<std::string> known;
    for (const std::string_view other : operation_names()) known.emplace_back(other);
    return make_error(ErrorKind::kUnsupported, "process.unknown-operation",
                      concat("zooport does not compute ", printable(name), "; it has ", join(known, ", ")));
  }
  ParameterReader reader(name, parameters, axes);
  OperationPtr made = found->make(reader, axes);
  ZOOPORT_TRY(reader.finish());
  return made;
}

}  // namespace zooport::process
