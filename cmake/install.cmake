# What `cmake --install` puts where: the programs, the client library with its headers and package, the protos.
include(CMakePackageConfigHelpers)
set(SLUICE_PACKAGE_DIR ${CMAKE_INSTALL_LIBDIR}/cmake/sluice)

if(SLUICE_BUILD_PROGRAMS)
  install(TARGETS sluice sluicectl sluice-agent)
endif()
install(TARGETS sluice_client sluice_protos EXPORT sluice)
install(EXPORT sluice FILE sluiceTargets.cmake NAMESPACE sluice:: DESTINATION ${SLUICE_PACKAGE_DIR})
install(DIRECTORY client/lib/include/sluice DESTINATION ${CMAKE_INSTALL_INCLUDEDIR})
install(DIRECTORY ${SLUICE_GENERATED_DIR}/ DESTINATION ${SLUICE_PROTO_INCLUDEDIR}
        FILES_MATCHING PATTERN "*.pb.h" PATTERN "*.grpc.pb.h" EXCLUDE)
install(DIRECTORY protos DESTINATION ${CMAKE_INSTALL_DATADIR}/sluice FILES_MATCHING PATTERN "*.proto")

write_basic_package_version_file(${PROJECT_BINARY_DIR}/sluiceConfigVersion.cmake COMPATIBILITY SameMinorVersion)
configure_package_config_file(cmake/sluiceConfig.cmake.in ${PROJECT_BINARY_DIR}/sluiceConfig.cmake
                              INSTALL_DESTINATION ${SLUICE_PACKAGE_DIR})
install(FILES ${PROJECT_BINARY_DIR}/sluiceConfig.cmake ${PROJECT_BINARY_DIR}/sluiceConfigVersion.cmake
        DESTINATION ${SLUICE_PACKAGE_DIR})
