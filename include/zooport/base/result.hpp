#pragma once

#include <utility>
#include <variant>

#include "zooport/base/diagnostics.hpp"

namespace zooport {

// Why an operation could not be done; each kind has one exit code in the command line.
enum class ErrorKind : std::uint8_t {
  kInvalid,      // the document or file is wrong (1)
  kUsage,        // the caller asked for something contradictory (2)
  kIo,           // a source cannot be read, or a destination written (3)
  kUnsupported,  // recognised, but zooport cannot do it (4)
  kInternal,     // our own mistake (5)
  kCancelled,    // the stop token was set
};

struct Error {
  ErrorKind kind = ErrorKind::kInternal;
  Diagnostic what;
};

inline Error make_error(ErrorKind kind, std::string id, std::string message) {
  Error error{kind, {}};
  error.what.id = std::move(id);
  error.what.message = std::move(message);
  return error;
}

// "The operation could not be done": a value, or the one error that says why not. Everything that is merely wrong with
// a document goes to Diagnostics instead.
template <class T>
class [[nodiscard]] Result {
 public:
  using value_type = T;
  Result(T value) : state_(std::in_place_index<0>, std::move(value)) {}
  Result(Error why) : state_(std::in_place_index<1>, std::move(why)) {}

  bool ok() const { return state_.index() == 0; }
  explicit operator bool() const { return ok(); }
  T& value() & { return std::get<0>(state_); }
  const T& value() const& { return std::get<0>(state_); }
  T&& value() && { return std::get<0>(std::move(state_)); }
  T& operator*() & { return value(); }
  const T& operator*() const& { return value(); }
  T&& operator*() && { return std::move(*this).value(); }
  T* operator->() { return &value(); }
  const T* operator->() const { return &value(); }
  const Error& error() const& { return std::get<1>(state_); }
  Error&& error() && { return std::get<1>(std::move(state_)); }

 private:
  std::variant<T, Error> state_;
};

template <>
class [[nodiscard]] Result<void> {
 public:
  using value_type = void;
  Result() = default;
  Result(Error why) : error_(std::move(why)), ok_(false) {}
  bool ok() const { return ok_; }
  explicit operator bool() const { return ok_; }
  const Error& error() const& { return error_; }
  Error&& error() && { return std::move(error_); }

 private:
  Error error_;
  bool ok_ = true;
};

// Leaves the enclosing function with the error of `expression`, a Result.
#define ZOOPORT_TRY(expression)                                                                                \
  do {                                                                                                         \
    if (auto zooport_result_ = (expression); !zooport_result_.ok()) return std::move(zooport_result_).error(); \
  } while (false)

// `ZOOPORT_TRY_ASSIGN(auto x, f())`: x gets the value, or the enclosing function returns the error.
#define ZOOPORT_TRY_ASSIGN(declaration, expression) \
  ZOOPORT_TRY_ASSIGN_(declaration, expression, ZOOPORT_CONCAT_(zooport_result_, __LINE__))
#define ZOOPORT_TRY_ASSIGN_(declaration, expression, name) \
  auto name = (expression);                                \
  if (!name.ok()) return std::move(name).error();          \
  declaration = std::move(name).value()
#define ZOOPORT_CONCAT_(a, b) ZOOPORT_CONCAT2_(a, b)
#define ZOOPORT_CONCAT2_(a, b) a##b

}  // namespace zooport
