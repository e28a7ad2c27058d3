#include "convert/zen_plan.hpp"

namespace zooport::convert {

void choose_type(const ZenSource& source, const CzannOptions& options, ZenPlan& plan, ConversionReport& report) {
  plan.type = options.type.value_or(source.metadata ? source.metadata->type : czann::ModelType::kRegression);
  if (!options.type && !source.metadata) report.assumptions.push_back({"type", "Regression", "--type"});
  plan.class_names = options.classes;
  if (plan.class_names.empty() && source.metadata) plan.class_names = source.metadata->classes;
  if (!czann::needs_classes(plan.type)) return;
  const model::TensorSpec& spec = source.model.outputs[0];
  const int channel = spec.find_axis("channel");
  const auto& declared = plan.network.graph.outputs.at(0).type.shape;
  const bool has_one = channel >= 0 && declared && static_cast<std::size_t>(channel) < declared->size() &&
                       (*declared)[static_cast<std::size_t>(channel)].value == 1;
  // A CZANN that has one channel anyway is not changed without being asked.
  if (plan.type == czann::ModelType::kSingleClassSemanticSegmentation && has_one && !source.metadata) {
    plan.classes = GraphRequest::Classes::kBackgroundAndForeground;
    if (plan.class_names.size() == 1) plan.class_names.insert(plan.class_names.begin(), "Background");
    if (plan.class_names.empty()) plan.class_names = {"Background", "Foreground"};
  }
  if (plan.class_names.empty() && channel >= 0)
    plan.class_names = spec.axes[static_cast<std::size_t>(channel)].channel_names;
}

}  // namespace zooport::convert
