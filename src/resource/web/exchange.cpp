#include "resource/web/exchange.hpp"

#include <array>

#include "zooport/base/bytes.hpp"
#include "zooport/base/os/address.hpp"
#include "zooport/base/os/process.hpp"
#include "zooport/base/text.hpp"

namespace zooport::resource::web {
namespace {

using Clock = std::chrono::steady_clock;

constexpr std::size_t kMostHeaderBytes = 256u << 10;
// The form by text came with 7.85, which would shut older libraries out.
constexpr auto kProtocols = static_cast<CURLoption>(CURLOPTTYPE_LONG + 181);

bool allows_private(const Context& context) {
  return context.network.private_addresses == Network::PrivateAddresses::kAllow;
}

// The proxy that the environment names for this scheme, by the names that libcurl looks at.
std::string proxy_for(const std::string& scheme) {
  const std::vector<const char*> names =
      scheme == "http" ? std::vector<const char*>{"http_proxy", "all_proxy", "ALL_PROXY"}
                       : std::vector<const char*>{"https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"};
  for (const char* name : names)
    if (const auto set = os::environment(name); set && !set->empty()) return *set;
  return {};
}

Error private_address(const Url& url) {
  Error error =
      make_error(ErrorKind::kIo, "resource.private-address",
                 concat(printable(url.text()), " leads to this machine or a private network, which no source may"));
  error.what.severity = Severity::kWarning;
  error.what.help = "set ZOOPORT_ALLOW_PRIVATE=1 if this is meant";
  return error;
}

std::string trimmed(std::string_view text) {
  while (!text.empty() && static_cast<unsigned char>(text.front()) <= ' ') text.remove_prefix(1);
  while (!text.empty() && static_cast<unsigned char>(text.back()) <= ' ') text.remove_suffix(1);
  return std::string(text);
}

// What the callbacks of one request share.
class Running {
 public:
  Running(const Library& library, CURL* handle, const Context& context, Receiver& receiver)
      : library_(library), handle_(handle), context_(context), receiver_(receiver) {}

  std::size_t header(std::string_view line) {
    header_bytes_ += line.size();
    touch();
    if (header_bytes_ > kMostHeaderBytes) {
      problem = concat("it answers with more than ", size_text(kMostHeaderBytes), " of headers");
      return 0;
    }
    if (line.starts_with("HTTP/")) head = {};
    const std::size_t colon = line.find(':');
    if (colon == line.npos) return line.size();
    const std::string name = to_lower(line.substr(0, colon));
    const std::string value = trimmed(line.substr(colon + 1));
    if (name == "etag") head.etag = value;
    if (name == "last-modified") head.last_modified = value;
    if (name == "content-range") head.content_range = value;
    if (name == "location") head.location = value;
    if (name == "content-encoding") head.content_encoding = to_lower(value);
    return line.size();
  }

  std::size_t body(std::span<const std::byte> bytes) {
    touch();
    if (!begin()) return 0;
    if (const auto taken = receiver_.take(bytes); !taken) {
      error = taken.error();
      return 0;
    }
    return bytes.size();
  }

  // Whether to go on with the body.
  bool begin() {
    if (has_begun_) return is_wanted;
    has_begun_ = true;
    complete_head();
    const auto wanted = receiver_.begin(head);
    if (!wanted) error = wanted.error();
    is_wanted = wanted.ok() && *wanted;
    return is_wanted;
  }

  // Nonzero ends the request.
  int progress() {
    if (context_.stopped()) {
      error = Context::cancelled();
      return 1;
    }
    const std::chrono::duration<double> idle = Clock::now() - last_byte_;
    if (idle.count() < context_.network.idle_seconds) return 0;
    problem = concat("nothing came for ", number_text(context_.network.idle_seconds), " seconds");
    return 1;
  }

  curl_socket_t connect(const curl_sockaddr& address) {
    if (checks_addresses && !os::is_public_address(&address.addr, address.addrlen)) {
      refused_address = true;
      return CURL_SOCKET_BAD;
    }
    return os::open_socket(address.family, address.socktype, address.protocol);
  }

  Head head;
  std::string problem;
  std::optional<Error> error;
  bool is_wanted = true;
  bool checks_addresses = true;
  bool refused_address = false;

 private:
  void touch() { last_byte_ = Clock::now(); }

  void complete_head() {
    library_.easy_getinfo(handle_, CURLINFO_RESPONSE_CODE, &head.status);
    curl_off_t length = -1;
    if (library_.easy_getinfo(handle_, CURLINFO_CONTENT_LENGTH_DOWNLOAD_T, &length) == CURLE_OK && length >= 0)
      head.length = static_cast<std::uint64_t>(length);
    curl_off_t after = 0;
    if (library_.easy_getinfo(handle_, CURLINFO_RETRY_AFTER, &after) == CURLE_OK && after > 0)
      head.retry_after = static_cast<double>(after);
  }

