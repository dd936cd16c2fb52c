// SPDX-License-Identifier: GPL-2.0
/* The conflicts now, and the ring of events. Everything that is known about a
 * conflict is here; an address without one costs nothing.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/etherdevice.h>
#include <linux/rtnetlink.h>
#include <linux/slab.h>
#include <net/l3mdev.h>

#include "ipvsdummy.h"

static struct kmem_cache *conflict_cache __ro_after_init;

static int conflict_cmp(const struct ipvsdummy_conflict *conflict, int ifindex,
			u8 family, const union nf_inet_addr *addr)
{
	const struct ipvsdummy_info *info = &conflict->info;

	if (ifindex != info->ifindex)
		return ifindex < info->ifindex ? -1 : 1;
	if (family != info->family)
		return family < info->family ? -1 : 1;
	return ipvsdummy_addr_cmp(family, addr, &info->addr);
}

/**
 * ipvsdummy_conflict_find - find the conflict of an address
 * @link: attached to a guard
 * @family: AF_INET or AF_INET6
 * @addr: the address
 *
 * Context: RTNL or the netns' lock.
 * Return: the conflict or NULL.
 */
struct ipvsdummy_conflict *
ipvsdummy_conflict_find(const struct ipvsdummy_link *link, u8 family,
			const union nf_inet_addr *addr)
{
	struct rb_node *node = link->guard->conflicts.rb_node;
	struct ipvsdummy_conflict *conflict;
	int order;

	while (node) {
		conflict = rb_entry(node, struct ipvsdummy_conflict, node);
		order = conflict_cmp(conflict, link->dev->ifindex, family,
				     addr);
		if (!order)
			return conflict;
		node = order < 0 ? node->rb_left : node->rb_right;
	}
	return NULL;
}

/**
 * ipvsdummy_conflict_after - where does a dump go on?
 * @guard: the guard
 * @ifindex: link of the last conflict dumped, 0 at the beginning
 * @family: of the last conflict dumped
 * @addr: of the last conflict dumped
 *
 * Context: RTNL or the netns' lock.
 * Return: the first conflict behind that place, or NULL.
 */
struct ipvsdummy_conflict *
ipvsdummy_conflict_after(struct ipvsdummy_guard *guard, int ifindex, u8 family,
			 const union nf_inet_addr *addr)
{
	struct ipvsdummy_conflict *conflict, *after = NULL;
	struct rb_node *node = guard->conflicts.rb_node;

	while (node) {
		conflict = rb_entry(node, struct ipvsdummy_conflict, node);
		if (conflict_cmp(conflict, ifindex, family, addr) < 0) {
			after = conflict;
			node = node->rb_left;
		} else {
			node = node->rb_right;
		}
	}
	return after;
}

/* Number an event and put it into the ring; the netns' lock is held */
static void emit(struct ipvsdummy_link *link, struct ipvsdummy_info *info,
		 u8 event)
{
	struct ipvsdummy_guard *guard = link->guard;
	struct ipvsdummy_net *pn = ipvsdummy_net(guard->net);
	struct ipvsdummy_record *record;

	lockdep_assert_held(&pn->lock);
	info->seq = ++pn->seq;
	info->time = ktime_get_real_ns();
	if (!info->since)
		info->since = info->time;
	record = &guard->ring[info->seq % IPVSDUMMY_RING_SIZE];
	record->info = *info;
	record->info.event = event;
	memcpy(record->ifname, link->dev->name, IFNAMSIZ);
	link->events++;
	queue_work(ipvsdummy_wq, &guard->event_work);
}

/* Whoever wants to know who else has an address of class onlink is told later */
static void want_answer(struct ipvsdummy_conflict *conflict)
{
	struct ipvsdummy_link *link = conflict->link;

	if (link->probe == IPVSDUMMY_PROBE_OFF || conflict->asked ||
	    !ipvsdummy_conflict_bound(conflict) ||
	    conflict->info.verdict.class != IPVSDUMMY_CLASS_ONLINK)
		return;
	set_bit(IPVSDUMMY_GUARD_ASK, &link->guard->flags);
	ipvsdummy_guard_kick(link->guard);
}

