#include "zooport/convert/to_czann.hpp"

#include <algorithm>
#include <limits>

#include "convert/czann_graph.hpp"
#include "convert/czann_verify.hpp"
#include "zooport/base/os/file.hpp"
#include "zooport/base/sha256.hpp"
#include "zooport/base/text.hpp"
#include "zooport/image/axes.hpp"
#include "zooport/onnx/io.hpp"
#include "zooport/onnx/shape.hpp"

namespace zooport::convert {
namespace {

Error unsupported(std::string id, std::string message) {
  return make_error(ErrorKind::kUnsupported, std::move(id), std::move(message));
}

// Collects what a conversion decides, step by step.
class CzannConversion {
 public:
  CzannConversion(const Loaded& source, const CzannOptions& options, std::shared_ptr<engine::Engine> engine,
                  const Context& context, ConversionReport& report)
      : source_(source),
        model_(source.model),
        options_(options),
        engine_(std::move(engine)),
        context_(context),
        report_(report) {}

  Result<Bytes> run() {
    ZOOPORT_TRY(look_at_tensors());
    ZOOPORT_TRY(open_network());
    ZOOPORT_TRY(choose_tile());
    ZOOPORT_TRY(choose_border());
    choose_pixels();
    ZOOPORT_TRY(choose_statistics());
    ZOOPORT_TRY(choose_type());
    GraphRequest request{model_.inputs[0], model_.outputs[0], tile_, pixel_maximum(), measured_ ? &*measured_ : nullptr,
                         classes_,         colours_};
    ZOOPORT_TRY(make_czann_graph(network_, request, report_.steps, report_.findings));
    ZOOPORT_TRY(assemble());
    std::string bytes;
    ZOOPORT_TRY(czann::write(
        package_,
        [&](std::span<const std::byte> piece) -> Result<void> {
          bytes.append(reinterpret_cast<const char*>(piece.data()), piece.size());
          return {};
        },
        context_));
    const Bytes archive(std::move(bytes));
    list_losses();
    ZOOPORT_TRY(verify(archive));
    return archive;
  }

 private:
  void assume(std::string what, std::string value, std::string option) {
    report_.assumptions.push_back({std::move(what), std::move(value), std::move(option)});
  }

  Result<void> look_at_tensors() {
    if (model_.inputs.size() != 1 || model_.outputs.size() != 1)
      return unsupported("convert.tensor-count", concat("a CZANN has one input and one output; this model has ",
                                                        model_.inputs.size(), " and ", model_.outputs.size()));
    for (const model::AxisSpec& axis : model_.outputs[0].axes) {
      const auto* size = std::get_if<model::ReferenceSize>(&axis.size);
      if (axis.axis.kind == tensor::AxisKind::kSpace && size && (size->scale != 1 || size->offset != 0))
        return unsupported(
            "convert.output-size",
            concat("ZEN puts tiles together only where the output has the size of the input; along ", axis.axis.id,
                   " it has ", size->scale, " times that, ", size->offset, " more on either side"));
    }
    return {};
  }

  Result<void> open_network() {
    ZOOPORT_TRY_ASSIGN(const model::Network* chosen, model_.choose(options_.weights));
    ZOOPORT_TRY_ASSIGN(network_, chosen->load(context_));
    for (std::size_t i = 0; i < model_.inputs[0].axes.size(); ++i)
      if (model_.inputs[0].axes[i].axis.kind == tensor::AxisKind::kSpace) space_.push_back(static_cast<int>(i));
    geometry_ = onnx::geometry_of(network_, space_);
    return {};
  }

  const model::AxisSpec& space_axis(std::size_t i) const {
    return model_.inputs[0].axes[static_cast<std::size_t>(space_[i])];
  }
  std::int64_t stride(std::size_t i) const {
    if (geometry_.is_known) return geometry_.axes[i].stride;
    const auto* size = std::get_if<model::ParametrizedSize>(&space_axis(i).size);
    return size && size->step > 0 ? size->step : 1;
  }

