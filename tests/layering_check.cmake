# The arrows between the folders, as data, and the check that holds them (ARCHITECTURE.md).
#   cmake -DROOT=<source tree> -DWORK=<scratch folder> -P layering_check.cmake
# System headers are visible to every target, so the build cannot hold these fences; this can.
# Each rule carries a witness: a line that breaks it. Before the tree is read, every witness is planted in a file of a
# scratch tree and must be found there: a rule that catches nothing is an error.
cmake_minimum_required(VERSION 3.25)

# rule(name FILES <regex of paths> [INCLUDE_NOT <regex>] [INCLUDE_ONLY <regex>] [TEXT_NOT <regex>]
#      [EXCEPT_FILES <regex>] [EXCEPT_INCLUDE <regex>] WITNESS <path> <line>)
#   FILES, EXCEPT_FILES   which files it is about, by their path below the root
#   INCLUDE_NOT           no #include names such a file; EXCEPT_INCLUDE may be included all the same
#   INCLUDE_ONLY          every #include names such a file
#   TEXT_NOT              no line outside comments contains it
set(rules "")
function(rule name)
  cmake_parse_arguments(R "" "FILES;INCLUDE_NOT;INCLUDE_ONLY;TEXT_NOT;EXCEPT_FILES;EXCEPT_INCLUDE" "WITNESS" ${ARGN})
  list(GET R_WITNESS 0 witness_path)
  list(GET R_WITNESS 1 witness_line)
  foreach(key FILES INCLUDE_NOT INCLUDE_ONLY TEXT_NOT EXCEPT_FILES EXCEPT_INCLUDE)
    set(rule_${name}_${key} "${R_${key}}" PARENT_SCOPE)
  endforeach()
  set(rule_${name}_WITNESS_PATH "${witness_path}" PARENT_SCOPE)
  set(rule_${name}_WITNESS_LINE "${witness_line}" PARENT_SCOPE)
  set(rules ${rules} ${name} PARENT_SCOPE)
endfunction()

# ---- the rules ------------------------------------------------------------------------------------------------------

rule(base_is_std_absl_protos FILES "^server/base/"
     INCLUDE_ONLY "^<[a-z_0-9]+>$|absl/|google/protobuf/|[.]pb[.]h|server/base/"
     WITNESS server/base/planted.h "#include <simdjson.h>")

# Messages of our protos, but not their stubs (.grpc.pb.h), which are gRPC.
set(messages "\"grpc/[a-z0-9_/]+[.]pb[.]h\"")

rule(translate_is_pure FILES "^server/translate/"
     INCLUDE_NOT "grpcpp/|grpc/|boost/|<thread>|<mutex>|<atomic>|<condition_variable>|<future>|<ctime>"
     EXCEPT_INCLUDE "${messages}"
     WITNESS server/translate/planted.cc "#include <mutex>")
# Durations are values (RetryInfo has one); asking what time it is is not pure.
rule(translate_has_no_clock FILES "^server/translate/"
     TEXT_NOT "(steady|system|high_resolution)_clock|clock_gettime|gettimeofday|absl::Now[(]|[^a-zA-Z_.>]time[(]"
     WITNESS server/translate/planted.cc "const auto now = std::chrono::system_clock::now();")
rule(translate_calls_nobody_above FILES "^server/translate/"
     INCLUDE_NOT "server/(upstream|frontend|http|observe|config)/"
     WITNESS server/translate/planted.cc "#include \"server/upstream/exchange.h\"")

rule(config_knows_no_transport FILES "^server/config/"
     INCLUDE_NOT "grpcpp/|grpc/|boost/|server/(upstream|frontend|http|observe)/"
     WITNESS server/config/planted.cc "#include <boost/asio/ip/tcp.hpp>")

rule(upstream_knows_no_grpc FILES "^server/upstream/"
     INCLUDE_NOT "grpcpp/|grpc/|server/(frontend|http|config)/"
     WITNESS server/upstream/planted.cc "#include <grpcpp/alarm.h>")
rule(the_seam_names_no_asio FILES "^server/upstream/exchange[.]h$"
     INCLUDE_NOT "boost/|openssl/"
     WITNESS server/upstream/exchange.h "#include <boost/asio/ip/tcp.hpp>")

rule(frontend_knows_no_sockets FILES "^server/frontend/"
     INCLUDE_NOT "boost/|server/http/"
     WITNESS server/frontend/planted.cc "#include <boost/beast/http.hpp>")
