/* SPDX-License-Identifier: GPL-2.0 */
/* The addresses of tests that are run once for each family. */
#ifndef PLAN_TEST_H
#define PLAN_TEST_H

#include "ipvsdummy-test.h"

#define ALLOW	IPVSDUMMY_ACTION_ALLOW
#define FLAG	IPVSDUMMY_ACTION_FLAG
#define REJECT	IPVSDUMMY_ACTION_REJECT
#define SKIP_IT	IPVSDUMMY_ACTION_SKIP

struct net_plan {
	const char *own;	/* w0's address, */
	const char *own_plen;	/* with the length of its prefix, */
	const char *own_host;	/* and as a host prefix */
	const char *prefix;
	const char *onlink;	/* in w0's prefix, */
	const char *onlink_plen;	/* with the length of the prefix */
	const char *network;	/* first address of the prefix, */
	const char *broadcast;	/* and the last */
	const char *far;	/* unrelated, */
	const char *far_peer;	/* and another one, */
	const char *far_plen;	/* in one prefix, if there is one */
	const char *far_prefix;
	const char *wide;	/* unrelated, with a prefix around w0's, */
	const char *wide_local;	/* and its parts */
	const char *wide_prefix;
	const char *pair;	/* one of two hosts of a prefix, */
	const char *pair_prefix;
	const char *pair_other;	/* and the other */
	const char *single;	/* a host prefix, */
	const char *single_host;
	const char *single_other;	/* and its neighbour */
	const char *local;	/* link-local, */
	const char *local_plen;
	const char *local_other;	/* and another one */
	const char *loopback;
	const char *own2_plen;	/* for w0 beside its own */
	const char *nth_plen;	/* of one of some more interfaces, */
	const char *nth_prefix;
	const char *nth_onlink;	/* and an address in its prefix */
	const char *many_plen;	/* in a prefix with thousands, */
	const char *many_prefix;
	const char *many;	/* which addr_many() counts */
};

static const struct net_plan ipv4 = {
	.own = "10.0.2.15",
	.own_plen = "10.0.2.15/24",
	.own_host = "10.0.2.15/32",
	.prefix = "10.0.2.0/24",
	.onlink = "10.0.2.99",
	.onlink_plen = "10.0.2.99/24",
	.network = "10.0.2.0",
	.broadcast = "10.0.2.255",
	.far = "172.50.60.105",
	.far_peer = "172.50.60.106",
	.far_plen = "172.50.60.105/24",
	.far_prefix = "172.50.60.0/24",
	.wide = "10.0.9.1/16",
	.wide_local = "10.0.9.1",
	.wide_prefix = "10.0.0.0/16",
	.pair = "10.0.4.0/31",
	.pair_prefix = "10.0.4.0/31",
	.pair_other = "10.0.4.1",
	.single = "10.0.5.1",
	.single_host = "10.0.5.1/32",
	.single_other = "10.0.5.2",
	.local = "169.254.7.1",
	.local_plen = "169.254.7.1/16",
	.local_other = "169.254.7.2",
	.loopback = "127.0.0.7",
	.own2_plen = "10.0.2.16/24",
	.nth_plen = "10.1.%u.1/24",
	.nth_prefix = "10.1.%u.0/24",
	.nth_onlink = "10.1.%u.9",
	.many_plen = "10.2.0.1/16",
	.many_prefix = "10.2.0.0/16",
	.many = "10.2.%u.%u",
};

static const struct net_plan ipv6 = {
	.own = "2001:db8:2::15",
	.own_plen = "2001:db8:2::15/64",
	.own_host = "2001:db8:2::15/128",
	.prefix = "2001:db8:2::/64",
	.onlink = "2001:db8:2::99",
	.onlink_plen = "2001:db8:2::99/64",
	.network = "2001:db8:2::",
	.broadcast = "2001:db8:2:0:ffff:ffff:ffff:ffff",
	.far = "2001:db8:9::105",
	.far_peer = "2001:db8:9::106",
	.far_plen = "2001:db8:9::105/64",
	.far_prefix = "2001:db8:9::/64",
	.wide = "2001:db8:9::1/32",
	.wide_local = "2001:db8:9::1",
	.wide_prefix = "2001:db8::/32",
	.pair = "2001:db8:4::/127",
	.pair_prefix = "2001:db8:4::/127",
	.pair_other = "2001:db8:4::1",
	.single = "2001:db8:5::1",
	.single_host = "2001:db8:5::1/128",
	.single_other = "2001:db8:5::2",
	.local = "fe80::7",
	.local_plen = "fe80::7/64",
	.local_other = "fe80::8",
	.loopback = "::1",
	.own2_plen = "2001:db8:2::16/64",
	.nth_plen = "2001:db8:1%u::1/64",
	.nth_prefix = "2001:db8:1%u::/64",
	.nth_onlink = "2001:db8:1%u::9",
	.many_plen = "2001:db8:3::1/64",
	.many_prefix = "2001:db8:3::/64",
	.many = "2001:db8:3::%x",
};

/* "rejected vip0 10.0.2.15: host reject, w0 10.0.2.15/32" */
static inline const char *line(const char *event, const char *address,
			       const char *verdict, const char *match)
{
	return text("%s vip0 %s: %s, w0 %s", event, address, verdict, match);
}

#endif
