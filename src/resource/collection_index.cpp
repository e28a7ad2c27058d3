#include "resource/collection_index.hpp"

#include "zooport/base/os/file.hpp"
#include "zooport/base/text.hpp"
#include "zooport/doc/json.hpp"
#include "zooport/resource/remote.hpp"

namespace zooport::resource {
namespace {

std::string_view text_of(const doc::Node& entry, std::string_view key) {
  const doc::Node* node = entry.find(key);
  return node && node->kind == doc::Kind::kString ? node->text : std::string_view();
}

// Every text that an entry answers to.
std::vector<std::string_view> names_of(const doc::Node& entry) {
  std::vector<std::string_view> names;
  if (!entry.key.empty()) names.push_back(entry.key);
  for (const char* key : {"id", "nickname", "doi", "concept_doi"})
    if (const std::string_view name = text_of(entry, key); !name.empty()) names.push_back(name);
  return names;
}

Result<Bytes> read_index(const std::string& place, const Context& context) {
  if (!is_web_url(place)) return os::read_file(place, context.limits.document_bytes);
  ZOOPORT_TRY_ASSIGN(Fetched fetched, fetch(place, {.max_bytes = context.limits.document_bytes}, context));
  return std::move(fetched.bytes);
}

}  // namespace

CollectionIndex::CollectionIndex(std::string place, doc::Document document)
    : place_(std::move(place)), document_(std::move(document)) {}

const doc::Node* CollectionIndex::entries() const {
  const doc::Node& root = document_.root();
  if (root.kind != doc::Kind::kMapping) return nullptr;
  const doc::Node* list = root.find("collection");
  return list && list->kind == doc::Kind::kSequence ? list : &root;
}

Result<CollectionIndex> CollectionIndex::open(const std::string& place, const Context& context) {
  ZOOPORT_TRY_ASSIGN(const Bytes bytes, read_index(place, context));
  auto document = doc::read_json(std::string(bytes.text()), context.limits);
  if (!document) {
    Error error = make_error(ErrorKind::kIo, "resource.bad-index",
                             concat("the collection index ", printable(place),
                                    " is no JSON that can be read: ", document.error().what.message));
    return error;
  }
  CollectionIndex index(place, std::move(*document));
  if (!index.entries()) return index.bad("expected an object of entries by id, or a list named collection");
  return index;
}

Result<std::optional<Located>> CollectionIndex::find(const std::string& id) const {
  for (const doc::Node& entry : entries()->children) {
    if (entry.kind != doc::Kind::kMapping) continue;
    for (const std::string_view name : names_of(entry)) {
      if (to_lower(name) != to_lower(id)) continue;
      ZOOPORT_TRY_ASSIGN(Located found, located(entry));
      return std::optional(std::move(found));
    }
  }
  return std::optional<Located>();
}

std::string CollectionIndex::nearest_to(const std::string& id) const {
  std::vector<std::string_view> names;
  for (const doc::Node& entry : entries()->children)
    for (const std::string_view name : names_of(entry)) names.push_back(name);
  return std::string(nearest(id, names));
}

Result<Located> CollectionIndex::located(const doc::Node& entry) const {
  Located found;
  found.source = text_of(entry, "rdf_source");
  if (found.source.empty()) found.source = text_of(entry, "source");
  found.sha256 = text_of(entry, found.source == text_of(entry, "rdf_source") ? "rdf_sha256" : "sha256");
  if (found.source.empty()) return bad(concat("its entry '", printable(names_of(entry).front()), "' has no source"));
  if (is_web_url(found.source)) return found;
  if (is_web_url(place_)) {
    ZOOPORT_TRY_ASSIGN(const std::string folder, web_folder_of(place_));
    ZOOPORT_TRY_ASSIGN(found.source, web_url_in(folder, found.source));
  } else {
    found.source = os::join_path(os::parent_path(place_), found.source);
  }
  return found;
}

Error CollectionIndex::bad(std::string_view why) const {
  return make_error(ErrorKind::kIo, "resource.bad-index",
                    concat("the collection index ", printable(place_), " is none: ", why));
}

}  // namespace zooport::resource
