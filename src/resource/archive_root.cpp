#include <algorithm>
#include <mutex>

#include "resource/name.hpp"
#include "zooport/base/text.hpp"
#include "zooport/resource/resource.hpp"

namespace zooport::resource {
namespace {

class ArchiveRoot final : public Root {
 public:
  ArchiveRoot(archive::Reader reader, const std::string& name)
      : reader_(std::move(reader)), name_(name), description_(concat("archive ", printable(name))) {}

  const std::string& description() const override { return description_; }

  Result<std::vector<std::string>> list() const override {
    std::vector<std::string> names;
    for (const archive::Entry& entry : reader_.entries()) {
      if (!entry.is_folder) names.push_back(entry.name);
    }
    std::sort(names.begin(), names.end());
    return names;
  }

  bool has(const std::string& name) const override {
    const archive::Entry* entry = reader_.find(name);
    return entry && !entry->is_folder;
  }

  Result<Bytes> read(const std::string& name, const Context& context) const override {
    ZOOPORT_TRY_ASSIGN(const archive::Entry* entry, find(name));
    const std::lock_guard lock(mutex_);
    return with_archive(reader_.read(*entry, context));
  }

  Result<void> stream(const std::string& name, const Sink& sink, const Context& context) const override {
    ZOOPORT_TRY_ASSIGN(const archive::Entry* entry, find(name));
    const std::lock_guard lock(mutex_);
    return with_archive(reader_.read(*entry, sink, context));
  }

 private:
  Result<const archive::Entry*> find(const std::string& name) const {
    ZOOPORT_TRY(check_file_name(name));
    if (!has(name)) return no_such_file(*this, name);
    return reader_.find(name);
  }

  // Says which archive the offsets of an error belong to; an error of the sink is left alone.
  template <class T>
  Result<T> with_archive(Result<T> result) const {
    if (result.ok() || !result.error().what.id.starts_with("zip.")) return result;
    Error error = std::move(result).error();
    error.what.file = name_;
    return error;
  }

  archive::Reader reader_;
  std::string name_;
  std::string description_;
  mutable std::mutex mutex_;  // libzip has one position per archive
};

}  // namespace

Result<std::shared_ptr<Root>> open_archive(const Bytes& archive, const std::string& name, const Context& context) {
  auto reader = archive::Reader::open(archive, context);
  if (!reader.ok()) {
    Error error = std::move(reader).error();
    error.what.file = name;
    return error;
  }
  return std::shared_ptr<Root>(std::make_shared<ArchiveRoot>(std::move(reader).value(), name));
}

}  // namespace zooport::resource
