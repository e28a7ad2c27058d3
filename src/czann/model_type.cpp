#include <algorithm>
#include <array>

#include "zooport/czann/metadata.hpp"

namespace zooport::czann {
namespace {

struct NamedType {
  ModelType type;
  std::string_view name;
  std::string_view constant;
};
constexpr std::array<NamedType, 8> kTypes{{
    {ModelType::kSingleClassInstanceSegmentation, "SingleClassInstanceSegmentation",
     "SINGLE_CLASS_INSTANCE_SEGMENTATION"},
    {ModelType::kMultiClassInstanceSegmentation, "MultiClassInstanceSegmentation", "MULTI_CLASS_INSTANCE_SEGMENTATION"},
    {ModelType::kSingleClassSemanticSegmentation, "SingleClassSemanticSegmentation",
     "SINGLE_CLASS_SEMANTIC_SEGMENTATION"},
    {ModelType::kMultiClassSemanticSegmentation, "MultiClassSemanticSegmentation", "MULTI_CLASS_SEMANTIC_SEGMENTATION"},
    {ModelType::kSingleClassClassification, "SingleClassClassification", "SINGLE_CLASS_CLASSIFICATION"},
    {ModelType::kMultiClassClassification, "MultiClassClassification", "MULTI_CLASS_CLASSIFICATION"},
    {ModelType::kObjectDetection, "ObjectDetection", "OBJECT_DETECTION"},
    {ModelType::kRegression, "Regression", "REGRESSION"},
}};

}  // namespace

std::string_view name_of(ModelType type) {
  for (const NamedType& named : kTypes)
    if (named.type == type) return named.name;
  return {};
}

std::optional<ModelType> model_type_named(std::string_view name) {
  for (const NamedType& named : kTypes)
    if (named.name == name) return named.type;
  return std::nullopt;
}

std::string_view constant_of(ModelType type) {
  for (const NamedType& named : kTypes)
    if (named.type == type) return named.constant;
  return {};
}

std::optional<ModelType> model_type_of_constant(std::string_view constant) {
  for (const NamedType& named : kTypes)
    if (named.constant == constant) return named.type;
  return std::nullopt;
}

const std::vector<std::string_view>& model_type_names() {
  static const std::vector<std::string_view> kNames = [] {
    std::vector<std::string_view> names;
    for (const NamedType& named : kTypes) names.push_back(named.name);
    return names;
  }();
  return kNames;
}

bool needs_classes(ModelType type) { return type != ModelType::kRegression && type != ModelType::kObjectDetection; }

}  // namespace zooport::czann
