#include <algorithm>

#include "engine/onnxruntime/library.hpp"
#include "zooport/base/os/file.hpp"
#include "zooport/base/os/process.hpp"
#include "zooport/base/text.hpp"

namespace zooport::engine::ort {

namespace {

bool is_library_name(const std::string& name) {
  if (name.starts_with("libonnxruntime.so")) return true;
  if (name.starts_with("libonnxruntime.") && name.ends_with(".dylib")) return true;
  return name == "onnxruntime.dll";
}

// "python3.9" before "python3.11"
bool older(const std::string& left, const std::string& right) {
  return left.size() != right.size() ? left.size() < right.size() : left < right;
}

// LIB/python3*/{site,dist}-packages/onnxruntime/capi
std::vector<std::string> python_folders(const std::string& lib) {
  std::vector<std::string> folders;
  auto names = os::list_folder(lib);
  if (!names) return folders;
  std::sort(names->begin(), names->end(), [](const auto& left, const auto& right) { return older(right, left); });
  for (const std::string& name : *names) {
    if (!name.starts_with("python3")) continue;
    for (const char* packages : {"site-packages", "dist-packages"}) {
      folders.push_back(concat(lib, "/", name, "/", packages, "/onnxruntime/capi"));
    }
  }
  return folders;
}

}  // namespace

std::vector<std::string> libraries_in(const std::string& folder) {
  std::vector<std::string> found;
  auto names = os::list_folder(folder);
  if (!names) return found;
  for (const std::string& name : *names) {
    if (is_library_name(name)) found.push_back(os::join_path(folder, name));
  }
  std::sort(found.begin(), found.end(), [](const auto& left, const auto& right) { return older(right, left); });
  return found;
}

std::vector<std::string> installed_libraries(std::vector<std::string>& looked_at) {
  std::vector<std::string> found;
  const auto look = [&](const std::string& folder) {
    const std::vector<std::string> here = libraries_in(folder);
    looked_at.push_back(folder);
    found.insert(found.end(), here.begin(), here.end());
  };

  const std::string program = os::parent_path(os::executable_path());
  if (!program.empty()) {
    look(program);
    look(os::join_path(program, "../lib"));
    look(os::join_path(program, "../lib/zooport"));
    look(os::join_path(program, "../../engine"));  // of a build folder: where `./dev setup` puts it
  }

  std::vector<std::string> roots;
  for (const char* variable : {"VIRTUAL_ENV", "CONDA_PREFIX"}) {
    if (const auto root = os::environment(variable); root && root->starts_with('/')) roots.push_back(*root + "/lib");
  }
  if (const auto home = os::environment("HOME"); home && home->starts_with('/')) roots.push_back(*home + "/.local/lib");
  roots.insert(roots.end(), {"/usr/local/lib", "/usr/lib"});
  for (const std::string& root : roots) {
    const std::vector<std::string> folders = python_folders(root);
    if (folders.empty()) looked_at.push_back(root + "/python3*");
    for (const std::string& folder : folders) look(folder);
  }
  return found;
}

}  // namespace zooport::engine::ort
