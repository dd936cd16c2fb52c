/* SPDX-License-Identifier: GPL-2.0 */
/* Counts of conflicts or events that are alike. */
#ifndef IPVSDUMMY_TALLY_H
#define IPVSDUMMY_TALLY_H

#include <stddef.h>
#include <stdint.h>

#include "record.h"

/* Rows that a table can have; what has no row is counted together */
#define TALLY_MAX	2048

/**
 * struct tally_row - a count
 * @event: enum ipvsdummy_event
 * @class: enum ipvsdummy_class
 * @action: enum ipvsdummy_action
 * @would: enum ipvsdummy_action
 * @severity: enum ipvsdummy_severity
 * @ifname: the link
 * @count: how many there are of these
 */
struct tally_row {
	uint32_t event;
	uint32_t class;
	uint32_t action;
	uint32_t would;
	uint32_t severity;
	char ifname[RECORD_STRING];
	uint64_t count;
};

/**
 * struct tally - counts
 * @row: the counts
 * @count: their number
 * @room: for so many
 * @last: the row that was counted in last
 * @omitted: what has no row
 */
struct tally {
	struct tally_row *row;
	size_t count;
	size_t room;
	size_t last;
	uint64_t omitted;
};

void tally_add(struct tally *tally, const struct record *record);
void tally_free(struct tally *tally);

#endif
