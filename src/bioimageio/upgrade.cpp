#include "bioimageio/upgrade.hpp"

#include "bioimageio/format_class.hpp"
#include "bioimageio/rewrite.hpp"
#include "bioimageio/upgrade_0_3.hpp"
#include "zooport/base/text.hpp"

namespace zooport::bioimageio {

using doc::Kind;
using doc::Node;
using schema::Arena;
using schema::Walk;

namespace {

void move_dependencies_to_weights(Rewrite& document) {
  const Node* dependencies = document.find("dependencies");
  if (!dependencies) return;
  document.remove("dependencies");
  const Node* weights = document.find("weights");
  const Node* entry = weights && weights->kind == Kind::kMapping ? weights->find("pytorch_state_dict") : nullptr;
  if (!is_truthy(*dependencies) || !entry || entry->kind != Kind::kMapping || entry->children.empty()) return;
  Arena& arena = document.arena;
  document.set("weights",
               arena.with(*weights, "pytorch_state_dict", arena.with(*entry, "dependencies", *dependencies)));
}

void replace_parent_by_uri(Rewrite& document) {
  const Node* parent = document.find("parent");
  if (!parent) return;
  const Node* uri = parent->kind == Kind::kMapping ? parent->find("uri") : nullptr;
  document.remove("parent");
  if (uri) document.set("parent", *uri);
}

const Node& author_named(const Node& name, Arena& arena) {
  Node mapping = name;
  mapping.kind = Kind::kMapping;
  mapping.text = {};
  Node field = name;
  field.key = "name";
  field.key_kind = Kind::kString;
  field.key_span = name.span;
  return arena.keep(arena.with_children(mapping, {field}));
}

void make_authors_of_names(Rewrite& document) {
  const Node* authors = document.find("authors");
  if (!authors || authors->kind != Kind::kSequence) return;
  std::vector<Node> items(authors->children.begin(), authors->children.end());
  bool changed = false;
  for (Node& item : items)
    if (item.kind == Kind::kString) item = author_named(item, document.arena), changed = true;
  if (changed) document.set("authors", document.arena.with_children(*authors, std::move(items)));
}

// The latest patch is read in place of a later one.
const Node* with_known_patch(const Node& root, int minor, int patch, std::string_view known, Walk& walk) {
  const Node* field = root.find("format_version");
  if (!field || field->kind != Kind::kString) return &root;
  const auto version = parse_format_version(field->text);
  const bool is_later = version && version->patch >= 0 && version->major == 0 &&
                        (version->minor > minor || (version->minor == minor && version->patch > patch));
  if (!is_later) return &root;
  walk.report(Severity::kAlert, field->span, {"schema.advice", "warning"}, concat("a format version up to ", known),
              concat("'", field->text, "'"));
  if (walk.raises(Severity::kAlert)) return nullptr;
  return &walk.arena.keep(walk.arena.with(root, "format_version", walk.arena.string(*field, std::string(known))));
}

// False after it said why the reference cannot go on.
bool passed(const Upgraded& upgraded, Walk& walk) {
  if (!upgraded.obstacle) return true;
  const auto& [exception, at] = *upgraded.obstacle;
  if (exception == "ValueError")
    walk.fail(*at, schema::kValueError, "what the converter of older formats can read");
  else
    walk.abort(at->span, exception, Walk::describe(*at));
  return false;
}

}  // namespace

Upgraded upgraded_model(const Node& root, Arena& arena) {
  Rewrite document(root, arena);
  const auto version = parse_format_version(document.version());
  if (!version || version->major > 0 || version->minor > 4) return {&root, {}};
  if (version->minor < 4 && !upgrade_model_0_3(document)) return document.finish();
  if (document.version() == "0.4.0") move_dependencies_to_weights(document), document.set_version("0.4.1");
  if (document.is_one_of({"0.4.1", "0.4.2", "0.4.3", "0.4.4"}))
    replace_parent_by_uri(document), document.set_version("0.4.5");
  if (document.is_one_of({"0.4.5", "0.4.6"})) document.names_without_slashes(), document.set_version("0.4.7");
  if (document.is_one_of({"0.4.7", "0.4.8"})) document.set_version("0.4.9");
  if (document.version() == "0.4.9") document.id_from_nickname(), document.set_version("0.4.10");
  document.references_without_prefixes();
  document.empty_config_removed();
  return document.finish();
}

Upgraded upgraded_generic(const Node& root, Arena& arena) {
  Rewrite document(root, arena);
  const Node* field = root.find("format_version");
  if (!field) return {&root, {}};
  if (field->kind == Kind::kString) {
    const auto version = major_and_minor(document.version());
    if (!version) return {&root, Obstacle{"ValueError", field}};
    if (*version > std::vector{0, 2}) return {&root, {}};
  }
  make_authors_of_names(document);
  if (document.is_one_of({"0.2.0", "0.2.1"})) document.set_version("0.2.2");
  if (document.version() == "0.2.2") document.names_without_slashes(), document.set_version("0.2.3");
  if (document.version() == "0.2.3") document.id_from_nickname(), document.set_version("0.2.4");
  document.references_without_prefixes();
  return document.finish();
}

const Node* current_model(const Node& root, Walk& walk) {
  const Upgraded upgraded = upgraded_model(root, walk.arena);
  return passed(upgraded, walk) ? with_known_patch(*upgraded.node, 4, 10, "0.4.10", walk) : nullptr;
}

const Node* current_generic(const Node& root, Walk& walk) {
  const Upgraded upgraded = upgraded_generic(root, walk.arena);
  return passed(upgraded, walk) ? with_known_patch(*upgraded.node, 2, 4, "0.2.4", walk) : nullptr;
}

}  // namespace zooport::bioimageio
