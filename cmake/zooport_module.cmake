# zooport_module(NAME DEPENDS modules... [LINK libraries...] [INCLUDE folders...])
#
# A module is src/NAME (sources, private headers, unit tests named *_test.cpp) and include/zooport/NAME (public headers).
# DEPENDS are modules of lower floors; LINK and INCLUDE stay private to the module's sources and tests.

add_library(zooport_flags INTERFACE)
# Designated initialisers leave the rest to its defaults, which is what they are for.
target_compile_options(zooport_flags INTERFACE -Wall -Wextra -Wshadow -Wconversion -Wno-sign-conversion -Wno-missing-field-initializers)
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  # g++ 12 sees overlaps in std::string concatenation that are not there.
  target_compile_options(zooport_flags INTERFACE -Wno-restrict)
endif()
if(ZOOPORT_WERROR)
  target_compile_options(zooport_flags INTERFACE -Werror)
endif()
if(ZOOPORT_SANITIZE)
  target_compile_options(zooport_flags INTERFACE
    -fsanitize=${ZOOPORT_SANITIZE} -fno-sanitize-recover=all -fno-omit-frame-pointer)
  target_link_options(zooport_flags INTERFACE -fsanitize=${ZOOPORT_SANITIZE})
  if(ZOOPORT_FUZZ)
    target_compile_options(zooport_flags INTERFACE -fsanitize=fuzzer-no-link)
  endif()
endif()

if(ZOOPORT_TESTS)
  find_package(GTest REQUIRED)
  include(GoogleTest)
  # What `./dev asan` and `./dev tsan` build: the tests beside the modules, and nothing else.
  add_custom_target(unit_tests)
endif()

function(zooport_module name)
  cmake_parse_arguments(ARG "" "" "DEPENDS;LINK;INCLUDE" ${ARGN})
  file(GLOB_RECURSE sources CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/*.cpp)
  set(tests ${sources})
  list(FILTER sources EXCLUDE REGEX "_test\\.cpp$")
  list(FILTER tests INCLUDE REGEX "_test\\.cpp$")

  add_library(zooport_${name} STATIC ${sources})
  add_library(zooport::${name} ALIAS zooport_${name})
  set_target_properties(zooport_${name} PROPERTIES EXPORT_NAME ${name})
  target_include_directories(zooport_${name}
    PUBLIC $<BUILD_INTERFACE:${PROJECT_SOURCE_DIR}/include> $<INSTALL_INTERFACE:${CMAKE_INSTALL_INCLUDEDIR}>
    PRIVATE ${PROJECT_SOURCE_DIR}/src ${ARG_INCLUDE})
  list(TRANSFORM ARG_DEPENDS PREPEND zooport_ OUTPUT_VARIABLE depends)
  target_link_libraries(zooport_${name} PUBLIC ${depends} PRIVATE $<BUILD_INTERFACE:zooport_flags> ${ARG_LINK})
  set_property(GLOBAL APPEND PROPERTY ZOOPORT_MODULES zooport_${name})

  if(ZOOPORT_TESTS AND tests)
    add_executable(${name}_test ${tests})
    target_include_directories(${name}_test PRIVATE ${PROJECT_SOURCE_DIR}/src ${PROJECT_SOURCE_DIR} ${ARG_INCLUDE})
    target_link_libraries(${name}_test PRIVATE zooport_${name} zooport_flags ${ARG_LINK} GTest::gtest_main)
    target_compile_definitions(${name}_test PRIVATE
      ZOOPORT_SOURCE_DIR="${PROJECT_SOURCE_DIR}" ZOOPORT_BUILD_DIR="${PROJECT_BINARY_DIR}")
    add_dependencies(unit_tests ${name}_test)
    gtest_discover_tests(${name}_test TEST_PREFIX "unit." PROPERTIES LABELS unit TIMEOUT 300 DISCOVERY_TIMEOUT 60)
  endif()
endfunction()
