// What a test wants to know of the calls that a fake gateway had.
#ifndef SLUICE_TESTS_CTL_JOURNAL_H_
#define SLUICE_TESTS_CTL_JOURNAL_H_

#include <grpcpp/grpcpp.h>

#include <condition_variable>
#include <map>
#include <mutex>
#include <string>

namespace sluice::testing {

// What the calls left behind. Thread-safe.
class Journal {
 public:
  void Note(const std::multimap<grpc::string_ref, grpc::string_ref>& metadata);
  void Note(const std::string& key, const std::string& value);
  // The value that the last call brought; empty without one.
  std::string Metadata(const std::string& key);
  void NoteCancelled();
  // True once some call has been cancelled by its client. Bounded.
  [[nodiscard]] bool WaitForCancelled();

 private:
  std::mutex mu_;
  std::condition_variable changed_;
  std::map<std::string, std::string> metadata_;  // guarded by mu_
  bool cancelled_ = false;                       // guarded by mu_
};

}  // namespace sluice::testing

#endif  // SLUICE_TESTS_CTL_JOURNAL_H_
