#include "server/translate/descriptor_index.h"

#include <utility>

#include "google/protobuf/descriptor.h"
#include "google/protobuf/descriptor.pb.h"

namespace sluice::translate {

namespace pb = google::protobuf;

namespace {

template <typename Map>
auto* Find(const Map& map, const std::string& key) {
  const auto found = map.find(key);
  return found == map.end() ? nullptr : &found->second;
}

}  // namespace

DescriptorIndex::DescriptorIndex(const pb::DescriptorPool& pool, std::set<std::string> services,
                                 const std::set<std::string>& more_files)
    : services_(std::move(services)) {
  for (const std::string& name : services_) {
    if (const pb::ServiceDescriptor* service = pool.FindServiceByName(name)) Add(*service->file());
  }
  for (const std::string& name : more_files) {
    if (const pb::FileDescriptor* file = pool.FindFileByName(name)) Add(*file);
  }
}

const DescriptorIndex::File* DescriptorIndex::FileByName(const std::string& name) const { return Find(files_, name); }

const DescriptorIndex::File* DescriptorIndex::FileOfSymbol(const std::string& full_name) const {
  const File* const* file = Find(symbols_, full_name);
  return file == nullptr ? nullptr : *file;
}

const DescriptorIndex::Extensions* DescriptorIndex::ExtensionsOf(const std::string& message) const {
  return Find(extensions_, message);
}

const DescriptorIndex::File& DescriptorIndex::Add(const pb::FileDescriptor& descriptor) {
  const auto [at, added] = files_.try_emplace(std::string(descriptor.name()));
  File& file = at->second;
  if (!added) return file;
  pb::FileDescriptorProto proto;
  descriptor.CopyTo(&proto);
  descriptor.CopyJsonNameTo(&proto);  // else some clients print "task_id" where JSON has "taskId"
  file.serialized = proto.SerializeAsString();
  for (int i = 0; i < descriptor.dependency_count(); ++i) file.imports.push_back(&Add(*descriptor.dependency(i)));

  for (int i = 0; i < descriptor.message_type_count(); ++i) AddMessage(*descriptor.message_type(i), file);
  for (int i = 0; i < descriptor.enum_type_count(); ++i) AddEnum(*descriptor.enum_type(i), file);
  for (int i = 0; i < descriptor.extension_count(); ++i) AddExtension(*descriptor.extension(i), file);
  for (int i = 0; i < descriptor.service_count(); ++i) {
    const pb::ServiceDescriptor& service = *descriptor.service(i);
    AddSymbol(service, file);
    for (int m = 0; m < service.method_count(); ++m) AddSymbol(*service.method(m), file);
  }
  return file;
}

void DescriptorIndex::AddMessage(const pb::Descriptor& message, const File& file) {
  AddSymbol(message, file);
  extensions_.try_emplace(std::string(message.full_name()));
  for (int i = 0; i < message.field_count(); ++i) AddSymbol(*message.field(i), file);
  for (int i = 0; i < message.oneof_decl_count(); ++i) AddSymbol(*message.oneof_decl(i), file);
  for (int i = 0; i < message.nested_type_count(); ++i) AddMessage(*message.nested_type(i), file);
  for (int i = 0; i < message.enum_type_count(); ++i) AddEnum(*message.enum_type(i), file);
  for (int i = 0; i < message.extension_count(); ++i) AddExtension(*message.extension(i), file);
}

void DescriptorIndex::AddEnum(const pb::EnumDescriptor& type, const File& file) {
  AddSymbol(type, file);
  for (int i = 0; i < type.value_count(); ++i) AddSymbol(*type.value(i), file);
}

void DescriptorIndex::AddExtension(const pb::FieldDescriptor& extension, const File& file) {
  AddSymbol(extension, file);
  extensions_[std::string(extension.containing_type()->full_name())].emplace(extension.number(), &file);
}

template <typename Descriptor>
void DescriptorIndex::AddSymbol(const Descriptor& descriptor, const File& file) {
  symbols_.emplace(std::string(descriptor.full_name()), &file);
}

}  // namespace sluice::translate
