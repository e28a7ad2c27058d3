#include <gtest/gtest.h>

#include <cmath>
#include <iostream>

#include "tests/czann/corpus.hpp"
#include "tests/support/engine.hpp"
#include "tests/support/shared.hpp"
#include "zooport/base/text.hpp"
#include "zooport/convert/load.hpp"
#include "zooport/onnx/io.hpp"
#include "zooport/predict/predictor.hpp"
#include "zooport/tensor/npy.hpp"

// The networks inside, run on what they were run on before: by themselves, and as models.
namespace zooport::testing {

namespace {

using czann_corpus::File;
using tensor::Array;

// The network's member, whatever it is called.
Bytes network_of(const File& file) {
  for (archive::Member& member : czann_corpus::members_of(czann_corpus::bytes_of(file)))
    if (member.name.ends_with(".model")) return std::move(member.content);
  return {};
}

// Largest |found - expected| as a share of what is allowed; infinite if the shapes differ. Elements that are no numbers
// have to be so in both.
double excess(const Array& found, const Array& expected) {
  if (found.shape() != expected.shape()) return std::numeric_limits<double>::infinity();
  const Array a = Array::converted(found.view(), tensor::Dtype::kFloat64);
  const Array b = Array::converted(expected.view(), tensor::Dtype::kFloat64);
  double most = 0;
  for (std::size_t i = 0; i < a.as<double>().size(); ++i) {
    const double x = a.as<double>()[i];
    const double y = b.as<double>()[i];
    if (x == y || (std::isnan(x) && std::isnan(y))) continue;
    const double share = std::abs(x - y) / (1e-6 + 1e-5 * std::abs(y));
    most = std::isnan(share) ? std::numeric_limits<double>::infinity() : std::max(most, share);
  }
  return most;
}

Result<Array> by_network(const File& file, const Array& input, engine::Engine& engine) {
  ZOOPORT_TRY_ASSIGN(const onnx::Model network, onnx::read_model(network_of(file), {}));
  ZOOPORT_TRY_ASSIGN(const Bytes bytes, onnx::to_bytes(network));
  ZOOPORT_TRY_ASSIGN(const auto session, engine.load(bytes, {}, Context{}));
  ZOOPORT_TRY_ASSIGN(std::vector<Array> outputs, session->run({input.view()}, Context{}));
  return std::move(outputs.at(0));
}

// Images have red first, and networks of before CZANN blue: what they were run on, as an image.
Array with_red_first(const Array& input, const convert::Loaded& loaded) {
  if (!loaded.legacy || loaded.legacy->metadata.color_handling != "SplitRgb") return Array::copy_of(input.view());
  const std::vector<std::string>& types = loaded.legacy->metadata.pixel_types;
  if (types.size() != 1 || !types[0].starts_with("Bgr")) return Array::copy_of(input.view());
  tensor::View view = input.view();
  view.data += view.strides.back() * (view.shape.back() - 1);
  view.strides.back() = -view.strides.back();
  return Array::copy_of(view);
}

Result<Array> as_model(const File& file, const Array& input, const std::shared_ptr<engine::Engine>& engine) {
  ZOOPORT_TRY_ASSIGN(convert::Loaded loaded, convert::load_model(file.path, Context{}));
  const Array image = with_red_first(input, loaded);
  ZOOPORT_TRY_ASSIGN(predict::Predictor predictor,
                     predict::Predictor::open(std::move(loaded.model), engine, {}, Context{}));
  ZOOPORT_TRY_ASSIGN(std::vector<Array> outputs, predictor.run_whole({image.view()}, Context{}));
  return std::move(outputs.at(0));
}

}  // namespace

TEST(CzannCorpus, NetworksGiveTheRecordedNumbers) {
  ZOOPORT_NEEDS_SHARED();
  ZOOPORT_NEEDS_ENGINE();
  const auto engine = installed_engine();
  int runs = 0;
  int predictions = 0;
  double most = 0;
  std::map<std::string, int> refused;
  for (const File& file : czann_corpus::files()) {
    if (file.input_file.empty()) continue;
    SCOPED_TRACE(file.name);
    const Array input = tensor::read_npy_file(file.input_file, Limits{}).value();
    const Array expected = tensor::read_npy_file(file.output_file, Limits{}).value();
    const auto found = by_network(file, input, *engine);
    ASSERT_TRUE(found.ok()) << found.error().what.message;
    EXPECT_LE(excess(*found, expected), 1);
    most = std::max(most, excess(*found, expected));
    ++runs;
    const auto predicted = as_model(file, input, engine);
    if (!predicted) {
      ++refused[predicted.error().what.id];
      EXPECT_EQ(predicted.error().what.id, "convert.invalid-source") << predicted.error().what.message;
      continue;
    }
    EXPECT_LE(excess(*predicted, expected), 1) << "as a model";
    ++predictions;
  }
  std::cout << runs << " networks run, the largest difference " << most << " of what is allowed; " << predictions
            << " predicted as models\n";
  for (const auto& [id, count] : refused) std::cout << count << " refused as models: " << id << "\n";
  EXPECT_EQ(runs, 255);
  EXPECT_GE(predictions, 240);
}

TEST(CzannCorpus, SavedModelsWaitForTheirImporter) {
  ZOOPORT_NEEDS_SHARED();
  int waiting = 0;
  for (const File& file : czann_corpus::files()) {
    if (!file.holds_saved_model) continue;
    SCOPED_TRACE(file.name);
    EXPECT_TRUE(archive::looks_like_zip(network_of(file).span()));
    const auto loaded = convert::load_model(file.path, Context{});
    // The package is read; what asks for the network is refused by a sentence.
    if (loaded) {
      const auto network = loaded->model.choose("");
      EXPECT_FALSE(network.ok());
    }
    ++waiting;
  }
  std::cout << waiting << " archives with a SavedModel wait for the importer\n";
  EXPECT_EQ(waiting, 8);
}

}  // namespace zooport::testing
