// Reads archives and writes them again. Lines of standard input: FROM <tab> TO. Answers each with one line: "written",
// or what keeps it from being written.
#include <iostream>
#include <span>
#include <string>
#include <vector>

#include "zooport/archive/zip.hpp"
#include "zooport/base/os/file.hpp"
#include "zooport/base/text.hpp"
#include "zooport/czann/legacy.hpp"
#include "zooport/czann/package.hpp"

namespace {

using namespace zooport;

bool is_legacy(const Bytes& archive) {
  const auto reader = archive::Reader::open(archive, Context{});
  std::vector<std::string> names;
  if (!reader) return false;
  for (const archive::Entry& entry : reader->entries()) names.push_back(entry.name);
  return czann::is_legacy(names);
}

Result<std::string> rewritten(const Bytes& archive) {
  std::string bytes;
  const archive::Sink sink = archive::append_to(bytes);
  if (is_legacy(archive)) {
    ZOOPORT_TRY_ASSIGN(const czann::LegacyReadResult read, czann::read_legacy(archive, Context{}));
    if (!read.package) return make_error(ErrorKind::kInvalid, read.findings.items().front().id, "holds no CZSEG");
    ZOOPORT_TRY(czann::write(*read.package, sink, Context{}));
    return bytes;
  }
  ZOOPORT_TRY_ASSIGN(const czann::ReadResult read, czann::read(archive, Context{}));
  if (!read.package) return make_error(ErrorKind::kInvalid, read.findings.items().front().id, "holds no CZANN");
  ZOOPORT_TRY(czann::write(*read.package, sink, Context{}));
  return bytes;
}

Result<void> rewrite(const std::string& from, const std::string& to) {
  ZOOPORT_TRY_ASSIGN(const Bytes archive, os::read_file(from, Limits{}.model_bytes));
  ZOOPORT_TRY_ASSIGN(const std::string bytes, rewritten(archive));
  return os::write_file_atomically(to, std::as_bytes(std::span(bytes)), true);
}

}  // namespace

int main() {
  for (std::string line; std::getline(std::cin, line);) {
    const std::size_t tab = line.find('\t');
    if (tab == std::string::npos) return 2;
    const Result<void> done = rewrite(line.substr(0, tab), line.substr(tab + 1));
    std::cout << (done ? std::string("written") : done.error().what.id) << "\n";
  }
}
