// SPDX-License-Identifier: GPL-2.0
/* ARP and Neighbor Discovery as they pass by: who claims which address, and for
 * which of ours this host keeps silent. In the common case a frame costs one
 * look-up in the FIB.
 */
#include <linux/etherdevice.h>
#include <linux/if_vlan.h>
#include <linux/inetdevice.h>
#include <linux/mm.h>
#include <linux/netfilter_arp.h>
#include <linux/netfilter_ipv6.h>
#include <linux/random.h>
#include <linux/rtnetlink.h>
#include <net/addrconf.h>
#include <net/arp.h>
#include <net/l3mdev.h>
#include <net/ndisc.h>

#include "ipvsdummy.h"

#define RAISE_MIN	(HZ / 10)	/* between two owners of one address */

/* Does anybody else claim it, or might do so for all that is known yet? */
static bool is_contested(struct ipvsdummy_link *link, int vrf, __be32 ip)
{
	struct ipvsdummy_guard *guard = link->guard;
	struct ipvsdummy_net *pn = ipvsdummy_net(guard->net);
	const union nf_inet_addr addr = { .ip = ip };
	const struct ipvsdummy_conflict *conflict;
	const struct ipvsdummy_sighting *claim;
	bool contested;

	spin_lock_bh(&guard->wire.lock);
	claim = ipvsdummy_sightings_find(&guard->wire.claims, vrf, AF_INET,
					 &addr);
	contested = claim && (claim->state == IPVSDUMMY_CLAIMED_RAISED ||
			      claim->state == IPVSDUMMY_CLAIMED_HELD);
	spin_unlock_bh(&guard->wire.lock);
	if (contested)
		return true;

	spin_lock_bh(&pn->lock);
	conflict = ipvsdummy_conflict_find(link, AF_INET, &addr);
	contested = conflict &&
		    conflict->info.verdict.class == IPVSDUMMY_CLASS_NEIGH;
	spin_unlock_bh(&pn->lock);
	return contested;
}

/* Is this host not to answer for an address, nor to ask from it? That it has it
 * on a watched interface, too, goes before everything.
 */
static bool is_silenced(struct ipvsdummy_guard *guard, struct net_device *dev,
			__be32 ip, bool probed)
{
	const union nf_inet_addr addr = { .ip = ip };
	int vrf = l3mdev_master_ifindex_rcu(dev);
	struct ipvsdummy_link *link;
	bool silenced = false;
	u8 arp_reply;

	if (list_empty(&guard->quiet_links) ||
	    !ipvsdummy_is_local(dev, AF_INET, &addr))
		return false;
	list_for_each_entry_rcu(link, &guard->quiet_links, quiet_node) {
		if (l3mdev_master_ifindex_rcu(link->dev) != vrf ||
		    !ipvsdummy_has_v4(link->dev, ip))
			continue;
		arp_reply = READ_ONCE(link->arp_reply);
		silenced |= arp_reply == IPVSDUMMY_ARP_REPLY_NEVER ||
			    (arp_reply == IPVSDUMMY_ARP_REPLY_UNCONTESTED &&
			     (probed || is_contested(link, vrf, ip)));
	}
	return silenced && !ipvsdummy_watches_v4(guard, vrf, ip);
}

/* Only a change is worth being looked into at once, and then now and again; the
 * wire's lock is held
 */
static void raise(struct ipvsdummy_guard *guard,
		  struct ipvsdummy_sighting *claim, bool changed)
{
	unsigned long timeout = ipvsdummy_net(guard->net)->claim_timeout;
	struct ipvsdummy_wire *wire = &guard->wire;
	unsigned long now = jiffies, delay = 0;

