// SPDX-License-Identifier: GPL-2.0
/* Questions on the wire: who has this address? Probes as RFC 5227 and RFC 4862
 * have them, which no neighbour table takes notice of, to everybody or to one
 * station. However many questions there are, so many probes a second.
 */
#include <linux/etherdevice.h>
#include <linux/icmpv6.h>
#include <linux/jhash.h>
#include <linux/random.h>
#include <linux/rtnetlink.h>
#include <net/addrconf.h>
#include <net/arp.h>
#include <net/if_inet6.h>
#include <net/ip6_checksum.h>
#include <net/ndisc.h>

#include "ipvsdummy.h"

/* RFC 5227, 1.1 */
#define PROBE_WAIT	HZ
#define PROBE_NUM	3
#define PROBE_MIN	HZ
#define PROBE_MAX	(2 * HZ)
#define ANNOUNCE_WAIT	(2 * HZ)

#define PACE		(HZ / 8)	/* so often */
#define BURST		(IPVSDUMMY_PROBES_PER_SEC / 8) /* so many probes are sent */
#define POSTPONE_MAX	30		/* seconds without a carrier */

enum question_state {
	ASKING,
	ANSWERED,	/* to be looked into */
	SILENT,		/* the same */
};

static unsigned long random_below(unsigned long limit)
{
	return reciprocal_scale(get_random_u32(), limit);
}

static u32 hash_of(int vrf, u8 family, const union nf_inet_addr *addr)
{
	return jhash2(addr->all, family == AF_INET ? 1 : ARRAY_SIZE(addr->all),
		      vrf);
}

/**
 * ipvsdummy_probe_find - is somebody asked for an address?
 * @guard: the guard
 * @vrf: ifindex of the L3 master of the interface, 0 if none
 * @family: AF_INET or AF_INET6
 * @addr: the address
 *
 * Context: the wire's lock.
 * Return: the question, NULL if there is none.
 */
struct ipvsdummy_question *
ipvsdummy_probe_find(struct ipvsdummy_guard *guard, int vrf, u8 family,
		     const union nf_inet_addr *addr)
{
	struct ipvsdummy_wire *wire = &guard->wire;
	struct ipvsdummy_question *question;

	lockdep_assert_held(&wire->lock);
	if (!wire->n_questions)
		return NULL;
	hash_for_each_possible(wire->questions, question, node,
			       hash_of(vrf, family, addr))
		if (question->vrf == vrf && question->family == family &&
		    ipvsdummy_addr_equal(family, &question->addr, addr))
			return question;
	return NULL;
}

static struct ipvsdummy_question *free_place(struct ipvsdummy_wire *wire)
{
	unsigned int i;

	if (wire->n_questions == IPVSDUMMY_QUESTIONS_MAX)
		return NULL;
	for (i = 0; wire->question[i].family; i++)
		;
	return &wire->question[i];
}

static void forget(struct ipvsdummy_wire *wire,
		   struct ipvsdummy_question *question)
{
	hash_del(&question->node);
	question->family = 0;
	wire->n_questions--;
}

/**
 * ipvsdummy_probe_ask - ask who has an address
 * @guard: the guard
 * @vrf: ifindex of the L3 master of @ifindex, 0 if none
 * @ifindex: interface to ask on
 * @family: AF_INET or AF_INET6
 * @addr: the address
 * @lladdr: whom to ask, NULL for everybody
 * @at_once: without the random delay that keeps many hosts apart
 *
 * The answer, or the silence, gets into the wire's answers, and the address is
 * judged again.
 *
 * Context: any, under RTNL or RCU.
 * Return: whether the address is being asked for, by this question or an earlier
 * one; false if there are too many questions.
 */
