#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "zooport/resource/collection.hpp"
#include "zooport/resource/remote.hpp"

// A normal form is one, and what a name leads to lies below the folder. The first line is a URL, the rest a name.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string text(reinterpret_cast<const char*>(data), size);
  const std::size_t end = text.find('\n');
  const std::string url = text.substr(0, end);
  const std::string name = end == text.npos ? "" : text.substr(end + 1);
  zooport::resource::looks_like_id(url);
  zooport::resource::name_in_url(url);
  const auto folder = zooport::resource::web_folder_of(url);
  if (!folder.ok() || zooport::resource::web_folder_of(*folder + "/x").ok() == false) return 0;
  const auto plain = zooport::resource::web_url_in("https://host/a/b", name);
  if (plain.ok() && !std::string_view(*plain).starts_with("https://host/a/b/")) std::abort();
  if (plain.ok() && zooport::resource::web_folder_of(*plain).value().find("https://host/a/b") != 0) std::abort();
  if (zooport::resource::web_url_in(*folder, name).ok() != plain.ok()) std::abort();
  return 0;
}
