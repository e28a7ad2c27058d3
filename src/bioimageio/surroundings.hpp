#pragma once

#include <map>
#include <optional>
#include <string>

#include "zooport/bioimageio/description.hpp"

namespace zooport::bioimageio {

// Of an error of Surroundings: the web did not give the file, so nothing is known of it.
bool says_nothing_about_the_file(const Error& error);

// The files around a description while it is checked. What costs time is asked for once. A source is a URL, or a name
// inside the root: nothing outside of the root is ever opened.
class Surroundings {
 public:
  Surroundings(const resource::Root& root, const Context& context) : root_(root), context_(context) {}
  Surroundings(const Surroundings&) = delete;
  Surroundings& operator=(const Surroundings&) = delete;

  // For the reading of the description; holds a reference to this.
  schema::Outside outside();
  const Context& context() const { return context_; }

  Result<Bytes> bytes(const std::string& source);
  // At most `size` bytes from the beginning.
  Result<std::string> start(const std::string& source, std::size_t size);
  // Empty if the file cannot be read: then failure() says why. `expected` is what it should be, if that is known: then
  // a file that was got from the web before is not asked for again.
  std::string sha256(const std::string& source, const std::string& expected = "");
  // The error that reading a source ended with; null if it was not tried, or went well.
  const Error* failure(const std::string& source) const;
  bool stopped() const { return context_.stopped(); }

 private:
  Result<void> stream(const std::string& source, const resource::Sink& sink);
  template <class T>
  Result<T> remembered(const std::string& source, Result<T> result);
  std::string refuse(const std::string& name);
  Result<Bytes> fetched(const std::string& url, const std::string& expected);
  Result<std::string> hash_of(const std::string& source, const std::string& expected);

  const resource::Root& root_;
  const Context& context_;
  std::map<std::string, std::string> hashes_;
  std::map<std::string, Error> failures_;
};

}  // namespace zooport::bioimageio
