#pragma once

#include <memory>
#include <string>

#include "zooport/base/context.hpp"
#include "zooport/convert/load.hpp"
#include "zooport/engine/engine.hpp"
#include "zooport/predict/test_model.hpp"
#include "zooport/resource/unpack.hpp"

namespace zooport::convert {

struct TestRequest {
  std::string weights;
  engine::SessionOptions session;
  // Where every output that was computed is kept, as ID.npy. Empty: those that differ are kept in the cache, in a
  // folder of the source's own, and replaced by its next test; without a cache they are not.
  std::string save;
  resource::IfPresent if_present = resource::IfPresent::kRefuse;  // of `save`
};

// Runs the model on its own test tensors: predict::test_model() with a place for what differs.
Result<predict::TestResult> test_source(const Loaded& source, const TestRequest& request,
                                        std::shared_ptr<engine::Engine> engine, const Context& context);

}  // namespace zooport::convert
