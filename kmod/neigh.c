// SPDX-License-Identifier: GPL-2.0
/* Who else has an address: puts together what neighbour tables, the wire and
 * answers to questions say, and has claims judged.
 *
 * Whoever answered this host is confirmed, since one forged frame does not do
 * that. What confirmed owners have is remembered in the conflict until they are
 * asked and silent; neighbour entries age too fast for that.
 */
#include <linux/etherdevice.h>
#include <linux/if_vlan.h>
#include <linux/mm.h>
#include <linux/rtnetlink.h>
#include <net/addrconf.h>
#include <net/arp.h>
#include <net/l3mdev.h>
#include <net/ndisc.h>
#include <net/neighbour.h>
#include <net/netevent.h>

#include "ipvsdummy.h"

#define NUD_ANSWERED	(NUD_REACHABLE | NUD_PERMANENT)
#define NUD_ONCE_SEEN	(NUD_STALE | NUD_DELAY | NUD_PROBE)

#define CLAIMS_BATCH	64		/* judged under RTNL at a time */
#define PROXY_MIN	32		/* addresses of one station */

/**
 * ipvsdummy_neigh_lookup - ask the neighbour table
 * @dev: the interface
 * @family: AF_INET or AF_INET6
 * @addr: the address
 * @owner: filled in
 * @confirmed: when it was last confirmed, in jiffies; if @owner is for ever, now
 *
 * Only of Ethernet; who may be of this host or a peer.
 *
 * Context: RTNL or RCU.
 * Return: whether there is an entry that says who has the address.
 */
bool ipvsdummy_neigh_lookup(const struct net_device *dev, u8 family,
			    const union nf_inet_addr *addr,
			    struct ipvsdummy_owner *owner,
			    unsigned long *confirmed)
{
	struct neighbour *neigh;
	u8 state;

	if (dev->addr_len != ETH_ALEN ||
	    (family == AF_INET6 && !ipv6_mod_enabled()))
		return false;
	neigh = neigh_lookup(family == AF_INET ? &arp_tbl : &nd_tbl, addr,
			     (struct net_device *)dev);
	if (!neigh)
		return false;

	*owner = (struct ipvsdummy_owner) {
		.ifindex = dev->ifindex,
		.vlan = is_vlan_dev(dev) ? vlan_dev_vlan_id(dev) : 0,
		.evidence = IPVSDUMMY_EVIDENCE_NEIGH,
	};
	read_lock_bh(&neigh->lock);
	state = neigh->nud_state;
	*confirmed = state & NUD_PERMANENT ? jiffies : neigh->confirmed;
	ether_addr_copy(owner->lladdr, neigh->ha);
	read_unlock_bh(&neigh->lock);
	neigh_release(neigh);
	owner->confirmed = state & NUD_ANSWERED;
	return state & (NUD_ANSWERED | NUD_ONCE_SEEN);
}

static bool is_other(struct ipvsdummy_guard *guard,
		     const struct ipvsdummy_ifaddr *vip,
		     const struct ipvsdummy_owner *owner)
{
	return !ipvsdummy_lladdr_is_own(guard, owner->lladdr) &&
	       !ipvsdummy_peer_is(guard, vip->vrf, owner->ifindex,
				  owner->lladdr, vip->family, &vip->local);
}

/* What is remembered of an address; what the silence of an owner, or of all, has
 * outdated is left out
 */
struct memory {
	struct ipvsdummy_sighting answer;
	struct ipvsdummy_sighting claim;
	bool answered;
	bool silent;
	bool claimed;
};

static bool copy_sighting(const struct ipvsdummy_sightings *table,
			  const struct ipvsdummy_ifaddr *vip,
			  struct ipvsdummy_sighting *copy)
{
	const struct ipvsdummy_sighting *sighting;

	sighting = ipvsdummy_sightings_find(table, vip->vrf, vip->family,
					    &vip->local);
	if (sighting)
		*copy = *sighting;
	return sighting;
}

static bool outdated(const struct memory *memory, const u8 *lladdr,
		     unsigned long seen)
{
	const u8 *asked = memory->answer.owner.lladdr;

	return memory->silent && !time_after(seen, memory->answer.seen) &&
	       (is_zero_ether_addr(asked) || ether_addr_equal(asked, lladdr));
}

