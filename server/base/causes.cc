#include "server/base/causes.h"

namespace sluice {

const std::vector<CauseInfo>& AllCauses() {
  static const auto& rows = *new std::vector<CauseInfo>{
      {Cause::kRequest, "request", "the request cannot be written as HTTP",
       "check the values of upstreams[].headers and of the call's metadata"},
      {Cause::kResolve, "resolve", "its name was not found", "check the host in upstreams[].url and the gateway's DNS"},
      {Cause::kRefused, "refused", "nothing listens at its address",
       "start the upstream, or correct host and port in upstreams[].url"},
      {Cause::kNoRoute, "no_route", "there is no way to its address", "check the gateway's routes and firewalls"},
      {Cause::kTimeout, "timeout", "its address did not answer in time",
       "check that it runs and what lies on the way to it; upstreams[].clocks.connect is the time it has"},
      {Cause::kConnect, "connect", "the connection could not be made", "see what the system says in the brackets"},
      {Cause::kClosed, "closed", "it closed the connection before the request was sent", "see the upstream's log"},
      {Cause::kTlsFiles, "tls_files", "the gateway's own files for TLS cannot be used",
       "correct upstreams[].tls.ca_file, cert_file or key_file"},
      {Cause::kTlsPlain, "tls_plain", "it does not speak TLS there",
       "write http:// in upstreams[].url, or give the port that speaks TLS"},
      {Cause::kTlsExpired, "tls_expired", "its certificate has expired",
       "have it renewed at the upstream; if it is still good, check the gateway's clock"},
      {Cause::kTlsNotYetValid, "tls_not_yet_valid", "its certificate is not valid yet",
       "check the clocks of the gateway and of who issued it"},
      {Cause::kTlsWrongName, "tls_wrong_name", "its certificate is for another name",
       "write a name of the certificate in upstreams[].url, or set upstreams[].tls.server_name to one"},
      {Cause::kTlsSelfSigned, "tls_self_signed", "its certificate is signed by itself alone, and not trusted",
       "if it is the right one, set upstreams[].tls.ca_file to that certificate"},
      {Cause::kTlsUnknownAuthority, "tls_unknown_authority", "its certificate is from an authority that is not trusted",
       "set upstreams[].tls.ca_file to that authority's certificate, and have the upstream send its whole chain"},
      {Cause::kTlsCertificate, "tls_certificate", "its certificate is not acceptable",
       "have it corrected at the upstream; the brackets say what is wrong with it"},
      {Cause::kTlsClientCertificate, "tls_client_certificate",
       "it demands a client certificate, and got none or one that it does not accept",
       "set upstreams[].tls.cert_file and key_file to a certificate that the upstream accepts"},
      {Cause::kTlsHandshake, "tls_handshake", "the TLS handshake failed",
       "check that the port is right and speaks TLS 1.2 or 1.3, and see the upstream's log"},
      {Cause::kDescriptors, "descriptors", "the gateway's descriptors are used up, but for a reserve",
       "raise the limit of the process (ulimit -n), or add replicas"},
      {Cause::kPorts, "ports", "every local port towards its address is in use",
       "add replicas, or give the upstream more addresses"},
  };
  return rows;
}

const CauseInfo* FindCause(Cause cause) {
  for (const CauseInfo& row : AllCauses()) {
    if (row.cause == cause) return &row;
  }
  return nullptr;
}

}  // namespace sluice
