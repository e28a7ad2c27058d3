#include <algorithm>

#include "bioimageio/named_files.hpp"
#include "bioimageio/package_names.hpp"
#include "bioimageio/package_places.hpp"
#include "zooport/base/text.hpp"
#include "zooport/bioimageio/load.hpp"

namespace zooport::bioimageio {
namespace {

// The entry alone, with all its fields spelled out, as the reference does it.
template <class Entry>
void keep_whole(std::optional<Entry>& entry) {
  entry->parent.reset();
  entry->given.bits = ~std::uint64_t{0};
}

Error no_such_weights(const Weights& weights, const std::vector<std::string>& wanted) {
  std::vector<std::string> names;
  for (const auto& [format, entry] : weights.entries()) names.emplace_back(to_text(format));
  Error error = make_error(ErrorKind::kUsage, "bioimageio.package-weights", "");
  error.what.expected = concat("one of ", join(names, ", "));
  error.what.found = wanted.empty() ? "none" : printable(join(wanted, ", "));
  error.what.message = concat("the model has none of the weights formats that are asked for: expected ",
                              error.what.expected, ", found ", error.what.found);
  error.what.path = {Step::key("weights")};
  return error;
}

Result<Weights> chosen(Weights all, const std::vector<std::string>& wanted) {
  for (const std::string& name : wanted) {
    Weights one;
    const auto take = [&]<class Entry>(WeightsFormat format, std::optional<Entry> Weights::*entry) {
      if (to_text(format) != name || !(all.*entry)) return false;
      one.*entry = std::move(all.*entry);
      keep_whole(one.*entry);
      return true;
    };
    if (take(WeightsFormat::kKerasHdf5, &Weights::keras_hdf5) || take(WeightsFormat::kOnnx, &Weights::onnx) ||
        take(WeightsFormat::kPytorchStateDict, &Weights::pytorch_state_dict) ||
        take(WeightsFormat::kTensorflowJs, &Weights::tensorflow_js) ||
        take(WeightsFormat::kTensorflowSavedModelBundle, &Weights::tensorflow_saved_model_bundle) ||
        take(WeightsFormat::kTorchscript, &Weights::torchscript))
      return one;
  }
  return no_such_weights(all, wanted);
}

Result<doc::Value> document_of(const Description& description, const PackageOptions& options) {
  if (!options.weights || !description.model()) return document_of_json(description.normalized());
  ModelDescription model = *description.model();
  ZOOPORT_TRY_ASSIGN(model.weights, chosen(std::move(model.weights), *options.weights));
  ZOOPORT_TRY_ASSIGN(doc::Value document, document_of_json(schema::to_json(model)));
  for (doc::Value& entry : document.find("weights")->children)
    std::erase_if(entry.children, [](const doc::Value& field) { return field.key == "parent"; });
  return document;
}

}  // namespace

Result<PackageContent> package_content(const Description& description, const PackageOptions& options) {
  if (description.status != Status::kValid || !description.resource())
    return make_error(ErrorKind::kUsage, "zooport.invalid-description", "only a valid description can be packaged");
  PackageContent content;
  ZOOPORT_TRY_ASSIGN(content.description_name,
                     description_name(description.file_name, description.resource()->name, description.type));
  ZOOPORT_TRY_ASSIGN(content.description, document_of(description, options));
  std::erase_if(content.description.children, [](const doc::Value& field) { return field.key == "rdf_source"; });

  // What the reference packs comes first, so that it has the same names.
  std::vector<PackagePlace> places = package_places(content.description, kind_of(description.content));
  std::stable_partition(places.begin(), places.end(), [](const PackagePlace& place) { return !place.is_addition; });
  PackageNames names(content.description_name);
  for (const PackagePlace& place : places) {
    using Endings = PackageNames::Endings;
    Result<std::string> name = names.name_for(place.source, place.is_addition ? Endings::kLax : Endings::kStrict);
    if (!name) {
      Error error = std::move(name).error();
      error.what.path = place.path;
      error.what.file = description.file_name;
      if (description.root) error.what.span = node_at(*description.root, place.path).span;
      return error;
    }
    place.rename(*name);
    const auto same = [&](const PackageFile& file) { return file.name == *name; };
    if (std::none_of(content.files.begin(), content.files.end(), same))
      content.files.push_back({*name, place.source, place.path, place.is_addition});
  }
  return content;
}

}  // namespace zooport::bioimageio
