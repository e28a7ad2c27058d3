#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "zooport/czann/model_spec.hpp"
#include "zooport/doc/node.hpp"

namespace zooport::czann {

std::string found_in_spec(const doc::Node& node);  // "a list of 3", "null", "\"text\""

// Reads the fields of one conversion specification; every complaint points at the value.
class SpecReader {
 public:
  SpecReader(const doc::Node& root, Diagnostics& diagnostics) : root_(root), diagnostics_(diagnostics) {}

  // Demands an object.
  Result<void> expect_object() const;
  Result<const doc::Node*> required(std::string_view key) const;
  // Of a key that stands twice, the last: as in Python. None if it is absent.
  const doc::Node* find(std::string_view key) const;
  // null counts as absent.
  const doc::Node* optional(std::string_view key) const;

  Error refusal(std::string id, std::string_view key, const doc::Node* at, std::string expected) const;
  void complain(std::string id, Severity severity, Path path, const doc::Node& at, std::string expected);
  // The text, or "" and a finding.
  std::string text_of(const doc::Node& node, Path path);

  enum class LoneText : std::uint8_t { kIsAnOperation, kIsIgnored };
  // ModelPath (present), LicenseFile, SpatialDims, PreProcessing, PostProcessing.
  void common(const doc::Node& model_path, SpecCommon& spec, LoneText lone_text);

 private:
  std::vector<SpecOperation> operations(std::string_view key, LoneText lone_text);
  bool operation(const doc::Node& node, const Path& path, std::vector<SpecOperation>& found);

  const doc::Node& root_;
  Diagnostics& diagnostics_;
};

}  // namespace zooport::czann
