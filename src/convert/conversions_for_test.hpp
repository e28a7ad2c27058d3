#pragma once

#include <gtest/gtest.h>

#include <string>
#include <utility>

#include "tests/support/shared.hpp"
#include "tests/support/temporary_folder.hpp"
#include "zooport/base/os/file.hpp"
#include "zooport/convert/convert_model.hpp"

namespace zooport::convert {

// Conversions to formats of ZEN, in a folder of their own.
class Conversions : public ::testing::Test {
 protected:
  std::string at(const std::string& name) const { return folder_ / name; }
  const ::zooport::testing::TemporaryFolder folder_;
};

inline Result<ConversionReport> converted(const std::string& source, const std::string& dest,
                                          const ConvertRequest& request, EngineOnDemand engine = nullptr) {
  const auto loaded = load_model(source, {});
  if (!loaded) return loaded.error();
  return convert_model(*loaded, dest, request, std::move(engine), {});
}

inline czann::Package package_in(const std::string& file) {
  const auto read = czann::read(*os::read_file(file, 1 << 24), {});
  EXPECT_TRUE(read.ok() && read->package) << file;
  return *read->package;
}

inline std::string onnx_input(const std::string& name) {
  return ::zooport::testing::shared_folder() + "/data/czmodel/onnx_inputs/" + name + ".onnx";
}

}  // namespace zooport::convert
