#include "server/discovery/card_reader.h"

#include <optional>
#include <utility>
#include <variant>

#include "absl/strings/str_cat.h"
#include "server/base/byte_budget.h"
#include "server/config/problems.h"
#include "server/discovery/card_fetch.h"
#include "server/discovery/learn.h"

namespace sluice::discovery {
namespace {

using std::chrono::milliseconds;
using upstream::ExchangeId;
using upstream::TimerId;

// A card is a small file; who takes longer has none for now.
constexpr milliseconds kFetchTime{10'000};
constexpr std::size_t kLowWatermark = 16 * 1024;
constexpr std::size_t kHighWatermark = 64 * 1024;

}  // namespace

struct CardReader::Reading {
  Reading(const UpstreamEntry& of, TimerId the_timer) : entry(of), timer(the_timer), fetch(entry.config) {}

  const UpstreamEntry& entry;
  const TimerId timer;
  CardFetch fetch;
  std::string told;  // the last line in the log, which is not said twice

  // The request that runs.
  std::optional<ExchangeId> exchange;
  std::shared_ptr<ByteBudget> budget;
  ResponseHead head;
  std::string body;
};

CardReader::CardReader(const Directory& directory, observe::Log& log) : log_(log), random_(std::random_device()()) {
  for (const UpstreamEntry& entry : directory.all()) {
    if (entry.config.kind != config::UpstreamKind::kA2a || !entry.config.card.refresh) continue;
    readings_.push_back(std::make_unique<Reading>(entry, TimerId{readings_.size()}));
  }
}

CardReader::~CardReader() = default;

void CardReader::Begin(upstream::Upstream& io) {
  io_ = &io;
  for (const auto& reading : readings_) io.ArmTimer(reading->timer, upstream::Clock::now());
}

bool CardReader::Deliver(upstream::TimerFired fired) {
  Reading& reading = *readings_.at(static_cast<std::size_t>(fired.id));
  reading.fetch.BeginRound();
  Ask(reading);
  return true;
}

bool CardReader::Deliver(upstream::ExchangeEvent event) {
  for (const auto& reading : readings_) {
    if (reading->exchange != event.id) continue;
    if (reading->fetch.is_of_upstream()) reading->entry.Observe(event);
    if (auto* head = std::get_if<ResponseHead>(&event.what)) {
      reading->head = std::move(*head);
    } else if (const auto* body = std::get_if<upstream::BodyBytes>(&event.what)) {
      reading->body += body->bytes;
      if (reading->budget->Release(body->bytes.size())) io_->Resume(event.id);
      if (reading->body.size() > translate::kMaxCardBytes) io_->Abort(event.id);
    } else {
      OnEnd(*reading, std::get<ExchangeEnd>(event.what));
    }
  }
  return true;
}

void CardReader::Ask(Reading& reading) {
  const config::Upstream& config = reading.entry.config;
  upstream::ExchangeRequest request;
  request.target = reading.fetch.is_of_upstream() ? reading.entry.target : MakeTarget(reading.fetch.url(), {});
  request.method = "GET";
  request.path = reading.fetch.url().path;
  request.headers = reading.fetch.headers();
  request.clocks.connect = config.clocks.connect;
  request.clocks.total = kFetchTime;
  reading.budget = std::make_shared<ByteBudget>(kLowWatermark, kHighWatermark);
  request.budget = reading.budget;
  request.retry_safe = true;
  reading.head = {};
  reading.body.clear();
  reading.exchange = ExchangeId{next_exchange_++};
  io_->Start(*reading.exchange, std::move(request));
}

void CardReader::OnEnd(Reading& reading, const ExchangeEnd& end) {
  using Verdict = CardFetch::Verdict;
  reading.exchange.reset();
  const bool too_large = reading.body.size() > translate::kMaxCardBytes;
  if (end.outcome == ExchangeOutcome::kAborted && !too_large) return;  // the process ends
  const bool answered = end.outcome == ExchangeOutcome::kComplete || too_large;
  CardFetch::Result result =
      answered ? reading.fetch.OnAnswer(reading.head, reading.body) : reading.fetch.OnNoAnswer(end.detail);
  std::string().swap(reading.body);
  if (result.verdict == Verdict::kTryNext) return Ask(reading);
  if (result.verdict == Verdict::kFailed) {
    Tell(reading, absl::StrCat("its agent card cannot be read: ", config::OneLine(result.why)));
  }
  if (result.verdict == Verdict::kCard) {
    const std::string name = result.card->name;
    Learned learned = LearnFrom(reading.entry.config, *std::move(result.card));
    Tell(reading, absl::StrCat("its agent card is that of ", config::Quoted(name), "; A2A ",
                               std::string(translate::NameOf(learned.agent.version)), " is spoken with it",
                               learned.note.empty() ? "" : "; the card ", learned.note));
    reading.entry.Learn(std::make_shared<const Agent>(std::move(learned.agent)));
  }
  Sleep(reading);
}

void CardReader::Sleep(const Reading& reading) {
  const double random = std::uniform_real_distribution<double>(0, 1)(random_);
  io_->ArmTimer(reading.timer, upstream::Clock::now() + reading.fetch.Wait(random));
}

void CardReader::Tell(Reading& reading, std::string news) {
  if (news == reading.told) return;
  log_.Write(absl::StrCat("upstream ", reading.entry.config.name, ": ", news));
  reading.told = std::move(news);
}

}  // namespace sluice::discovery