static void set_verdict(struct ipvsdummy_conflict *conflict,
			const struct ipvsdummy_verdict *verdict)
{
	const struct net *net = conflict->link->guard->net;
	struct ipvsdummy_info *info = &conflict->info;
	struct net_device *dev;

	if (verdict->class == IPVSDUMMY_CLASS_NEIGH &&
	    (info->verdict.class != verdict->class ||
	     !ether_addr_equal(info->verdict.owner.lladdr,
			       verdict->owner.lladdr))) {
		conflict->claimed = jiffies;
		ipvsdummy_guard_kick(conflict->link->guard);	/* for its end */
	}
	info->verdict = *verdict;
	if (ipvsdummy_conflict_bound(conflict))
		info->verdict.action = IPVSDUMMY_ACTION_FLAG;
	if (info->verdict.action == IPVSDUMMY_ACTION_FLAG)
		info->event = IPVSDUMMY_EVENT_FLAGGED;
	else if (info->verdict.action == IPVSDUMMY_ACTION_SKIP)
		info->event = IPVSDUMMY_EVENT_SKIPPED;
	else
		info->event = IPVSDUMMY_EVENT_REJECTED;

	if (!verdict->match_ifindex)
		memset(info->match_ifname, 0, IFNAMSIZ);
	/* Of an interface that is just going, the name stays */
	dev = __dev_get_by_index((struct net *)net, verdict->match_ifindex);
	if (dev)
		memcpy(info->match_ifname, dev->name, IFNAMSIZ);
	want_answer(conflict);
}

/* Count and tell a conflict that finds no place; the netns' lock is held */
static void miss(struct ipvsdummy_link *link)
{
	struct ipvsdummy_guard *guard = link->guard;
	struct ipvsdummy_info info = { .ifindex = link->dev->ifindex };

	link->unrecorded++;
	guard->unrecorded++;
	guard->unreported++;
	guard->missed = true;
	if (guard->n_conflicts < IPVSDUMMY_CONFLICTS_MAX)
		ipvsdummy_guard_retry(guard);
	if (guard->missed_at &&
	    time_before(jiffies, guard->missed_at + IPVSDUMMY_REPEAT))
		return;
	info.count = guard->unreported;
	emit(link, &info, IPVSDUMMY_EVENT_LOST);
	guard->unreported = 0;
	guard->missed_at = jiffies ?: 1;
}

static struct ipvsdummy_conflict *alloc_conflict(struct ipvsdummy_guard *guard,
						 gfp_t gfp)
{
	if (guard->n_conflicts >= IPVSDUMMY_CONFLICTS_MAX)
		return NULL;
	return kmem_cache_zalloc(conflict_cache, gfp);
}

/* The netns' lock is held */
static void insert(struct ipvsdummy_conflict *conflict,
		   struct ipvsdummy_link *link,
		   const struct ipvsdummy_ifaddr *vip)
{
	struct ipvsdummy_guard *guard = link->guard;
	struct rb_node **slot = &guard->conflicts.rb_node, *parent = NULL;
	struct ipvsdummy_conflict *other;

	conflict->link = link;
	INIT_LIST_HEAD(&conflict->refused_node);
	conflict->info.addr = vip->local;
	conflict->info.family = vip->family;
	conflict->info.ifindex = link->dev->ifindex;
	while (*slot) {
		parent = *slot;
		other = rb_entry(parent, struct ipvsdummy_conflict, node);
		slot = conflict_cmp(other, link->dev->ifindex, vip->family,
				    &vip->local) < 0 ?
		       &parent->rb_left : &parent->rb_right;
	}
	rb_link_node(&conflict->node, parent, slot);
	rb_insert_color(&conflict->node, &guard->conflicts);
	guard->n_conflicts++;
	link->n_conflicts++;
}

static struct ipvsdummy_counters *
counters(const struct ipvsdummy_conflict *conflict)
{
	return &conflict->link->counters[conflict->info.verdict.class];
}

/* Return: whether the new verdict says something else */
static bool change_verdict(struct ipvsdummy_conflict *conflict,
			   const struct ipvsdummy_verdict *verdict)
{
	bool other = !ipvsdummy_verdict_equal(conflict->info.family, verdict,
					      &conflict->info.verdict);

	counters(conflict)->active--;
	set_verdict(conflict, verdict);
	counters(conflict)->active++;
	return other;
}

