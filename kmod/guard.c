// SPDX-License-Identifier: GPL-2.0
/* Validators and notifiers: asks judge, then refuses or flags. The only file
 * that refuses.
 */
#include <linux/inetdevice.h>
#include <linux/module.h>
#include <linux/rtnetlink.h>
#include <net/addrconf.h>
#include <net/if_inet6.h>
#include <net/ipv6.h>
#include <net/l3mdev.h>

#include "compat.h"
#include "ipvsdummy.h"

/**
 * ipvsdummy_guard_judge - judge an address by all that is known
 * @link: that has or is to get it; with a guard
 * @vip: the address
 * @with_gone: watched addresses that went a moment ago count too
 * @verdict: the verdict
 *
 * Context: RTNL.
 */
void ipvsdummy_guard_judge(struct ipvsdummy_link *link,
			   const struct ipvsdummy_ifaddr *vip, bool with_gone,
			   struct ipvsdummy_verdict *verdict)
{
	const struct ipvsdummy_owners owners = {
		.find = ipvsdummy_neigh_find,
		.ctx = link,
	};

	ipvsdummy_judge(&link->guard->index, &owners, &link->policy,
			&link->rules, vip, with_gone, verdict);
}

static void rescan_soon(struct ipvsdummy_guard *guard)
{
	set_bit(IPVSDUMMY_GUARD_RESCAN, &guard->flags);
	ipvsdummy_guard_kick(guard);
}

static struct ipvsdummy_conflict *
find_conflict(const struct ipvsdummy_link *link,
	      const struct ipvsdummy_ifaddr *vip)
{
	if (!link->n_conflicts)
		return NULL;
	return ipvsdummy_conflict_find(link, vip->family, &vip->local);
}

/* An address is up that has no conflict, or only one as refused */
static void judge_bound(struct ipvsdummy_link *link,
			struct ipvsdummy_conflict *conflict,
			const struct ipvsdummy_ifaddr *vip,
			const struct ipvsdummy_verdict *verdict, gfp_t gfp)
{
	if (verdict->class)
		ipvsdummy_conflict_flag(link, conflict, vip, verdict, gfp);
	else if (conflict)
		ipvsdummy_conflict_resolve(conflict);
}

static void vip_up(struct ipvsdummy_link *link,
		   const struct ipvsdummy_ifaddr *vip, gfp_t gfp)
{
	struct ipvsdummy_conflict *conflict = find_conflict(link, vip);
	struct ipvsdummy_verdict verdict;

	ipvsdummy_guard_judge(link, vip, false, &verdict);
	if (conflict && ipvsdummy_conflict_bound(conflict))
		ipvsdummy_conflict_bound_again(conflict, vip, &verdict);
	else
		judge_bound(link, conflict, vip, &verdict, gfp);
}

static void vip_down(struct ipvsdummy_link *link,
		     const struct ipvsdummy_ifaddr *vip)
{
	struct ipvsdummy_conflict *conflict = find_conflict(link, vip);

	if (conflict && ipvsdummy_conflict_bound(conflict) &&
	    !ipvsdummy_conflict_unbound(conflict, vip))
		rescan_soon(link->guard);
}

static void rescan_vip(void *ctx, const struct ipvsdummy_ifaddr *vip)
{
	struct ipvsdummy_verdict verdict, with_gone;
	struct ipvsdummy_conflict *conflict;
	struct ipvsdummy_link *link = ctx;

	cond_resched();
	ipvsdummy_guard_judge(link, vip, false, &verdict);
	conflict = find_conflict(link, vip);
	if (conflict && ipvsdummy_conflict_bound(conflict)) {
		ipvsdummy_guard_judge(link, vip, true, &with_gone);
		ipvsdummy_conflict_see(conflict, vip, &verdict, &with_gone);
	} else {
		judge_bound(link, conflict, vip, &verdict,
			    link->guard->index.gfp);
	}
}

