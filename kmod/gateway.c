// SPDX-License-Identifier: GPL-2.0
/* Gateways: the next hops of the best default route of each table.
 *
 * The FIB tells of routes in atomic context, IPv6 without RTNL. What it tells
 * is copied, since a reference to a route would pin its device; the index
 * follows under RTNL. Next-hop objects change without a word of the FIB: only
 * their id is kept, and what they lead to is read with the index.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/if.h>
#include <linux/mutex.h>
#include <linux/rtnetlink.h>
#include <linux/slab.h>
#include <net/fib_notifier.h>
#include <net/ip6_fib.h>
#include <net/ip_fib.h>
#include <net/l3mdev.h>
#include <net/nexthop.h>

#include "compat.h"
#include "ipvsdummy.h"

/**
 * struct hop - a next hop of a default route
 * @node: in the netns' hops
 * @number: of this hop, the newest has the greatest
 * @addr: the gateway
 * @ifindex: interface that leads to it
 * @object: id of the next-hop object that tells these two, 0 if none
 * @table: routing table
 * @route_family: of the route
 * @family: of @addr; an IPv4 route may have an IPv6 gateway
 */
struct hop {
	struct list_head node;
	u64 number;
	union nf_inet_addr addr;
	int ifindex;
	u32 object;
	u32 table;
	u8 route_family;
	u8 family;
};

/* Some default route is another one now; called under RTNL or RCU */
static void routes_changed(struct ipvsdummy_net *pn)
{
	struct ipvsdummy_guard *guard;

	rcu_read_lock();
	guard = rcu_dereference(pn->guard);
	if (guard) {
		set_bit(IPVSDUMMY_GUARD_ROUTES, &guard->flags);
		ipvsdummy_guard_kick(guard);
	}
	rcu_read_unlock();
}

static void free_hop(struct ipvsdummy_net *pn, struct hop *hop)
{
	list_del(&hop->node);
	pn->n_hops--;
	kfree(hop);
}

static void drop_route(struct ipvsdummy_net *pn, u8 family, u32 table)
{
	struct hop *hop, *next;

	list_for_each_entry_safe(hop, next, &pn->hops, node)
		if (hop->route_family == family && hop->table == table)
			free_hop(pn, hop);
}

static void drop_hop(struct ipvsdummy_net *pn, const struct hop *like)
{
	struct hop *hop;

	list_for_each_entry(hop, &pn->hops, node) {
		if (hop->route_family == like->route_family &&
		    hop->table == like->table &&
		    hop->ifindex == like->ifindex &&
		    hop->family == like->family &&
		    ipvsdummy_addr_equal(hop->family, &hop->addr,
					 &like->addr)) {
			free_hop(pn, hop);
			return;
		}
	}
}

static void add_hop(struct ipvsdummy_net *pn, const struct hop *like)
{
	struct hop *hop = NULL;

	if (pn->n_hops < IPVSDUMMY_GATEWAYS_MAX) {
		hop = kmemdup(like, sizeof(*like), GFP_ATOMIC | __GFP_ACCOUNT);
		pn->hops_missing |= !hop;
	}
	if (!hop) {
		pn->lost_hops++;
		return;
	}
	hop->number = ++pn->last_hop;
	list_add_tail(&hop->node, &pn->hops);
	pn->n_hops++;
}

/* Return: whether there is a gateway, and not only a device */
static bool read_hop(struct hop *hop, const struct fib_nh_common *nhc)
{
	if (!nhc || !nhc->nhc_gw_family || !nhc->nhc_dev)
		return false;
	hop->family = nhc->nhc_gw_family;
	hop->ifindex = nhc->nhc_dev->ifindex;
	memset(&hop->addr, 0, sizeof(hop->addr));
	if (hop->family == AF_INET)
		hop->addr.ip = nhc->nhc_gw.ipv4;
	else
		hop->addr.in6 = nhc->nhc_gw.ipv6;
	return true;
}

