# Builds client/examples/cpp as a user would.
#   cmake -DHOW=installed|subproject -DBUILD=<build tree> -DSOURCE=<source tree> -DWORK=<scratch folder>
#         -DLAUNCHER=<compiler cache, may be empty> -P build_example.cmake
# installed: against what `cmake --install` puts into WORK/prefix. subproject: against the source tree, by FetchContent.
cmake_minimum_required(VERSION 3.25)

function(run)
  execute_process(COMMAND ${ARGN} COMMAND_ERROR_IS_FATAL ANY)
endfunction()

file(REMOVE_RECURSE "${WORK}")
if(HOW STREQUAL "installed")
  run(${CMAKE_COMMAND} --install "${BUILD}" --prefix "${WORK}/prefix")
  set(where "-DCMAKE_PREFIX_PATH=${WORK}/prefix")
else()
  file(WRITE "${WORK}/sluice_by_fetch_content.cmake"
       "include(FetchContent)\nFetchContent_Declare(sluice SOURCE_DIR \"${SOURCE}\" OVERRIDE_FIND_PACKAGE)\n")
  set(where "-DCMAKE_PROJECT_TOP_LEVEL_INCLUDES=${WORK}/sluice_by_fetch_content.cmake")
endif()
run(${CMAKE_COMMAND} -G Ninja -S "${SOURCE}/client/examples/cpp" -B "${WORK}/example"
    "-DCMAKE_CXX_COMPILER_LAUNCHER=${LAUNCHER}" "-DCMAKE_CXX_FLAGS=-Wall -Wextra -Werror" "${where}")
run(${CMAKE_COMMAND} --build "${WORK}/example" --parallel 2)
