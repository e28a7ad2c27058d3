#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "zooport/base/context.hpp"

namespace zooport::convert {

// What this installation can do.
struct Installation {
  struct Part {
    std::string name;    // "ONNX Runtime", "libzip"
    std::string needed;  // what for
    bool is_found = false;
    std::string path;
    std::string version;                 // empty: unknown
    std::vector<std::string> providers;  // of an engine
    std::string reason;                  // why it was not found, and how to get it
  };
  std::vector<Part> parts;  // the engine first
  std::string cache_folder;
  std::string program;
  unsigned processors = 0;
  std::uint64_t memory_bytes = 0;
};

// Opens every optional part. `engine_path` as for engine::open_onnxruntime.
Installation inspect_installation(const std::string& engine_path, const Context& context);

}  // namespace zooport::convert
