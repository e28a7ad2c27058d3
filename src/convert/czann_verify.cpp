#include "convert/czann_verify.hpp"

#include <algorithm>
#include <random>

#include "zooport/base/text.hpp"
#include "zooport/predict/zen_emulator.hpp"

namespace zooport::convert {
namespace {

// Probabilities and images between 0 and 1: engines and fused graphs agree to about 1e-6.
const model::Tolerance kTolerance{.absolute = 1e-4, .relative = 1e-4, .mismatched_per_million = 0, .from = "default"};

// Mostly dark with spots and a little noise, the same in every run: value range, colour order and statistics that were
// mistaken show on it, and constant outputs do not pass.
tensor::Array sparse_image(const tensor::Shape& space, std::int64_t channels, tensor::Dtype dtype) {
  tensor::Shape shape = space;
  shape.push_back(channels);
  tensor::Array array(tensor::Dtype::kFloat64, shape);
  const auto pixels = array.as<double>();
  std::mt19937 random(20'261'127);
  const double most = dtype == tensor::Dtype::kUint8 ? 255 : dtype == tensor::Dtype::kUint16 ? 4095 : 1;
  for (double& pixel : pixels) pixel = most * 0.02 * static_cast<double>(random() % 16) / 16;
  const std::size_t rank = space.size();
  const std::int64_t height = space[rank - 2];
  const std::int64_t width = space[rank - 1];
  const std::int64_t planes = rank == 3 ? space[0] : 1;
  const std::int64_t spots = std::max<std::int64_t>(8, height * width / 4000);
  for (std::int64_t plane = 0; plane < planes; ++plane) {
    for (std::int64_t spot = 0; spot < spots; ++spot) {
      const auto cy = static_cast<std::int64_t>(random() % static_cast<unsigned>(height));
      const auto cx = static_cast<std::int64_t>(random() % static_cast<unsigned>(width));
      const auto radius = static_cast<std::int64_t>(3 + random() % 8);
      const double level = most * (0.3 + 0.7 * static_cast<double>(random() % 1000) / 1000);
      const auto channel = static_cast<std::int64_t>(random() % static_cast<unsigned>(channels));
      for (std::int64_t y = std::max<std::int64_t>(0, cy - radius); y < std::min(height, cy + radius + 1); ++y)
        for (std::int64_t x = std::max<std::int64_t>(0, cx - radius); x < std::min(width, cx + radius + 1); ++x)
          if ((y - cy) * (y - cy) + (x - cx) * (x - cx) <= radius * radius)
            pixels[static_cast<std::size_t>(((plane * height + y) * width + x) * channels + channel)] = level;
    }
  }
  return tensor::Array::converted(array.view(), dtype);
}

tensor::Array channels_reversed(const tensor::View& image) {
  tensor::Array result = tensor::Array::uninitialized(image.dtype, image.shape);
  const int last = static_cast<int>(image.shape.size()) - 1;
  for (std::int64_t channel = 0; channel < image.shape.back(); ++channel) {
    const tensor::View into = result.view().cropped(last, image.shape.back() - 1 - channel, 1);
    tensor::convert(image.cropped(last, channel, 1), const_cast<std::byte*>(into.data), into.dtype, into.strides);
  }
  return result;
}

// An output of the source in its own axes, as [.., y, x, c].
tensor::Array in_zen_axes(const tensor::View& output, const model::TensorSpec& spec) {
  std::vector<int> order;
  for (const char* axis : {"batch", "z", "y", "x", "channel"})
    if (const int at = spec.find_axis(axis); at >= 0) order.push_back(at);
  return tensor::Array::copy_of(output.transposed(order).without_axis(0));
}

tensor::Array with_background(const tensor::Array& foreground) {
  tensor::Shape shape = foreground.shape();
  shape.back() = 2;
  tensor::Array both(tensor::Dtype::kFloat32, shape);
  const tensor::Array single = tensor::Array::converted(foreground.view(), tensor::Dtype::kFloat32);
  for (std::size_t i = 0; i < single.as<float>().size(); ++i) {
    both.as<float>()[2 * i] = 1 - single.as<float>()[i];
    both.as<float>()[2 * i + 1] = single.as<float>()[i];
  }
  return both;
}

class Verifier {
 public:
  Verifier(const VerifyRequest& request, predict::Predictor source, predict::Predictor result, const Context& context)
      : request_(request), source_(std::move(source)), result_(std::move(result)), context_(context) {}

  Result<predict::Comparison> compare(const tensor::Shape& space) {
    const tensor::Array image = sparse_image(space, request_.channels, request_.pixels);
    ZOOPORT_TRY_ASSIGN(const tensor::Array found,
                       predict::zen_emulate(image.view(), request_.tile, request_.border,
                                            [this](tensor::Array tile) { return run_result(std::move(tile)); }));
    ZOOPORT_TRY_ASSIGN(
        const tensor::Array expected,
        request_.against == VerifyRequest::Against::kWholeImage && (request_.statistics || !needs_statistics())
            ? run_source(tensor::Array::copy_of(image.view()))
            : predict::zen_emulate(image.view(), request_.tile, request_.border,
                                   [this](tensor::Array tile) { return run_source(std::move(tile)); }));
    model::Tolerance tolerance = kTolerance;
    // Sums over a tile inside the graph are of 32-bit floats, and a handful of pixels near 0 shows it.
    if (needs_statistics() && !request_.statistics)
      tolerance.mismatched_per_million = model::Tolerance().mismatched_per_million;
    return predict::compare(request_.source.outputs.at(0).id, expected.view(), found.view(), tolerance);
  }