static void rejudge_refused(struct ipvsdummy_conflict *conflict)
{
	const struct ipvsdummy_info *info = &conflict->info;
	struct ipvsdummy_verdict verdict, with_gone;
	struct ipvsdummy_link *link = conflict->link;
	struct ipvsdummy_ifaddr vip = {
		.local = info->addr,
		.peer = info->addr,
		.vrf = l3mdev_master_ifindex(link->dev),
		.family = info->family,
		.plen = ipvsdummy_max_plen(info->family),
	};

	/* Held as in ipvsdummy_conflict_scanned() */
	ipvsdummy_guard_judge(link, &vip, true, &with_gone);
	if (ipvsdummy_verdict_equal(vip.family, &with_gone, &info->verdict))
		verdict = with_gone;
	else
		ipvsdummy_guard_judge(link, &vip, false, &verdict);
	if (ipvsdummy_action_refuses(verdict.action))
		ipvsdummy_conflict_change(conflict, &verdict);
	else
		ipvsdummy_conflict_resolve(conflict);
}

/**
 * ipvsdummy_guard_refresh - bring the index up to date
 * @guard: the guard
 *
 * To be called before anything is judged.
 *
 * Context: RTNL; may sleep.
 */
void ipvsdummy_guard_refresh(struct ipvsdummy_guard *guard)
{
	ipvsdummy_watch_refresh(guard);
	ipvsdummy_gateway_refresh(guard);
}

/**
 * ipvsdummy_guard_rescan - judge every address and every refusal again
 * @guard: the guard
 *
 * Context: RTNL; may sleep.
 */
void ipvsdummy_guard_rescan(struct ipvsdummy_guard *guard)
{
	struct ipvsdummy_conflict *conflict, *next;
	struct ipvsdummy_link *link;

	ASSERT_RTNL();
	clear_bit(IPVSDUMMY_GUARD_RESCAN, &guard->flags);
	guard->missed = false;
	guard->scan++;
	list_for_each_entry(link, &guard->links, node)
		ipvsdummy_walk_ifaddrs(link->dev, rescan_vip, link);
	ipvsdummy_conflict_scanned(guard);
	list_for_each_entry_safe(conflict, next, &guard->refused, refused_node)
		rejudge_refused(conflict);
}

struct rejudged {
	struct ipvsdummy_link *link;
	const union nf_inet_addr *addr;
	u8 family;
};

static void rejudge_ifaddr(void *ctx, const struct ipvsdummy_ifaddr *vip)
{
	const struct rejudged *rejudged = ctx;

	if (vip->family == rejudged->family &&
	    ipvsdummy_addr_equal(vip->family, &vip->local, rejudged->addr))
		rescan_vip(rejudged->link, vip);
}

static void rejudge_bound(struct ipvsdummy_link *link, u8 family,
			  const union nf_inet_addr *addr)
{
	struct rejudged rejudged = {
		.link = link,
		.addr = addr,
		.family = family,
	};
	struct ipvsdummy_conflict *conflict;

	link->guard->scan++;
	ipvsdummy_walk_ifaddrs(link->dev, rejudge_ifaddr, &rejudged);
	conflict = ipvsdummy_conflict_find(link, family, addr);
	if (conflict && ipvsdummy_conflict_bound(conflict))
		ipvsdummy_conflict_conclude(conflict);
}

/**
 * ipvsdummy_guard_rejudge - judge one address again
 * @guard: the guard
 * @family: AF_INET or AF_INET6
 * @addr: the address
 * @claimed: because there was a sign of its owner just now
 *
 * Context: RTNL; may sleep.
 */
void ipvsdummy_guard_rejudge(struct ipvsdummy_guard *guard, u8 family,
			     const union nf_inet_addr *addr, bool claimed)
{
	struct ipvsdummy_conflict *conflict;
	struct ipvsdummy_link *link;

	ASSERT_RTNL();
	list_for_each_entry(link, &guard->links, node) {
		conflict = ipvsdummy_conflict_find(link, family, addr);
		if (conflict && !ipvsdummy_conflict_bound(conflict))
			rejudge_refused(conflict);
		else
			rejudge_bound(link, family, addr);
		conflict = ipvsdummy_conflict_find(link, family, addr);
		if (conflict && claimed)
			conflict->claimed = jiffies;
	}
}

static void look_again(struct ipvsdummy_guard *guard)
{
	struct net_device *dev;

	guard->short_of_memory = false;
	for_each_netdev(guard->net, dev) {
		ipvsdummy_lladdr_update(guard, dev);
		ipvsdummy_watch_device(dev);
		ipvsdummy_watch_dirty(dev);
	}
	ipvsdummy_gateway_again(guard);
	set_bit(IPVSDUMMY_GUARD_RESCAN, &guard->flags);
}

