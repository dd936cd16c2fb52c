// SPDX-License-Identifier: GPL-2.0
/* Which interfaces are watched; keeps the index of their addresses current. */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/inetdevice.h>
#include <linux/rtnetlink.h>
#include <linux/slab.h>
#include <net/ipv6.h>
#include <net/l3mdev.h>
#include <net/vxlan.h>

#include "ipvsdummy.h"

/* More than the kernel lets links be stacked (MAX_NEST_DEV) */
#define MAX_DEPTH	10

/**
 * struct ipvsdummy_watched - a watched interface
 * @node: in the guard's watched
 * @dev: the interface; gone from the table before it goes
 * @addrs: struct ipvsdummy_watched_addr
 * @vrf: ifindex of its L3 master when @addrs were read
 * @reason: enum ipvsdummy_watch_reason
 * @flags: WATCHED_DIRTY
 * @rcu: for readers in atomic notifiers
 */
struct ipvsdummy_watched {
	struct hlist_node node;
	struct net_device *dev;
	struct list_head addrs;
	int vrf;
	u8 reason;
	unsigned long flags;
	struct rcu_head rcu;
};

enum {
	WATCHED_DIRTY,	/* to be read again; set from anywhere */
};

static struct ipvsdummy_watched *find_watched(struct ipvsdummy_guard *guard,
					      const struct net_device *dev)
{
	struct ipvsdummy_watched *watched;

	hash_for_each_possible_rcu(guard->watched, watched, node, dev->ifindex,
				   lockdep_rtnl_is_held())
		if (watched->dev == dev)
			return watched;
	return NULL;
}

static bool rests_on_hardware(struct net_device *dev, unsigned int depth)
{
	struct net_device *lower;
	struct list_head *iter;

	if (dev->dev.parent)
		return true;
	/* Linked to its NIC, but it stands on routing, not on the segment */
	if (netif_is_vxlan(dev) || depth == MAX_DEPTH)
		return false;
	netdev_for_each_lower_dev(dev, lower, iter)
		if (net_eq(dev_net(lower), dev_net(dev)) &&
		    rests_on_hardware(lower, depth + 1))
			return true;
	return false;
}

/* Return: the name exactly as the operator gave it, or NULL */
static struct ipvsdummy_name *find_name(const struct net *net, const char *name)
{
	struct ipvsdummy_name *pos;

	list_for_each_entry(pos, &ipvsdummy_net(net)->names, node)
		if (!strcmp(pos->name, name))
			return pos;
	return NULL;
}

/* Return: what the operator said of such interfaces, the longest name decides;
 * NULL if nothing
 */
static const struct ipvsdummy_name *match_name(const struct net_device *dev)
{
	const struct ipvsdummy_name *pos, *longest = NULL;
	size_t len, longest_len = 0;

	list_for_each_entry(pos, &ipvsdummy_net(dev_net(dev))->names, node) {
		len = strlen(pos->name);
		if (pos->name[len - 1] != '*') {
			if (!strcmp(pos->name, dev->name))
				return pos;
		} else if (len > longest_len &&
			   !strncmp(pos->name, dev->name, len - 1)) {
			longest = pos;
			longest_len = len;
		}
	}
	return longest;
}

/**
 * ipvsdummy_watch_reason - why is an interface watched?
 * @dev: the interface
 *
 * Context: RTNL.
 * Return: enum ipvsdummy_watch_reason, 0 if it is not.
 */
u8 ipvsdummy_watch_reason(const struct net_device *dev)
{
	const struct ipvsdummy_name *name = match_name(dev);

	ASSERT_RTNL();
	if (ipvsdummy_is_link(dev) || (name && name->exclude))
		return 0;
	if (dev->dev.parent)
		return IPVSDUMMY_WATCH_REASON_PHYSICAL;
	if (rests_on_hardware((struct net_device *)dev, 0))
		return IPVSDUMMY_WATCH_REASON_STACKED;
	return name ? IPVSDUMMY_WATCH_REASON_NAMED : 0;
}

/**
 * ipvsdummy_is_watched - is an interface watched?
 * @guard: of its netns
 * @dev: the interface
 *
 * Context: RTNL or RCU.
 * Return: whether it is.
 */
bool ipvsdummy_is_watched(struct ipvsdummy_guard *guard,
			  const struct net_device *dev)
{
	return find_watched(guard, dev);
}

/**
 * ipvsdummy_watches_v4 - is it an address of a watched interface?
 * @guard: the guard
 * @vrf: ifindex of the L3 master of the interface, 0 if none
 * @ip: an IPv4 address
 *
 * Context: RCU.
 * Return: whether it is.
 */