rule(frontend_sees_the_seam_alone FILES "^server/frontend/"
     INCLUDE_NOT "server/upstream/" EXCEPT_INCLUDE "server/upstream/exchange[.]h"
     WITNESS server/frontend/planted.cc "#include \"server/upstream/pool.h\"")

rule(discovery_sees_the_seam_alone FILES "^server/discovery/"
     INCLUDE_NOT "boost/|server/(upstream|frontend|http)/" EXCEPT_INCLUDE "server/upstream/exchange[.]h"
     WITNESS server/discovery/planted.cc "#include \"server/upstream/loop.h\"")

rule(observe_knows_no_transport FILES "^server/observe/"
     INCLUDE_NOT "grpcpp/|grpc/|boost/|server/(frontend|upstream|http)/"
     WITNESS server/observe/planted.h "#include \"grpcpp/grpcpp.h\"")

rule(http_knows_no_grpc FILES "^server/http/"
     INCLUDE_NOT "grpcpp/|grpc/|server/frontend/"
     WITNESS server/http/planted.cc "#include \"server/frontend/call.h\"")

rule(grpcpp_in_frontend_only FILES "^server/"
     EXCEPT_FILES "^server/frontend/|^server/(gateway|main)[.]"
     INCLUDE_NOT "grpcpp/|grpc/" EXCEPT_INCLUDE "${messages}"
     WITNESS server/planted.cc "#include <grpcpp/grpcpp.h>")
rule(boost_in_upstream_and_http_only FILES "^server/"
     EXCEPT_FILES "^server/(upstream|http)/"
     INCLUDE_NOT "boost/"
     WITNESS server/gateway.cc "#include <boost/asio/io_context.hpp>")

# An operation that no permit covers aborts the process one day, so nobody else gets hold of a queue.
rule(queues_stay_in_their_file FILES "^server/"
     EXCEPT_FILES "^server/frontend/(cq|queue|op_queue|completion_queue)[a-z_]*[.](h|cc)$"
     TEXT_NOT "[^a-z_]cq_?(->|[.])[A-Z]|queue_?->Shutdown|[^a-z_]cq_[^a-z]|[^a-z]AsyncNext[(]"
     WITNESS server/frontend/planted.cc "  cq_->Shutdown();")

rule(client_library_stands_alone FILES "^client/lib/"
     INCLUDE_ONLY "^<[a-z_0-9]+>$|absl/|google/protobuf/|[.]pb[.]h|^<grpcpp/|^\"sluice/client/|^\"client/lib/"
     WITNESS client/lib/planted.cc "#include \"server/translate/sse.h\"")
rule(client_headers_hide_grpc FILES "^client/lib/include/"
     INCLUDE_NOT "grpcpp/|grpc/|server/|client/lib/"
     WITNESS client/lib/include/sluice/client/planted.h "#include <grpcpp/channel.h>")
rule(ctl_calls_through_the_library FILES "^client/ctl/"
     INCLUDE_NOT "grpcpp/|client/lib/|server/(upstream|frontend|http|observe|config)/"
     WITNESS client/ctl/planted.cc "#include <grpcpp/channel.h>")

set(longest_file 400)  # lines, in server/ and client/

# ---- the check ------------------------------------------------------------------------------------------------------

# Appends "file: rule: line" to `violations` of the caller.
macro(violation path name line)
  string(STRIP "${line}" shown)
  string(REPLACE ";" ":" shown "${shown}")
  list(APPEND violations "${path}: ${name}: ${shown}")
endmacro()

function(check_rule name path includes code violations_out)
  set(violations "")
  foreach(include IN LISTS includes)
    if(rule_${name}_INCLUDE_NOT AND include MATCHES "${rule_${name}_INCLUDE_NOT}"
       AND NOT (rule_${name}_EXCEPT_INCLUDE AND include MATCHES "${rule_${name}_EXCEPT_INCLUDE}"))
      violation(${path} ${name} "#include ${include}")
    endif()
    if(rule_${name}_INCLUDE_ONLY AND NOT include MATCHES "${rule_${name}_INCLUDE_ONLY}")
      violation(${path} ${name} "#include ${include}")
    endif()
  endforeach()
  if(rule_${name}_TEXT_NOT AND code MATCHES "[^\n]*(${rule_${name}_TEXT_NOT})[^\n]*")
    violation(${path} ${name} "${CMAKE_MATCH_0}")
  endif()
  set(${violations_out} ${${violations_out}} ${violations} PARENT_SCOPE)