/**
 * ipvsdummy_guard_work - do what was put off, and see when there is more
 * @work: the guard's work
 *
 * Context: may sleep; takes RTNL.
 */
void ipvsdummy_guard_work(struct work_struct *work)
{
	struct ipvsdummy_guard *guard =
		container_of(to_delayed_work(work), struct ipvsdummy_guard,
			     work);
	struct list_head *gone = &guard->index.gone;
	struct ipvsdummy_watched_addr *addr;
	unsigned long now, delay;

	ipvsdummy_gateway_listen(guard->net);
	rtnl_lock();
	if (!guard->n_links)
		goto unlock;
	ipvsdummy_guard_work_begin(guard);
	now = jiffies;
	if (guard->short_of_memory && time_after_eq(now, guard->retry_at))
		look_again(guard);
	ipvsdummy_guard_refresh(guard);
	if (ipvsdummy_index_purge(&guard->index, now - IPVSDUMMY_HOLD) ||
	    test_bit(IPVSDUMMY_GUARD_RESCAN, &guard->flags))
		ipvsdummy_guard_rescan(guard);

	if (test_and_clear_bit(IPVSDUMMY_GUARD_ASK, &guard->flags))
		ipvsdummy_conflict_ask(guard);

	delay = ipvsdummy_conflict_expire(guard, now);
	delay = min(delay, ipvsdummy_conflict_tell(guard, now));
	delay = min(delay, ipvsdummy_neigh_expire(guard, now));
	delay = min(delay, ipvsdummy_lladdr_expire(guard, now));
	if (READ_ONCE(ipvsdummy_net(guard->net)->deaf) ||
	    test_bit(IPVSDUMMY_GUARD_ASK, &guard->flags))
		delay = min_t(unsigned long, delay, HZ);
	if (guard->short_of_memory)
		delay = min(delay, guard->retry_at - now);
	if (!list_empty(gone)) {
		addr = list_first_entry(gone, struct ipvsdummy_watched_addr,
					gone_node);
		delay = min(delay, addr->gone_at + IPVSDUMMY_HOLD - now);
	}
	if (delay != MAX_JIFFY_OFFSET)
		queue_delayed_work(ipvsdummy_wq, &guard->work, delay);
	ipvsdummy_guard_work_end(guard);
unlock:
	rtnl_unlock();
}

static int attach(struct net_device *dev)
{
	struct ipvsdummy_link *link = netdev_priv(dev);
	struct net *net = dev_net(dev);

	/* An accidental rmmod must not take every VIP of the node */
	if (net_eq(net, &init_net) && !try_module_get(THIS_MODULE))
		return -EBUSY;
	link->guard = ipvsdummy_guard_get(net);
	if (!link->guard) {
		if (net_eq(net, &init_net))
			module_put(THIS_MODULE);
		return -ENOMEM;
	}
	list_add_tail(&link->node, &link->guard->links);
	ipvsdummy_wire_set_quiet(link, link->arp_reply);
	return 0;
}

static void detach(struct net_device *dev)
{
	struct ipvsdummy_link *link = netdev_priv(dev);

	if (!link->guard)
		return;
	ipvsdummy_wire_set_quiet(link, IPVSDUMMY_ARP_REPLY_NORMAL);
	ipvsdummy_conflict_resolve_link(link);
	list_del(&link->node);
	ipvsdummy_guard_put(link->guard);
	link->guard = NULL;
	if (net_eq(dev_net(dev), &init_net))
		module_put(THIS_MODULE);
}

static const char *describe_match(const struct ipvsdummy_link *link,
				  const struct ipvsdummy_verdict *verdict)
{
	const struct net_device *dev;

	dev = __dev_get_by_index(link->guard->net, verdict->match_ifindex);
	return dev ? dev->name : "?";
}

static int refuse(struct ipvsdummy_link *link,
		  const struct ipvsdummy_ifaddr *vip,
		  const struct ipvsdummy_verdict *verdict,
		  struct netlink_ext_ack *extack)
{
	const char *match = describe_match(link, verdict);
	char text[IPVSDUMMY_TEXT_SIZE];

	ipvsdummy_conflict_refuse(link, vip, verdict);

