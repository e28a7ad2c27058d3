#include "zooport/doc/edit.hpp"

#include <algorithm>
#include <optional>

#include "doc/edit_layout.hpp"
#include "zooport/base/text.hpp"
#include "zooport/doc/json.hpp"
#include "zooport/doc/yaml.hpp"

namespace zooport::doc {

Result<std::string> apply_edits(std::string_view source, const std::vector<Edit>& edits) {
  std::string text;
  std::size_t at = 0;
  for (const Edit& edit : edits) {
    if (edit.span.begin < at || edit.span.end < edit.span.begin || edit.span.end > source.size()) {
      Error error = make_error(ErrorKind::kInvalid, "doc.edits-overlap",
                               "expected edits in order of place that do not overlap and lie within the source");
      error.what.span = edit.span;
      return error;
    }
    text += source.substr(at, edit.span.begin - at);
    text += edit.text;
    at = edit.span.end;
  }
  text += source.substr(at);
  return text;
}

namespace {

Error edit_error(std::string id, const Path& path, std::string message) {
  Error error = make_error(ErrorKind::kInvalid, std::move(id), std::move(message));
  error.what.path = path;
  return error;
}

Value& value_at(Value& root, const std::vector<std::size_t>& route) {
  Value* value = &root;
  for (const std::size_t index : route) value = &value->children[index];
  return *value;
}

void put(Value& place, const Value& value) {
  Value copy = value;
  copy.key = place.key;
  copy.key_kind = place.key_kind;
  place = std::move(copy);
}

}  // namespace

struct Editor::State {
  Syntax syntax;
  Limits limits;
  std::optional<Document> document;
  std::optional<Error> failure;  // of reading the source again

  Result<Document> read(std::string text) const {
    return syntax == Syntax::kJson ? read_json(std::move(text), limits) : read_yaml(std::move(text), limits);
  }

  Result<Place> locate(const Path& path, const Layout& layout) const {
    if (failure) return *failure;
    Place place;
    place.chain.push_back(&document->root());
    for (const Step& step : path) {
      if (step.kind == Step::Kind::kLabel) continue;
      const Node& parent = place.node();
      if (layout.is_alias(parent))
        return edit_error("doc.edit-alias", path, concat(to_text(path), " stands behind an alias"));
      const Node* child = nullptr;
      if (step.kind == Step::Kind::kKey) {
        child = parent.kind == Kind::kMapping ? parent.find(step.name) : nullptr;
      } else if (parent.kind != Kind::kMapping && step.index < parent.children.size()) {
        child = &parent.children[step.index];
      }
      if (!child) return edit_error("doc.edit-path", path, concat("nothing stands at ", printable(to_text(path))));
      if (is_merged(parent, *child))
        return edit_error("doc.edit-alias", path, concat(printable(to_text(path)), " stands behind a merge key"));
      place.is_in_flow = place.is_in_flow || layout.is_flow(parent);
      place.route.push_back(static_cast<std::size_t>(child - parent.children.data()));
      place.chain.push_back(child);
    }
    return place;
  }

