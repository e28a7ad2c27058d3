#pragma once

#include "zooport/bioimageio/people.hpp"
#include "zooport/bioimageio/yaml_value.hpp"

namespace zooport::bioimageio {

// Fields of every resource of the 0.2 family, which model 0.4 belongs to.
struct ResourceDescription {
  std::string name;
  std::string description;
  std::vector<CoverFile> covers;
  std::optional<Emoji> id_emoji;
  std::vector<Author> authors;
  std::optional<Attachments> attachments;
  std::vector<CiteEntry> cite;
  schema::Map<YamlValue> config;
  std::optional<HttpUrl> download_url;
  std::optional<std::string> git_repo;
  std::optional<std::variant<ShortText, FileSource>> icon;
  std::vector<std::string> links;
  std::optional<Uploader> uploader;
  std::vector<Maintainer> maintainers;
  std::optional<FileSource> rdf_source;
  std::vector<std::string> tags;
  std::optional<Version> version;
  std::optional<schema::Integer> version_number;
  schema::Given given;
};

const schema::Type& describe(schema::type<ResourceDescription>);

}  // namespace zooport::bioimageio
