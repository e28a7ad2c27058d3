#include <algorithm>
#include <array>
#include <cstdlib>
#include <exception>
#include <new>
#include <system_error>

#include "engine/isolated/exchange.hpp"
#include "zooport/base/text.hpp"
#include "zooport/engine/isolated.hpp"

// The process that holds the engine.
namespace zooport::engine {
namespace {

using namespace isolated;

class Server {
 public:
  Server(os::Channel channel, std::shared_ptr<Engine> engine)
      : channel_(std::move(channel)), engine_(std::move(engine)) {}

  // Until the other side closes the stream.
  void run() {
    Message message;
    while (receive(channel_, message, {}) == Outcome::kDone) {
      Outcome outcome = Outcome::kClosed;
      if (message.kind == Kind::kLoad) outcome = load(message.head);
      if (message.kind == Kind::kRun) outcome = compute(message.head);
      if (outcome != Outcome::kDone) return;
    }
  }

 private:
  Outcome refuse(const Error& error) { return send(channel_, Kind::kError, encode(error), {}); }
  Outcome load(std::string_view head);
  Outcome compute(std::string_view head);
  // Reads what is not wanted, so that the answer can be given.
  Outcome skip(std::uint64_t bytes);
  // Reads the elements of an array; where there is no memory for them, they are skipped and `error` is set.
  Outcome keep(tensor::Dtype dtype, const tensor::Shape& shape, Bytes& bytes, std::optional<Error>& error);

  os::Channel channel_;
  std::shared_ptr<Engine> engine_;
  std::unique_ptr<Session> session_;
};

Outcome Server::skip(std::uint64_t bytes) {
  std::array<std::byte, 65536> rest;
  while (bytes > 0) {
    const auto size = static_cast<std::size_t>(std::min<std::uint64_t>(bytes, rest.size()));
    if (const Outcome outcome = channel_.read(std::span(rest).first(size), {}); outcome != Outcome::kDone)
      return outcome;
    bytes -= size;
  }
  return Outcome::kDone;
}

Outcome Server::keep(tensor::Dtype dtype, const tensor::Shape& shape, Bytes& bytes, std::optional<Error>& error) {
  const auto size = static_cast<std::uint64_t>(tensor::element_count(shape)) * tensor::size_of(dtype);
  if (error) return skip(size);
  auto array = tensor::Array::allocate(dtype, shape, {});
  if (!array) {
    error = make_error(ErrorKind::kUnsupported, "engine.out-of-memory", array.error().what.message);
    return skip(size);
  }
  const auto kept = std::make_shared<tensor::Array>(std::move(*array));
  bytes = Bytes(kept, kept->bytes());
  return channel_.read(kept->bytes(), {});
}

Outcome Server::load(std::string_view head) {
  auto wanted = decode_load(head);
  if (!wanted || wanted->model_bytes > INT64_MAX) return Outcome::kClosed;
  // Drivers of accelerators reserve far more than they use.
  os::limit_own_memory(wanted->options.device == "cpu" ? wanted->memory : 0);
  std::optional<Error> error;
  Bytes model;
  Outcome outcome = keep(tensor::Dtype::kUint8, {static_cast<std::int64_t>(wanted->model_bytes)}, model, error);
  for (FixedInput& input : wanted->options.fixed)
    if (outcome == Outcome::kDone) outcome = keep(input.dtype, input.shape, input.bytes, error);
  if (outcome != Outcome::kDone) return outcome;
  if (error) return refuse(*error);
  auto session = engine_->load(model, wanted->options, {});
  model = {};
  if (!session) {
    error = session.error();
    // A thread whose stack does not fit into the limit says nothing about the network.
    if (wanted->memory > 0 && error->what.message.find("pthread_create") != std::string::npos)
      error = make_error(ErrorKind::kUnsupported, "engine.out-of-memory", "no threads can be started");
    return refuse(*error);
  }
  session_ = std::move(*session);
  return send(channel_, Kind::kLoaded, encode(Loaded{session_->inputs(), session_->outputs(), session_->provider()}),
              {});
}

Outcome Server::compute(std::string_view head) {
  const auto given = decode_tensors(head);
  if (!given || !session_) return Outcome::kClosed;
  std::vector<tensor::Array> inputs;
  std::vector<tensor::View> views;
  std::optional<Error> error;
  for (const Tensors::Head& of : given->heads) {
    const auto bytes = static_cast<std::uint64_t>(tensor::element_count(of.shape)) * tensor::size_of(of.dtype);
    auto input = tensor::Array::allocate(of.dtype, of.shape, {});
    if (!input && !error)
      error = make_error(ErrorKind::kUnsupported, "engine.out-of-memory", input.error().what.message);
    const Outcome outcome = input ? channel_.read(input->bytes(), {}) : skip(bytes);
    if (outcome != Outcome::kDone) return outcome;
    if (input) inputs.push_back(std::move(*input));
  }
  if (error) return refuse(*error);
  for (const tensor::Array& input : inputs) views.push_back(input.view());
  const auto outputs = session_->run(views, {});
  if (!outputs) return refuse(outputs.error());
  views.clear();
  for (const tensor::Array& output : *outputs) views.push_back(output.view());
  return send_tensors(channel_, Kind::kRan, views, {});
}

// The engine lets exceptions of its own threads end the process.
[[noreturn]] void end_by_exception() {
  try {
    if (const std::exception_ptr exception = std::current_exception()) std::rethrow_exception(exception);
  } catch (const std::bad_alloc&) {
    std::_Exit(kExitOutOfMemory);
  } catch (const std::system_error& error) {  // a thread that cannot be had
    if (error.code() == std::errc::resource_unavailable_try_again || error.code() == std::errc::not_enough_memory)
      std::_Exit(kExitOutOfMemory);
  } catch (...) {
  }
  std::abort();
}

}  // namespace

Result<void> serve_engine(const std::string& engine_path) {
  ZOOPORT_TRY_ASSIGN(os::Channel channel, os::Channel::to_parent());
  channel.end_process_when_closed();
  std::set_terminate(&end_by_exception);
  if (send(channel, Kind::kStarted, std::string(kGreeting), {}) != Outcome::kDone) return {};
  const auto engine = open_onnxruntime(engine_path, {});
  if (!engine) {
    send(channel, Kind::kError, encode(engine.error()), {});
    return {};
  }
  const Hello hello{(*engine)->name(), (*engine)->version(), (*engine)->path(), (*engine)->providers()};
  if (send(channel, Kind::kHello, encode(hello), {}) == Outcome::kDone) Server(std::move(channel), *engine).run();
  return {};
}

}  // namespace zooport::engine
