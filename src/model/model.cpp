#include "zooport/model/model.hpp"

#include "zooport/base/text.hpp"

namespace zooport::model {

tensor::Axes TensorSpec::tensor_axes() const {
  tensor::Axes result;
  for (const AxisSpec& spec : axes) result.push_back(spec.axis);
  return result;
}

int TensorSpec::find_axis(std::string_view axis_id) const {
  for (std::size_t i = 0; i < axes.size(); ++i)
    if (axes[i].axis.id == axis_id) return static_cast<int>(i);
  return -1;
}

const Tolerance& TensorSpec::tolerance_for(const std::string& weights) const {
  const auto own = tolerance_of.find(weights);
  return own == tolerance_of.end() ? tolerance : own->second;
}

Result<const Network*> Model::choose(const std::string& weights) const {
  std::vector<std::string> reasons;
  for (const Network& network : networks) {
    if (!weights.empty() && network.weights != weights) continue;
    if (network.reason.empty()) return &network;
    reasons.push_back(concat(network.weights, ": ", network.reason));
  }
  if (networks.empty()) return make_error(ErrorKind::kUnsupported, "model.no-weights", "the model names no weights");
  if (reasons.empty()) {
    std::vector<std::string> names;
    for (const Network& network : networks) names.push_back(network.weights);
    return make_error(ErrorKind::kUsage, "model.unknown-weights",
                      concat("the model has no weights named ", printable(weights), "; it has ", join(names, ", ")));
  }
  return make_error(ErrorKind::kUnsupported, "model.no-usable-weights",
                    concat("no weights of this model can be run: ", join(reasons, "; ")));
}

}  // namespace zooport::model
