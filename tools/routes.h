/* SPDX-License-Identifier: GPL-2.0 */
/* The best default route of each table, and the gateways it leads to. */
#ifndef IPVSDUMMY_ROUTES_H
#define IPVSDUMMY_ROUTES_H

#include <libmnl/libmnl.h>
#include <stddef.h>
#include <stdint.h>

/**
 * struct routes - default routes
 * @message: the best one of each table and family
 * @count: how many
 */
struct routes {
	struct nlmsghdr **message;
	size_t count;
};

/**
 * typedef gateway_fn - take a gateway
 * @ctx: the caller's
 * @ifindex: interface that leads to it
 * @family: AF_INET or AF_INET6, not always that of the route
 * @addr: its address, in network byte order
 *
 * Return: 0, or a negative errno to go no further.
 */
typedef int gateway_fn(void *ctx, int ifindex, uint8_t family,
		       const void *addr);

int routes_add(struct routes *routes, const struct nlmsghdr *nlh);
int routes_gateways(const struct routes *routes, gateway_fn *fn, void *ctx);
void routes_free(struct routes *routes);

#endif
