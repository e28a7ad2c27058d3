#include <algorithm>
#include <mutex>

#include "engine/isolated/exchange.hpp"
#include "zooport/base/os/process.hpp"
#include "zooport/base/text.hpp"
#include "zooport/engine/isolated.hpp"

// The process that wants networks to be run. It believes nothing that comes from the other one.
namespace zooport::engine {
namespace {

using namespace isolated;
using Clock = std::chrono::steady_clock;

constexpr std::chrono::seconds kToStart{60};
constexpr std::chrono::seconds kToDie{2};

// One process, and what its failures mean.
class Host {
 public:
  static Result<Host> start(const IsolationOptions& options, const Context& context);

  const Hello& hello() const { return hello_; }
  os::Channel& channel() { return child_.channel(); }
  Until until(const Context& context, std::chrono::milliseconds limit) const {
    return {context.stop, Clock::now() + limit};
  }
  // The error of an exchange that was not done; ends the process. `doing`: "loaded the network".
  Error failure(Outcome outcome, std::string_view doing);
  Error nonsense(std::string_view doing);
  // The engine ended the process while it was opened.
  Error unusable(Outcome outcome, const Message& message);
  // What the other side says is wrong.
  Error refusal(const Message& message, std::string_view doing);

 private:
  Error out_of_memory(const std::string& reason) const;
  Host(os::ChildProcess child, const IsolationOptions& options) : child_(std::move(child)), options_(options) {}
  os::ChildProcess child_;
  IsolationOptions options_;
  Hello hello_;
};

Error Host::failure(Outcome outcome, std::string_view doing) {
  if (outcome == Outcome::kStopped) {
    child_.end(std::chrono::milliseconds(0));
    return Context::cancelled();
  }
  if (outcome == Outcome::kDeadline) {
    child_.end(std::chrono::milliseconds(0));
    Error error = make_error(ErrorKind::kInvalid, "engine.time-limit",
                             concat("the engine's process was ended: it ", doing, " for more than ",
                                    std::chrono::duration<double>(options_.time_limit).count(), " s"));
    error.what.help = "--timeout SECONDS gives it more time; smaller tiles need less.";
    return error;
  }
  const std::string how = child_.end(kToDie);
  if (child_.exit_code() == kExitOutOfMemory) return out_of_memory(concat("it ended while it ", doing));
  Error error =
      make_error(ErrorKind::kInvalid, "engine.crashed", concat("the engine's process ", how, " while it ", doing));
  error.what.help = concat("It may have ", size_text(options_.memory),
                           " of memory: --memory SIZE changes that. The network may be broken or hostile.");
  return error;
}

Error Host::unusable(Outcome outcome, const Message& message) {
  if (outcome == Outcome::kDone && message.kind == Kind::kError && decode_error(message.head))
    return refusal(message, "opened the engine");
  std::string how = "gave an answer that makes no sense";
  if (outcome == Outcome::kDeadline) how = concat("did not do so within ", kToStart.count(), " s");
  if (outcome == Outcome::kClosed) how = child_.end(kToDie);
  child_.end(std::chrono::milliseconds(0));
  const std::string from = options_.engine_path.empty() ? "" : concat(" from ", printable(options_.engine_path));
  Error error = make_error(ErrorKind::kUnsupported, "engine.library-unusable",
                           concat("ONNX Runtime cannot be used", from, ": the process that was to open it ", how));
  error.what.help = "`zooport doctor` says which library is opened; --engine PATH names another.";
  return error;
}

Error Host::nonsense(std::string_view doing) {
  child_.end(std::chrono::milliseconds(0));
  return make_error(ErrorKind::kInvalid, "engine.protocol",
                    concat("the engine's process was ended: it gave an answer that makes no sense while it ", doing));
}

Error Host::refusal(const Message& message, std::string_view doing) {
  auto error = message.kind == Kind::kError ? decode_error(message.head) : std::nullopt;
  if (!error) return nonsense(doing);
  error->what.message = printable(error->what.message, 2000);
  error->what.help = printable(error->what.help, 2000);
  return error->what.id == "engine.out-of-memory" ? out_of_memory(error->what.message) : *error;
}

Error Host::out_of_memory(const std::string& reason) const {
  Error error = make_error(ErrorKind::kUnsupported, "engine.memory-limit",
                           concat("the engine's process needs more memory than the ", size_text(options_.memory),
                                  " that it may have: ", reason));
  error.what.help = "--memory SIZE gives it more; smaller tiles need less.";
  return error;
}

Result<Host> Host::start(const IsolationOptions& options, const Context& context) {
  if (context.stopped()) return Context::cancelled();
  ZOOPORT_TRY_ASSIGN(os::ChildProcess child,
                     os::ChildProcess::start(options.program, {kServeEngine, options.engine_path}));
  Host host(std::move(child), options);
  const Until until = host.until(context, kToStart);
  Message message;
  Outcome outcome = receive(host.channel(), message, until);
  const bool is_zooport = outcome == Outcome::kDone && message.kind == Kind::kStarted && message.head == kGreeting;
  if (is_zooport) outcome = receive(host.channel(), message, until);
  if (outcome == Outcome::kStopped) return host.failure(outcome, "");
  auto hello = message.kind == Kind::kHello ? decode_hello(message.head) : std::nullopt;
  if (is_zooport && !hello) return host.unusable(outcome, message);
  if (!is_zooport) {
    host.child_.end(std::chrono::milliseconds(0));
    return make_error(ErrorKind::kUnsupported, "engine.no-host",
                      concat(printable(options.program), " does not serve as the engine's process; expected zooport"));
  }
  host.hello_ = std::move(*hello);
  return host;
}

class IsolatedSession final : public Session {
 public:
  IsolatedSession(Host host, const IsolationOptions& options, std::optional<std::chrono::milliseconds> deadline)
      : host_(std::move(host)), options_(options), deadline_(deadline) {}

