#include "zooport/resource/remote.hpp"

#include <algorithm>
#include <vector>

#include "resource/web/cache.hpp"
#include "resource/web/download.hpp"
#include "resource/web/library.hpp"
#include "zooport/base/os/file.hpp"
#include "zooport/base/os/file_lock.hpp"
#include "zooport/base/text.hpp"

namespace zooport::resource {
namespace {

// One call of fetch().
class Fetch {
 public:
  Fetch(web::Url url, const FetchOptions& options, const Context& context)
      : url_(std::move(url)), sha256_(to_lower(options.sha256)), context_(context) {
    limit_ = options.max_bytes ? options.max_bytes : context.limits.download_bytes;
  }

  Result<Fetched> run(const std::string& folder) {
    const auto opened = web::Cache::open(folder);
    cache_is_unusable_ = !opened.ok();
    if (!opened.ok()) return opened.error();
    const web::Cache& cache = *opened;
    ZOOPORT_TRY(from_cache(cache, sha256_));
    if (found_) return std::move(*found_);
    const auto before = cache.find(url_);
    // Needs no lock, so that a cache may be prepared and handed on read-only.
    if (context_.offline) return from_cache_only(cache, before);
    const auto lock = os::FileLock::acquire(cache.lock_path(url_), context_.stop);
    cache_is_unusable_ = !lock.ok() && lock.error().kind == ErrorKind::kIo;
    if (!lock.ok()) return lock.error();
    const auto known = cache.find(url_);
    if (known && (!before || before->sha256 != known->sha256)) {  // another process was faster
      ZOOPORT_TRY(from_cache(cache, sha256_.empty() ? known->sha256 : sha256_));
      if (found_) return std::move(*found_);
    }
    return from_web(cache, known);
  }

  // The folder cannot be written to: nothing is wrong with the file.
  bool cache_is_unusable() const { return cache_is_unusable_; }

 private:
  Result<void> from_cache(const web::Cache& cache, const std::string& sha256) {
    if (sha256.empty()) return {};
    ZOOPORT_TRY_ASSIGN(auto bytes, cache.read(sha256, context_));
    if (!bytes) return {};
    ZOOPORT_TRY(within_limit(bytes->size()));
    found_ = Fetched{std::move(*bytes), sha256, url_.text(), web::file_name_of(url_), cache.object_path(sha256), true};
    return {};
  }

  Result<Fetched> from_cache_only(const web::Cache& cache, const std::optional<web::Cache::Entry>& known) {
    if (known && sha256_.empty()) ZOOPORT_TRY(from_cache(cache, known->sha256));
    if (found_) return std::move(*found_);
    return web::unreachable(url_, sha256_.empty() ? "nothing may be asked (--offline), and it is not in the cache"
                                                  : "nothing may be asked (--offline), and no file with its SHA-256 is "
                                                    "in the cache");
  }

  Result<Fetched> from_web(const web::Cache& cache, const std::optional<web::Cache::Entry>& known) {
    web::DownloadRequest request{.url = url_, .sha256 = sha256_, .limit = limit_, .part = cache.part_path(url_)};
    // What is known is asked about only if it is whole, and is not wanted in another state.
    if (known && sha256_.empty()) {
      ZOOPORT_TRY_ASSIGN(const auto bytes, cache.read(known->sha256, context_));
      if (bytes) request.known = known->validators;
    }
    ZOOPORT_TRY_ASSIGN(const web::Downloaded done, web::download(request, context_));
    if (!done.is_unchanged) ZOOPORT_TRY(cache.keep(url_, {done.sha256, done.validators}));
    ZOOPORT_TRY(from_cache(cache, done.is_unchanged && known ? known->sha256 : done.sha256));
    if (!found_) return web::unreachable(url_, "the cache lost it while it was being read");
    found_->was_cached = done.is_unchanged;
    return std::move(*found_);
  }

  Result<void> within_limit(std::uint64_t size) const {
    if (size <= limit_) return {};
    Error error = make_error(ErrorKind::kIo, "resource.download-limit",
                             concat(printable(url_.text()), " has ", size_text(size), ", more than the ",
                                    size_text(limit_), " that are read here"));
    error.what.severity = Severity::kWarning;
    return error;
  }

  web::Url url_;
  std::string sha256_;
  const Context& context_;
  std::uint64_t limit_ = 0;
  std::optional<Fetched> found_;
  bool cache_is_unusable_ = false;
};

}  // namespace

bool is_web_url(std::string_view text) {
  return starts_with_ignoring_case(text, "http://") || starts_with_ignoring_case(text, "https://");
}

Result<void> FetchOptions::validate() const {
  if (sha256.empty() ||
      (sha256.size() == 64 && to_lower(sha256).find_first_not_of("0123456789abcdef") == std::string::npos))
    return {};
  return make_error(ErrorKind::kInvalid, "resource.sha256-form",
                    concat("'", printable(sha256), "' is not a SHA-256: 64 hexadecimal digits"));
}

Result<Fetched> fetch(const std::string& url, const FetchOptions& options, const Context& context) {
  ZOOPORT_TRY(options.validate());
  ZOOPORT_TRY_ASSIGN(web::Url parsed, web::parse(url));
  if (context.stopped()) return Context::cancelled();
  Fetch fetching(std::move(parsed), options, context);
  if (!context.cache_folder.empty()) {
    auto fetched = fetching.run(context.cache_folder);
    if (fetched.ok() || !fetching.cache_is_unusable()) return fetched;
    if (context.log) context.log(Severity::kWarning, concat("no cache: ", fetched.error().what.message));
  }
  ZOOPORT_TRY_ASSIGN(const auto folder, os::AtomicFolder::create(os::join_path(os::temporary_folder(), "zooport-web")));
  ZOOPORT_TRY_ASSIGN(Fetched fetched, fetching.run(folder.path()));
  fetched.path.clear();
  return fetched;
}

bool is_unreachable(const Error& error) {
  const std::vector<std::string_view> ids = {"resource.unreachable", "resource.private-address", "resource.redirects",
                                             "resource.download-limit", "base.library-missing"};
  return std::find(ids.begin(), ids.end(), error.what.id) != ids.end();
}

Result<std::string> web_folder_of(const std::string& url) {
  ZOOPORT_TRY_ASSIGN(web::Url parsed, web::parse(url));
  return web::folder_of(std::move(parsed)).text();
}

Result<std::string> web_url_in(const std::string& folder_url, const std::string& name) {
  ZOOPORT_TRY_ASSIGN(web::Url parsed, web::parse(folder_url));
  ZOOPORT_TRY_ASSIGN(const web::Url url, web::in_folder(std::move(parsed), name));
  return url.text();
}

std::string name_in_url(std::string_view url) {
  const auto parsed = web::parse(url);
  return parsed.ok() ? web::file_name_of(*parsed) : std::string();
}

Result<Bytes> read_source(const Root& root, const std::string& source, const std::string& sha256,
                          const Context& context) {
  if (is_web_url(source)) {
    ZOOPORT_TRY_ASSIGN(Fetched fetched, fetch(source, {.sha256 = sha256}, context));
    return std::move(fetched.bytes);
  }
  return sha256.empty() ? root.read(source, context) : read_checked(root, source, sha256, context);
}

Result<WebLibrary> web_library() {
  ZOOPORT_TRY_ASSIGN(const web::Library* curl, web::library());
  return WebLibrary{curl->path, curl->version_info(CURLVERSION_NOW)->version};
}

}  // namespace zooport::resource
