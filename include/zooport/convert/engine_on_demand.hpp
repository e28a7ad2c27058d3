#pragma once

#include <cstddef>
#include <functional>
#include <memory>

#include "zooport/base/result.hpp"
#include "zooport/engine/engine.hpp"

namespace zooport::convert {

// An engine for work that may turn out to need none: it is opened when it is asked for the first time.
class EngineOnDemand {
 public:
  using Open = std::function<Result<std::shared_ptr<engine::Engine>>()>;

  EngineOnDemand(std::nullptr_t = nullptr) {}
  EngineOnDemand(std::shared_ptr<engine::Engine> engine) : engine_(std::move(engine)) {}
  template <class Engine>
  EngineOnDemand(std::shared_ptr<Engine> engine) : engine_(std::move(engine)) {}
  explicit EngineOnDemand(Open open) : open_(std::move(open)) {}

  // Errors: that of opening it; convert.no-engine (kUnsupported) where none was given.
  Result<std::shared_ptr<engine::Engine>> get();

 private:
  std::shared_ptr<engine::Engine> engine_;
  Open open_;
};

}  // namespace zooport::convert