/**
 * ipvsdummy_conflict_refuse - a bind was refused
 * @link: the link
 * @vip: the address
 * @verdict: why; its action refuses
 *
 * Repeats are counted, and told at most once in IPVSDUMMY_REPEAT.
 *
 * Context: RTNL; may sleep.
 */
void ipvsdummy_conflict_refuse(struct ipvsdummy_link *link,
			       const struct ipvsdummy_ifaddr *vip,
			       const struct ipvsdummy_verdict *verdict)
{
	struct ipvsdummy_net *pn = ipvsdummy_net(link->guard->net);
	struct ipvsdummy_counters *count = &link->counters[verdict->class];
	struct ipvsdummy_conflict *conflict, *fresh = NULL;
	struct ipvsdummy_guard *guard = link->guard;
	u8 event;

	ASSERT_RTNL();
	conflict = ipvsdummy_conflict_find(link, vip->family, &vip->local);
	if (!conflict)
		fresh = alloc_conflict(guard, GFP_KERNEL);

	spin_lock_bh(&pn->lock);
	if (verdict->action == IPVSDUMMY_ACTION_SKIP)
		count->skipped++;
	else
		count->rejected++;

	if (fresh) {
		if (list_empty(&guard->refused))
			ipvsdummy_guard_kick(guard);	/* to see to expiry */
		insert(fresh, link, vip);
		list_add_tail(&fresh->refused_node, &guard->refused);
		fresh->attempted = jiffies;
		fresh->reported = jiffies;
		fresh->info.count = 1;
		set_verdict(fresh, verdict);
		counters(fresh)->active++;
		emit(link, &fresh->info, fresh->info.event);
	} else if (!conflict) {
		miss(link);
	} else if (ipvsdummy_conflict_bound(conflict)) {
		/* and now refused with another prefix; it stays flagged */
		conflict->info.count++;
	} else {
		conflict->info.count++;
		conflict->attempted = jiffies;
		list_move_tail(&conflict->refused_node, &guard->refused);
		event = conflict->info.event;
		if (change_verdict(conflict, verdict))
			event = IPVSDUMMY_EVENT_CHANGED;
		else if (event == conflict->info.event &&
			 time_before(jiffies, conflict->reported +
					      IPVSDUMMY_REPEAT))
			goto unlock;
		else
			event = conflict->info.event;
		emit(link, &conflict->info, event);
		conflict->reported = jiffies;
	}
unlock:
	spin_unlock_bh(&pn->lock);
}

static bool has_peer(const struct ipvsdummy_ifaddr *vip)
{
	return !ipvsdummy_addr_equal(vip->family, &vip->local, &vip->peer);
}

/**
 * ipvsdummy_conflict_flag - an address in conflict is bound
 * @link: the link
 * @conflict: that it has already, as refused; NULL if none
 * @vip: the address
 * @verdict: what it clashes with
 * @gfp: how memory is to be had
 *
 * Context: RTNL.
 */
void ipvsdummy_conflict_flag(struct ipvsdummy_link *link,
			     struct ipvsdummy_conflict *conflict,
			     const struct ipvsdummy_ifaddr *vip,
			     const struct ipvsdummy_verdict *verdict,
			     gfp_t gfp)
{
	struct ipvsdummy_net *pn = ipvsdummy_net(link->guard->net);
	struct ipvsdummy_conflict *fresh = NULL;

	ASSERT_RTNL();
	if (!conflict)
		fresh = alloc_conflict(link->guard, gfp);

	spin_lock_bh(&pn->lock);
	if (fresh) {
		insert(fresh, link, vip);
		conflict = fresh;
	} else if (conflict) {
		list_del_init(&conflict->refused_node);
		counters(conflict)->active--;
	} else {
		miss(link);
		goto unlock;
	}
	conflict->best = *verdict;
	conflict->scan = link->guard->scan;
	conflict->plen = vip->plen;
	conflict->multi = has_peer(vip);
	conflict->held = false;
	conflict->outranked = false;
	conflict->asked = false;
	set_verdict(conflict, verdict);
	counters(conflict)->active++;
	counters(conflict)->flagged++;
	emit(link, &conflict->info, IPVSDUMMY_EVENT_FLAGGED);
unlock:
	spin_unlock_bh(&pn->lock);
}

