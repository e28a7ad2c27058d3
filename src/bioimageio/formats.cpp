#include "zooport/bioimageio/formats.hpp"

#include "zooport/bioimageio/generic_description.hpp"
#include "zooport/bioimageio/model_description.hpp"

namespace zooport::bioimageio {
namespace {

template <class T>
const schema::ObjectType& root_of() {
  return static_cast<const schema::ObjectType&>(schema::type_of<T>());
}

constexpr Format kFormats[] = {
    {"model-0.4", "0.4.10", "bioimage.io model description 0.4", "urn:zooport:schema:model-0.4",
     &root_of<ModelDescription>},
    {"dataset-0.2", "0.2.4", "bioimage.io dataset description 0.2", "urn:zooport:schema:dataset-0.2",
     &root_of<DatasetDescription>},
    {"generic-0.2", "0.2.4", "bioimage.io description 0.2 of any other resource", "urn:zooport:schema:generic-0.2",
     &root_of<GenericDescription>},
    {"notebook-0.2", "0.2.4", "bioimage.io notebook description 0.2", "urn:zooport:schema:notebook-0.2",
     &root_of<NotebookDescription>},
    {"application-0.2", "0.2.4", "bioimage.io application description 0.2", "urn:zooport:schema:application-0.2",
     &root_of<ApplicationDescription>},
};

}  // namespace

std::span<const Format> formats() { return kFormats; }

}  // namespace zooport::bioimageio
