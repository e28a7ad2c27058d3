#include "convert/named_engine.hpp"

#include "zooport/base/text.hpp"
#include "zooport/engine/isolated.hpp"

namespace zooport::convert {
namespace {

Error of_side(Error error, const std::string& side) {
  if (engine::is_misbehaviour(error) || engine::is_lack_of_memory(error))
    error.what.message = concat(side, ": ", error.what.message);
  return error;
}

class NamedSession final : public engine::Session {
 public:
  NamedSession(std::unique_ptr<engine::Session> session, std::string side)
      : session_(std::move(session)), side_(std::move(side)) {}
  const std::vector<engine::Port>& inputs() const override { return session_->inputs(); }
  const std::vector<engine::Port>& outputs() const override { return session_->outputs(); }
  const std::string& provider() const override { return session_->provider(); }
  Result<std::vector<tensor::Array>> run(const std::vector<tensor::View>& inputs, const Context& context) override {
    auto outputs = session_->run(inputs, context);
    if (!outputs) return of_side(std::move(outputs).error(), side_);
    return outputs;
  }

 private:
  std::unique_ptr<engine::Session> session_;
  std::string side_;
};

class NamedEngine final : public engine::Engine {
 public:
  NamedEngine(std::shared_ptr<engine::Engine> engine, std::string side)
      : engine_(std::move(engine)), side_(std::move(side)) {}
  const std::string& name() const override { return engine_->name(); }
  const std::string& version() const override { return engine_->version(); }
  const std::string& path() const override { return engine_->path(); }
  const std::vector<std::string>& providers() const override { return engine_->providers(); }
  bool is_isolated() const override { return engine_->is_isolated(); }
  Result<std::unique_ptr<engine::Session>> load(const Bytes& model, const engine::SessionOptions& options,
                                                const Context& context) override {
    auto session = engine_->load(model, options, context);
    if (!session) {
      Error error = std::move(session).error();
      if (error.kind != ErrorKind::kCancelled) error.what.message = concat(side_, ": ", error.what.message);
      return error;
    }
    return std::unique_ptr<engine::Session>(std::make_unique<NamedSession>(std::move(*session), side_));
  }

 private:
  std::shared_ptr<engine::Engine> engine_;
  std::string side_;
};

}  // namespace

std::shared_ptr<engine::Engine> named_engine(std::shared_ptr<engine::Engine> engine, std::string side) {
  return std::make_shared<NamedEngine>(std::move(engine), std::move(side));
}

}  // namespace zooport::convert
