#pragma once

#include <string>
#include <variant>

#include "zooport/schema/scalars.hpp"

// Strings with a meaning, as they stand in a description after reading: normalised as the reference does.
namespace zooport::bioimageio {

// 10.1234/suffix, without a resolver in front.
struct Doi {
  std::string value;
};
// 0000-0001-2345-6789; the check digit is right.
struct OrcidId {
  std::string value;
};
// The address alone; the domain in lower case.
struct Email {
  std::string value;
};
// Without slashes.
struct PersonName {
  std::string value;
};
// A Python identifier that is no keyword.
struct TensorName {
  std::string value;
};
// 64 characters, lower case.
struct Sha256Text {
  std::string value;
};
// Of a resource in the zoo: lower case, "affable-shark", "org/name".
struct ResourceId {
  std::string value;
};
// One code point.
struct Emoji {
  std::string value;
};
// One or two code points.
struct ShortText {
  std::string value;
};
// One of the current ids of SPDX.
struct LicenseId {
  std::string value;
};
// One of the ids that SPDX replaced by others.
struct DeprecatedLicenseId {
  std::string value;
};
// Normalised http or https URL.
struct HttpUrl {
  std::string value;
};
// YYYY-MM-DDTHH:MM:SS+00:00
struct Datetime {
  std::string value;
};
// A URL, or the path of a file relative to the description, with '/'.
struct FileSource {
  std::string value;
};
// As FileSource, of a file that belongs to the package and is no description.
struct PackagedFile {
  std::string value;
};
// A PackagedFile with the suffix of a picture.
struct CoverFile {
  std::string value;
};
// A PackagedFile with the suffix .npy.
struct ArrayFile {
  std::string value;
};
// A FileSource with the suffix .ipynb.
struct NotebookFile {
  std::string value;
};
// A http(s) URL, or the path of a file that belongs to the package.
struct BadgeIcon {
  std::string value;
};
// Where to find a class or function: "path/or/url.py:Name", or "package.module.Name".
struct Callable {
  std::string value;
  bool is_in_file() const;
  std::string source_file() const;  // empty if it is in a package
  std::string name() const;
};
// "manager:file", e.g. "conda:environment.yaml".
struct Dependencies {
  std::string value;
  std::string manager() const;
  std::string file() const;
};
// Of a resource or a framework; PEP 440 after conversion to text.
using Version = std::variant<std::string, schema::Integer, double>;
std::string to_text(const Version& version);

// True if a FileSource is a URL.
bool is_url(std::string_view source);
// True for the names that a description may have: rdf.yaml, bioimageio.yaml, model.yaml, and NAME.rdf.yaml, ….
bool is_description_name(std::string_view name);

const schema::Type& describe(schema::type<Doi>);
const schema::Type& describe(schema::type<OrcidId>);
const schema::Type& describe(schema::type<Email>);
const schema::Type& describe(schema::type<PersonName>);
const schema::Type& describe(schema::type<TensorName>);
const schema::Type& describe(schema::type<Sha256Text>);
const schema::Type& describe(schema::type<ResourceId>);
const schema::Type& describe(schema::type<Emoji>);
const schema::Type& describe(schema::type<ShortText>);
const schema::Type& describe(schema::type<LicenseId>);
const schema::Type& describe(schema::type<DeprecatedLicenseId>);
const schema::Type& describe(schema::type<HttpUrl>);
const schema::Type& describe(schema::type<Datetime>);
const schema::Type& describe(schema::type<FileSource>);
const schema::Type& describe(schema::type<PackagedFile>);
const schema::Type& describe(schema::type<CoverFile>);
const schema::Type& describe(schema::type<ArrayFile>);
const schema::Type& describe(schema::type<NotebookFile>);
const schema::Type& describe(schema::type<BadgeIcon>);
const schema::Type& describe(schema::type<Callable>);
const schema::Type& describe(schema::type<Dependencies>);

}  // namespace zooport::bioimageio
