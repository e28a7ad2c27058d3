#include <map>

#include "bioimageio/named_files.hpp"
#include "bioimageio/test_tensors.hpp"
#include "zooport/base/sha256.hpp"
#include "zooport/base/text.hpp"
#include "zooport/bioimageio/description.hpp"

namespace zooport::bioimageio {
namespace {

Diagnostic finding(const Description& description, std::string id, Severity severity, Path path) {
  Diagnostic item;
  item.id = std::move(id);
  item.severity = severity;
  item.span = node_at(*description.root, path).span;
  item.path = std::move(path);
  item.file = description.file_name;
  return item;
}

Diagnostic missing(const Description& description, const resource::Root& root, const NamedFile& file) {
  Diagnostic item = finding(description, "bioimageio.missing-file", Severity::kError, file.path);
  const std::string why = resource::refuse_name(file.source);
  item.expected = concat("a file of the ", root.description());
  item.found = concat("'", printable(file.source), "', which is not there");
  item.message = why.empty() ? concat("'", printable(file.source), "' is not in the ", root.description())
                             : concat("'", printable(file.source), "' cannot be opened: ", why);
  item.reference_type = "value_error";
  return item;
}

Diagnostic wrong_hash(const Description& description, const NamedFile& file, const std::string& found) {
  const bool is_error = file.is_hash_compared_by_reference;
  Diagnostic item = finding(description, is_error ? "bioimageio.sha256-mismatch" : "zooport.architecture-sha256",
                            is_error ? Severity::kError : Severity::kWarning, file.path);
  const doc::Node& hash = node_at(*description.root, file.sha256_path);
  item.span = hash.span;
  item.expected = concat("SHA-256 ", *file.sha256, " of '", printable(file.source), "'");
  item.found = found;
  item.message = concat("expected ", item.expected, ", found ", found);
  item.related.push_back({"the file", node_at(*description.root, file.path).span, file.path});
  item.fix = Fix{"write the hash of the file that is there", {{hash.span, found}}};
  if (is_error) {
    item.path.pop_back();  // the reference blames the entry
    item.reference_type = "value_error";
  }
  return item;
}

}  // namespace

Result<void> check_io(Description& description, const resource::Root& root, const CheckOptions& options,
                      const Context& context) {
  if (options.io == Io::kNone || !description.model() || description.normalized.empty()) return {};
  const std::size_t before = description.diagnostics.items().size();
  std::map<std::string, std::string> hashes;
  for (const NamedFile& file : named_files(*description.model())) {
    if (context.stopped()) return Context::cancelled();
    if (is_url(file.source)) {
      Diagnostic item = finding(description, "resource.unreachable", Severity::kWarning, file.path);
      item.message = concat(printable(file.source), " is on the web and was not looked at");
      description.diagnostics.add(std::move(item));
      continue;
    }
    if (!root.has(file.source)) {
      description.diagnostics.add(missing(description, root, file));
      continue;
    }
    if (!file.sha256) continue;
    std::string& hash = hashes[file.source];
    if (hash.empty()) {
      Sha256 state;
      const auto read = root.stream(
          file.source,
          [&](std::span<const std::byte> piece) -> Result<void> {
            if (context.stopped()) return Context::cancelled();
            state.update(piece);
            return {};
          },
          context);
      if (!read) {
        if (read.error().kind == ErrorKind::kCancelled) return read.error();
        Diagnostic item = finding(description, "bioimageio.unreadable-file", Severity::kError, file.path);
        item.message = read.error().what.message;
        item.reference_type = "value_error";
        description.diagnostics.add(std::move(item));
        continue;
      }
      hash = state.hex();
    }
    if (hash != *file.sha256) description.diagnostics.add(wrong_hash(description, file, hash));
  }
  check_test_tensors(description, root, context);
  const auto& items = description.diagnostics.items();
  for (std::size_t i = before; i < items.size(); ++i)
    if (items[i].severity >= options.fail_from) description.status = Status::kInvalid;
  return {};
}

}  // namespace zooport::bioimageio
