#include "zooport/convert/info.hpp"

#include <algorithm>

#include "zooport/base/text.hpp"
#include "zooport/convert/load.hpp"
#include "zooport/czann/check.hpp"

namespace zooport::convert {
namespace {

// Why no network can be run; empty if one can.
std::string no_network(const model::Model& model) {
  const auto chosen = model.choose("");
  return chosen ? std::string() : chosen.error().what.message;
}

std::string no_test(const model::Model& model) {
  const auto lacks = [](const std::vector<model::TensorSpec>& tensors) -> const model::TensorSpec* {
    for (const model::TensorSpec& tensor : tensors)
      if (tensor.test_file.empty()) return &tensor;
    return nullptr;
  };
  const model::TensorSpec* without = lacks(model.inputs);
  if (!without) without = lacks(model.outputs);
  return without ? concat("the model has no test tensor for ", printable(without->id)) : std::string();
}

// The steps that need to know the whole image before the first pixel can be computed.
std::string needs_statistics(const model::Model& model) {
  std::vector<std::string> steps;
  for (const auto* tensors : {&model.inputs, &model.outputs})
    for (const model::TensorSpec& tensor : *tensors)
      for (const process::OperationPtr& step : tensor.processing)
        if (!step->measures().empty()) steps.emplace_back(step->name());
  return steps.empty() ? std::string()
                       : concat("needs --statistics-from or --tile-statistics, because of ", join(steps, ", "));
}

Use use(std::string verb, std::string reason) {
  const bool is_possible = reason.empty();
  return {std::move(verb), is_possible, std::move(reason)};
}

// What a description of another kind has in common with a model.
void fill_without_model(Info& info, const bioimageio::Description& description) {
  info.model.name = description.resource()->name;
  info.model.format = concat("bioimageio ", description.type, " ", description.format_version);
  const std::string reason = concat("this is a ", description.type, ", no model");
  for (const char* verb : {"test", "predict", "convert to czann"}) info.uses.push_back(use(verb, reason));
}

ForZen for_zen(czann::Specification specification) {
  return {std::string(czann::name_of(specification)),
          czann::name_of(czann::first_zen(specification, czann::ZenProduct::kBlue)),
          czann::name_of(czann::first_zen(specification, czann::ZenProduct::kCore))};
}

void add_members(Info& info, const std::vector<czann::Member>& members) {
  for (const czann::Member& member : members) info.members.push_back({member.name, member.content.size()});
}

void fill_from_package(Info& info, Loaded& loaded) {
  if (loaded.package) {
    info.zen = for_zen(czann::specification_of(*loaded.package));
    add_members(info, loaded.package->others);
    info.czann = std::move(loaded.package->metadata);
    info.is_type_known = czann::is_type_known(loaded.findings);
  }
  if (loaded.legacy) {
    info.zen = for_zen(czann::specification_of(*loaded.legacy));
    add_members(info, loaded.legacy->others);
    info.legacy = std::move(loaded.legacy->metadata);
  }
}

}  // namespace

Result<Info> inspect_source(const std::string& source, const Context& context) {
  ZOOPORT_TRY_ASSIGN(Opened opened, open_source(source, context));
  ZOOPORT_TRY_ASSIGN(Loaded loaded, load_readable(std::move(opened), context));
  Info info;
  info.source = source;
  info.kind = name_of(loaded.opened.kind);
  info.sha256 = loaded.opened.sha256;
  info.bytes = loaded.opened.bytes.size();
  if (loaded.opened.location != source) info.location = loaded.opened.location;
  if (loaded.description) {
    ZOOPORT_TRY_ASSIGN(info.links, links_of(loaded.opened, *loaded.description, context));
  }
  if (loaded.description && !loaded.description->model()) {
    fill_without_model(info, *loaded.description);
    return info;
  }
  info.model = std::move(loaded.model);
  fill_from_package(info, loaded);
  const std::string cannot_run = loaded.refused ? loaded.refused->what.message : no_network(info.model);
  info.uses.push_back(use("test", cannot_run.empty() ? no_test(info.model) : cannot_run));
  info.uses.push_back(use("predict", cannot_run));
  std::string cannot_convert = cannot_run;
  if (cannot_convert.empty() && (info.model.inputs.size() != 1 || info.model.outputs.size() != 1)) {
    cannot_convert = concat("a CZANN has one input and one output, the model has ", info.model.inputs.size(), " and ",
                            info.model.outputs.size());
  }
  info.uses.push_back(use("convert to czann", cannot_convert));
  if (cannot_convert.empty()) info.uses.back().reason = needs_statistics(info.model);
  return info;
}

}  // namespace zooport::convert
