#pragma once

#include <map>
#include <string>
#include <vector>

#include "onnx/wire.hpp"
#include "zooport/onnx/io.hpp"

namespace zooport::onnx {

// Reads the messages of one file; every function leaves at the first error, which stays in `source`.
class Reader {
 public:
  Reader(const Bytes& file, const ReadOptions& options);
  Result<Model> run();

 private:
  using Message = wire::Message;
  using Field = wire::Field;

  void read(Message in, Model& out);
  void read(Message in, Graph& out);
  void read(Message in, Function& out);
  void read(Message in, Node& out);
  void read(Message in, const Field& whole, Attribute& out);
  void read(Message in, const Field& whole, Tensor& out);
  void read(Message in, const Field& whole, SparseTensor& out);
  void read(Message in, ValueInfo& out);
  void read(Message in, ValueType& out);
  // Parts that are kept as they are: whether they can be read at all.
  void skim(Message in);
  void skim_type(Message in);
  void skim_holder(Message in);
  void read_tensor_type(Message in, ValueType& out);
  void read_shape(Message in, ValueType& out);
  void read(Message in, Dimension& out);
  void read(Message in, StringPair& out);
  void read(Message in, Opset& out);
  void domain(Message& in, const Field& field, std::string& out, Form& form);

  // Fields of a TensorProto that hold elements.
  struct Data {
    std::vector<Field> fields;
    std::int32_t number = 0;
    bool external = false;
  };
  void take_data(Message& in, const Field& whole, const Data& data, Tensor& out);
  void take_integers(Message& in, const Data& data, Tensor& out);
  void take_external(Message& in, const Field& whole, std::uint64_t size, Tensor& out);

  wire::Source source_;
  const ReadOptions& options_;
  std::map<std::string, Bytes> external_;
  std::uint64_t external_bytes_ = 0;
};

// The path of external data in its folder, "./" removed; none if it is absolute, leaves the folder or cannot be a path.
std::optional<std::string> contained_location(std::string_view location);

}  // namespace zooport::onnx
