#pragma once

#include <functional>
#include <string>
#include <vector>

#include "zooport/convert/check.hpp"

namespace zooport::convert {

// Checks one source: check_source() or fix_source() with its options. Called from several threads at once.
using CheckOne = std::function<Result<CheckReport>(const std::string& source, const Context& context)>;
// Gets the results in the order of the sources, on the thread that called check_many().
using TakeReport = std::function<void(const std::string& source, Result<CheckReport> report)>;

// Checks sources with context.threads threads. At most a few reports a thread wait for their turn, so that memory does
// not grow with the number of sources, but for their identities: reports that have one are told what they share with
// those before them (convert.same-id, convert.same-network). Tells progress once for each source. Error: cancellation;
// then the reports so far have been given.
Result<void> check_many(const std::vector<std::string>& sources, const CheckOne& check, const TakeReport& take,
                        const Context& context);

}  // namespace zooport::convert
