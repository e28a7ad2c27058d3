#include "zooport/czann/formats.hpp"

#include <gtest/gtest.h>

#include "zooport/czann/metadata.hpp"
#include "zooport/schema/explain.hpp"

namespace zooport::czann {
namespace {

TEST(CzannFormats, HaveTheKeysOfTheirSpecification) {
  std::vector<std::string> keys;
  for (const schema::Format& format : formats()) {
    std::string names;
    for (const auto& view : format.root().documented_fields())
      names += std::string(view.field.name) + (view.field.is_required ? "! " : " ");
    keys.push_back(std::string(format.name) + ' ' + std::string(format.version) + ": " + names);
  }
  const std::string first = "Id! Type! InputShape! OutputShape! MinOverlap Classes ModelName ";
  EXPECT_EQ(keys, (std::vector<std::string>{"czann-1.0 1.0.0: " + first, "czann-1.1 1.1.0: " + first + "Scaling ",
                                            "czann-2.0 2.0.0: " + first + "Scaling ",
                                            "czann-2.1 2.1.0: FormatVersion! " + first + "Scaling ",
                                            "czmodel-spec 3.0.1: ModelMetadata! ModelPath! LicenseFile SpatialDims "
                                            "PreProcessing PostProcessing "}));
}

TEST(CzannFormats, KnowTheTypesThatAreRead) {
  const auto type = schema::explain(formats()[0].root(), "Type");
  ASSERT_TRUE(type);
  EXPECT_EQ((*type)[0].choices, (std::vector<std::string>(model_type_names().begin(), model_type_names().end())));
}

}  // namespace
}  // namespace zooport::czann
