#include "zooport/base/os/file.hpp"
#include "zooport/tensor/npy.hpp"

namespace zooport::tensor {
namespace {

std::span<const std::byte> elements(const View& view, Array& copy) {
  if (!view.is_contiguous()) {
    copy = Array::copy_of(view);
    return copy.bytes();
  }
  return {view.data, static_cast<std::size_t>(element_count(view.shape)) * size_of(view.dtype)};
}

}  // namespace

std::string npy_bytes(const View& view) {
  Array copy;
  const std::span<const std::byte> bytes = elements(view, copy);
  std::string file = npy_header(view.dtype, view.shape);
  file.append(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  return file;
}

Result<void> write_npy_file(const std::string& path, const View& view, const NpyWriteOptions& options) {
  Array copy;
  const std::span<const std::byte> bytes = elements(view, copy);
  ZOOPORT_TRY_ASSIGN(os::AtomicFile file, os::AtomicFile::create(path, options.may_replace));
  ZOOPORT_TRY(file.write(as_bytes(npy_header(view.dtype, view.shape))));
  ZOOPORT_TRY(file.write(bytes));
  return file.commit();
}

}  // namespace zooport::tensor
