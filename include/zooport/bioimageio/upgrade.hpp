#pragma once

#include <string>
#include <vector>

#include "zooport/bioimageio/description.hpp"

namespace zooport::bioimageio {

struct UpgradeOptions {
  // "0.4": the newest version of the family of model 0.4, that is 0.4.10 for models and 0.2.4 for the other kinds.
  std::string to = "0.4";
};

struct UpgradedText {
  std::string text;                  // of the new description
  std::string from;                  // the version that the description declares
  std::string to;                    // that of the new one
  std::vector<std::string> changes;  // for people: "remove dependencies"; empty: it is current, and `text` is as it was
};

// The text of a valid description in the newest format version of its family. Comments, order, quoting and layout of
// all that need not change stay as they are. The result is read again and gives the same normalised document.
// Errors: a description that is not valid (kInvalid, bioimageio.upgrade-invalid), a version that cannot be written yet
// (kUnsupported, bioimageio.upgrade-version) or is none (kUsage), a text that does not read the same afterwards
// (kInternal, doc.edit-failed).
Result<UpgradedText> upgrade(const Description& description, const UpgradeOptions& options, const Context& context);

}  // namespace zooport::bioimageio