 private:
  bool needs_statistics() const {
    return std::any_of(request_.source.inputs[0].processing.begin(), request_.source.inputs[0].processing.end(),
                       [](const process::OperationPtr& operation) { return !operation->measures().empty(); });
  }
  // ZEN's order of colours goes to the result, the source's own to the source.
  Result<tensor::Array> run_source(tensor::Array image) {
    if (request_.colours == VerifyRequest::Colours::kReversed) image = channels_reversed(image.view());
    const std::string letters = image.shape().size() == 4 ? "zyxc" : "yxc";
    ZOOPORT_TRY_ASSIGN(const std::vector<tensor::Array> outputs,
                       predict::predict_array(source_, std::move(image), letters, context_));
    tensor::Array output = in_zen_axes(outputs.at(0).view(), request_.source.outputs.at(0));
    if (request_.outputs == VerifyRequest::Outputs::kBackgroundAndForeground) return with_background(output);
    return output;
  }
  Result<tensor::Array> run_result(tensor::Array tile) {
    const tensor::View batch = tile.view().with_axis(0);
    ZOOPORT_TRY_ASSIGN(const std::vector<tensor::Array> outputs, result_.run_whole({batch}, context_));
    return tensor::Array::copy_of(outputs.at(0).view().without_axis(0));
  }

  const VerifyRequest& request_;
  predict::Predictor source_;
  predict::Predictor result_;
  const Context& context_;
};

}  // namespace

Result<czann::Package> read_made_czann(const Bytes& archive, const Context& context) {
  ZOOPORT_TRY_ASSIGN(czann::ReadResult read, czann::read(archive, context));
  if (read.package && !read.findings.has_errors()) return std::move(*read.package);
  Error error = make_error(ErrorKind::kInternal, "convert.wrote-invalid", "the CZANN that was made is not valid");
  for (const Diagnostic& finding : read.findings.items()) error.what.related.push_back({finding.message, {}, {}});
  return error;
}

Result<predict::Comparison> verify_czann(const Bytes& archive, const VerifyRequest& request,
                                         std::shared_ptr<engine::Engine> engine, const Context& context,
                                         double& off_stride) {
  ZOOPORT_TRY_ASSIGN(czann::Package package, read_made_czann(archive, context));
  ZOOPORT_TRY_ASSIGN(model::Model made, czann::to_model(std::move(package)));
  return verify_for_zen(std::move(made), request, std::move(engine), context, off_stride);
}

Result<predict::Comparison> verify_for_zen(model::Model made, const VerifyRequest& request,
                                           std::shared_ptr<engine::Engine> engine, const Context& context,
                                           double& off_stride) {
  predict::PredictOptions options;
  ZOOPORT_TRY_ASSIGN(predict::Predictor result, predict::Predictor::open(std::move(made), engine, options, context));
  options.weights = request.weights;
  options.tile.kind = predict::TileChoice::Kind::kWhole;
  if (!request.source_tile.empty()) {
    options.tile = {predict::TileChoice::Kind::kSizes, request.source_tile};
    options.halo.kind = predict::HaloChoice::Kind::kExact;
  }
  if (request.statistics) options.statistics = *request.statistics;
  ZOOPORT_TRY_ASSIGN(predict::Predictor source,
                     predict::Predictor::open(request.source, std::move(engine), options, context));
  Verifier verifier(request, std::move(source), std::move(result), context);

  // Three tiles or more along y and x whose windows start at multiples of tile - 2 * border: on the stride if that is.
  tensor::Shape on = request.tile;
  tensor::Shape off = request.tile;
  off_stride = -1;
  bool can_leave = false;
  for (std::size_t i = request.tile.size() - 2; i < request.tile.size(); ++i) {
    const std::int64_t advance = request.tile[i] - 2 * request.border[i];
    on[i] = request.tile[i] + 2 * advance;
    // Continued to the source's only size, the image would have other edges than its own.
    while (!request.source_tile.empty() && on[i] < request.source_tile[i]) on[i] += advance;
    off[i] = on[i] + 2 * request.stride[i] + 2;
    can_leave = can_leave || (request.stride[i] > 1 && request.source_tile.empty());
  }
  ZOOPORT_TRY_ASSIGN(predict::Comparison comparison, verifier.compare(on));
  if (can_leave && comparison.passed) {
    ZOOPORT_TRY_ASSIGN(const predict::Comparison elsewhere, verifier.compare(off));
    off_stride = elsewhere.max_abs;
  }
  return comparison;
}

}  // namespace zooport::convert
