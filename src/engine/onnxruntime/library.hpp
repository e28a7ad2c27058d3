#pragma once

#include <memory>
#include <string>
#include <vector>

#include "engine/onnxruntime/abi.hpp"
#include "zooport/base/os/shared_library.hpp"

namespace zooport::engine::ort {

// An opened library with its function table.
struct Library {
  os::SharedLibrary file;
  std::string version;  // "1.32.0"
  Api api;
};

// Opens one file (or a name that the system looks up) and takes its function table.
Result<Library> open_library(const std::string& path);

// Where the library may lie, best first. `looked_at` receives every place, also those where nothing is.
std::vector<std::string> installed_libraries(std::vector<std::string>& looked_at);

// The libraries in one folder, newest first; empty if there are none.
std::vector<std::string> libraries_in(const std::string& folder);

// The minor number of "1.32.0"; 0 if the text is no version of that kind.
std::uint32_t api_version_of(const std::string& version);

// The first of the files (or names that the system looks up) that can be used. The error names `places`, and why each
// file that exists could not be used.
Result<Library> first_usable(const std::vector<std::string>& files, const std::vector<std::string>& places);

// The library to use, as open_onnxruntime() says.
Result<Library> find_library(const std::string& path);

}  // namespace zooport::engine::ort