static void v4_event(struct ipvsdummy_net *pn, unsigned long event,
		     const struct fib_entry_notifier_info *info)
{
	struct hop hop = { .route_family = AF_INET, .table = info->tb_id };
	struct fib_info *fi = info->fi;
	unsigned int i;

	spin_lock_bh(&pn->lock);
	drop_route(pn, AF_INET, info->tb_id);
	if (event == FIB_EVENT_ENTRY_DEL || info->type != RTN_UNICAST)
		goto unlock;
	if (fi->nh) {
		hop.object = fi->nh->id;
		add_hop(pn, &hop);
		goto unlock;
	}
	for (i = 0; i < fib_info_num_path(fi); i++)
		if (read_hop(&hop, fib_info_nhc(fi, i)))
			add_hop(pn, &hop);
unlock:
	spin_unlock_bh(&pn->lock);
}

static void v6_hop_event(struct ipvsdummy_net *pn, unsigned long event,
			 const struct fib6_info *rt)
{
	struct hop hop = {
		.route_family = AF_INET6,
		.table = rt->fib6_table->tb6_id,
	};

	if (rt->nh)
		hop.object = rt->nh->id;
	else if (!read_hop(&hop, &rt->fib6_nh->nh_common))
		return;
	if (event != FIB_EVENT_ENTRY_DEL)
		add_hop(pn, &hop);
	else if (rt->nh)
		drop_route(pn, AF_INET6, hop.table);
	else
		drop_hop(pn, &hop);
}

/* An IPv6 route with several next hops is as many routes; an event is about
 * one of them and as many of its siblings as it says.
 */
static void v6_event(struct ipvsdummy_net *pn, unsigned long event,
		     const struct fib6_entry_notifier_info *info)
{
	const struct fib6_info *rt = info->rt, *sibling;
	unsigned int left = info->nsiblings;

	spin_lock_bh(&pn->lock);
	if (event == FIB_EVENT_ENTRY_REPLACE)
		drop_route(pn, AF_INET6, rt->fib6_table->tb6_id);
	if (rt->fib6_type != RTN_UNICAST)
		goto unlock;
	v6_hop_event(pn, event, rt);
	if (!left)
		goto unlock;
	list_for_each_entry_rcu(sibling, &rt->fib6_siblings, fib6_siblings) {
		v6_hop_event(pn, event, sibling);
		if (!--left)
			break;
	}
unlock:
	spin_unlock_bh(&pn->lock);
}

/* Atomic, under RCU. It is told the best route of those that differ only in
 * metric, and the next best once that goes.
 */
static int fib_event(struct notifier_block *nb, unsigned long event, void *ptr)
{
	struct ipvsdummy_net *pn =
		container_of(nb, struct ipvsdummy_net, fib_nb);
	const struct fib6_entry_notifier_info *v6;
	const struct fib_entry_notifier_info *v4;
	struct fib_notifier_info *info = ptr;

	if (event != FIB_EVENT_ENTRY_REPLACE &&
	    event != FIB_EVENT_ENTRY_APPEND && event != FIB_EVENT_ENTRY_DEL)
		return NOTIFY_DONE;
	switch (info->family) {
	case AF_INET:
		v4 = container_of(info, struct fib_entry_notifier_info, info);
		if (v4->dst_len)
			return NOTIFY_DONE;
		v4_event(pn, event, v4);
		break;
	case AF_INET6:
		v6 = container_of(info, struct fib6_entry_notifier_info, info);
		if (v6->rt->fib6_dst.plen || v6->rt->fib6_src.plen)
			return NOTIFY_DONE;
		v6_event(pn, event, v6);
		break;
	default:	/* of multicast routing */
		return NOTIFY_DONE;
	}
	routes_changed(pn);
	return NOTIFY_DONE;
}

/* Under RTNL, and before the object changes, which is why the index waits for
 * RTNL. Groups change with their members: look at all.
 */
