// Where a session with an MCP server stands, as far as another gateway must know it to go on.
#ifndef SLUICE_SERVER_TRANSLATE_SESSION_RESUME_H_
#define SLUICE_SERVER_TRANSLATE_SESSION_RESUME_H_

#include <string>
#include <vector>

namespace sluice::translate {

struct SessionResume {
  struct Stream {
    std::string request_id;  // raw token of a running request
    std::string cursor;      // the last event id of its answer; empty: nothing can be replayed
    bool operator==(const Stream&) const = default;
  };

  std::string upstream;
  std::string protocol_version;
  std::string session_id;
  std::vector<Stream> streams;
  bool listens = false;       // to the server's own messages
  std::string listen_cursor;  // of that stream

  bool operator==(const SessionResume&) const = default;
};

}  // namespace sluice::translate

#endif  // SLUICE_SERVER_TRANSLATE_SESSION_RESUME_H_
