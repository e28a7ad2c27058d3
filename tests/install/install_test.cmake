# cmake -D BUILD=… -D WORK=… -D COMPILER=… [-D TYPE=… -D FLAGS=…] -P install_test.cmake
# Installs a build into an empty prefix, builds the project in this folder against it, and runs that.
file(REMOVE_RECURSE ${WORK})
function(run)
  execute_process(COMMAND ${ARGV} COMMAND_ERROR_IS_FATAL ANY)
endfunction()

run(${CMAKE_COMMAND} --install ${BUILD} --prefix ${WORK}/prefix)
run(${CMAKE_COMMAND} -S ${CMAKE_CURRENT_LIST_DIR} -B ${WORK}/build -DCMAKE_PREFIX_PATH=${WORK}/prefix
  -DCMAKE_CXX_COMPILER=${COMPILER} -DCMAKE_BUILD_TYPE=${TYPE} -DCMAKE_CXX_FLAGS=${FLAGS})
run(${CMAKE_COMMAND} --build ${WORK}/build)
execute_process(COMMAND ${WORK}/build/example ${CMAKE_CURRENT_LIST_DIR}/../../examples/nuclei/rdf.yaml
  OUTPUT_VARIABLE said COMMAND_ERROR_IS_FATAL ANY)
message(STATUS "example: ${said}")
if(NOT said MATCHES ": valid\n$")
  message(FATAL_ERROR "expected the name of the model and 'valid', found: ${said}")
endif()
