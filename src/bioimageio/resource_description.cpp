#include "zooport/bioimageio/resource_description.hpp"

#include "bioimageio/resource_rules.hpp"
#include "bioimageio/version_rule.hpp"
#include "zooport/base/text.hpp"

namespace zooport::bioimageio {

using schema::object;
using schema::optional;
using schema::required;
using schema::Type;
using schema::type;
using schema::Walk;

namespace {

bool has_128_characters_at_most(const std::string& text) { return code_points(text) <= 128; }
bool has_author(const std::vector<Author>& authors) { return !authors.empty(); }
bool has_citation(const std::vector<CiteEntry>& cite) { return !cite.empty(); }

}  // namespace

bool is_not_empty(const std::string& text) { return !text.empty(); }

const doc::Node* authors_from_text(const doc::Node& authors, Walk& walk) {
  using doc::Kind;
  const doc::Node* result = &authors;
  const auto author = [&](const doc::Node& name) {
    doc::Node mapping = name;
    mapping.kind = Kind::kMapping;
    mapping.text = {};
    doc::Node field = name;
    field.key = "name";
    field.key_kind = Kind::kString;
    field.key_span = name.span;
    return walk.arena.with_children(mapping, {field});
  };
  if (authors.kind == Kind::kString && !authors.text.empty()) {
    // A text is a sequence of characters to the reference.
    std::vector<doc::Node> characters;
    for (std::size_t i = 0; i < authors.text.size();) {
      std::size_t end = i + 1;
      while (end < authors.text.size() && (authors.text[end] & 0xC0) == 0x80) ++end;
      doc::Node character = authors;
      character.text = authors.text.substr(i, end - i);
      characters.push_back(author(character));
      i = end;
    }
    doc::Node list = authors;
    list.kind = Kind::kSequence;
    list.text = {};
    result = &walk.arena.keep(walk.arena.with_children(list, std::move(characters)));
  } else if (authors.kind == Kind::kSequence) {
    std::vector<doc::Node> items(authors.children.begin(), authors.children.end());
    bool changed = false;
    for (doc::Node& item : items)
      if (item.kind == Kind::kString) item = author(item), changed = true;
    if (changed) result = &walk.arena.keep(walk.arena.with_children(authors, std::move(items)));
  } else if (authors.kind == Kind::kString) {
    doc::Node list = authors;
    list.kind = Kind::kSequence;
    result = &walk.arena.keep(list);
  }
  const bool is_number = result->kind == Kind::kInteger || result->kind == Kind::kReal;
  const bool is_falsy = result->kind == Kind::kNull || (result->is_collection() && result->children.empty()) ||
                        (result->kind == Kind::kBoolean && !doc::boolean_of(*result)) ||
                        (is_number && doc::real_of(*result) == 0);
  if (!is_falsy) return result;
  walk.report(Severity::kWarning, authors.span, {"schema.advice", "warning"}, "at least one author", "none");
  return walk.raises(Severity::kWarning) ? nullptr : result;
}

// clang-format off
const Type& describe(type<ResourceDescription>) {
  using R = ResourceDescription;
  static constexpr auto kTable = object<R>("GenericModelDescrBase", "what all kinds of resource share",
      required<&R::name>("name", "for people to recognize it")
          .check<&is_not_empty>("at least 1 character", {"schema.too-short", "string_too_short"})
          .warn<&has_128_characters_at_most>(Severity::kWarning, "at most 128 characters"),
      required<&R::description>("description", "what it does"),
      optional<&R::covers>("covers", "pictures to show"),
      optional<&R::id_emoji>("id_emoji", "emoji that goes with the id"),
      optional<&R::authors>("authors", "who made it").before(&authors_from_text)
          .warn<&has_author>(Severity::kWarning, "at least one author"),
      optional<&R::attachments>("attachments", "files that go with it"),
      optional<&R::cite>("cite", "what to cite").warn<&has_citation>(Severity::kWarning, "at least one citation"),
      optional<&R::config>("config", "free content for tools"),
      optional<&R::download_url>("download_url", "where to download it"),
      optional<&R::git_repo>("git_repo", "where its sources are"),
      optional<&R::icon>("icon", "one or two characters, or a picture"),
      optional<&R::links>("links", "ids of related resources"),
      optional<&R::uploader>("uploader", "who uploaded it"),
      optional<&R::maintainers>("maintainers", "who looks after it"),
      optional<&R::rdf_source>("rdf_source", "where this description is"),
      optional<&R::tags>("tags", "words to find it by"),
      optional<&R::version>("version", "version of the resource").check<&is_version>("a version"),
      optional<&R::version_number>("version_number", "counted by the collection"));
  return kTable;
}
// clang-format on

}  // namespace zooport::bioimageio