  Result<void> choose_tile() {
    if (!options_.spatial_dims.empty()) {
      if (options_.spatial_dims.size() != space_.size())
        return make_error(ErrorKind::kUsage, "convert.options",
                          concat("--spatial-dims names ", options_.spatial_dims.size(), " sizes, and the model has ",
                                 space_.size(), " axes of space"));
      tile_ = options_.spatial_dims;
      return {};
    }
    constexpr std::int64_t kUsual = 512;
    for (std::size_t i = 0; i < space_.size(); ++i) {
      const auto* size = std::get_if<model::ParametrizedSize>(&space_axis(i).size);
      if (!size)
        return unsupported("convert.axes", concat("the size along ", space_axis(i).axis.id, " is not described"));
      if (size->step == 0) {
        tile_.push_back(size->min);
        continue;
      }
      const std::int64_t n = std::max<std::int64_t>(0, (kUsual - size->min + size->step - 1) / size->step);
      tile_.push_back(size->min + n * size->step);
      assume("tile size along " + space_axis(i).axis.id, concat(tile_.back()), "--spatial-dims");
    }
    return {};
  }

  Result<void> choose_border() {
    const model::TensorSpec& output = model_.outputs[0];
    for (std::size_t i = 0; i < space_.size(); ++i) {
      const std::string& axis = space_axis(i).axis.id;
      const int at = output.find_axis(axis);
      const std::int64_t declared = at < 0 ? 0 : output.axes[static_cast<std::size_t>(at)].halo;
      const std::int64_t reach = geometry_.is_known ? geometry_.axes[i].reach() : 0;
      const std::int64_t unit = stride(i);
      std::int64_t border = (std::max(declared, reach) + unit - 1) / unit * unit;
      if (!options_.min_overlap.empty()) {
        border =
            options_.min_overlap[options_.min_overlap.size() == 1 ? 0 : std::min(i, options_.min_overlap.size() - 1)] /
            2;
      } else if (declared < reach) {
        assume("border along " + axis,
               concat(border, " pixels, from the receptive field of ", reach, "; the declared halo is ", declared),
               "--min-overlap");
      }
      if (2 * border >= tile_[i])
        return unsupported("convert.border",
                           concat("a border of ", border, " pixels on either side leaves nothing of a tile of ",
                                  tile_[i], " along ", axis, "; give a larger tile with --spatial-dims"));
      border_.push_back(border);
    }
    return {};
  }

  void choose_pixels() {
    pixels_ = options_.source_dtype.value_or(tensor::Dtype::kUint8);
    if (!options_.source_dtype) {
      const tensor::Dtype described = model_.inputs[0].dtype;
      if (described == tensor::Dtype::kUint8 || described == tensor::Dtype::kUint16) pixels_ = described;
      assume("type of the pixels that ZEN divides by its maximum", std::string(tensor::name_of(pixels_)),
             "--source-dtype");
    }
    const int channel = model_.inputs[0].find_axis("channel");
    const auto* size =
        channel < 0
            ? nullptr
            : std::get_if<model::ParametrizedSize>(&model_.inputs[0].axes[static_cast<std::size_t>(channel)].size);
    channels_ = size ? size->min : 1;
    if (channels_ == 3) {
      colours_ = GraphRequest::Colours::kReversed;
      assume("colour order", "the model expects red, green, blue; ZEN delivers blue, green, red", "");
    }
  }

  double pixel_maximum() const {
    return pixels_ == tensor::Dtype::kUint8 ? 255 : pixels_ == tensor::Dtype::kUint16 ? 65535 : 1;
  }

  static bool measures_something(const model::TensorSpec& spec) {
    return std::any_of(spec.processing.begin(), spec.processing.end(),
                       [](const process::OperationPtr& operation) { return !operation->measures().empty(); });
  }

