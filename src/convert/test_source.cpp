#include "zooport/convert/test_source.hpp"

#include "zooport/base/os/file.hpp"

namespace zooport::convert {

Result<predict::TestResult> test_source(const Loaded& source, const TestRequest& request,
                                        std::shared_ptr<engine::Engine> engine, const Context& context) {
  predict::TestOptions options;
  options.weights = request.weights;
  options.session = request.session;
  if (!request.save.empty()) {
    options.save_folder = request.save;
    options.save = predict::TestOptions::Save::kAll;
    options.may_replace = request.if_present == resource::IfPresent::kReplace;
  } else if (!context.cache_folder.empty()) {
    const std::string folder =
        os::join_path(os::join_path(context.cache_folder, "test"), source.opened.sha256.hex().substr(0, 16));
    // A cache that cannot be written is no reason not to test.
    if (os::make_folders(folder)) options.save_folder = folder;
    options.may_replace = true;
  }
  return predict::test_model(source.model, std::move(engine), options, context);
}

}  // namespace zooport::convert
