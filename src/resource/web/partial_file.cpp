#include "resource/web/partial_file.hpp"

#include <charconv>
#include <vector>

#include "zooport/base/os/file.hpp"
#include "zooport/base/os/input_file.hpp"
#include "zooport/base/text.hpp"

namespace zooport::resource::web {
namespace {

constexpr std::size_t kPiece = 1u << 20;
constexpr std::uint64_t kMostNoteBytes = 64u << 10;

std::optional<std::uint64_t> number(std::string_view text) {
  std::uint64_t value = 0;
  const auto [end, wrong] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (wrong != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

// "bytes 5-9/10" or "bytes 5-9/*"
struct ContentRange {
  std::uint64_t first = 0;
  std::optional<std::uint64_t> total;
};
std::optional<ContentRange> parse_range(std::string_view text) {
  if (!starts_with_ignoring_case(text, "bytes ")) return std::nullopt;
  text.remove_prefix(6);
  const std::size_t dash = text.find('-');
  const std::size_t slash = text.find('/');
  if (dash == text.npos || slash == text.npos || dash > slash) return std::nullopt;
  const auto first = number(text.substr(0, dash));
  if (!first) return std::nullopt;
  return ContentRange{*first, number(text.substr(slash + 1))};
}

}  // namespace

PartialFile::PartialFile(const DownloadRequest& request, const Context& context, os::GrowingFile file)
    : request_(&request), context_(&context), file_(std::move(file)) {}

Result<PartialFile> PartialFile::open(const DownloadRequest& request, const Context& context) {
  ZOOPORT_TRY_ASSIGN(os::GrowingFile file, os::GrowingFile::open(request.part));
  PartialFile partial(request, context, std::move(file));
  const auto note = os::read_file(request.part + ".of", kMostNoteBytes);
  if (note.ok()) {
    const std::string_view text = note->text();
    const std::size_t end = text.find('\n');
    partial.validators_.etag = text.substr(0, end);
    if (end != text.npos) partial.validators_.last_modified = text.substr(end + 1, text.find('\n', end + 1) - end - 1);
  }
  if (!partial.can_go_on()) {
    ZOOPORT_TRY(partial.clear());
  } else {
    ZOOPORT_TRY(partial.hash_what_is_there());
  }
  return partial;
}

Result<void> PartialFile::hash_what_is_there() {
  ZOOPORT_TRY_ASSIGN(const os::InputFile file, os::InputFile::open(request_->part));
  std::vector<std::byte> piece(kPiece);
  for (std::uint64_t at = 0; at < file.size(); at += piece.size()) {
    if (context_->stopped()) return Context::cancelled();
    if (file.size() - at < piece.size()) piece.resize(static_cast<std::size_t>(file.size() - at));
    ZOOPORT_TRY(file.read_at(at, piece));
    hash_.update(piece);
  }
  return {};
}

Result<void> PartialFile::clear() {
  ZOOPORT_TRY(file_.clear());
  hash_ = Sha256();
  validators_ = {};
  total_.reset();
  was_resumed_ = false;
  return {};
}

std::string PartialFile::validator() const {
  const bool is_strong = !validators_.etag.empty() && !validators_.etag.starts_with("W/");
  return is_strong ? validators_.etag : validators_.last_modified;
}

Result<void> PartialFile::remember() {
  const std::string note = concat(validators_.etag, "\n", validators_.last_modified, "\n");
  return os::write_file_atomically(request_->part + ".of", as_bytes(note), true);
}

Error PartialFile::too_large() const {
  Error error =
      make_error(ErrorKind::kIo, "resource.download-limit",
                 concat(printable(request_->url.text()), " is larger than limits.download_bytes = ", request_->limit,
                        "; raise that limit if this is meant"));
  error.what.severity = Severity::kWarning;
  return error;
}

Result<bool> PartialFile::begin(const Head& head) {
  was_accepted_ = false;
  if (!head.content_encoding.empty() && head.content_encoding != "identity") return false;
  if (head.status == 200) {
    // Emptied before it is said of which state it is, so that the note never speaks of other bytes.
    ZOOPORT_TRY(clear());
    if (head.length && *head.length > request_->limit) return too_large();
    validators_ = {head.etag, head.last_modified};
    total_ = head.length;
    ZOOPORT_TRY(remember());
    return was_accepted_ = true;
  }
  const auto range = head.status == 206 ? parse_range(head.content_range) : std::nullopt;
  if (!range || range->first != size()) return false;
  if (range->total && *range->total > request_->limit) return too_large();
  total_ = range->total;
  was_resumed_ = true;
  return was_accepted_ = true;
}

Result<void> PartialFile::take(std::span<const std::byte> bytes) {
  if (bytes.size() > request_->limit || size() > request_->limit - bytes.size()) return too_large();
  ZOOPORT_TRY(file_.append(bytes));
  hash_.update(bytes);
  context_->tell({"download", size(), total_.value_or(0)});
  return {};
}

std::string PartialFile::sha256() { return hash_.hex(); }

}  // namespace zooport::resource::web
