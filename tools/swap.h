/* SPDX-License-Identifier: GPL-2.0 */
/* Puts a link of one kind in the place of a live link of another kind. */
#ifndef IPVSDUMMY_SWAP_H
#define IPVSDUMMY_SWAP_H

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

/* Of the names that links have for the time being; the rest is a number */
#define SWAP_NEW_PREFIX	"vipnew"
#define SWAP_OLD_PREFIX	"vipold"

/* Has a link this name for the time being only? */
static inline bool swap_is_name(const char *name)
{
	size_t prefix = sizeof(SWAP_NEW_PREFIX) - 1;

	return (!strncmp(name, SWAP_NEW_PREFIX, prefix) ||
		!strncmp(name, SWAP_OLD_PREFIX, prefix)) &&
	       strspn(name + prefix, "0123456789abcdef") == 8 &&
	       !name[prefix + 8];
}

/**
 * struct swap_plan - what is to be done
 * @dev: name of the link
 * @from: kind that it has
 * @to: kind that it is to have
 * @opposite: the subcommand that would do the opposite
 * @prepare: called with the name of the link that addresses will be put on,
 *	before one is; returns an exit code. May be NULL.
 * @data: for @prepare
 */
struct swap_plan {
	const char *dev;
	const char *from;
	const char *to;
	const char *opposite;
	int (*prepare)(const char *name, void *data);
	void *data;
};

/**
 * struct swap_result - what has been done
 * @nothing: it was of that kind already, and nothing was left over
 * @addresses: taken over
 * @routes: taken over
 */
struct swap_result {
	bool nothing;
	size_t addresses;
	size_t routes;
};

int swap(const struct swap_plan *plan, struct swap_result *result);

#endif
