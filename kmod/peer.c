// SPDX-License-Identifier: GPL-2.0
/* Peers: stations that may hold the same VIPs. What is told of a station is its
 * link-layer address, or where its own address lies; then the one follows from
 * the other, as the neighbour tables, the wire or an answer of its own tell.
 */
#include <linux/etherdevice.h>
#include <linux/mm.h>
#include <linux/rtnetlink.h>
#include <linux/slab.h>

#include "ipvsdummy.h"

/* Of a prefix with more addresses only those that were seen are known */
#define ADDRESSES_MAX	64
#define ASKED_MAX	256		/* of all peers together */
#define ANSWER_WAIT	(HZ / 2)

/**
 * ipvsdummy_peers_change - have other peers
 * @net: the netns
 * @peers: from kvcalloc(), now the netns'; NULL if there are none
 * @n: their number
 *
 * All claims are judged again.
 *
 * Context: RTNL; may sleep.
 */
void ipvsdummy_peers_change(struct net *net, struct ipvsdummy_peer *peers,
			    unsigned int n)
{
	struct ipvsdummy_net *pn = ipvsdummy_net(net);
	struct ipvsdummy_guard *guard = ipvsdummy_guard(net);

	ASSERT_RTNL();
	kvfree(pn->peers);
	pn->peers = peers;
	pn->n_peers = n;
	if (!guard)
		return;
	ipvsdummy_neigh_raise_all(guard);
	ipvsdummy_guard_rescan(guard);
}

static bool in_peer(const struct ipvsdummy_peer *peer, u8 family,
		    const union nf_inet_addr *addr)
{
	union nf_inet_addr net;

	if (peer->family != family)
		return false;
	ipvsdummy_mask_addr(&net, addr, family, peer->plen);
	return ipvsdummy_addr_equal(family, &net, &peer->prefix);
}

/* How many addresses, 0 if they are too many to ask for each */
static unsigned int addresses_of(const struct ipvsdummy_peer *peer)
{
	unsigned int bits = ipvsdummy_max_plen(peer->family) - peer->plen;

	return bits <= ilog2(ADDRESSES_MAX) ? 1 << bits : 0;
}

static void nth_address(union nf_inet_addr *addr,
			const struct ipvsdummy_peer *peer, unsigned int n)
{
	*addr = peer->prefix;
	if (peer->family == AF_INET)
		addr->ip |= htonl(n);
	else
		addr->in6.s6_addr32[3] |= htonl(n);
}

static bool in_any_peer(const struct ipvsdummy_net *pn, u8 family,
			const union nf_inet_addr *addr)
{
	unsigned int i;

	for (i = 0; i < pn->n_peers; i++)
		if (in_peer(&pn->peers[i], family, addr))
			return true;
	return false;
}

/* Was the station seen with an address of a peer's, but for @claimed? */
static bool seen_in_peer(const struct ipvsdummy_net *pn,
			 const struct ipvsdummy_sightings *table, int vrf,
			 const u8 *lladdr, u8 family,
			 const union nf_inet_addr *claimed)
{
	const struct ipvsdummy_sighting *place = table->place;
	unsigned int i;

	for (i = 0; i < table->size; i++, place++)
		if (place->family == family && place->vrf == vrf &&
		    ether_addr_equal(place->owner.lladdr, lladdr) &&
		    place->owner.evidence &&
		    !ipvsdummy_addr_equal(family, &place->addr, claimed) &&
		    in_any_peer(pn, family, &place->addr))
			return true;
	return false;
}

static bool is_neighbour_in_peer(struct ipvsdummy_guard *guard, int ifindex,
				 const u8 *lladdr,
				 const struct ipvsdummy_peer *peer,
				 const union nf_inet_addr *claimed)
{
	const struct net_device *dev = __dev_get_by_index(guard->net, ifindex);
	struct ipvsdummy_owner owner;
	union nf_inet_addr addr;
	unsigned long confirmed;
	unsigned int i;

	for (i = 0; dev && i < addresses_of(peer); i++) {
		nth_address(&addr, peer, i);
		if (!ipvsdummy_addr_equal(peer->family, &addr, claimed) &&
		    ipvsdummy_neigh_lookup(dev, peer->family, &addr, &owner,
					   &confirmed) &&
		    ether_addr_equal(owner.lladdr, lladdr))
			return true;
	}
	return false;
}

