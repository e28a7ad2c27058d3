#include <algorithm>

#include "bioimageio/file_rules.hpp"
#include "zooport/doc/yaml.hpp"

namespace zooport::bioimageio {
namespace {

std::string_view trimmed(std::string_view text) {
  const std::size_t begin = std::min(text.find_first_not_of(" \t\r\n"), text.size());
  return text.substr(begin, text.find_last_not_of(" \t\r\n") + 1 - begin);
}

// "conda-forge::pytorch=1.13.1=cpu*" and "torch>=1.10,<2 ; python_version<'3.12'": name and what follows it.
struct Requirement {
  std::string name;
  std::string_view rest;
};

Requirement parsed(std::string_view line) {
  line = trimmed(line.substr(0, line.find_first_of("#;")));
  if (const std::size_t channel = line.find("::"); channel != line.npos) line.remove_prefix(channel + 2);
  const std::size_t end = std::min(line.find_first_of(" =<>!~[@"), line.size());
  return {to_lower(line.substr(0, end)), trimmed(line.substr(end))};
}

bool is_pytorch(std::string_view name) {
  return name == "pytorch" || name == "torch" || name == "pytorch-cpu" || name == "pytorch-gpu";
}

// Numbers between dots, up to the first other character but an ending ".*"; empty if it is no version at all.
std::vector<int> release_of(std::string_view text) {
  std::vector<int> parts;
  for (std::size_t at = 0; at < text.size();) {
    std::size_t end = at;
    int value = 0;
    while (end < text.size() && text[end] >= '0' && text[end] <= '9' && value < 1'000'000)
      value = value * 10 + (text[end++] - '0');
    if (end == at) return text.substr(at) == "*" ? parts : std::vector<int>{};
    parts.push_back(value);
    if (end == text.size() || text[end] != '.') return parts;
    at = end + 1;
  }
  return parts;
}

// 1.2 and 1.2.0 are the same.
int compare(std::vector<int> one, std::vector<int> other) {
  const std::size_t length = std::max(one.size(), other.size());
  one.resize(length), other.resize(length);
  return one < other ? -1 : one > other ? 1 : 0;
}

// Whether a version breaks one condition. Only what the text makes certain: what is not understood is met.
bool breaks(const std::vector<int>& version, std::string_view condition) {
  condition = trimmed(condition);
  const std::size_t end = std::min(condition.find_first_not_of("=<>!~"), condition.size());
  const std::string_view compares = condition.substr(0, end);
  const std::string_view text = trimmed(condition.substr(end, condition.find('=', end) - end));
  const std::vector<int> other = release_of(text);
  if (other.empty()) return false;
  if (compares == "=" || compares == "==") {
    // Conda's "=1.13" and "1.13.*" leave the rest open; where either side is shorter, nothing is certain.
    const std::size_t shared = std::min(other.size(), version.size());
    return !std::equal(other.begin(), other.begin() + static_cast<std::ptrdiff_t>(shared), version.begin());
  }
  // "1.13" may be any 1.13.x: then only the parts that it has are compared with a lower bound.
  const std::vector<int> told(other.begin(),
                              other.begin() + static_cast<std::ptrdiff_t>(std::min(other.size(), version.size())));
  if (compares == ">=") return compare(version, told) < 0;
  if (compares == ">")
    return compare(version, told) < 0 || (version.size() >= other.size() && compare(version, other) == 0);
  if (compares == "<=") return compare(version, other) > 0;
  if (compares == "<") return compare(version, other) >= 0;
  return false;
}

struct Found {
  bool has_pytorch = false;
  std::string requirement;  // that the version breaks
};

void look_at(std::string_view line, const std::vector<int>& version, Found& found) {
  const Requirement requirement = parsed(line);
  if (!is_pytorch(requirement.name)) return;
  found.has_pytorch = true;
  if (version.empty()) return;
  std::string_view rest = requirement.rest;
  while (!rest.empty()) {
    const std::string_view condition = rest.substr(0, rest.find(','));
    rest.remove_prefix(std::min(condition.size() + 1, rest.size()));
    if (breaks(version, condition)) found.requirement = trimmed(line);
  }
}

// Null where the environment has no list of dependencies.
const doc::Node* dependencies_of(const doc::Document& environment) {
  const doc::Node* list =
      environment.root().kind == doc::Kind::kMapping ? environment.root().find("dependencies") : nullptr;
  return list && list->kind == doc::Kind::kSequence ? list : nullptr;
}

void look_at_environment(const doc::Node& list, const std::vector<int>& version, Found& found) {
  for (const doc::Node& item : list.children) {
    if (item.kind == doc::Kind::kString) look_at(item.text, version, found);
    const doc::Node* pip = item.kind == doc::Kind::kMapping ? item.find("pip") : nullptr;
    if (!pip) continue;
    for (const doc::Node& line : pip->children)
      if (line.kind == doc::Kind::kString) look_at(line.text, version, found);
  }
}

void look_at_requirements(std::string_view text, const std::vector<int>& version, Found& found) {
  while (!text.empty()) {
    const std::string_view line = text.substr(0, text.find('\n'));
    text.remove_prefix(std::min(line.size() + 1, text.size()));
    look_at(line, version, found);
  }
}

void check_entry(WeightsFormat format, const Dependencies& dependencies, const std::optional<Version>* pytorch,
                 Surroundings& files, ProseFindings& findings) {
  const auto bytes = files.bytes(dependencies.file());
  if (!bytes) return;
  const Path path = path_of({"weights", to_text(format), "dependencies"});
  const std::vector<int> version = pytorch && *pytorch ? release_of(to_text(**pytorch)) : std::vector<int>{};
  Found found;
  if (dependencies.manager() == "conda") {
    const auto environment = doc::read_yaml(std::string(bytes->text()), files.context().limits);
    const doc::Node* list = environment ? dependencies_of(*environment) : nullptr;
    if (!list)
      return findings.warn("zooport.dependencies-unreadable", path, "a conda environment with a list 'dependencies'",
                           environment ? "another document" : environment.error().what.message);
    look_at_environment(*list, version, found);
  } else if (dependencies.manager() == "pip" && is_valid_utf8(bytes->text())) {
    look_at_requirements(bytes->text(), version, found);
  } else {
    return;
  }
  if (!pytorch) return;
  if (!found.has_pytorch && format == WeightsFormat::kPytorchStateDict)
    findings.warn("zooport.dependencies-without-pytorch", path, "pytorch among the dependencies", "none");
  if (!found.requirement.empty())
    findings.warn(
        "zooport.dependencies-pytorch-version", path,
        concat("dependencies that allow pytorch ", printable(to_text(**pytorch), 40)),
        concat("'", printable(found.requirement, 60), "'"),
        {{findings.related(path_of({"weights", to_text(format), "pytorch_version"}), "the version")}, {}, ""});
}

}  // namespace

void check_dependency_files(const ModelDescription& model, Surroundings& files, ProseFindings& findings) {
  for (const auto& [format, entry] : model.weights.entries()) {
    if (!entry->dependencies || files.stopped()) continue;
    const std::optional<Version>* pytorch = nullptr;
    if (format == WeightsFormat::kPytorchStateDict) pytorch = &model.weights.pytorch_state_dict->pytorch_version;
    if (format == WeightsFormat::kTorchscript) pytorch = &model.weights.torchscript->pytorch_version;
    check_entry(format, *entry->dependencies, pytorch, files, findings);
  }
}

}  // namespace zooport::bioimageio
