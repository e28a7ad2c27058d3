#pragma once

#include <optional>
#include <string>

#include "resource/web/download.hpp"
#include "zooport/base/bytes.hpp"
#include "zooport/base/context.hpp"

namespace zooport::resource::web {

// A folder that any number of processes share:
//   objects/ab/cdef…  whole files, by SHA-256
//   urls/HASH         which of them a URL gave last, and by what the server tells its states apart
//   parts/HASH        what has come so far of a download, for who goes on with it
//   locks/HASH        held by who works on a URL
// HASH is the SHA-256 of the URL's normal form. Files appear by renaming; those in objects never change.
class Cache {
 public:
  struct Entry {
    std::string sha256;
    Validators validators;
  };

  static Result<Cache> open(const std::string& folder);

  std::string object_path(const std::string& sha256) const;
  std::string part_path(const Url& url) const { return path_of("parts", url); }
  std::string lock_path(const Url& url) const { return path_of("locks", url); }

  std::optional<Entry> find(const Url& url) const;
  // Its bytes, if they are there and are what the name says; what is damaged is taken away.
  Result<std::optional<Bytes>> read(const std::string& sha256, const Context& context) const;
  // The whole part of that URL becomes an object, and what the URL gives.
  Result<void> keep(const Url& url, const Entry& entry) const;

 private:
  explicit Cache(std::string folder) : folder_(std::move(folder)) {}
  std::string path_of(const char* kind, const Url& url) const;

  std::string folder_;
};

}  // namespace zooport::resource::web
