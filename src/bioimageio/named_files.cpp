#include "bioimageio/named_files.hpp"

namespace zooport::bioimageio {
namespace {

class Collector {
 public:
  NamedFile& add(Path path, const std::string& source) {
    NamedFile& file = files.emplace_back();
    file.path = std::move(path);
    file.source = source;
    return file;
  }
  template <class List>
  void add_all(const Path& path, const List& list) {
    for (std::size_t i = 0; i < list.size(); ++i) add(with(path, Step::at(i)), list[i].value);
  }
  void add_attachments(Path path, const std::optional<Attachments>& attachments) {
    path.push_back(Step::key("files"));
    if (attachments) add_all(path, attachments->files);
  }
  // Fields of all kinds; `below` is the way to the resource.
  void add_resource(const Path& below, const ResourceDescription& resource) {
    add_all(with(below, Step::key("covers")), resource.covers);
    add_attachments(with(below, Step::key("attachments")), resource.attachments);
    if (resource.icon)
      if (const auto* file = std::get_if<FileSource>(&*resource.icon)) add(with(below, Step::key("icon")), file->value);
    if (resource.rdf_source) add(with(below, Step::key("rdf_source")), resource.rdf_source->value);
  }
  void add_generic(const Path& below, const GenericDescriptionBase& resource) {
    add_resource(below, resource);
    for (std::size_t i = 0; i < resource.badges.size(); ++i)
      if (resource.badges[i].icon)
        add(with(with(with(below, Step::key("badges")), Step::at(i)), Step::key("icon")),
            resource.badges[i].icon->value);
    if (resource.documentation) add(with(below, Step::key("documentation")), resource.documentation->value);
  }
  static Path with(Path path, Step step) { return path.push_back(std::move(step)), path; }
  std::vector<NamedFile> files;
};

}  // namespace

std::vector<NamedFile> named_files(const ModelDescription& model) {
  Collector all;
  const auto key = [](std::string_view name) { return Path{Step::key(name)}; };
  all.add_resource({}, model);
  all.add(key("documentation"), model.documentation.value);
  all.add_all(key("sample_inputs"), model.sample_inputs);
  all.add_all(key("sample_outputs"), model.sample_outputs);
  all.add_all(key("test_inputs"), model.test_inputs);
  all.add_all(key("test_outputs"), model.test_outputs);
  for (const auto& [format, entry] : model.weights.entries()) {
    const Path path{Step::key("weights"), Step::key(to_text(format))};
    NamedFile& weights = all.add(Collector::with(path, Step::key("source")), entry->source.value);
    if (entry->sha256) weights.sha256 = entry->sha256->value;
    weights.sha256_path = Collector::with(path, Step::key("sha256"));
    weights.is_hash_compared_by_reference = true;
    all.add_attachments(Collector::with(path, Step::key("attachments")), entry->attachments);
    if (entry->dependencies) all.add(Collector::with(path, Step::key("dependencies")), entry->dependencies->file());
    if (format != WeightsFormat::kPytorchStateDict) continue;
    const PytorchStateDictWeights& pytorch = *model.weights.pytorch_state_dict;
    if (!pytorch.architecture.is_in_file()) continue;
    NamedFile& code = all.add(Collector::with(path, Step::key("architecture")), pytorch.architecture.source_file());
    if (pytorch.architecture_sha256) code.sha256 = pytorch.architecture_sha256->value;
    code.sha256_path = Collector::with(path, Step::key("architecture_sha256"));
  }
  const auto* inline_data = model.training_data ? std::get_if<DatasetDescription>(&*model.training_data) : nullptr;
  if (inline_data) all.add_generic(key("training_data"), *inline_data);
  return std::move(all.files);
}

std::vector<NamedFile> named_files(const Content& content) {
  if (const auto* model = std::get_if<ModelDescription>(&content)) return named_files(*model);
  Collector all;
  const Path source{Step::key("source")};
  if (const auto* dataset = std::get_if<DatasetDescription>(&content)) all.add_generic({}, *dataset);
  if (const auto* generic = std::get_if<GenericDescription>(&content)) all.add_generic({}, *generic);
  if (const auto* notebook = std::get_if<NotebookDescription>(&content)) {
    all.add_generic({}, *notebook);
    all.add(source, notebook->source.value);
  }
  if (const auto* application = std::get_if<ApplicationDescription>(&content)) {
    all.add_generic({}, *application);
    if (application->source) all.add(source, application->source->value);
  }
  return std::move(all.files);
}

const doc::Node& node_at(const doc::Node& root, const Path& path) {
  const doc::Node* node = &root;
  for (const Step& step : path) {
    const doc::Node* next = nullptr;
    if (step.kind == Step::Kind::kLabel) continue;
    if (step.kind == Step::Kind::kKey)
      next = node->find(step.name);
    else if (step.index < node->children.size())
      next = &node->children[step.index];
    if (!next) break;
    node = next;
  }
  return *node;
}

}  // namespace zooport::bioimageio
