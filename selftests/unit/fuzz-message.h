/* SPDX-License-Identifier: GPL-2.0 */
/* Messages as a good kernel makes them, and what else the input puts into them. */
#ifndef FUZZ_MESSAGE_H
#define FUZZ_MESSAGE_H

#include <libmnl/libmnl.h>
#include <net/if.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define FAMILY		0x77	/* number of the module's */
#define LINK		"kube-ipvs0"
#define LINK_INDEX	7
#define EVENTS		3	/* before there are news */

/**
 * struct reader - what attributes are made of
 * @at: the next byte
 * @left: how many there are
 */
struct reader {
	const uint8_t *at;
	size_t left;
};

/**
 * struct link - a link that VIPs are on, or will be
 * @name: empty if it is not there
 * @index: its number
 * @guards: it is an ipvsdummy, not a dummy
 */
struct link {
	char name[IFNAMSIZ];
	int index;
	bool guards;
};

uint8_t reader_next(struct reader *reader);
void put_attrs(struct nlmsghdr *nlh, struct reader *reader);
void *put_head(struct nlmsghdr *nlh, size_t size);
void put_genl(struct nlmsghdr *nlh, int type, int cmd, int nth);
void put_rtnl(struct nlmsghdr *nlh, int type, const struct link *link, int nth);
bool is_answered(int cmd);

#endif
