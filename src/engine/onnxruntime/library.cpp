#include "engine/onnxruntime/library.hpp"

#include <algorithm>
#include <charconv>

#include "zooport/base/os/file.hpp"
#include "zooport/base/os/process.hpp"
#include "zooport/base/text.hpp"

namespace zooport::engine::ort {

namespace {

constexpr std::string_view kHowToGetIt =
    "Get it with `pip install onnxruntime`, or give the library's path with --engine or ZOOPORT_ENGINE.";

Error not_usable(const std::string& path, std::string_view why) {
  Error error = make_error(ErrorKind::kUnsupported, "engine.library-unusable",
                           concat("ONNX Runtime cannot be used from ", printable(path), ": ", why));
  error.what.help = kHowToGetIt;
  return error;
}

// What was named by an option or the environment is meant: nothing else is taken in its place.
Result<Library> open_named(const std::string& path, std::string_view named_by) {
  switch (os::status(path).kind) {
    case os::FileKind::kMissing: return not_usable(path, concat("there is no such file or folder (", named_by, ")"));
    case os::FileKind::kFolder: {
      std::vector<std::string> files = libraries_in(path);
      if (files.empty()) files = libraries_in(os::join_path(path, "onnxruntime/capi"));
      if (files.empty()) files = libraries_in(os::join_path(path, "lib"));
      if (files.empty()) return not_usable(path, concat("the folder holds no libonnxruntime (", named_by, ")"));
      return open_library(files.front());
    }
    default: return open_library(path);
  }
}

}  // namespace

std::uint32_t api_version_of(const std::string& version) {
  const std::size_t dot = version.find('.');
  if (dot == std::string::npos || version.substr(0, dot) != "1") return 0;
  std::uint32_t minor = 0;
  const auto [end, error] = std::from_chars(version.data() + dot + 1, version.data() + version.size(), minor);
  return error == std::errc{} && minor < 10'000 ? minor : 0;
}

Result<Library> open_library(const std::string& path) {
  std::string name = path;
  if (name.find('/') != std::string::npos) {
    auto absolute = os::real_path(name);
    if (!absolute) return not_usable(path, absolute.error().what.message);
    name = *absolute;
  }
  auto file = os::SharedLibrary::open({name});
  if (!file) return not_usable(path, file.error().what.message);
  using Base = const ApiBase*(ZOOPORT_ORT_CALL*)();
  const auto get_base = reinterpret_cast<Base>(file->find("OrtGetApiBase"));
  const ApiBase* base = get_base ? get_base() : nullptr;
  if (!base) return not_usable(path, "it has no OrtGetApiBase");
  const char* text = base->version();
  const std::string version = text ? text : "";
  const std::uint32_t newest = api_version_of(version);
  if (newest < kOldestVersion) {
    return not_usable(path, concat("expected version 1.", kOldestVersion, " or later, found ", printable(version)));
  }
  void* const* table = base->get_api(kOldestVersion);
  if (!table) return not_usable(path, concat("version ", printable(version), " does not give its functions"));
  return Library{std::move(*file), version, Api{table}};
}

Result<Library> first_usable(const std::vector<std::string>& files, const std::vector<std::string>& places) {
  std::string failures;
  for (const std::string& file : files) {
    auto library = open_library(file);
    if (library) return library;
    if (file.find('/') != std::string::npos) failures += concat("; ", library.error().what.message);
  }
  Error error =
      make_error(ErrorKind::kUnsupported, "engine.not-found",
                 concat("ONNX Runtime, which runs networks, was not found. Looked at: ", join(places, ", "), failures));
  error.what.help = kHowToGetIt;
  return error;
}

Result<Library> find_library(const std::string& path) {
  if (!path.empty()) return open_named(path, "it was named by the caller");
  if (const auto named = os::environment("ZOOPORT_ENGINE"); named && !named->empty()) {
    return open_named(*named, "ZOOPORT_ENGINE names it");
  }
  std::vector<std::string> places;
  std::vector<std::string> files = installed_libraries(places);
  for (const char* name : {"libonnxruntime.so", "libonnxruntime.so.1"}) {
    files.push_back(name);
    places.push_back(concat("the system's ", name));
  }
  return first_usable(files, places);
}

}  // namespace zooport::engine::ort
