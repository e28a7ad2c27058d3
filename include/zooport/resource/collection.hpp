#pragma once

#include <string>
#include <string_view>

#include "zooport/base/context.hpp"

namespace zooport::resource {

// Where descriptions are that are called by an id, a nickname or a DOI.
//
// context.network.collection is the path or URL of an index, a JSON file in one of two forms:
//   {"affable-shark": {"source": "https://…/rdf.yaml", "sha256": "…"}, …}
//   {"collection": [{"id": "…", "nickname": "…", "doi": "…", "rdf_source": "https://…"}, …]}
// In either, an entry is found by its key, id, nickname, doi and concept_doi; a version that stands behind a slash
// ("affable-shark/1.1") has to be in the index as such. Relative sources belong to the folder of the index.
// context.network.collection_pattern is a URL with {id}, at which a description is looked for.
// Where neither is set, the places are those of the reference library: its pattern, then its index, and for DOIs of
// Zenodo at last the record itself.

struct Located {
  std::string source;  // a URL; or a path, which only an index on this machine may give
  std::string sha256;  // of what lies there; empty if it was not said
};

// The DOI in "10.5281/zenodo.1", "doi:10.5281/zenodo.1" or "https://doi.org/10.5281/zenodo.1"; empty if there is none.
std::string doi_of(std::string_view source);

// Whether a source could be an id, if there is no file of that name: a DOI, words joined by '-' as in "affable-shark",
// perhaps with a version behind a slash, or huggingface/ORGANISATION/REPOSITORY.
bool looks_like_id(std::string_view source);

// Errors: resource.unknown-id (kIo; names the nearest one there is), resource.bad-index (kIo), those of fetch();
// resource.unreachable says that nobody has answered.
Result<Located> locate(const std::string& id, const Context& context);

}  // namespace zooport::resource