	if (claim->raised && time_before(now, claim->raised + RAISE_MIN))
		delay = RAISE_MIN;
	if (!changed && time_before(now, claim->raised + timeout / 8))
		return;
	claim->raised = now ?: 1;
	claim->state = IPVSDUMMY_CLAIMED_RAISED;
	wire->raised = true;
	if (delay)
		queue_delayed_work(ipvsdummy_wq, &wire->work, delay);
	else
		mod_delayed_work(ipvsdummy_wq, &wire->work, 0);
}

/**
 * ipvsdummy_wire_note - a station was seen with an address
 * @guard: the guard
 * @vrf: ifindex of the L3 master of the interface, 0 if none
 * @family: AF_INET or AF_INET6
 * @addr: the address
 * @owner: the station
 * @local: this host has the address
 *
 * Context: any, under RTNL or RCU.
 */
void ipvsdummy_wire_note(struct ipvsdummy_guard *guard, int vrf, u8 family,
			 const union nf_inet_addr *addr,
			 const struct ipvsdummy_owner *owner, bool local)
{
	struct ipvsdummy_wire *wire = &guard->wire;
	struct ipvsdummy_question *question;
	struct ipvsdummy_sighting *sighting;
	struct ipvsdummy_owner answered;
	bool same;

	spin_lock_bh(&wire->lock);
	question = ipvsdummy_probe_find(guard, vrf, family, addr);
	if (question) {
		if (owner->claim == IPVSDUMMY_CLAIM_REPLY ||
		    owner->claim == IPVSDUMMY_CLAIM_ADVERT) {
			answered = *owner;
			answered.evidence = IPVSDUMMY_EVIDENCE_PROBE;
			answered.confirmed = true;
			owner = &answered;
		}
		ipvsdummy_probe_answered(guard, question, owner);
	}
	sighting = ipvsdummy_sightings_place(local ? &wire->claims :
						     &wire->seen,
					     vrf, family, addr, jiffies);
	if (!sighting)
		goto unlock;
	sighting->seen = jiffies;
	same = sighting->owner.evidence &&
	       sighting->owner.ifindex == owner->ifindex &&
	       ether_addr_equal(sighting->owner.lladdr, owner->lladdr) &&
	       sighting->owner.confirmed >= owner->confirmed;
	if (!same)
		sighting->owner = *owner;
	if (local)
		raise(guard, sighting, !same);
unlock:
	spin_unlock_bh(&wire->lock);
}

/* A DAD solicitation of this host's own, reflected by somebody */
static bool is_reflected(struct ipvsdummy_guard *guard, int vrf,
			 const struct ipvsdummy_frame *frame)
{
	struct ipvsdummy_wire *wire = &guard->wire;
	struct ipvsdummy_question *question;
	bool reflected = false;

	if (!frame->has_nonce)
		return false;
	spin_lock_bh(&wire->lock);
	question = ipvsdummy_probe_find(guard, vrf, AF_INET6, &frame->addr);
	if (question)
		reflected = !memcmp(question->nonce, frame->nonce,
				    sizeof(frame->nonce));
	spin_unlock_bh(&wire->lock);
	return reflected;
}

/* An ARP probe is a question, and a claim only while this host asks, too */
static bool is_claim(struct ipvsdummy_guard *guard, int vrf, u8 family,
		     const struct ipvsdummy_frame *frame)
{
	struct ipvsdummy_wire *wire = &guard->wire;
	bool asked;

	if (frame->claim != IPVSDUMMY_CLAIM_PROBE)
		return true;
	if (family == AF_INET6)
		return !is_reflected(guard, vrf, frame);
	spin_lock_bh(&wire->lock);
	asked = ipvsdummy_probe_find(guard, vrf, family, &frame->addr);
	spin_unlock_bh(&wire->lock);
	return asked;
}

