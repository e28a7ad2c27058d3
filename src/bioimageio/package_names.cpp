#include "bioimageio/package_names.hpp"

#include <algorithm>

#include "bioimageio/identifiers.hpp"
#include "zooport/base/text.hpp"
#include "zooport/bioimageio/strings.hpp"
#include "zooport/resource/resource.hpp"

namespace zooport::bioimageio {
namespace {

constexpr int kMostOfOneName = 19;

Error no_name(const std::string& source, const std::string& why) {
  return make_error(ErrorKind::kInvalid, "bioimageio.package-name",
                    concat("'", printable(source), "' cannot be put into a package: ", why));
}

std::string with_number(const std::string& name, int number) {
  const std::size_t dot = std::min(name.find('.'), name.size());
  return concat(name.substr(0, dot), "_", number, name.substr(dot));
}

// One code point of UTF-8 at the front.
std::string_view first_character(std::string_view text) {
  std::size_t end = std::min<std::size_t>(1, text.size());
  while (end < text.size() && (static_cast<unsigned char>(text[end]) & 0xC0) == 0x80) ++end;
  return text.substr(0, end);
}

// Runs of what can be no part of a word become one '_'; so does what stands before a leading digit.
std::string as_word(std::string_view text) {
  std::string out;
  bool in_gap = false;
  while (!text.empty()) {
    const std::string_view character = first_character(text);
    text.remove_prefix(character.size());
    const bool is_part = is_identifier(concat("_", character));
    if (is_part)
      out += character;
    else if (!in_gap)
      out += '_';
    in_gap = !is_part;
  }
  return !out.empty() && out[0] >= '0' && out[0] <= '9' ? "_" + out : out;
}

}  // namespace

std::string package_name_of(std::string_view source) {
  if (is_url(source)) {
    source = source.substr(0, source.find_first_of("?#"));
    const std::size_t host = source.find("//") + 2;
    const std::size_t begin = std::min(source.find('/', host), source.size());
    const bool is_record = source.substr(host, begin - host) == "zenodo.org" &&
                           source.substr(begin).starts_with("/api/records/") && source.ends_with("/content");
    if (is_record) source.remove_suffix(std::string_view("/content").size());
    source.remove_prefix(begin);
    // A URL that ends in '/' is named by what stands before it.
    while (source.ends_with('/')) source.remove_suffix(1);
  }
  return std::string(source.substr(source.rfind('/') + 1));
}

Result<std::string> description_name(std::string_view file_name, std::string_view name, std::string_view type) {
  const std::string_view pattern = file_name.empty() ? "rdf.yaml" : file_name.substr(file_name.rfind('/') + 1);
  const auto refuse = [&](std::string_view why) {
    Error error = make_error(ErrorKind::kInvalid, "bioimageio.package-description-name",
                             concat("'", printable(pattern), "' ", why));
    error.what.expected = "rdf.yaml, bioimageio.yaml, model.yaml, or a name that ends like .rdf.yaml";
    error.what.help = concat("a package is recognised by the name of its description: rename the file to one of ",
                             error.what.expected);
    return error;
  };
  std::string out;
  for (std::string_view rest = pattern; !rest.empty();) {
    const auto take = [&](std::string_view placeholder, std::string_view value) {
      if (!rest.starts_with(placeholder)) return false;
      rest.remove_prefix(placeholder.size());
      out += value;
      return true;
    };
    if (take("{{", "{") || take("}}", "}") || take("{name}", as_word(name)) || take("{type}", as_word(type))) continue;
    if (rest[0] == '{' || rest[0] == '}') return refuse("has braces that hold neither {name} nor {type}");
    out += rest[0];
    rest.remove_prefix(1);
  }
  if (!is_description_name(out)) return refuse("is not the name of a description");
  if (const std::string why = resource::refuse_name(out); !why.empty()) return refuse(why);
  return out;
}

Result<std::string> PackageNames::name_for(const std::string& source, Endings endings) {
  const std::string name = package_name_of(source);
  if (name.empty()) return no_name(source, "it has no file name");
  for (const std::string_view ending : {"rdf.yaml", "bioimageio.yaml", "model.yaml"})
    if (is_description_name(name) || (endings == Endings::kStrict && name.ends_with(ending)))
      return no_name(source, concat("names that end in ", ending, " are kept for descriptions; rename the file"));
  if (const std::string why = resource::refuse_name(name); !why.empty())
    return no_name(source, concat("its name ", why));
  for (int number = 1; number <= kMostOfOneName; ++number) {
    const std::string spelled = number == 1 ? name : with_number(name, number);
    const std::string key = to_lower(spelled);
    if (key == to_lower(description_)) continue;
    const auto same = [&](const Taken& taken) { return taken.name == key; };
    const auto taken = std::find_if(taken_.begin(), taken_.end(), same);
    if (taken == taken_.end()) {
      taken_.push_back({key, source, spelled});
      return spelled;
    }
    if (taken->source == source) return taken->spelled;
  }
  return no_name(source, concat(kMostOfOneName, " other files have the same name"));
}

}  // namespace zooport::bioimageio
