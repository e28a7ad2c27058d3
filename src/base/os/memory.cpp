#include "zooport/base/os/memory.hpp"

#include <sys/resource.h>

#include <algorithm>
#include <fstream>
#include <limits>
#include <sstream>
#include <string>

#include "zooport/base/os/process.hpp"

namespace zooport::os {
namespace {

// The number behind a word at the beginning of a line; none where it is not there.
std::uint64_t number_in(const char* file, const std::string& word, std::uint64_t otherwise) {
  std::ifstream stream(file);
  for (std::string line; std::getline(stream, line);) {
    std::istringstream words(line);
    std::string first;
    std::uint64_t number = 0;
    if (words >> first && first == word && words >> number) return number;
  }
  return otherwise;
}

std::uint64_t number_of(const char* file, std::uint64_t otherwise) {
  std::uint64_t number = 0;
  std::ifstream stream(file);
  return stream >> number ? number : otherwise;
}

std::uint64_t less(std::uint64_t a, std::uint64_t b) { return a > b ? a - b : 0; }

// What a control group leaves; files that it has cached can be given up.
std::uint64_t free_in_group(const char* limit, const char* used, const char* stat, const char* cached) {
  constexpr std::uint64_t kAll = std::numeric_limits<std::uint64_t>::max();
  const std::uint64_t most = number_of(limit, kAll);
  if (most == kAll) return kAll;
  return less(most, less(number_of(used, 0), number_in(stat, cached, 0)));
}

std::uint64_t left_of(decltype(RLIMIT_DATA) what, const char* word) {
  rlimit most{};
  if (::getrlimit(what, &most) != 0 || most.rlim_cur == RLIM_INFINITY) return std::numeric_limits<std::uint64_t>::max();
  return less(most.rlim_cur, number_in("/proc/self/status", word, 0) * 1024);
}

}  // namespace

FreeMemory free_memory() {
  FreeMemory free;
  free.total = number_in("/proc/meminfo", "MemAvailable:", memory_bytes() / 1024) * 1024;
  free.total = std::min(
      {free.total,
       free_in_group("/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory.current", "/sys/fs/cgroup/memory.stat",
                     "inactive_file"),
       free_in_group("/sys/fs/cgroup/memory/memory.limit_in_bytes", "/sys/fs/cgroup/memory/memory.usage_in_bytes",
                     "/sys/fs/cgroup/memory/memory.stat", "total_inactive_file")});
  free.writable = std::min({free.total, left_of(RLIMIT_DATA, "VmData:"), left_of(RLIMIT_AS, "VmSize:")});
  return free;
}

}  // namespace zooport::os
