#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "bioimageio/upgrade.hpp"

namespace zooport::bioimageio {

// A document under conversion, and the steps that converters share. Nodes are copied only where one changes.
class Rewrite {
 public:
  Rewrite(const doc::Node& root, schema::Arena& nodes);

  const doc::Node& root() const { return *root_; }
  const doc::Node* find(std::string_view key) const { return root_->find(key); }
  void set(std::string_view key, const doc::Node& value) { root_ = &arena.keep(arena.with(*root_, key, value)); }
  void remove(std::string_view key);
  // `change` gives the new item, or null to leave it. Nothing happens unless there is a list.
  template <class F>
  void each_mapping_in(std::string_view key, F&& change);
  template <class F>
  const doc::Node* each_mapping(const doc::Node& list, F&& change);

  // format_version; empty unless it is a string. Written to the document by finish().
  std::string_view version() const { return version_; }
  bool is_one_of(std::initializer_list<std::string_view> versions) const;
  void set_version(std::string_view version) { version_ = version; }

  void names_without_slashes();
  void id_from_nickname();
  void references_without_prefixes();  // of DOIs and GitHub users
  void empty_config_removed();

  bool stop(std::string_view exception, const doc::Node& at);  // false
  bool stopped() const { return obstacle_.has_value(); }
  Upgraded finish();

  schema::Arena& arena;

 private:
  const doc::Node* root_;
  std::string_view version_;
  std::optional<Obstacle> obstacle_;
};

bool is_truthy(const doc::Node& node);  // as Python has it
// A text as the reference iterates over it: a list of its characters.
doc::Node characters_of(const doc::Node& text, schema::Arena& arena);

template <class F>
const doc::Node* Rewrite::each_mapping(const doc::Node& list, F&& change) {
  if (list.kind != doc::Kind::kSequence) return nullptr;
  std::vector<doc::Node> items;
  for (std::size_t i = 0; i < list.children.size(); ++i) {
    if (list.children[i].kind != doc::Kind::kMapping) continue;
    const doc::Node* changed = change(list.children[i]);
    if (!changed) continue;
    if (items.empty()) items.assign(list.children.begin(), list.children.end());
    items[i] = *changed;
  }
  return items.empty() ? nullptr : &arena.keep(arena.with_children(list, std::move(items)));
}

template <class F>
void Rewrite::each_mapping_in(std::string_view key, F&& change) {
  const doc::Node* list = find(key);
  if (!list) return;
  if (const doc::Node* changed = each_mapping(*list, change)) set(key, *changed);
}

}  // namespace zooport::bioimageio