  const Library& library_;
  CURL* handle_;
  const Context& context_;
  Receiver& receiver_;
  Clock::time_point last_byte_ = Clock::now();
  std::size_t header_bytes_ = 0;
  bool has_begun_ = false;
};

std::size_t on_header(char* data, std::size_t size, std::size_t count, void* running) {
  return static_cast<Running*>(running)->header({data, size * count});
}
std::size_t on_body(char* data, std::size_t size, std::size_t count, void* running) {
  return static_cast<Running*>(running)->body(as_bytes({data, size * count}));
}
int on_progress(void* running, curl_off_t, curl_off_t, curl_off_t, curl_off_t) {
  return static_cast<Running*>(running)->progress();
}
curl_socket_t on_socket(void* running, curlsocktype, curl_sockaddr* address) {
  return static_cast<Running*>(running)->connect(*address);
}

bool may_succeed_later(CURLcode code) {
  switch (code) {
    case CURLE_COULDNT_CONNECT:
    case CURLE_PARTIAL_FILE:
    case CURLE_GOT_NOTHING:
    case CURLE_SEND_ERROR:
    case CURLE_RECV_ERROR:
    case CURLE_HTTP2:
    case CURLE_HTTP2_STREAM:
    case CURLE_ABORTED_BY_CALLBACK: return true;  // by the callback: nothing came for too long
    default: return false;
  }
}

long milliseconds(double seconds) { return std::max(1L, static_cast<long>(std::min(seconds, 1e6) * 1000)); }

}  // namespace

Client::Client(const Library& library, const Context& context, std::unique_ptr<CURL, Close> handle)
    : library_(&library), context_(&context), handle_(std::move(handle)) {}

Result<Client> Client::create(const Context& context) {
  ZOOPORT_TRY_ASSIGN(const Library* curl, library());
  std::unique_ptr<CURL, Close> handle(curl->easy_init(), Close{curl});
  if (!handle) return unusable(*curl);
  return Client(*curl, context, std::move(handle));
}

Result<Exchange> Client::get(const Url& url, const std::vector<std::string>& headers, double seconds,
                             Receiver& receiver) {
  if (context_->stopped()) return Context::cancelled();
  CURL* handle = handle_.get();
  library_->easy_reset(handle);
  Running running(*library_, handle, *context_, receiver);
  const auto set = [&](CURLoption option, auto value) { library_->easy_setopt(handle, option, value); };

  const std::string proxy = proxy_for(url.scheme);
  if (allows_private(*context_)) {
    running.checks_addresses = false;
  } else {
    // Through a proxy only what is written as an address can be judged: names are the proxy's to look up. Exceptions
    // from the proxy are for private hosts.
    set(CURLOPT_PROXY, proxy.c_str());
    set(CURLOPT_NOPROXY, "");
    running.checks_addresses = proxy.empty();
    const bool is_local_name = url.host == "localhost" || url.host.ends_with(".localhost");
    if (!proxy.empty() && (is_local_name || !os::is_public_literal(url.host).value_or(true)))
      return private_address(url);
  }

  std::unique_ptr<curl_slist, decltype(library_->slist_free_all)> list(nullptr, library_->slist_free_all);
  for (const std::string& header : headers) {
    curl_slist* longer = library_->slist_append(list.get(), header.c_str());
    if (!longer) return unusable(*library_);
    static_cast<void>(list.release());
    list.reset(longer);
  }
  const std::string text = url.text();
  const std::string agent = context_->network.user_agent.empty() ? "zooport" : context_->network.user_agent;
  std::array<char, CURL_ERROR_SIZE> reason{};
  set(CURLOPT_URL, text.c_str());
  set(kProtocols, static_cast<long>(CURLPROTO_HTTP | CURLPROTO_HTTPS));
  set(CURLOPT_FOLLOWLOCATION, 0L);
  set(CURLOPT_NOSIGNAL, 1L);
  set(CURLOPT_HTTPGET, 1L);
  set(CURLOPT_HTTP_CONTENT_DECODING, 0L);
  set(CURLOPT_SUPPRESS_CONNECT_HEADERS, 1L);
  set(CURLOPT_USERAGENT, agent.c_str());
  set(CURLOPT_HTTPHEADER, list.get());
  set(CURLOPT_CONNECTTIMEOUT_MS, milliseconds(context_->network.connect_seconds));
  set(CURLOPT_TIMEOUT_MS, milliseconds(seconds));
  set(CURLOPT_ERRORBUFFER, reason.data());
  set(CURLOPT_NOPROGRESS, 0L);
  set(CURLOPT_HEADERFUNCTION, &on_header);
  set(CURLOPT_HEADERDATA, static_cast<void*>(&running));
  set(CURLOPT_WRITEFUNCTION, &on_body);
  set(CURLOPT_WRITEDATA, static_cast<void*>(&running));
  set(CURLOPT_XFERINFOFUNCTION, &on_progress);
  set(CURLOPT_XFERINFODATA, static_cast<void*>(&running));
  set(CURLOPT_OPENSOCKETFUNCTION, &on_socket);
  set(CURLOPT_OPENSOCKETDATA, static_cast<void*>(&running));

  const CURLcode code = library_->easy_perform(handle);
  if (code == CURLE_OK) running.begin();
  if (running.error) return std::move(*running.error);
  Exchange exchange{.head = std::move(running.head)};
  if (code == CURLE_OK || !running.is_wanted) return exchange;
  if (running.refused_address && code == CURLE_COULDNT_CONNECT) return private_address(url);
  exchange.problem = std::move(running.problem);
  if (exchange.problem.empty()) exchange.problem = reason[0] ? printable(reason.data()) : library_->easy_strerror(code);
  exchange.may_succeed_later = may_succeed_later(code);
  return exchange;
}

}  // namespace zooport::resource::web
