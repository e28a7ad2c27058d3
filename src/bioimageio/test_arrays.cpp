#include "zooport/bioimageio/test_arrays.hpp"

#include "zooport/resource/remote.hpp"
#include "zooport/tensor/npy.hpp"

namespace zooport::bioimageio {
namespace {

template <class Tensors, class Files>
std::vector<TestFile> files_of(const Tensors& tensors, const Files& files) {
  std::vector<TestFile> out;
  for (std::size_t i = 0; i < std::min(tensors.size(), files.size()); ++i)
    out.push_back({tensors[i].name.value, files[i].value, tensor::axes_from_letters(tensors[i].axes.value)});
  return out;
}

Result<std::vector<TestArray>> arrays_of(std::vector<TestFile> (*files)(const ModelDescription&),
                                         const Description& description, const resource::Root& root,
                                         const Context& context) {
  if (description.status != Status::kValid || !description.model())
    return make_error(ErrorKind::kUsage, "zooport.invalid-description", "only a valid model has test tensors");
  std::vector<TestArray> arrays;
  for (TestFile& file : files(*description.model())) {
    ZOOPORT_TRY_ASSIGN(const Bytes bytes, read_source(root, file.source, context));
    Result<tensor::Array> array = tensor::read_npy(bytes, context.limits);
    if (!array) {
      Error error = std::move(array).error();
      error.what.file = file.source;
      return error;
    }
    arrays.push_back({std::move(file.id), std::move(file.axes), std::move(array).value()});
  }
  return arrays;
}

}  // namespace

Result<Bytes> read_source(const resource::Root& root, const std::string& source, const Context& context) {
  if (!is_url(source)) return root.read(source, context);
  ZOOPORT_TRY_ASSIGN(resource::Fetched fetched, resource::fetch(source, {}, context));
  return std::move(fetched.bytes);
}

std::vector<TestFile> input_test_files(const ModelDescription& model) {
  return files_of(model.inputs, model.test_inputs);
}
std::vector<TestFile> output_test_files(const ModelDescription& model) {
  return files_of(model.outputs, model.test_outputs);
}

Result<std::vector<TestArray>> get_input_test_arrays(const Description& description, const resource::Root& root,
                                                     const Context& context) {
  return arrays_of(&input_test_files, description, root, context);
}
Result<std::vector<TestArray>> get_output_test_arrays(const Description& description, const resource::Root& root,
                                                      const Context& context) {
  return arrays_of(&output_test_files, description, root, context);
}

}  // namespace zooport::bioimageio
