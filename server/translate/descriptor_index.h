// What server reflection may tell: the services that are served and the files that describe them, ready to be sent.
#ifndef SLUICE_SERVER_TRANSLATE_DESCRIPTOR_INDEX_H_
#define SLUICE_SERVER_TRANSLATE_DESCRIPTOR_INDEX_H_

#include <map>
#include <set>
#include <string>
#include <unordered_map>
#include <vector>

namespace google::protobuf {
class Descriptor;
class DescriptorPool;
class EnumDescriptor;
class FieldDescriptor;
class FileDescriptor;
}  // namespace google::protobuf

namespace sluice::translate {

// Names that callers send are looked up here and never in protobuf's pool: that one remembers each name it did not
// find, so a caller could fill the memory with them; and it has whatever happens to be linked.
// Thread-safe: immutable once built. Lifetime: independent of the pool's.
class DescriptorIndex {
 public:
  struct File {
    std::string serialized;  // a google.protobuf.FileDescriptorProto
    std::vector<const File*> imports;
  };
  using Extensions = std::map<int, const File*>;  // by field number

  // `services`: full names. Indexed are the files that define them, `more_files`, and what these import. A service or
  // file that the pool does not know is not described.
  DescriptorIndex(const google::protobuf::DescriptorPool& pool, std::set<std::string> services,
                  const std::set<std::string>& more_files);
  DescriptorIndex(const DescriptorIndex&) = delete;
  DescriptorIndex& operator=(const DescriptorIndex&) = delete;

  const std::set<std::string>& services() const { return services_; }

  // By the name that imports use; null when there is none.
  const File* FileByName(const std::string& name) const;
  // The file that defines it: a service, method, message, field, oneof, enum, enum value or extension, by full name.
  // Packages are none of these. Null when there is none.
  const File* FileOfSymbol(const std::string& full_name) const;
  // Where the extensions of a message are defined; null when there is no such message.
  const Extensions* ExtensionsOf(const std::string& message) const;

 private:
  const File& Add(const google::protobuf::FileDescriptor& file);
  void AddMessage(const google::protobuf::Descriptor& message, const File& file);
  void AddEnum(const google::protobuf::EnumDescriptor& type, const File& file);
  void AddExtension(const google::protobuf::FieldDescriptor& extension, const File& file);
  template <typename Descriptor>
  void AddSymbol(const Descriptor& descriptor, const File& file);

  std::set<std::string> services_;
  std::unordered_map<std::string, File> files_;  // its values stay where they are
  std::unordered_map<std::string, const File*> symbols_;
  std::unordered_map<std::string, Extensions> extensions_;  // has every message
};

}  // namespace sluice::translate

#endif  // SLUICE_SERVER_TRANSLATE_DESCRIPTOR_INDEX_H_
