#include <isa-l/igzip_lib.h>
#include <stdlib.h>

/* The state holds arrays that Swift does not import. */
typedef struct inflate_state *bartizan_isal;

static inline bartizan_isal bartizan_isal_make(void) {
  bartizan_isal state = (bartizan_isal)malloc(sizeof(struct inflate_state));
  if (state) {
    isal_inflate_init(state);
    state->crc_flag = ISAL_GZIP;
  }
  return state;
}

static inline void bartizan_isal_free(bartizan_isal state) { free(state); }

/* Begins another member: what was read ahead is given back first. */
static inline void bartizan_isal_restart(bartizan_isal state) {
  isal_inflate_init(state);
  state->crc_flag = ISAL_GZIP;
}

/* 1 at the end of a member, 0 when there is more to come, negative for broken data. */
static inline int bartizan_isal_step(
  bartizan_isal state, const void *input, size_t given, size_t *used, void *output, size_t room, size_t *made) {
  state->next_in = (uint8_t *)input;
  state->avail_in = (uint32_t)given;
  state->next_out = (uint8_t *)output;
  state->avail_out = (uint32_t)room;
  int status = isal_inflate(state);
  *used = given - state->avail_in;
  *made = room - state->avail_out;
  if (status != ISAL_DECOMP_OK && status != ISAL_END_INPUT) return status < 0 ? status : -status;
  return state->block_state == ISAL_BLOCK_FINISH;
}
