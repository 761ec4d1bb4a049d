#include <zlib.h>

/* inflateInit2 is a macro, which Swift does not import. */
static inline int bartizan_inflate_init(z_streamp stream, int windowBits) {
  return inflateInit2(stream, windowBits);
}

/* deflateInit2 is a macro, too. */
static inline int bartizan_deflate_init(z_streamp stream, int windowBits) {
  return deflateInit2(stream, Z_DEFAULT_COMPRESSION, Z_DEFLATED, windowBits, 8, Z_DEFAULT_STRATEGY);
}

/* Deflate without a frame, as small as it gets. */
static inline int bartizan_deflate_best(z_streamp stream) {
  return deflateInit2(stream, Z_BEST_COMPRESSION, Z_DEFLATED, -15, 9, Z_DEFAULT_STRATEGY);
}
