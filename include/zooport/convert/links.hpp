#pragma once

#include <string>
#include <vector>

#include "zooport/base/context.hpp"
#include "zooport/bioimageio/description.hpp"
#include "zooport/convert/open.hpp"

namespace zooport::convert {

// Another resource that a description names: what the model was trained on, the model that it was made of, and others.
struct Link {
  std::string what;      // "training_data", "parent", "links[0]"
  std::string target;    // as it is written: an id, a DOI, a URL or the name of a file
  std::string leads_to;  // a URL or path that open_source() opens; empty if it is not known
  std::string reason;    // why not
};

// In the order of the document. Names of files, URLs and DOIs say themselves where they lead. Ids are looked up in the
// collection, if one is set (context.network) or the source itself is from the web; after the first failure to reach it
// no other id is asked for. An error is what ended the work.
Result<std::vector<Link>> links_of(const Opened& opened, const bioimageio::Description& description,
                                   const Context& context);

}  // namespace zooport::convert
