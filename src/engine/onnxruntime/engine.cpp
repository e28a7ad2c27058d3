#include "engine/onnxruntime/engine.hpp"

#include "engine/onnxruntime/status.hpp"

namespace zooport::engine {

namespace ort {

namespace {

class OnnxRuntime final : public Engine {
 public:
  explicit OnnxRuntime(std::shared_ptr<const Runtime> runtime) : runtime_(std::move(runtime)) {}
  const std::string& name() const override { return name_; }
  const std::string& version() const override { return runtime_->library.version; }
  const std::string& path() const override { return runtime_->library.file.path(); }
  const std::vector<std::string>& providers() const override { return runtime_->providers; }
  Result<std::unique_ptr<Session>> load(const Bytes& model, const SessionOptions& options,
                                        const Context& context) override {
    return load_session(runtime_, model, options, context);
  }

 private:
  std::shared_ptr<const Runtime> runtime_;
  std::string name_ = "onnxruntime";
};

Result<std::vector<std::string>> available_providers(const Api& api) {
  char** names = nullptr;
  int count = 0;
  ZOOPORT_ORT_LOAD(api, api.available_providers(&names, &count));
  std::vector<std::string> providers(names, names + count);
  take(api, api.release_available_providers(names, count));
  return providers;
}

}  // namespace

}  // namespace ort

Result<std::shared_ptr<Engine>> open_onnxruntime(const std::string& path, const Context& context) {
  using namespace ort;
  if (context.stopped()) return Context::cancelled();
  ZOOPORT_TRY_ASSIGN(Library library, find_library(path));
  auto runtime = std::make_shared<Runtime>(Runtime{std::move(library), {}, {}, {}});
  const Api& api = runtime->library.api;
  Env* env = nullptr;
  ZOOPORT_ORT_LOAD(api, api.create_env(kLoggingFatal, "zooport", &env));
  runtime->env = OwnedEnv(env, {&api});
  MemoryInfo* memory = nullptr;
  ZOOPORT_ORT_LOAD(api, api.create_cpu_memory_info(kArenaAllocator, kMemoryDefault, &memory));
  runtime->memory = OwnedMemoryInfo(memory, {&api});
  ZOOPORT_TRY_ASSIGN(runtime->providers, available_providers(api));
  return std::shared_ptr<Engine>(std::make_shared<OnnxRuntime>(std::move(runtime)));
}

}  // namespace zooport::engine
