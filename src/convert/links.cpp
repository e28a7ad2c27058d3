#include "zooport/convert/links.hpp"

#include "zooport/base/text.hpp"
#include "zooport/resource/collection.hpp"
#include "zooport/resource/remote.hpp"

namespace zooport::convert {
namespace {

std::string text_at(const doc::Node& node, std::string_view key) {
  const doc::Node* child = node.find(key);
  return child && child->kind == doc::Kind::kString ? std::string(child->text) : std::string();
}

// A resource stands as a text, or as a mapping that has its id or where it is.
void add(std::vector<Link>& links, std::string what, const doc::Node* node) {
  if (!node) return;
  std::string target = node->kind == doc::Kind::kString ? std::string(node->text) : std::string();
  for (const char* key : {"id", "uri", "source", "rdf_source"})
    if (target.empty() && node->kind == doc::Kind::kMapping) target = text_at(*node, key);
  if (!target.empty()) links.push_back({std::move(what), std::move(target), "", ""});
}

std::vector<Link> written_links(const doc::Node& root) {
  std::vector<Link> links;
  add(links, "training_data", root.find("training_data"));
  add(links, "parent", root.find("parent"));
  const doc::Node* others = root.find("links");
  if (others && others->kind == doc::Kind::kSequence)
    for (std::size_t i = 0; i < others->children.size(); ++i)
      add(links, concat("links[", i, "]"), &others->children[i]);
  return links;
}

class Resolver {
 public:
  Resolver(const Opened& opened, const Context& context) : opened_(opened), context_(context) {
    const Network& network = context.network;
    may_look_up_ =
        !network.collection.empty() || !network.collection_pattern.empty() || resource::is_web_url(opened.location);
  }

  Result<void> resolve(Link& link) {
    const std::string doi = resource::doi_of(link.target);
    if (!doi.empty()) {
      link.leads_to = concat("https://doi.org/", doi);
    } else if (resource::is_web_url(link.target)) {
      link.leads_to = link.target;
    } else if (is_file(link.target)) {
      link.leads_to = opened_.shown(link.target);
    } else if (!may_look_up_) {
      link.reason = "ids are looked up where ZOOPORT_COLLECTION says; it is not set";
    } else if (!away_.empty()) {
      link.reason = away_;
    } else {
      return look_up(link);
    }
    return {};
  }

 private:
  // A folder on the web would have to be asked for each name, and ids look like names.
  bool is_file(const std::string& name) const {
    const bool is_local = opened_.root && !resource::is_web_folder(*opened_.root);
    return is_local && opened_.root->has(name);
  }

  Result<void> look_up(Link& link) {
    auto located = resource::locate(link.target, context_);
    if (located) {
      link.leads_to = std::move(located->source);
      return {};
    }
    const Error& error = located.error();
    if (error.kind == ErrorKind::kCancelled || error.kind == ErrorKind::kInternal) return error;
    link.reason = error.what.message;
    if (!error.what.help.empty()) link.reason += concat("; ", error.what.help);
    if (resource::is_unreachable(error)) away_ = link.reason;
    return {};
  }

  const Opened& opened_;
  const Context& context_;
  bool may_look_up_ = false;
  std::string away_;
};

}  // namespace

Result<std::vector<Link>> links_of(const Opened& opened, const bioimageio::Description& description,
                                   const Context& context) {
  std::vector<Link> links;
  if (!description.root || description.root->kind != doc::Kind::kMapping) return links;
  links = written_links(*description.root);
  Resolver resolver(opened, context);
  for (Link& link : links) ZOOPORT_TRY(resolver.resolve(link));
  return links;
}

}  // namespace zooport::convert