/**
 * ipvsdummy_conflict_bound_again - an address with a conflict is up once more
 * @conflict: bound
 * @vip: the address; as before (promotion of a secondary) or with another
 *	prefix or peer
 * @verdict: what it clashes with so, if it does
 *
 * Context: RTNL.
 */
void ipvsdummy_conflict_bound_again(struct ipvsdummy_conflict *conflict,
				    const struct ipvsdummy_ifaddr *vip,
				    const struct ipvsdummy_verdict *verdict)
{
	if (verdict->class && (vip->plen != conflict->plen || has_peer(vip)))
		conflict->multi = true;
	if (ipvsdummy_verdict_outranks(vip->family, verdict,
				       &conflict->info.verdict))
		ipvsdummy_conflict_change(conflict, verdict);
}

/**
 * ipvsdummy_conflict_unbound - an address with a conflict is down
 * @conflict: bound; freed if this was all of it
 * @vip: the address
 *
 * Looking for what is left would take a walk for every address that goes.
 *
 * Context: RTNL.
 * Return: false if a scan has to find out what is left of it.
 */
bool ipvsdummy_conflict_unbound(struct ipvsdummy_conflict *conflict,
				const struct ipvsdummy_ifaddr *vip)
{
	/* A link has an IPv6 address once, an IPv4 one once for each prefix */
	if (vip->family == AF_INET && conflict->multi)
		return false;
	if (vip->family == AF_INET6 ||
	    (vip->plen == conflict->plen && !has_peer(vip)))
		ipvsdummy_conflict_resolve(conflict);
	return true;
}

static void tell_owner(struct ipvsdummy_conflict *conflict)
{
	conflict->untold = false;
	conflict->told_at = jiffies ?: 1;
	ether_addr_copy(conflict->told, conflict->info.verdict.owner.lladdr);
	emit(conflict->link, &conflict->info, IPVSDUMMY_EVENT_CHANGED);
}

/* Two stations that take turns must not flood; the netns' lock is held */
static void change_owner(struct ipvsdummy_conflict *conflict)
{
	struct ipvsdummy_guard *guard = conflict->link->guard;

	conflict->info.count++;
	if (!conflict->told_at || time_after_eq(jiffies, conflict->told_at +
							 IPVSDUMMY_REPEAT)) {
		tell_owner(conflict);
		return;
	}
	conflict->untold = true;
	guard->untold = true;
	ipvsdummy_guard_kick(guard);
}

/**
 * ipvsdummy_conflict_tell - tell what was put off
 * @guard: the guard
 * @now: in jiffies
 *
 * Context: RTNL; may sleep.
 * Return: jiffies until there is more, MAX_JIFFY_OFFSET if there is nothing.
 */
unsigned long ipvsdummy_conflict_tell(struct ipvsdummy_guard *guard,
				      unsigned long now)
{
	struct ipvsdummy_net *pn = ipvsdummy_net(guard->net);
	unsigned long due, delay = MAX_JIFFY_OFFSET;
	struct ipvsdummy_conflict *conflict;
	struct rb_node *node;

	ASSERT_RTNL();
	if (!guard->untold)
		return delay;
	for (node = rb_first(&guard->conflicts); node; node = rb_next(node)) {
		conflict = rb_entry(node, struct ipvsdummy_conflict, node);
		cond_resched();
		if (!conflict->untold)
			continue;
		due = conflict->told_at + IPVSDUMMY_REPEAT;
		if (time_before(now, due)) {
			delay = min(delay, due - now);
			continue;
		}
		spin_lock_bh(&pn->lock);
		conflict->untold = false;
		if (!ether_addr_equal(conflict->told,
				      conflict->info.verdict.owner.lladdr))
			tell_owner(conflict);
		spin_unlock_bh(&pn->lock);
	}
	guard->untold = delay != MAX_JIFFY_OFFSET;
	return delay;
}

/**
 * ipvsdummy_conflict_ask - ask who else has the addresses of class onlink
 * @guard: the guard
 *
 * As many as can be asked for at a time; for the others the bit that led here is
 * set again.
 *
 * Context: RTNL; may sleep.
 */
