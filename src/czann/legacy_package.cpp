#include <algorithm>
#include <map>

#include "zooport/archive/name.hpp"
#include "zooport/archive/zip.hpp"
#include "zooport/base/text.hpp"
#include "zooport/czann/legacy.hpp"
#include "zooport/czann/package.hpp"

namespace zooport::czann {
namespace {

constexpr std::string_view kXml = ".xml";
constexpr std::string_view kNetwork = ".model";
constexpr std::string_view kMarker = "modelid=";
constexpr std::string_view kDnn = "DeepNeuralNetwork";

bool is_xml(std::string_view name) { return ends_with_ignoring_case(name, kXml); }
bool is_network(std::string_view name) { return ends_with_ignoring_case(name, kNetwork); }
bool is_marker(std::string_view name) { return starts_with_ignoring_case(name, kMarker); }

std::string stem(std::string_view name, std::string_view ending) {
  return to_lower(name.substr(0, name.size() - ending.size()));
}

// The XML and the network of the same name, or the first of each, as the real package takes them.
struct Parts {
  const archive::Entry* xml = nullptr;
  const archive::Entry* network = nullptr;
};

Parts find_parts(const std::vector<archive::Entry>& entries) {
  Parts first;
  std::map<std::string, const archive::Entry*> networks;
  for (const archive::Entry& entry : entries) {
    if (entry.is_folder) continue;
    if (is_xml(entry.name) && !first.xml) first.xml = &entry;
    if (!is_network(entry.name)) continue;
    if (!first.network) first.network = &entry;
    networks.emplace(stem(entry.name, kNetwork), &entry);
  }
  for (const archive::Entry& entry : entries) {
    if (entry.is_folder || !is_xml(entry.name)) continue;
    const auto same = networks.find(stem(entry.name, kXml));
    if (same != networks.end()) return {&entry, same->second};
    // Without a network of its name the metadata are those that the empty member names.
    const std::string marker = concat(kMarker, stem(entry.name, kXml));
    for (const archive::Entry& other : entries)
      if (to_lower(other.name) == marker) first.xml = &entry;
  }
  return first;
}

Diagnostic missing_member(std::string name, std::string what) {
  Diagnostic problem;
  problem.id = "czann.missing-member";
  problem.message = concat("expected ", what, " in the archive, found none");
  problem.expected = std::move(name);
  problem.found = "nothing";
  return problem;
}

// What is not trained has no network yet, and what is no network has none ever.
bool needs_network(const LegacyMetadata& metadata) {
  const bool is_network_model = metadata.feature_extractor.empty() || metadata.feature_extractor == kDnn;
  return is_network_model && (metadata.status.empty() || metadata.status == "Trained");
}

}  // namespace

bool is_legacy(const std::vector<std::string>& members) {
  const auto any = [&](const auto& fits) { return std::any_of(members.begin(), members.end(), fits); };
  return any(is_xml) && (any(is_network) || any(is_marker)) && !is_czann(members);
}

Result<LegacyReadResult> read_legacy(const Bytes& archive, const Context& context) {
  ZOOPORT_TRY_ASSIGN(const archive::Reader reader, archive::Reader::open(archive, context));
  LegacyReadResult result;
  const Parts parts = find_parts(reader.entries());
  if (!parts.xml) {
    result.findings.add(missing_member("*.xml", "a member with the metadata, ID.xml,"));
    if (!parts.network) result.findings.add(missing_member("*.model", "a member with the network, ID.model,"));
    return result;
  }
  LegacyPackage package;
  package.xml_name = parts.xml->name;
  result.xml_name = package.xml_name;
  if (parts.xml->size > context.limits.document_bytes) {
    Error error = make_error(ErrorKind::kInvalid, "limits.document_bytes",
                             concat("more than ", context.limits.document_bytes,
                                    " document_bytes; raise the limit `document_bytes` to read it"));
    error.what.file = package.xml_name;
    return error;
  }
  ZOOPORT_TRY_ASSIGN(const Bytes text, reader.read(*parts.xml, context));
  Diagnostics findings;
  Result<LegacyMetadata> metadata = read_legacy_metadata(std::string(text.text()), context.limits, findings);
  if (!metadata) findings.add(metadata.error().what);
  for (Diagnostic& finding : findings.items()) finding.file = package.xml_name;
  result.findings.add(std::move(findings));
  if (!metadata) return result;
  package.metadata = std::move(*metadata);
  if (parts.network) {
    package.network_name = parts.network->name;
    ZOOPORT_TRY_ASSIGN(package.network, reader.read(*parts.network, context));
  } else if (needs_network(package.metadata)) {
    result.findings.add(missing_member("*.model", "a member with the network, ID.model,"));
  }
  for (const archive::Entry& entry : reader.entries()) {
    if (entry.is_folder || &entry == parts.xml || &entry == parts.network) continue;
    if (is_marker(entry.name) && entry.size == 0) {
      package.marker = entry.name.substr(kMarker.size());
      continue;
    }
    ZOOPORT_TRY_ASSIGN(Bytes content, reader.read(entry, context));
    package.others.push_back({entry.name, std::move(content)});
  }
  result.package = std::move(package);
  return result;
}

Result<void> write(const LegacyPackage& package, const archive::Sink& sink, const Context& context) {
  const std::string& id = package.metadata.id;
  if (id.empty() || id.find('/') != id.npos || archive::check_name(id)) {
    Error error = make_error(ErrorKind::kInvalid, "czann.id-no-name",
                             concat("the members of a CZSEG are named after its Id, which \"", printable(id, 60),
                                    "\" is no name for; give a UUID"));
    error.what.path = {Step::key("Id")};
    return error;
  }
  std::vector<archive::Member> members;
  members.push_back({id + std::string(kXml), Bytes(write_legacy_metadata(package.metadata)), archive::Method::kStored});
  if (!package.network.empty())
    members.push_back({id + std::string(kNetwork), package.network, archive::Method::kStored});
  for (const Member& other : package.others) members.push_back({other.name, other.content, archive::Method::kStored});
  members.push_back({std::string(kMarker) + id, Bytes(), archive::Method::kStored});
  return archive::write_zip(members, sink, context);
}

}  // namespace zooport::czann
