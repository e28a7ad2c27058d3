#pragma once

#include <curl/curl.h>

#include <string>

#include "zooport/base/result.hpp"

namespace zooport::resource::web {

// The functions of libcurl that are used, found when the first file is asked for.
struct Library {
  decltype(&::curl_global_init) global_init;
  decltype(&::curl_easy_init) easy_init;
  decltype(&::curl_easy_cleanup) easy_cleanup;
  decltype(&::curl_easy_reset) easy_reset;
  decltype(&::curl_easy_setopt) easy_setopt;
  decltype(&::curl_easy_getinfo) easy_getinfo;
  decltype(&::curl_easy_perform) easy_perform;
  decltype(&::curl_easy_strerror) easy_strerror;
  decltype(&::curl_slist_append) slist_append;
  decltype(&::curl_slist_free_all) slist_free_all;
  decltype(&::curl_version_info) version_info;
  std::string path;
};

// Opened once in a process; thread-safe. Error: base.library-missing.
Result<const Library*> library();
Error unusable(const Library& library);

}  // namespace zooport::resource::web
