#include "zooport/bioimageio/package.hpp"

#include <algorithm>
#include <map>

#include "bioimageio/named_files.hpp"
#include "zooport/archive/zip.hpp"
#include "zooport/base/os/file.hpp"
#include "zooport/base/sha256.hpp"
#include "zooport/base/text.hpp"
#include "zooport/doc/yaml_writer.hpp"
#include "zooport/resource/remote.hpp"

namespace zooport::bioimageio {
namespace {

using WebFiles = std::map<std::string, Bytes>;  // by URL

// The files of a package under their new names.
class PackageRoot final : public resource::Root {
 public:
  PackageRoot(const PackageContent& content, std::string yaml, std::shared_ptr<const resource::Root> from, WebFiles web)
      : content_(content), yaml_(std::move(yaml)), from_(std::move(from)), web_(std::move(web)) {}

  const std::string& description() const override { return from_->description(); }
  Result<std::vector<std::string>> list() const override {
    std::vector<std::string> names;
    for (const PackageFile& file : content_.files) names.push_back(file.name);
    names.push_back(content_.description_name);
    return names;
  }
  bool has(const std::string& name) const override { return find(name) || name == content_.description_name; }
  Result<Bytes> read(const std::string& name, const Context& context) const override {
    const PackageFile* file = find(name);
    if (!file) return Bytes(yaml_);
    const auto web = web_.find(file->source);
    return web == web_.end() ? from_->read(file->source, context) : Result<Bytes>(web->second);
  }
  Result<void> stream(const std::string& name, const resource::Sink& sink, const Context& context) const override {
    const PackageFile* file = find(name);
    if (file && !web_.contains(file->source)) return from_->stream(file->source, sink, context);
    return Root::stream(name, sink, context);
  }

