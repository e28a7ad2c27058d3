#include <gtest/gtest.h>

#include "bioimageio/unicode/domain.hpp"

namespace zooport::bioimageio::unicode {
namespace {

TEST(Unicode, ComposesMarksAndSyllables) {
  EXPECT_EQ(composed(std::string_view("e\u0301")), "\u00e9");
  EXPECT_EQ(composed(std::string_view("a\u0323\u0302")), "\u1ead");
  EXPECT_EQ(composed(std::string_view("a\u0302\u0323")), "\u1ead");  // marks in another order
  EXPECT_EQ(composed(std::string_view("\u1100\u1161\u11a8")), "\uac01");
  EXPECT_EQ(composed(std::string_view("\u212b")), "\u00c5");
  EXPECT_EQ(composed(std::string_view("\u0958")), "\u0915\u093c");  // never composed
  EXPECT_EQ(composed(std::string_view("\u0301a")), "\u0301a");
  EXPECT_EQ(composed(std::string_view("plain")), "plain");
}

TEST(Unicode, LowerCaseOfAllScripts) {
  EXPECT_EQ(lower("AbC"), "abc");
  EXPECT_EQ(lower("\u00c4\u0130\u212a"), "\u00e4i\u0307k");
  EXPECT_EQ(lower("\u039f\u0394\u039f\u03a3"), "\u03bf\u03b4\u03bf\u03c2");  // a final sigma
  EXPECT_EQ(lower("\u03a3\u0391"), "\u03c3\u03b1");
  EXPECT_EQ(lower("\U00010400"), "\U00010428");
}

TEST(Unicode, DigitsOfAllScripts) {
  EXPECT_EQ(digit_of('7'), 7);
  EXPECT_EQ(digit_of(U'\u0663'), 3);
  EXPECT_EQ(digit_of(U'\uff19'), 9);
  EXPECT_FALSE(digit_of(U'\u00b2'));
  EXPECT_FALSE(digit_of('x'));
  EXPECT_TRUE(is_alphanumeric(U'\u00b2'));
  EXPECT_FALSE(is_alphanumeric(U'\u00a9'));
}

TEST(Unicode, PunycodeGoesBothWays) {
  for (const std::string_view text : {"b\u00fccher", "\u4f8b\u3048", "\u2603", "a-\u00e9", "\U0001f98a"}) {
    const std::u32string label = decoded(text);
    const auto ascii = to_punycode(label);
    ASSERT_TRUE(ascii) << text;
    EXPECT_EQ(from_punycode(*ascii), label) << *ascii;
  }
  EXPECT_EQ(to_punycode(U"b\u00fccher"), "bcher-kva");
  for (const std::string_view wrong : {"!", "a-b-\xc3", "99999999", "zzzzzzzz9999999", "0"})
    EXPECT_FALSE(from_punycode(wrong)) << wrong;
}

TEST(Unicode, DomainsOfUrls) {
  EXPECT_EQ(domain_of_url("B\u00dcCHER.de"), "xn--bcher-kva.de");
  EXPECT_EQ(domain_of_url("\uff47\uff4f\u3002com"), "go.com");
  EXPECT_EQ(domain_of_url("fa\u00df.de"), "xn--fa-hia.de");
  EXPECT_EQ(domain_of_url("\u05d0\u05d1.com"), "xn--4dbc.com");
  for (const std::string_view wrong :
       {"\u05d0a.com", "xn--a", "xn--", "\u0301a.com", "a\u200db", "a\ufffd", "a b", "a%b", "\u2025a"})
    EXPECT_FALSE(domain_of_url(wrong)) << wrong;
}

TEST(Unicode, LabelsOfIdna) {
  EXPECT_EQ(a_label(U"b\u00fccher"), "xn--bcher-kva");
  EXPECT_EQ(u_label("xn--bcher-kva"), U"b\u00fccher");
  EXPECT_EQ(u_label("plain"), U"plain");
  EXPECT_EQ(a_label(U"l\u00b7l"), "xn--ll-0ea");  // between two l only
  EXPECT_FALSE(a_label(U"\u00b7"));
  EXPECT_FALSE(a_label(U"\u2603"));  // a symbol
  EXPECT_FALSE(a_label(U"-a\u00e9"));
  EXPECT_FALSE(u_label("xn--bcher-"));
}

}  // namespace
}  // namespace zooport::bioimageio::unicode
