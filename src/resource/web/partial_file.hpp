#pragma once

#include <optional>
#include <string>

#include "resource/web/download.hpp"
#include "resource/web/exchange.hpp"
#include "zooport/base/os/growing_file.hpp"
#include "zooport/base/sha256.hpp"

namespace zooport::resource::web {

// The part of a file that has come so far, with the hash of it.
class PartialFile final : public Receiver {
 public:
  static Result<PartialFile> open(const DownloadRequest& request, const Context& context);

  Result<bool> begin(const Head& head) override;
  Result<void> take(std::span<const std::byte> bytes) override;

  Result<void> clear();
  std::uint64_t size() const { return file_.size(); }
  // Whether the server can be asked for the rest of just this state of the file.
  bool can_go_on() const { return size() > 0 && !validator().empty(); }
  // What If-Range takes: a strong ETag, or a date.
  std::string validator() const;
  // Of the whole file, where the server has said it.
  const std::optional<std::uint64_t>& total() const { return total_; }
  const Validators& validators() const { return validators_; }
  bool was_resumed() const { return was_resumed_; }
  // Whether the last answer was one that brings the file.
  bool was_accepted() const { return was_accepted_; }
  std::string sha256();  // once, at the end

 private:
  PartialFile(const DownloadRequest& request, const Context& context, os::GrowingFile file);
  Result<void> hash_what_is_there();
  Result<void> remember();
  Error too_large() const;

  const DownloadRequest* request_;
  const Context* context_;
  os::GrowingFile file_;
  Sha256 hash_;
  Validators validators_;
  std::optional<std::uint64_t> total_;
  bool was_resumed_ = false;
  bool was_accepted_ = false;
};

}  // namespace zooport::resource::web
