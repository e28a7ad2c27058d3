#include <map>

#include "zooport/base/text.hpp"
#include "zooport/bioimageio/test_arrays.hpp"
#include "zooport/convert/open.hpp"
#include "zooport/convert/unpack.hpp"
#include "zooport/tensor/npy.hpp"

namespace zooport::convert {
namespace {

// The test tensors of a model under the names of their tensors.
class TensorRoot final : public resource::Root {
 public:
  TensorRoot(std::vector<bioimageio::TestFile> files, std::shared_ptr<const resource::Root> from)
      : files_(std::move(files)), from_(std::move(from)) {}

  // Gets those of the web.
  Result<void> fetch(const Context& context) {
    for (const bioimageio::TestFile& file : files_) {
      if (!bioimageio::is_url(file.source)) continue;
      ZOOPORT_TRY_ASSIGN(web_[file.source], bioimageio::read_source(*from_, file.source, context));
    }
    return {};
  }
  const std::string& description() const override { return from_->description(); }
  Result<std::vector<std::string>> list() const override {
    std::vector<std::string> names;
    for (const bioimageio::TestFile& file : files_) names.push_back(file.id + ".npy");
    return names;
  }
  bool has(const std::string& name) const override { return !source_of(name).empty(); }
  Result<Bytes> read(const std::string& name, const Context& context) const override {
    const auto web = web_.find(source_of(name));
    return web == web_.end() ? from_->read(source_of(name), context) : Result<Bytes>(web->second);
  }
  Result<void> stream(const std::string& name, const resource::Sink& sink, const Context& context) const override {
    const std::string source = source_of(name);
    return web_.contains(source) ? Root::stream(name, sink, context) : from_->stream(source, sink, context);
  }
  std::string source_of(const std::string& name) const {
    for (const bioimageio::TestFile& file : files_)
      if (file.id + ".npy" == name) return file.source;
    return {};
  }

 private:
  std::vector<bioimageio::TestFile> files_;
  std::shared_ptr<const resource::Root> from_;
  std::map<std::string, Bytes> web_;  // by URL
};

// Looks at the beginning and counts the rest: arrays may be larger than memory.
Result<void> check_array(const TensorRoot& root, const std::string& name, const Context& context) {
  constexpr std::size_t kMostOfAHeader = 1u << 20;
  std::string head;
  std::uint64_t size = 0;
  ZOOPORT_TRY(root.stream(
      name,
      [&](std::span<const std::byte> piece) -> Result<void> {
        if (context.stopped()) return Context::cancelled();
        size += piece.size();
        const std::size_t more = std::min(piece.size(), kMostOfAHeader - head.size());
        head.append(reinterpret_cast<const char*>(piece.data()), more);
        return {};
      },
      context));
  Result<tensor::NpyHeader> header = tensor::read_npy_header(as_bytes(head), context.limits);
  if (header && header->data_offset + header->data_size() > size)
    header = make_error(ErrorKind::kInvalid, "npy.truncated", "the file ends before its elements do");
  if (header) return {};
  Error error = std::move(header).error();
  error.what.file = root.source_of(name);
  return error;
}

}  // namespace

Result<Unpacked> unpack_tensors(const std::string& source, const std::string& folder,
                                const resource::UnpackOptions& options, const Context& context) {
  Unpacked unpacked{.source = source, .folder = folder};
  ZOOPORT_TRY_ASSIGN(const Opened opened, open_source(source, context));
  const auto refuse = [](const std::string& why, ErrorKind kind = ErrorKind::kInvalid) {
    return make_error(kind, "convert.no-test-tensors", concat("expected a valid bioimage.io model, found ", why));
  };
  if (opened.kind != SourceKind::kBioimageio || !opened.root)
    return refuse(opened.kind == SourceKind::kBioimageio ? "a description without files beside it"
                                                         : std::string(name_of(opened.kind)));
  ZOOPORT_TRY_ASSIGN(const bioimageio::Description description,
                     bioimageio::read(std::string(opened.bytes.text()), opened.file_name, {}, context));
  if (description.status != bioimageio::Status::kValid || !description.model())
    return refuse(
        concat("a description that is ", to_text(description.status), "; `zooport check` says more"),
        description.status == bioimageio::Status::kUnsupported ? ErrorKind::kUnsupported : ErrorKind::kInvalid);
  std::vector<bioimageio::TestFile> files = bioimageio::input_test_files(*description.model());
  for (bioimageio::TestFile& file : bioimageio::output_test_files(*description.model()))
    files.push_back(std::move(file));
  TensorRoot tensors(std::move(files), opened.root);
  ZOOPORT_TRY(tensors.fetch(context));
  ZOOPORT_TRY_ASSIGN(const std::vector<std::string> names, tensors.list());
  for (const std::string& name : names) ZOOPORT_TRY(check_array(tensors, name, context));
  ZOOPORT_TRY_ASSIGN(unpacked.files, resource::unpack(tensors, folder, options, context));
  return unpacked;
}

}  // namespace zooport::convert
