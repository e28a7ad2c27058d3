#include "bioimageio/upgrade.hpp"

#include <algorithm>
#include <charconv>
#include <functional>

namespace zooport::bioimageio {

using doc::Kind;
using doc::Node;
using schema::Arena;

namespace {

bool is_truthy(const Node& node) {
  if (node.is_collection()) return !node.children.empty();
  if (node.kind == Kind::kString) return !node.text.empty();
  return node.kind != Kind::kNull;
}

class Upgrade {
 public:
  Upgrade(const Node& root, Arena& arena) : root_(root), arena_(arena) {}

  Node run() {
    if (version() == "0.4.0") dependencies_to_weights(), set_version("0.4.1");
    if (is_one_of({"0.4.1", "0.4.2", "0.4.3", "0.4.4"})) parent_to_uri(), set_version("0.4.5");
    if (is_one_of({"0.4.5", "0.4.6"})) names_without_slashes(), set_version("0.4.7");
    if (is_one_of({"0.4.7", "0.4.8"})) set_version("0.4.9");
    if (version() == "0.4.9") id_from_nickname(), set_version("0.4.10");
    normalise();
    return root_;
  }

 private:
  std::string_view version() const { return root_.find("format_version")->text; }
  bool is_one_of(std::initializer_list<std::string_view> versions) const {
    return std::find(versions.begin(), versions.end(), version()) != versions.end();
  }
  void set_version(std::string text) {
    root_ = arena_.with(root_, "format_version", arena_.string(*root_.find("format_version"), std::move(text)));
  }

  void dependencies_to_weights() {
    const Node* dependencies = root_.find("dependencies");
    if (!dependencies) return;
    const Node value = *dependencies;
    root_ = arena_.without(root_, "dependencies");
    const Node* weights = root_.find("weights");
    const Node* entry = weights ? weights->find("pytorch_state_dict") : nullptr;
    if (!is_truthy(value) || !entry || entry->kind != Kind::kMapping || entry->children.empty()) return;
    const Node with = arena_.with(*entry, "dependencies", value);
    root_ = arena_.with(root_, "weights", arena_.with(*weights, "pytorch_state_dict", with));
  }

  void parent_to_uri() {
    const Node* parent = root_.find("parent");
    if (!parent) return;
    const Node* uri = parent->kind == Kind::kMapping ? parent->find("uri") : nullptr;
    root_ = uri ? arena_.with(root_, "parent", *uri) : arena_.without(root_, "parent");
  }

  Node without_slashes(const Node& name) {
    std::string text(name.text);
    std::erase_if(text, [](char c) { return c == '/' || c == '\\'; });
    return arena_.string(name, std::move(text));
  }
  void names_without_slashes() {
    if (const Node* name = root_.find("name"); name && name->kind == Kind::kString)
      root_ = arena_.with(root_, "name", without_slashes(*name));
    for (const std::string_view field : {"authors", "maintainers"})
      each_mapping_in(field, [&](const Node& person) {
        const Node* name = person.find("name");
        return name && name->kind == Kind::kString ? arena_.with(person, "name", without_slashes(*name)) : person;
      });
  }

  void id_from_nickname() {
    const Node* config = root_.find("config");
    const Node* zoo = config ? config->find("bioimageio") : nullptr;
    if (!zoo || zoo->kind != Kind::kMapping) return;
    const Node* nickname = zoo->find("nickname");
    const Node* icon = zoo->find("nickname_icon");
    if (nickname && nickname->kind != Kind::kNull) root_ = arena_.with(root_, "id", *nickname);
    if (icon && icon->kind != Kind::kNull) root_ = arena_.with(root_, "id_emoji", *icon);
  }

  void normalise() {
    each_mapping_in("cite", [&](const Node& entry) {
      const Node* doi = entry.find("doi");
      return doi && doi->kind == Kind::kString ? arena_.with(entry, "doi", without_prefixes(*doi)) : entry;
    });
    if (const Node* cite = root_.find("cite"); cite && cite->kind == Kind::kString) cite_to_characters(*cite);
    for (const std::string_view field : {"authors", "maintainers"})
      each_mapping_in(field, [&](const Node& person) {
        constexpr std::string_view kPrefix = "https://github.com/";
        const Node* user = person.find("github_user");
        if (!user || user->kind != Kind::kString || !user->text.starts_with(kPrefix)) return person;
        return arena_.with(person, "github_user", arena_.string(*user, std::string(user->text.substr(kPrefix.size()))));
      });
    remove_empty_config();
  }

  Node without_prefixes(const Node& doi) {
    std::string_view text = doi.text;
    for (const std::string_view prefix : {"https://doi.org/", "http://dx.doi.org/"})
      if (text.starts_with(prefix)) {
        text.remove_prefix(prefix.size());
        break;
      }
    return arena_.string(doi, std::string(text));
  }

  // The reference rebuilds the list item by item, and a text has characters for items.
  void cite_to_characters(const Node& cite) {
    std::vector<Node> characters;
    for (std::size_t i = 0; i < cite.text.size();) {
      std::size_t end = i + 1;
      while (end < cite.text.size() && (cite.text[end] & 0xC0) == 0x80) ++end;
      characters.push_back(arena_.string(cite, std::string(cite.text.substr(i, end - i))));
      i = end;
    }
    Node list = cite;
    list.kind = Kind::kSequence;
    list.text = {};
    root_ = arena_.with(root_, "cite", arena_.with_children(list, std::move(characters)));
  }

  void remove_empty_config() {
    const auto is_empty_mapping = [](const Node* node) {
      return node && node->kind == Kind::kMapping && node->children.empty();
    };
    const Node* config = root_.find("config");
    if (!config || config->kind != Kind::kMapping) return;
    if (is_empty_mapping(config->find("future")))
      root_ = arena_.with(root_, "config", arena_.without(*config, "future"));
    if (is_empty_mapping(root_.find("config"))) root_ = arena_.without(root_, "config");
  }

  void each_mapping_in(std::string_view field, const std::function<Node(const Node&)>& change) {
    const Node* list = root_.find(field);
    if (!list || list->kind != Kind::kSequence) return;
    std::vector<Node> items(list->children.begin(), list->children.end());
    for (Node& item : items)
      if (item.kind == Kind::kMapping) item = change(item);
    root_ = arena_.with(root_, field, arena_.with_children(*list, std::move(items)));
  }

  Node root_;
  Arena& arena_;
};

}  // namespace

std::optional<FormatVersion> parse_format_version(std::string_view version) {
  std::vector<int> parts;
  for (bool more = true; more;) {
    const std::size_t end = version.find('.');
    more = end != version.npos;
    const std::string_view part = version.substr(0, end);
    int number = 0;
    const auto [stop, error] = std::from_chars(part.data(), part.data() + part.size(), number);
    const bool is_number = error == std::errc{} && stop == part.data() + part.size() && number >= 0;
    if (!is_number && parts.size() < 2) return std::nullopt;
    parts.push_back(is_number ? number : -1);
    if (more) version.remove_prefix(end + 1);
  }
  if (parts.size() < 2) return std::nullopt;
  return FormatVersion{parts[0], parts[1], parts.size() == 3 ? parts[2] : -1};
}

doc::Node upgraded_model(const doc::Node& root, schema::Arena& arena) { return Upgrade(root, arena).run(); }

}  // namespace zooport::bioimageio
