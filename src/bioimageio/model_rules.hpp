#pragma once

#include "zooport/bioimageio/model_description.hpp"

// Rules of model 0.4 over several tensors, in the order in which the reference asks them.
namespace zooport::bioimageio {

bool have_unique_names(const schema::NonEmpty<InputTensor>& tensors);
bool have_unique_names(const schema::NonEmpty<OutputTensor>& tensors);
void names_are_unique(const ModelDescription& model, schema::Findings& at);
void outputs_stay_positive(const ModelDescription& model, schema::Findings& at);
void references_name_inputs(const ModelDescription& model, schema::Findings& at);

}  // namespace zooport::bioimageio
