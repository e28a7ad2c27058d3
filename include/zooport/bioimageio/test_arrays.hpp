#pragma once

#include <string>
#include <vector>

#include "zooport/bioimageio/description.hpp"
#include "zooport/resource/resource.hpp"
#include "zooport/tensor/array.hpp"
#include "zooport/tensor/axes.hpp"

// The tensors that a model is tested with.
namespace zooport::bioimageio {

// What stands behind a source of a description: a file of its root, or one from the web.
Result<Bytes> read_source(const resource::Root& root, const std::string& source, const Context& context);

struct TestFile {
  std::string id;      // of the input or output
  std::string source;  // a path relative to the description, or a URL
  tensor::Axes axes;   // as the input or output describes them; a file may have others
};
// Of those inputs and outputs that have one, in the order of the description.
std::vector<TestFile> input_test_files(const ModelDescription& model);
std::vector<TestFile> output_test_files(const ModelDescription& model);

struct TestArray {
  std::string id;
  tensor::Axes axes;
  tensor::Array array;
};
// Reads whole arrays; limits.array_bytes bounds each. Errors: a description that is no valid model (kUsage), files that
// cannot be read, and those of tensor::read_npy().
Result<std::vector<TestArray>> get_input_test_arrays(const Description& description, const resource::Root& root,
                                                     const Context& context);
Result<std::vector<TestArray>> get_output_test_arrays(const Description& description, const resource::Root& root,
                                                      const Context& context);

}  // namespace zooport::bioimageio
