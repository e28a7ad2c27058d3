#pragma once

#include "bioimageio/prose_findings.hpp"

// What the format asks for in words. One function for each part of a valid description; none opens a file.
namespace zooport::bioimageio {

void check_prose(Description& description);

void check_resource_prose(const ResourceDescription& resource, ProseFindings& findings);
// Of documentation, which each kind declares on its own.
void check_documentation_name(const std::string& source, ProseFindings& findings);
void check_tensor_prose(const ModelDescription& model, ProseFindings& findings);
void check_processing_prose(const ModelDescription& model, ProseFindings& findings);
void check_weights_prose(const ModelDescription& model, ProseFindings& findings);
void check_model_prose(const ModelDescription& model, ProseFindings& findings);
// Of the kinds that are no model; null if there is none.
const FileSource* documentation_of(const Content& content);
// Any text of the document that names a folder of somebody's machine.
void find_local_paths(ProseFindings& findings);

}  // namespace zooport::bioimageio
