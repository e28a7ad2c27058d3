#include <algorithm>
#include <vector>

#include "bioimageio/text_rules.hpp"
#include "bioimageio/url_host.hpp"
#include "zooport/base/text.hpp"

// The rules of WHATWG that http and https need, and what decides about other schemes.
namespace zooport::bioimageio {
namespace {

constexpr char kHex[] = "0123456789ABCDEF";
constexpr std::string_view kReservedInUser = "\"#<>?`{}/:;=@[\\]^|";

bool is_ascii_letter(char c) { return (c | 32) >= 'a' && (c | 32) <= 'z'; }
// "C:", which is no host of a file.
bool is_drive(std::string_view text) {
  return text.size() == 2 && is_ascii_letter(text[0]) && (text[1] == ':' || text[1] == '|');
}

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

constexpr std::string_view kTooLong = "url_too_long", kParsing = "url_parsing", kScheme = "url_scheme";
constexpr std::size_t kLongest = 2083;

// Removes "scheme:" from the front; empty if there is none.
std::string take_scheme(std::string_view& rest) {
  const std::size_t colon = rest.find(':');
  if (colon == rest.npos || colon == 0 || !is_ascii_letter(rest[0])) return {};
  for (const char c : rest.substr(0, colon))
    if (!is_ascii_letter(c) && !(c >= '0' && c <= '9') && c != '+' && c != '-' && c != '.') return {};
  std::string scheme = to_lower(rest.substr(0, colon));
  rest.remove_prefix(colon + 1);
  return scheme;
}

// user:secret@host:port, taken apart. The host is not checked yet.
struct Authority {
  std::string user;  // with the '@'
  std::string_view host;
  std::string port;
};

std::optional<Authority> authority_of(std::string_view text) {
  Authority parts;
  if (const std::size_t at = text.rfind('@'); at != text.npos) {
    const std::string_view info = text.substr(0, at);
    const std::size_t secret = info.find(':');
    parts.user = encoded(info.substr(0, secret), kReservedInUser);
    if (secret != info.npos && secret + 1 < info.size())
      parts.user += concat(":", encoded(info.substr(secret + 1), kReservedInUser));
    if (!parts.user.empty()) parts.user += '@';
    text.remove_prefix(at + 1);
  }
  std::size_t end = 0;
  for (bool in_brackets = false; end < text.size() && (in_brackets || text[end] != ':'); ++end) {
    if (text[end] == '[') in_brackets = true;
    if (text[end] == ']') in_brackets = false;
  }
  parts.host = text.substr(0, end);
  if (end == text.size()) return parts;
  parts.port = text.substr(end + 1);
  if (parts.port.find_first_not_of("0123456789") != parts.port.npos) return std::nullopt;
  const bool is_zero = !parts.port.empty();
  parts.port.erase(0, std::min(parts.port.find_first_not_of('0'), parts.port.size()));
  if (is_zero && parts.port.empty()) parts.port = "0";
  if (parts.port.size() > 5 || (parts.port.size() == 5 && parts.port > "65535")) return std::nullopt;
  return parts;
}

// Whether the reference can parse a URL of another scheme, which it then refuses for its scheme.
bool can_be_parsed(std::string_view scheme, std::string_view rest) {
  const bool is_file = scheme == "file";
  const bool is_special = is_file || scheme == "ftp" || scheme == "ws" || scheme == "wss";
  const std::string_view slashes = is_special ? "/\\" : "/";
  if (is_special && !is_file) {
    rest.remove_prefix(std::min(rest.find_first_not_of(slashes), rest.size()));
  } else {
    if (rest.size() < 2 || slashes.find(rest[0]) == slashes.npos || slashes.find(rest[1]) == slashes.npos) return true;
    rest.remove_prefix(2);
  }
  rest = rest.substr(0, rest.find_first_of(is_special ? "/\\?#" : "/?#"));
  if (is_file) return rest.empty() || is_drive(rest) || host_of_url(rest);
  const auto authority = authority_of(rest);
  if (!authority) return false;
  if (is_special) return host_of_url(authority->host).has_value();
  if (authority->host.empty()) return authority->user.empty() && rest.find_first_of("@:") == rest.npos;
  return is_opaque_host(authority->host);
}

// True for a URL that normalisation surely leaves as it is, as nearly all are: https, a host of lower-case letters,
// digits and hyphens, and a path without escapes, dots at the beginning of a part, query or fragment.
bool is_plain(std::string_view text) {
  if (text.size() > kLongest) return false;
  if (!text.starts_with("https://") && !text.starts_with("http://")) return false;
  text.remove_prefix(text.find('/') + 2);
  const std::size_t slash = text.find('/');
  if (slash == text.npos || slash == 0) return false;
  const std::string_view host = text.substr(0, slash);
  const auto is_host_character = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '.';
  };
  if (!std::all_of(host.begin(), host.end(), is_host_character)) return false;
  if (host.front() == '.' || host.find("..") != host.npos || host.find("xn--") != host.npos) return false;
  const std::size_t dot = host.rfind('.');  // an address of numbers has a digit after it
  if (dot == host.npos || dot + 1 == host.size() || !is_ascii_letter(host[dot + 1])) return false;
  const std::string_view path = text.substr(slash);
  return path.find("/.") == path.npos && std::all_of(path.begin(), path.end(), [](char c) {
           return c > 0x20 && c < 0x7F && std::string_view("\"#%<>?\\`{}").find(c) == std::string_view::npos;
         });
}

// Writes the normalised URL; what the reference calls the error, or nothing.
std::string_view parse(std::string_view given, std::string& normalised) {
  if (code_points(given) > kLongest) return kTooLong;
  const std::string text = cleaned(given);
  std::string_view rest = text;
  const std::string scheme = take_scheme(rest);
  if (scheme.empty()) return kParsing;
  if (scheme != "http" && scheme != "https") return can_be_parsed(scheme, rest) ? kScheme : kParsing;
  rest.remove_prefix(std::min(rest.find_first_not_of("/\\"), rest.size()));

  const std::size_t authority_end = std::min(rest.find_first_of("/\\?#"), rest.size());
  auto authority = authority_of(rest.substr(0, authority_end));
  if (!authority) return kParsing;
  rest.remove_prefix(authority_end);
  const auto host = host_of_url(authority->host);
  if (!host) return kParsing;
  std::string& port = authority->port;
  if (port == (scheme == "http" ? "80" : "443")) port.clear();

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
  normalised = concat(scheme, "://", authority->user, *host, port.empty() ? "" : ":", port, normalised_path(rest),
                      query, fragment);
  return normalised.size() > kLongest ? kTooLong : std::string_view();
}

}  // namespace

std::string_view url_error_type(std::string_view text) {
  std::string normalised;
  return parse(text, normalised);
}

std::optional<std::string> normalised_http_url(std::string_view text) {
  if (is_plain(text)) return std::string(text);
  std::string normalised;
  if (!parse(text, normalised).empty()) return std::nullopt;
  return normalised;
}

}  // namespace zooport::bioimageio
