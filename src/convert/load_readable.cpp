#include <algorithm>

#include "convert/first_error.hpp"
#include "zooport/convert/load.hpp"
#include "zooport/czann/check.hpp"

namespace zooport::convert {
namespace {

// Whether one of them is in the way of the network; that one comes to the front.
bool cannot_run(Diagnostics& findings) {
  auto& items = findings.items();
  const auto prevents = std::find_if(items.begin(), items.end(), czann::prevents_running);
  if (prevents == items.end()) return false;
  std::rotate(items.begin(), prevents, prevents + 1);
  return true;
}

template <class Package>
Result<void> make_model(Loaded& loaded, const std::optional<Package>& package, const Context& context) {
  if (package) loaded.findings.add(czann::check(*package, {}, context));
  if (cannot_run(loaded.findings) || !package) {
    loaded.refused = first_error(loaded.findings, loaded.opened.source, ErrorKind::kInvalid);
    return {};
  }
  ZOOPORT_TRY_ASSIGN(loaded.model, czann::to_model(*package));
  return {};
}

// What an archive says that has no network, or several that could be it.
void read_metadata_only(Loaded& loaded, const std::string& name, const Context& context) {
  const Result<Bytes> text = loaded.opened.root->read(name, context);
  if (!text || text->size() > context.limits.document_bytes) return;
  Diagnostics findings;
  Result<czann::Metadata> metadata = czann::read_metadata(std::string(text->text()), context.limits, findings);
  loaded.findings.add(std::move(findings));
  if (metadata) loaded.package = czann::Package{std::move(*metadata), {}, {}};
}

// As much of a model that cannot be run as its metadata tell.
template <class Package>
model::Model sketch_of(const Package& package, std::string_view format, const std::string& reason) {
  model::Model sketch;
  if (Result<model::Model> known = czann::to_model(package)) {
    sketch = std::move(*known);
  } else {
    sketch.name = package.metadata.name;
    sketch.format = format;
    sketch.id = package.metadata.id;
  }
  if (package.network.empty()) sketch.networks.clear();
  for (model::Network& network : sketch.networks)
    if (network.reason.empty()) network.reason = reason;
  return sketch;
}

}  // namespace

Result<Loaded> load_readable(Opened opened, const Context& context) {
  if (opened.kind != SourceKind::kCzann && opened.kind != SourceKind::kCzseg)
    return load_opened(std::move(opened), context);
  Loaded loaded;
  loaded.opened = std::move(opened);
  if (loaded.opened.kind == SourceKind::kCzann) {
    ZOOPORT_TRY_ASSIGN(czann::ReadResult read, czann::read(loaded.opened.bytes, context));
    loaded.findings = std::move(read.findings);
    loaded.package = std::move(read.package);
    ZOOPORT_TRY(make_model(loaded, loaded.package, context));
    if (loaded.refused && !loaded.package) read_metadata_only(loaded, read.metadata_name, context);
  } else {
    ZOOPORT_TRY_ASSIGN(czann::LegacyReadResult read, czann::read_legacy(loaded.opened.bytes, context));
    loaded.findings = std::move(read.findings);
    loaded.legacy = std::move(read.package);
    ZOOPORT_TRY(make_model(loaded, loaded.legacy, context));
  }
  if (!loaded.refused) return loaded;
  if (!loaded.package && !loaded.legacy) return *loaded.refused;
  const std::string& reason = loaded.refused->what.message;
  loaded.model =
      loaded.package ? sketch_of(*loaded.package, "czann", reason) : sketch_of(*loaded.legacy, "czseg", reason);
  return loaded;
}

}  // namespace zooport::convert