/**
 * ipvsdummy_peer_is - is a station a peer?
 * @guard: the guard
 * @vrf: ifindex of the L3 master of the interface, 0 if none
 * @ifindex: interface that it was seen on
 * @lladdr: its link-layer address
 * @family: of @claimed
 * @claimed: an address that it claims, which does not make it one
 *
 * Context: RTNL; does not sleep, as the chain that tells of IPv6 addresses is atomic.
 * Return: whether it is known to be.
 */
bool ipvsdummy_peer_is(struct ipvsdummy_guard *guard, int vrf, int ifindex,
		       const u8 *lladdr, u8 family,
		       const union nf_inet_addr *claimed)
{
	const struct ipvsdummy_net *pn = ipvsdummy_net(guard->net);
	struct ipvsdummy_wire *wire = &guard->wire;
	const struct ipvsdummy_peer *peer;
	bool by_address = false, found;

	ASSERT_RTNL();
	for (peer = pn->peers; peer < pn->peers + pn->n_peers; peer++) {
		if (!peer->family && ether_addr_equal(peer->lladdr, lladdr))
			return true;
		by_address |= peer->family == family;
	}
	if (!by_address)
		return false;

	spin_lock_bh(&wire->lock);
	found = seen_in_peer(pn, &wire->answers, vrf, lladdr, family,
			     claimed) ||
		seen_in_peer(pn, &wire->seen, vrf, lladdr, family, claimed);
	spin_unlock_bh(&wire->lock);
	for (peer = pn->peers; peer < pn->peers + pn->n_peers && !found;
	     peer++)
		found = peer->family == family &&
			is_neighbour_in_peer(guard, ifindex, lladdr, peer,
					     claimed);
	return found;
}

/**
 * ipvsdummy_peers_wait - how long it may take until the peers have answered
 * @guard: the guard
 * @family: AF_INET or AF_INET6
 *
 * Context: RTNL.
 * Return: in jiffies; 0 if there is none to be asked.
 */
unsigned long ipvsdummy_peers_wait(struct ipvsdummy_guard *guard, u8 family)
{
	const struct ipvsdummy_net *pn = ipvsdummy_net(guard->net);
	const struct ipvsdummy_peer *peer;
	unsigned int n = 0;

	ASSERT_RTNL();
	for (peer = pn->peers; peer < pn->peers + pn->n_peers; peer++)
		if (peer->family == family)
			n += addresses_of(peer);
	n = min_t(unsigned int, n, ASKED_MAX);
	return n ? ANSWER_WAIT + n * HZ / IPVSDUMMY_PROBES_PER_SEC : 0;
}

/**
 * ipvsdummy_peers_ask - ask the peers for their link-layer addresses
 * @guard: the guard
 * @vrf: ifindex of the L3 master of the interface, 0 if none
 * @ifindex: interface to ask on
 * @family: AF_INET or AF_INET6
 *
 * Context: RTNL.
 */
void ipvsdummy_peers_ask(struct ipvsdummy_guard *guard, int vrf, int ifindex,
			 u8 family)
{
	const struct ipvsdummy_net *pn = ipvsdummy_net(guard->net);
	const struct ipvsdummy_peer *peer;
	unsigned int i, left = ASKED_MAX;
	union nf_inet_addr addr;

	ASSERT_RTNL();
	for (peer = pn->peers; peer < pn->peers + pn->n_peers; peer++) {
		if (peer->family != family)
			continue;
		for (i = 0; i < addresses_of(peer) && left; i++, left--) {
			nth_address(&addr, peer, i);
			ipvsdummy_probe_ask(guard, vrf, ifindex, family, &addr,
					    NULL, true);
		}
	}
}
