// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <linux/rtnetlink.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>

#include "routes.h"
#include "rtnl.h"

static const struct rtmsg *head_of(const struct nlmsghdr *nlh)
{
	return mnl_nlmsg_get_payload(nlh);
}

static uint32_t number_of(const struct nlmsghdr *nlh, int type,
			  uint32_t without)
{
	return nl_number(nl_attr(nlh, sizeof(struct rtmsg), type), without);
}

static uint32_t table_of(const struct nlmsghdr *nlh)
{
	return number_of(nlh, RTA_TABLE, head_of(nlh)->rtm_table);
}

static uint32_t metric_of(const struct nlmsghdr *nlh)
{
	return number_of(nlh, RTA_PRIORITY, 0);
}

static bool is_default(const struct nlmsghdr *nlh)
{
	const struct rtmsg *head = nl_head(nlh, sizeof(*head));

	return head && nlh->nlmsg_type == RTM_NEWROUTE &&
	       (head->rtm_family == AF_INET || head->rtm_family == AF_INET6) &&
	       !head->rtm_dst_len && !head->rtm_src_len &&
	       !(head->rtm_flags & RTM_F_CLONED);
}

/* The one that is to be there for this table and family, new or not */
static struct nlmsghdr **find_place(struct routes *routes,
				    const struct nlmsghdr *nlh)
{
	struct nlmsghdr **more;
	size_t i;

	for (i = 0; i < routes->count; i++)
		if (head_of(routes->message[i])->rtm_family ==
		    head_of(nlh)->rtm_family &&
		    table_of(routes->message[i]) == table_of(nlh))
			return &routes->message[i];
	more = reallocarray(routes->message, routes->count + 1, sizeof(*more));
	if (!more)
		return NULL;
	routes->message = more;
	more += routes->count++;
	*more = NULL;
	return more;
}

/**
 * routes_add - take a route of a dump, if it is a default one and the best so far
 * @routes: routes of this dump
 * @nlh: the route; of two as good the first is the one in use
 *
 * Return: 0 or -ENOMEM.
 */
int routes_add(struct routes *routes, const struct nlmsghdr *nlh)
{
	struct nlmsghdr **place, *copy;

	if (!is_default(nlh))
		return 0;
	place = find_place(routes, nlh);
	if (!place)
		return -ENOMEM;
	if (*place && metric_of(*place) <= metric_of(nlh))
		return 0;
	copy = malloc(nlh->nlmsg_len);
	if (!copy) {
		if (!*place)
			routes->count--;
		return -ENOMEM;
	}
	memcpy(copy, nlh, nlh->nlmsg_len);
	free(*place);
	*place = copy;
	return 0;
}

/**
 * struct walk - what is being done with gateways
 * @fn: takes each
 * @ctx: for @fn
 * @family: of the route
 */
struct walk {
	gateway_fn *fn;
	void *ctx;
	uint8_t family;
};

static size_t size_of(uint8_t family)
{
	return family == AF_INET ? sizeof(struct in_addr) :
				   sizeof(struct in6_addr);
}

/* A gateway of the route's own family, or one of another */
static int take_gateway(const struct walk *walk, int ifindex,
			const struct nlattr *attr)
{
	const void *addr = mnl_attr_get_payload(attr);
	size_t len = mnl_attr_get_payload_len(attr);
	uint8_t family = walk->family;

	if (mnl_attr_get_type(attr) == RTA_VIA) {
		const struct rtvia *via = addr;

		if (len < sizeof(*via))
			return 0;
		family = via->rtvia_family;
		addr = via->rtvia_addr;
		len -= sizeof(*via);
	}
	if ((family != AF_INET && family != AF_INET6) || len != size_of(family))
		return 0;
	return walk->fn(walk->ctx, ifindex, family, addr);
}

static bool is_gateway(const struct nlattr *attr)
{
	return mnl_attr_get_type(attr) == RTA_GATEWAY ||
	       mnl_attr_get_type(attr) == RTA_VIA;
}

static char *end_of(const struct rtnexthop *hop)
{
	return (char *)hop + hop->rtnh_len;
}

static int walk_hops(const struct walk *walk, const struct nlattr *hops)
{
	const struct rtnexthop *hop = mnl_attr_get_payload(hops);
	int left = mnl_attr_get_payload_len(hops);
	const struct nlattr *attr;
	int err = 0;

	while (!err && RTNH_OK(hop, left)) {
		for (attr = (const void *)RTNH_DATA(hop);
		     !err && mnl_attr_ok(attr, end_of(hop) - (char *)attr);
		     attr = mnl_attr_next(attr))
			if (is_gateway(attr))
				err = take_gateway(walk, hop->rtnh_ifindex,
						   attr);
		left -= NLMSG_ALIGN(hop->rtnh_len);
		hop = RTNH_NEXT(hop);
	}
	return err;
}

static int walk_route(const struct walk *walk, const struct nlmsghdr *nlh)
{
	int ifindex = number_of(nlh, RTA_OIF, 0);
	const struct nlattr *attr;
	int err = 0;

	mnl_attr_for_each(attr, nlh, sizeof(struct rtmsg)) {
		if (mnl_attr_get_type(attr) == RTA_MULTIPATH)
			err = walk_hops(walk, attr);
		else if (is_gateway(attr))
			err = take_gateway(walk, ifindex, attr);
		if (err)
			break;
	}
	return err;
}

/**
 * routes_gateways - call a function for every gateway
 * @routes: the routes
 * @fn: the function
 * @ctx: for @fn
 *
 * Return: 0, or what @fn returned.
 */
int routes_gateways(const struct routes *routes, gateway_fn *fn, void *ctx)
{
	struct walk walk = { .fn = fn, .ctx = ctx };
	int err = 0;
	size_t i;

	for (i = 0; !err && i < routes->count; i++) {
		walk.family = head_of(routes->message[i])->rtm_family;
		if (head_of(routes->message[i])->rtm_type == RTN_UNICAST)
			err = walk_route(&walk, routes->message[i]);
	}
	return err;
}

void routes_free(struct routes *routes)
{
	while (routes->count)
		free(routes->message[--routes->count]);
	free(routes->message);
	memset(routes, 0, sizeof(*routes));
}