void ipvsdummy_conflict_ask(struct ipvsdummy_guard *guard)
{
	struct ipvsdummy_conflict *conflict;
	struct ipvsdummy_info *info;
	struct rb_node *node;

	ASSERT_RTNL();
	ipvsdummy_groups_update(guard);
	for (node = rb_first(&guard->conflicts); node; node = rb_next(node)) {
		conflict = rb_entry(node, struct ipvsdummy_conflict, node);
		info = &conflict->info;
		cond_resched();
		if (conflict->asked || !ipvsdummy_conflict_bound(conflict) ||
		    conflict->link->probe == IPVSDUMMY_PROBE_OFF ||
		    info->verdict.class != IPVSDUMMY_CLASS_ONLINK)
			continue;
		conflict->asked =
			ipvsdummy_probe_ask(guard,
					    l3mdev_master_ifindex(conflict->link->dev),
					    info->verdict.match_ifindex,
					    info->family, &info->addr, NULL,
					    false);
		if (!conflict->asked) {
			set_bit(IPVSDUMMY_GUARD_ASK, &guard->flags);
			return;
		}
	}
}

/**
 * ipvsdummy_conflict_ask_again - ask who else has the addresses of class onlink,
 * even if that was asked before
 * @guard: the guard
 *
 * Context: RTNL; may sleep.
 */
void ipvsdummy_conflict_ask_again(struct ipvsdummy_guard *guard)
{
	struct ipvsdummy_conflict *conflict;
	struct rb_node *node;

	ASSERT_RTNL();
	for (node = rb_first(&guard->conflicts); node; node = rb_next(node)) {
		conflict = rb_entry(node, struct ipvsdummy_conflict, node);
		conflict->asked = false;
		cond_resched();
	}
	set_bit(IPVSDUMMY_GUARD_ASK, &guard->flags);
	ipvsdummy_guard_kick(guard);
}

/**
 * ipvsdummy_conflict_change - a conflict was judged again
 * @conflict: bound, or refused and still to be refused
 * @verdict: what it clashes with now
 *
 * Says so only if that is something else.
 *
 * Context: RTNL.
 */
void ipvsdummy_conflict_change(struct ipvsdummy_conflict *conflict,
			       const struct ipvsdummy_verdict *verdict)
{
	struct ipvsdummy_guard *guard = conflict->link->guard;
	struct ipvsdummy_net *pn = ipvsdummy_net(guard->net);
	u8 state = conflict->info.event;
	bool only_owner;

	ASSERT_RTNL();
	spin_lock_bh(&pn->lock);
	only_owner = verdict->class == IPVSDUMMY_CLASS_NEIGH &&
		     conflict->info.verdict.class == verdict->class &&
		     conflict->info.verdict.would == verdict->would &&
		     conflict->info.verdict.owner.confirmed ==
		     verdict->owner.confirmed;
	if (!change_verdict(conflict, verdict) && state == conflict->info.event)
		goto unlock;
	if (only_owner)
		change_owner(conflict);
	else
		emit(conflict->link, &conflict->info, IPVSDUMMY_EVENT_CHANGED);
unlock:
	spin_unlock_bh(&pn->lock);
}

/**
 * ipvsdummy_conflict_resolve - a conflict is over
 * @conflict: freed
 *
 * Context: RTNL.
 */
void ipvsdummy_conflict_resolve(struct ipvsdummy_conflict *conflict)
{
	struct ipvsdummy_link *link = conflict->link;
	struct ipvsdummy_guard *guard = link->guard;
	struct ipvsdummy_net *pn = ipvsdummy_net(guard->net);

	ASSERT_RTNL();
	spin_lock_bh(&pn->lock);
	emit(link, &conflict->info, IPVSDUMMY_EVENT_RESOLVED);
	counters(conflict)->active--;
	rb_erase(&conflict->node, &guard->conflicts);
	list_del(&conflict->refused_node);
	guard->n_conflicts--;
	link->n_conflicts--;
	spin_unlock_bh(&pn->lock);
	if (link->probe == IPVSDUMMY_PROBE_ON) {	/* there may be a group to leave */
		set_bit(IPVSDUMMY_GUARD_ASK, &guard->flags);
		ipvsdummy_guard_kick(guard);
	}
	kmem_cache_free(conflict_cache, conflict);

	/* One that found no place may have it now */
	if (guard->missed) {
		guard->missed = false;
		set_bit(IPVSDUMMY_GUARD_RESCAN, &guard->flags);
		ipvsdummy_guard_kick(guard);
	}
}

