// A session with an MCP server, from its handshake on.
#ifndef SLUICE_TESTS_TRANSLATE_MCP_SCENE_H_
#define SLUICE_TESTS_TRANSLATE_MCP_SCENE_H_

#include <string>

#include "tests/translate/session_scene.h"

namespace sluice::translate {

inline Session::Options McpOptions(const std::string& era = "auto") {
  Session::Options options{"srv", SessionKind::kMcp, {4096, 1024, 8}};
  options.era = era;
  options.seal = [](const SessionResume& stand) {
    std::string token = stand.session_id + "@" + stand.protocol_version;
    for (const auto& stream : stand.streams) token += " " + stream.request_id + "=" + stream.cursor;
    return token + (stand.listens ? " listen=" + stand.listen_cursor : "");
  };
  return options;
}

class McpScene : public SessionScene {
 public:
  using SessionScene::SessionScene;
  McpScene() : SessionScene(McpOptions()) {}

  // initialize and its answer. Request 1.
  void Initialize(const std::string& version = "2025-11-25", const std::string& session_id = "s1") {
    Send(Call("0", "initialize", R"({"protocolVersion":")" + version + R"("})"));
    Headers headers;
    if (!session_id.empty()) headers.emplace_back("mcp-session-id", session_id);
    Answer(Last().key, Result("0", R"({"protocolVersion":")" + version + R"("})"), 200, headers);
  }
  // The whole handshake: the key of the stream of the server's own messages, which is open.
  Session::Key Handshake(const std::string& version = "2025-11-25") {
    Initialize(version);
    Send(Notice("notifications/initialized"));
    const Session::Key listen = Last().key;
    Events(listen);
    Accepted(Last().key);
    Clear();
    return listen;
  }
  // A request whose answer has begun as events: its key.
  Session::Key Begin(const std::string& id, const std::string& method = "tools/call") {
    Send(Call(id, method));
    const Session::Key key = Last().key;
    Events(key);
    return key;
  }
};

}  // namespace sluice::translate

#endif  // SLUICE_TESTS_TRANSLATE_MCP_SCENE_H_
