// One outstanding completion-queue operation. Its address is the tag.
#ifndef SLUICE_SERVER_FRONTEND_CQ_OP_H_
#define SLUICE_SERVER_FRONTEND_CQ_OP_H_

namespace sluice::frontend {

// Lifetime: until Complete() hands the result to its owner, which may destroy the operation: the poller touches nothing
// of it afterwards. The operation's permit is therefore the poller's to give back, once Complete() has returned.
class CqOp {
 public:
  // Thread: the queue's own; exactly once per start. `ok` is gRPC's.
  virtual void Complete(bool ok) noexcept = 0;

 protected:
  ~CqOp() = default;
};

// An operation whose result goes to a member function of its owner.
template <typename Owner, void (Owner::*Handler)(bool ok)>
class MemberOp final : public CqOp {
 public:
  explicit MemberOp(Owner& owner) : owner_(owner) {}
  void Complete(bool ok) noexcept override { (owner_.*Handler)(ok); }

 private:
  Owner& owner_;
};

}  // namespace sluice::frontend

#endif  // SLUICE_SERVER_FRONTEND_CQ_OP_H_