static struct ipvsdummy_conflict *next_conflict(struct ipvsdummy_conflict *pos)
{
	return rb_entry_safe(rb_next(&pos->node), struct ipvsdummy_conflict,
			     node);
}

/**
 * ipvsdummy_conflict_resolve_link - a link leaves its netns
 * @link: still attached
 *
 * Context: RTNL.
 */
void ipvsdummy_conflict_resolve_link(struct ipvsdummy_link *link)
{
	const union nf_inet_addr none = {};
	struct ipvsdummy_conflict *conflict, *next;

	for (conflict = ipvsdummy_conflict_after(link->guard,
						 link->dev->ifindex, 0, &none);
	     conflict && conflict->link == link; conflict = next) {
		next = next_conflict(conflict);
		ipvsdummy_conflict_resolve(conflict);
	}
}

/**
 * ipvsdummy_conflict_see - a scan sees an address with a conflict
 * @conflict: bound
 * @vip: the address, one of its prefixes or peers
 * @verdict: what it clashes with so, if it does
 * @with_gone: the same if what went a moment ago counts, too
 *
 * Context: RTNL.
 */
void ipvsdummy_conflict_see(struct ipvsdummy_conflict *conflict,
			    const struct ipvsdummy_ifaddr *vip,
			    const struct ipvsdummy_verdict *verdict,
			    const struct ipvsdummy_verdict *with_gone)
{
	const struct ipvsdummy_verdict *now = &conflict->info.verdict;
	u32 scan = conflict->link->guard->scan;
	u8 family = vip->family;

	ASSERT_RTNL();
	if (conflict->scan != scan) {
		conflict->scan = scan;
		conflict->best = *verdict;
		conflict->plen = vip->plen;
		conflict->multi = has_peer(vip);
		conflict->held = false;
		conflict->outranked = false;
	} else {
		conflict->multi = true;
		if (ipvsdummy_verdict_outranks(family, verdict,
					       &conflict->best))
			conflict->best = *verdict;
	}
	conflict->held |= ipvsdummy_verdict_equal(family, with_gone, now);
	conflict->outranked |= ipvsdummy_verdict_outranks(family, with_gone,
							  now);
}

/**
 * ipvsdummy_conflict_conclude - draw the conclusion of a scan for one address
 * @conflict: bound; freed if it is over
 *
 * What it is about may come back at once (DHCP, networkd, a bond's failover):
 * nothing changes as long as it is remembered.
 *
 * Context: RTNL.
 */
void ipvsdummy_conflict_conclude(struct ipvsdummy_conflict *conflict)
{
	if (conflict->scan != conflict->link->guard->scan)
		ipvsdummy_conflict_resolve(conflict);
	else if (conflict->held && !conflict->outranked)
		return;
	else if (conflict->best.class)
		ipvsdummy_conflict_change(conflict, &conflict->best);
	else
		ipvsdummy_conflict_resolve(conflict);
}

/**
 * ipvsdummy_conflict_scanned - draw the conclusions of a scan
 * @guard: of which all addresses were judged again
 *
 * Context: RTNL; may sleep.
 */
void ipvsdummy_conflict_scanned(struct ipvsdummy_guard *guard)
{
	struct ipvsdummy_conflict *conflict, *next;

	ASSERT_RTNL();
	for (conflict = rb_entry_safe(rb_first(&guard->conflicts),
				      struct ipvsdummy_conflict, node);
	     conflict; conflict = next) {
		next = next_conflict(conflict);
		cond_resched();
		if (ipvsdummy_conflict_bound(conflict))
			ipvsdummy_conflict_conclude(conflict);
	}
}

/**
 * ipvsdummy_conflict_rename_match - an interface has another name
 * @guard: of its netns
 * @dev: the interface
 *
 * It is the same match, so this is no event.
 *
 * Context: RTNL.
 */
