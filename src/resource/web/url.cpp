#include "resource/web/url.hpp"

#include <algorithm>
#include <vector>

#include "resource/name.hpp"
#include "zooport/base/text.hpp"

namespace zooport::resource::web {
namespace {

constexpr char kHex[] = "0123456789ABCDEF";

int hex_value(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

bool is_escape(std::string_view text, std::size_t at) {
  return text[at] == '%' && at + 2 < text.size() && hex_value(text[at + 1]) >= 0 && hex_value(text[at + 2]) >= 0;
}

std::string decoded(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (is_escape(text, i)) {
      out += static_cast<char>(hex_value(text[i + 1]) * 16 + hex_value(text[i + 2]));
      i += 2;
    } else {
      out += text[i];
    }
  }
  return out;
}

// What is encoded already stays so.
std::string encoded(std::string_view text, std::string_view reserved) {
  std::string out;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte > 0x20 && byte < 0x7F && reserved.find(c) == reserved.npos) {
      out += c;
    } else {
      out += {'%', kHex[byte >> 4], kHex[byte & 15]};
    }
  }
  return out;
}

bool is_zenodo_content(const Url& url) {
  return url.host == "zenodo.org" && url.path.starts_with("/api/records/") && url.path.ends_with("/content");
}

std::string normal_path(std::string_view path) {
  std::vector<std::string> parts;
  for (bool more = true; more;) {
    const std::size_t end = path.find('/');
    more = end != path.npos;
    const std::string_view part = path.substr(0, end);
    const std::string plain = decoded(part);
    if (plain == "..") {
      if (!parts.empty()) parts.pop_back();
      if (!more) parts.emplace_back();
    } else if (plain == ".") {
      if (!more) parts.emplace_back();
    } else {
      parts.push_back(encoded(part, "\"<>?`{}\\^|"));
    }
    if (more) path.remove_prefix(end + 1);
  }
  std::string out;
  for (const std::string& part : parts) out += concat("/", part);
  return out.empty() ? "/" : out;
}

bool is_host(std::string_view host) {
  if (host.starts_with('['))
    return host.size() > 3 && host.ends_with(']') && host.find_first_not_of("[]0123456789abcdef:.") == host.npos;
  return !host.empty() && std::all_of(host.begin(), host.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '.' || c == '_';
  });
}

Error bad_url(std::string_view text, std::string_view why) {
  return make_error(ErrorKind::kInvalid, "resource.bad-url",
                    concat("'", printable(text), "' is no URL of a file on the web: ", why));
}

}  // namespace

Result<Url> parse(std::string_view text) {
  const std::string_view whole = text;
  Url url;
  for (const char* scheme : {"http", "https"})
    if (starts_with_ignoring_case(text, concat(scheme, "://"))) url.scheme = scheme;
  if (url.scheme.empty()) return bad_url(whole, "expected http:// or https://");
  if (std::any_of(text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7F; }))
    return bad_url(whole, "it has control characters");
  text = text.substr(0, text.find('#'));
  text.remove_prefix(url.scheme.size() + 3);
  std::string_view authority = text.substr(0, text.find_first_of("/?\\"));
  text.remove_prefix(authority.size());
  if (const std::size_t at = authority.rfind('@'); at != authority.npos) {
    url.user = authority.substr(0, at + 1);
    authority.remove_prefix(at + 1);
  }
  const std::size_t colon = authority.find(':', authority.starts_with('[') ? authority.find(']') : 0);
  url.host = to_lower(authority.substr(0, colon));
  if (!is_host(url.host)) return bad_url(whole, "its host is missing or has characters that no host has");
  if (colon != authority.npos) {
    const std::string_view port = authority.substr(colon + 1);
    const bool is_number = port.size() <= 5 && port.find_first_not_of("0123456789") == port.npos;
    if (!is_number || (!port.empty() && std::stoi(std::string(port)) > 65535))
      return bad_url(whole, "its port is none");
    if (!port.empty() && port != (url.scheme == "http" ? "80" : "443")) url.port = concat(":", port);
  }
  const std::size_t question = text.find('?');
  if (question != text.npos) url.query = encoded(text.substr(question), "\"<>");
  std::string_view path = text.substr(0, question);
  if (path.find('\\') != path.npos) return bad_url(whole, "it has a backslash; write '/'");
  if (path.starts_with('/')) path.remove_prefix(1);
  url.path = normal_path(path);
  return url;
}

Result<Url> resolve(const Url& base, std::string_view location) {
  location = location.substr(0, location.find('#'));
  const std::string origin = base.scheme + "://" + base.user + base.host + base.port;
  const std::size_t colon = location.find(':');
  if (colon < location.find_first_of("/?")) return parse(location);
  if (location.starts_with("//")) return parse(concat(base.scheme, ":", location));
  if (location.starts_with('/')) return parse(concat(origin, location));
  if (location.empty()) return base;
  if (location.starts_with('?')) return parse(concat(origin, base.path, location));
  return parse(concat(origin, base.path.substr(0, base.path.rfind('/') + 1), location));
}

Url folder_of(Url url) {
  if (is_zenodo_content(url)) {
    const std::string before = url.path.substr(0, url.path.size() - 8);
    url.path = concat(before.substr(0, before.rfind('/')), "/content");
  } else {
    url.path.resize(url.path.rfind('/'));
    if (url.path.empty()) url.path = "/";
  }
  return url;
}

Result<Url> in_folder(Url folder, const std::string& name) {
  ZOOPORT_TRY(check_file_name(name));
  // The server decodes what is encoded: "%2e%2e/x" would lead out.
  std::string plain = decoded(name);
  for (std::string last; last != plain;) last = std::exchange(plain, decoded(plain));
  ZOOPORT_TRY(check_file_name(plain));
  std::string escaped;
  for (std::size_t i = 0; i < name.size(); ++i) {
    if (name[i] == '%' && !is_escape(name, i)) {
      escaped += "%25";
    } else {
      escaped += encoded(name.substr(i, 1), "\"#<>?`{}\\^|");
    }
  }
  std::string end;
  if (is_zenodo_content(folder)) {
    end = "/content";
    folder.path.resize(folder.path.size() - end.size());
  }
  while (folder.path.ends_with('/')) folder.path.pop_back();
  folder.path += concat("/", escaped, end);
  return folder;
}

std::string file_name_of(const Url& url) {
  std::string_view path = url.path;
  if (is_zenodo_content(url)) path.remove_suffix(8);
  return decoded(path.substr(path.rfind('/') + 1));
}

}  // namespace zooport::resource::web
