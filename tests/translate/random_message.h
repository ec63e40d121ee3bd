// Random messages of any type, filled by reflection. The same seed gives the same message everywhere.
#ifndef SLUICE_TESTS_TRANSLATE_RANDOM_MESSAGE_H_
#define SLUICE_TESTS_TRANSLATE_RANDOM_MESSAGE_H_

#include <cstddef>
#include <cstdint>
#include <random>
#include <string>

namespace google::protobuf {
class FieldDescriptor;
class Message;
class Value;
}  // namespace google::protobuf

namespace sluice::translate::testing {

// Numbers, texts and bytes with a liking for the odd ones.
class RandomData {
 public:
  explicit RandomData(std::uint64_t seed) : engine_(seed) {}

  // 0 to `bound` - 1; `bound` is not 0.
  std::uint64_t Below(std::uint64_t bound) { return engine_() % bound; }
  bool OneIn(std::uint64_t bound) { return Below(bound) == 0; }

  std::int64_t Integer(std::int64_t low, std::int64_t high);  // both included; often one of them
  double FiniteNumber();                                      // of any size, but for -0.0
  std::string Text();                                         // valid UTF-8, all planes, control characters too
  std::string Bytes();

 private:
  std::string CodePoint();

  std::mt19937_64 engine_;
};

// Fills messages with what JSON can carry (a2a_json.h says what it cannot): every kind of field, set or not, at its
// default or not; every member of a oneof; empty messages, lists and maps beside absent ones.
class RandomMessage {
 public:
  // Messages in one another, the outermost counted, as ProtoToJson() counts them.
  static constexpr int kMaxNesting = 60;

  explicit RandomMessage(std::uint64_t seed) : data_(seed) {}

  // `message` is empty.
  void Fill(google::protobuf::Message& message) { Fill(message, 1); }

 private:
  void Fill(google::protobuf::Message& message, int nesting);
  void FillFields(google::protobuf::Message& message, int nesting);
  void FillField(google::protobuf::Message& message, const google::protobuf::FieldDescriptor& field, int nesting);
  void AddElement(google::protobuf::Message& message, const google::protobuf::FieldDescriptor& field, int nesting);
  void SetScalar(google::protobuf::Message& message, const google::protobuf::FieldDescriptor& field);
  void FillValue(google::protobuf::Value& value, int nesting);

  RandomData data_;
  int messages_left_ = 200;  // so that no message grows without end
};

}  // namespace sluice::translate::testing

#endif  // SLUICE_TESTS_TRANSLATE_RANDOM_MESSAGE_H_