void ipvsdummy_conflict_rename_match(struct ipvsdummy_guard *guard,
				     const struct net_device *dev)
{
	struct ipvsdummy_net *pn = ipvsdummy_net(guard->net);
	struct ipvsdummy_conflict *conflict;
	struct rb_node *node;

	ASSERT_RTNL();
	spin_lock_bh(&pn->lock);
	for (node = rb_first(&guard->conflicts); node; node = rb_next(node)) {
		conflict = rb_entry(node, struct ipvsdummy_conflict, node);
		if (conflict->info.verdict.match_ifindex == dev->ifindex)
			memcpy(conflict->info.match_ifname, dev->name,
			       IFNAMSIZ);
	}
	spin_unlock_bh(&pn->lock);
}

/**
 * ipvsdummy_conflict_expire - resolve refusals that nobody retries any more
 * @guard: the guard
 * @now: in jiffies
 *
 * Context: RTNL.
 * Return: jiffies until the next one does, MAX_JIFFY_OFFSET if there is none.
 */
unsigned long ipvsdummy_conflict_expire(struct ipvsdummy_guard *guard,
					unsigned long now)
{
	struct ipvsdummy_conflict *conflict, *next;
	unsigned long expiry;

	ASSERT_RTNL();
	list_for_each_entry_safe(conflict, next, &guard->refused,
				 refused_node) {
		expiry = conflict->attempted + IPVSDUMMY_EXPIRE;
		if (time_after(expiry, now))
			return expiry - now;
		ipvsdummy_conflict_resolve(conflict);
	}
	return MAX_JIFFY_OFFSET;
}

static const char *event_word(u8 event)
{
	static const char * const words[] = {
		[IPVSDUMMY_EVENT_REJECTED] = "rejected",
		[IPVSDUMMY_EVENT_SKIPPED] = "skipped",
		[IPVSDUMMY_EVENT_FLAGGED] = "flagged",
		[IPVSDUMMY_EVENT_CHANGED] = "changed",
		[IPVSDUMMY_EVENT_RESOLVED] = "resolved",
	};

	return words[event];
}

#define ADDR_SIZE	sizeof("ffff:ffff:ffff:ffff:ffff:ffff:255.255.255.255")

static void print_addr(char text[ADDR_SIZE], u8 family,
		       const union nf_inet_addr *addr)
{
	snprintf(text, ADDR_SIZE, family == AF_INET ? "%pI4" : "%pI6c", addr);
}

/**
 * ipvsdummy_conflict_describe - say what an address clashes with
 * @text: the result, IPVSDUMMY_TEXT_SIZE
 * @family: AF_INET or AF_INET6
 * @addr: the address
 * @verdict: with a class
 * @ifname: of the interface it clashes with
 * @brief: no second address, and not more than 79 characters
 */
void ipvsdummy_conflict_describe(char *text, u8 family,
				 const union nf_inet_addr *addr,
				 const struct ipvsdummy_verdict *verdict,
				 const char *ifname, bool brief)
{
	char vip[ADDR_SIZE], prefix[ADDR_SIZE];
	u8 plen = verdict->match_plen;

	print_addr(vip, family, addr);
	print_addr(prefix, family, &verdict->match_prefix);
	switch (verdict->class) {
	case IPVSDUMMY_CLASS_HOST:
		snprintf(text, IPVSDUMMY_TEXT_SIZE, "%s: host, address of %s",
			 vip, ifname);
		break;
	case IPVSDUMMY_CLASS_GATEWAY:
		snprintf(text, IPVSDUMMY_TEXT_SIZE, "%s: gateway, %s by %s",
			 vip, brief ? "route" : "default route", ifname);
		break;
	case IPVSDUMMY_CLASS_NEIGH:
		snprintf(text, IPVSDUMMY_TEXT_SIZE,
			 brief ? "%s: neigh, %pM" : "%s: neigh, %pM on %s",
			 vip, verdict->owner.lladdr, ifname);
		break;
	case IPVSDUMMY_CLASS_ONLINK:
		if (brief)
			snprintf(text, IPVSDUMMY_TEXT_SIZE,
				 "%s: onlink, a prefix of %s", vip, ifname);
		else
			snprintf(text, IPVSDUMMY_TEXT_SIZE,
				 "%s: onlink, prefix %s/%u of %s", vip, prefix,
				 plen, ifname);
		break;
	default:
		if (brief)
			snprintf(text, IPVSDUMMY_TEXT_SIZE,
				 "%s: rule, a prefix of length %u", vip, plen);
		else
			snprintf(text, IPVSDUMMY_TEXT_SIZE,
				 "%s: rule, prefix %s/%u", vip, prefix, plen);
	}
}

