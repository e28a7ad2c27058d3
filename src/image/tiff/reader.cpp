#include "image/tiff/reader.hpp"

#include <set>

#include "image/region.hpp"
#include "zooport/base/text.hpp"

namespace zooport::image::tiff {
namespace {

constexpr std::uint64_t kCacheBytes = 64u << 20;
constexpr std::size_t kMostPages = 1u << 20;

std::uint64_t page_bytes(const Page& page) {
  return std::uint64_t{page.width} * page.height * page.samples * tensor::size_of(page.dtype);
}

}  // namespace

Result<std::unique_ptr<Reader>> TiffReader::open(os::InputFile file, const Context& context) {
  ZOOPORT_TRY_ASSIGN(Handle handle, Handle::open(std::move(file), context.limits));
  const Described described = parse_description(description(handle));
  std::unique_ptr<TiffReader> reader(
      new TiffReader(Blocks(std::move(handle), context.limits, kCacheBytes), context.limits));
  ZOOPORT_TRY(reader->find_pages(context));
  ZOOPORT_TRY(reader->arrange_axes(described));
  return std::unique_ptr<Reader>(std::move(reader));
}

// Pages that look like the first one, up to the first that does not; smaller copies and masks are passed over.
Result<void> TiffReader::find_pages(const Context& context) {
  Handle& handle = blocks_.handle();
  ZOOPORT_TRY_ASSIGN(Page first, read_page(handle));
  pages_.push_back(first);
  std::set<std::uint64_t> seen{first.directory};
  handle.forget_complaints();
  while (handle.use().read_directory(handle.get()) != 0) {
    if (context.stopped()) return Context::cancelled();
    const std::uint64_t directory = handle.use().current_directory_offset(handle.get());
    if (!seen.insert(directory).second || seen.size() > kMostPages)
      return handle.error("read: its pages form a circle, or are more than a million");
    const Result<Page> page = read_page(handle);
    if (page.ok() && page->reduced) continue;
    if (!page.ok() || !page->looks_like(pages_.front())) {
      if (context.log) {
        context.log(Severity::kInfo, concat("only the first ", pages_.size(),
                                            " pages of the TIFF file are used: the next one is another picture"));
      }
      return {};
    }
    pages_.push_back(*page);
  }
  // Otherwise pages that a cut file has lost would go unnoticed.
  if (handle.has_complaints()) return handle.error(concat("read beyond page ", pages_.size()));
  return {};
}

Result<void> TiffReader::arrange_axes(const Described& described) {
  const Page& first = pages_.front();
  auto count = static_cast<std::int64_t>(pages_.size());
  // ImageJ describes only the first picture of files beyond 4 GiB; the others follow without gaps.
  if (count == 1 && described.pages > 1 && first.direct && !first.tiled && !first.separate) {
    ZOOPORT_TRY(blocks_.select(first));
    const Library& tiff = blocks_.handle().use();
    const std::uint64_t start = tiff.block_offset(blocks_.handle().get(), 0);
    const std::uint64_t size = blocks_.handle().file().size();
    const std::uint64_t bytes = page_bytes(first);
    if (start < size && bytes > 0 && static_cast<std::uint64_t>(described.pages) <= (size - start) / bytes)
      count = stacked_ = described.pages;
  }
  geometry_ = arrange(first, count, described);
  info_ = {"tiff", first.dtype, geometry_.shape, geometry_.axes, geometry_.certain};
  return {};
}

Result<tensor::Array> TiffReader::read(const Region& region) {
  ZOOPORT_TRY(check_region(info_, region));
  ZOOPORT_TRY_ASSIGN(tensor::Array array, tensor::Array::allocate(info_.dtype, region.size, limits_));
  if (array.size() == 0) return array;
  const auto range = [&](int axis, std::int64_t& origin, std::int64_t& size) {
    origin = axis < 0 ? 0 : region.origin[static_cast<std::size_t>(axis)];
    size = axis < 0 ? 1 : region.size[static_cast<std::size_t>(axis)];
  };
  Box box;
  range(geometry_.samples, box.sample, box.samples);
  range(geometry_.rows, box.y, box.height);
  range(geometry_.columns, box.x, box.width);
  const std::size_t leading = geometry_.leading;
  const std::size_t step =
      static_cast<std::size_t>(box.samples * box.height * box.width) * tensor::size_of(info_.dtype);
  std::byte* to = array.bytes().data();
  tensor::Shape index(leading, 0);
  while (true) {
    std::int64_t page = 0;
    for (std::size_t i = 0; i < leading; ++i) page = page * info_.shape[i] + region.origin[i] + index[i];
    const Page& at = pages_[static_cast<std::size_t>(stacked_ > 0 ? 0 : page)];
    const std::uint64_t offset = stacked_ > 0 ? static_cast<std::uint64_t>(page) * page_bytes(at) : 0;
    ZOOPORT_TRY(blocks_.read(at, box, offset, to));
    to += step;
    std::size_t axis = leading;
    while (axis > 0 && ++index[axis - 1] == region.size[axis - 1]) index[--axis] = 0;
    if (axis == 0) return array;
  }
}

}  // namespace zooport::image::tiff
