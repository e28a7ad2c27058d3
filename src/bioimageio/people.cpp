#include "zooport/bioimageio/people.hpp"

namespace zooport::bioimageio {

using schema::Findings;
using schema::object;
using schema::optional;
using schema::required;
using schema::Type;
using schema::type;

namespace {

void needs_doi_or_url(const CiteEntry& cite, Findings& at) {
  if (!cite.doi && cite.url.value_or("").empty()) at.fail({"url"}, "a doi or a url", "neither");
}

}  // namespace

// clang-format off
const Type& describe(type<Author>) {
  static constexpr auto kTable = object<Author>("Author", "a person who made the resource",
      optional<&Author::affiliation>("affiliation", "institute")
          .about("The institute or company that the person works for, as it would stand on a paper.")
          .example("European Molecular Biology Laboratory"),
      optional<&Author::email>("email", "e-mail address")
          .about("Where questions can be sent. 'Name <address>' is taken, and the address kept of it.")
          .example("ada@example.com")
          .since("0.4.0 (other kinds 0.2.1)"),
      optional<&Author::orcid>("orcid", "ORCID iD")
          .about("The id of a researcher, in four groups of four with hyphens between and no URL in front. The last "
                 "character is a check digit.")
          .example("0000-0002-1825-0097"),
      required<&Author::name>("name", "full name")
          .about("As it should be cited. Slashes and backslashes are taken out.")
          .example("Ada Lovelace"),
      optional<&Author::github_user>("github_user", "GitHub user name")
          .about("The account alone; 'https://github.com/' in front of it is cut off.")
          .example("ada-lovelace").since("0.4.0 (other kinds 0.2.1)"));
  return kTable;
}

const Type& describe(type<Maintainer>) {
  static constexpr auto kTable = object<Maintainer>("Maintainer", "a person who looks after the resource",
      optional<&Maintainer::affiliation>("affiliation", "institute")
          .about("The institute or company that the person works for, as it would stand on a paper.")
          .example("European Molecular Biology Laboratory"),
      optional<&Maintainer::email>("email", "e-mail address")
          .about("Where questions can be sent. 'Name <address>' is taken, and the address kept of it.")
          .example("ada@example.com"),
      optional<&Maintainer::orcid>("orcid", "ORCID iD")
          .about("The id of a researcher, in four groups of four with hyphens between and no URL in front. The last "
                 "character is a check digit.")
          .example("0000-0002-1825-0097"),
      optional<&Maintainer::name>("name", "full name")
          .about("Slashes and backslashes are taken out.")
          .example("Ada Lovelace"),
      required<&Maintainer::github_user>("github_user", "GitHub user name")
          .about("The account by which the collection reaches the person: who is named here is asked when the "
                 "resource breaks. 'https://github.com/' in front of it is cut off.")
          .example("ada-lovelace"));
  return kTable;
}

const Type& describe(type<Uploader>) {
  static constexpr auto kTable = object<Uploader>("Uploader", "who uploaded the resource",
      required<&Uploader::email>("email", "e-mail address")
          .about("Where the collection sends messages about the upload.")
          .example("ada@example.com"),
      optional<&Uploader::name>("name", "full name")
          .about("Slashes and backslashes are taken out.")
          .example("Ada Lovelace"));
  return kTable;
}

const Type& describe(type<CiteEntry>) {
  static constexpr auto kTable = object<CiteEntry>("CiteEntry", "a citation",
      required<&CiteEntry::text>("text", "free text")
          .about("The citation as people read it, or a word that says what it is of: the method, the training data, "
                 "the software.")
          .example("'Ronneberger et al.: U-Net, MICCAI 2015'"),
      optional<&CiteEntry::doi>("doi", "digital object identifier")
          .about("Begins with '10.' and four digits; 'https://doi.org/' in front of it is cut off. Better than a "
                 "url: it stays.")
          .example("10.1007/978-3-319-24574-4_28"),
      optional<&CiteEntry::url>("url", "where no doi exists")
          .about("Where the work can be read. Free text: what stands here is not looked up.")
          .example("https://example.com/paper"))
    .rule<&needs_doi_or_url>("bioimageio.cite-without-doi-or-url", "", "'doi' or 'url' is given, or both")
    .in_schema(R"("anyOf": [{"required": ["doi"], "properties": {"doi": {"type": "string"}}}, )"
               R"({"required": ["url"], "properties": {"url": {"type": "string", "minLength": 1}}}])");
  return kTable;
}

const Type& describe(type<Attachments>) {
  static constexpr auto kTable = object<Attachments>("AttachmentsDescr",
      "files that go with the resource, and free fields about them",
      optional<&Attachments::files>("files", "files that belong to the package")
          .about("URLs, or paths relative to the description. They are put into the package beside the files that "
                 "other fields name; a description (rdf.yaml) cannot be one of them.")
          .example("[normalisation.txt, macros/segment.ijm]"))
    .keeps_unknown<&Attachments::more>();
  return kTable;
}
// clang-format on

}  // namespace zooport::bioimageio
