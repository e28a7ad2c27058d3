#include <algorithm>
#include <array>

#include "convert/czann_package.hpp"
#include "zooport/archive/name.hpp"
#include "zooport/base/text.hpp"

namespace zooport::convert {
namespace {

constexpr std::string_view kEmbeddedName = "bioimageio.yaml";
constexpr std::string_view kUsualName = "license.txt";

bool is_named_like_a_licence(const std::string& name) {
  constexpr std::array<std::string_view, 3> kWords{"license", "licence", "copying"};
  const std::string lower = to_lower(name);
  return std::any_of(kWords.begin(), kWords.end(),
                     [&](std::string_view word) { return lower.find(word) != std::string::npos; });
}

// The real package stores a licence under its own name, whatever it is, and readers take any third member for one.
// Where that name means something else in the archive, it gets the one that the specification has.
std::string member_name(const std::string& wanted) {
  constexpr std::array<std::string_view, 3> kTaken{"model.json", "model.model", kEmbeddedName};
  const std::string lower = to_lower(wanted);
  const bool is_taken = std::find(kTaken.begin(), kTaken.end(), lower) != kTaken.end() ||
                        lower.starts_with("modelid=") || lower.ends_with(".xml") || lower.ends_with(".model");
  if (wanted.empty() || is_taken || wanted.find('/') != std::string::npos || archive::check_name(wanted))
    return std::string(kUsualName);
  return wanted;
}

std::string licence_of(const bioimageio::Description& description) {
  const doc::Node* license = description.root ? description.root->find("license") : nullptr;
  return license ? printable(license->text) : std::string();
}

}  // namespace

std::vector<czann::Member> zen_members(const Loaded& loaded, const ZenSource& source, const CzannOptions& options) {
  std::vector<czann::Member> members = source.members;
  const bool is_given = !options.license_text.empty() || !options.license_name.empty();
  if (is_given) {
    std::erase_if(members, [](const czann::Member& member) { return is_named_like_a_licence(member.name); });
    members.insert(members.begin(), {member_name(options.license_name), Bytes(options.license_text)});
  } else if (loaded.description) {
    const std::string licence = licence_of(*loaded.description);
    members.push_back(
        {std::string(kUsualName), Bytes(licence.empty() ? "The source of this model does not name a licence.\n"
                                                        : concat("This model is licensed under ", licence,
                                                                 " (SPDX identifier), as its source says.\n"))});
  }
  if (options.embed == CzannOptions::Embed::kDescription && loaded.description)
    members.push_back({std::string(kEmbeddedName), loaded.opened.bytes});
  return members;
}

void list_losses(const Loaded& loaded, const CzannOptions& options, ConversionReport& report) {
  if (loaded.model.networks.size() > 1)
    report.losses.push_back({concat("other weights (", loaded.model.networks.size() - 1, ")"),
                             concat("a ", report.to, " holds one network"), ""});
  if (!loaded.description || !loaded.description->root) return;
  const std::string kept =
      options.embed == CzannOptions::Embed::kDescription ? concat(kEmbeddedName, " inside the archive") : "";
  const std::string no_field = concat("a ", report.to, " has no field for it");
  const doc::Node& root = *loaded.description->root;
  for (const char* field : {"description", "authors", "maintainers", "cite", "documentation", "tags", "git_repo",
                            "covers", "attachments", "training_data", "parent", "version", "timestamp"})
    if (root.find(field)) report.losses.push_back({field, no_field, kept});
  for (const char* field : {"test_inputs", "test_outputs", "sample_inputs", "sample_outputs"})
    if (root.find(field)) report.losses.push_back({field, concat("a ", report.to, " holds no tensors"), ""});
}

}  // namespace zooport::convert
