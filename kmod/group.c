// SPDX-License-Identifier: GPL-2.0
/* Solicited-node groups: what another host asks before it takes an IPv6 address is
 * sent to one of them, and dropped by the NIC or by the kernel if nobody has
 * joined it. Links without ARP join none, and thousands would overflow a NIC's
 * filter; so only a few are, for addresses that are probed for.
 */
#include <linux/rtnetlink.h>
#include <net/addrconf.h>

#include "ipvsdummy.h"

static bool is_wanted(const struct ipvsdummy_conflict *conflict)
{
	u8 class = conflict->info.verdict.class;

	return conflict->info.family == AF_INET6 &&
	       conflict->link->probe == IPVSDUMMY_PROBE_ON &&
	       ipvsdummy_conflict_bound(conflict) &&
	       (class == IPVSDUMMY_CLASS_ONLINK ||
		class == IPVSDUMMY_CLASS_NEIGH);
}

/* Return: the place of a group that is joined, or a free one, or NULL */
static struct ipvsdummy_group *find(struct ipvsdummy_guard *guard, int ifindex,
				    const struct in6_addr *addr)
{
	struct ipvsdummy_group *group, *free = NULL;

	for (group = guard->groups; group < guard->groups +
					    IPVSDUMMY_GROUPS_MAX; group++) {
		if (group->ifindex == ifindex &&
		    ipv6_addr_equal(&group->addr, addr))
			return group;
		if (!group->ifindex)
			free = group;
	}
	return free;
}

static void leave(struct ipvsdummy_guard *guard, struct ipvsdummy_group *group)
{
	struct net_device *dev;

	/* An interface that is gone took its groups along */
	dev = __dev_get_by_index(guard->net, group->ifindex);
	if (dev)
		ipv6_dev_mc_dec(dev, &group->addr);
	group->ifindex = 0;
}

static void join(struct ipvsdummy_guard *guard,
		 const struct ipvsdummy_conflict *conflict)
{
	int ifindex = conflict->info.verdict.match_ifindex;
	struct ipvsdummy_group *group;
	struct net_device *dev;
	struct in6_addr addr;

	addrconf_addr_solict_mult(&conflict->info.addr.in6, &addr);
	group = find(guard, ifindex, &addr);
	if (!group)
		return;
	group->wanted = true;
	if (group->ifindex)
		return;
	dev = __dev_get_by_index(guard->net, ifindex);
	if (!dev || ipv6_dev_mc_inc(dev, &addr))
		return;
	group->ifindex = ifindex;
	group->addr = addr;
}

/**
 * ipvsdummy_groups_update - join the groups of addresses that are probed for
 * @guard: the guard
 *
 * Those that are not any more are left.
 *
 * Context: RTNL; may sleep.
 */
void ipvsdummy_groups_update(struct ipvsdummy_guard *guard)
{
	struct ipvsdummy_conflict *conflict;
	struct rb_node *node;
	unsigned int i;

	ASSERT_RTNL();
	for (i = 0; i < IPVSDUMMY_GROUPS_MAX; i++)
		guard->groups[i].wanted = false;
	for (node = rb_first(&guard->conflicts); node; node = rb_next(node)) {
		conflict = rb_entry(node, struct ipvsdummy_conflict, node);
		cond_resched();
		if (is_wanted(conflict))
			join(guard, conflict);
	}
	for (i = 0; i < IPVSDUMMY_GROUPS_MAX; i++)
		if (guard->groups[i].ifindex && !guard->groups[i].wanted)
			leave(guard, &guard->groups[i]);
}

/**
 * ipvsdummy_groups_leave - leave all groups
 * @guard: the guard
 *
 * Context: RTNL.
 */
void ipvsdummy_groups_leave(struct ipvsdummy_guard *guard)
{
	unsigned int i;

	for (i = 0; i < IPVSDUMMY_GROUPS_MAX; i++)
		if (guard->groups[i].ifindex)
			leave(guard, &guard->groups[i]);
}
