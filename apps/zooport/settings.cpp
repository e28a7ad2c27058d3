#include "settings.hpp"

#include <charconv>
#include <initializer_list>

#include "zooport/base/os/file.hpp"
#include "zooport/base/os/process.hpp"

namespace zooport::app {
namespace {

// The first that is set.
std::string value_of(std::initializer_list<const char*> names) {
  for (const char* name : names)
    if (const auto set = os::environment(name); set && !set->empty()) return *set;
  return {};
}

bool is_on(const char* name) {
  const std::string value = value_of({name});
  return !value.empty() && value != "0" && value != "false";
}

std::string cache_folder(const Common& common) {
  if (!common.cache.empty()) return common.cache;
  if (const std::string set = value_of({"ZOOPORT_CACHE"}); !set.empty()) return set;
  // A folder of its own: the reference keeps other files there.
  if (const std::string set = value_of({"BIOIMAGEIO_CACHE_PATH", "XDG_CACHE_HOME"}); !set.empty())
    return os::join_path(set, "zooport");
  if (const std::string home = value_of({"HOME"}); !home.empty()) return os::join_path(home, ".cache/zooport");
  return "";
}

}  // namespace

Context context_of(const Common& common) {
  Context context;
  context.cache_folder = cache_folder(common);
  context.offline = common.offline || is_on("ZOOPORT_OFFLINE");
  Network& network = context.network;
  if (is_on("ZOOPORT_ALLOW_PRIVATE")) network.private_addresses = Network::PrivateAddresses::kAllow;
  network.user_agent = value_of({"BIOIMAGEIO_USER_AGENT"});
  network.collection = value_of({"ZOOPORT_COLLECTION", "BIOIMAGEIO_ID_MAP"});
  network.collection_pattern = value_of({"BIOIMAGEIO_COLLECTION_HTTP_PATTERN"});
  const std::string timeout = value_of({"BIOIMAGEIO_HTTP_TIMEOUT"});
  double seconds = 0;
  const auto [end, wrong] = std::from_chars(timeout.data(), timeout.data() + timeout.size(), seconds);
  if (wrong == std::errc() && end == timeout.data() + timeout.size() && seconds > 0)
    network.connect_seconds = network.idle_seconds = seconds;
  return context;
}

}  // namespace zooport::app
