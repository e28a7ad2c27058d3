#include <cstdlib>
#include <string>

#include "zooport/czann/check.hpp"

namespace {

using namespace zooport;

// Empty: it cannot be written, e.g. since an identifier is no name of a file.
template <class Package>
std::string written(const Package& package, const Context& context) {
  std::string out;
  const auto sink = archive::append_to(out);
  return czann::write(package, sink, context) ? out : std::string();
}

// What can be read is checked, becomes a model, and is the same when it is written and read again.
void go_through(const Bytes& archive, const Context& context) {
  const auto read = czann::read(archive, context);
  const auto looked = czann::read(archive, context, czann::Others::kVerify);
  if (read.ok() != looked.ok()) std::abort();
  if (!read.ok() || !read->package) return;
  const Diagnostics found = czann::check(*read->package, {}, context);
  (void)czann::to_model(*read->package);
  if (read->findings.has_errors() || found.has_errors()) return;
  const std::string once = written(*read->package, context);
  if (once.empty()) return;
  const auto again = czann::read(Bytes(once), context);
  if (!again.ok() || !again->package || written(*again->package, context) != once) std::abort();
}

void go_through_legacy(const Bytes& archive, const Context& context) {
  const auto read = czann::read_legacy(archive, context);
  if (!read.ok() || !read->package) return;
  (void)czann::to_model(*read->package);
  if (read->findings.has_errors()) return;
  const std::string once = written(*read->package, context);
  if (once.empty()) return;
  const auto again = czann::read_legacy(Bytes(once), context);
  if (!again.ok() || !again->package || written(*again->package, context) != once) std::abort();
}

// Checksums keep changes of bytes from what is inside: two bytes with the size of the metadata, they, and the network.
std::string packed(std::string_view parts, const Context& context) {
  if (parts.size() < 2) return {};
  const auto size = static_cast<std::size_t>(static_cast<unsigned char>(parts[0]) * 256 +  //
                                             static_cast<unsigned char>(parts[1]));
  const std::string_view rest = parts.substr(2);
  std::string out;
  const auto sink = archive::append_to(out);
  const std::string_view json = rest.substr(0, std::min(size, rest.size()));
  const std::string_view network = rest.substr(json.size());
  // XML makes it one of the older formats.
  const std::string name = json.starts_with('<') ? "model.xml" : "model.json";
  if (!archive::write_zip({{name, Bytes(std::string(json)), archive::Method::kStored},
                           {"model.model", Bytes(std::string(network)), archive::Method::kDeflated}},
                          sink, context))
    std::abort();
  return out;
}

}  // namespace

// An archive, or the parts of one.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  Context context;
  context.limits.archive_entries = 64;
  context.limits.archive_bytes = 4u << 20;
  context.limits.nodes = 20'000;
  const std::string text(reinterpret_cast<const char*>(data), size);
  const std::string archive = text.starts_with("PK") ? text : packed(text, context);
  go_through(Bytes(archive), context);
  go_through_legacy(Bytes(archive), context);
  return 0;
}
