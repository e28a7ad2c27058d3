#include <algorithm>
#include <charconv>
#include <limits>

#include "engine/onnxruntime/engine.hpp"
#include "engine/onnxruntime/ports.hpp"
#include "engine/onnxruntime/status.hpp"
#include "engine/onnxruntime/terminator.hpp"
#include "zooport/base/os/process.hpp"
#include "zooport/base/text.hpp"

namespace zooport::engine::ort {

namespace {

constexpr std::string_view kCudaProvider = "CUDAExecutionProvider";

class OnnxSession final : public Session {
 public:
  OnnxSession(std::shared_ptr<const Runtime> runtime, OwnedHandle handle, std::vector<Port> inputs,
              std::vector<Port> outputs, std::vector<FixedInput> fixed, std::string provider,
              std::optional<std::chrono::milliseconds> deadline)
      : runtime_(std::move(runtime)),
        handle_(std::move(handle)),
        inputs_(std::move(inputs)),
        outputs_(std::move(outputs)),
        fixed_(std::move(fixed)),
        provider_(std::move(provider)),
        deadline_(deadline) {}

  const std::vector<Port>& inputs() const override { return inputs_; }
  const std::vector<Port>& outputs() const override { return outputs_; }
  const std::string& provider() const override { return provider_; }
  Result<std::vector<tensor::Array>> run(const std::vector<tensor::View>& inputs, const Context& context) override;

 private:
  const Api& api() const { return runtime_->library.api; }
  Result<OwnedValue> wrap(const std::byte* data, tensor::Dtype dtype, const tensor::Shape& shape);
  Result<tensor::Array> unwrap(Value* value, const Port& port);
  // What the run gets as that input, by the caller or by the session; none: there is no such input.
  std::optional<tensor::View> input_named(const std::string& name, const std::vector<tensor::View>& inputs) const;

