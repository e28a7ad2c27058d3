#include "convert/samples.hpp"

#include <algorithm>
#include <set>

#include "convert/numbers.hpp"
#include "zooport/base/os/file.hpp"
#include "zooport/base/text.hpp"

namespace zooport::convert {
namespace {

struct Named {
  int tensor = -1;  // index in the model; -1: no id was given
  std::string path;
};

Error usage(const char* id, std::string message) { return make_error(ErrorKind::kUsage, id, std::move(message)); }

std::string ids_of(const std::vector<model::TensorSpec>& tensors) {
  std::vector<std::string> ids;
  for (const model::TensorSpec& tensor : tensors) ids.push_back(printable(tensor.id));
  return join(ids, ", ");
}

// "ID=FILE" counts as named only if the model has that id: '=' may stand in names of files.
std::vector<Named> named(const std::vector<std::string>& texts, const std::vector<model::TensorSpec>& tensors) {
  std::vector<Named> all;
  for (const std::string& text : texts) {
    Named one{-1, text};
    for (std::size_t i = 0; i < tensors.size(); ++i) {
      if (!text.starts_with(tensors[i].id + "=")) continue;
      one = {static_cast<int>(i), text.substr(tensors[i].id.size() + 1)};
    }
    all.push_back(std::move(one));
  }
  return all;
}

bool is_folder(const std::string& path) {
  return path.ends_with('/') || os::status(path).kind == os::FileKind::kFolder;
}

std::string stem(const std::string& path) {
  std::string name = os::file_name(path);
  const std::size_t dot = name.rfind('.');
  return dot == std::string::npos || dot == 0 ? name : name.substr(0, dot);
}

Result<void> name_outputs(std::vector<Sample>& samples, const model::Model& model, const PredictRequest& request) {
  const std::vector<Named> files = named(request.outputs, model.outputs);
  if (files.empty()) return usage("convert.predict-outputs", "expected at least one output file, found none");
  for (Sample& sample : samples) sample.outputs.resize(model.outputs.size());
  if (files.size() == 1 && files[0].tensor < 0 && is_folder(files[0].path)) {
    for (Sample& sample : samples)
      for (std::size_t i = 0; i < model.outputs.size(); ++i)
        sample.outputs[i] = os::join_path(
            files[0].path,
            concat(stem(sample.inputs[0]), model.outputs.size() > 1 ? concat('_', model.outputs[i].id) : "", ".tif"));
    return {};
  }
  const bool has_ids = std::any_of(files.begin(), files.end(), [](const Named& file) { return file.tensor >= 0; });
  if (samples.size() == 1 && (has_ids || files.size() <= model.outputs.size())) {
    for (std::size_t i = 0; i < files.size(); ++i) {
      const std::size_t output = has_ids && files[i].tensor >= 0 ? static_cast<std::size_t>(files[i].tensor) : i;
      if ((has_ids && files[i].tensor < 0) || !samples[0].outputs[output].empty())
        return usage("convert.predict-outputs", concat("expected each of ", ids_of(model.outputs),
                                                       " once as ID=FILE, found another: ", printable(files[i].path)));
      samples[0].outputs[output] = files[i].path;
    }
    return {};
  }
  if (has_ids || files.size() != samples.size())
    return usage("convert.predict-outputs", concat("expected one output file for each of ", samples.size(),
                                                   " images, or one folder, found ", files.size(), " files"));
  for (std::size_t i = 0; i < samples.size(); ++i) samples[i].outputs[0] = files[i].path;
  return {};
}

}  // namespace

Result<std::vector<Sample>> samples_of_inputs(const model::Model& model, const std::vector<std::string>& given) {
  const std::vector<Named> files = named(given, model.inputs);
  const bool has_ids = std::any_of(files.begin(), files.end(), [](const Named& file) { return file.tensor >= 0; });
  std::vector<Sample> samples;
  if (files.empty()) return usage("convert.predict-inputs", "expected at least one input file, found none");
  if (!has_ids) {
    if (model.inputs.size() != 1)
      return usage("convert.predict-inputs", concat("the model has ", model.inputs.size(),
                                                    " inputs: give each as ID=FILE, with ", ids_of(model.inputs)));
    for (const Named& file : files) samples.push_back({{file.path}, {}});
    return samples;
  }
  Sample sample;
  sample.inputs.resize(model.inputs.size());
  for (const Named& file : files) {
    if (file.tensor < 0 || !sample.inputs[static_cast<std::size_t>(file.tensor)].empty())
      return usage("convert.predict-inputs", concat("expected each of ", ids_of(model.inputs),
                                                    " once as ID=FILE, found another: ", printable(file.path)));
    sample.inputs[static_cast<std::size_t>(file.tensor)] = file.path;
  }
  for (std::size_t i = 0; i < sample.inputs.size(); ++i)
    if (sample.inputs[i].empty())
      return usage("convert.predict-inputs", concat("no file is given for input ", printable(model.inputs[i].id)));
  samples.push_back(std::move(sample));
  return samples;
}

Result<predict::TileChoice> parse_tile(const std::string& text) {
  using Kind = predict::TileChoice::Kind;
  if (text.empty()) return predict::TileChoice{};
  if (text == "whole") return predict::TileChoice{Kind::kWhole, {}};
  predict::TileChoice choice{Kind::kSizes, {}};
  for (std::string_view rest = text;;) {
    const std::size_t times = rest.find('x');
    const auto size = number_in(rest.substr(0, times));
    if (!size || *size < 1)
      return usage("convert.tile",
                   concat("expected a size such as 512 or 512x256, or whole, as tile, found ", printable(text)));
    choice.sizes.push_back(*size);
    if (times == std::string_view::npos) return choice;
    rest.remove_prefix(times + 1);
  }
}

Result<predict::HaloChoice> parse_halo(const std::string& text) {
  using Kind = predict::HaloChoice::Kind;
  if (text.empty()) return predict::HaloChoice{};
  if (text == "exact") return predict::HaloChoice{Kind::kExact, 0};
  const auto pixels = number_in(text);
  if (!pixels || *pixels < 0)
    return usage("convert.halo", concat("expected a number of pixels, or exact, as halo, found ", printable(text)));
  return predict::HaloChoice{Kind::kPixels, *pixels};
}

Result<std::vector<Sample>> samples_of(const model::Model& model, const PredictRequest& request) {
  ZOOPORT_TRY_ASSIGN(std::vector<Sample> samples, samples_of_inputs(model, request.inputs));
  ZOOPORT_TRY(name_outputs(samples, model, request));
  std::set<std::string> seen;
  const auto expect_free = [&](const std::string& path) -> Result<void> {
    if (!seen.insert(path).second)
      return usage("convert.predict-outputs", concat(printable(path), " would be written twice"));
    if (request.if_present == resource::IfPresent::kRefuse && os::status(path).kind != os::FileKind::kMissing)
      return make_error(ErrorKind::kIo, "base.exists",
                        concat(printable(path), " exists already; --overwrite replaces it"));
    return {};
  };
  for (const Sample& sample : samples)
    for (const std::string& path : sample.outputs)
      if (!path.empty()) ZOOPORT_TRY(expect_free(path));
  if (!request.picture.empty()) {
    if (samples.size() != 1) return usage("convert.predict-outputs", "a picture can be made of one image only");
    ZOOPORT_TRY(expect_free(request.picture));
  }
  return samples;
}

}  // namespace zooport::convert
