// SPDX-License-Identifier: GPL-2.0
#include <stdlib.h>
#include <string.h>

#include "tally.h"

static bool is_like(const struct tally_row *row, const struct record *record)
{
	return row->event == record->event && row->class == record->class &&
	       row->action == record->action && row->would == record->would &&
	       row->severity == record->severity &&
	       !strcmp(row->ifname, record->ifname);
}

static struct tally_row *find(struct tally *tally, const struct record *record)
{
	size_t i;

	/* Those that come after one another are mostly alike */
	if (tally->last < tally->count &&
	    is_like(&tally->row[tally->last], record))
		return &tally->row[tally->last];
	for (i = 0; i < tally->count; i++) {
		if (is_like(&tally->row[i], record)) {
			tally->last = i;
			return &tally->row[i];
		}
	}
	return NULL;
}

static struct tally_row *add(struct tally *tally, const struct record *record)
{
	struct tally_row *row;

	if (tally->count == TALLY_MAX)
		return NULL;
	if (tally->count == tally->room) {
		size_t room = tally->room ? 2 * tally->room : 16;

		row = reallocarray(tally->row, room, sizeof(*row));
		if (!row)
			return NULL;
		tally->row = row;
		tally->room = room;
	}
	row = &tally->row[tally->count++];
	*row = (struct tally_row) {
		.event = record->event,
		.class = record->class,
		.action = record->action,
		.would = record->would,
		.severity = record->severity,
	};
	memcpy(row->ifname, record->ifname, sizeof(row->ifname));
	return row;
}

/**
 * tally_add - count one more
 * @tally: the counts
 * @record: a conflict or an event
 */
void tally_add(struct tally *tally, const struct record *record)
{
	struct tally_row *row = find(tally, record);

	if (!row)
		row = add(tally, record);
	if (row)
		row->count++;
	else
		tally->omitted++;
}

void tally_free(struct tally *tally)
{
	free(tally->row);
	memset(tally, 0, sizeof(*tally));
}