static void remember(struct ipvsdummy_guard *guard,
		     const struct ipvsdummy_ifaddr *vip, struct memory *memory)
{
	struct ipvsdummy_wire *wire = &guard->wire;
	unsigned long now = jiffies;
	bool known;

	memory->answered = false;
	memory->silent = false;
	memory->claimed = false;
	if (!READ_ONCE(wire->answers.used) && !READ_ONCE(wire->claims.used) &&
	    !READ_ONCE(wire->seen.used))
		return;
	spin_lock_bh(&wire->lock);
	known = copy_sighting(&wire->answers, vip, &memory->answer);
	memory->claimed = copy_sighting(&wire->claims, vip, &memory->claim) ||
			  copy_sighting(&wire->seen, vip, &memory->claim);
	spin_unlock_bh(&wire->lock);

	if (known && time_before(now, memory->answer.seen +
				      IPVSDUMMY_REMEMBER)) {
		memory->answered = memory->answer.owner.evidence;
		memory->silent = !memory->answered;
	}
	if (memory->claimed &&
	    (time_after_eq(now, memory->claim.seen +
			   ipvsdummy_net(guard->net)->claim_timeout) ||
	     memory->claim.state == IPVSDUMMY_CLAIMED_PEER ||
	     memory->claim.state == IPVSDUMMY_CLAIMED_HELD ||
	     outdated(memory, memory->claim.owner.lladdr,
		      memory->claim.seen) ||
	     !is_other(guard, vip, &memory->claim.owner)))
		memory->claimed = false;
}

/* Return: whether a neighbour table knows the owner, confirmed ones first */
static bool find_neighbour(struct ipvsdummy_guard *guard,
			   const struct ipvsdummy_ifaddr *vip,
			   const struct memory *memory,
			   struct ipvsdummy_owner *owner)
{
	const struct ipvsdummy_watched_prefix *prefix;
	struct ipvsdummy_owner next;
	unsigned long confirmed;
	struct net_device *dev;
	bool found = false;

	for (prefix = ipvsdummy_index_covering(&guard->index, vip->vrf,
					       vip->family, &vip->local,
					       ipvsdummy_max_plen(vip->family),
					       false);
	     prefix;
	     prefix = ipvsdummy_index_next_covering(&guard->index, &vip->local,
						    prefix)) {
		dev = __dev_get_by_index(guard->net, prefix->ifindex);
		if (!dev || !ipvsdummy_neigh_lookup(dev, vip->family,
						    &vip->local, &next,
						    &confirmed) ||
		    outdated(memory, next.lladdr, confirmed) ||
		    !is_other(guard, vip, &next))
			continue;
		if (!found || next.confirmed)
			*owner = next;
		found = true;
		if (next.confirmed)
			break;
	}
	return found;
}

/* Is what a conflict says of the owner still to be counted on? */
static bool keeps_owner(const struct ipvsdummy_conflict *conflict,
			const struct ipvsdummy_ifaddr *vip,
			const struct memory *memory)
{
	const struct ipvsdummy_guard *guard = conflict->link->guard;
	const struct ipvsdummy_owner *owner = &conflict->info.verdict.owner;
	unsigned long timeout = ipvsdummy_net(guard->net)->claim_timeout;

	if (conflict->info.verdict.class != IPVSDUMMY_CLASS_NEIGH ||
	    outdated(memory, owner->lladdr, conflict->claimed) ||
	    !is_other((struct ipvsdummy_guard *)guard, vip, owner))
		return false;
	if (!ipvsdummy_conflict_bound(conflict))
		return owner->confirmed;
	/* Its silence may be of our making: the last word is a probe's */
	return conflict->link->arp_reply == IPVSDUMMY_ARP_REPLY_UNCONTESTED ||
	       time_before(jiffies, conflict->claimed + timeout);
}

/* Is there news of the owner of a bound address? */
static bool supersedes(const struct memory *memory,
		       const struct ipvsdummy_conflict *conflict)
{
	const struct ipvsdummy_owner *old = &conflict->info.verdict.owner;
	const struct ipvsdummy_owner *new = &memory->claim.owner;

	return memory->claimed && ipvsdummy_conflict_bound(conflict) &&
	       time_after_eq(memory->claim.seen, conflict->claimed) &&
	       (!ether_addr_equal(new->lladdr, old->lladdr) ||
		new->confirmed > old->confirmed);
}

/* What a station is that claims an address */
static void classify(struct ipvsdummy_guard *guard,
		     struct ipvsdummy_owner *owner)
{
	static const u8 vrrp[] = { 0x00, 0x00, 0x5e, 0x00 };
	struct ipvsdummy_wire *wire = &guard->wire;
	unsigned int n;

