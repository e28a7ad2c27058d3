#pragma once

#include <string>
#include <string_view>

namespace zooport::resource {

// The places that the reference library asks where nothing else is set.
inline constexpr const char* kCollectionPattern = "https://hypha.aicell.io/bioimage-io/artifacts/{id}/files/rdf.yaml";
inline constexpr const char* kCollectionIndex =
    "https://uk1s3.embassy.ebi.ac.uk/public-datasets/bioimage.io/id_map.json";
inline constexpr const char* kHuggingface = "https://huggingface.co/";
inline constexpr const char* kZenodoRecords = "https://zenodo.org/api/records/";

// The description in the record of a DOI of Zenodo; empty for other DOIs.
std::string zenodo_url(std::string_view doi);
// Of "huggingface/ORGANISATION/REPOSITORY", perhaps with "/VERSION"; empty for anything else.
std::string huggingface_url(std::string_view source);

}  // namespace zooport::resource
