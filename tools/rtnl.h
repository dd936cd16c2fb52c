/* SPDX-License-Identifier: GPL-2.0 */
/* rtnetlink: links, their addresses and routes, and many requests at once. */
#ifndef IPVSDUMMY_RTNL_H
#define IPVSDUMMY_RTNL_H

#include <linux/if_addr.h>
#include <linux/if_link.h>
#include <linux/rtnetlink.h>
#include <net/if.h>
#include <stdbool.h>
#include <stddef.h>

#include "nl.h"

/* IFA_PROTO and IFLA_PARENT_DEV_NAME: headers before 5.18 and 5.14 lack them */
#define RTNL_IFA_PROTO			11
#define RTNL_IFLA_PARENT_DEV_NAME	56

/* Enough to make the system calls cheap */
#define BATCH_MAX	16384

/**
 * struct rtnl_link - a link
 * @index: its index, 0 if there is none
 * @flags: IFF_*
 * @name: its name
 * @kind: its kind, empty if it has none
 * @message: all that the kernel tells of it
 */
struct rtnl_link {
	int index;
	unsigned int flags;
	char name[IFNAMSIZ];
	char kind[IFNAMSIZ];
	union {
		struct nlmsghdr nlh;
		char room[8192];
	} message;
};

/**
 * struct messages - messages of a dump, none twice
 * @message: in the order they came
 * @count: their number
 * @known: the same as a tree of tsearch(3)
 */
struct messages {
	struct nlmsghdr **message;
	size_t count;
	size_t room;
	void *known;
};

/**
 * struct batch - requests that are sent together; the kernel handles them one
 * by one, and goes on after one that fails
 * @nl: the socket
 * @tolerate: errors that are none, with a zero at the end
 * @first: sequence number of the first request
 * @len: of what is to be sent
 * @last: the last request
 * @room: the requests
 */
struct batch {
	struct nl *nl;
	const int *tolerate;
	uint32_t first;
	size_t len;
	struct nlmsghdr *last;
	char room[BATCH_MAX] __attribute__((aligned(MNL_ALIGNTO)));
};

void rtnl_link_parse(struct rtnl_link *link, const struct nlmsghdr *nlh);
int rtnl_link_get(struct nl *nl, const char *name, struct rtnl_link *link);
int rtnl_addresses(struct nl *nl, int index, struct messages *addresses);
int rtnl_routes(struct nl *nl, int index, struct messages *routes);
void messages_free(struct messages *messages);

void batch_init(struct batch *batch, struct nl *nl, const int *tolerate);
struct nlmsghdr *batch_put(struct batch *batch, uint16_t type, uint16_t flags,
			   const void *head, size_t size);
int batch_reserve(struct batch *batch, size_t size);
void batch_end(struct batch *batch);
int batch_send(struct batch *batch);

#endif