static int nexthop_event(struct notifier_block *nb, unsigned long event,
			 void *ptr)
{
	struct ipvsdummy_net *pn =
		container_of(nb, struct ipvsdummy_net, nexthop_nb);
	bool used = false;
	struct hop *hop;

	spin_lock_bh(&pn->lock);
	list_for_each_entry(hop, &pn->hops, node)
		used |= hop->object;
	spin_unlock_bh(&pn->lock);
	if (used)
		routes_changed(pn);
	return NOTIFY_DONE;
}

static void watch_hop(struct ipvsdummy_guard *guard, const struct hop *hop,
		      unsigned int *count)
{
	struct ipvsdummy_ifaddr gateway = {
		.local = hop->addr,
		.peer = hop->addr,
		.ifindex = hop->ifindex,
		.family = hop->family,
		.plen = ipvsdummy_max_plen(hop->family),
		.gateway = true,
	};
	struct net_device *dev;

	dev = __dev_get_by_index(guard->net, hop->ifindex);
	if (!dev || dev->flags & IFF_LOOPBACK || ipvsdummy_is_link(dev))
		return;
	if (++*count > IPVSDUMMY_GATEWAYS_MAX) {
		guard->unwatched++;
		return;
	}
	gateway.vrf = l3mdev_master_ifindex(dev);
	ipvsdummy_watch_addr(guard, &guard->gateways, dev, &gateway);
}

static void watch_object(struct ipvsdummy_guard *guard, u32 id,
			 unsigned int *count)
{
	struct nexthop *object = nexthop_find_by_id(guard->net, id);
	struct hop hop = {};
	unsigned int i;

	if (!object)
		return;
	for (i = 0; i < nexthop_num_path(object); i++)
		if (read_hop(&hop, nexthop_fib_nhc(object, i)))
			watch_hop(guard, &hop, count);
}

/* Copy the first hop that is newer than the one in @hop, and not too new. The
 * list changes meanwhile, and adding to the index sleeps.
 */
static bool next_hop(struct ipvsdummy_net *pn, struct hop *hop, u64 newest)
{
	struct hop *pos;
	bool found = false;

	spin_lock_bh(&pn->lock);
	list_for_each_entry(pos, &pn->hops, node) {
		if (pos->number > hop->number && pos->number <= newest) {
			*hop = *pos;
			found = true;
			break;
		}
	}
	spin_unlock_bh(&pn->lock);
	return found;
}

/**
 * ipvsdummy_gateway_refresh - bring the index in line with the default routes
 * @guard: the guard
 *
 * Context: RTNL; may sleep.
 */
void ipvsdummy_gateway_refresh(struct ipvsdummy_guard *guard)
{
	struct ipvsdummy_net *pn = ipvsdummy_net(guard->net);
	unsigned int count = 0, lost;
	struct hop hop = {};
	bool missing;
	u64 newest;

	ASSERT_RTNL();
	/* What was known of the routes is better than what is known until they all
	 * have been told
	 */
	if (READ_ONCE(pn->deaf))
		return;
	if (!test_bit(IPVSDUMMY_GUARD_ROUTES, &guard->flags) ||
	    !test_and_clear_bit(IPVSDUMMY_GUARD_ROUTES, &guard->flags))
		return;

	spin_lock_bh(&pn->lock);
	newest = pn->last_hop;
	lost = pn->lost_hops;
	pn->lost_hops = 0;
	missing = pn->hops_missing;
	spin_unlock_bh(&pn->lock);
	guard->unwatched += lost;
	if (missing)
		ipvsdummy_guard_retry(guard);
	if (lost && ipvsdummy_may_log(guard))
		pr_warn("%u next hops of default routes are not watched\n",
			lost);

	ipvsdummy_watch_mark(&guard->gateways);
	while (next_hop(pn, &hop, newest)) {
		if (hop.object)
			watch_object(guard, hop.object, &count);
		else
			watch_hop(guard, &hop, &count);
	}
	ipvsdummy_watch_sweep(guard, &guard->gateways);
}

static void forget_hops(struct ipvsdummy_net *pn)
{
	struct hop *hop, *next;

	spin_lock_bh(&pn->lock);
	list_for_each_entry_safe(hop, next, &pn->hops, node)
		free_hop(pn, hop);
	pn->lost_hops = 0;
	pn->hops_missing = false;
	spin_unlock_bh(&pn->lock);
}