bool ipvsdummy_probe_ask(struct ipvsdummy_guard *guard, int vrf, int ifindex,
			 u8 family, const union nf_inet_addr *addr,
			 const u8 *lladdr, bool at_once)
{
	struct ipvsdummy_wire *wire = &guard->wire;
	struct ipvsdummy_question *question;

	spin_lock_bh(&wire->lock);
	question = ipvsdummy_probe_find(guard, vrf, family, addr);
	if (question)
		goto unlock;
	question = free_place(wire);
	if (!question)
		goto unlock;
	*question = (struct ipvsdummy_question) {
		.addr = *addr,
		.next = jiffies,
		.vrf = vrf,
		.ifindex = ifindex,
		.family = family,
	};
	if (lladdr)
		ether_addr_copy(question->lladdr, lladdr);
	else if (!at_once)
		question->next += random_below(PROBE_WAIT);
	get_random_bytes(question->nonce, sizeof(question->nonce));
	hash_add(wire->questions, &question->node, hash_of(vrf, family, addr));
	wire->n_questions++;
	queue_delayed_work(ipvsdummy_wq, &wire->probe_work, 0);
unlock:
	spin_unlock_bh(&wire->lock);
	return question;
}

/**
 * ipvsdummy_probe_answered - somebody answered
 * @guard: the guard
 * @question: the question
 * @owner: who
 *
 * Context: the wire's lock.
 */
void ipvsdummy_probe_answered(struct ipvsdummy_guard *guard,
			      struct ipvsdummy_question *question,
			      const struct ipvsdummy_owner *owner)
{
	unsigned int i;

	lockdep_assert_held(&guard->wire.lock);
	for (i = 0; i < question->n_owners; i++)
		if (ether_addr_equal(question->owner[i].lladdr, owner->lladdr))
			return;
	/* What peers have answered counts for nothing */
	if (i == IPVSDUMMY_OWNERS_MAX) {
		if (!question->peers)
			return;
		i = __ffs(question->peers);
		question->peers &= ~BIT(i);
	} else {
		question->n_owners++;
	}
	question->owner[i] = *owner;
	question->state = ANSWERED;
	mod_delayed_work(ipvsdummy_wq, &guard->wire.work, 0);
}

/* RFC 4861, 4.3 and RFC 3971, 5.3 */
struct dad_solicitation {
	struct ipv6hdr ip;
	struct icmp6hdr icmp;
	struct in6_addr target;
	u8 option_type;
	u8 option_units;
	u8 nonce[IPVSDUMMY_NONCE_LEN];
} __packed;

static void send_solicitation(struct net_device *dev,
			      const struct ipvsdummy_question *question)
{
	const size_t nd_len = sizeof(struct dad_solicitation) -
			      sizeof(struct ipv6hdr);
	struct dad_solicitation *packet;
	u8 lladdr[ETH_ALEN];
	struct sk_buff *skb;

	skb = alloc_skb(LL_RESERVED_SPACE(dev) + sizeof(*packet) +
			dev->needed_tailroom, GFP_ATOMIC);
	if (!skb)
		return;
	skb_reserve(skb, LL_RESERVED_SPACE(dev));
	skb_reset_network_header(skb);
	packet = skb_put_zero(skb, sizeof(*packet));
	skb->dev = dev;
	skb->protocol = htons(ETH_P_IPV6);

	ip6_flow_hdr(&packet->ip, 0, 0);
	packet->ip.payload_len = htons(nd_len);
	packet->ip.nexthdr = IPPROTO_ICMPV6;
	packet->ip.hop_limit = 255;
	addrconf_addr_solict_mult(&question->addr.in6, &packet->ip.daddr);
	packet->icmp.icmp6_type = NDISC_NEIGHBOUR_SOLICITATION;
	packet->target = question->addr.in6;
	packet->option_type = ND_OPT_NONCE;
	packet->option_units = 1;
	memcpy(packet->nonce, question->nonce, sizeof(packet->nonce));
	packet->icmp.icmp6_cksum =
		csum_ipv6_magic(&packet->ip.saddr, &packet->ip.daddr, nd_len,
				IPPROTO_ICMPV6,
				csum_partial(&packet->icmp, nd_len, 0));

	if (is_zero_ether_addr(question->lladdr))
		ipv6_eth_mc_map(&packet->ip.daddr, lladdr);
	else
		ether_addr_copy(lladdr, question->lladdr);
	if (dev_hard_header(skb, dev, ETH_P_IPV6, lladdr, dev->dev_addr,
			    skb->len) < 0)
		kfree_skb(skb);
	else
		dev_queue_xmit(skb);
}