static void see(struct ipvsdummy_guard *guard, struct net_device *dev,
		u8 family, const struct ipvsdummy_frame *frame, bool contests)
{
	struct ipvsdummy_owner owner = {
		.ifindex = dev->ifindex,
		.vlan = is_vlan_dev(dev) ? vlan_dev_vlan_id(dev) : 0,
		.evidence = family == AF_INET ? IPVSDUMMY_EVIDENCE_ARP :
						IPVSDUMMY_EVIDENCE_ND,
		.claim = frame->claim,
	};
	struct ipvsdummy_wire *wire = &guard->wire;
	int vrf = l3mdev_master_ifindex_rcu(dev);
	bool local;

	atomic64_inc(&wire->frames);
	if (frame->kind == IPVSDUMMY_FRAME_MALFORMED)
		atomic64_inc(&wire->malformed);
	if (frame->kind != IPVSDUMMY_FRAME_CLAIM ||
	    ipvsdummy_lladdr_is_own(guard, frame->lladdr) ||
	    !(contests || is_claim(guard, vrf, family, frame)))
		return;

	local = ipvsdummy_is_local(dev, family, &frame->addr);
	if (local)
		atomic64_inc(&wire->n_claims);
	ether_addr_copy(owner.lladdr, frame->lladdr);
	ipvsdummy_wire_note(guard, vrf, family, &frame->addr, &owner, local);
}

static unsigned int arp_in(void *priv, struct sk_buff *skb,
			   const struct nf_hook_state *state)
{
	struct net_device *dev = state->in;
	struct ipvsdummy_guard *guard;
	struct ipvsdummy_frame frame;
	bool probed, silenced;

	guard = rcu_dereference(ipvsdummy_net(state->net)->guard);
	if (!guard || dev->type != ARPHRD_ETHER || !skb_mac_header_was_set(skb))
		return NF_ACCEPT;
	ipvsdummy_frame_arp(&frame, eth_hdr(skb)->h_source,
			    skb_network_header(skb), skb_headlen(skb));
	probed = frame.claim == IPVSDUMMY_CLAIM_PROBE;
	silenced = frame.request &&
		   is_silenced(guard, dev, frame.target.ip, probed);
	/* Answering would make a booting owner give its address up */
	if (ipvsdummy_is_watched(guard, dev))
		see(guard, dev, AF_INET, &frame, silenced && probed);
	return silenced ? NF_DROP : NF_ACCEPT;
}

/* The sender of a request is whatever address the packet has that waits for the
 * answer: of a silenced one, ask from one of the interface's.
 */
static unsigned int arp_out(void *priv, struct sk_buff *skb,
			    const struct nf_hook_state *state)
{
	struct net_device *dev = state->out;
	struct ipvsdummy_guard *guard;
	__be32 sender, target, own;
	unsigned int at;

	guard = rcu_dereference(ipvsdummy_net(state->net)->guard);
	if (!guard || list_empty(&guard->quiet_links) ||
	    dev->type != ARPHRD_ETHER || dev->addr_len != ETH_ALEN)
		return NF_ACCEPT;
	at = skb_network_offset(skb) + sizeof(struct arphdr) + ETH_ALEN;
	if (skb_copy_bits(skb, at, &sender, sizeof(sender)) ||
	    skb_copy_bits(skb, at + sizeof(sender) + ETH_ALEN, &target,
			  sizeof(target)) ||
	    !sender || !is_silenced(guard, dev, sender, false))
		return NF_ACCEPT;

	if (arp_hdr(skb)->ar_op != htons(ARPOP_REQUEST))
		return NF_DROP;
	own = inet_select_addr(dev, target, RT_SCOPE_LINK);
	if (!own || is_silenced(guard, dev, own, false) ||
	    skb_ensure_writable(skb, at + sizeof(own)) ||
	    skb_store_bits(skb, at, &own, sizeof(own)))
		return NF_DROP;
	return NF_ACCEPT;
}

