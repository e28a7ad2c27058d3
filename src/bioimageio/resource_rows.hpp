#pragma once

#include <tuple>

#include "bioimageio/version_rule.hpp"
#include "zooport/bioimageio/model_description.hpp"

namespace zooport::bioimageio {

// Text elements become authors; says that authors are missing.
const doc::Node* authors_from_text(const doc::Node& authors, schema::Walk& walk);
bool has_citation(const std::vector<CiteEntry>& cite);

// The rows that open the table of every resource of the 0.2 family. Models have stricter rules for `name` and
// `authors`.
// clang-format off
template <class T, class Name, class Authors>
constexpr auto resource_rows(const Name& name, const Authors& authors) {
  using schema::optional;
  using schema::required;
  using R = ResourceDescription;
  return std::make_tuple(
      name,
      required<&R::description, T>("description", "what it does"),
      optional<&R::covers, T>("covers", "pictures to show"),
      optional<&R::id_emoji, T>("id_emoji", "emoji that goes with the id"),
      authors,
      optional<&R::attachments, T>("attachments", "files that go with it"),
      optional<&R::cite, T>("cite", "what to cite").template warn<&has_citation>(Severity::kWarning, "at least one citation"),
      optional<&R::config, T>("config", "free content for tools"),
      optional<&R::download_url, T>("download_url", "where to download it"),
      optional<&R::git_repo, T>("git_repo", "where its sources are"),
      optional<&R::icon, T>("icon", "one or two characters, or a picture"),
      optional<&R::links, T>("links", "ids of related resources"),
      optional<&R::uploader, T>("uploader", "who uploaded it"),
      optional<&R::maintainers, T>("maintainers", "who looks after it"),
      optional<&R::rdf_source, T>("rdf_source", "where this description is"),
      optional<&R::tags, T>("tags", "words to find it by"),
      optional<&R::version, T>("version", "version of the resource").template check<&is_version>("a version"),
      optional<&R::version_number, T>("version_number", "counted by the collection"));
}
// clang-format on

}  // namespace zooport::bioimageio
