#pragma once

#include <string_view>

// What JSON Schema says about texts of this format: ECMA-262 patterns of a text as it stands in a document, before it
// is normalised. They take every valid text; where they take others as well, the predicate of the type decides.
namespace zooport::bioimageio {

inline constexpr std::string_view kDoiPattern =
    R"(^(?:(?:https://doi\.org/)*|(?:http://dx\.doi\.org/)*)10\.[0-9]{4}[^\n]+(?![\s\S]))";
inline constexpr std::string_view kOrcidPattern = R"(^[^\n]{4}-[^\n]{4}-[^\n]{4}-[^\n]{4}$)";
inline constexpr std::string_view kEmailPattern = R"([^@]@[^@]+\.[^@])";
// Beyond ASCII every character passes.
inline constexpr std::string_view kIdentifierPattern =
    R"(^(?!(?:False|None|True|and|as|assert|async|await|break|class|continue|def|del|elif|else|except|finally|for|from)"
    R"(|global|if|import|in|is|lambda|nonlocal|not|or|pass|raise|return|try|while|with|yield)$))"
    R"([^\x00-\x40\x5b-\x5e\x60\x7b-\x7f][^\x00-\x2f\x3a-\x40\x5b-\x5e\x60\x7b-\x7f]*$)";
inline constexpr std::string_view kHashPattern = R"(^\s*\S[\s\S]{62}\S\s*$)";
inline constexpr std::string_view kResourceIdPattern = R"(^[A-Za-z0-9_.-](?:[A-Za-z0-9_./-]*[A-Za-z0-9_.-])?$)";
inline constexpr std::string_view kHttpUrlPattern = R"(^[\x00-\x20]*[hH][tT][tT][pP][sS]?:[/\\]*[^/\\?#\s])";
inline constexpr std::string_view kTimePattern = R"(^[0-9]{4}(?:$|[-0-9W]))";
// A file, a colon and an identifier; or identifiers with dots between.
inline constexpr std::string_view kCallablePattern =
    R"(^\s*(?:[^/\n][^\n]*:|(?:[^\x00-\x40\x5b-\x5e\x60\x7b-\x7f][^\x00-\x2f\x3a-\x40\x5b-\x5e\x60\x7b-\x7f]*\.)+))"
    R"([^\x00-\x40\x5b-\x5e\x60\x7b-\x7f][^\x00-\x2f\x3a-\x40\x5b-\x5e\x60\x7b-\x7f]*\s*$)";
inline constexpr std::string_view kDependenciesPattern = R"(^\s*[^\n:]+:[^\n]+\s*$)";
// A URL whose path, or a relative path whose name, ends with .ipynb.
inline constexpr std::string_view kNotebookPattern =
    R"(^(?:[\x00-\x20]*[hH][tT][tT][pP][sS]?:[^?#]*/[^?#]*\.ipynb(?:/content)?(?:[?#][\s\S]*)?[\x00-\x20]*)"
    R"(|(?!/)(?!(?:\./+)*https?:(?:/|$))[\s\S]*[^/]\.ipynb(?:/+\.?)*)$)";
// A URL, or a relative path of a file that is no description.
inline constexpr std::string_view kBadgeIconPattern =
    R"(^(?:[\x00-\x20]*[hH][tT][tT][pP][sS]?:[/\\]*[^/\\?#\s][\s\S]*|(?!/)(?!(?:\.?/)*\.?$))"
    R"((?!(?:[\s\S]*/)?(?:[^/]*\.)?(?:rdf|bioimageio|model)\.yaml(?:/+\.?)*$)(?!(?:\./+)*https?:(?:/|$))[\s\S]+)$)";
inline constexpr std::string_view kPictureSuffix =
    R"(\.(?:[gG][iI][fF]|[jJ][pP][eE]?[gG]|[pP][nN][gG]|[sS][vV][gG]|[tT][iI][fF][fF]?))";
inline constexpr std::string_view kArraySuffix = R"(\.npy)";

// Members of the JSON Schema of a version: PEP 440, or a number.
inline constexpr std::string_view kVersionSchema =
    R"("minimum": 0, "pattern": "^\\s*[vV]?(?:[0-9]+!)?[0-9]+(?:\\.[0-9]+)*)"
    R"((?:[-_.]?(?:[aA]|[bB]|[cC]|[rR][cC]|[aA][lL][pP][hH][aA]|[bB][eE][tT][aA]|[pP][rR][eE](?:[vV][iI][eE][wW])?))"
    R"([-_.]?[0-9]*)?(?:-[0-9]+|[-_.]?(?:[pP][oO][sS][tT]|[rR][eE][vV]|[rR])[-_.]?[0-9]*)?)"
    R"((?:[-_.]?[dD][eE][vV][-_.]?[0-9]*)?(?:\\+[A-Za-z0-9]+(?:[-_.][A-Za-z0-9]+)*)?\\s*$")";

}  // namespace zooport::bioimageio
