#include <map>
#include <mutex>

#include "resource/name.hpp"
#include "zooport/base/text.hpp"
#include "zooport/resource/remote.hpp"

namespace zooport::resource {
namespace {

class WebRoot final : public Root {
 public:
  WebRoot(std::string url, const Context& context)
      : url_(std::move(url)), context_(context), description_(concat("folder ", printable(url_))) {}

  const std::string& description() const override { return description_; }

  Result<std::vector<std::string>> list() const override {
    return make_error(
        ErrorKind::kUnsupported, "resource.no-listing",
        concat("the files of ", description_, " cannot be listed; give the URL of a description or package"));
  }

  bool has(const std::string& name) const override { return get(name, context_).ok(); }
  Result<Bytes> read(const std::string& name, const Context& context) const override { return get(name, context); }

 private:
  Result<Bytes> get(const std::string& name, const Context& context) const {
    ZOOPORT_TRY_ASSIGN(const std::string url, web_url_in(url_, name));
    const std::lock_guard lock(mutex_);
    auto found = files_.find(name);
    if (found == files_.end()) {
      Result<Fetched> fetched = fetch(url, {}, context);
      // Whoever gave up may be followed by one who does not.
      if (!fetched && fetched.error().kind == ErrorKind::kCancelled) return fetched.error();
      Result<Bytes> bytes = fetched ? Result<Bytes>(fetched->bytes) : Result<Bytes>(fetched.error());
      found = files_.emplace(name, std::move(bytes)).first;
    }
    return found->second;
  }

  std::string url_;
  Context context_;
  std::string description_;
  mutable std::mutex mutex_;
  mutable std::map<std::string, Result<Bytes>> files_;  // failures too: who was away a moment ago is not asked again
};

}  // namespace

bool is_web_folder(const Root& root) { return dynamic_cast<const WebRoot*>(&root) != nullptr; }

Result<std::shared_ptr<Root>> open_web_folder(const std::string& folder_url, const Context& context) {
  // Any name shows whether the URL is one.
  ZOOPORT_TRY(web_url_in(folder_url, "x"));
  return std::shared_ptr<Root>(std::make_shared<WebRoot>(folder_url, context));
}

}  // namespace zooport::resource
