#include "resource/web/download.hpp"

#include <algorithm>
#include <chrono>
#include <thread>

#include "resource/web/exchange.hpp"
#include "resource/web/partial_file.hpp"
#include "zooport/base/os/file.hpp"
#include "zooport/base/text.hpp"

namespace zooport::resource::web {
namespace {

using Clock = std::chrono::steady_clock;

// An attempt that brings so much was worth it, and does not count.
constexpr std::uint64_t kProgress = 4u << 20;
constexpr double kLongestWait = 30;

bool is_redirect(long status) {
  return status == 301 || status == 302 || status == 303 || status == 307 || status == 308;
}
bool may_succeed_later(long status) { return status == 408 || status == 429 || (status >= 500 && status != 501); }

class Download {
 public:
  Download(const DownloadRequest& request, const Context& context, Client& client, PartialFile& file)
      : request_(request), context_(context), client_(client), file_(file) {}

  Result<Downloaded> run() {
    for (unsigned attempt = 1;; ++attempt) {
      const std::uint64_t before = file_.size();
      ZOOPORT_TRY_ASSIGN(const Exchange exchange, ask());
      const long status = exchange.head.status;
      if (exchange.problem.empty() && status == 304) return Downloaded{.is_unchanged = true};
      if (exchange.problem.empty() && file_.was_accepted() && is_whole()) {
        ZOOPORT_TRY_ASSIGN(auto done, compare());
        if (done) return std::move(*done);
        continue;  // what was there before does not fit; the next attempt starts from nothing
      }
      if (status == 416 || (status == 206 && exchange.problem.empty())) ZOOPORT_TRY(file_.clear());
      if (file_.size() > before + kProgress) attempt = 1;
      const bool may_succeed =
          exchange.may_succeed_later || status == 416 ||
          (exchange.problem.empty() && (status == 206 || status == 200 || may_succeed_later(status)));
      const std::string why = reason(exchange);
      if (!may_succeed || attempt >= context_.network.attempts || seconds_left() <= 0) {
        Error error = unreachable(request_.url, why);
        if (exchange.problem.empty()) error.what.found = concat("status ", status);
        return error;
      }
      ZOOPORT_TRY(wait(attempt, exchange.head.retry_after));
    }
  }

 private:
  // One attempt, redirects included.
  Result<Exchange> ask() {
    std::vector<std::string> headers = {"Accept: */*"};
    if (file_.can_go_on()) {
      headers.push_back(concat("Range: bytes=", file_.size(), "-"));
      headers.push_back(concat("If-Range: ", file_.validator()));
    } else if (!request_.known.etag.empty()) {
      headers.push_back(concat("If-None-Match: ", request_.known.etag));
    } else if (!request_.known.last_modified.empty()) {
      headers.push_back(concat("If-Modified-Since: ", request_.known.last_modified));
    }
    Url url = request_.url;
    for (unsigned hops = 0;; ++hops) {
      ZOOPORT_TRY_ASSIGN(Exchange exchange, client_.get(url, headers, std::max(seconds_left(), 0.001), file_));
      if (!is_redirect(exchange.head.status) || exchange.head.location.empty()) return exchange;
      if (hops >= context_.network.redirects) return too_many_redirects();
      const auto next = resolve(url, exchange.head.location);
      if (!next)
        return unreachable(request_.url, concat("it leads to something that is no file on the web: '",
                                                printable(exchange.head.location), "'"));
      // What is to be compared with a SHA-256 may come by any way.
      if (url.scheme == "https" && next->scheme == "http" && request_.sha256.empty())
        return unreachable(request_.url, "it leads from https to http, where anybody could change the file");
      url = *next;
    }
  }

  // curl has compared the body with its declared length; a resumed file is compared as a whole.
  bool is_whole() const { return !file_.total() || *file_.total() == file_.size(); }

  // Nothing, if bytes from an earlier call may be what is wrong.
  Result<std::optional<Downloaded>> compare() {
    Downloaded done{.size = file_.size(), .validators = file_.validators()};
    const bool was_resumed = file_.was_resumed();
    done.sha256 = file_.sha256();
    if (request_.sha256.empty() || done.sha256 == request_.sha256) return std::optional(std::move(done));
    ZOOPORT_TRY(file_.clear());
    if (was_resumed) return std::optional<Downloaded>();
    Error error = make_error(
        ErrorKind::kInvalid, "resource.sha256-mismatch",
        concat(printable(request_.url.text()), " is not the file that the description means: its SHA-256 differs"));
    error.what.expected = request_.sha256;
    error.what.found = done.sha256;
    return error;
  }

  std::string reason(const Exchange& exchange) const {
    if (!exchange.problem.empty()) return exchange.problem;
    const Head& head = exchange.head;
    if (!head.content_encoding.empty() && head.content_encoding != "identity")
      return concat("the server packs it as ", printable(head.content_encoding), ", which was not asked for");
    if (head.status == 200 || head.status == 206) return "the server sends another part than was asked for";
    return concat("the server answers ", head.status);
  }

  Error too_many_redirects() const {
    Error error = make_error(
        ErrorKind::kIo, "resource.redirects",
        concat(printable(request_.url.text()), " is redirected more than ", context_.network.redirects, " times"));
    error.what.severity = Severity::kWarning;
    return error;
  }

  double seconds_left() const {
    return context_.network.total_seconds - std::chrono::duration<double>(Clock::now() - start_).count();
  }

  Result<void> wait(unsigned attempt, double retry_after) const {
    double seconds = context_.network.backoff_seconds * static_cast<double>(1u << std::min(attempt - 1, 10u));
    seconds = std::min({std::max(seconds, retry_after), kLongestWait, std::max(seconds_left(), 0.0)});
    const auto until =
        Clock::now() + std::chrono::duration_cast<Clock::duration>(std::chrono::duration<double>(seconds));
    while (Clock::now() < until) {
      if (context_.stopped()) return Context::cancelled();
      std::this_thread::sleep_for(std::min<Clock::duration>(until - Clock::now(), std::chrono::milliseconds(50)));
    }
    return {};
  }

  const DownloadRequest& request_;
  const Context& context_;
  Client& client_;
  PartialFile& file_;
  Clock::time_point start_ = Clock::now();
};

}  // namespace

Error unreachable(const Url& url, const std::string& why) {
  Error error =
      make_error(ErrorKind::kIo, "resource.unreachable", concat(printable(url.text()), " cannot be reached: ", why));
  error.what.severity = Severity::kWarning;
  return error;
}

Result<Downloaded> download(const DownloadRequest& request, const Context& context) {
  ZOOPORT_TRY_ASSIGN(Client client, Client::create(context));
  ZOOPORT_TRY_ASSIGN(PartialFile file, PartialFile::open(request, context));
  return Download(request, context, client, file).run();
}

}  // namespace zooport::resource::web
