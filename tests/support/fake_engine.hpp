#pragma once

#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "zooport/engine/engine.hpp"

namespace zooport::testing {

// Computes a given function in the place of a network, whatever the model's bytes say.
struct FakeNetwork {
  std::vector<engine::Port> inputs;
  std::vector<engine::Port> outputs;
  std::function<Result<std::vector<tensor::Array>>(const std::vector<tensor::View>&)> compute;
};

class FakeSession final : public engine::Session {
 public:
  explicit FakeSession(FakeNetwork network) : network_(std::move(network)) {}
  const std::vector<engine::Port>& inputs() const override { return network_.inputs; }
  const std::vector<engine::Port>& outputs() const override { return network_.outputs; }
  const std::string& provider() const override { return provider_; }
  Result<std::vector<tensor::Array>> run(const std::vector<tensor::View>& inputs, const Context& context) override {
    if (context.stopped()) return Context::cancelled();
    return network_.compute(inputs);
  }

 private:
  FakeNetwork network_;
  std::string provider_ = "CPU";
};

class FakeEngine final : public engine::Engine {
 public:
  explicit FakeEngine(FakeNetwork network) : network_(std::move(network)) {}
  const std::string& name() const override { return name_; }
  const std::string& version() const override { return version_; }
  const std::string& path() const override { return path_; }
  const std::vector<std::string>& providers() const override { return providers_; }
  Result<std::unique_ptr<engine::Session>> load(const Bytes&, const engine::SessionOptions& options,
                                                const Context&) override {
    ZOOPORT_TRY(options.validate());
    return std::unique_ptr<engine::Session>(std::make_unique<FakeSession>(network_));
  }

 private:
  FakeNetwork network_;
  std::string name_ = "fake";
  std::string version_ = "1";
  std::string path_;
  std::vector<std::string> providers_ = {"CPUExecutionProvider"};
};

}  // namespace zooport::testing
