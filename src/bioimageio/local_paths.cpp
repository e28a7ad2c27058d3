#include <array>

#include "bioimageio/prose_rules.hpp"
#include "zooport/base/private_text.hpp"

namespace zooport::bioimageio {
namespace {

constexpr std::array<std::string_view, 6> kFolders{"/home/", "/Users/", "/root/", "/mnt/", "/media/", "/scratch/"};

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
      const std::string_view path = local_path_in(node.text);
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