static unsigned int nd_in(void *priv, struct sk_buff *skb,
			  const struct nf_hook_state *state)
{
	const struct ipv6hdr *ip = ipv6_hdr(skb);
	struct net_device *dev = state->in;
	const struct icmp6hdr *icmp;
	struct ipvsdummy_guard *guard;
	struct ipvsdummy_frame frame;

	if (ip->nexthdr != IPPROTO_ICMPV6 ||
	    !pskb_may_pull(skb, skb_transport_offset(skb) + sizeof(*icmp)))
		return NF_ACCEPT;
	icmp = icmp6_hdr(skb);
	if (icmp->icmp6_type != NDISC_NEIGHBOUR_ADVERTISEMENT &&
	    icmp->icmp6_type != NDISC_NEIGHBOUR_SOLICITATION)
		return NF_ACCEPT;
	guard = rcu_dereference(ipvsdummy_net(state->net)->guard);
	if (!guard || dev->type != ARPHRD_ETHER ||
	    !skb_mac_header_was_set(skb) || !ipvsdummy_is_watched(guard, dev) ||
	    skb_linearize(skb) || nf_ip6_checksum(skb, NF_INET_LOCAL_IN,
						  skb_transport_offset(skb),
						  IPPROTO_ICMPV6))
		return NF_ACCEPT;
	ip = ipv6_hdr(skb);
	ipvsdummy_frame_nd(&frame, eth_hdr(skb)->h_source, &ip->saddr,
			   ip->hop_limit, skb_transport_header(skb),
			   skb_tail_pointer(skb) - skb_transport_header(skb));
	see(guard, dev, AF_INET6, &frame, false);
	return NF_ACCEPT;
}

static const struct nf_hook_ops arp_hooks[] = {
	{
		.hook = arp_in,
		.pf = NFPROTO_ARP,
		.hooknum = NF_ARP_IN,
		.priority = INT_MIN,
	},
	{
		.hook = arp_out,
		.pf = NFPROTO_ARP,
		.hooknum = NF_ARP_OUT,
		.priority = INT_MAX,
	},
};

static const struct nf_hook_ops nd_hook = {
	.hook = nd_in,
	.pf = NFPROTO_IPV6,
	.hooknum = NF_INET_LOCAL_IN,
	.priority = NF_IP6_PRI_FIRST,
};

static int make_tables(struct ipvsdummy_guard *guard)
{
	unsigned int max = ipvsdummy_net(guard->net)->sightings_max;
	struct ipvsdummy_wire *wire = &guard->wire;
	u32 seed = get_random_u32();

	wire->question = kvcalloc(IPVSDUMMY_QUESTIONS_MAX,
				  sizeof(*wire->question), GFP_KERNEL_ACCOUNT);
	if (!wire->question ||
	    ipvsdummy_sightings_init(&wire->seen, max, seed) ||
	    ipvsdummy_sightings_init(&wire->claims, IPVSDUMMY_CLAIMS_MAX,
				     seed) ||
	    ipvsdummy_sightings_init(&wire->answers, IPVSDUMMY_ANSWERS_MAX,
				     seed))
		return -ENOMEM;
	return 0;
}

/**
 * ipvsdummy_wire_start - look at what passes by
 * @guard: the guard, not published yet
 *
 * Context: RTNL; may sleep.
 * Return: 0 or a negative errno; ipvsdummy_wire_destroy() has to follow in any
 * case, and ipvsdummy_wire_stop() before it after 0.
 */
int ipvsdummy_wire_start(struct ipvsdummy_guard *guard)
{
	struct ipvsdummy_wire *wire = &guard->wire;
	int err;

	spin_lock_init(&wire->lock);
	hash_init(wire->questions);
	INIT_DELAYED_WORK(&wire->work, ipvsdummy_neigh_work);
	INIT_DELAYED_WORK(&wire->probe_work, ipvsdummy_probe_work);
	err = make_tables(guard);
	if (err)
		return err;
	err = nf_register_net_hooks(guard->net, arp_hooks,
				    ARRAY_SIZE(arp_hooks));
	if (err || !ipv6_mod_enabled())
		return err;
	err = nf_register_net_hook(guard->net, &nd_hook);
	if (err)
		nf_unregister_net_hooks(guard->net, arp_hooks,
					ARRAY_SIZE(arp_hooks));
	return err;
}

