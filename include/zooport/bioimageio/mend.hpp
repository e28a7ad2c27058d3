#pragma once

#include <functional>
#include <string>
#include <vector>

#include "zooport/bioimageio/description.hpp"
#include "zooport/doc/position.hpp"

namespace zooport::bioimageio {

// A finding that was mended, and where it stood in the text that it was found in.
struct Fixed {
  Diagnostic finding;
  doc::Position at;
};

struct Mended {
  Description description;   // of the text after the fixes
  std::vector<Fixed> fixed;  // in the order in which they were applied; empty: the text is as it was
};

// Reads and checks a text: what read() and check_io() do together.
using CheckText = std::function<Result<Description>(std::string text)>;

// Applies the fixes of findings whose edits are certain, round by round, until none is left: a fix may bring others to
// light, and of two that overlap the second waits for the next round. All bytes outside of the edits stay. A fix counts
// only if the text can still be read, its finding is gone, and nothing new is wrong at that place; else it is left out.
Result<Mended> mend(Description description, const CheckText& check, const Context& context);

}  // namespace zooport::bioimageio