	/* RFC 9568, 7.3; CARP has taken the same */
	if (!memcmp(owner->lladdr, vrrp, sizeof(vrrp)) &&
	    (owner->lladdr[4] == 1 || owner->lladdr[4] == 2)) {
		owner->station = IPVSDUMMY_STATION_VRRP;
		return;
	}
	if (owner->station)
		return;
	spin_lock_bh(&wire->lock);
	n = ipvsdummy_sightings_count(&wire->claims, owner->lladdr) +
	    ipvsdummy_sightings_count(&wire->seen, owner->lladdr);
	spin_unlock_bh(&wire->lock);
	if (n >= PROXY_MIN)
		owner->station = IPVSDUMMY_STATION_PROXY;
}

/**
 * ipvsdummy_neigh_find - find the owner of an address
 * @ctx: struct ipvsdummy_link that has or is to get it
 * @vip: the address
 * @owner: filled in if there is one
 *
 * A confirmed owner goes before one that is not, but for a bound address, where
 * what was seen last is what is told.
 *
 * Context: RTNL; may sleep.
 * Return: enum ipvsdummy_owned.
 */
enum ipvsdummy_owned ipvsdummy_neigh_find(void *ctx,
					  const struct ipvsdummy_ifaddr *vip,
					  struct ipvsdummy_owner *owner)
{
	struct ipvsdummy_conflict *conflict = NULL;
	struct ipvsdummy_link *link = ctx;
	struct ipvsdummy_guard *guard = link->guard;
	bool neighbour, silent, kept = false;
	struct memory memory;

	ASSERT_RTNL();
	if (link->n_conflicts)
		conflict = ipvsdummy_conflict_find(link, vip->family,
						   &vip->local);
	remember(guard, vip, &memory);
	silent = memory.silent &&
		 is_zero_ether_addr(memory.answer.owner.lladdr);
	neighbour = find_neighbour(guard, vip, &memory, owner);
	if (neighbour && owner->confirmed)
		goto classify;

	if (conflict)
		kept = keeps_owner(conflict, vip, &memory) &&
		       !supersedes(&memory, conflict);
	if (memory.answered && is_other(guard, vip, &memory.answer.owner) &&
	    !(memory.claimed && conflict &&
	      ipvsdummy_conflict_bound(conflict) &&
	      time_after(memory.claim.seen, memory.answer.seen)))
		*owner = memory.answer.owner;
	else if (kept)
		*owner = conflict->info.verdict.owner;
	else if (memory.claimed)
		*owner = memory.claim.owner;
	else if (!neighbour)
		return silent ? IPVSDUMMY_OWNED_FREE :
				IPVSDUMMY_OWNED_UNKNOWN;
	owner->silent = silent;
classify:
	classify(guard, owner);
	return IPVSDUMMY_OWNED;
}

/**
 * ipvsdummy_neigh_raise_all - look into all claims again
 * @guard: the guard
 *
 * Context: RTNL.
 */
void ipvsdummy_neigh_raise_all(struct ipvsdummy_guard *guard)
{
	struct ipvsdummy_wire *wire = &guard->wire;
	struct ipvsdummy_sighting *claim;
	unsigned int i;

	spin_lock_bh(&wire->lock);
	for (i = 0; i < wire->claims.size; i++) {
		claim = &wire->claims.place[i];
		claim->state = IPVSDUMMY_CLAIMED_RAISED;
	}
	wire->raised = true;
	mod_delayed_work(ipvsdummy_wq, &wire->work, 0);
	spin_unlock_bh(&wire->lock);
}

/* Copy claims that are raised or held, as many as fit */
static unsigned int take_claims(struct ipvsdummy_wire *wire,
				struct ipvsdummy_sighting *batch)
{
	const struct ipvsdummy_sighting *claim = wire->claims.place;
	const struct ipvsdummy_sighting *end = claim + wire->claims.size;
	unsigned int n = 0;

	spin_lock_bh(&wire->lock);
	for (; wire->raised && claim < end && n < CLAIMS_BATCH; claim++)
		if (claim->family && (claim->state == IPVSDUMMY_CLAIMED_RAISED ||
				      claim->state == IPVSDUMMY_CLAIMED_HELD))
			batch[n++] = *claim;
	if (n < CLAIMS_BATCH)
		wire->raised = false;
	spin_unlock_bh(&wire->lock);
	return n;
}