  Result<void> load(const Bytes& model, const SessionOptions& options, const Context& context);
  const std::vector<Port>& inputs() const override { return loaded_.inputs; }
  const std::vector<Port>& outputs() const override { return loaded_.outputs; }
  const std::string& provider() const override { return loaded_.provider; }
  Result<std::vector<tensor::Array>> run(const std::vector<tensor::View>& inputs, const Context& context) override;

 private:
  Error run_failure(Outcome outcome);
  bool are_outputs(const Tensors& tensors) const;

  Host host_;
  IsolationOptions options_;
  std::optional<std::chrono::milliseconds> deadline_;
  Loaded loaded_;
};

constexpr std::string_view kLoading = "loaded the network";
constexpr std::string_view kRunning = "ran the network";

Result<void> IsolatedSession::load(const Bytes& model, const SessionOptions& options, const Context& context) {
  const Until until = host_.until(context, options_.time_limit);
  Load wanted{options, options_.memory, model.size()};
  if (wanted.options.threads == 0) wanted.options.threads = context.threads;
  Message answer;
  Outcome outcome = send(host_.channel(), Kind::kLoad, encode(wanted), until);
  if (outcome == Outcome::kDone) outcome = host_.channel().write(model.span(), until);
  for (const FixedInput& input : options.fixed)
    if (outcome == Outcome::kDone) outcome = host_.channel().write(input.bytes.span(), until);
  if (outcome == Outcome::kDone) outcome = receive(host_.channel(), answer, until);
  if (outcome != Outcome::kDone) return host_.failure(outcome, kLoading);
  auto loaded = answer.kind == Kind::kLoaded ? decode_loaded(answer.head) : std::nullopt;
  if (!loaded) return host_.refusal(answer, kLoading);
  loaded_ = std::move(*loaded);
  loaded_.provider = printable(loaded_.provider);
  return {};
}

Error IsolatedSession::run_failure(Outcome outcome) {
  Error error = host_.failure(outcome, kRunning);
  if (outcome != Outcome::kDeadline || !deadline_ || *deadline_ > options_.time_limit) return error;
  return make_error(ErrorKind::kCancelled, "engine.deadline",
                    concat("the network did not finish within ", deadline_->count(), " ms"));
}

// As many as the network has, of its types and sizes, and not more than the other process can hold.
bool IsolatedSession::are_outputs(const Tensors& tensors) const {
  if (tensors.heads.size() != loaded_.outputs.size()) return false;
  std::uint64_t bytes = 0;
  for (std::size_t i = 0; i < tensors.heads.size(); ++i) {
    const Tensors::Head& head = tensors.heads[i];
    const Port& port = loaded_.outputs[i];
    if (head.dtype != port.dtype) return false;
    // No axes: a scalar, or a network that declares no shape.
    if (!port.shape.empty() && port.shape.size() != head.shape.size()) return false;
    for (std::size_t k = 0; k < port.shape.size(); ++k)
      if (port.shape[k] >= 0 && port.shape[k] != head.shape[k]) return false;
    bytes += static_cast<std::uint64_t>(tensor::element_count(head.shape)) * tensor::size_of(head.dtype);
    if (bytes > options_.memory) return false;
  }
  return true;
}

Result<std::vector<tensor::Array>> IsolatedSession::run(const std::vector<tensor::View>& inputs,
                                                        const Context& context) {
  const Until until = host_.until(context, std::min(options_.time_limit, deadline_.value_or(options_.time_limit)));
  Message answer;
  Outcome outcome = send_tensors(host_.channel(), Kind::kRun, inputs, until);
  if (outcome == Outcome::kDone) outcome = receive(host_.channel(), answer, until);
  if (outcome != Outcome::kDone) return run_failure(outcome);
  const auto heads = answer.kind == Kind::kRan ? decode_tensors(answer.head) : std::nullopt;
  if (!heads) return host_.refusal(answer, kRunning);
  if (!are_outputs(*heads)) return host_.nonsense(kRunning);
  std::vector<tensor::Array> outputs;
  for (const Tensors::Head& head : heads->heads) {
    auto output = tensor::Array::allocate(head.dtype, head.shape, context.limits);
    if (!output) {
      host_.failure(Outcome::kStopped, kRunning);  // the stream stands in the middle of an answer
      return std::move(output).error();
    }
    outcome = host_.channel().read(output->bytes(), until);
    if (outcome != Outcome::kDone) return run_failure(outcome);
    outputs.push_back(std::move(*output));
  }
  return outputs;
}

class IsolatedEngine final : public Engine {
 public:
  IsolatedEngine(Host host, IsolationOptions options)
      : hello_(host.hello()), options_(std::move(options)), spare_(std::move(host)) {}
  const std::string& name() const override { return hello_.name; }
  const std::string& version() const override { return hello_.version; }
  const std::string& path() const override { return hello_.path; }
  const std::vector<std::string>& providers() const override { return hello_.providers; }
  bool is_isolated() const override { return true; }
  Result<std::unique_ptr<Session>> load(const Bytes& model, const SessionOptions& options,
                                        const Context& context) override;

