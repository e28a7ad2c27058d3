#include <array>

#include "bioimageio/prose_rules.hpp"

namespace zooport::bioimageio {
namespace {

bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
bool is_digit(char c) { return c >= '0' && c <= '9'; }

// A path, not a part of a longer one: "https://example.com/home/x" names no folder of this machine.
bool begins_at(std::string_view text, std::size_t at) {
  if (at == 0) return true;
  const char before = text[at - 1];
  return !is_letter(before) && !is_digit(before) && std::string_view("/\\._-~%").find(before) == std::string_view::npos;
}

std::string_view until_blank(std::string_view text, std::size_t at) {
  return text.substr(at, text.find_first_of(" \t\n\"'<>|,;", at) - at);
}

constexpr std::array<std::string_view, 6> kFolders{"/home/", "/Users/", "/root/", "/mnt/", "/media/", "/scratch/"};

std::string_view local_path(std::string_view text) {
  if (const std::size_t at = text.find("file://"); at != text.npos) return until_blank(text, at);
  for (const std::string_view folder : kFolders)
    for (std::size_t at = text.find(folder); at != text.npos; at = text.find(folder, at + 1))
      if (begins_at(text, at) && until_blank(text, at).size() > folder.size()) return until_blank(text, at);
  for (std::size_t at = text.find(":\\"); at != text.npos; at = text.find(":\\", at + 1))
    if (at > 0 && is_letter(text[at - 1]) && begins_at(text, at - 1) && at + 2 < text.size() && text[at + 2] != ' ')
      return until_blank(text, at - 1);
  return {};
}

// A document without any of these has no such path: most end here, so it has to be cheap.
bool may_have_one(std::string_view document) {
  for (std::size_t at = document.find('/'); at != document.npos; at = document.find('/', at + 1))
    for (const std::string_view folder : kFolders)
      if (document.size() - at > 2 && document[at + 1] == folder[1] && document.substr(at).starts_with(folder))
        return true;
  for (std::size_t at = document.find(':'); at != document.npos; at = document.find(':', at + 1)) {
    const char after = at + 1 < document.size() ? document[at + 1] : ' ';
    if (after == '\\' || (after == '/' && at >= 4 && document.substr(at - 4).starts_with("file://"))) return true;
  }
  return false;
}

class Search {
 public:
  explicit Search(ProseFindings& findings) : findings_(findings) {}
  void run(const doc::Node& node) {
    if (node.kind == doc::Kind::kString) {
      const std::string_view path = local_path(node.text);
      if (!path.empty())
        findings_.warn("zooport.local-path", path_, "nothing that only one machine has",
                       concat("'", printable(path, 80), "'"),
                       {{},
                        {},
                        "Others cannot open it, and it tells about the machine it was written on; name a file "
                        "of the package, a URL, or leave it out."});
      return;
    }
    for (std::size_t i = 0; i < node.children.size(); ++i) {
      const doc::Node& child = node.children[i];
      path_.push_back(node.kind == doc::Kind::kMapping ? Step::key(child.key) : Step::at(i));
      run(child);
      path_.pop_back();
    }
  }

 private:
  ProseFindings& findings_;
  Path path_;
};

}  // namespace

void find_local_paths(ProseFindings& findings) {
  if (may_have_one(findings.text())) Search(findings).run(findings.root());
}

}  // namespace zooport::bioimageio