  Result<void> choose_statistics() {
    const bool of_input = measures_something(model_.inputs[0]);
    const bool of_output = measures_something(model_.outputs[0]);
    if (!of_input && !of_output) return {};
    std::string operation;
    for (const auto* tensors : {&model_.inputs, &model_.outputs})
      for (const process::OperationPtr& step : (*tensors)[0].processing)
        if (!step->measures().empty() && operation.empty()) operation = step->describe();
    using Statistics = CzannOptions::Statistics;
    if (options_.statistics == Statistics::kRefuse)
      return unsupported("convert.statistics-needed",
                         concat(operation,
                                " needs statistics of the whole image, which a graph that ZEN runs tile by tile "
                                "cannot know; give --statistics-from IMAGE to freeze those of one image, or "
                                "--tile-statistics to take those of each tile"));
    if (options_.statistics == Statistics::kPerTile) {
      assume("statistics", concat(operation, " takes the statistics of each tile instead of the whole image"),
             "--statistics-from");
      return {};
    }
    if (of_output)
      return unsupported("convert.statistics-of-output",
                         concat(operation,
                                " needs statistics of the network's output, which no image gives; only "
                                "--tile-statistics can be used"));
    ZOOPORT_TRY_ASSIGN(const std::unique_ptr<image::Reader> reader,
                       image::open_reader(options_.statistics_image, context_));
    ZOOPORT_TRY_ASSIGN(const std::string letters, image::resolve_axes(reader->info(), options_.statistics_axes));
    ZOOPORT_TRY_ASSIGN(const predict::SampleView view,
                       predict::SampleView::make(*reader, letters, model_.inputs[0].tensor_axes()));
    // Only statistics are asked for; no engine is needed for them.
    ZOOPORT_TRY_ASSIGN(const predict::Predictor predictor,
                       predict::Predictor::open(model_, engine_, {.weights = options_.weights}, context_));
    ZOOPORT_TRY_ASSIGN(measured_, predictor.measure({{view}}, context_));
    report_.steps.push_back(concat("measure ", printable(options_.statistics_image)));
    assume("statistics", concat("those of ", printable(os::file_name(options_.statistics_image)), ", for every image"),
           "--statistics-from");
    return {};
  }

  Result<void> choose_type() {
    package_.metadata.type = options_.type.value_or(czann::ModelType::kRegression);
    if (!options_.type) assume("type", "Regression", "--type");
    package_.metadata.classes = options_.classes;
    if (!czann::needs_classes(package_.metadata.type)) return {};
    const bool is_semantic = package_.metadata.type == czann::ModelType::kSingleClassSemanticSegmentation;
    const int channel = model_.outputs[0].find_axis("channel");
    const auto& declared = network_.graph.outputs.at(0).type.shape;
    const bool has_one = channel >= 0 && declared && static_cast<std::size_t>(channel) < declared->size() &&
                         (*declared)[static_cast<std::size_t>(channel)].value == 1;
    if (is_semantic && has_one) {
      classes_ = GraphRequest::Classes::kBackgroundAndForeground;
      if (package_.metadata.classes.size() == 1)
        package_.metadata.classes.insert(package_.metadata.classes.begin(), "Background");
      if (package_.metadata.classes.empty()) package_.metadata.classes = {"Background", "Foreground"};
    }
    if (package_.metadata.classes.empty() && channel >= 0)
      package_.metadata.classes = model_.outputs[0].axes[static_cast<std::size_t>(channel)].channel_names;
    return {};
  }

