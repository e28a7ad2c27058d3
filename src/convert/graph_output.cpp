#include "convert/graph_output.hpp"

#include "zooport/base/os/file.hpp"
#include "zooport/base/text.hpp"
#include "zooport/onnx/io.hpp"

namespace zooport::convert {

using resource::IfPresent;

Result<void> write_graph(const onnx::Model& model, const std::string& dest, IfPresent if_present) {
  ZOOPORT_TRY_ASSIGN(os::AtomicFile file, os::AtomicFile::create(dest, if_present == IfPresent::kReplace));
  ZOOPORT_TRY(onnx::write_model(model, [&](std::span<const std::byte> bytes) { return file.write(bytes); }));
  return file.commit();
}

Result<void> expect_free(const std::string& dest, IfPresent if_present) {
  if (if_present == IfPresent::kReplace || os::status(dest).kind == os::FileKind::kMissing) return {};
  return make_error(ErrorKind::kIo, "base.exists", concat(printable(dest), " exists already; --overwrite replaces it"));
}

}  // namespace zooport::convert