  // Takes over the text that the edits make, if it reads as `wanted`.
  Result<void> commit(const Path& path, Result<std::vector<Edit>> edits, const Value& wanted) {
    if (!edits.ok()) {
      Error error = std::move(edits).error();
      error.what.path = path;
      return error;
    }
    const auto failed = [&](std::string_view why) {
      return edit_error("doc.edit-failed", path,
                        concat("cannot edit ", path.empty() ? "the document" : printable(to_text(path)),
                               " in this layout: ", why, "; edit the text by hand"));
    };
    auto text = apply_edits(document->source(), *edits);
    if (!text.ok()) return failed(text.error().what.message);
    auto read_back = read(std::move(text).value());
    if (!read_back.ok()) return failed(read_back.error().what.message);
    if (!(Value::from(read_back->root()) == wanted)) return failed("other values would change with it");
    document = std::move(read_back).value();
    return {};
  }
};

Editor::Editor(const Document& document, Syntax syntax, const Limits& limits)
    : state_(std::make_unique<State>(State{syntax, limits, {}, {}})) {
  auto copy = state_->read(std::string(document.source()));
  if (copy.ok()) {
    state_->document = std::move(copy).value();
  } else {
    state_->failure = std::move(copy).error();
  }
}
Editor::~Editor() = default;
Editor::Editor(Editor&&) noexcept = default;
Editor& Editor::operator=(Editor&&) noexcept = default;

Result<std::string> Editor::text() const {
  if (state_->failure) return *state_->failure;
  return std::string(state_->document->source());
}

Result<void> Editor::replace(const Path& path, const Value& value) {
  if (state_->failure) return *state_->failure;
  const Layout layout(state_->document->source(), state_->syntax);
  ZOOPORT_TRY_ASSIGN(const Place place, state_->locate(path, layout));
  Value wanted = Value::from(state_->document->root());
  put(value_at(wanted, place.route), value);
  return state_->commit(path, replace_edits(layout, place, value), wanted);
}

Result<void> Editor::set(const Path& mapping, std::string_view key, const Value& value) {
  if (state_->failure) return *state_->failure;
  const Layout layout(state_->document->source(), state_->syntax);
  ZOOPORT_TRY_ASSIGN(const Place place, state_->locate(mapping, layout));
  const Node& node = place.node();
  Path path = mapping;
  path.push_back(Step::key(key));
  if (node.kind != Kind::kMapping)
    return edit_error("doc.edit-path", path, concat("expected a mapping at ", printable(to_text(mapping))));
  if (layout.is_alias(node))
    return edit_error("doc.edit-alias", path, concat(printable(to_text(path)), " stands behind an alias"));
  const Node* known = node.find(key);
  if (known && !is_merged(node, *known)) return replace(path, value);
  Value wanted = Value::from(state_->document->root());
  Value& target = value_at(wanted, place.route);
  // The mapping's own key takes the place of a merged one, behind all others.
  if (known) target.children.erase(target.children.begin() + (known - node.children.data()));
  target.set(key, value);
  return state_->commit(path, append_edits(layout, place, key, value), wanted);
}

Result<void> Editor::remove(const Path& path) {
  if (state_->failure) return *state_->failure;
  const Layout layout(state_->document->source(), state_->syntax);
  ZOOPORT_TRY_ASSIGN(const Place place, state_->locate(path, layout));
  if (!place.parent()) return edit_error("doc.edit-path", path, "the document itself cannot be removed");
  Value wanted = Value::from(state_->document->root());
  Value& parent = value_at(wanted, place.above().route);
  parent.children.erase(parent.children.begin() + static_cast<std::ptrdiff_t>(place.route.back()));
  return state_->commit(path, remove_edits(layout, place), wanted);
}

Result<void> Editor::rename_key(const Path& path, std::string_view key) {
  if (state_->failure) return *state_->failure;
  const Layout layout(state_->document->source(), state_->syntax);
  ZOOPORT_TRY_ASSIGN(const Place place, state_->locate(path, layout));
  const Node* parent = place.parent();
  if (!parent || parent->kind != Kind::kMapping)
    return edit_error("doc.edit-path", path, concat("expected a key at ", printable(to_text(path))));
  if (place.node().key == key) return {};
  if (parent->find(key))
    return edit_error("doc.edit-key-exists", path,
                      concat("the key ", printable(key), " stands in this mapping already"));
  Value wanted = Value::from(state_->document->root());
  value_at(wanted, place.route).key = key;
  auto text =
      layout.is_json() ? json_key(key) : yaml_key(key, place.is_in_flow ? YamlContext::kFlow : YamlContext::kBlock);
  if (!text.ok()) return std::move(text).error();
  return state_->commit(path, std::vector<Edit>{{place.node().key_span, std::move(text).value()}}, wanted);
}

}  // namespace zooport::doc
