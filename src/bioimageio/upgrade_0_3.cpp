#include "bioimageio/upgrade_0_3.hpp"

#include <algorithm>

namespace zooport::bioimageio {

using doc::Kind;
using doc::Node;
using schema::Arena;

namespace {

// What Python makes of a value, as far as the reference's converter asks: where it has no answer, an exception.
class Model03 {
 public:
  explicit Model03(Rewrite& document) : document_(document), arena_(document.arena) {}

  bool run() {
    document_.set("type", arena_.string(*document_.find("format_version"), "model"));
    if (document_.version() == "0.3.0") document_.set_version("0.3.1");
    if (document_.version() == "0.3.1") {
      if (!people_from_names()) return false;
      document_.set_version("0.3.2");
    }
    if (document_.version() == "0.3.2") {
      if (!reference_tensors()) return false;
      document_.set_version("0.3.3");
    }
    if (document_.is_one_of({"0.3.3", "0.3.4", "0.3.5"})) document_.set_version("0.3.6");
    if (document_.version() != "0.3.6") return true;
    if (const Node* config = document_.find("config"); config && config->kind != Kind::kMapping)
      return document_.stop("AttributeError", *config);
    document_.empty_config_removed();
    document_.remove("language");
    document_.remove("framework");
    if (!architecture_to_weights()) return false;
    document_.set_version("0.4.0");
    return true;
  }

 private:
  static constexpr std::string_view kFuture = "0.3.2";

  // The items that a loop runs over; nothing for what has none.
  std::optional<std::vector<Node>> items_of(const Node& node) {
    if (node.kind == Kind::kSequence || node.kind == Kind::kSet)
      return std::vector<Node>(node.children.begin(), node.children.end());
    if (node.kind == Kind::kString) {
      const Node list = characters_of(node, arena_);
      return std::vector<Node>(list.children.begin(), list.children.end());
    }
    if (node.kind != Kind::kMapping) return std::nullopt;
    std::vector<Node> keys;
    for (const Node& child : node.children) {
      Node key;
      key.kind = child.key_kind;
      key.text = child.key;
      key.span = child.key_span;
      keys.push_back(key);
    }
    return keys;
  }

  // `text in node`; nothing where that is an exception.
  static std::optional<bool> contains(const Node& node, std::string_view text) {
    if (node.kind == Kind::kMapping) return node.find(text) != nullptr;
    if (node.kind == Kind::kString) return node.text.find(text) != node.text.npos;
    if (node.kind == Kind::kSequence || node.kind == Kind::kSet)
      return std::any_of(node.children.begin(), node.children.end(),
                         [&](const Node& item) { return item.kind == Kind::kString && item.text == text; });
    return std::nullopt;
  }

  const Node& author_named(const Node& name) {
    Node mapping;
    mapping.kind = Kind::kMapping;
    mapping.span = name.span;
    return arena_.keep(arena_.with(arena_.with_children(mapping, {}), "name", name));
  }

  // dict.update: a mapping, or a list of pairs.
  bool update(Node& author, const Node& with) {
    if (with.kind == Kind::kMapping) {
      for (const Node& field : with.children) author = with_field(author, field.key, field.key_kind, field);
      return true;
    }
    const auto pairs = items_of(with);
    if (!pairs) return document_.stop("TypeError", with);
    for (const Node& pair : *pairs) {
      const auto parts = items_of(pair);
      if (!parts) return document_.stop("TypeError", with);
      if (parts->size() != 2) return document_.stop("ValueError", with);
      if ((*parts)[0].is_collection()) return document_.stop("TypeError", with);
      author = with_field(author, (*parts)[0].text, (*parts)[0].kind, (*parts)[1]);
    }
    return true;
  }
  Node with_field(const Node& author, std::string_view key, Kind key_kind, const Node& value) {
    if (key_kind == Kind::kString) return arena_.with(author, key, value);
    std::vector<Node> children(author.children.begin(), author.children.end());
    Node field = value;
    field.key = key;
    field.key_kind = key_kind;
    children.push_back(field);
    return arena_.with_children(author, std::move(children));
  }

  // Names become authors; `more` says what else is known of them, one by one. Null after an exception.
  const Node* people(const Node& names, const Node* more) {
    const auto items = items_of(names);
    if (!items) return document_.stop("TypeError", names), nullptr;
    std::vector<Node> authors;
    for (const Node& name : *items) authors.push_back(author_named(name));
    if (more && more->kind != Kind::kNull) {
      const auto updates = items_of(*more);
      if (!updates) return document_.stop("TypeError", *more), nullptr;
      for (std::size_t i = 0; i < std::min(authors.size(), updates->size()); ++i)
        if (!update(authors[i], (*updates)[i])) return nullptr;
    }
    Node list = names;
    list.kind = Kind::kSequence;
    list.text = {};
    return &arena_.keep(arena_.with_children(list, std::move(authors)));
  }

  // A chain of dict.get(key, {}). Null after an exception.
  const Node* get(const Node& mapping, std::string_view key) {
    if (mapping.kind != Kind::kMapping) return document_.stop("AttributeError", mapping), nullptr;
    const Node* value = mapping.find(key);
    return value ? value : &empty_;
  }
  // As the last of a chain: null for none, too.
  const Node* field_of(const Node& mapping, std::string_view key) {
    if (mapping.kind != Kind::kMapping) return document_.stop("AttributeError", mapping), nullptr;
    return mapping.find(key);
  }

