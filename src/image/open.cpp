#include <algorithm>
#include <array>

#include "image/format.hpp"
#include "image/region.hpp"
#include "zooport/base/os/file.hpp"
#include "zooport/base/text.hpp"
#include "zooport/image/axes.hpp"

namespace zooport::image {
namespace {

std::string format_names() {
  std::vector<std::string> names;
  for (const Format& format : formats()) names.emplace_back(format.name);
  return join(names, " and ");
}

Result<std::unique_ptr<Reader>> open_file(os::InputFile file, const Context& context) {
  std::array<std::byte, kStart> start{};
  const auto size = static_cast<std::size_t>(std::min<std::uint64_t>(file.size(), kStart));
  ZOOPORT_TRY(file.read_at(0, std::span(start).first(size)));
  for (const Format& format : formats())
    if (format.recognises(std::span(start).first(size))) return format.open(std::move(file), context);
  return make_error(ErrorKind::kUnsupported, "image.format",
                    concat("the content of the file is none of the image formats that are read: ", format_names()));
}

Result<std::unique_ptr<Reader>> opened(Result<os::InputFile> file, const std::string& path, const Context& context) {
  Result<std::unique_ptr<Reader>> reader = file ? open_file(std::move(*file), context) : std::move(file).error();
  if (reader.ok()) {
    const Result<void> extent = check_extent((*reader)->info(), context.limits);
    if (extent.ok()) return reader;
    reader = extent.error();
  }
  Error error = std::move(reader).error();
  if (error.what.file.empty()) error.what.file = path;
  return error;
}

}  // namespace

Result<std::unique_ptr<Reader>> open_reader(const std::string& path, const Context& context) {
  return opened(os::InputFile::open(path), path, context);
}

Result<std::unique_ptr<Reader>> open_reader(const Bytes& file, const std::string& name, const Context& context) {
  return opened(os::InputFile::over(file, name), name, context);
}

Result<std::unique_ptr<Writer>> open_writer(const std::string& path, const Info& info, const WriteOptions& options,
                                            const Context& context) {
  if (!info.axes.empty()) ZOOPORT_TRY(resolve_axes(info, info.axes));
  ZOOPORT_TRY(check_extent(info, context.limits));
  for (const Format& format : formats())
    for (const std::string_view ending : format.endings)
      if (ends_with_ignoring_case(path, ending)) return format.create(path, info, options, context);
  return make_error(
      ErrorKind::kUsage, "image.ending",
      concat("the ending of '", printable(os::file_name(path)), "' is none of .npy, .png, .tif and .tiff"));
}

}  // namespace zooport::image
