#include <algorithm>
#include <cmath>

#include "convert/zen_kit/content.hpp"
#include "zooport/base/os/file.hpp"
#include "zooport/base/text.hpp"
#include "zooport/image/image.hpp"
#include "zooport/predict/predictor.hpp"
#include "zooport/predict/zen_emulator.hpp"

namespace zooport::convert {
namespace {

using zen_kit::Trial;

// Runs one tile of integer pixels, [rows, columns, channels] in ZEN's order; gives float32.
using Tile = predict::ZenTileRunner;

double most_of(tensor::Dtype dtype) { return dtype == tensor::Dtype::kUint16 ? 65535 : 255; }

// Blue, green, red, as ZEN hands them over.
tensor::Array in_order_of_zen(const tensor::View& image) {
  tensor::Array result = tensor::Array::copy_of(image);
  const std::int64_t channels = image.shape.back();
  const auto pixels = result.as<std::uint8_t>();
  for (std::size_t i = 0; channels == 3 && i < pixels.size(); i += 3) std::swap(pixels[i], pixels[i + 2]);
  return result;
}

tensor::Array by_formula(const Trial& trial, const tensor::Array& tile) {
  const tensor::Array pixels = tensor::Array::converted(tile.view(), tensor::Dtype::kFloat32);
  const std::int64_t rows = tile.shape()[0], columns = tile.shape()[1], inputs = tile.shape()[2];
  const std::int64_t outputs = trial.package.metadata.output_shape.back();
  tensor::Array result(tensor::Dtype::kFloat32, {rows, columns, outputs});
  std::vector<float> pixel(static_cast<std::size_t>(inputs));
  const auto most = static_cast<float>(most_of(tile.dtype()));
  const float* from = pixels.as<float>().data();
  float* to = result.as<float>().data();
  for (std::int64_t row = 0; row < rows; ++row) {
    for (std::int64_t column = 0; column < columns; ++column) {
      for (float& value : pixel) value = *from++ / most;
      for (std::int64_t channel = 0; channel < outputs; ++channel)
        *to++ = trial.formula(pixel.data(), row, column, channel);
    }
  }
  return result;
}

// What ZEN shows: an image of the type of the pixels, or the colours of classes.
tensor::Array picture_of(const Trial& trial, const tensor::Array& output, tensor::Dtype pixels) {
  const std::int64_t rows = output.shape()[0], columns = output.shape()[1];
  const auto channels = static_cast<std::size_t>(output.shape()[2]);
  const std::span<const float> values = output.as<float>();
  if (trial.colours.empty()) {
    const double most = most_of(pixels);
    tensor::Array scaled(tensor::Dtype::kFloat64, output.shape());
    const std::span<double> into = scaled.as<double>();
    for (std::size_t i = 0; i < into.size(); ++i) into[i] = std::round(std::clamp<double>(values[i], 0, 1) * most);
    return tensor::Array::converted(scaled.view(), pixels);
  }
  tensor::Array picture(tensor::Dtype::kUint8, {rows, columns, 3});
  std::uint8_t* into = picture.as<std::uint8_t>().data();
  for (std::size_t i = 0; i < values.size(); i += channels) {
    const auto of_pixel = values.subspan(i, channels);
    const auto best = std::max_element(of_pixel.begin(), of_pixel.end()) - of_pixel.begin();
    const zen_kit::Colour colour = trial.colours[static_cast<std::size_t>(best)];
    *into++ = colour.red, *into++ = colour.green, *into++ = colour.blue;
  }
  return picture;
}

Result<tensor::Array> run_like_zen(const Trial& trial, const tensor::View& image, const Tile& run) {
  const tensor::Array ordered = in_order_of_zen(image);
  ZOOPORT_TRY_ASSIGN(const tensor::Array output, predict::zen_emulate(ordered.view(), {zen_kit::kTile, zen_kit::kTile},
                                                                      {trial.border, trial.border}, run));
  return picture_of(trial, output, image.dtype);
}

Result<tensor::Array> by_engine(const Trial& trial, const tensor::View& image,
                                const std::shared_ptr<engine::Engine>& engine, const Context& context) {
  ZOOPORT_TRY_ASSIGN(model::Model model,
                     trial.legacy ? czann::to_model(*trial.legacy) : czann::to_model(trial.package));
  ZOOPORT_TRY_ASSIGN(predict::Predictor predictor, predict::Predictor::open(std::move(model), engine, {}, context));
  return run_like_zen(trial, image, [&](tensor::Array tile) -> Result<tensor::Array> {
    const tensor::View batch = tile.view().with_axis(0);
    ZOOPORT_TRY_ASSIGN(const std::vector<tensor::Array> outputs, predictor.run_whole({batch}, context));
    return tensor::Array::copy_of(outputs.at(0).view().without_axis(0));
  });
}

bool are_equal(const tensor::Array& a, const tensor::Array& b) {
  return a.dtype() == b.dtype() && a.shape() == b.shape() &&
         std::equal(a.bytes().begin(), a.bytes().end(), b.bytes().begin(), b.bytes().end());
}

class KitWriter {
 public:
  KitWriter(std::string folder, std::shared_ptr<engine::Engine> engine, const Context& context)
      : folder_(std::move(folder)), engine_(std::move(engine)), context_(context) {}