  // What authors of version 0.3.1 wrote down for 0.3.2. Null after an exception.
  const Node* take_future() {
    const Node* config = get(document_.root(), "config");
    const Node* future = config ? get(*config, "future") : nullptr;
    if (!future) return nullptr;
    if (future->kind == Kind::kSequence) return document_.stop("TypeError", *future), nullptr;
    if (future->kind != Kind::kMapping) return document_.stop("AttributeError", *future), nullptr;
    const Node* taken = future->find(kFuture);
    if (!taken) return &empty_;
    document_.set("config", arena_.with(*config, "future", arena_.without(*future, kFuture)));
    return taken;
  }

  bool people_from_names() {
    const Node* future = take_future();
    if (!future) return false;
    if (const Node* authors = document_.find("authors"); authors && authors->kind == Kind::kSequence)
      if (!rewrite_people("authors", *authors, *future)) return false;
    if (const Node* names = document_.find("packaged_by"); names && names->kind != Kind::kNull)
      if (!rewrite_people("packaged_by", *names, *future)) return false;
    if (!people_of_weights(*future)) return false;
    const auto has_version = contains(*future, "version");
    if (!has_version) return document_.stop("TypeError", *future);
    if (!*has_version) return true;
    if (future->kind != Kind::kMapping)
      return document_.stop(future->kind == Kind::kString ? "AttributeError" : "TypeError", *future);
    document_.set("version", *future->find("version"));
    return true;
  }

  bool rewrite_people(std::string_view field, const Node& names, const Node& future) {
    const auto items = items_of(names);
    if (!items) return document_.stop("TypeError", names);
    const Node* more = field_of(future, field);
    if (document_.stopped()) return false;
    const Node* list = people(names, more);
    if (!list) return false;
    document_.set(field, *list);
    return true;
  }

  bool people_of_weights(const Node& future) {
    const Node* weights = document_.find("weights");
    if (!weights || weights->kind != Kind::kMapping) return true;
    Node changed = *weights;
    for (const Node& entry : weights->children) {
      const auto has_authors = contains(entry, "authors");
      if (!has_authors) return document_.stop("TypeError", entry);
      if (!*has_authors) continue;
      if (entry.kind != Kind::kMapping) return document_.stop("TypeError", entry);
      const Node& names = *entry.find("authors");
      if (!items_of(names)) return document_.stop("TypeError", names);
      const Node* formats = get(future, "weights");
      const Node* format = formats ? get(*formats, entry.key) : nullptr;
      const Node* more = format ? field_of(*format, "authors") : nullptr;
      const Node* list = document_.stopped() ? nullptr : people(names, more);
      if (!list) return false;
      changed = arena_.with(changed, entry.key, arena_.with(entry, "authors", *list));
    }
    document_.set("weights", changed);
    return true;
  }

  bool reference_tensors() {
    const Node* outputs = document_.find("outputs");
    if (!outputs) return true;
    const auto items = items_of(*outputs);
    if (!items) return document_.stop("TypeError", *outputs);
    for (const Node& output : *items) {
      const auto has_shape = contains(output, "shape");
      if (!has_shape || (*has_shape && output.kind != Kind::kMapping)) return document_.stop("TypeError", output);
    }
    document_.each_mapping_in("outputs", [&](const Node& output) -> const Node* {
      const Node* shape = output.find("shape");
      const Node* reference = shape && shape->kind == Kind::kMapping ? shape->find("reference_input") : nullptr;
      if (!reference) return nullptr;
      const Node renamed = arena_.with(arena_.without(*shape, "reference_input"), "reference_tensor", *reference);
      return &arena_.keep(arena_.with(output, "shape", renamed));
    });
    return true;
  }

  bool architecture_to_weights() {
    struct Moved {
      std::string_view from;
      std::string_view to;
    };
    constexpr Moved kMoved[] = {{"source", "architecture"}, {"sha256", "architecture_sha256"}, {"kwargs", "kwargs"}};
    const Node before = document_.root();
    for (const Moved& moved : kMoved) document_.remove(moved.from);
    const Node* weights = get(document_.root(), "weights");
    if (weights->kind != Kind::kMapping) return document_.stop("AttributeError", *weights);
    Node changed = *weights;
    if (const Node* entry = weights->find("pytorch_state_dict"); entry && entry->kind != Kind::kNull) {
      Node with = *entry;
      for (const Moved& moved : kMoved) {
        const Node* value = before.find(moved.from);
        if (!value || value->kind == Kind::kNull) continue;
        if (with.kind != Kind::kMapping) return document_.stop("TypeError", *entry);
        with = arena_.with(with, moved.to, *value);
      }
      changed = arena_.with(changed, "pytorch_state_dict", with);
    }
    if (const Node* script = weights->find("pytorch_script")) {
      changed = arena_.without(changed, "pytorch_script");
      if (script->kind != Kind::kNull) changed = arena_.with(changed, "torchscript", *script);
    }
    if (weights != &empty_) document_.set("weights", changed);
    return true;
  }

  Rewrite& document_;
  Arena& arena_;
  const Node& empty_ = arena_.keep(empty_mapping());

  static Node empty_mapping() {
    Node node;
    node.kind = Kind::kMapping;
    return node;
  }
};

}  // namespace

bool upgrade_model_0_3(Rewrite& document) { return Model03(document).run(); }

}  // namespace zooport::bioimageio
