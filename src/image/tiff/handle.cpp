#include "image/tiff/handle.hpp"

#include <algorithm>
#include <array>
#include <cstdarg>
#include <cstdio>

#include "zooport/base/text.hpp"

namespace zooport::image::tiff {
namespace {

// Read only, without a mapping (which would count as memory), and without cutting strips up: that is done here.
constexpr const char* kMode = "rmc";

}  // namespace

tmsize_t Handle::on_read(thandle_t handle, void* into, tmsize_t size) {
  auto* source = static_cast<Source*>(handle);
  const std::uint64_t left = source->file.size() - std::min(source->at, source->file.size());
  const auto wanted = static_cast<std::size_t>(std::min<std::uint64_t>(left, static_cast<std::uint64_t>(size)));
  const Result<void> result = source->file.read_at(source->at, {static_cast<std::byte*>(into), wanted});
  if (!result.ok()) {
    source->io = std::make_unique<Error>(result.error());
    return -1;
  }
  source->at += wanted;
  return static_cast<tmsize_t>(wanted);
}

toff_t Handle::on_seek(thandle_t handle, toff_t offset, int whence) {
  auto* source = static_cast<Source*>(handle);
  const std::uint64_t base = whence == SEEK_SET ? 0 : whence == SEEK_CUR ? source->at : source->file.size();
  source->at = base + offset;
  return source->at;
}

toff_t Handle::on_size(thandle_t handle) { return static_cast<Source*>(handle)->file.size(); }

int Handle::on_error(TIFF*, void* handle, const char*, const char* format, va_list values) {
  std::array<char, 256> text{};
  std::vsnprintf(text.data(), text.size(), format, values);
  static_cast<Source*>(handle)->complaint = text.data();
  return 1;
}

Result<Handle> Handle::open(os::InputFile file, const Limits& limits) {
  ZOOPORT_TRY_ASSIGN(const Library* table, library());
  Handle handle;
  handle.library_ = table;
  handle.source_ = std::make_unique<Source>(std::move(file));
  Source* source = handle.source_.get();
  TIFF* tiff = nullptr;
  if (table->client_open_with != nullptr) {
    // Nothing that libtiff reads as it is can be longer than the file; tables of offsets may double.
    const std::uint64_t most = std::min(limits.array_bytes, (64u << 20) + 4 * source->file.size());
    TIFFOpenOptions* options = table->options_new();
    if (options != nullptr) {
      table->options_set_most_memory(options, static_cast<tmsize_t>(most));
      table->options_set_error_handler(options, on_error, source);
      table->options_set_warning_handler(options, on_warning, source);
    }
    tiff = table->client_open_with("TIFF", kMode, source, on_read, on_write, on_seek, on_close, on_size, nullptr,
                                   nullptr, options);
    if (options != nullptr) table->options_free(options);
  } else {
    tiff = table->client_open("TIFF", kMode, source, on_read, on_write, on_seek, on_close, on_size, nullptr, nullptr);
  }
  if (tiff == nullptr) return handle.error("opened");
  handle.tiff_ = std::unique_ptr<TIFF, CloseTiff>(tiff, CloseTiff{table});
  return handle;
}

Error Handle::error(std::string_view while_doing) const {
  if (source_->io) return *source_->io;
  Error error = make_error(ErrorKind::kInvalid, "tiff.damaged",
                           concat("the TIFF file cannot be ", while_doing, ": it is damaged or cut"));
  if (!source_->complaint.empty()) error.what.message += concat(" (", printable(source_->complaint), ")");
  error.what.file = source_->file.path();
  return error;
}

}  // namespace zooport::image::tiff
