#include "zooport/base/private_text.hpp"

#include <gtest/gtest.h>

namespace zooport {
namespace {

TEST(PrivateText, PathsOfOneMachine) {
  EXPECT_EQ(local_path_in(R"(from C:\Users\me\model.czann, 2023)"), R"(C:\Users\me\model.czann)");
  EXPECT_EQ(local_path_in("(/home/me/x.py)"), "/home/me/x.py)");
  EXPECT_EQ(local_path_in("file:///tmp/x y"), "file:///tmp/x");
  for (const char* text : {"", "https://example.com/home/x", "/home/", "a:\\ b", "ratio 1:\\", "and/or"})
    EXPECT_EQ(local_path_in(text), "") << text;
}

TEST(PrivateText, AddressesOfPeople) {
  EXPECT_EQ(email_in("ask jane.doe+zen@mail.uni.edu."), "jane.doe+zen@mail.uni.edu");
  EXPECT_EQ(email_in("@a b@c.d <x@y.org>"), "x@y.org");
  for (const char* text : {"", "@", "a@", "@b.org", "a@b", "a@b.1", "a@.org", "a@b..org", "3 @ 40x", "op@v1.2"})
    EXPECT_EQ(email_in(text), "") << text;
}

}  // namespace
}  // namespace zooport
