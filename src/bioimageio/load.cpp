#include "zooport/bioimageio/load.hpp"

#include "zooport/base/os/file.hpp"
#include "zooport/base/text.hpp"

namespace zooport::bioimageio {
namespace {

Result<LoadedDescription> load_named(std::shared_ptr<resource::Root> root, std::string name, const std::string& shown,
                                     const CheckOptions& options, const Context& context) {
  LoadedDescription loaded;
  loaded.root = std::move(root);
  loaded.name = std::move(name);
  ZOOPORT_TRY_ASSIGN(const Bytes text, loaded.root->read(loaded.name, context));
  ZOOPORT_TRY_ASSIGN(loaded.description, read(std::string(text.text()), shown, options, context));
  ZOOPORT_TRY(check_io(loaded.description, *loaded.root, options, context));
  return loaded;
}

Error not_valid(const Description& description, const std::string& path) {
  Error error = make_error(description.status == Status::kUnsupported ? ErrorKind::kUnsupported : ErrorKind::kInvalid,
                           "bioimageio.not-valid",
                           concat("expected a valid description, found one that is ", to_text(description.status)));
  error.what.file = path;
  for (const Diagnostic& finding : description.diagnostics.items()) {
    if (finding.severity != Severity::kError && description.status != Status::kUnsupported) continue;
    error.what.message += concat(": ", to_text(finding.path), finding.path.empty() ? "" : ": ", finding.message);
    error.what.span = finding.span;
    error.what.path = finding.path;
    break;
  }
  return error;
}

}  // namespace

std::string_view weights_format_name(WeightsFormat format) {
  constexpr std::string_view kNames[] = {
      "Keras HDF5", "ONNX", "Pytorch State Dict", "Tensorflow.js", "Tensorflow Saved Model", "TorchScript"};
  return kNames[static_cast<std::size_t>(format)];
}

Result<LoadedDescription> load(std::shared_ptr<resource::Root> root, const CheckOptions& options,
                               const Context& context) {
  ZOOPORT_TRY_ASSIGN(std::vector<std::string> names, root->list());
  ZOOPORT_TRY_ASSIGN(const std::string name, pick_description(std::move(names)));
  return load_named(std::move(root), name, name, options, context);
}

Result<LoadedDescription> load(const std::string& path, const CheckOptions& options, const Context& context) {
  ZOOPORT_TRY_ASSIGN(std::shared_ptr<resource::Root> root, resource::open_root(path, context));
  const bool is_file = root->description().starts_with("folder ") && os::status(path).kind != os::FileKind::kFolder;
  if (is_file) return load_named(std::move(root), os::file_name(path), path, options, context);
  return load(std::move(root), options, context);
}

Result<Description> check(const std::string& path, const CheckOptions& options, const Context& context) {
  ZOOPORT_TRY_ASSIGN(LoadedDescription loaded, load(path, options, context));
  return std::move(loaded.description);
}

Result<WrittenPackage> package(const std::string& path, const std::string& dest, const PackageOptions& options,
                               const Context& context) {
  ZOOPORT_TRY_ASSIGN(const LoadedDescription loaded, load(path, {.io = options.io}, context));
  if (loaded.description.status != Status::kValid) return not_valid(loaded.description, path);
  return package(loaded.description, loaded.root, dest, options, context);
}

}  // namespace zooport::bioimageio
