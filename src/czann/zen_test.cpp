#include <gtest/gtest.h>

#include "zooport/czann/zen.hpp"

namespace zooport::czann {
namespace {

TEST(Zen, NamesOfVersionsAreReadAndWritten) {
  for (const char* name : {"zen-blue-3.5", "zen-core-3.13", "zen-blue-4.0"}) {
    const auto version = zen_version_named(name);
    ASSERT_TRUE(version.ok()) << name;
    EXPECT_EQ(name_of(*version), name);
  }
  EXPECT_EQ(name_of(*zen_version_named("ZEN-Core-3.4")), "zen-core-3.4");
  for (const char* name : {"", "zen", "zen-blue-", "zen-blue-3", "zen-blue-3.", "zen-blue-3.5x", "zen-blue--3.5",
                           "zen-red-3.5", "zen-blue-3.99999999999"}) {
    const auto version = zen_version_named(name);
    ASSERT_FALSE(version.ok()) << name;
    EXPECT_EQ(version.error().what.id, "czann.zen-target");
    EXPECT_NE(version.error().what.help.find("zen-blue-3.5, zen-core-3.4, zen-blue-3.13"), std::string::npos);
  }
}

TEST(Zen, TheMatrixOfTheRealPackage) {
  const auto first = [](Specification specification, ZenProduct product) {
    return name_of(first_zen(specification, product));
  };
  EXPECT_EQ(first(Specification::kLegacy300, ZenProduct::kBlue), "zen-blue-3.2");
  EXPECT_EQ(first(Specification::kLegacy300, ZenProduct::kCore), "zen-core-3.1");
  EXPECT_EQ(first(Specification::kLegacy310, ZenProduct::kBlue), "zen-blue-3.4");
  EXPECT_EQ(first(Specification::kLegacy310, ZenProduct::kCore), "zen-core-3.3");
  EXPECT_EQ(first(Specification::kCzann100, ZenProduct::kBlue), "zen-blue-3.5");
  EXPECT_EQ(first(Specification::kCzann110, ZenProduct::kCore), "zen-core-3.4");
  EXPECT_EQ(first(Specification::kCzann200, ZenProduct::kBlue), "zen-blue-3.13");
  EXPECT_EQ(first(Specification::kCzann210, ZenProduct::kCore), "zen-core-3.13");
  EXPECT_EQ(specifications().size(), 6u);
  EXPECT_EQ(specifications().front(), Specification::kLegacy300);
  EXPECT_EQ(name_of(Specification::kLegacy310), "legacy 3.1.0");
  EXPECT_EQ(newest_opset(Specification::kCzann200), 12);
  EXPECT_EQ(newest_ir_version(Specification::kCzann200), 7);
  EXPECT_EQ(newest_opset(Specification::kCzann210), 18);
  EXPECT_EQ(newest_ir_version(Specification::kCzann210), 8);
}

}  // namespace
}  // namespace zooport::czann
