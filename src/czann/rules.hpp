#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "czann/findings.hpp"
#include "zooport/czann/check.hpp"
#include "zooport/onnx/model.hpp"

// The rules for CZANN and CZSEG, by what they look at. docs/diagnostics.md says of each where it comes from.
namespace zooport::czann {

// model.json by itself.
void check_metadata(const Metadata& metadata, Findings& findings);
void check_class_names(const std::vector<std::string>& classes, std::string_view key, Findings& findings);

// Reads the member of that name and holds it against the rules for ONNX; none if it cannot be read.
std::optional<onnx::Model> read_network(const Bytes& bytes, std::string_view name, const Context& context,
                                        Diagnostics& diagnostics);

// The network against model.json: its inputs, outputs and their shapes.
void check_values(const Metadata& metadata, const onnx::Model& network, Findings& of_metadata, Findings& of_network);

// The network by itself, against what readers of `specification` know.
void check_network(const onnx::Model& network, Specification specification, Findings& findings);

// What the first arithmetic tells about the values that the network was trained on, where it gets 0 to 1.
void check_units(const onnx::Model& network, Findings& findings);

// Whether the scores of classes are probabilities.
void check_scores(const Metadata& metadata, const onnx::Model& network, Findings& findings);

// Paths and addresses of somebody in texts.
void check_texts(const Metadata& metadata, const Limits& limits, Findings& findings);
void check_texts(const onnx::Model& network, Findings& findings);
// The same of one text, named as in "an e-mail address in `where`".
void check_text(std::string_view text, const Path& path, std::string_view where, Findings& findings);

// A zipped SavedModel in the place of an ONNX network.
void check_saved_model(const Bytes& network, Specification specification, const std::optional<ZenVersion>& target,
                       const Context& context, Findings& findings);

// Further members of the archive.
void check_members(const std::vector<Member>& others, Diagnostics& diagnostics);

// Whether the version of ZEN that is asked for loads it.
void check_target(Specification specification, const std::optional<ZenVersion>& target, Findings& findings);
void check_target(const Metadata& metadata, const std::optional<ZenVersion>& target, Findings& findings);

// Of a CZSEG: its XML, and the network against it.
void check_legacy_document(const LegacyPackage& package, const CheckOptions& options, Findings& findings);
void check_legacy_network(const LegacyPackage& package, const onnx::Model& network, Findings& of_document,
                          Findings& of_network);

}  // namespace zooport::czann