/* Settle what became of a claim, unless there is a newer one meanwhile */
static void settle(struct ipvsdummy_wire *wire,
		   const struct ipvsdummy_sighting *was, u8 state)
{
	struct ipvsdummy_sighting *claim;

	spin_lock_bh(&wire->lock);
	claim = ipvsdummy_sightings_find(&wire->claims, was->vrf, was->family,
					 &was->addr);
	if (claim && claim->state == was->state &&
	    ether_addr_equal(claim->owner.lladdr, was->owner.lladdr))
		claim->state = state;
	spin_unlock_bh(&wire->lock);
}

/* Return: whether that has to wait for what peers answer */
static bool look_into(struct ipvsdummy_guard *guard,
		      const struct ipvsdummy_sighting *claim)
{
	const struct ipvsdummy_owner *owner = &claim->owner;
	struct ipvsdummy_wire *wire = &guard->wire;
	unsigned long patience = ipvsdummy_peers_wait(guard, claim->family);
	bool held = claim->state == IPVSDUMMY_CLAIMED_HELD;
	u8 state = IPVSDUMMY_CLAIMED_JUDGED;

	if (ipvsdummy_lladdr_is_own(guard, owner->lladdr) ||
	    ipvsdummy_peer_is(guard, claim->vrf, owner->ifindex, owner->lladdr,
			      claim->family, &claim->addr)) {
		state = IPVSDUMMY_CLAIMED_PEER;
	} else if (!held && patience) {
		ipvsdummy_peers_ask(guard, claim->vrf, owner->ifindex,
				    claim->family);
		settle(wire, claim, IPVSDUMMY_CLAIMED_HELD);
		return true;
	} else if (held && time_before(jiffies, claim->raised + patience)) {
		return true;
	}
	settle(wire, claim, state);
	/* A peer is no sign of the owner that is known so far */
	ipvsdummy_guard_rejudge(guard, claim->family, &claim->addr,
				state == IPVSDUMMY_CLAIMED_JUDGED);
	return false;
}

/**
 * ipvsdummy_neigh_work - look into claims and answers
 * @work: the wire's work
 *
 * Context: may sleep; takes RTNL.
 */
void ipvsdummy_neigh_work(struct work_struct *work)
{
	struct ipvsdummy_guard *guard =
		container_of(to_delayed_work(work), struct ipvsdummy_guard,
			     wire.work);
	struct ipvsdummy_wire *wire = &guard->wire;
	struct ipvsdummy_sighting *batch;
	unsigned int i, n = 0;
	bool wait = false;

	batch = kvcalloc(CLAIMS_BATCH, sizeof(*batch), GFP_KERNEL);
	if (!batch) {
		if (READ_ONCE(guard->n_links))
			queue_delayed_work(ipvsdummy_wq, &wire->work, HZ);
		return;
	}
	rtnl_lock();
	if (!guard->n_links)
		goto unlock;
	ipvsdummy_guard_work_begin(guard);
	ipvsdummy_guard_refresh(guard);
	ipvsdummy_probe_conclude(guard);
	n = take_claims(wire, batch);
	for (i = 0; i < n; i++)
		wait |= look_into(guard, &batch[i]);
	if (wait)
		WRITE_ONCE(wire->raised, true);
	ipvsdummy_guard_work_end(guard);
unlock:
	rtnl_unlock();
	kvfree(batch);

	/* Others want RTNL, too */
	if (n == CLAIMS_BATCH)
		queue_delayed_work(ipvsdummy_wq, &wire->work, 1);
	else if (wait)
		queue_delayed_work(ipvsdummy_wq, &wire->work, HZ / 10);
}

/* The newest sign of the owner may be one that nobody had to look into */
static void refresh_claim(struct ipvsdummy_conflict *conflict)
{
	const struct ipvsdummy_link *link = conflict->link;
	const struct ipvsdummy_info *info = &conflict->info;
	struct ipvsdummy_wire *wire = &link->guard->wire;
	const struct ipvsdummy_sighting *claim;

	spin_lock_bh(&wire->lock);
	claim = ipvsdummy_sightings_find(&wire->claims,
					 l3mdev_master_ifindex(link->dev),
					 info->family, &info->addr);
	if (claim && time_after(claim->seen, conflict->claimed) &&
	    ether_addr_equal(claim->owner.lladdr, info->verdict.owner.lladdr))
		conflict->claimed = claim->seen;
	spin_unlock_bh(&wire->lock);
}

