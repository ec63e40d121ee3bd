// Reads a YAML map into a struct by its key table, strictly: what is not understood is an error, with its place.
#ifndef SLUICE_SERVER_CONFIG_SETTINGS_READER_H_
#define SLUICE_SERVER_CONFIG_SETTINGS_READER_H_

#include <functional>
#include <string>
#include <string_view>

#include "server/config/draft.h"
#include "server/config/keys.h"
#include "server/config/problems.h"
#include "server/config/references.h"
#include "server/config/yaml_node.h"

namespace sluice::config {

// Where settings come from, as errors name it.
struct Source {
  std::string label;           // "sluice.yaml", "--set"
  bool has_positions = false;  // the label is a file, and lines and columns mean something to people
  const Surroundings& surroundings = ProcessSurroundings();

  std::string Where(int line, int column) const;
  std::string Where(const YamlNode& node) const { return Where(node.line, node.column); }
};

// Thread: any one. Lifetime: shorter than all it is given.
template <typename Owner>
class SettingsReader {
 public:
  // base: how error messages name the owner: "", "upstreams[0].", "upstreams.default.".
  SettingsReader(const Source& source, std::string base, Owner& owner, Origins& origins, Problems& problems)
      : source_(source), base_(std::move(base)), owner_(owner), origins_(origins), problems_(problems) {}
  SettingsReader(const SettingsReader&) = delete;
  SettingsReader& operator=(const SettingsReader&) = delete;

  // What reads the value of the one key that is no value of Owner itself.
  void OnUpstreams(std::function<void(const YamlNode&)> read) { read_upstreams_ = std::move(read); }

  // section: "" or "drain".
  void ReadSection(const YamlNode& map, std::string_view section);
  void ReadKey(const Key<Owner>& key, const YamlNode& value);
  // One entry of a kMap key.
  void ReadEntry(const Key<Owner>& key, const YamlNode& name, const YamlNode& value);

  // Says that `path` is no key: what it may have been, and what its section has.
  void ReportUnknown(std::string_view path, std::string_view section, const YamlNode& at);
  void Report(const YamlNode& at, std::string_view path, std::string_view message);

 private:
  bool Expect(YamlNode::Kind kind, const YamlNode& node, std::string_view path);
  bool ReportDuplicates(const YamlNode& map, std::size_t index, std::string_view path, bool ignore_case);
  void ReadList(const Key<Owner>& key, const YamlNode& list);
  void ReadMap(const Key<Owner>& key, const YamlNode& map);
  // Sets the value, with its references put in, and tells what is wrong with it. item: its name among the references.
  void Store(const Key<Owner>& key, std::string_view name, const YamlNode& value, std::string_view path,
             const std::string& item);

  const Source& source_;
  const std::string base_;
  Owner& owner_;
  Origins& origins_;
  Problems& problems_;
  std::function<void(const YamlNode&)> read_upstreams_;
};

extern template class SettingsReader<Config>;
extern template class SettingsReader<Upstream>;

// Reads the value of `upstreams`: replaces all that the draft has.
void ReadUpstreams(const Source& source, const YamlNode& list, Draft& draft, Problems& problems);

// Reads a whole configuration.
void ReadConfig(const Source& source, const YamlNode& root, Draft& draft, Problems& problems);

}  // namespace sluice::config

#endif  // SLUICE_SERVER_CONFIG_SETTINGS_READER_H_
