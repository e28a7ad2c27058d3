#pragma once

#include <gtest/gtest.h>

#include <string>
#include <utility>

#include "zooport/archive/zip.hpp"
#include "zooport/base/os/file.hpp"
#include "zooport/tensor/npy.hpp"

namespace zooport::testing {

// Arrays of a NumPy .npz file, by name. Failures are the test's.
class Npz {
 public:
  explicit Npz(const std::string& path) : reader_(open(path)) {}
  tensor::Array get(const std::string& name) const {
    const archive::Entry* entry = reader_.find(name + ".npy");
    if (!entry) {
      ADD_FAILURE() << "no array " << name;
      return {};
    }
    auto bytes = reader_.read(*entry, Context{});
    EXPECT_TRUE(bytes.ok());
    auto array = tensor::read_npy(*bytes, Limits{});
    EXPECT_TRUE(array.ok()) << array.error().what.message;
    return std::move(*array);
  }

 private:
  static archive::Reader open(const std::string& path) {
    return archive::Reader::open(os::read_file(path, Limits{}.archive_bytes).value(), Context{}).value();
  }
  archive::Reader reader_;
};

}  // namespace zooport::testing
