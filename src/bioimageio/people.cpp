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
      optional<&Author::affiliation>("affiliation", "institute"),
      optional<&Author::email>("email", "e-mail address"),
      optional<&Author::orcid>("orcid", "ORCID iD"),
      required<&Author::name>("name", "full name"),
      optional<&Author::github_user>("github_user", "GitHub user name"));
  return kTable;
}

const Type& describe(type<Maintainer>) {
  static constexpr auto kTable = object<Maintainer>("Maintainer", "a person who looks after the resource",
      optional<&Maintainer::affiliation>("affiliation", "institute"),
      optional<&Maintainer::email>("email", "e-mail address"),
      optional<&Maintainer::orcid>("orcid", "ORCID iD"),
      optional<&Maintainer::name>("name", "full name"),
      required<&Maintainer::github_user>("github_user", "GitHub user name"));
  return kTable;
}

const Type& describe(type<Uploader>) {
  static constexpr auto kTable = object<Uploader>("Uploader", "who uploaded the resource",
      required<&Uploader::email>("email", "e-mail address"),
      optional<&Uploader::name>("name", "full name"));
  return kTable;
}

const Type& describe(type<CiteEntry>) {
  static constexpr auto kTable = object<CiteEntry>("CiteEntry", "a citation",
      required<&CiteEntry::text>("text", "free text"),
      optional<&CiteEntry::doi>("doi", "digital object identifier"),
      optional<&CiteEntry::url>("url", "where no doi exists"))
    .rule<&needs_doi_or_url>("bioimageio.cite-without-doi-or-url");
  return kTable;
}

const Type& describe(type<Attachments>) {
  static constexpr auto kTable = object<Attachments>("AttachmentsDescr", "files that go with the resource",
      optional<&Attachments::files>("files", "files that belong to the package"))
    .keeps_unknown<&Attachments::more>();
  return kTable;
}
// clang-format on

}  // namespace zooport::bioimageio
