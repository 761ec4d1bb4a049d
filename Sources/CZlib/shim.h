#include <zlib.h>

/* inflateInit2 is a macro, which Swift does not import. */
static inline int bartizan_inflate_init(z_streamp stream, int windowBits) {
  return inflateInit2(stream, windowBits);
}

/* deflateInit2 is a macro, too. */
static inline int bartizan_deflate_init(z_streamp stream, int windowBits) {
  return deflateInit2(stream, Z_DEFAULT_COMPRESSION, Z_DEFLATED, windowBits, 8, Z_DEFAULT_STRATEGY);
}