  std::shared_ptr<const Runtime> runtime_;
  OwnedHandle handle_;
  std::vector<Port> inputs_;
  std::vector<Port> outputs_;
  std::vector<FixedInput> fixed_;
  std::string provider_;
  std::optional<std::chrono::milliseconds> deadline_;
};

// A tensor over the caller's memory, which has to outlive it.
Result<OwnedValue> OnnxSession::wrap(const std::byte* data, tensor::Dtype dtype, const tensor::Shape& shape) {
  static constexpr std::byte kNothing{};
  const std::int64_t count = tensor::element_count(shape);
  if (count < 0) return make_error(ErrorKind::kUsage, "engine.input-mismatch", "a shape has a negative dimension");
  const std::size_t size = static_cast<std::size_t>(count) * tensor::size_of(dtype);
  // The library writes only to outputs; its parameter is not const because it serves both.
  void* memory = const_cast<std::byte*>(size == 0 ? &kNothing : data);
  Value* value = nullptr;
  ZOOPORT_ORT_RUN(api(), api().wrap_tensor(runtime_->memory.get(), memory, size, shape.data(), shape.size(),
                                           element_of(dtype), &value));
  return OwnedValue(value, {&api()});
}

Result<tensor::Array> OnnxSession::unwrap(Value* value, const Port& port) {
  int is_tensor = 0;
  ZOOPORT_ORT_RUN(api(), api().is_tensor(value, &is_tensor));
  if (!is_tensor) {
    return make_error(ErrorKind::kUnsupported, "engine.port-type",
                      concat("the network's output ", printable(port.name), " is no tensor"));
  }
  TensorInfo* raw = nullptr;
  ZOOPORT_ORT_RUN(api(), api().tensor_info(value, &raw));
  const OwnedTensorInfo info(raw, {&api()});
  int element = 0;
  ZOOPORT_ORT_RUN(api(), api().element_type(info.get(), &element));
  ZOOPORT_TRY_ASSIGN(const tensor::Dtype dtype, dtype_of_element(element, port.name));
  std::size_t rank = 0;
  ZOOPORT_ORT_RUN(api(), api().dimension_count(info.get(), &rank));
  tensor::Shape shape(rank);
  if (rank > 0) ZOOPORT_ORT_RUN(api(), api().dimensions(info.get(), shape.data(), rank));
  void* data = nullptr;
  ZOOPORT_ORT_RUN(api(), api().tensor_data(value, &data));
  tensor::Array array = tensor::Array::uninitialized(dtype, std::move(shape));
  const auto* bytes = static_cast<const std::byte*>(data);
  std::copy(bytes, bytes + array.bytes().size(), array.bytes().data());
  return array;
}

tensor::View view_of(const FixedInput& input) {
  return {input.bytes.data(), input.dtype, input.shape, tensor::contiguous_strides(input.dtype, input.shape)};
}

// Without axes it may be a scalar, or of unknown shape.
bool is_fixed(const Port& port) {
  return !port.shape.empty() &&
         std::all_of(port.shape.begin(), port.shape.end(), [](std::int64_t size) { return size >= 0; });
}

std::optional<tensor::View> OnnxSession::input_named(const std::string& name,
                                                     const std::vector<tensor::View>& inputs) const {
  for (std::size_t i = 0; i < inputs_.size(); ++i)
    if (inputs_[i].name == name) return inputs[i];
  for (const FixedInput& input : fixed_)
    if (input.name == name) return view_of(input);
  return std::nullopt;
}

Result<std::vector<tensor::Array>> OnnxSession::run(const std::vector<tensor::View>& inputs, const Context& context) {
  if (context.stopped()) return Context::cancelled();
  if (inputs.size() != inputs_.size()) {
    return make_error(ErrorKind::kUsage, "engine.input-mismatch",
                      concat("the network takes ", inputs_.size(), " inputs, found ", inputs.size()));
  }
  std::vector<tensor::Array> copies;  // of inputs that are not contiguous
  copies.reserve(inputs.size());
  std::vector<OwnedValue> owned;
  std::vector<const Value*> given;
  std::vector<const char*> input_names;
  for (std::size_t i = 0; i < inputs.size(); ++i) {
    ZOOPORT_TRY(check_input(inputs_[i], inputs[i]));
    const std::byte* data = inputs[i].data;
    if (!inputs[i].is_contiguous()) data = copies.emplace_back(tensor::Array::copy_of(inputs[i])).bytes().data();
    ZOOPORT_TRY_ASSIGN(OwnedValue value, wrap(data, inputs[i].dtype, inputs[i].shape));
    given.push_back(value.get());
    owned.push_back(std::move(value));
    input_names.push_back(inputs_[i].name.c_str());
  }

  for (const FixedInput& input : fixed_) {
    ZOOPORT_TRY_ASSIGN(OwnedValue value, wrap(input.bytes.data(), input.dtype, input.shape));
    given.push_back(value.get());
    owned.push_back(std::move(value));
    input_names.push_back(input.name.c_str());
  }

  // Outputs of known size are written where the caller gets them; of others the library's memory is copied.
  std::vector<tensor::Array> results(outputs_.size());
  std::vector<Value*> produced(outputs_.size(), nullptr);
  std::vector<const char*> output_names;
  for (std::size_t i = 0; i < outputs_.size(); ++i) {
    output_names.push_back(outputs_[i].name.c_str());
    if (!is_fixed(outputs_[i])) continue;
    results[i] = tensor::Array::uninitialized(outputs_[i].dtype, outputs_[i].shape);
    ZOOPORT_TRY_ASSIGN(OwnedValue value, wrap(results[i].bytes().data(), outputs_[i].dtype, outputs_[i].shape));
    produced[i] = value.get();
    owned.push_back(std::move(value));
  }
  const std::vector<Value*> preallocated = produced;

  RunOptions* raw = nullptr;
  ZOOPORT_ORT_RUN(api(), api().create_run_options(&raw));
  const OwnedRunOptions run_options(raw, {&api()});
  Failure failure;
  Terminator::Cause cause;
  {
    Terminator terminator(api(), run_options.get(), context.stop, deadline_);
    failure = take(api(), api().run(handle_.get(), run_options.get(), input_names.data(), given.data(), given.size(),
                                    output_names.data(), output_names.size(), produced.data()));
    cause = terminator.finish();
  }
  for (std::size_t i = 0; i < produced.size(); ++i) {
    if (produced[i] && produced[i] != preallocated[i])
      owned.emplace_back(produced[i], OwnedValue::deleter_type{&api()});
  }
  if (failure.code != 0) {
    if (cause == Terminator::Cause::kStop) return Context::cancelled();
    if (cause == Terminator::Cause::kDeadline) {
      return make_error(ErrorKind::kCancelled, "engine.deadline",
                        concat("the network did not finish within ", deadline_->count(), " ms"));
    }
    return run_error(failure);
  }
  for (std::size_t i = 0; i < produced.size(); ++i) {
    // An input that is handed out as it came is not copied by the library into what it was given for the output.
    if (const auto input = input_named(outputs_[i].name, inputs)) {
      results[i] = tensor::Array::copy_of(*input);
      continue;
    }
    if (produced[i] == preallocated[i]) continue;
    ZOOPORT_TRY_ASSIGN(results[i], unwrap(produced[i], outputs_[i]));
  }
  return results;
}

unsigned threads_for(const SessionOptions& options, const Context& context) {
  if (options.threads > 0) return options.threads;
  return context.threads > 0 ? context.threads : os::processor_count();
}

// Whether nodes that the device's provider does not know may run on the processor.
enum class Others : std::uint8_t { kRefused, kOnProcessor };

Result<void> append_cuda(const Api& api, Options* options, const std::string& device) {
  CudaOptions* raw = nullptr;
  ZOOPORT_ORT_LOAD(api, api.create_cuda_options(&raw));
  const OwnedCudaOptions cuda(raw, {&api});
  const std::string number = device.size() > 5 ? device.substr(5) : "0";
  const char* key = "device_id";
  const char* value = number.c_str();
  ZOOPORT_ORT_LOAD(api, api.update_cuda_options(cuda.get(), &key, &value, 1));
  ZOOPORT_ORT_LOAD(api, api.append_cuda(options, cuda.get()));
  return {};
}

Result<OwnedOptions> make_options(const Api& api, const SessionOptions& options, unsigned threads, Others others) {
  Options* raw = nullptr;
  ZOOPORT_ORT_LOAD(api, api.create_options(&raw));
  OwnedOptions made(raw, {&api});
  const bool is_optimized = options.optimization == Optimization::kAll;
  ZOOPORT_ORT_LOAD(api, api.set_optimization_level(raw, is_optimized ? kEveryOptimization : kNoOptimization));
  ZOOPORT_ORT_LOAD(api, api.set_execution_mode(raw, kSequential));
  ZOOPORT_ORT_LOAD(api, api.set_intra_threads(raw, static_cast<int>(std::min(threads, 1024u))));
  ZOOPORT_ORT_LOAD(api, api.set_inter_threads(raw, 1));
  ZOOPORT_ORT_LOAD(api, api.add_config(raw, "session.intra_op.allow_spinning", "0"));
  ZOOPORT_ORT_LOAD(api, api.add_config(raw, "session.inter_op.allow_spinning", "0"));
  if (!options.use_arena) {
    ZOOPORT_ORT_LOAD(api, api.disable_cpu_arena(raw));
    ZOOPORT_ORT_LOAD(api, api.disable_memory_pattern(raw));
  }
  if (options.device != "cpu") {
    ZOOPORT_TRY(append_cuda(api, raw, options.device));
    if (others == Others::kRefused) ZOOPORT_ORT_LOAD(api, api.add_config(raw, "session.disable_cpu_ep_fallback", "1"));
  }
  return made;
}

Result<OwnedHandle> create(const Runtime& runtime, const Bytes& model, const Options* options) {
  const Api& api = runtime.library.api;
  Handle* handle = nullptr;
  ZOOPORT_ORT_LOAD(api, api.create_session(runtime.env.get(), model.data(), model.size(), options, &handle));
  return OwnedHandle(handle, {&api});
}

// Leaves the ports that the caller gives.
Result<void> take_fixed(std::vector<Port>& inputs, const std::vector<FixedInput>& fixed) {
  for (const FixedInput& input : fixed) {
    const auto port =
        std::find_if(inputs.begin(), inputs.end(), [&](const Port& one) { return one.name == input.name; });
    if (port == inputs.end()) {
      return make_error(ErrorKind::kUsage, "engine.input-mismatch",
                        concat("the network has no input ", printable(input.name), " that could be fixed"));
    }
    ZOOPORT_TRY(check_input(*port, view_of(input)));
    inputs.erase(port);
  }
  return {};
}

}  // namespace

Result<std::unique_ptr<Session>> load_session(std::shared_ptr<const Runtime> runtime, const Bytes& model,
                                              const SessionOptions& options, const Context& context) {
  ZOOPORT_TRY(options.validate());
  if (context.stopped()) return Context::cancelled();
  const Api& api = runtime->library.api;
  const bool on_cuda = options.device != "cpu";
  if (on_cuda &&
      std::find(runtime->providers.begin(), runtime->providers.end(), kCudaProvider) == runtime->providers.end()) {
    Error error = make_error(ErrorKind::kUnsupported, "engine.no-provider",
                             concat("the device ", options.device, " needs the provider ", kCudaProvider,
                                    "; this ONNX Runtime ", runtime->library.version, " (",
                                    printable(runtime->library.file.path()), ") has ", join(runtime->providers, ", ")));
    error.what.help = "Install onnxruntime-gpu, or use the device cpu.";
    return error;
  }
  if (model.size() > static_cast<std::size_t>(std::numeric_limits<std::int32_t>::max())) {
    return make_error(ErrorKind::kUnsupported, "engine.model-too-large",
                      concat("the network has ", size_text(model.size()), "; the engine takes at most 2 GiB"));
  }
  const unsigned threads = threads_for(options, context);
  std::string provider = on_cuda ? "CUDA" : "CPU";
  ZOOPORT_TRY_ASSIGN(OwnedOptions strict, make_options(api, options, threads, Others::kRefused));
  auto handle = create(*runtime, model, strict.get());
  if (!handle && on_cuda && handle.error().what.message.find("fallback") != std::string::npos) {
    provider = "CUDA, some nodes on CPU";
    ZOOPORT_TRY_ASSIGN(OwnedOptions mixed, make_options(api, options, threads, Others::kOnProcessor));
    handle = create(*runtime, model, mixed.get());
  }
  if (!handle) return std::move(handle).error();
  ZOOPORT_TRY_ASSIGN(std::vector<Port> inputs, input_ports(api, handle->get()));
  ZOOPORT_TRY(take_fixed(inputs, options.fixed));
  ZOOPORT_TRY_ASSIGN(std::vector<Port> outputs, output_ports(api, handle->get()));
  return std::unique_ptr<Session>(std::make_unique<OnnxSession>(std::move(runtime), std::move(*handle),
                                                                std::move(inputs), std::move(outputs), options.fixed,
                                                                std::move(provider), options.deadline));
}

}  // namespace zooport::engine::ort
