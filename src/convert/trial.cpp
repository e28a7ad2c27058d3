#include "zooport/convert/trial.hpp"

#include <algorithm>

#include "zooport/base/text.hpp"

namespace zooport::convert {

std::string_view name_of(Trial::Kind kind) {
  switch (kind) {
    case Trial::Kind::kTest: return "test";
    case Trial::Kind::kImage: return "image";
    case Trial::Kind::kRandom: return "random";
    case Trial::Kind::kNatural: return "natural";
    case Trial::Kind::kExtreme: return "extreme";
    case Trial::Kind::kNotFinite: break;
  }
  return "not-finite";
}

std::string_view name_of(Trial::Status status) {
  switch (status) {
    case Trial::Status::kAgrees: return "agrees";
    case Trial::Status::kDiffers: return "differs";
    case Trial::Status::kUnstable: return "unstable";
    case Trial::Status::kNotRun: break;
  }
  return "not-run";
}

std::string Trial::what() const {
  std::string text(name_of(kind));
  if (!pattern.empty() && pattern != text) text += concat(' ', printable(pattern));
  return text;
}

std::string Trial::sizes() const {
  std::vector<std::string> shapes;
  for (const auto& [id, shape] : inputs) shapes.push_back(shape_text(shape));
  return join(shapes, ", ");
}

std::string Trial::name() const { return inputs.empty() ? what() : concat(what(), ' ', sizes()); }

double Trial::max_abs() const {
  double most = 0;
  for (const predict::Comparison& output : outputs) most = std::max(most, output.max_abs);
  return most;
}

}  // namespace zooport::convert
