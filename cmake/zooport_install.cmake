# What `cmake --install` brings beside the program: headers, module archives, and a package for find_package(zooport).
# Targets: zooport::MODULE for each module, and zooport::zooport for all of them.
include(CMakePackageConfigHelpers)

get_property(modules GLOBAL PROPERTY ZOOPORT_MODULES)
add_library(zooport_all INTERFACE)
add_library(zooport::zooport ALIAS zooport_all)
set_target_properties(zooport_all PROPERTIES EXPORT_NAME zooport)
target_link_libraries(zooport_all INTERFACE ${modules})

set(package_folder ${CMAKE_INSTALL_LIBDIR}/cmake/zooport)
install(TARGETS zooport_all ${modules} ${ZOOPORT_STATIC_TARGETS} EXPORT zooportTargets
  ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR})
install(EXPORT zooportTargets NAMESPACE zooport:: DESTINATION ${package_folder})
install(DIRECTORY ${PROJECT_SOURCE_DIR}/include/zooport DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}
  FILES_MATCHING PATTERN "*.hpp")

configure_package_config_file(${CMAKE_CURRENT_LIST_DIR}/zooportConfig.cmake.in
  ${PROJECT_BINARY_DIR}/zooportConfig.cmake INSTALL_DESTINATION ${package_folder})
# Before 1.0 a minor version may change the interface.
write_basic_package_version_file(${PROJECT_BINARY_DIR}/zooportConfigVersion.cmake COMPATIBILITY SameMinorVersion)
install(FILES ${PROJECT_BINARY_DIR}/zooportConfig.cmake ${PROJECT_BINARY_DIR}/zooportConfigVersion.cmake
  DESTINATION ${package_folder})
