#pragma once

#include <memory>
#include <string>

#include "image/tiff/library.hpp"
#include "zooport/base/limits.hpp"
#include "zooport/base/os/input_file.hpp"

namespace zooport::image::tiff {

struct CloseTiff {
  const Library* library = nullptr;
  void operator()(TIFF* tiff) const { library->close(tiff); }
};

// An open TIFF of libtiff, which reads through our file. What libtiff complains of is kept, not printed.
class Handle {
 public:
  static Result<Handle> open(os::InputFile file, const Limits& limits);

  const Library& use() const { return *library_; }
  TIFF* get() const { return tiff_.get(); }
  const os::InputFile& file() const { return source_->file; }
  // tiff.damaged with what libtiff said last, or the error of the file system.
  Error error(std::string_view while_doing) const;
  bool has_complaints() const { return source_->io != nullptr || !source_->complaint.empty(); }
  void forget_complaints() { source_->complaint.clear(); }

 private:
  struct Source {
    explicit Source(os::InputFile f) : file(std::move(f)) {}
    os::InputFile file;
    std::uint64_t at = 0;
    std::string complaint;
    std::unique_ptr<Error> io;
  };
  static tmsize_t on_read(thandle_t source, void* into, tmsize_t size);
  static tmsize_t on_write(thandle_t, void*, tmsize_t) { return -1; }
  static toff_t on_seek(thandle_t source, toff_t offset, int whence);
  static int on_close(thandle_t) { return 0; }
  static toff_t on_size(thandle_t source);
  static int on_error(TIFF*, void* source, const char* module, const char* format, va_list values);
  static int on_warning(TIFF*, void*, const char*, const char*, va_list) { return 1; }

  const Library* library_ = nullptr;
  std::unique_ptr<Source> source_;  // libtiff points to it
  std::unique_ptr<TIFF, CloseTiff> tiff_;
};

}  // namespace zooport::image::tiff
