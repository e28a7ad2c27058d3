#include <algorithm>

#include "convert/zen_plan.hpp"
#include "zooport/base/os/file.hpp"
#include "zooport/base/text.hpp"
#include "zooport/image/axes.hpp"
#include "zooport/predict/predictor.hpp"

namespace zooport::convert {
namespace {

bool measures_something(const model::TensorSpec& spec) {
  return std::any_of(spec.processing.begin(), spec.processing.end(),
                     [](const process::OperationPtr& operation) { return !operation->measures().empty(); });
}

std::string first_that_measures(const model::Model& model) {
  for (const auto* tensors : {&model.inputs, &model.outputs})
    for (const process::OperationPtr& step : (*tensors)[0].processing)
      if (!step->measures().empty()) return step->describe();
  return {};
}

Error unsupported(std::string id, std::string message) {
  return make_error(ErrorKind::kUnsupported, std::move(id), std::move(message));
}

}  // namespace

Result<std::optional<process::Measured>> choose_statistics(const ZenSource& source, const CzannOptions& options,
                                                           const Context& context, ConversionReport& report) {
  using Statistics = CzannOptions::Statistics;
  const model::Model& model = source.model;
  const bool of_output = measures_something(model.outputs[0]);
  if (!measures_something(model.inputs[0]) && !of_output) return std::optional<process::Measured>();
  const std::string operation = first_that_measures(model);
  if (options.statistics == Statistics::kRefuse)
    return unsupported("convert.statistics-needed",
                       concat(operation,
                              " needs statistics of the whole image, which a graph that ZEN runs tile by tile "
                              "cannot know; give --statistics-from IMAGE to freeze those of one image, or "
                              "--tile-statistics to take those of each tile"));
  if (options.statistics == Statistics::kPerTile) {
    report.assumptions.push_back({"statistics",
                                  concat(operation, " takes the statistics of each tile instead of the whole image"),
                                  "--statistics-from"});
    return std::optional<process::Measured>();
  }
  if (of_output)
    return unsupported("convert.statistics-of-output",
                       concat(operation,
                              " needs statistics of the network's output, which no image gives; only "
                              "--tile-statistics can be used"));
  ZOOPORT_TRY_ASSIGN(const std::unique_ptr<image::Reader> reader,
                     image::open_reader(options.statistics_image, context));
  ZOOPORT_TRY_ASSIGN(const std::string letters, image::resolve_axes(reader->info(), options.statistics_axes));
  ZOOPORT_TRY_ASSIGN(const predict::SampleView view,
                     predict::SampleView::make(*reader, letters, model.inputs[0].tensor_axes()));
  // Only statistics are asked for; no engine is needed for them.
  ZOOPORT_TRY_ASSIGN(const predict::Predictor predictor,
                     predict::Predictor::open(model, nullptr, {.weights = options.weights}, context));
  ZOOPORT_TRY_ASSIGN(process::Measured measured, predictor.measure({{view}}, context));
  report.steps.push_back(concat("measure ", printable(options.statistics_image)));
  report.assumptions.push_back(
      {"statistics", concat("those of ", printable(os::file_name(options.statistics_image)), ", for every image"),
       "--statistics-from"});
  return std::optional<process::Measured>(std::move(measured));
}

}  // namespace zooport::convert
