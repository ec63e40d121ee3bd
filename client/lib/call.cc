#include "sluice/client/call.h"

#include <utility>

#include "client/lib/call_core.h"

namespace sluice::client {

Call::Call(std::unique_ptr<CallCore> core) : core_(std::move(core)) {}
Call::Call(Call&&) noexcept = default;
Call& Call::operator=(Call&&) noexcept = default;
Call::~Call() = default;

bool Call::CanRead() const { return core_->CanRead(); }
std::optional<std::string> Call::Read() { return core_->Read(); }
absl::Status Call::status() { return core_->status(); }
bool Call::CanWrite() const { return core_->CanWrite(); }
bool Call::Write(std::string_view message) { return core_->Write(message, /*last=*/false); }
bool Call::WriteLast(std::string_view message) { return core_->Write(message, /*last=*/true); }
void Call::HalfClose() { core_->HalfClose(); }
void Call::Cancel() { core_->Cancel(); }

}  // namespace sluice::client