  Result<ZenKit> write() {
    ZOOPORT_TRY_ASSIGN(const std::vector<Trial> trials, zen_kit::trials());
    const std::vector<zen_kit::Image> images = zen_kit::images();
    for (const char* name : {"models", "images", "expected"})
      ZOOPORT_TRY(os::make_folders(os::join_path(folder_, name)));
    for (const zen_kit::Image& image : images) ZOOPORT_TRY(write_picture(concat("images/", image.name), image.pixels));
    for (const Trial& trial : trials) {
      if (context_.stopped()) return Context::cancelled();
      ZOOPORT_TRY(write_trial(trial, images));
    }
    ZOOPORT_TRY(write_text("README.html", zen_kit::html_page(trials, kit_.rows)));
    ZOOPORT_TRY(write_text("README.txt", zen_kit::text_page(trials, kit_.rows)));
    kit_.is_verified = engine_ != nullptr;
    return std::move(kit_);
  }

 private:
  Result<void> write_trial(const Trial& trial, const std::vector<zen_kit::Image>& images) {
    const std::string model = concat("models/", trial.file);
    std::string bytes;
    const archive::Sink sink = archive::append_to(bytes);
    ZOOPORT_TRY(trial.legacy ? czann::write(*trial.legacy, sink, context_)
                             : czann::write(trial.package, sink, context_));
    ZOOPORT_TRY(write_text(model, bytes));
    for (const Trial::Use& use : trial.uses) {
      ZenKit::Row row{model, "", "", use.shows, use.otherwise, use.basis};
      if (use.image < images.size()) {
        const zen_kit::Image& image = images[use.image];
        row.image = concat("images/", image.name);
        row.expected = concat("expected/", trial.file.substr(0, trial.file.rfind('.')), "-", image.name);
        ZOOPORT_TRY_ASSIGN(const tensor::Array picture,
                           run_like_zen(trial, image.pixels.view(), [&](tensor::Array tile) -> Result<tensor::Array> {
                             return by_formula(trial, tile);
                           }));
        if (engine_) ZOOPORT_TRY(verify(row, trial, image, picture));
        ZOOPORT_TRY(write_picture(row.expected, picture));
      }
      kit_.rows.push_back(std::move(row));
    }
    return {};
  }

  Result<void> verify(const ZenKit::Row& row, const Trial& trial, const zen_kit::Image& image,
                      const tensor::Array& expected) {
    ZOOPORT_TRY_ASSIGN(const tensor::Array found, by_engine(trial, image.pixels.view(), engine_, context_));
    if (are_equal(expected, found)) return {};
    return make_error(ErrorKind::kInternal, "convert.zen-kit-differs",
                      concat("the network of ", row.model, " gives another picture than its formula on ", row.image));
  }

  Result<void> write_text(const std::string& name, const std::string& text) {
    kit_.files.push_back(name);
    return os::write_file_atomically(os::join_path(folder_, name), std::as_bytes(std::span(text)), false);
  }

  Result<void> write_picture(const std::string& name, const tensor::Array& picture) {
    kit_.files.push_back(name);
    const image::Info info{.dtype = picture.dtype(), .shape = picture.shape(), .axes = "yxc"};
    ZOOPORT_TRY_ASSIGN(const std::unique_ptr<image::Writer> writer,
                       image::open_writer(os::join_path(folder_, name), info, {}, context_));
    ZOOPORT_TRY(writer->write({{0, 0, 0}, picture.shape()}, picture.view()));
    return writer->finish();
  }

  std::string folder_;
  std::shared_ptr<engine::Engine> engine_;
  const Context& context_;
  ZenKit kit_;
};

}  // namespace

Result<ZenKit> write_zen_kit(const std::string& folder, const ZenKitOptions& options,
                             std::shared_ptr<engine::Engine> engine, const Context& context) {
  std::string target = folder;
  while (target.size() > 1 && target.ends_with('/')) target.pop_back();
  const os::FileKind kind = os::status(target).kind;
  const bool is_present = kind != os::FileKind::kMissing;
  if (is_present && kind != os::FileKind::kFolder)
    return make_error(ErrorKind::kIo, "convert.zen-kit-folder", concat(printable(target), " is no folder"));
  if (is_present && options.if_present == ZenKitOptions::IfPresent::kRefuse) {
    ZOOPORT_TRY_ASSIGN(const std::vector<std::string> names, os::list_folder(target));
    if (!names.empty()) {
      Error error = make_error(ErrorKind::kIo, "convert.zen-kit-folder",
                               concat(printable(target), " is not empty: it holds ", printable(names.front())));
      error.what.help = "name another folder, or say --overwrite to replace files of the kit's names";
      return error;
    }
  }
  // Complete before anything appears; removed again if that fails.
  ZOOPORT_TRY_ASSIGN(os::AtomicFolder fresh,
                     os::AtomicFolder::create(is_present ? os::join_path(target, "zen-kit.new") : target));
  ZOOPORT_TRY_ASSIGN(ZenKit kit, KitWriter(fresh.path(), std::move(engine), context).write());
  kit.folder = folder;
  if (!is_present) {
    ZOOPORT_TRY(fresh.commit());
    return kit;
  }
  for (const std::string& name : kit.files) {
    const std::string path = os::join_path(target, name);
    ZOOPORT_TRY(os::make_folders(os::parent_path(path)));
    ZOOPORT_TRY(os::rename_path(os::join_path(fresh.path(), name), path));
  }
  return kit;
}

}  // namespace zooport::convert
