#pragma once

#include <string>
#include <string_view>

namespace zooport::czann {

// A JSON string in ASCII as json.dump writes it. The text is UTF-8, in which surrogates may stand alone.
void append_json_text(std::string& out, std::string_view text);

// repr() of a float, as in JSON: whole numbers keep a point. NaN and infinities become null.
void append_json_real(std::string& out, double value);

}  // namespace zooport::czann
