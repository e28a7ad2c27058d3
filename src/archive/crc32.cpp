#include "archive/crc32.hpp"

#include <zlib.h>

#if defined(__x86_64__)
#include <immintrin.h>
#define ZOOPORT_FOLDS 1
#else
#define ZOOPORT_FOLDS 0
#endif

namespace zooport::archive {
namespace {

std::uint32_t plain(std::span<const std::byte> bytes, std::uint32_t before) {
  return static_cast<std::uint32_t>(::crc32_z(before, reinterpret_cast<const Bytef*>(bytes.data()), bytes.size()));
}

#if ZOOPORT_FOLDS

constexpr std::size_t kBlock = 16;
constexpr std::size_t kStep = 4 * kBlock;

#define ZOOPORT_CARRYLESS __attribute__((target("pclmul,sse4.1")))

ZOOPORT_CARRYLESS __m128i block_at(const std::byte* at) {
  return _mm_loadu_si128(reinterpret_cast<const __m128i*>(at));
}

// `value` moved on by the distance that `factors` stand for, and the block that is there.
ZOOPORT_CARRYLESS __m128i fold(__m128i value, __m128i factors, __m128i there) {
  const __m128i low = _mm_clmulepi64_si128(value, factors, 0x00);
  const __m128i high = _mm_clmulepi64_si128(value, factors, 0x11);
  return _mm_xor_si128(_mm_xor_si128(low, high), there);
}

// Gopal and others, "Fast CRC Computation for Generic Polynomials Using PCLMULQDQ Instruction" (Intel, 2009): what
// stands d bits before the end of a message counts as its product with x^d modulo the polynomial. The numbers are those
// powers, bits reversed as ZIP has them. At least kStep bytes, a multiple of kBlock.
ZOOPORT_CARRYLESS std::uint32_t folded(std::span<const std::byte> bytes, std::uint32_t before) {
  const __m128i by_step = _mm_set_epi64x(0x1c6e41596, 0x154442bd4);   // x^(512-64), x^(512+64)
  const __m128i by_block = _mm_set_epi64x(0x0ccaa009e, 0x1751997d0);  // x^(128-64), x^(128+64)
  const std::byte* at = bytes.data();
  const std::byte* const end = at + bytes.size();
  __m128i parts[4] = {block_at(at), block_at(at + kBlock), block_at(at + 2 * kBlock), block_at(at + 3 * kBlock)};
  parts[0] = _mm_xor_si128(parts[0], _mm_cvtsi32_si128(static_cast<int>(~before)));
  for (at += kStep; end - at >= static_cast<std::ptrdiff_t>(kStep); at += kStep)
    for (std::size_t i = 0; i < 4; ++i) parts[i] = fold(parts[i], by_step, block_at(at + i * kBlock));
  __m128i value = parts[0];
  for (std::size_t i = 1; i < 4; ++i) value = fold(value, by_block, parts[i]);
  for (; at != end; at += kBlock) value = fold(value, by_block, block_at(at));

  // 128 bits to 96 to 64, and those to 32 by Barrett's reduction.
  const __m128i low_halves = _mm_setr_epi32(~0, 0, ~0, 0);
  value = _mm_xor_si128(_mm_clmulepi64_si128(value, by_block, 0x10), _mm_srli_si128(value, 8));
  value = _mm_xor_si128(_mm_clmulepi64_si128(_mm_and_si128(value, low_halves), _mm_set_epi64x(0, 0x163cd6124), 0x00),
                        _mm_srli_si128(value, 4));
  const __m128i polynomial = _mm_set_epi64x(0x1f7011641, 0x1db710641);  // its inverse, itself
  __m128i quotient = _mm_clmulepi64_si128(_mm_and_si128(value, low_halves), polynomial, 0x10);
  quotient = _mm_clmulepi64_si128(_mm_and_si128(quotient, low_halves), polynomial, 0x00);
  return ~static_cast<std::uint32_t>(_mm_extract_epi32(_mm_xor_si128(value, quotient), 1));
}

bool can_fold() {
  static const bool can = __builtin_cpu_supports("pclmul") && __builtin_cpu_supports("sse4.1");
  return can;
}

#endif

}  // namespace

std::uint32_t crc32_of(std::span<const std::byte> bytes, std::uint32_t before) {
#if ZOOPORT_FOLDS
  // zlib of today takes 2 GB a second, which is most of the time of looking at a network of 100 MB.
  if (bytes.size() >= kStep && can_fold()) {
    const auto blocks = bytes.first(bytes.size() / kBlock * kBlock);
    before = folded(blocks, before);
    bytes = bytes.subspan(blocks.size());
  }
#endif
  return bytes.empty() ? before : plain(bytes, before);
}

}  // namespace zooport::archive
