/* SPDX-License-Identifier: GPL-2.0 */
/* How far somebody has read. */
#ifndef IPVSDUMMY_CURSOR_H
#define IPVSDUMMY_CURSOR_H

#include <stdbool.h>
#include <stdint.h>

#include "guarded.h"

enum cursor_kind { CURSOR_NONE, CURSOR_SEQ, CURSOR_POSITION, CURSOR_TIME };

/**
 * struct cursor - an event, those after it are to be read
 * @kind: which of these are given
 * @instance: of a position
 * @seq: number of the event
 * @time: or the time when it is over, ns since 1970
 */
struct cursor {
	enum cursor_kind kind;
	uint64_t instance;
	uint64_t seq;
	uint64_t time;
};

int cursor_parse(struct cursor *cursor, const char *arg);
int cursor_load(struct cursor *cursor, struct guarded *guarded,
		const char *file);
int cursor_save(const struct cursor *cursor, const struct guarded *guarded,
		const char *file);

#endif
