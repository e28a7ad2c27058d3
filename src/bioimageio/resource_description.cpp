#include "zooport/bioimageio/resource_description.hpp"

#include "bioimageio/resource_rules.hpp"
#include "bioimageio/schema_patterns.hpp"
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

// Texts become authors.
constexpr std::string_view kAuthorsSchema =
    R"("anyOf": [{"type": "string"}, {"type": "array", )"
    R"("items": {"anyOf": [{"type": "string"}, {"$ref": "#/$defs/Author"}]}}])";

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
          .about("The title of the resource. No slashes, as it may become the name of a file.")
          .example("Nuclei in Uneven Light")
          .check<&is_not_empty>("at least 1 character", {"schema.too-short", "string_too_short"})
          .in_schema(R"("minLength": 1)")
          .warn<&has_128_characters_at_most>(Severity::kWarning, "at most 128 characters"),
      required<&R::description>("description", "what it does")
          .about("A few sentences for people who look for something: what it does, and on what kind of images.")
          .example("A small U-Net that segments nuclei in fluorescence images with uneven illumination."),
      optional<&R::covers>("covers", "pictures to show")
          .about("Pictures that collections show beside the name: URLs or relative paths. For a model: input and "
                 "output side by side. No more than 500 kB, and about 2 to 1 or 1 to 1 in shape.")
          .example("[cover.png]"),
      optional<&R::id_emoji>("id_emoji", "emoji that goes with the id")
          .about("One code point, shown with the id.")
          .example("🦈").since("0.4.10 (other kinds 0.2.4); config.bioimageio.nickname_icon before"),
      optional<&R::authors>("authors", "who made it").before(&authors_from_text)
          .about("Those who made the resource, in the order in which they are to be named. A text instead of a "
                 "mapping is taken as a name.")
          .example("[{name: Ada Lovelace, affiliation: Analytical Engines, orcid: 0000-0002-1825-0097}]")
          .schema_instead(kAuthorsSchema)
          .warn<&has_author>(Severity::kWarning, "at least one author"),
      optional<&R::attachments>("attachments", "files that go with it")
          .about("Files beyond those that other fields name, and free fields for the tools that use them.")
          .example("{files: [macro.ijm]}"),
      optional<&R::cite>("cite", "what to cite")
          .about("Works that those who use the resource should cite: the method, the training data, the software.")
          .example("[{text: The method, doi: 10.1038/s41592-018-0261-2}]").since("optional since 0.4.8")
          .warn<&has_citation>(Severity::kWarning, "at least one citation"),
      optional<&R::config>("config", "free content for tools")
          .about("The place for fields that the format does not know. Each tool writes below a name of its own. "
                 "Everything that YAML can say is allowed, but for .inf and .nan.")
          .example("{my_tool: {tile: 512, colours: [red, green]}}"),
      optional<&R::download_url>("download_url", "where to download it")
          .about("A URL of the whole resource, as an archive. Formats after 0.4 (other kinds 0.2) do not have it.")
          .example("https://example.com/model.zip").since("0.4.3"),
      optional<&R::git_repo>("git_repo", "where its sources are")
          .about("The repository in which the resource is developed. Free text; a URL is of use.")
          .example("https://github.com/ada/nuclei"),
      optional<&R::icon>("icon", "one or two characters, or a picture")
          .about("An emoji, or the URL or relative path of a small picture, to be shown in lists.")
          .example("🔬"),
      optional<&R::links>("links", "ids of related resources")
          .about("Ids of applications, datasets or models of the collection that go with this one.")
          .example("[ilastik/ilastik, affable-shark]"),
      optional<&R::uploader>("uploader", "who uploaded it")
          .about("Filled in by the collection as a rule.")
          .example("{email: ada@example.com, name: Ada Lovelace}").since("0.4.10 (other kinds 0.2.4)"),
      optional<&R::maintainers>("maintainers", "who looks after it")
          .about("Those who are asked when something does not work. Where nobody is named, it is the authors.")
          .example("[{github_user: ada-lovelace}]").since("0.4.0 (other kinds 0.2.1)"),
      optional<&R::rdf_source>("rdf_source", "where this description is")
          .about("Written by tools that hand descriptions on: the URL or relative path of the original. It is left "
                 "out of packages.")
          .example("https://example.com/rdf.yaml").since("0.4.2 (other kinds 0.2.2)"),
      optional<&R::tags>("tags", "words to find it by")
          .about("What collections search and filter by: what is imaged, how, what for, with what.")
          .example("[fluorescence, nuclei, semantic-segmentation, unet]"),
      optional<&R::version>("version", "version of the resource")
          .about("Of the resource, not of the format; ordered as Python packages are. Quote it: YAML would read 1.10 "
                 "as the number 1.1.")
          .example("'1.2.0'").since("0.3.2")
          .check<&is_version>("a version").in_schema(kVersionSchema),
      optional<&R::version_number>("version_number", "counted by the collection")
          .about("1 for what was published first under the id, and so on. Formats after 0.4 (other kinds 0.2) do not "
                 "have it.")
          .example("1").since("0.4.10 (other kinds 0.2.4)"));
  return kTable;
}
// clang-format on

}  // namespace zooport::bioimageio
