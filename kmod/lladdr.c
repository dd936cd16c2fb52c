// SPDX-License-Identifier: GPL-2.0
/* The link-layer addresses of this host: what any of its interfaces sends, or
 * sent a moment ago, is no other station.
 */
#include <linux/etherdevice.h>
#include <linux/rtnetlink.h>
#include <linux/slab.h>

#include "ipvsdummy.h"

#define KEEP		(60 * HZ)	/* frames may be on their way for long */
#define FORMER_MAX	1024

/**
 * struct own_lladdr - a link-layer address of this host
 * @node: in the guard's own_lladdrs
 * @former_node: in the guard's former_lladdrs; empty if it is not former
 * @gone_at: when it went, in jiffies
 * @ifindex: interface that has it
 * @lladdr: the address
 * @rcu: for readers of frames
 */
struct own_lladdr {
	struct hlist_node node;
	struct list_head former_node;
	unsigned long gone_at;
	int ifindex;
	u8 lladdr[ETH_ALEN];
	struct rcu_head rcu;
};

static u64 hash_of(const u8 *lladdr)
{
	return ether_addr_to_u64(lladdr);
}

static struct own_lladdr *find(struct ipvsdummy_guard *guard, int ifindex,
			       const u8 *lladdr)
{
	struct own_lladdr *own;

	hash_for_each_possible(guard->own_lladdrs, own, node, hash_of(lladdr))
		if (own->ifindex == ifindex &&
		    ether_addr_equal(own->lladdr, lladdr))
			return own;
	return NULL;
}

static void forget(struct ipvsdummy_guard *guard, struct own_lladdr *own)
{
	if (!list_empty(&own->former_node)) {
		list_del(&own->former_node);
		guard->n_former--;
	}
	hash_del_rcu(&own->node);
	kfree_rcu(own, rcu);
}

static void make_former(struct ipvsdummy_guard *guard, struct own_lladdr *own)
{
	if (!list_empty(&own->former_node))
		return;
	list_add_tail(&own->former_node, &guard->former_lladdrs);
	guard->n_former++;
	own->gone_at = jiffies;
	ipvsdummy_guard_kick(guard);
}

/* What the interface had, but for @kept, is former now. */
static void leave(struct ipvsdummy_guard *guard, int ifindex,
		  const struct own_lladdr *kept)
{
	struct own_lladdr *own;
	unsigned int bkt;

	hash_for_each(guard->own_lladdrs, bkt, own, node)
		if (own->ifindex == ifindex && own != kept)
			make_former(guard, own);
	while (guard->n_former > FORMER_MAX)
		forget(guard, list_first_entry(&guard->former_lladdrs,
					       struct own_lladdr, former_node));
}

/**
 * ipvsdummy_lladdr_remove - an interface goes
 * @guard: of its netns
 * @dev: the interface
 *
 * Context: RTNL.
 */
void ipvsdummy_lladdr_remove(struct ipvsdummy_guard *guard,
			     const struct net_device *dev)
{
	ASSERT_RTNL();
	leave(guard, dev->ifindex, NULL);
}

/**
 * ipvsdummy_lladdr_update - an interface came, or has another address
 * @guard: of its netns
 * @dev: the interface
 *
 * Without memory its frames may be taken for those of others: they flag, no more.
 *
 * Context: RTNL; may sleep.
 */
void ipvsdummy_lladdr_update(struct ipvsdummy_guard *guard,
			     const struct net_device *dev)
{
	struct own_lladdr *own;

	ASSERT_RTNL();
	if (dev->addr_len != ETH_ALEN || is_zero_ether_addr(dev->dev_addr))
		return;
	own = find(guard, dev->ifindex, dev->dev_addr);
	if (own && list_empty(&own->former_node))
		return;
	if (own) {	/* first, or it might be forgotten as the eldest */
		list_del_init(&own->former_node);
		guard->n_former--;
	}
	leave(guard, dev->ifindex, own);
	if (own)
		return;

	own = kzalloc(sizeof(*own), guard->index.gfp);
	if (!own) {
		ipvsdummy_guard_retry(guard);
		return;
	}
	INIT_LIST_HEAD(&own->former_node);
	own->ifindex = dev->ifindex;
	ether_addr_copy(own->lladdr, dev->dev_addr);
	hash_add_rcu(guard->own_lladdrs, &own->node, hash_of(own->lladdr));
}

/**
 * ipvsdummy_lladdr_is_own - is this host the sender?
 * @guard: of the netns
 * @lladdr: link-layer address of the sender
 *
 * Context: any, under RTNL or RCU.
 * Return: whether an interface has the address, or had it a moment ago.
 */
bool ipvsdummy_lladdr_is_own(struct ipvsdummy_guard *guard, const u8 *lladdr)
{
	struct own_lladdr *own;

	hash_for_each_possible_rcu(guard->own_lladdrs, own, node,
				   hash_of(lladdr), lockdep_rtnl_is_held())
		if (ether_addr_equal(own->lladdr, lladdr))
			return true;
	return false;
}

/**
 * ipvsdummy_lladdr_expire - forget what was this host's long enough ago
 * @guard: the guard
 * @now: in jiffies
 *
 * Context: RTNL.
 * Return: jiffies until there is more to forget, MAX_JIFFY_OFFSET if nothing.
 */
unsigned long ipvsdummy_lladdr_expire(struct ipvsdummy_guard *guard,
				      unsigned long now)
{
	struct own_lladdr *own, *next;

	ASSERT_RTNL();
	list_for_each_entry_safe(own, next, &guard->former_lladdrs,
				 former_node) {
		if (time_after(own->gone_at + KEEP, now))
			return own->gone_at + KEEP - now;
		forget(guard, own);
	}
	return MAX_JIFFY_OFFSET;
}

/**
 * ipvsdummy_lladdr_start - know the interfaces that there are
 * @guard: the guard, not published yet
 *
 * Context: RTNL; may sleep.
 */
void ipvsdummy_lladdr_start(struct ipvsdummy_guard *guard)
{
	struct net_device *dev;

	hash_init(guard->own_lladdrs);
	INIT_LIST_HEAD(&guard->former_lladdrs);
	for_each_netdev(guard->net, dev)
		ipvsdummy_lladdr_update(guard, dev);
}

/**
 * ipvsdummy_lladdr_stop - forget them all
 * @guard: the guard
 *
 * Context: RTNL.
 */
void ipvsdummy_lladdr_stop(struct ipvsdummy_guard *guard)
{
	struct own_lladdr *own;
	struct hlist_node *next;
	unsigned int bkt;

	hash_for_each_safe(guard->own_lladdrs, bkt, next, own, node)
		forget(guard, own);
}
