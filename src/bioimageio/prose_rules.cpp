#include "bioimageio/prose_rules.hpp"

namespace zooport::bioimageio {

namespace {

// What the kinds that are no model share.
const GenericDescriptionBase* generic_of(const Content& content) {
  return std::visit(
      [](const auto& known) -> const GenericDescriptionBase* {
        if constexpr (std::is_base_of_v<GenericDescriptionBase, std::decay_t<decltype(known)>>)
          return &known;
        else
          return nullptr;
      },
      content);
}

}  // namespace

const FileSource* documentation_of(const Content& content) {
  const GenericDescriptionBase* generic = generic_of(content);
  return generic && generic->documentation ? &*generic->documentation : nullptr;
}

void check_prose(Description& description) {
  ProseFindings findings(description);
  if (const ResourceDescription* resource = description.resource()) check_resource_prose(*resource, findings);
  if (const FileSource* documentation = documentation_of(description.content))
    check_documentation_name(documentation->value, findings);
  if (const ModelDescription* model = description.model()) {
    check_documentation_name(model->documentation.value, findings);
    check_model_prose(*model, findings);
    check_tensor_prose(*model, findings);
    check_processing_prose(*model, findings);
    check_weights_prose(*model, findings);
  }
  find_local_paths(findings);
}

}  // namespace zooport::bioimageio
