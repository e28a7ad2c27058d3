#include "image/tiff/description.hpp"

#include <gtest/gtest.h>

namespace zooport::image::tiff {
namespace {

using tensor::Shape;

TEST(TiffDescription, ImageJ) {
  const Described d =
      parse_description("ImageJ=1.53t\nimages=24\nchannels=2\nslices=4\nframes=3\nhyperstack=true\nloop=false\n");
  EXPECT_EQ(d.shape, (Shape{3, 4, 2}));
  EXPECT_EQ(d.axes, "tzc");
  EXPECT_EQ(d.pages, 24);
  EXPECT_TRUE(parse_description("ImageJ=1.53t\nimages=23\nchannels=2\nslices=4\nframes=3\n").shape.empty());
  EXPECT_TRUE(parse_description("ImageJ=1.53t\nimages=99999999999999999999\nchannels=-2\n").shape.empty());
  EXPECT_TRUE(parse_description("ImageJ=\nslices=9223372036854775807\nframes=9223372036854775807\n").shape.empty());
}

TEST(TiffDescription, Tifffile) {
  const Described d = parse_description("{\"shape\": [2, 3, 4], \"axes\": \"ZYS\"}");
  EXPECT_EQ(d.shape, (Shape{2, 3, 4}));
  EXPECT_EQ(d.axes, "zyc");
  EXPECT_TRUE(d.whole);
  EXPECT_EQ(parse_description("{\"shape\": [2, 3], \"axes\": \"QYX\"}").axes, "");
  EXPECT_EQ(parse_description("{\"shape\": [2, 3], \"axes\": \"YY\"}").axes, "");
  for (const char* bad :
       {"{", "{\"shape\": ", "{\"shape\": [", "{\"shape\": []}", "{\"shape\": [0]}", "{\"shape\": [2, -1]}",
        "{\"shape\": [2 3]}", "{\"shape\": \"2\"}", "{\"shape\": [1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1]}"})
    EXPECT_TRUE(parse_description(bad).shape.empty()) << bad;
}

TEST(TiffDescription, Ome) {
  const std::string pixels =
      "DimensionOrder=\"XYZCT\" SizeX=\"9\" SizeY=\"8\" SizeZ=\"4\" SizeC=\"2\" SizeT=\"1\" Type=\"uint16\"";
  const Described d = parse_description("<?xml version=\"1.0\"?><OME><Image><Pixels ID=\"Pixels:0\" " + pixels +
                                        "><TiffData/></Pixels></Image></OME>");
  EXPECT_EQ(d.shape, (Shape{2, 4}));
  EXPECT_EQ(d.axes, "cz");
  EXPECT_FALSE(d.whole);
  EXPECT_EQ(parse_description("<OME><Pixels " + pixels + "/></OME>").axes, "cz");
  for (const char* bad : {"<OME>", "<OME><Pixels", "<OME><Pixels DimensionOrder=\"XYZCT\">",
                          "<OME><Pixels DimensionOrder=\"XYABC\" SizeA=\"1\" SizeB=\"1\" SizeC=\"1\">"})
    EXPECT_TRUE(parse_description(bad).shape.empty()) << bad;
}

TEST(TiffDescription, AnythingElse) {
  EXPECT_TRUE(parse_description("").shape.empty());
  EXPECT_TRUE(parse_description("acquired on Monday").shape.empty());
}

}  // namespace
}  // namespace zooport::image::tiff