/* One stable line, for those who read nothing but the kernel log */
static void log_event(struct ipvsdummy_guard *guard,
		      const struct ipvsdummy_record *record)
{
	static const char * const would[] = {
		[0] = "",
		[IPVSDUMMY_ACTION_REJECT] = ", would reject",
		[IPVSDUMMY_ACTION_SKIP] = ", would skip",
		[IPVSDUMMY_ACTION_VERIFY] = ", would verify",
	};
	const struct ipvsdummy_info *info = &record->info;
	const struct ipvsdummy_verdict *verdict = &info->verdict;
	char text[IPVSDUMMY_TEXT_SIZE];

	if (!ipvsdummy_may_log(guard))
		return;
	if (info->event == IPVSDUMMY_EVENT_LOST) {
		pr_warn("%s: no room for %llu conflicts\n",
			record->ifname, info->count);
		return;
	}

	ipvsdummy_conflict_describe(text, info->family, &info->addr, verdict,
				    info->match_ifname, false);
	if (info->event == IPVSDUMMY_EVENT_RESOLVED ||
	    ipvsdummy_severity(verdict) == IPVSDUMMY_SEVERITY_INFO)
		pr_info("%s: %s %s%s\n", record->ifname,
			event_word(info->event), text, would[verdict->would]);
	else
		pr_warn("%s: %s %s%s\n", record->ifname,
			event_word(info->event), text, would[verdict->would]);
}

/**
 * ipvsdummy_events_oldest - the oldest event that the ring has
 * @guard: the guard
 *
 * Context: the netns' lock.
 * Return: its number; one more than the newest if it has none.
 */
u64 ipvsdummy_events_oldest(const struct ipvsdummy_guard *guard)
{
	u64 seq = ipvsdummy_net(guard->net)->seq;

	if (seq - guard->first >= IPVSDUMMY_RING_SIZE &&
	    seq >= guard->first)
		return seq - IPVSDUMMY_RING_SIZE + 1;
	return guard->first;
}

/**
 * ipvsdummy_events_send - tell what is in the ring and was not told yet
 * @guard: the guard
 *
 * Only one at a time: the event work, or who cancelled it for good.
 *
 * Context: may sleep; with or without RTNL.
 */
void ipvsdummy_events_send(struct ipvsdummy_guard *guard)
{
	struct ipvsdummy_net *pn = ipvsdummy_net(guard->net);
	struct ipvsdummy_record record;
	u64 oldest;

	for (;;) {
		spin_lock_bh(&pn->lock);
		if (guard->sent == pn->seq) {
			spin_unlock_bh(&pn->lock);
			return;
		}
		oldest = ipvsdummy_events_oldest(guard);
		if (guard->sent + 1 < oldest) {
			guard->sent = oldest - 1;
			spin_unlock_bh(&pn->lock);
			ipvsdummy_netlink_overrun(guard->net);
			continue;
		}
		guard->sent++;
		record = guard->ring[guard->sent % IPVSDUMMY_RING_SIZE];
		spin_unlock_bh(&pn->lock);

		log_event(guard, &record);
		ipvsdummy_netlink_multicast(guard->net, &record);
		cond_resched();
	}
}

/**
 * ipvsdummy_conflict_init - have memory for conflicts
 *
 * Return: 0 or -ENOMEM.
 */
int __init ipvsdummy_conflict_init(void)
{
	BUILD_BUG_ON(sizeof(struct ipvsdummy_conflict) > 256);

	conflict_cache = KMEM_CACHE(ipvsdummy_conflict, SLAB_ACCOUNT);
	return conflict_cache ? 0 : -ENOMEM;
}

/**
 * ipvsdummy_conflict_exit - undo ipvsdummy_conflict_init()
 */
void ipvsdummy_conflict_exit(void)
{
	kmem_cache_destroy(conflict_cache);
}
