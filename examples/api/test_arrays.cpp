// The tensors that a model is tested with: test_arrays FOLDER_OR_FILE
#include <iostream>

#include "zooport/base/text.hpp"
#include "zooport/bioimageio/load.hpp"
#include "zooport/bioimageio/test_arrays.hpp"

int main(int, char** arguments) {
  const auto loaded = zooport::bioimageio::load(arguments[1], {}, {});
  if (!loaded) return 1;
  for (const auto get : {&zooport::bioimageio::get_input_test_arrays, &zooport::bioimageio::get_output_test_arrays}) {
    const auto arrays = get(loaded->description, *loaded->root, {});
    if (!arrays) {
      std::cerr << arrays.error().what.message << "\n";
      return 1;
    }
    for (const zooport::bioimageio::TestArray& test : *arrays)
      std::cout << test.id << " " << zooport::tensor::letters_of(test.axes) << " "
                << zooport::shape_text(test.array.shape()) << " " << zooport::tensor::name_of(test.array.dtype())
                << "\n";
  }
}
