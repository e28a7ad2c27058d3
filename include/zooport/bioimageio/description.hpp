#pragma once

#include <memory>
#include <string>
#include <variant>
#include <vector>

#include "zooport/base/context.hpp"
#include "zooport/bioimageio/model_description.hpp"
#include "zooport/resource/resource.hpp"

namespace zooport::bioimageio {

// kFull looks at the files that a description names, too: see check_io().
enum class Io : std::uint8_t { kNone, kFull };

struct CheckOptions {
  Io io = Io::kFull;
  // Findings of at least this severity make the description invalid.
  Severity fail_from = Severity::kError;
};

enum class Status : std::uint8_t {
  kValid,
  kInvalid,      // read, and wrong
  kUnreadable,   // no YAML that can be read
  kUnsupported,  // recognised as a format that this version does not check
};
std::string_view to_text(Status status);  // "valid", …

// What a description describes; none if it could not be told, or is of a format that this version does not check.
using Content = std::variant<std::monostate, ModelDescription, DatasetDescription, GenericDescription,
                             NotebookDescription, ApplicationDescription>;

// What is said about one description. Movable; copies share the document.
struct Description {
  // Declared here and defined in one file: to make them takes the compiler seconds.
  Description();
  Description(const Description&);
  Description(Description&&) noexcept;
  Description& operator=(const Description&);
  Description& operator=(Description&&) noexcept;
  ~Description();

  Status status = Status::kUnreadable;
  std::string file_name;         // as given to read()
  std::string sha256;            // of the text
  std::string type;              // "model"; empty if the document does not say
  std::string declared_version;  // format_version as written
  std::string format_version;    // the version that it was checked as, after conversion: "0.4.10"
  Content content;
  bool is_whole = false;    // the content was read without an error
  Diagnostics diagnostics;  // spans are bytes of text()

  // JSON, as the reference writes it; empty unless the content is whole.
  std::string normalized() const;
  // Keys of the normalised document in proportion to all that it could have, lists left out; 0 unless it is whole.
  double metadata_completeness() const;

  // The content as T, e.g. DatasetDescription; null if it is of another kind.
  template <class T>
  const T* as() const {
    return std::get_if<T>(&content);
  }
  const ModelDescription* model() const { return as<ModelDescription>(); }
  const ResourceDescription* resource() const;  // what all kinds share; null if there is no content

  // Holds what `content` points into.
  schema::Source source;
  const doc::Node* root = nullptr;  // as read, before conversion; null if it could not be read
  std::string_view text() const { return source.document ? source.document->source() : std::string_view(); }
};

// Reads and checks one description. `file_name` is only for messages. Whatever is wrong with the text is told in the
// Description; an error is what ended the work (cancellation). options.io is not looked at: call check_io().
// Thread-safe; linear in the text, but for sorting keys.
Result<Description> read(std::string text, const std::string& file_name, const CheckOptions& options,
                         const Context& context);

// The one among names of files that is the description; the reference's order of preference. An error if none is.
Result<std::string> pick_description(std::vector<std::string> names);

// Checks a description that was read once more, with the files that it names: whatever was said before is said anew.
// Files have to exist and, where the reference compares them, to have their hashes; each one that does not is a finding
// of its own. What a valid description says about its files is compared with them (test tensors, covers, documentation,
// weights, dependencies): findings of our own, warnings at most. Hashes of weights that are missing are filled in, as
// the reference does. Nothing outside of the root is opened; files on the web come through resource::fetch(), and one
// that cannot be had is a warning (resource.unreachable). Nothing is done for what is neither valid nor invalid.
Result<void> check_io(Description& description, const resource::Root& root, const CheckOptions& options,
                      const Context& context);

}  // namespace zooport::bioimageio