/* Return: whether it was sent where somebody may hear it */
static bool send_probe(struct ipvsdummy_guard *guard,
		       const struct ipvsdummy_question *question)
{
	const u8 *lladdr = question->lladdr;
	struct net_device *dev;
	bool sent = false;

	rcu_read_lock();
	dev = dev_get_by_index_rcu(guard->net, question->ifindex);
	if (dev && dev->type == ARPHRD_ETHER && !(dev->flags & IFF_NOARP) &&
	    netif_running(dev) && netif_carrier_ok(dev)) {
		if (is_zero_ether_addr(lladdr))
			lladdr = NULL;
		if (question->family == AF_INET)
			arp_send(ARPOP_REQUEST, ETH_P_ARP, question->addr.ip,
				 dev, 0, lladdr, dev->dev_addr, NULL);
		else
			send_solicitation(dev, question);
		atomic64_inc(&guard->wire.probes);
		sent = true;
	}
	rcu_read_unlock();
	return sent;
}

/* He who does not answer may have another interface now: ask everybody, too */
static unsigned int probes_of(const struct ipvsdummy_question *question)
{
	return is_zero_ether_addr(question->lladdr) ? PROBE_NUM : PROBE_NUM + 1;
}

static unsigned long after_probe(unsigned int sent)
{
	if (sent >= PROBE_NUM)
		return ANNOUNCE_WAIT;
	return PROBE_MIN + random_below(PROBE_MAX - PROBE_MIN);
}

/* One question's turn; the wire's lock is held, and let go to send */
static void take_turn(struct ipvsdummy_guard *guard,
		      struct ipvsdummy_question *question)
{
	struct ipvsdummy_wire *wire = &guard->wire;
	struct ipvsdummy_question copy = *question;
	bool sent;

	if (copy.sent == PROBE_NUM)
		eth_zero_addr(copy.lladdr);
	if (question->sent == probes_of(question)) {
		question->state = SILENT;
		mod_delayed_work(ipvsdummy_wq, &wire->work, 0);
		return;
	}
	/* Nobody else counts, and the place stays its own until concluded */
	question->sent++;
	question->next = jiffies + after_probe(question->sent);
	spin_unlock_bh(&wire->lock);
	sent = send_probe(guard, &copy);
	spin_lock_bh(&wire->lock);
	if (sent || !question->family)
		return;
	/* Nobody can hear it: silence would mean nothing */
	question->sent--;
	question->next = jiffies + HZ;
	if (++question->postponed > POSTPONE_MAX && question->state == ASKING) {
		forget(wire, question);
		set_bit(IPVSDUMMY_GUARD_UNHEARD, &guard->flags);
	}
}

/**
 * ipvsdummy_probe_work - send the probes that are due
 * @work: the wire's probe work
 *
 * Context: may sleep; takes no RTNL.
 */