/* Routes changed while they were told: they are told once more */
static void told_in_vain(struct notifier_block *nb)
{
	forget_hops(container_of(nb, struct ipvsdummy_net, fib_nb));
}

static int listen(struct ipvsdummy_net *pn, struct net *net)
{
	int err = register_fib_notifier(net, &pn->fib_nb, told_in_vain, NULL);

	if (err)
		forget_hops(pn);
	return err;
}

/**
 * ipvsdummy_gateway_listen - have a netns' routes told, if they are not known
 * @net: the netns
 *
 * They are still not if they change all the time.
 *
 * Context: may sleep; takes RTNL.
 */
void ipvsdummy_gateway_listen(struct net *net)
{
	static DEFINE_MUTEX(listening);	/* a guard and the one before it */
	struct ipvsdummy_net *pn = ipvsdummy_net(net);

	if (!READ_ONCE(pn->deaf))
		return;
	mutex_lock(&listening);
	if (pn->deaf) {
		unregister_fib_notifier(net, &pn->fib_nb);
		forget_hops(pn);
		WRITE_ONCE(pn->deaf, listen(pn, net));
	}
	mutex_unlock(&listening);
}

/**
 * ipvsdummy_gateway_again - next hops that found no memory are to be told again
 * @guard: the guard, whose work is to follow
 *
 * Context: RTNL.
 */
void ipvsdummy_gateway_again(struct ipvsdummy_guard *guard)
{
	struct ipvsdummy_net *pn = ipvsdummy_net(guard->net);

	ASSERT_RTNL();
	if (READ_ONCE(pn->hops_missing))
		WRITE_ONCE(pn->deaf, true);
	set_bit(IPVSDUMMY_GUARD_ROUTES, &guard->flags);
}

/**
 * ipvsdummy_gateway_guard - a netns has a guard now
 * @guard: the guard
 *
 * Context: RTNL.
 */
void ipvsdummy_gateway_guard(struct ipvsdummy_guard *guard)
{
	set_bit(IPVSDUMMY_GUARD_ROUTES, &guard->flags);
	if (!READ_ONCE(ipvsdummy_net(guard->net)->deaf))
		return;
	guard->unwatched++;
	if (ipvsdummy_may_log(guard))
		pr_warn("routes change all the time, gateways are not known yet\n");
	ipvsdummy_guard_kick(guard);
}

/**
 * ipvsdummy_gateway_start - listen to a netns' routes
 * @net: the netns
 *
 * Not only once there is a guard: that comes under RTNL, which the FIB takes.
 * Where routes change all the time, as everybody can have it in a user namespace,
 * the FIB gives up with EBUSY. It is asked again if there is a guard to know: nobody
 * must keep the module from being loaded.
 *
 * Context: may sleep; takes RTNL.
 * Return: 0 or a negative errno.
 */
int ipvsdummy_gateway_start(struct net *net)
{
	struct ipvsdummy_net *pn = ipvsdummy_net(net);
	int err;

	INIT_LIST_HEAD(&pn->hops);
	pn->fib_nb.notifier_call = fib_event;
	pn->nexthop_nb.notifier_call = nexthop_event;
	err = listen(pn, net);
	if (err && err != -EBUSY)
		return err;
	pn->deaf = err;
	err = ipvsdummy_register_nexthop_notifier(net, &pn->nexthop_nb);
	if (err) {
		unregister_fib_notifier(net, &pn->fib_nb);
		forget_hops(pn);
	}
	return err;
}

/**
 * ipvsdummy_gateway_stop - undo ipvsdummy_gateway_start()
 * @net: the netns
 */
void ipvsdummy_gateway_stop(struct net *net)
{
	struct ipvsdummy_net *pn = ipvsdummy_net(net);

	unregister_nexthop_notifier(net, &pn->nexthop_nb);
	unregister_fib_notifier(net, &pn->fib_nb);
	forget_hops(pn);
}