	/* An extended ack has no place for two IPv6 addresses */
	ipvsdummy_conflict_describe(text, vip->family, &vip->local, verdict,
				    match, vip->family == AF_INET6);
	switch (verdict->class) {
	case IPVSDUMMY_CLASS_RULE:
		ipvsdummy_ack(extack,
			      "rule: a rule of this link rejects this address",
			      "%s", text);
		break;
	case IPVSDUMMY_CLASS_HOST:
		ipvsdummy_ack(extack,
			      "host: a watched interface of this node has this address",
			      "%s", text);
		break;
	case IPVSDUMMY_CLASS_GATEWAY:
		ipvsdummy_ack(extack,
			      "gateway: a default route's next hop has this address",
			      "%s", text);
		break;
	case IPVSDUMMY_CLASS_NEIGH:
		ipvsdummy_ack(extack, "neigh: another station has this address",
			      "%s", text);
		break;
	case IPVSDUMMY_CLASS_ONLINK:
		ipvsdummy_ack(extack,
			      "onlink: this address is in a watched interface's prefix",
			      "%s", text);
		break;
	}

	switch (verdict->action) {
	case IPVSDUMMY_ACTION_SKIP:
		return -EEXIST;
	case IPVSDUMMY_ACTION_VERIFY:
		return -EAGAIN;
	default:
		return -EADDRINUSE;
	}
}

/* Every try is a reason to find out whether it has to be the last. An owner that
 * once answered is asked himself: only his silence ends a refusal.
 */
static void ask_owner(struct ipvsdummy_link *link,
		      const struct ipvsdummy_ifaddr *vip,
		      const struct ipvsdummy_verdict *verdict)
{
	const u8 *lladdr = NULL;

	if (verdict->class == IPVSDUMMY_CLASS_NEIGH)
		lladdr = verdict->owner.lladdr;
	else if (verdict->action != IPVSDUMMY_ACTION_VERIFY)
		return;
	ipvsdummy_probe_ask(link->guard, vip->vrf, verdict->match_ifindex,
			    vip->family, &vip->local, lladdr, false);
}

/* Return: 0 if the bind may go on, or the errno that refuses it */
static int validate(struct net_device *dev, const struct ipvsdummy_ifaddr *vip,
		    struct netlink_ext_ack *extack)
{
	struct ipvsdummy_link *link = netdev_priv(dev);
	struct ipvsdummy_verdict verdict;
	int err;

	ASSERT_RTNL();
	if (!link->guard) {
		err = attach(dev);
		if (err) {
			NL_SET_ERR_MSG(extack, "This link cannot be guarded now");
			return err;
		}
	}
	ipvsdummy_guard_refresh(link->guard);
	ipvsdummy_guard_judge(link, vip, false, &verdict);
	if (!ipvsdummy_action_refuses(verdict.action))
		return 0;
	/* IPv6 looks for duplicates only later. Holders take EEXIST for
	 * success, and what is bound stays bound: leave it to the core.
	 */
	if (vip->family == AF_INET6 &&
	    ipv6_chk_addr_and_flags(dev_net(dev), &vip->local.in6, dev, false,
				    1, 0))
		return 0;
	ask_owner(link, vip, &verdict);
	return refuse(link, vip, &verdict, extack);
}

static int inetaddr_validator(struct notifier_block *nb, unsigned long event,
			      void *ptr)
{
	struct in_validator_info *info = ptr;
	struct net_device *dev = info->ivi_dev->dev;
	struct ipvsdummy_ifaddr vip = {
		.local.ip = info->ivi_addr,	/* the peer's, if there is one */
		.peer.ip = info->ivi_addr,
		.family = AF_INET,
		.plen = 32,
	};

	if (!ipvsdummy_is_link(dev) || event != NETDEV_UP)
		return NOTIFY_DONE;
	vip.vrf = l3mdev_master_ifindex(dev);
	return notifier_from_errno(validate(dev, &vip, info->extack));
}

static int inetaddr_event(struct notifier_block *nb, unsigned long event,
			  void *ptr)
{
	struct in_ifaddr *ifa = ptr;
	struct net_device *dev = ifa->ifa_dev->dev;
	struct ipvsdummy_link *link = netdev_priv(dev);
	struct ipvsdummy_ifaddr vip;

	if (event != NETDEV_UP && event != NETDEV_DOWN)
		return NOTIFY_DONE;
	if (!ipvsdummy_is_link(dev)) {
		ipvsdummy_watch_ifa(dev, ifa, event == NETDEV_UP);
		return NOTIFY_DONE;
	}
	if (!link->guard)
		return NOTIFY_DONE;

	ipvsdummy_ifaddr_from_v4(&vip, dev, ifa);
	if (event == NETDEV_UP)
		vip_up(link, &vip, GFP_KERNEL);
	else
		vip_down(link, &vip);
	return NOTIFY_DONE;
}

