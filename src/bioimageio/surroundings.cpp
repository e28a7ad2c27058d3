#include "bioimageio/surroundings.hpp"

#include <algorithm>

#include "zooport/base/sha256.hpp"
#include "zooport/base/text.hpp"
#include "zooport/resource/remote.hpp"

namespace zooport::bioimageio {
namespace {

bool is_absent(const Error& error) { return error.what.id == "resource.no-such-file"; }

}  // namespace

bool says_nothing_about_the_file(const Error& error) { return !is_absent(error) && resource::is_unreachable(error); }

schema::Outside Surroundings::outside() {
  schema::Outside outside;
  outside.refuse_file = [this](const std::string& name) { return refuse(name); };
  outside.sha256_of = [this](const std::string& source, const std::string& expected) {
    return sha256(source, expected);
  };
  return outside;
}

std::string Surroundings::refuse(const std::string& name) {
  if (root_.has(name)) return "";
  if (const std::string why = resource::refuse_name(name); !why.empty())
    return concat("a name that cannot be opened: it ", why);
  const auto read = root_.read(name, context_);
  if (read) return "";
  if (says_nothing_about_the_file(read.error())) {
    failures_.insert_or_assign(name, read.error());
    return "";
  }
  return is_absent(read.error()) ? concat("which is not in the ", root_.description()) : read.error().what.message;
}

Result<Bytes> Surroundings::fetched(const std::string& url, const std::string& expected) {
  ZOOPORT_TRY_ASSIGN(resource::Fetched file, resource::fetch(url, {.sha256 = expected, .max_bytes = 0}, context_));
  return std::move(file.bytes);
}

// A source that could not be had once is not asked for again: a server that does not answer costs time.
template <class T>
Result<T> Surroundings::remembered(const std::string& source, Result<T> result) {
  if (!result) failures_.insert_or_assign(source, result.error());
  return result;
}

Result<Bytes> Surroundings::bytes(const std::string& source) {
  if (const Error* before = failure(source)) return *before;
  if (!is_url(source)) return remembered(source, root_.read(source, context_));
  const auto known = hashes_.find(source);
  return remembered(source, fetched(source, known == hashes_.end() ? "" : known->second));
}

Result<void> Surroundings::stream(const std::string& source, const resource::Sink& sink) {
  if (const Error* before = failure(source)) return *before;
  if (!is_url(source)) return root_.stream(source, sink, context_);
  ZOOPORT_TRY_ASSIGN(const Bytes content, bytes(source));
  return sink(content.span());
}

Result<std::string> Surroundings::start(const std::string& source, std::size_t size) {
  std::string start;
  const Result<void> read = stream(source, [&](std::span<const std::byte> piece) -> Result<void> {
    start += std::string_view(reinterpret_cast<const char*>(piece.data()), std::min(piece.size(), size - start.size()));
    if (start.size() < size) return {};
    return make_error(ErrorKind::kCancelled, "base.cancelled", "enough");
  });
  if (!read && start.size() < size) return remembered<std::string>(source, read.error());
  return start;
}

std::string Surroundings::sha256(const std::string& source, const std::string& expected) {
  if (const auto known = hashes_.find(source); known != hashes_.end()) return known->second;
  const Result<std::string> hash = remembered(source, hash_of(source, expected));
  return hashes_[source] = hash ? *hash : "";
}

const Error* Surroundings::failure(const std::string& source) const {
  const auto found = failures_.find(source);
  return found == failures_.end() ? nullptr : &found->second;
}

Result<std::string> Surroundings::hash_of(const std::string& source, const std::string& expected) {
  if (is_url(source) && !expected.empty()) {
    const auto file = fetched(source, expected);
    if (file) return expected;
    const Diagnostic& what = file.error().what;
    if (what.id == "resource.sha256-mismatch" && !what.found.empty()) return what.found;
    return file.error();
  }
  Sha256 state;
  const auto add = [&](std::span<const std::byte> piece) -> Result<void> {
    if (context_.stopped()) return Context::cancelled();
    state.update(piece);
    return {};
  };
  ZOOPORT_TRY(stream(source, add));
  return state.hex();
}

}  // namespace zooport::bioimageio
