#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "process/parameters.hpp"
#include "zooport/process/operation.hpp"

namespace zooport::process {

// Index of the axis of channels, or -1.
int channel_axis(const tensor::Axes& axes);
// As channel_axis, and the reader fails where there is none.
int expect_channels(ParameterReader& reader, const tensor::Axes& axes);

// Number of channels of a form, -1 if it is not known.
std::int64_t channels_of(const Form& form);
void set_channels(Form& form, std::int64_t channels);

// "normalization takes 3 channels, found 1"
Error wrong_channels(std::string_view operation, std::string_view takes, std::int64_t found);

// The block with the channels of these indices, which must be there.
Result<void> gather_channels(Block& block, const std::vector<std::int64_t>& indices);

}  // namespace zooport::process