static int inet6addr_validator(struct notifier_block *nb, unsigned long event,
			       void *ptr)
{
	struct in6_validator_info *info = ptr;
	struct net_device *dev = info->i6vi_dev->dev;
	struct ipvsdummy_ifaddr vip = {
		.local.in6 = info->i6vi_addr,
		.peer.in6 = info->i6vi_addr,
		.family = AF_INET6,
		.plen = 128,
	};
	struct ipvsdummy_guard *guard;
	int err;

	if (!ipvsdummy_is_link(dev) || event != NETDEV_UP)
		return NOTIFY_DONE;
	vip.vrf = l3mdev_master_ifindex(dev);
	err = validate(dev, &vip, info->extack);
	guard = ipvsdummy_guard(dev_net(dev));
	if (guard) {
		WRITE_ONCE(guard->v6_binder, err ? NULL : current);
		guard->v6_dev = dev;
		guard->v6_addr = info->i6vi_addr;
	}
	return notifier_from_errno(err);
}

/* Does the current task bind what it just had validated, so under RTNL? The
 * atomic chain itself does not tell. With bottom halves off the task may also
 * be taking a router advertisement that it wrote to a tap.
 */
static bool validated(struct ipvsdummy_guard *guard,
		      const struct inet6_ifaddr *ifa)
{
	return !softirq_count() && rtnl_is_locked() &&
	       READ_ONCE(guard->v6_binder) == current &&
	       guard->v6_dev == ifa->idev->dev &&
	       ipv6_addr_equal(&guard->v6_addr, &ifa->addr);
}

static int inet6addr_event(struct notifier_block *nb, unsigned long event,
			   void *ptr)
{
	struct inet6_ifaddr *ifa = ptr;
	struct net_device *dev = ifa->idev->dev;
	struct ipvsdummy_link *link = netdev_priv(dev);
	struct ipvsdummy_guard *guard;
	struct ipvsdummy_ifaddr vip;

	if (event != NETDEV_UP && event != NETDEV_DOWN)
		return NOTIFY_DONE;
	if (!ipvsdummy_is_link(dev)) {
		/* Nobody's VIP can match it */
		if (!(ipv6_addr_type(&ifa->addr) & IPV6_ADDR_LINKLOCAL))
			ipvsdummy_watch_dirty(dev);
		return NOTIFY_DONE;
	}

	/* The chain is called under RCU */
	guard = rcu_dereference(ipvsdummy_net(dev_net(dev))->guard);
	if (!guard)
		return NOTIFY_DONE;
	if (event == NETDEV_UP && !validated(guard, ifa)) {
		rescan_soon(guard);
		return NOTIFY_DONE;
	}

	/* IPv6 addresses go under RTNL only */
	ASSERT_RTNL();
	if (!link->guard)
		return NOTIFY_DONE;
	ipvsdummy_ifaddr_from_v6(&vip, dev, ifa);
	if (event == NETDEV_UP) {
		WRITE_ONCE(guard->v6_binder, NULL);
		vip_up(link, &vip, GFP_ATOMIC | __GFP_ACCOUNT);
	} else {
		vip_down(link, &vip);
	}
	return NOTIFY_DONE;
}

static int link_event(struct net_device *dev, unsigned long event)
{
	struct ipvsdummy_link *link = netdev_priv(dev);

	switch (event) {
	case NETDEV_REGISTER:
		return notifier_from_errno(attach(dev));
	case NETDEV_UNREGISTER:
		detach(dev);
		break;
	case NETDEV_UP:		/* addresses kept while it was down are back */
	case NETDEV_CHANGEUPPER:	/* its L3 master may be another one */
		if (link->guard)
			rescan_soon(link->guard);
		break;
	}
	return NOTIFY_DONE;
}

static void note_lladdr(struct net_device *dev, unsigned long event)
{
	struct ipvsdummy_guard *guard = ipvsdummy_guard(dev_net(dev));

	if (!guard)
		return;
	if (event == NETDEV_REGISTER || event == NETDEV_CHANGEADDR)
		ipvsdummy_lladdr_update(guard, dev);
	else if (event == NETDEV_UNREGISTER)
		ipvsdummy_lladdr_remove(guard, dev);
}

