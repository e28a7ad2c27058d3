#include "zooport/resource/collection.hpp"

#include <algorithm>
#include <vector>

#include "resource/collection_index.hpp"
#include "resource/collection_places.hpp"
#include "zooport/base/text.hpp"
#include "zooport/resource/remote.hpp"

namespace zooport::resource {
namespace {

bool is_word_character(char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'); }

bool is_lower_word(std::string_view text, std::string_view others) {
  return !text.empty() && is_word_character(text.front()) && is_word_character(text.back()) &&
         std::all_of(text.begin(), text.end(),
                     [&](char c) { return is_word_character(c) || others.find(c) != others.npos; });
}

std::string filled(std::string pattern, const std::string& id) {
  const std::size_t at = pattern.find("{id}");
  return at == pattern.npos ? pattern : pattern.replace(at, 4, id);
}

// One call of locate().
class Search {
 public:
  Search(std::string id, const Context& context) : id_(std::move(id)), context_(context) {}

  Result<Located> run() {
    const Network& network = context_.network;
    const bool is_default = network.collection.empty() && network.collection_pattern.empty();
    if (!network.collection.empty()) ZOOPORT_TRY(ask_index(network.collection));
    if (!found_ && !network.collection_pattern.empty()) ZOOPORT_TRY(ask_url(filled(network.collection_pattern, id_)));
    if (!found_ && is_default) ZOOPORT_TRY(ask_url(filled(kCollectionPattern, id_)));
    if (!found_ && is_default) ZOOPORT_TRY(ask_index(kCollectionIndex));
    if (const std::string record = zenodo_url(id_); !found_ && is_default && !record.empty())
      ZOOPORT_TRY(ask_url(record));
    if (found_) return std::move(*found_);
    Error error = make_error(
        ErrorKind::kIo, has_answer_ ? "resource.unknown-id" : "resource.unreachable",
        concat("'", printable(id_), "' is no file, and was not found in the collection: ", join(reasons_, "; ")));
    if (!nearest_.empty()) error.what.help = concat("is '", printable(nearest_), "' meant?");
    return error;
  }

 private:
  // What cannot be reached is a reason to ask elsewhere.
  Result<void> note(const Error& error) {
    if (!is_unreachable(error)) return error;
    has_answer_ |= !error.what.found.empty();
    reasons_.push_back(error.what.message);
    return {};
  }

  Result<void> ask_url(const std::string& url) {
    const auto fetched = fetch(url, {.max_bytes = context_.limits.document_bytes}, context_);
    if (!fetched) return note(fetched.error());
    found_ = Located{fetched->url, ""};
    return {};
  }

  Result<void> ask_index(const std::string& place) {
    const auto index = CollectionIndex::open(place, context_);
    if (!index) return note(index.error());
    ZOOPORT_TRY_ASSIGN(found_, index->find(id_));
    if (found_) return {};
    has_answer_ = true;
    reasons_.push_back(concat(printable(place), " does not list it"));
    nearest_ = index->nearest_to(id_);
    return {};
  }

  std::string id_;
  const Context& context_;
  std::optional<Located> found_;
  std::vector<std::string> reasons_;
  std::string nearest_;
  bool has_answer_ = false;
};

}  // namespace

std::string zenodo_url(std::string_view doi) {
  constexpr std::string_view kPrefix = "10.5281/zenodo.";
  if (!doi.starts_with(kPrefix)) return {};
  const std::string_view record = doi.substr(kPrefix.size());
  const bool is_number = !record.empty() && record.find_first_not_of("0123456789") == record.npos;
  return is_number ? concat(kZenodoRecords, record, "/files/rdf.yaml/content") : std::string();
}

std::string huggingface_url(std::string_view source) {
  constexpr std::string_view kPrefix = "huggingface/";
  if (!source.starts_with(kPrefix)) return {};
  source.remove_prefix(kPrefix.size());
  const std::size_t slash = source.find('/');
  if (slash == source.npos || slash == 0) return {};
  const std::size_t end = std::min(source.find('/', slash + 1), source.size());
  const std::string_view repository = source.substr(0, end);
  std::string branch(source.substr(std::min(end + 1, source.size())));
  if (branch.empty()) branch = "main";
  if (branch[0] >= '0' && branch[0] <= '9') branch = concat("v", branch);
  const bool is_plain = repository.size() > slash + 1 && repository.find("..") == repository.npos &&
                        branch.find("..") == std::string::npos;
  return is_plain ? concat(kHuggingface, repository, "/resolve/", branch, "/package/bioimageio.yaml") : std::string();
}

std::string doi_of(std::string_view source) {
  for (const char* prefix : {"doi:", "https://doi.org/", "http://doi.org/", "https://dx.doi.org/", "http://dx.doi.org/",
                             "https://www.doi.org/"})
    if (starts_with_ignoring_case(source, prefix)) source.remove_prefix(std::string_view(prefix).size());
  const std::size_t slash = source.find('/');
  const bool is_doi = source.size() <= 300 && source.starts_with("10.") && slash != source.npos && slash >= 7 &&
                      source.substr(3, slash - 3).find_first_not_of("0123456789.") == source.npos &&
                      slash + 1 < source.size() && source.find("..") == source.npos &&
                      std::all_of(source.begin(), source.end(), [](char c) { return c > ' ' && c < 0x7F; });
  return is_doi ? std::string(source) : std::string();
}

bool looks_like_id(std::string_view source) {
  if (source.size() > 300) return false;
  if (!doi_of(source).empty() || !huggingface_url(source).empty()) return true;
  const std::size_t slash = source.find('/');
  const std::string_view name = source.substr(0, slash);
  const bool has_version = slash != source.npos;
  return name.find('-') != name.npos && is_lower_word(name, "-") &&
         (!has_version || is_lower_word(source.substr(slash + 1), ".-"));
}

Result<Located> locate(const std::string& id, const Context& context) {
  if (const std::string url = huggingface_url(id); !url.empty()) return Located{url, ""};
  const std::string doi = doi_of(id);
  return Search(doi.empty() ? id : doi, context).run();
}

}  // namespace zooport::resource