bool ipvsdummy_watches_v4(struct ipvsdummy_guard *guard, int vrf, __be32 ip)
{
	struct ipvsdummy_watched *watched;
	unsigned int bkt;

	hash_for_each_rcu(guard->watched, bkt, watched, node)
		if (l3mdev_master_ifindex_rcu(watched->dev) == vrf &&
		    ipvsdummy_has_v4(watched->dev, ip))
			return true;
	return false;
}

static void vips_to_judge(struct ipvsdummy_guard *guard)
{
	set_bit(IPVSDUMMY_GUARD_RESCAN, &guard->flags);
	ipvsdummy_guard_kick(guard);
}

/**
 * ipvsdummy_watch_mark - before the addresses of an owner are read again
 * @addrs: struct ipvsdummy_watched_addr, its addresses
 *
 * Context: RTNL.
 */
void ipvsdummy_watch_mark(struct list_head *addrs)
{
	struct ipvsdummy_watched_addr *addr;

	list_for_each_entry(addr, addrs, owner_node)
		addr->seen = false;
}

/**
 * ipvsdummy_watch_addr - an owner has an address
 * @guard: the guard
 * @addrs: struct ipvsdummy_watched_addr, the owner's addresses
 * @dev: the interface that has it, or leads to it
 * @ifaddr: the address; it may be in @addrs already
 *
 * Context: RTNL; may sleep.
 */
void ipvsdummy_watch_addr(struct ipvsdummy_guard *guard,
			  struct list_head *addrs, const struct net_device *dev,
			  const struct ipvsdummy_ifaddr *ifaddr)
{
	struct ipvsdummy_watched_addr *addr;
	bool came;

	ASSERT_RTNL();
	addr = ipvsdummy_index_add(&guard->index, ifaddr, &came);
	if (IS_ERR(addr)) {
		guard->unwatched++;
		if (PTR_ERR(addr) == -ENOMEM)
			ipvsdummy_guard_retry(guard);
		if (ipvsdummy_may_log(guard))
			pr_warn("%s: an address is not watched, error %ld\n",
				dev->name, PTR_ERR(addr));
		return;
	}
	if (list_empty(&addr->owner_node))
		list_add_tail(&addr->owner_node, addrs);
	addr->seen = true;
	if (came)
		vips_to_judge(guard);
}

static void lose_addr(struct ipvsdummy_guard *guard,
		      struct ipvsdummy_watched_addr *addr)
{
	ipvsdummy_index_mark_gone(&guard->index, addr, jiffies);
	ipvsdummy_guard_kick(guard);
}

/**
 * ipvsdummy_watch_sweep - the addresses of an owner were read again
 * @guard: the guard
 * @addrs: struct ipvsdummy_watched_addr; those not seen since
 *	ipvsdummy_watch_mark() are gone
 *
 * Context: RTNL.
 */
void ipvsdummy_watch_sweep(struct ipvsdummy_guard *guard,
			   struct list_head *addrs)
{
	struct ipvsdummy_watched_addr *addr, *next;

	list_for_each_entry_safe(addr, next, addrs, owner_node)
		if (!addr->seen)
			lose_addr(guard, addr);
}

struct read_ctx {
	struct ipvsdummy_guard *guard;
	struct ipvsdummy_watched *watched;
};

static void read_addr(void *ctx, const struct ipvsdummy_ifaddr *ifaddr)
{
	struct read_ctx *read = ctx;

	ipvsdummy_watch_addr(read->guard, &read->watched->addrs,
			     read->watched->dev, ifaddr);
}

/* Bring the index in line with the interface's addresses */
static void read_addrs(struct ipvsdummy_guard *guard,
		       struct ipvsdummy_watched *watched)
{
	struct read_ctx read = { .guard = guard, .watched = watched };

	watched->vrf = l3mdev_master_ifindex(watched->dev);
	ipvsdummy_watch_mark(&watched->addrs);
	ipvsdummy_walk_ifaddrs(watched->dev, read_addr, &read);
	ipvsdummy_watch_sweep(guard, &watched->addrs);
}

static int watch(struct ipvsdummy_guard *guard, struct net_device *dev,
		 u8 reason)
{
	struct ipvsdummy_watched *watched;

	watched = kzalloc(sizeof(*watched), guard->index.gfp);
	if (!watched)
		return -ENOMEM;
	watched->dev = dev;
	watched->reason = reason;
	INIT_LIST_HEAD(&watched->addrs);
	hash_add_rcu(guard->watched, &watched->node, dev->ifindex);
	read_addrs(guard, watched);
	return 0;
}

static void unwatch(struct ipvsdummy_guard *guard,
		    struct ipvsdummy_watched *watched)
{
	struct ipvsdummy_watched_addr *addr, *next;

