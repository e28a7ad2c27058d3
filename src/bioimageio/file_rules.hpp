#pragma once

#include "bioimageio/prose_findings.hpp"
#include "bioimageio/surroundings.hpp"

// What the files of a valid model say beside what is said of them. Findings of our own, warnings at most: the reference
// opens none of these files. Those that cannot be read are passed over: that is told already.
namespace zooport::bioimageio {

void check_covers(const ResourceDescription& resource, Surroundings& files, ProseFindings& findings);
enum class DocumentationOf : std::uint8_t { kModel, kOther };
// Markdown, with a section "Validation" in a model's.
void check_documentation(const std::string& source, DocumentationOf kind, Surroundings& files, ProseFindings& findings);
void check_samples(const ModelDescription& model, Surroundings& files, ProseFindings& findings);
void check_weights_files(const ModelDescription& model, Surroundings& files, ProseFindings& findings);
void check_dependency_files(const ModelDescription& model, Surroundings& files, ProseFindings& findings);

}  // namespace zooport::bioimageio
