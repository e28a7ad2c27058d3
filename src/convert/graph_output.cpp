#include "convert/graph_output.hpp"

#include "zooport/base/os/file.hpp"
#include "zooport/base/os/holes.hpp"
#include "zooport/base/text.hpp"
#include "zooport/onnx/io.hpp"

namespace zooport::convert {

using resource::IfPresent;

namespace {

Result<void> write_data(os::AtomicFile& file, const onnx::ModelWithData& parts) {
  for (const onnx::ModelWithData::Block& block : parts.blocks) {
    for (const auto part : os::stored_parts(block.bytes.span())) {
      const auto at = static_cast<std::uint64_t>(part.data() - block.bytes.data());
      ZOOPORT_TRY(file.write_at(block.offset + at, part));
    }
  }
  // The last byte makes the size, whatever was left out before it.
  if (parts.blocks.empty()) return {};
  return file.write_at(parts.data_size - 1, parts.blocks.back().bytes.span().last(1));
}

Result<void> write_message(os::AtomicFile& file, const onnx::Model& model) {
  return onnx::write_model(model, [&](std::span<const std::byte> bytes) { return file.write(bytes); });
}

Result<void> write_with_data(const onnx::Model& model, const std::string& dest, IfPresent if_present,
                             GraphReport& report) {
  const std::string data = dest + ".data";
  ZOOPORT_TRY(expect_free(data, if_present));
  const bool is_new = os::status(data).kind == os::FileKind::kMissing;
  ZOOPORT_TRY_ASSIGN(const onnx::ModelWithData parts, onnx::with_data_file(model, os::file_name(data)));
  ZOOPORT_TRY_ASSIGN(os::AtomicFile data_file, os::AtomicFile::create(data, if_present == IfPresent::kReplace));
  ZOOPORT_TRY_ASSIGN(os::AtomicFile file, os::AtomicFile::create(dest, if_present == IfPresent::kReplace));
  ZOOPORT_TRY(write_data(data_file, parts));
  ZOOPORT_TRY(write_message(file, parts.model));
  ZOOPORT_TRY(data_file.commit());
  if (Result<void> done = file.commit(); !done) {
    // Data without their graph are of no use to anybody.
    if (is_new) [[maybe_unused]]
      const Result<void> removed = os::remove_file(data);
    return done;
  }
  report.data = data;
  report.data_bytes = parts.data_size;
  report.steps.push_back(concat("keep ", parts.blocks.size(), " constants (", size_text(parts.data_size), ") in ",
                                printable(data), ": one file holds at most 2 GiB"));
  return {};
}

}  // namespace

Result<void> write_graph(const onnx::Model& model, const std::string& dest, IfPresent if_present, GraphReport& report) {
  if (onnx::written_size(model) > onnx::kMostMessageBytes) {
    ZOOPORT_TRY(write_with_data(model, dest, if_present, report));
  } else {
    ZOOPORT_TRY_ASSIGN(os::AtomicFile file, os::AtomicFile::create(dest, if_present == IfPresent::kReplace));
    ZOOPORT_TRY(write_message(file, model));
    ZOOPORT_TRY(file.commit());
  }
  report.dest = dest;
  return {};
}

Result<void> expect_free(const std::string& dest, IfPresent if_present) {
  if (if_present == IfPresent::kReplace || os::status(dest).kind == os::FileKind::kMissing) return {};
  return make_error(ErrorKind::kIo, "base.exists", concat(printable(dest), " exists already; --overwrite replaces it"));
}

}  // namespace zooport::convert