	list_for_each_entry_safe(addr, next, &watched->addrs, owner_node)
		lose_addr(guard, addr);
	hash_del_rcu(&watched->node);
	kfree_rcu(watched, rcu);
}

/* Return: whether the reason, or that there is one, is another one now */
static bool update(struct ipvsdummy_guard *guard, struct net_device *dev)
{
	struct ipvsdummy_watched *watched = find_watched(guard, dev);
	u8 before = watched ? watched->reason : 0;
	u8 reason = ipvsdummy_watch_reason(dev);

	if (watched && !reason) {
		unwatch(guard, watched);
	} else if (watched) {
		watched->reason = reason;
	} else if (reason && watch(guard, dev, reason)) {
		guard->unwatched++;
		ipvsdummy_guard_retry(guard);
		if (ipvsdummy_may_log(guard))
			pr_warn("%s: not watched, no memory\n", dev->name);
	}
	return reason != before;
}

static void update_with_uppers(struct net_device *dev, unsigned int depth)
{
	struct ipvsdummy_guard *guard = ipvsdummy_guard(dev_net(dev));
	struct net_device *upper;
	struct list_head *iter;

	if ((guard && !update(guard, dev)) || depth == MAX_DEPTH)
		return;
	netdev_for_each_upper_dev_rcu(dev, upper, iter)
		update_with_uppers(upper, depth + 1);
}

/**
 * ipvsdummy_watch_device - an interface came, or got another name
 * @dev: the interface
 *
 * Context: RTNL; may sleep.
 */
void ipvsdummy_watch_device(struct net_device *dev)
{
	struct ipvsdummy_guard *guard = ipvsdummy_guard(dev_net(dev));
	struct net_device *upper;
	struct list_head *iter;

	ASSERT_RTNL();
	if (guard)
		update(guard, dev);
	/* It may have left uppers behind in another netns */
	netdev_for_each_upper_dev_rcu(dev, upper, iter)
		update_with_uppers(upper, 1);
}

/**
 * ipvsdummy_watch_upper - an interface was put on another, or taken off it
 * @lower: the one below; has a netns with or without a guard
 * @upper: the one above
 *
 * A pod's veth put on a bridge of thousands must cost nothing: only what
 * rests on hardware can change what its upper rests on.
 *
 * Context: RTNL; may sleep.
 */
void ipvsdummy_watch_upper(struct net_device *lower, struct net_device *upper)
{
	struct ipvsdummy_guard *guard = ipvsdummy_guard(dev_net(lower));
	struct ipvsdummy_watched *watched;

	ASSERT_RTNL();
	watched = guard ? find_watched(guard, lower) : NULL;
	if (watched && watched->vrf != l3mdev_master_ifindex(lower))
		read_addrs(guard, watched);
	if (rests_on_hardware(lower, 0))
		update_with_uppers(upper, 1);
}

/**
 * ipvsdummy_unwatch_device - an interface leaves its netns
 * @dev: the interface
 *
 * Context: RTNL.
 */
void ipvsdummy_unwatch_device(struct net_device *dev)
{
	struct ipvsdummy_guard *guard = ipvsdummy_guard(dev_net(dev));
	struct ipvsdummy_watched *watched;

	ASSERT_RTNL();
	watched = guard ? find_watched(guard, dev) : NULL;
	if (watched)
		unwatch(guard, watched);
}

/**
 * ipvsdummy_watch_ifa - an IPv4 address came or went
 * @dev: any device
 * @ifa: the address
 * @up: it came, perhaps once more (promotion of a secondary)
 *
 * Context: RTNL; may sleep.
 */
void ipvsdummy_watch_ifa(struct net_device *dev, const struct in_ifaddr *ifa,
			 bool up)
{
	struct ipvsdummy_guard *guard = ipvsdummy_guard(dev_net(dev));
	struct ipvsdummy_watched_addr *addr;
	struct ipvsdummy_watched *watched;
	struct ipvsdummy_ifaddr ifaddr;

	ASSERT_RTNL();
	watched = guard ? find_watched(guard, dev) : NULL;
	if (!watched)
		return;

	ipvsdummy_ifaddr_from_v4(&ifaddr, dev, ifa);
	if (up) {
		ipvsdummy_watch_addr(guard, &watched->addrs, dev, &ifaddr);
		return;
	}
	addr = ipvsdummy_index_find(&guard->index, &ifaddr);
	if (addr && addr->live)
		lose_addr(guard, addr);
}

/**
 * ipvsdummy_watch_dirty - an interface's addresses are to be read again
 * @dev: any device
 *
 * Context: any, under RTNL or RCU.
 */