static bool is_claimed(const struct ipvsdummy_conflict *conflict)
{
	return ipvsdummy_conflict_bound(conflict) &&
	       conflict->info.verdict.class == IPVSDUMMY_CLASS_NEIGH;
}

static unsigned int n_claimed(const struct ipvsdummy_guard *guard)
{
	const struct ipvsdummy_link *link;
	unsigned int n = 0;

	list_for_each_entry(link, &guard->links, node)
		n += link->counters[IPVSDUMMY_CLASS_NEIGH].active;
	return n;
}

/**
 * ipvsdummy_neigh_expire - see whose claims are over
 * @guard: the guard
 * @now: in jiffies
 *
 * Context: RTNL; may sleep.
 * Return: jiffies until this is to be done again, MAX_JIFFY_OFFSET if there are
 * no claims.
 */
unsigned long ipvsdummy_neigh_expire(struct ipvsdummy_guard *guard,
				     unsigned long now)
{
	unsigned long timeout = ipvsdummy_net(guard->net)->claim_timeout;
	const union nf_inet_addr none = {};
	struct ipvsdummy_conflict *conflict;
	struct ipvsdummy_info info;
	bool quiet;

	ASSERT_RTNL();
	if (!n_claimed(guard))
		return MAX_JIFFY_OFFSET;
	conflict = ipvsdummy_conflict_after(guard, 0, 0, &none);
	while (conflict) {
		info = conflict->info;
		if (is_claimed(conflict))
			refresh_claim(conflict);
		if (is_claimed(conflict) &&
		    time_after_eq(now, conflict->claimed + timeout)) {
			quiet = conflict->link->arp_reply ==
				IPVSDUMMY_ARP_REPLY_UNCONTESTED;
			if (quiet)
				ipvsdummy_probe_ask(guard,
						    l3mdev_master_ifindex(conflict->link->dev),
						    info.verdict.match_ifindex,
						    info.family, &info.addr,
						    NULL, false);
			ipvsdummy_guard_rejudge(guard, info.family, &info.addr,
						false);
		}
		cond_resched();
		conflict = ipvsdummy_conflict_after(guard, info.ifindex,
						    info.family, &info.addr);
	}
	return clamp_t(unsigned long, timeout / 8, HZ / 4, 30 * HZ);
}

/* An owner that answered this host is told of as one that claims */
static int netevent(struct notifier_block *nb, unsigned long event, void *ptr)
{
	struct ipvsdummy_owner owner = {
		.evidence = IPVSDUMMY_EVIDENCE_NEIGH,
		.confirmed = true,
	};
	struct neighbour *neigh = ptr;
	struct ipvsdummy_guard *guard;
	union nf_inet_addr addr = {};
	struct net_device *dev;
	int family;

	if (event != NETEVENT_NEIGH_UPDATE ||
	    !(READ_ONCE(neigh->nud_state) & NUD_ANSWERED))
		return NOTIFY_DONE;
	dev = neigh->dev;
	family = neigh->tbl->family;
	if ((family != AF_INET && family != AF_INET6) ||
	    dev->addr_len != ETH_ALEN)
		return NOTIFY_DONE;

	memcpy(&addr, neigh->primary_key, neigh->tbl->key_len);
	rcu_read_lock();
	guard = rcu_dereference(ipvsdummy_net(dev_net(dev))->guard);
	if (!guard || !ipvsdummy_is_watched(guard, dev) ||
	    !ipvsdummy_is_local(dev, family, &addr))
		goto unlock;
	neigh_ha_snapshot((char *)owner.lladdr, neigh, dev);
	if (ipvsdummy_lladdr_is_own(guard, owner.lladdr))
		goto unlock;
	owner.ifindex = dev->ifindex;
	owner.vlan = is_vlan_dev(dev) ? vlan_dev_vlan_id(dev) : 0;
	ipvsdummy_wire_note(guard, l3mdev_master_ifindex_rcu(dev), family,
			    &addr, &owner, true);
unlock:
	rcu_read_unlock();
	return NOTIFY_DONE;
}

static struct notifier_block netevent_nb = {
	.notifier_call = netevent,
};

/**
 * ipvsdummy_neigh_init - listen to neighbour tables
 *
 * Return: 0 or a negative errno.
 */
int __init ipvsdummy_neigh_init(void)
{
	return register_netevent_notifier(&netevent_nb);
}

/**
 * ipvsdummy_neigh_exit - undo ipvsdummy_neigh_init()
 */
void ipvsdummy_neigh_exit(void)
{
	unregister_netevent_notifier(&netevent_nb);
}
