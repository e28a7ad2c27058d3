#include <gtest/gtest.h>

#include <cmath>
#include <filesystem>
#include <map>

#include "tests/support/engine.hpp"
#include "tests/support/shared.hpp"
#include "tests/support/temporary_folder.hpp"
#include "zooport/archive/zip.hpp"
#include "zooport/base/os/file.hpp"
#include "zooport/base/text.hpp"
#include "zooport/convert/convert_source.hpp"
#include "zooport/czann/package.hpp"
#include "zooport/doc/json.hpp"
#include "zooport/tensor/npy.hpp"

// Conversion specifications with sizes and operations, against what Keras gave for czmodel's arguments of the call.
namespace zooport::testing {

namespace {

using tensor::Array;

std::string pipelines() { return shared_folder() + "/data/czmodel/keras_pipeline"; }

czann::Package package_of(const std::string& path) {
  const auto read = czann::read(os::read_file(path, Limits{}.archive_bytes).value(), {});
  EXPECT_TRUE(read.ok() && read->package) << path;
  return read.ok() && read->package ? *read->package : czann::Package{};
}

// [{"layer": "Shift", "shift": [1]}] as [{"Shift": {"shift": [1]}}].
std::string operations(const doc::Document& document, const doc::Node& list) {
  std::vector<std::string> all;
  const auto source = [&](const Span& span) {
    return std::string(document.source().substr(span.begin, span.end - span.begin));
  };
  for (const doc::Node& layer : list.children) {
    std::vector<std::string> arguments;
    for (const doc::Node& argument : layer.children) {
      if (argument.key != "layer") arguments.push_back(concat('"', argument.key, "\": ", source(argument.span)));
    }
    all.push_back(concat("{\"", layer.find("layer")->text, "\": {", join(arguments, ", "), "}}"));
  }
  return concat('[', join(all, ", "), ']');
}

std::string shape_json(const doc::Node& shape, const tensor::Shape& otherwise) {
  std::vector<std::int64_t> sizes;
  for (std::size_t i = 1; i < shape.children.size(); ++i)
    sizes.push_back(doc::integer_of(shape.children[i]).value_or(otherwise.at(i)));
  return shape_text(sizes);
}

// The largest amount by which a value leaves its tolerance; at most 0: none does.
double excess(const Array& found, const Array& expected, const doc::Node& tolerance) {
  if (found.shape() != expected.shape()) return 1e9;
  const double absolute = doc::real_of(*tolerance.find("atol"));
  const double relative = doc::real_of(*tolerance.find("rtol"));
  const Array a = Array::converted(found.view(), tensor::Dtype::kFloat64);
  const Array b = Array::converted(expected.view(), tensor::Dtype::kFloat64);
  double most = -1e9;
  for (std::size_t i = 0; i < a.as<double>().size(); ++i) {
    const double difference = std::abs(a.as<double>()[i] - b.as<double>()[i]);
    most =
        std::max(most, std::isnan(difference) ? 1e9 : difference - absolute - relative * std::abs(b.as<double>()[i]));
  }
  return most;
}

}  // namespace

TEST(CzmodelSpecs, PipelinesGiveWhatKerasGave) {
  ZOOPORT_NEEDS_SHARED();
  ZOOPORT_NEEDS_ENGINE();
  // Networks without operations, by the name of the Keras model; those of the second kind have another size than most
  // pipelines ask for.
  const std::map<std::string, std::string, std::less<>> plain = {{"models/seg2.h5", "plain_fixed"},
                                                                 {"models/seg2_dyn.h5", "spatial_dims"},
                                                                 {"models/seg3_rgb_dyn.h5", "spatial_dims_rgb"},
                                                                 {"models/seg3d_dyn.h5", "spatial_dims_3d"}};
  int samples = 0;
  int resized = 0;
  for (const auto& entry : std::filesystem::directory_iterator(pipelines())) {
    const std::string folder = entry.path().string();
    if (!std::filesystem::exists(folder + "/pipeline.json")) continue;
    const auto document = doc::read_json(std::string(os::read_file(folder + "/pipeline.json", 1 << 24)->text()));
    ASSERT_TRUE(document.ok());
    const doc::Node& pipeline = document->root();
    const auto known = plain.find(pipeline.find("model")->text);
    if (known == plain.end()) continue;
    SCOPED_TRACE(folder);
    const TemporaryFolder work;
    work.file("net.onnx",
              std::string(package_of(concat(pipelines(), "/", known->second, "/3.0.0.czann")).network.text()));
    for (const doc::Node& sample : pipeline.find("samples")->children) {
      const auto load = [&](std::string_view key) {
        return tensor::read_npy_file(concat(folder, "/", sample.find(key)->text), Limits{}).value();
      };
      const Array input = load("input");
      const Array keras = load("tensorflow");
      // Without sizes in the call Keras leaves them open: an image of the sample's size is what the file is for.
      std::vector<std::int64_t> size(input.shape().begin() + 1, input.shape().end() - 1);
      const std::string spec = work.file(
          "spec.json", concat(R"({"ModelMetadata": {"Type": "Regression", "InputShape": )",
                              shape_json(*pipeline.find("input_shape"), input.shape()), R"(, "OutputShape": )",
                              shape_json(*pipeline.find("output_shape"), keras.shape()),
                              R"(}, "ModelPath": "net.onnx", )", R"("SpatialDims": )", shape_text(size),
                              R"(, "PreProcessing": )", operations(*document, *pipeline.find("preprocessing")),
                              R"(, "PostProcessing": )", operations(*document, *pipeline.find("postprocessing")), "}"));
      const std::string out = work / concat("out", samples, ".czann");
      const auto report = convert::convert_source(spec, out, {}, {}, installed_engine(), {});
      ASSERT_TRUE(report.ok()) << report.error().what.message;
      ASSERT_EQ(report->verification.status, convert::Verification::Status::kPassed) << report->verification.reason;
      for (const std::string& step : report->steps) resized += step.starts_with("resize");
      const auto session = installed_engine()->load(package_of(out).network, {}, {});
      ASSERT_TRUE(session.ok()) << session.error().what.message;
      const auto found = (*session)->run({input.view()}, {});
      ASSERT_TRUE(found.ok()) << found.error().what.message;
      const doc::Node& tolerance = *sample.find("tolerance");
      EXPECT_LE(std::min(excess(found->at(0), keras, tolerance), excess(found->at(0), load("onnx"), tolerance)), 0);
      ++samples;
    }
  }
  std::cout << samples << " samples equal, " << resized << " of them of a network that was resized\n";
  EXPECT_GE(samples, 15);
  EXPECT_GE(resized, 5);
}

}  // namespace zooport::testing
