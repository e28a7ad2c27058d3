#pragma once

#include "zooport/bioimageio/strings.hpp"
#include "zooport/schema/object.hpp"

namespace zooport::bioimageio {

struct Author {
  std::optional<std::string> affiliation;
  std::optional<Email> email;
  std::optional<OrcidId> orcid;
  PersonName name;
  std::optional<std::string> github_user;
  schema::Given given;
};

struct Maintainer {
  std::optional<std::string> affiliation;
  std::optional<Email> email;
  std::optional<OrcidId> orcid;
  std::optional<PersonName> name;
  std::string github_user;
  schema::Given given;
};

struct Uploader {
  Email email;
  std::optional<PersonName> name;
  schema::Given given;
};

// Has a doi or a url, or both.
struct CiteEntry {
  std::string text;
  std::optional<Doi> doi;
  std::optional<std::string> url;
  schema::Given given;
};

// Files that belong to the package; other keys are free.
struct Attachments {
  std::vector<PackagedFile> files;
  schema::Map<schema::Any> more;
  schema::Given given;
};

const schema::Type& describe(schema::type<Author>);
const schema::Type& describe(schema::type<Maintainer>);
const schema::Type& describe(schema::type<Uploader>);
const schema::Type& describe(schema::type<CiteEntry>);
const schema::Type& describe(schema::type<Attachments>);

}  // namespace zooport::bioimageio
