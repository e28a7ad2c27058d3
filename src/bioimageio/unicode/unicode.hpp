#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

// What domain names, e-mail addresses and ids need to know of Unicode.
namespace zooport::bioimageio::unicode {

// Code points of UTF-8 text, and back. Bytes that are no UTF-8 become U+FFFD.
std::u32string decoded(std::string_view utf8);
std::string encoded(std::u32string_view text);

// Normalisation form C.
std::u32string composed(std::u32string_view text);
std::string composed(std::string_view utf8);

// Lower case of every letter, as Python's str.lower() gives it.
std::string lower(std::string_view utf8);

// A letter or number of any script, as Python's str.isalnum() has it.
bool is_alphanumeric(char32_t code);
// Value of a decimal digit of any script.
std::optional<int> digit_of(char32_t code);

// kUnsafe: controls, formats, separators of lines, private and unassigned code points. kSpace: other separators.
enum class Category : std::uint8_t { kVisible, kMark, kSpace, kUnsafe };
Category category_of(char32_t code);
// True if its decomposition, compatible ones included, holds a full stop.
bool has_full_stop(char32_t code);

enum class Bidi : std::uint8_t { kL, kR, kAl, kAn, kEn, kEs, kCs, kEt, kOn, kBn, kNsm, kOther };
Bidi bidi_of(char32_t code);

int combining_class_of(char32_t code);
// 'D', 'L', 'R', 'T', or 'U' for all others.
char joining_of(char32_t code);

enum class Script : std::uint8_t { kGreek, kHebrew, kHiragana, kKatakana, kHan };
bool is_of(char32_t code, Script script);

}  // namespace zooport::bioimageio::unicode
