// What interrupts the main thread's one wait: a signal of the user, or news of the call.
#ifndef SLUICE_CLIENT_CTL_WAKEUP_H_
#define SLUICE_CLIENT_CTL_WAKEUP_H_

namespace sluice::ctl {

// A pipe that a poll can wait on. Thread: Wake() from any thread, and from a signal handler; the rest from the owner's.
class Wakeup {
 public:
  Wakeup();
  ~Wakeup();
  Wakeup(const Wakeup&) = delete;
  Wakeup& operator=(const Wakeup&) = delete;

  void Wake() const;
  // Waits until woken, or until `other_fd` (-1: none) can be read. True when `other_fd` can.
  bool Wait(int other_fd) const;

 private:
  int ends_[2];
};

// From here on the first SIGINT or SIGTERM wakes `wakeup`, and the next one ends the process with exit code 65.
// Once in a process.
void CatchInterrupts(const Wakeup& wakeup);

// Whether such a signal has come.
bool Interrupted();

}  // namespace sluice::ctl

#endif  // SLUICE_CLIENT_CTL_WAKEUP_H_
