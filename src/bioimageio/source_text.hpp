#pragma once

#include <string>
#include <string_view>

// Texts that say where a file is, and the names that the reference has for the ways to read them.
namespace zooport::bioimageio {

inline constexpr std::string_view kUrlLabel = "function-after[HttpUrl(), str]";
inline constexpr std::string_view kRelativeLabel = "RelativeFilePath";
inline constexpr std::string_view kPathLabel =
    "function-after[validate_file(), lax-or-strict[lax=union[json-or-python[json=function-after[path_validator(), "
    "str],python=is-instance[Path]],function-after[path_validator(), str]],strict=json-or-python[json=function-after["
    "path_validator(), str],python=is-instance[Path]]]]";

// '/' separated, without empty and "." parts; empty if nothing is left.
std::string normalised_path(std::string_view text);
// Of a normalised path.
bool is_relative_path(std::string_view path);
// The last part of a normalised path or URL.
std::string_view file_name_of(std::string_view source);

}  // namespace zooport::bioimageio