endfunction()

# Lists what is wrong below `root` in `violations_out`, and how many files were read in `files_out`.
function(check_tree root violations_out files_out)
  set(found "")
  file(GLOB_RECURSE paths RELATIVE "${root}" "${root}/server/*.h" "${root}/server/*.cc" "${root}/client/*.h"
       "${root}/client/*.cc")
  foreach(path IN LISTS paths)
    file(READ "${root}/${path}" text)
    string(REGEX REPLACE "[^\n]" "" newlines "${text}")
    string(LENGTH "${newlines}" length)
    if(length GREATER longest_file)
      list(APPEND found "${path}: file_length: ${length} lines, ${longest_file} are allowed")
    endif()
    string(REGEX REPLACE "//[^\n]*" "" code "\n${text}")
    string(REGEX MATCHALL "\n[ \t]*#[ \t]*include[ \t]+[<\"][^>\"\n]+[>\"]" includes "${code}")
    list(TRANSFORM includes REPLACE "^[^<\"]+" "")
    foreach(name IN LISTS rules)
      if(path MATCHES "${rule_${name}_FILES}"
         AND NOT (rule_${name}_EXCEPT_FILES AND path MATCHES "${rule_${name}_EXCEPT_FILES}"))
        check_rule(${name} "${path}" "${includes}" "${code}" found)
      endif()
    endforeach()
  endforeach()
  list(LENGTH paths files)
  set(${violations_out} "${found}" PARENT_SCOPE)
  set(${files_out} ${files} PARENT_SCOPE)
endfunction()

# ---- the check of the check -----------------------------------------------------------------------------------------

# Plants one file, and expects the violation to be found in it, or (wanted "") nothing at all.
function(expect_of_planted path text wanted)
  file(REMOVE_RECURSE "${WORK}")
  file(WRITE "${WORK}/${path}" "${text}")
  check_tree("${WORK}" found files)
  if(wanted STREQUAL "")
    set(as_wanted "${found}")
    if(found STREQUAL "")
      return()
    endif()
  elseif("${found}" MATCHES "${path}: ${wanted}: ")
    return()
  endif()
  message(FATAL_ERROR "layering_check does not work: planted in ${path}:\n${text}\nwanted '${wanted}', found '${found}'")
endfunction()

function(check_the_check)
  foreach(name IN LISTS rules)
    expect_of_planted(${rule_${name}_WITNESS_PATH} "#include <string>\n${rule_${name}_WITNESS_LINE}\nint x;\n" ${name})
  endforeach()
  string(REPEAT "int x;\n" 401 too_long)
  expect_of_planted(client/planted.cc "${too_long}" file_length)
  expect_of_planted(server/translate/planted.cc "#include \"grpc/health/v1/health.grpc.pb.h\"\n" translate_is_pure)
  # What is allowed must pass, or the rules are only noise.
  expect_of_planted(server/base/planted.h "#include <string>\n#include \"absl/status/status.h\"\n" "")
  expect_of_planted(server/translate/planted.h "// no #include <mutex> in here\n#include <chrono>\n" "")
  expect_of_planted(server/translate/planted.cc "#include \"grpc/health/v1/health.pb.h\"\n" "")
  expect_of_planted(server/frontend/planted.h
                    "#include <grpcpp/grpcpp.h>\n#include \"server/upstream/exchange.h\"\n" "")
  expect_of_planted(server/frontend/cq_thread.cc "#include <grpcpp/grpcpp.h>\nvoid f() { cq_->Shutdown(); }\n" "")
  expect_of_planted(server/upstream/planted.cc "#include <boost/asio.hpp>\n" "")
  file(REMOVE_RECURSE "${WORK}")
endfunction()

foreach(needed ROOT WORK)
  if(NOT DEFINED ${needed})
    message(FATAL_ERROR "layering_check: -D${needed}=... is missing")
  endif()
endforeach()
check_the_check()
check_tree("${ROOT}" violations files)
if(files EQUAL 0)
  message(FATAL_ERROR "layering_check: no sources below ${ROOT}")
endif()
if(violations)
  list(JOIN violations "\n  " shown)
  message(FATAL_ERROR "layering_check: these lines break the rules of tests/layering_check.cmake:\n  ${shown}")
endif()
list(LENGTH rules count)
message(STATUS "layering_check: ${files} files keep ${count} rules")