 private:
  const PackageFile* find(const std::string& name) const {
    for (const PackageFile& file : content_.files)
      if (file.name == name) return &file;
    return nullptr;
  }
  const PackageContent& content_;
  std::string yaml_;
  std::shared_ptr<const resource::Root> from_;
  WebFiles web_;
};

Error with_place(Error error, const Description& description, const PackageFile& file) {
  error.what.path = file.path;
  error.what.file = description.file_name;
  return error;
}

// What a file of the web has to be, where the description says so.
std::string expected_hash(const Description& description, const PackageFile& file) {
  if (!description.model()) return {};
  for (const NamedFile& named : named_files(*description.model()))
    if (named.path == file.path && named.is_hash_compared_by_reference) return named.sha256.value_or("");
  return {};
}

// All files are there before anything is written; gives those of the web.
Result<WebFiles> gather(const Description& description, const PackageContent& content, const resource::Root& root,
                        const Context& context) {
  WebFiles web;
  for (const PackageFile& file : content.files) {
    if (is_url(file.source)) {
      Result<resource::Fetched> fetched =
          resource::fetch(file.source, {.sha256 = expected_hash(description, file)}, context);
      if (!fetched) return with_place(std::move(fetched).error(), description, file);
      web.emplace(file.source, std::move(fetched->bytes));
      continue;
    }
    if (root.has(file.source)) continue;
    Result<Bytes> read = root.read(file.source, context);
    if (read.ok()) continue;
    Error error = std::move(read).error();
    if (error.kind == ErrorKind::kCancelled) return error;
    if (error.what.id == "resource.no-such-file") error.kind = ErrorKind::kInvalid;  // the description is wrong
    if (error.what.id == "resource.bad-name" || error.what.id == "resource.link-escapes")
      error.what.help = "--allow-outside packs files from outside of the folder of the description";
    return with_place(std::move(error), description, file);
  }
  return web;
}

Result<std::string> hash_of(const resource::Root& root, const std::string& name, const Context& context) {
  Sha256 hash;
  ZOOPORT_TRY(root.stream(
      name,
      [&](std::span<const std::byte> piece) -> Result<void> {
        if (context.stopped()) return Context::cancelled();
        hash.update(piece);
        return {};
      },
      context));
  return hash.hex();
}

// As the reference does it when it looks at files.
Result<void> add_hashes(PackageContent& content, const resource::Root& files, const Context& context) {
  doc::Value* weights = content.description.find("weights");
  if (!weights) return {};
  for (doc::Value& entry : weights->children) {
    const doc::Value* source = entry.find("source");
    doc::Value* given = entry.find("sha256");
    if (!source || (given && given->kind != doc::Kind::kNull)) continue;
    ZOOPORT_TRY_ASSIGN(doc::Value hash, hash_of(files, source->text, context));
    hash.key = "sha256";
    if (given)
      *given = std::move(hash);
    else
      entry.children.insert(entry.children.begin() + (source - entry.children.data()) + 1, std::move(hash));
  }
  return {};
}

// What is written has to be what a check of it accepts.
Result<void> check_document(const PackageContent& content, const Context& context) {
  ZOOPORT_TRY_ASSIGN(const std::string yaml, doc::write_yaml(content.description));
  ZOOPORT_TRY_ASSIGN(const Description again, read(yaml, content.description_name, {.io = Io::kNone}, context));
  if (again.status == Status::kValid) return {};
  Error error = make_error(ErrorKind::kInvalid, "bioimageio.package-invalid", "");
  for (const Diagnostic& finding : again.diagnostics.items()) {
    if (finding.severity != Severity::kError) continue;
    error.what.path = finding.path;
    error.what.message = concat("with its files renamed the description would not be valid: ", finding.message);
    break;
  }
  return error;
}

Result<void> write_archive(WrittenPackage& package, const resource::Root& files, const PackageOptions& options,
                           const Context& context) {
  const bool may_replace = options.if_present == resource::IfPresent::kReplace;
  ZOOPORT_TRY_ASSIGN(os::AtomicFile out, os::AtomicFile::create(package.dest, may_replace));
  ZOOPORT_TRY_ASSIGN(const std::vector<std::string> names, files.list());
  std::vector<archive::Member> members;
  for (const std::string& name : names) {
    ZOOPORT_TRY_ASSIGN(Bytes content, files.read(name, context));
    members.push_back({name, std::move(content), archive::Method::kDeflated});
  }
  Sha256 hash;
  ZOOPORT_TRY(archive::write_zip(
      members,
      [&](std::span<const std::byte> piece) -> Result<void> {
        hash.update(piece);
        package.bytes += piece.size();
        return out.write(piece);
      },
      context));
  ZOOPORT_TRY(out.commit());
  package.sha256 = hash.hex();
  return {};
}

// Members of an archive would have to be held in memory to be packed again: they are unpacked beside `dest` first.
Result<void> write_archive_of_archive(WrittenPackage& package, const resource::Root& files,
                                      const PackageOptions& options, const Context& context) {
  const std::string staging = concat(package.dest, ".files");
  ZOOPORT_TRY_ASSIGN(const os::AtomicFolder folder, os::AtomicFolder::create(staging));
  const std::string below = os::join_path(folder.path(), "package");
  ZOOPORT_TRY(resource::unpack(files, below, {}, context));
  PackageContent unpacked = package.content;
  for (PackageFile& file : unpacked.files) file.source = file.name;
  ZOOPORT_TRY_ASSIGN(const Bytes yaml, files.read(package.content.description_name, context));
  ZOOPORT_TRY_ASSIGN(std::shared_ptr<resource::Root> root, resource::open_folder(below, context));
  return write_archive(package, PackageRoot(unpacked, std::string(yaml.text()), std::move(root), {}), options, context);
}

}  // namespace

Result<WrittenPackage> package(const Description& description, std::shared_ptr<const resource::Root> root,
                               const std::string& dest, const PackageOptions& options, const Context& context) {
  WrittenPackage package;
  package.dest = dest;
  ZOOPORT_TRY_ASSIGN(package.content, package_content(description, options));
  ZOOPORT_TRY(check_document(package.content, context));
  ZOOPORT_TRY_ASSIGN(WebFiles web, gather(description, package.content, *root, context));
  const bool is_archive = root->description().starts_with("archive ");
  if (options.io == Io::kFull)
    ZOOPORT_TRY(add_hashes(package.content, PackageRoot(package.content, "", root, web), context));
  ZOOPORT_TRY_ASSIGN(std::string yaml, doc::write_yaml(package.content.description));
  const PackageRoot files(package.content, std::move(yaml), std::move(root), std::move(web));
  if (ends_with_ignoring_case(dest, ".zip")) {
    ZOOPORT_TRY(is_archive ? write_archive_of_archive(package, files, options, context)
                           : write_archive(package, files, options, context));
    return package;
  }
  ZOOPORT_TRY_ASSIGN(const std::vector<std::string> names,
                     resource::unpack(files, dest, {.if_present = options.if_present}, context));
  for (const std::string& name : names) package.bytes += os::status(os::join_path(dest, name)).size;
  return package;
}

}  // namespace zooport::bioimageio