void ipvsdummy_probe_work(struct work_struct *work)
{
	struct ipvsdummy_guard *guard =
		container_of(to_delayed_work(work), struct ipvsdummy_guard,
			     wire.probe_work);
	struct ipvsdummy_wire *wire = &guard->wire;
	struct ipvsdummy_question *question;
	unsigned int i, turns = 0;
	bool asking = false;

	if (!READ_ONCE(guard->n_links))
		return;
	spin_lock_bh(&wire->lock);
	for (i = 0; i < IPVSDUMMY_QUESTIONS_MAX; i++) {
		question = &wire->question[i];
		if (!question->family || question->state != ASKING)
			continue;
		asking = true;
		if (turns == BURST)
			break;
		if (time_after(question->next, jiffies))
			continue;
		take_turn(guard, question);
		turns++;
	}
	if (asking)
		queue_delayed_work(ipvsdummy_wq, &wire->probe_work, PACE);
	spin_unlock_bh(&wire->lock);
}

/* Remember what came of a question, NULL for silence; the wire's lock is held */
static void remember(struct ipvsdummy_wire *wire,
		     const struct ipvsdummy_question *question,
		     const struct ipvsdummy_owner *owner)
{
	struct ipvsdummy_sighting *answer;

	answer = ipvsdummy_sightings_place(&wire->answers, question->vrf,
					   question->family, &question->addr,
					   jiffies);
	if (!answer)
		return;
	answer->seen = jiffies;
	memset(&answer->owner, 0, sizeof(answer->owner));
	if (owner)
		answer->owner = *owner;
	else
		ether_addr_copy(answer->owner.lladdr, question->lladdr);
}

/* Return: who of those that answered is neither a peer nor this host; NULL if nobody
 * is
 */
static const struct ipvsdummy_owner *
find_owner(struct ipvsdummy_guard *guard,
	   const struct ipvsdummy_question *question)
{
	const struct ipvsdummy_owner *owner = question->owner;
	const struct ipvsdummy_owner *end = owner + question->n_owners;

	for (; owner < end; owner++)
		if (!ipvsdummy_lladdr_is_own(guard, owner->lladdr) &&
		    !ipvsdummy_peer_is(guard, question->vrf, owner->ifindex,
				       owner->lladdr, question->family,
				       &question->addr))
			return owner;
	return NULL;
}

/* All in @asked were peers or this host. Go on asking, unless somebody else has
 * answered meanwhile; the wire's lock is held.
 */
static void go_on(struct ipvsdummy_wire *wire,
		  struct ipvsdummy_question *question,
		  const struct ipvsdummy_question *asked)
{
	unsigned int i;

	for (i = 0; i < asked->n_owners; i++)
		if (ether_addr_equal(question->owner[i].lladdr,
				     asked->owner[i].lladdr))
			question->peers |= BIT(i);
	if (question->peers != BIT(question->n_owners) - 1)
		return;
	question->state = ASKING;
	queue_delayed_work(ipvsdummy_wq, &wire->probe_work, PACE);
}

/**
 * ipvsdummy_probe_conclude - draw the conclusions of questions
 * @guard: the guard
 *
 * Context: RTNL; may sleep.
 */
void ipvsdummy_probe_conclude(struct ipvsdummy_guard *guard)
{
	struct ipvsdummy_wire *wire = &guard->wire;
	struct ipvsdummy_question *question, copy;
	const struct ipvsdummy_owner *owner;
	unsigned int i;

	ASSERT_RTNL();
	if (!READ_ONCE(wire->n_questions))
		return;
	for (i = 0; i < IPVSDUMMY_QUESTIONS_MAX; i++) {
		question = &wire->question[i];
		if (!READ_ONCE(question->family) ||
		    READ_ONCE(question->state) == ASKING)
			continue;
		spin_lock_bh(&wire->lock);
		copy = *question;
		spin_unlock_bh(&wire->lock);

		owner = find_owner(guard, &copy);
		spin_lock_bh(&wire->lock);
		if (!owner && copy.state == ANSWERED) {
			go_on(wire, question, &copy);
			spin_unlock_bh(&wire->lock);
			continue;
		}
		remember(wire, &copy, owner);
		forget(wire, question);
		spin_unlock_bh(&wire->lock);
		ipvsdummy_guard_rejudge(guard, copy.family, &copy.addr, owner);
	}
}