  Result<void> assemble() {
    czann::Metadata& metadata = package_.metadata;
    const auto shape_of = [](const onnx::ValueInfo& value) {
      std::vector<std::int64_t> shape;
      for (std::size_t i = 1; i < value.type.shape->size(); ++i)
        shape.push_back((*value.type.shape)[i].value.value_or(0));
      return shape;
    };
    const onnx::ValueInfo& input = *network_.graph.required_inputs().at(0);
    const onnx::ValueInfo& output = network_.graph.outputs.at(0);
    if (!input.type.shape || !output.type.shape)
      return unsupported("convert.axes", "the shape of the network's output is not known");
    metadata.input_shape = shape_of(input);
    metadata.output_shape = shape_of(output);
    if (czann::needs_classes(metadata.type)) {
      // Names for channels that nobody named.
      while (static_cast<std::int64_t>(metadata.classes.size()) < metadata.output_shape.back())
        metadata.classes.push_back(concat("Class ", metadata.classes.size() + 1));
      if (static_cast<std::int64_t>(metadata.classes.size()) != metadata.output_shape.back())
        return make_error(ErrorKind::kUsage, "convert.options",
                          concat("--classes names ", metadata.classes.size(), " classes, and the network has ",
                                 metadata.output_shape.back(), " channels"));
    }
    const bool has_border = std::any_of(border_.begin(), border_.end(), [](std::int64_t border) { return border > 0; });
    if (has_border)
      for (const std::int64_t border : border_) metadata.min_overlap.push_back(2 * border);
    metadata.name = options_.name.empty() ? model_.name : options_.name;
    metadata.scaling = options_.scaling;
    ZOOPORT_TRY_ASSIGN(package_.network, onnx::to_bytes(network_));
    metadata.id = options_.id;
    if (metadata.id.empty()) {
      // The same content gets the same identifier, by which ZEN knows it again.
      metadata.id = czann::uuid_of(concat(sha256_hex(package_.network.span()), czann::write_metadata(metadata)));
    }
    package_.others.push_back({"license.txt", Bytes(license_text())});
    if (options_.embed == CzannOptions::Embed::kDescription && source_.description)
      package_.others.push_back({"bioimageio.yaml", source_.opened.bytes});
    return {};
  }

  std::string license_text() const {
    if (!options_.license_text.empty()) return options_.license_text;
    const std::string license = source_.description ? license_of(*source_.description) : std::string();
    if (license.empty()) return "The source of this model does not name a licence.\n";
    return concat("This model is licensed under ", license, " (SPDX identifier), as its source says.\n");
  }

  static std::string license_of(const bioimageio::Description& description) {
    const doc::Node* license = description.root ? description.root->find("license") : nullptr;
    return license ? printable(license->text) : std::string();
  }

  void list_losses() {
    if (!source_.description || !source_.description->root) return;
    const std::string kept =
        options_.embed == CzannOptions::Embed::kDescription ? "bioimageio.yaml inside the archive" : "";
    constexpr const char* kNoField = "a CZANN has no field for it";
    for (const char* field : {"description", "authors", "maintainers", "cite", "documentation", "tags", "git_repo",
                              "covers", "attachments", "training_data", "parent", "version", "timestamp"})
      if (source_.description->root->find(field)) report_.losses.push_back({field, kNoField, kept});
    for (const char* field : {"test_inputs", "test_outputs", "sample_inputs", "sample_outputs"})
      if (source_.description->root->find(field)) report_.losses.push_back({field, "a CZANN holds no tensors", ""});
    if (model_.networks.size() > 1)
      report_.losses.push_back(
          {concat("other weights (", model_.networks.size() - 1, ")"), "a CZANN holds one network", ""});
  }

  Result<void> verify(const Bytes& archive) {
    Verification& verification = report_.verification;
    if (!engine_) {
      verification.reason = "no engine";
      return {};
    }
    VerifyRequest request{.source = model_, .weights = options_.weights};
    request.statistics = measured_ ? &*measured_ : nullptr;
    request.tile = tile_;
    request.border = border_;
    for (std::size_t i = 0; i < space_.size(); ++i) request.stride.push_back(stride(i));
    request.pixels = pixels_;
    request.channels = channels_;
    if (classes_ == GraphRequest::Classes::kBackgroundAndForeground)
      request.outputs = VerifyRequest::Outputs::kBackgroundAndForeground;
    if (colours_ == GraphRequest::Colours::kReversed) request.colours = VerifyRequest::Colours::kReversed;
    double off_stride = -1;
    ZOOPORT_TRY_ASSIGN(predict::Comparison comparison, verify_czann(archive, request, engine_, context_, off_stride));
    verification.status = comparison.passed ? Verification::Status::kPassed : Verification::Status::kFailed;
    verification.reason = comparison.reason;
    if (comparison.passed && !comparison.discriminates)
      verification.reason = "not discriminating: the output hardly varies, so a constant would have passed, too";
    verification.outputs.push_back(std::move(comparison));
    if (off_stride > 1e-4)
      assume("tile origins",
             concat("multiples of the network's stride of ", stride(0),
                    "; on an image whose size makes ZEN place tiles off it, "
                    "the largest difference to the whole image was ",
                    static_cast<float>(off_stride)),
             "");
    return {};
  }

