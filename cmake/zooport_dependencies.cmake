# What is linked is linked statically where Debian has the archive: a cold `check` must not load libraries that it does
# not use. libzip, libtiff, libcurl and ONNX Runtime are opened at first use (base/os/shared_library.hpp): of the first
# three only the headers are needed here.
find_package(PkgConfig REQUIRED)
find_package(Threads REQUIRED)

function(zooport_static_library target archive pkg)
  pkg_check_modules(${target} REQUIRED ${pkg})
  find_library(${target}_ARCHIVE NAMES ${archive} HINTS ${${target}_LIBRARY_DIRS})
  add_library(${target} INTERFACE)
  if(${target}_ARCHIVE)
    target_link_libraries(${target} INTERFACE $<BUILD_INTERFACE:${${target}_ARCHIVE}>)
  else()
    target_link_libraries(${target} INTERFACE $<BUILD_INTERFACE:${${target}_LINK_LIBRARIES}>)
  endif()
  target_include_directories(${target} SYSTEM INTERFACE $<BUILD_INTERFACE:${${target}_INCLUDE_DIRS}>)
  set(ZOOPORT_STATIC_TARGETS ${ZOOPORT_STATIC_TARGETS} ${target} PARENT_SCOPE)
endfunction()

zooport_static_library(zooport_yaml libyaml.a yaml-0.1)
zooport_static_library(zooport_crypto libcrypto.a libcrypto)
zooport_static_library(zooport_z libz.a zlib)
zooport_static_library(zooport_deflate libdeflate.a libdeflate)
zooport_static_library(zooport_png libpng16.a libpng16)
zooport_static_library(zooport_pugixml libpugixml.a pugixml)
target_link_libraries(zooport_png INTERFACE zooport_z m)
find_path(ZOOPORT_ZIP_INCLUDE zip.h REQUIRED)
find_path(ZOOPORT_TIFF_INCLUDE tiffio.h REQUIRED)
find_path(ZOOPORT_CURL_INCLUDE curl/curl.h REQUIRED)