/**
 * ipvsdummy_wire_stop - look no more
 * @guard: the guard
 *
 * Context: RTNL; may sleep.
 */
void ipvsdummy_wire_stop(struct ipvsdummy_guard *guard)
{
	if (ipv6_mod_enabled())
		nf_unregister_net_hook(guard->net, &nd_hook);
	nf_unregister_net_hooks(guard->net, arp_hooks, ARRAY_SIZE(arp_hooks));
}

/**
 * ipvsdummy_wire_cancel - wait for works that run, and forget those that are queued
 * @guard: the guard
 *
 * Context: may sleep; without RTNL.
 */
void ipvsdummy_wire_cancel(struct ipvsdummy_guard *guard)
{
	cancel_delayed_work_sync(&guard->wire.work);
	cancel_delayed_work_sync(&guard->wire.probe_work);
}

/**
 * ipvsdummy_wire_destroy - free what was known
 * @guard: the guard, seen by nobody any more, and without works
 */
void ipvsdummy_wire_destroy(struct ipvsdummy_guard *guard)
{
	struct ipvsdummy_wire *wire = &guard->wire;

	ipvsdummy_sightings_destroy(&wire->seen);
	ipvsdummy_sightings_destroy(&wire->claims);
	ipvsdummy_sightings_destroy(&wire->answers);
	kvfree(wire->question);
}

/**
 * ipvsdummy_wire_resize - remember more or fewer addresses of others
 * @net: the netns
 * @sightings_max: how many; what does not fit any more is forgotten
 *
 * Context: RTNL; may sleep.
 * Return: 0 or -ENOMEM.
 */
int ipvsdummy_wire_resize(struct net *net, unsigned int sightings_max)
{
	struct ipvsdummy_guard *guard = ipvsdummy_guard(net);
	struct ipvsdummy_sightings table, old;
	struct ipvsdummy_sighting *place;
	struct ipvsdummy_wire *wire;
	unsigned int i;
	int err;

	ASSERT_RTNL();
	if (!guard)
		goto out;
	wire = &guard->wire;
	err = ipvsdummy_sightings_init(&table, sightings_max,
				       wire->seen.seed);
	if (err)
		return err;
	spin_lock_bh(&wire->lock);
	old = wire->seen;
	for (i = 0; i < old.size; i++) {
		if (!old.place[i].family)
			continue;
		place = ipvsdummy_sightings_place(&table, old.place[i].vrf,
						  old.place[i].family,
						  &old.place[i].addr,
						  old.place[i].seen);
		if (place)
			*place = old.place[i];
	}
	table.evicted += old.evicted;
	wire->seen = table;
	spin_unlock_bh(&wire->lock);
	ipvsdummy_sightings_destroy(&old);
out:
	ipvsdummy_net(net)->sightings_max = sightings_max;
	return 0;
}

/**
 * ipvsdummy_wire_set_quiet - a link's arp-reply may be another one now, or the
 * link goes
 * @link: with a guard
 * @arp_reply: enum ipvsdummy_arp_reply
 *
 * Context: RTNL; may sleep.
 */
void ipvsdummy_wire_set_quiet(struct ipvsdummy_link *link, u8 arp_reply)
{
	struct ipvsdummy_guard *guard = link->guard;
	bool quiet = arp_reply != IPVSDUMMY_ARP_REPLY_NORMAL;

	ASSERT_RTNL();
	if (quiet && !link->quiet) {
		list_add_tail_rcu(&link->quiet_node, &guard->quiet_links);
	} else if (!quiet && link->quiet) {
		list_del_rcu(&link->quiet_node);
		/* It may get into another netns' list */
		synchronize_net();
	}
	link->quiet = quiet;
}