/* Somebody may hear this host now; those that could not be asked are asked again */
static void heard_again(struct net_device *dev)
{
	struct ipvsdummy_guard *guard = ipvsdummy_guard(dev_net(dev));

	if (guard && test_bit(IPVSDUMMY_GUARD_UNHEARD, &guard->flags) &&
	    netif_running(dev) && netif_carrier_ok(dev) &&
	    ipvsdummy_is_watched(guard, dev)) {
		clear_bit(IPVSDUMMY_GUARD_UNHEARD, &guard->flags);
		ipvsdummy_conflict_ask_again(guard);
	}
}

static int netdev_event(struct notifier_block *nb, unsigned long event,
			void *ptr)
{
	struct net_device *dev = netdev_notifier_info_to_dev(ptr);
	struct netdev_notifier_changeupper_info *upper = ptr;
	struct ipvsdummy_guard *guard;
	int ret;

	if (ipvsdummy_is_link(dev)) {
		ret = link_event(dev, event);
		note_lladdr(dev, event);
		return ret;
	}
	note_lladdr(dev, event);

	switch (event) {
	case NETDEV_REGISTER:
		ipvsdummy_watch_device(dev);
		break;
	case NETDEV_UNREGISTER:
		ipvsdummy_unwatch_device(dev);
		break;
	case NETDEV_CHANGENAME:
		guard = ipvsdummy_guard(dev_net(dev));
		if (guard)
			ipvsdummy_conflict_rename_match(guard, dev);
		ipvsdummy_watch_device(dev);
		break;
	case NETDEV_CHANGEUPPER:
		ipvsdummy_watch_upper(dev, upper->upper_dev);
		break;
	case NETDEV_UP:		/* IPv6 addresses kept while it was down */
		ipvsdummy_watch_dirty(dev);
		heard_again(dev);
		break;
	case NETDEV_CHANGE:	/* of its carrier, perhaps */
		heard_again(dev);
		break;
	}
	return NOTIFY_DONE;
}

static struct notifier_block netdev_nb = {
	.notifier_call = netdev_event,
};

static struct notifier_block inetaddr_nb = {
	.notifier_call = inetaddr_event,
};

static struct notifier_block inetaddr_validator_nb = {
	.notifier_call = inetaddr_validator,
};

static struct notifier_block inet6addr_nb = {
	.notifier_call = inet6addr_event,
};

static struct notifier_block inet6addr_validator_nb = {
	.notifier_call = inet6addr_validator,
};

/**
 * ipvsdummy_guard_init - listen to what happens to devices and addresses
 *
 * Return: 0 or a negative errno.
 */
int __init ipvsdummy_guard_init(void)
{
	int err;

	err = register_netdevice_notifier(&netdev_nb);
	if (err)
		return err;
	err = register_inetaddr_notifier(&inetaddr_nb);
	if (err)
		goto unregister_netdev;
	err = register_inet6addr_notifier(&inet6addr_nb);
	if (err)
		goto unregister_inetaddr;
	err = register_inetaddr_validator_notifier(&inetaddr_validator_nb);
	if (err)
		goto unregister_inet6addr;
	err = register_inet6addr_validator_notifier(&inet6addr_validator_nb);
	if (err)
		goto unregister_inetaddr_validator;
	return 0;

unregister_inetaddr_validator:
	unregister_inetaddr_validator_notifier(&inetaddr_validator_nb);
unregister_inet6addr:
	unregister_inet6addr_notifier(&inet6addr_nb);
unregister_inetaddr:
	unregister_inetaddr_notifier(&inetaddr_nb);
unregister_netdev:
	unregister_netdevice_notifier(&netdev_nb);
	return err;
}

/**
 * ipvsdummy_guard_exit - undo ipvsdummy_guard_init()
 */
void ipvsdummy_guard_exit(void)
{
	unregister_inet6addr_validator_notifier(&inet6addr_validator_nb);
	unregister_inetaddr_validator_notifier(&inetaddr_validator_nb);
	unregister_inet6addr_notifier(&inet6addr_nb);
	unregister_inetaddr_notifier(&inetaddr_nb);
	unregister_netdevice_notifier(&netdev_nb);
}
