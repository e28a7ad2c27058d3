#include "tensor/half.hpp"

namespace zooport::tensor {

Half Half::from(float value) { return {half_from_float(value)}; }
Half Half::from_double(double value) { return {half_from_double(value)}; }
float Half::to_float() const { return half_to_float(bits); }

}  // namespace zooport::tensor
