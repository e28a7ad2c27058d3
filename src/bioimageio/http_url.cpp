#include <algorithm>
#include <vector>

#include "bioimageio/text_rules.hpp"
#include "zooport/base/text.hpp"

// The part of the WHATWG rules that http and https need. Host names outside ASCII are refused: what they are normalised
// to needs tables that nothing else here needs.
namespace zooport::bioimageio {
namespace {

constexpr char kHex[] = "0123456789ABCDEF";

std::string encoded(std::string_view text, std::string_view reserved) {
  std::string out;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte > 0x20 && byte < 0x7F && reserved.find(c) == reserved.npos) {
      out += c;
    } else {
      out += '%';
      out += kHex[byte >> 4];
      out += kHex[byte & 15];
    }
  }
  return out;
}

// Without blanks around it, and without tabs and line ends anywhere.
std::string cleaned(std::string_view text) {
  const auto is_blank = [](char c) { return static_cast<unsigned char>(c) <= 0x20; };
  while (!text.empty() && is_blank(text.front())) text.remove_prefix(1);
  while (!text.empty() && is_blank(text.back())) text.remove_suffix(1);
  std::string out(text);
  std::erase_if(out, [](char c) { return c == '\t' || c == '\n' || c == '\r'; });
  return out;
}

bool is_host(std::string_view host) {
  if (host.empty()) return false;
  if (host.front() == '[')
    return host.size() > 3 && host.back() == ']' && host.find_first_not_of("[]0123456789abcdef:.") == host.npos;
  return std::all_of(host.begin(), host.end(), [](char c) {
    return static_cast<unsigned char>(c) > 0x20 && static_cast<unsigned char>(c) < 0x7F &&
           std::string_view("\"#%/:<>?@[\\]^`{|}").find(c) == std::string_view::npos;
  });
}

bool is_single_dot(std::string_view part) { return part == "." || to_lower(part) == "%2e"; }
bool is_double_dot(std::string_view part) {
  const std::string lower = to_lower(part);
  return lower == ".." || lower == ".%2e" || lower == "%2e." || lower == "%2e%2e";
}

std::string normalised_path(std::string_view path) {
  std::vector<std::string> parts;
  for (bool more = true; more;) {
    const std::size_t end = path.find_first_of("/\\");
    more = end != path.npos;
    const std::string_view part = path.substr(0, end);
    if (is_double_dot(part)) {
      if (!parts.empty()) parts.pop_back();
      if (!more) parts.emplace_back();
    } else if (is_single_dot(part)) {
      if (!more) parts.emplace_back();
    } else {
      parts.push_back(encoded(part, "\"#<>?`{}"));
    }
    if (more) path.remove_prefix(end + 1);
  }
  std::string out;
  for (const std::string& part : parts) out += concat("/", part);
  return out.empty() ? "/" : out;
}

}  // namespace

std::string_view url_error_type(std::string_view text) {
  if (code_points(text) > 2083) return "url_too_long";
  // Anything with a scheme is parsed, and then refused for its scheme.
  const std::size_t colon = text.find(':');
  if (colon == text.npos || colon == 0 ||
      !std::all_of(text.begin(), text.begin() + static_cast<std::ptrdiff_t>(colon), [](char c) {
        return (c >= '0' && c <= '9') || ((c | 32) >= 'a' && (c | 32) <= 'z') || c == '+' || c == '-' || c == '.';
      }))
    return "url_parsing";
  const std::string scheme = to_lower(text.substr(0, colon));
  return scheme == "http" || scheme == "https" ? "url_parsing" : "url_scheme";
}

std::optional<std::string> normalised_http_url(std::string_view given) {
  if (code_points(given) > 2083) return std::nullopt;
  const std::string text = cleaned(given);
  std::string_view rest = text;
  const std::size_t colon = rest.find(':');
  if (colon == rest.npos) return std::nullopt;
  const std::string scheme = to_lower(rest.substr(0, colon));
  if (scheme != "http" && scheme != "https") return std::nullopt;
  rest.remove_prefix(colon + 1);
  rest.remove_prefix(std::min(rest.find_first_not_of("/\\"), rest.size()));

  const std::size_t authority_end = std::min(rest.find_first_of("/\\?#"), rest.size());
  std::string_view authority = rest.substr(0, authority_end);
  rest.remove_prefix(authority_end);
  std::string user;
  if (const std::size_t at = authority.rfind('@'); at != authority.npos) {
    const std::string_view info = authority.substr(0, at);
    const std::size_t secret = info.find(':');
    user = encoded(info.substr(0, secret), "\"#<>?`{}/:;=@[\\]^|");
    if (secret != info.npos && secret + 1 < info.size())
      user += concat(":", encoded(info.substr(secret + 1), "\"#<>?`{}/:;=@[\\]^|"));
    if (!user.empty()) user += '@';
    authority.remove_prefix(at + 1);
  }
  std::string port;
  const std::size_t bracket = authority.rfind(']');
  if (const std::size_t at = authority.rfind(':');
      at != authority.npos && (bracket == authority.npos || at > bracket)) {
    port = authority.substr(at + 1);
    authority = authority.substr(0, at);
    if (port.find_first_not_of("0123456789") != port.npos) return std::nullopt;
    port.erase(0, std::min(port.find_first_not_of('0'), port.size()));
    if (port.size() > 5 || (port.size() == 5 && port > "65535")) return std::nullopt;
    if (port == (scheme == "http" ? "80" : "443")) port.clear();
  }
  const std::string host = to_lower(authority);
  if (!is_host(host)) return std::nullopt;

  std::string fragment, query;
  if (const std::size_t at = rest.find('#'); at != rest.npos) {
    fragment = concat("#", encoded(rest.substr(at + 1), "\"<>`"));
    rest = rest.substr(0, at);
  }
  if (const std::size_t at = rest.find('?'); at != rest.npos) {
    query = concat("?", encoded(rest.substr(at + 1), "\"#<>'"));
    rest = rest.substr(0, at);
  }
  if (!rest.empty()) rest.remove_prefix(1);
  return concat(scheme, "://", user, host, port.empty() ? "" : ":", port, normalised_path(rest), query, fragment);
}

}  // namespace zooport::bioimageio