void ipvsdummy_watch_dirty(struct net_device *dev)
{
	struct ipvsdummy_watched *watched;
	struct ipvsdummy_guard *guard;

	rcu_read_lock();
	guard = rcu_dereference(ipvsdummy_net(dev_net(dev))->guard);
	watched = guard ? find_watched(guard, dev) : NULL;
	if (watched) {
		set_bit(WATCHED_DIRTY, &watched->flags);
		smp_mb__before_atomic();	/* ipvsdummy_watch_refresh() */
		set_bit(IPVSDUMMY_GUARD_DIRTY, &guard->flags);
		ipvsdummy_guard_kick(guard);
	}
	rcu_read_unlock();
}

/**
 * ipvsdummy_watch_refresh - read dirty interfaces again
 * @guard: the guard
 *
 * Context: RTNL; may sleep.
 */
void ipvsdummy_watch_refresh(struct ipvsdummy_guard *guard)
{
	struct ipvsdummy_watched *watched;
	unsigned int bkt;

	ASSERT_RTNL();
	if (!test_bit(IPVSDUMMY_GUARD_DIRTY, &guard->flags) ||
	    !test_and_clear_bit(IPVSDUMMY_GUARD_DIRTY, &guard->flags))
		return;
	hash_for_each(guard->watched, bkt, watched, node)
		if (test_and_clear_bit(WATCHED_DIRTY, &watched->flags))
			read_addrs(guard, watched);
}

/**
 * ipvsdummy_watch_start - find what is to be watched in a guard's netns
 * @guard: the guard, not published yet
 *
 * Context: RTNL; may sleep.
 * Return: 0 or -ENOMEM; ipvsdummy_watch_stop() undoes either.
 */
int ipvsdummy_watch_start(struct ipvsdummy_guard *guard)
{
	struct net_device *dev;
	u8 reason;
	int err;

	for_each_netdev(guard->net, dev) {
		reason = ipvsdummy_watch_reason(dev);
		if (!reason)
			continue;
		err = watch(guard, dev, reason);
		if (err)
			return err;
	}
	return 0;
}

/**
 * ipvsdummy_watch_stop - watch nothing any more
 * @guard: the guard
 *
 * Context: RTNL.
 */
void ipvsdummy_watch_stop(struct ipvsdummy_guard *guard)
{
	struct ipvsdummy_watched *watched;
	struct hlist_node *next;
	unsigned int bkt;

	hash_for_each_safe(guard->watched, bkt, next, watched, node)
		unwatch(guard, watched);
}

static void names_changed(struct net *net)
{
	struct net_device *dev;

	if (!ipvsdummy_guard(net))
		return;
	for_each_netdev(net, dev)
		ipvsdummy_watch_device(dev);
}

/**
 * ipvsdummy_watch_add - watch or exclude interfaces by their name
 * @net: the netns
 * @name: the name; with a trailing asterisk, the beginning of names
 * @exclude: exclude them
 *
 * Context: RTNL; may sleep.
 * Return: 0, -EINVAL if it is no interface name, -EEXIST, -ENOSPC if there
 * are too many, -ENOMEM.
 */
int ipvsdummy_watch_add(struct net *net, const char *name, bool exclude)
{
	struct ipvsdummy_net *pn = ipvsdummy_net(net);
	struct ipvsdummy_name *entry;
	const char *asterisk = strchr(name, '*');

	ASSERT_RTNL();
	if (!dev_valid_name(name) || strchr(name, '%') ||
	    (asterisk && asterisk[1]))
		return -EINVAL;
	if (find_name(net, name))
		return -EEXIST;
	if (pn->n_names >= IPVSDUMMY_NAMES_MAX)
		return -ENOSPC;

	entry = kzalloc(sizeof(*entry), GFP_KERNEL_ACCOUNT);
	if (!entry)
		return -ENOMEM;
	strscpy(entry->name, name, sizeof(entry->name));
	entry->exclude = exclude;
	list_add_tail(&entry->node, &pn->names);
	pn->n_names++;
	names_changed(net);
	return 0;
}

/**
 * ipvsdummy_watch_del - forget a name
 * @net: the netns
 * @name: the name, as it was added
 *
 * Context: RTNL; may sleep.
 * Return: 0 or -ENOENT.
 */
int ipvsdummy_watch_del(struct net *net, const char *name)
{
	struct ipvsdummy_name *entry = find_name(net, name);

	ASSERT_RTNL();
	if (!entry)
		return -ENOENT;
	list_del(&entry->node);
	ipvsdummy_net(net)->n_names--;
	kfree(entry);
	names_changed(net);
	return 0;
}
