#include "zooport/convert/predict_files.hpp"

#include <algorithm>

#include "convert/image_axes.hpp"
#include "convert/samples.hpp"
#include "convert/statistics_file.hpp"
#include "zooport/base/os/file.hpp"
#include "zooport/base/text.hpp"
#include "zooport/image/picture.hpp"
#include "zooport/predict/predictor.hpp"

namespace zooport::convert {
namespace {

// Takes the regions of an output that nobody wants.
class Discarded final : public image::Writer {
 public:
  image::WriteOrder order() const override { return image::WriteOrder::kAny; }
  Result<void> write(const image::Region&, const tensor::View&) override { return {}; }
  Result<void> finish() override { return {}; }
};

// Open images of one sample and how the model sees them.
struct Images {
  std::vector<std::unique_ptr<image::Reader>> readers;
  std::vector<predict::SampleView> views;
};

Result<Images> open_images(const std::vector<std::string>& paths, const model::Model& model, const std::string& axes,
                           const Context& context) {
  Images images;
  for (std::size_t i = 0; i < paths.size(); ++i) {
    const auto named = [&](Error error) {
      if (error.what.file.empty()) error.what.file = paths[i];
      return error;
    };
    auto reader = image::open_reader(paths[i], context);
    if (!reader) return named(reader.error());
    const auto letters = axes_of_image((*reader)->info(), model.inputs[i], axes);
    if (!letters) return named(letters.error());
    auto view = predict::SampleView::make(**reader, *letters, model.inputs[i].tensor_axes());
    if (!view) return named(view.error());
    images.readers.push_back(std::move(*reader));
    images.views.push_back(std::move(*view));
  }
  return images;
}

Result<process::Measured> statistics_from(const Loaded& source, const PredictRequest& request,
                                          const std::shared_ptr<engine::Engine>& engine, const Context& context) {
  const std::vector<std::string>& from = request.statistics_from;
  if (from.size() == 1 && from[0].ends_with(".json")) {
    ZOOPORT_TRY_ASSIGN(const Bytes json, os::read_file(from[0], context.limits.document_bytes));
    Result<process::Measured> read = read_statistics(json, source.model, context);
    if (read || !read.error().what.file.empty()) return read;
    Error error = read.error();
    error.what.file = from[0];
    return error;
  }
  ZOOPORT_TRY_ASSIGN(const std::vector<Sample> samples, samples_of_inputs(source.model, from));
  ZOOPORT_TRY_ASSIGN(const predict::Predictor measuring,
                     predict::Predictor::open(source.model, engine, request.options, context));
  std::vector<Images> opened;
  std::vector<std::vector<predict::SampleView>> views;
  for (const Sample& sample : samples) {
    ZOOPORT_TRY_ASSIGN(Images images, open_images(sample.inputs, source.model, request.axes, context));
    views.push_back(images.views);
    opened.push_back(std::move(images));
  }
  return measuring.measure(views, context);
}

Result<predict::Predictor> open_predictor(const Loaded& source, const PredictRequest& request,
                                          const std::shared_ptr<engine::Engine>& engine, const Context& context) {
  predict::PredictOptions options = request.options;
  options.dataset = predict::PredictOptions::Dataset::kAllCalls;
  if (!request.statistics_from.empty()) {
    ZOOPORT_TRY_ASSIGN(options.statistics, statistics_from(source, request, engine, context));
  }
  return predict::Predictor::open(source.model, engine, options, context);
}

// The plane of an image in the middle of all axes but y and x, as [y, x].
Result<tensor::Array> middle_plane(image::Reader& reader, const std::string& letters) {
  const image::Info& info = reader.info();
  image::Region region{tensor::Shape(info.shape.size(), 0), info.shape};
  const std::size_t y = letters.find('y');
  const std::size_t x = letters.find('x');
  if (y == std::string::npos || x == std::string::npos || letters.size() != info.shape.size())
    return make_error(ErrorKind::kUnsupported, "convert.picture",
                      concat("a picture needs the axes y and x, found '", printable(letters), "'"));
  for (std::size_t i = 0; i < info.shape.size(); ++i) {
    if (i == y || i == x) continue;
    region.origin[i] = letters[i] == 'z' ? info.shape[i] / 2 : 0;
    region.size[i] = 1;
  }
  ZOOPORT_TRY_ASSIGN(tensor::Array plane, reader.read(region));
  const tensor::Shape shape{info.shape[std::min(x, y)], info.shape[std::max(x, y)]};
  plane.reshape(shape);
  return y < x ? std::move(plane) : tensor::Array::copy_of(plane.view().transposed({1, 0}));
}

Result<void> write_picture(const PredictRequest& request, const model::TensorSpec& input, const Images& images,
                           const PredictedFile& output, const Context& context) {
  ZOOPORT_TRY_ASSIGN(const std::string letters, axes_of_image(images.readers[0]->info(), input, request.axes));
  ZOOPORT_TRY_ASSIGN(const tensor::Array left, middle_plane(*images.readers[0], letters));
  ZOOPORT_TRY_ASSIGN(const auto written, image::open_reader(output.path, context));
  const bool knows = output.axes.size() == written->info().shape.size();
  ZOOPORT_TRY_ASSIGN(const tensor::Array right, middle_plane(*written, knows ? output.axes : written->info().axes));
  return image::write_side_by_side(request.picture, left.view(), right.view(), {},
                                   {.may_replace = request.if_present == resource::IfPresent::kReplace}, context);
}

}  // namespace

Result<PredictReport> predict_files(const Loaded& source, const PredictRequest& request,
                                    std::shared_ptr<engine::Engine> engine, const Context& context) {
  ZOOPORT_TRY(request.options.validate());
  ZOOPORT_TRY_ASSIGN(const std::vector<Sample> samples, samples_of(source.model, request));
  PredictReport report;
  report.source = source.opened.source;
  report.engine = engine->name();
  report.engine_version = engine->version();
  report.is_isolated = engine->is_isolated();
  ZOOPORT_TRY_ASSIGN(predict::Predictor predictor, open_predictor(source, request, engine, context));
  report.weights = predictor.weights();
  for (const Sample& sample : samples) {
    if (context.stopped()) return Context::cancelled();
    ZOOPORT_TRY_ASSIGN(const Images images, open_images(sample.inputs, source.model, request.axes, context));
    ZOOPORT_TRY_ASSIGN(predict::Plan plan, predictor.plan(images.views));
    const auto open_output = [&](std::size_t output,
                                 const image::Info& info) -> Result<std::unique_ptr<image::Writer>> {
      const std::string& path = sample.outputs[output];
      if (path.empty()) return std::unique_ptr<image::Writer>(std::make_unique<Discarded>());
      if (const std::string folder = os::parent_path(path); !folder.empty()) ZOOPORT_TRY(os::make_folders(folder));
      report.outputs.push_back(
          {sample.inputs[0], source.model.outputs[output].id, path, info.shape, info.dtype, info.axes});
      return image::open_writer(path, info, {.may_replace = request.if_present == resource::IfPresent::kReplace},
                                context);
    };
    ZOOPORT_TRY_ASSIGN(const predict::RunReport run, predictor.run(plan, images.views, open_output, context));
    report.provider = run.provider;
    report.tiles += run.tiles;
    report.seconds += run.seconds;
    report.engine_seconds += run.engine_seconds;
    report.network_input = plan.network_input;
    report.findings.add(std::move(plan.findings));
    report.findings.add(Diagnostics(run.findings));
    if (!request.picture.empty() && !report.outputs.empty()) {
      ZOOPORT_TRY(write_picture(request, source.model.inputs[0], images, report.outputs.front(), context));
      report.picture = request.picture;
    }
  }
  return report;
}

}  // namespace zooport::convert
