/* SPDX-License-Identifier: GPL-2.0 */
/* Is there a link that guards the addresses? */
#ifndef IPVSDUMMY_GUARDED_H
#define IPVSDUMMY_GUARDED_H

#include <net/if.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "nl.h"
#include "record.h"

/* Names that are remembered; links besides are not looked after */
#define GUARDED_MAX	256

/**
 * enum fate - what is under a name
 * @FATE_UNKNOWN: it was not looked at
 * @FATE_GUARDED: a link of kind ipvsdummy
 * @FATE_GONE: no link
 * @FATE_OTHER: a link of another kind
 */
enum fate { FATE_UNKNOWN, FATE_GUARDED, FATE_GONE, FATE_OTHER };

/**
 * struct guarded_name - a name to be looked after
 * @ifname: the name
 * @conventional: holders make a dummy of that name
 * @seen: a link of the kind has had it
 * @unguarded: that nobody guards it has been told
 * @fate: as last seen
 * @index: of the link
 * @kind: of the link
 */
struct guarded_name {
	char ifname[IFNAMSIZ];
	bool conventional;
	bool seen;
	bool unguarded;
	enum fate fate;
	int index;
	char kind[IFNAMSIZ];
};

/**
 * struct guarded - the names, and who tells of them
 * @ask: for requests
 * @listen: for notifications
 * @name: the names: conventional ones, and those of links that were seen
 * @count: their number
 * @due: when to look after them again, ms, monotonic; 0 not at all
 * @full: that there are too many has been said
 * @overran: links of the kind may have come unseen; who learned them clears it
 * @changed: what guarded_write() writes; who has written it clears it
 */
struct guarded {
	struct nl ask;
	struct nl listen;
	struct guarded_name name[GUARDED_MAX];
	size_t count;
	uint64_t due;
	bool full;
	bool overran;
	bool changed;
};

typedef void guarded_callback(const struct record *record, void *data);

int guarded_open(struct guarded *guarded);
int guarded_listen(struct guarded *guarded);
void guarded_add(struct guarded *guarded, const char *ifname);
void guarded_receive(struct guarded *guarded);
int guarded_look(struct guarded *guarded, guarded_callback *callback,
		 void *data);
void guarded_read(struct guarded *guarded, FILE *in);
void guarded_write(const struct guarded *guarded, FILE *out);
bool guarded_is_bare(const struct guarded_name *name);
void guarded_close(struct guarded *guarded);

#endif
