#include "engine/onnxruntime/status.hpp"

#include <algorithm>

#include "zooport/base/text.hpp"

namespace zooport::engine::ort {

namespace {

// Where memory ran out, the sentence is the same whatever the library was doing.
bool is_out_of_memory(const Failure& failure) {
  return failure.message.find("Failed to allocate memory") != std::string::npos ||
         failure.message.find("bad_alloc") != std::string::npos ||
         failure.message.find("out of memory") != std::string::npos;
}

Error memory_error(const Failure& failure) {
  Error error = make_error(ErrorKind::kUnsupported, "engine.out-of-memory",
                           concat("the network needs more memory than there is: ", failure.message));
  error.what.help = "Use smaller tiles or one tile at a time.";
  return error;
}

}  // namespace

Failure take(const Api& api, Status* status) {
  if (!status) return {};
  Failure failure{api.error_code(status), {}};
  if (failure.code == 0) failure.code = kFail;
  const char* message = api.error_message(status);
  failure.message = cleaned(message ? message : "");
  api.release_status(status);
  return failure;
}

std::string cleaned(std::string_view message) {
  std::string out;
  for (std::size_t at = 0; at < message.size();) {
    const std::size_t end = std::min(message.find(' ', at), message.size());
    const std::string_view word = message.substr(at, end - at);
    const bool is_place = word.find(".cc:") != word.npos || word.find(".h:") != word.npos;
    if (!is_place && !word.empty()) out += concat(out.empty() ? "" : " ", word);
    at = end + 1;
  }
  while (!out.empty() && (out.back() == '\n' || out.back() == '\r')) out.pop_back();
  return printable(out, 600);
}

Error load_error(const Failure& failure) {
  if (is_out_of_memory(failure)) return memory_error(failure);
  const bool lacks_operator = failure.code == kNotImplemented;
  return make_error(lacks_operator ? ErrorKind::kUnsupported : ErrorKind::kInvalid, "engine.load-failed",
                    concat("ONNX Runtime refuses the network: ", failure.message));
}

Error run_error(const Failure& failure) {
  if (is_out_of_memory(failure)) return memory_error(failure);
  const bool lacks_operator = failure.code == kNotImplemented;
  return make_error(lacks_operator ? ErrorKind::kUnsupported : ErrorKind::kInvalid, "engine.run-failed",
                    concat("ONNX Runtime could not run the network: ", failure.message));
}

}  // namespace zooport::engine::ort
