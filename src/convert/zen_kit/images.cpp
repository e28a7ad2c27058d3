#include "convert/zen_kit/content.hpp"

namespace zooport::convert::zen_kit {
namespace {

struct Disk {
  std::int64_t row;
  std::int64_t column;
  std::int64_t radius;
  std::uint8_t value;
  bool holds(std::int64_t r, std::int64_t c) const {
    return (r - row) * (r - row) + (c - column) * (c - column) <= radius * radius;
  }
};

// Levels on both sides of one half, and far from it: 100 and 160 of 255.
constexpr Disk kDisks[] = {{50, 60, 30, 100},  {60, 160, 36, 160},  {45, 260, 28, 230},
                           {160, 80, 40, 200}, {150, 190, 34, 115}, {170, 270, 24, 140}};

// Darker to the upper left, so that pictures that are turned or mirrored show.
std::uint8_t grey(std::int64_t row, std::int64_t column) {
  for (const Disk& disk : kDisks)
    if (disk.holds(row, column)) return disk.value;
  return static_cast<std::uint8_t>(10 + row / 8 + column / 8);
}

template <class T>
Image make(std::string name, std::int64_t rows, std::int64_t columns, std::int64_t channels,
           T (*value)(std::int64_t row, std::int64_t column, std::int64_t channel)) {
  Image image{std::move(name), tensor::Array(tensor::DtypeOf<T>::value, {rows, columns, channels})};
  T* next = image.pixels.as<T>().data();
  for (std::int64_t row = 0; row < rows; ++row)
    for (std::int64_t column = 0; column < columns; ++column)
      for (std::int64_t channel = 0; channel < channels; ++channel) *next++ = value(row, column, channel);
  return image;
}

// One disk in red, one in green, one in blue, of different sizes, on a dark ground.
std::uint8_t colour(std::int64_t row, std::int64_t column, std::int64_t channel) {
  constexpr Disk kColours[] = {{70, 60, 44, 230}, {70, 160, 36, 230}, {70, 245, 28, 230}};
  return kColours[channel].holds(row, column) ? kColours[channel].value : 25;
}

}  // namespace

std::vector<Image> images() {
  std::vector<Image> all;
  all.push_back(make<std::uint8_t>(
      "grey8.png", 220, 310, 1, [](std::int64_t row, std::int64_t column, std::int64_t) { return grey(row, column); }));
  // Levels between those of 8 bits, so that bits that get lost show.
  all.push_back(make<std::uint16_t>("grey16.png", 220, 310, 1, [](std::int64_t row, std::int64_t column, std::int64_t) {
    return static_cast<std::uint16_t>(grey(row, column) * 257 - (row * 7 + column * 3) % 200);
  }));
  all.push_back(make<std::uint8_t>("colour8.png", 140, 290, 3, &colour));
  all.push_back(make<std::uint8_t>(
      "small8.png", 90, 100, 1, [](std::int64_t row, std::int64_t column, std::int64_t) { return grey(row, column); }));
  return all;
}

}  // namespace zooport::convert::zen_kit
