// What moves on its own, and those who want to know.
#ifndef SLUICE_CLIENT_AGENT_FOLLOWED_H_
#define SLUICE_CLIENT_AGENT_FOLLOWED_H_

#include <list>
#include <memory>
#include <utility>

namespace sluice::agent {

// Told whenever what it follows has moved: there is more to write, or it has ended. May stop following while it is
// told.
class Follower {
 public:
  virtual void OnMoved() = 0;

 protected:
  ~Follower() = default;
};

// Thread: the agent's.
class Followed {
 public:
  // Whoever calls it keeps the object: a follower may drop the last other hold on it.
  void TellFollowers() {
    for (auto next = followers_.begin(); next != followers_.end();) (*next++)->OnMoved();
  }

 private:
  friend class Following;
  std::list<Follower*> followers_;
};

// Keeps a follower on the list for as long as it lives.
class Following {
 public:
  Following(std::shared_ptr<Followed> followed, Follower& follower)
      : followed_(std::move(followed)), place_(followed_->followers_.insert(followed_->followers_.end(), &follower)) {}
  ~Following() { followed_->followers_.erase(place_); }
  Following(const Following&) = delete;
  Following& operator=(const Following&) = delete;

 private:
  const std::shared_ptr<Followed> followed_;
  const std::list<Follower*>::iterator place_;
};

}  // namespace sluice::agent

#endif  // SLUICE_CLIENT_AGENT_FOLLOWED_H_
