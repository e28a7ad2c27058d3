#include <cstdlib>
#include <string>

#include "zooport/czann/check.hpp"

namespace {

using namespace zooport;

std::string written(const czann::Package& package, const Context& context) {
  std::string out;
  const auto sink = [&](std::span<const std::byte> piece) {
    out.append(reinterpret_cast<const char*>(piece.data()), piece.size());
    return Result<void>();
  };
  if (!czann::write(package, sink, context)) std::abort();
  return out;
}

// Checksums keep changes of bytes from what is inside: two bytes with the size of model.json, it, and the network.
std::string packed(std::string_view parts, const Context& context) {
  if (parts.size() < 2) return {};
  const auto size = static_cast<std::size_t>(static_cast<unsigned char>(parts[0]) * 256 +  //
                                             static_cast<unsigned char>(parts[1]));
  const std::string_view rest = parts.substr(2);
  std::string out;
  const auto sink = [&](std::span<const std::byte> piece) {
    out.append(reinterpret_cast<const char*>(piece.data()), piece.size());
    return Result<void>();
  };
  const std::string_view json = rest.substr(0, std::min(size, rest.size()));
  const std::string_view network = rest.substr(json.size());
  if (!archive::write_zip({{"model.json", Bytes(std::string(json)), archive::Method::kStored},
                           {"model.model", Bytes(std::string(network)), archive::Method::kDeflated}},
                          sink, context))
    std::abort();
  return out;
}

}  // namespace

// An archive, or the parts of one. What can be read is checked and becomes a model, and is the same when it is written
// and read again.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  Context context;
  context.limits.archive_entries = 64;
  context.limits.archive_bytes = 4u << 20;
  context.limits.nodes = 20'000;
  const std::string text(reinterpret_cast<const char*>(data), size);
  const std::string archive = text.starts_with("PK") ? text : packed(text, context);
  const auto read = czann::read(Bytes(archive), context);
  const auto looked = czann::read(Bytes(archive), context, czann::Others::kVerify);
  if (read.ok() != looked.ok()) std::abort();
  if (!read.ok() || !read->package) return 0;
  const Diagnostics found = czann::check(*read->package, {}, context);
  (void)czann::to_model(*read->package);
  if (read->findings.has_errors() || found.has_errors()) return 0;
  const std::string once = written(*read->package, context);
  const auto again = czann::read(Bytes(once), context);
  if (!again.ok() || !again->package || written(*again->package, context) != once) std::abort();
  return 0;
}