  const Loaded& source_;
  const model::Model& model_;
  const CzannOptions& options_;
  std::shared_ptr<engine::Engine> engine_;
  const Context& context_;
  ConversionReport& report_;

  onnx::Model network_;
  std::vector<int> space_;
  onnx::Geometry geometry_;
  tensor::Shape tile_;
  tensor::Shape border_;
  tensor::Dtype pixels_ = tensor::Dtype::kUint8;
  std::int64_t channels_ = 1;
  std::optional<process::Measured> measured_;
  GraphRequest::Classes classes_ = GraphRequest::Classes::kAsTheyAre;
  GraphRequest::Colours colours_ = GraphRequest::Colours::kAsTheyAre;
  czann::Package package_;
};

}  // namespace

Result<void> CzannOptions::validate() const {
  const auto refuse = [](std::string message) {
    return make_error(ErrorKind::kUsage, "convert.options", std::move(message));
  };
  if (!id.empty() && !czann::is_uuid(id)) return refuse(concat("--id ", printable(id), " is no UUID"));
  for (const std::int64_t overlap : min_overlap)
    if (overlap < 0 || overlap % 2 != 0) return refuse(concat("--min-overlap ", overlap, "; expected even numbers"));
  for (const std::int64_t size : spatial_dims)
    if (size < 1) return refuse(concat("--spatial-dims ", size, "; expected sizes of at least 1"));
  if (source_dtype && *source_dtype != tensor::Dtype::kUint8 && *source_dtype != tensor::Dtype::kUint16 &&
      *source_dtype != tensor::Dtype::kFloat32)
    return refuse("--source-dtype: expected uint8, uint16 or float32");
  if ((statistics == Statistics::kOfImage) == statistics_image.empty())
    return refuse("statistics of an image need that image, and nothing else does");
  if (!scaling.empty() && scaling.size() != 2) return refuse("--scaling: expected two numbers, metres along x and y");
  return {};
}

Result<ConversionReport> to_czann(const Loaded& source, const std::string& dest, const CzannOptions& options,
                                  std::shared_ptr<engine::Engine> engine, const Context& context) {
  ZOOPORT_TRY(options.validate());
  const bool forces = options.on_failure == CzannOptions::OnFailure::kWriteAnyway;
  if (!engine && !forces)
    return make_error(
        ErrorKind::kUnsupported, "convert.no-engine",
        "a conversion is verified by running both sides, and there is no engine; `zooport doctor` says how "
        "to get one, --force writes without");
  const bool may_replace = options.if_present == CzannOptions::IfPresent::kReplace;
  if (!may_replace && os::status(dest).kind != os::FileKind::kMissing)
    return make_error(ErrorKind::kIo, "base.exists",
                      concat(printable(dest), " exists already; give another name, or --overwrite"));
  ConversionReport report;
  report.source = source.opened.source;
  report.dest = dest;
  report.from = std::string(name_of(source.opened.kind));
  report.to = "czann";
  CzannConversion conversion(source, options, std::move(engine), context, report);
  ZOOPORT_TRY_ASSIGN(const Bytes archive, conversion.run());
  if (report.verification.status == Verification::Status::kFailed && !forces) return report;
  ZOOPORT_TRY(os::write_file_atomically(dest, archive.span(), may_replace));
  report.sha256 = sha256_hex(archive.span());
  return report;
}

}  // namespace zooport::convert