 private:
  Result<Host> host(const Context& context) {
    {
      const std::lock_guard lock(mutex_);
      if (spare_) {
        Host host = std::move(*spare_);
        spare_.reset();
        return host;
      }
    }
    return Host::start(options_, context);
  }

  Hello hello_;
  IsolationOptions options_;
  std::mutex mutex_;           // of:
  std::optional<Host> spare_;  // that was asked what the engine is, and has no session yet
};

Result<std::unique_ptr<Session>> IsolatedEngine::load(const Bytes& model, const SessionOptions& options,
                                                      const Context& context) {
  ZOOPORT_TRY(options.validate());
  ZOOPORT_TRY_ASSIGN(Host its_host, host(context));
  auto session = std::make_unique<IsolatedSession>(std::move(its_host), options_, options.deadline);
  ZOOPORT_TRY(session->load(model, options, context));
  return std::unique_ptr<Session>(std::move(session));
}

}  // namespace

bool is_misbehaviour(const Error& error) {
  const std::string& id = error.what.id;
  return id == "engine.crashed" || id == "engine.time-limit" || id == "engine.protocol";
}

bool is_lack_of_memory(const Error& error) {
  return error.what.id == "engine.memory-limit" || error.what.id == "engine.out-of-memory";
}

Result<void> IsolationOptions::validate() const {
  if (program.empty())
    return make_error(ErrorKind::kUsage, "engine.no-host",
                      "the program that serves as the engine's process is missing");
  if (time_limit.count() <= 0)
    return make_error(ErrorKind::kUsage, "engine.deadline-not-positive", "the time limit has to be positive");
  return {};
}

Result<std::shared_ptr<Engine>> open_isolated(const IsolationOptions& options, const Context& context) {
  ZOOPORT_TRY(options.validate());
  IsolationOptions used = options;
  if (used.memory == 0) used.memory = os::memory_bytes() / 2;
  ZOOPORT_TRY_ASSIGN(Host host, Host::start(used, context));
  return std::shared_ptr<Engine>(std::make_shared<IsolatedEngine>(std::move(host), std::move(used)));
}

}  // namespace zooport::engine
