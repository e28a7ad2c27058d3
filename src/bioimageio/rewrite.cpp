#include "bioimageio/rewrite.hpp"

#include <algorithm>

namespace zooport::bioimageio {

using doc::Kind;
using doc::Node;

namespace {

bool has_slash(const Node& name) {
  return name.kind == Kind::kString && name.text.find_first_of("/\\") != name.text.npos;
}

const Node& without_slashes(const Node& name, schema::Arena& arena) {
  std::string text(name.text);
  std::erase_if(text, [](char c) { return c == '/' || c == '\\'; });
  return arena.keep(arena.string(name, std::move(text)));
}

// `text` without the first of the prefixes that it has; null if it has none.
const Node* without_prefix(const Node* text, std::initializer_list<std::string_view> prefixes, schema::Arena& arena) {
  if (!text || text->kind != Kind::kString) return nullptr;
  for (const std::string_view prefix : prefixes)
    if (text->text.starts_with(prefix))
      return &arena.keep(arena.string(*text, std::string(text->text.substr(prefix.size()))));
  return nullptr;
}

bool is_empty_mapping(const Node* node) { return node && node->kind == Kind::kMapping && node->children.empty(); }

}  // namespace

bool is_truthy(const Node& node) {
  if (node.is_collection()) return !node.children.empty();
  switch (node.kind) {
    case Kind::kNull: return false;
    case Kind::kString: return !node.text.empty();
    case Kind::kBoolean: return doc::boolean_of(node);
    case Kind::kInteger:
    case Kind::kReal: return doc::real_of(node) != 0;
    default: return true;
  }
}

Node characters_of(const Node& text, schema::Arena& arena) {
  std::vector<Node> characters;
  for (std::size_t i = 0; i < text.text.size();) {
    std::size_t end = i + 1;
    while (end < text.text.size() && (text.text[end] & 0xC0) == 0x80) ++end;
    characters.push_back(arena.string(text, std::string(text.text.substr(i, end - i))));
    i = end;
  }
  Node list = text;
  list.kind = Kind::kSequence;
  list.text = {};
  return arena.with_children(list, std::move(characters));
}

Rewrite::Rewrite(const Node& root, schema::Arena& nodes) : arena(nodes), root_(&root) {
  const Node* version = root.find("format_version");
  if (version && version->kind == Kind::kString) version_ = version->text;
}

void Rewrite::remove(std::string_view key) {
  if (find(key)) root_ = &arena.keep(arena.without(*root_, key));
}

bool Rewrite::is_one_of(std::initializer_list<std::string_view> versions) const {
  return std::find(versions.begin(), versions.end(), version_) != versions.end();
}

void Rewrite::names_without_slashes() {
  if (const Node* name = find("name"); name && has_slash(*name)) set("name", without_slashes(*name, arena));
  for (const std::string_view field : {"authors", "maintainers"}) {
    // The reference rebuilds these lists item by item, whatever they are.
    if (const Node* people = find(field); people && people->kind == Kind::kString)
      set(field, characters_of(*people, arena));
    each_mapping_in(field, [&](const Node& person) -> const Node* {
      const Node* name = person.find("name");
      return name && has_slash(*name) ? &arena.keep(arena.with(person, "name", without_slashes(*name, arena)))
                                      : nullptr;
    });
  }
}

void Rewrite::id_from_nickname() {
  const Node* config = find("config");
  const Node* zoo = config && config->kind == Kind::kMapping ? config->find("bioimageio") : nullptr;
  if (!zoo || zoo->kind != Kind::kMapping) return;
  const Node* nickname = zoo->find("nickname");
  const Node* icon = zoo->find("nickname_icon");
  if (nickname && nickname->kind != Kind::kNull) set("id", *nickname);
  if (icon && icon->kind != Kind::kNull) set("id_emoji", *icon);
}

void Rewrite::references_without_prefixes() {
  const auto shorten = [&](std::string_view field, std::initializer_list<std::string_view> prefixes) {
    return [this, field, prefixes](const Node& item) -> const Node* {
      const Node* shorter = without_prefix(item.find(field), prefixes, arena);
      return shorter ? &arena.keep(arena.with(item, field, *shorter)) : nullptr;
    };
  };
  each_mapping_in("cite", shorten("doi", {"https://doi.org/", "http://dx.doi.org/"}));
  // The reference rebuilds this list item by item, whatever it is.
  if (const Node* cite = find("cite"); cite && cite->kind == Kind::kString) set("cite", characters_of(*cite, arena));
  for (const std::string_view people : {"authors", "maintainers"})
    each_mapping_in(people, shorten("github_user", {"https://github.com/"}));
}

void Rewrite::empty_config_removed() {
  const Node* config = find("config");
  if (!config || config->kind != Kind::kMapping) return;
  if (is_empty_mapping(config->find("future"))) set("config", arena.without(*config, "future"));
  if (is_empty_mapping(find("config"))) remove("config");
}

bool Rewrite::stop(std::string_view exception, const Node& at) {
  if (!obstacle_) obstacle_ = Obstacle{exception, &arena.keep(at)};  // `at` may be of a list that is being rebuilt
  return false;
}

Upgraded Rewrite::finish() {
  const Node* field = find("format_version");
  if (field && field->kind == Kind::kString && field->text != version_)
    set("format_version", arena.keep(arena.string(*field, std::string(version_))));
  return {root_, obstacle_};
}

}  // namespace zooport::bioimageio
