#include "progress.hpp"

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <mutex>
#include <string>

#include "zooport/base/os/process.hpp"
#include "zooport/base/text.hpp"

namespace zooport::app {
namespace {

using Clock = std::chrono::steady_clock;
constexpr std::chrono::milliseconds kBetweenDrawings{100};
constexpr std::chrono::milliseconds kBeforeTheFirst{300};  // short work shows no bar
constexpr std::size_t kWidth = 30;

std::string time_text(double seconds) {
  const auto whole = static_cast<long long>(seconds + 0.5);
  const std::string rest = std::to_string(whole % 60);
  return concat(whole / 60, ':', rest.size() < 2 ? "0" : "", rest);
}

std::string bar(double part) {
  constexpr std::string_view kFilled = "█";
  const auto filled = static_cast<std::size_t>(part * kWidth);
  std::string text;
  for (std::size_t i = 0; i < filled; ++i) text += kFilled;
  return text + std::string(kWidth - filled, ' ');
}

}  // namespace

struct ProgressBar::State {
  explicit State(report::Colours asked) : colours(asked) {}
  report::Colours colours;
  std::mutex mutex;
  std::string what;
  Clock::time_point started = Clock::now();
  Clock::time_point drawn;
  bool is_drawn = false;

  void draw(const Progress& at, Clock::time_point now) {
    const double seconds = std::chrono::duration<double>(now - started).count();
    std::string line = printable(at.what, 20);
    if (at.total > 0) {
      const double part = std::min(1.0, static_cast<double>(at.done) / static_cast<double>(at.total));
      std::string filled = bar(part);
      if (colours == report::Colours::kAnsi) filled = concat("\x1b[36m", filled, "\x1b[0m");
      line += concat(" |", filled, "| ", static_cast<int>(part * 100), " % ", at.done, "/", at.total, ' ',
                     time_text(seconds));
      if (at.done > 0 && part < 1) line += concat(", left ", time_text(seconds / part - seconds));
    } else {
      line += concat(' ', at.done, ' ', time_text(seconds));
    }
    if (os::terminal_columns() < 70) line = concat(printable(at.what, 20), ' ', at.done);
    std::fprintf(stderr, "\r\x1b[K%s", line.c_str());
    std::fflush(stderr);
    is_drawn = true;
    drawn = now;
  }

  void clear() {
    if (!is_drawn) return;
    std::fputs("\r\x1b[K", stderr);
    std::fflush(stderr);
    is_drawn = false;
  }
};

ProgressBar::ProgressBar(report::Colours colours) : state_(std::make_unique<State>(colours)) {}
ProgressBar::~ProgressBar() { clear(); }

void ProgressBar::tell(const Progress& at) {
  const std::lock_guard lock(state_->mutex);
  const Clock::time_point now = Clock::now();
  if (at.what != state_->what) {
    state_->what = at.what;
    state_->started = now;
  }
  if (at.total > 0 && at.done >= at.total) {
    state_->clear();
  } else if (now - state_->started >= kBeforeTheFirst && now - state_->drawn >= kBetweenDrawings) {
    state_->draw(at, now);
  }
}

void ProgressBar::clear() {
  const std::lock_guard lock(state_->mutex);
  state_->clear();
}

}  // namespace zooport::app
