// SPDX-License-Identifier: GPL-2.0
/* The index: addresses and prefixes -> watched interface.
 *
 * Two hash tables: one by address, for "who has it", one by (prefix, length),
 * asked once for every length in use, the longest first, for "whose prefix is
 * it in". Pure: knows no device and no lock.
 */
#include <linux/inetdevice.h>
#include <linux/jhash.h>
#include <linux/mm.h>
#include <linux/slab.h>
#include <net/ipv6.h>

#include "prefix.h"

#define INDEX_MIN_BUCKETS	16

static unsigned int family_slot(u8 family)
{
	return family == AF_INET ? 0 : 1;
}

/**
 * ipvsdummy_addr_cmp - order two addresses of one family
 * @family: AF_INET or AF_INET6
 * @a: an address
 * @b: another one
 *
 * Return: as memcmp(), in network byte order.
 */
int ipvsdummy_addr_cmp(u8 family, const union nf_inet_addr *a,
		       const union nf_inet_addr *b)
{
	return memcmp(a, b, family == AF_INET ? sizeof(a->ip) : sizeof(a->in6));
}

/**
 * ipvsdummy_addr_equal - compare two addresses of one family
 * @family: AF_INET or AF_INET6
 * @a: an address
 * @b: another one
 *
 * Return: whether they are the same.
 */
bool ipvsdummy_addr_equal(u8 family, const union nf_inet_addr *a,
			  const union nf_inet_addr *b)
{
	return family == AF_INET ? a->ip == b->ip :
				   ipv6_addr_equal(&a->in6, &b->in6);
}

static void mask_addr(union nf_inet_addr *net, const union nf_inet_addr *addr,
		      u8 family, u8 plen)
{
	memset(net, 0, sizeof(*net));
	if (family == AF_INET)
		net->ip = addr->ip & inet_make_mask(plen);
	else
		ipv6_addr_prefix(&net->in6, &addr->in6, plen);
}

static bool inside(u8 family, const union nf_inet_addr *addr,
		   const union nf_inet_addr *net, u8 plen)
{
	if (family == AF_INET)
		return !((addr->ip ^ net->ip) & inet_make_mask(plen));
	return ipv6_prefix_equal(&addr->in6, &net->in6, plen);
}

static u32 bucket(const struct ipvsdummy_index *index, int vrf, u8 family,
		  const union nf_inet_addr *addr, u8 plen)
{
	u32 hash = jhash_2words(vrf, plen, index->seed);

	if (family == AF_INET)
		hash = jhash_1word((__force u32)addr->ip, hash);
	else
		hash = jhash2(addr->all, ARRAY_SIZE(addr->all), hash);
	return hash & (index->buckets - 1);
}

static struct hlist_head *
host_bucket(const struct ipvsdummy_index *index, int vrf, u8 family,
	    const union nf_inet_addr *addr)
{
	return &index->hosts[bucket(index, vrf, family, addr, 255)];
}

static struct hlist_head *
prefix_bucket(const struct ipvsdummy_index *index, int vrf, u8 family,
	      const union nf_inet_addr *net, u8 plen)
{
	return &index->prefixes[bucket(index, vrf, family, net, plen)];
}

/**
 * ipvsdummy_index_init - make an empty index
 * @index: zeroed
 * @seed: random
 *
 * Context: may sleep.
 * Return: 0 or -ENOMEM.
 */
int ipvsdummy_index_init(struct ipvsdummy_index *index, u32 seed)
{
	INIT_LIST_HEAD(&index->gone);
	index->seed = seed;
	index->buckets = INDEX_MIN_BUCKETS;
	index->hosts = kvcalloc(2 * INDEX_MIN_BUCKETS, sizeof(*index->hosts),
				GFP_KERNEL_ACCOUNT);
	if (!index->hosts)
		return -ENOMEM;
	index->prefixes = index->hosts + INDEX_MIN_BUCKETS;
	return 0;
}

static void put_prefix(struct ipvsdummy_index *index,
		       struct ipvsdummy_watched_prefix *prefix)
{
	unsigned int slot = family_slot(prefix->family);

	if (--prefix->refs)
		return;
	if (!--index->plen_count[slot][prefix->plen])
		__clear_bit(prefix->plen, index->plens[slot]);
	hlist_del(&prefix->node);
	kfree(prefix);
}

static void forget(struct ipvsdummy_index *index,
		   struct ipvsdummy_watched_addr *addr)
{
	hlist_del(&addr->node);
	list_del(&addr->gone_node);
	list_del(&addr->owner_node);
	if (addr->prefix) {
		if (addr->live)
			addr->prefix->live--;
		put_prefix(index, addr->prefix);
	}
	index->count--;
	kfree(addr);
}

/**
 * ipvsdummy_index_destroy - free all that the index holds
 * @index: made by ipvsdummy_index_init()
 */
void ipvsdummy_index_destroy(struct ipvsdummy_index *index)
{
	struct ipvsdummy_watched_addr *addr;
	struct hlist_node *next;
	unsigned int i;

	for (i = 0; i < index->buckets; i++)
		hlist_for_each_entry_safe(addr, next, &index->hosts[i], node)
			forget(index, addr);
	kvfree(index->hosts);
}

/* Failing to grow costs speed, nothing else */
static void grow(struct ipvsdummy_index *index)
{
	struct ipvsdummy_watched_prefix *prefix;
	unsigned int i, old = index->buckets;
	struct ipvsdummy_watched_addr *addr;
	struct hlist_head *hosts, *prefixes;
	struct hlist_node *next;

	hosts = kvcalloc(4 * old, sizeof(*hosts),
			 GFP_KERNEL_ACCOUNT | __GFP_NOWARN);
	if (!hosts)
		return;

	swap(index->hosts, hosts);
	prefixes = index->prefixes;
	index->buckets = 2 * old;
	index->prefixes = index->hosts + index->buckets;
	for (i = 0; i < old; i++) {
		hlist_for_each_entry_safe(addr, next, &hosts[i], node)
			hlist_add_head(&addr->node,
				       host_bucket(index, addr->vrf,
						   addr->family, &addr->local));
		hlist_for_each_entry_safe(prefix, next, &prefixes[i], node)
			hlist_add_head(&prefix->node,
				       prefix_bucket(index, prefix->vrf,
						     prefix->family,
						     &prefix->prefix,
						     prefix->plen));
	}
	kvfree(hosts);
}

static struct ipvsdummy_watched_prefix *
get_prefix(struct ipvsdummy_index *index,
	   const struct ipvsdummy_ifaddr *ifaddr,
	   const union nf_inet_addr *net)
{
	unsigned int slot = family_slot(ifaddr->family);
	struct ipvsdummy_watched_prefix *prefix;
	struct hlist_head *head;

	head = prefix_bucket(index, ifaddr->vrf, ifaddr->family, net,
			     ifaddr->plen);
	hlist_for_each_entry(prefix, head, node)
		if (prefix->ifindex == ifaddr->ifindex &&
		    prefix->vrf == ifaddr->vrf &&
		    prefix->family == ifaddr->family &&
		    prefix->plen == ifaddr->plen &&
		    ipvsdummy_addr_equal(prefix->family, &prefix->prefix, net))
			goto found;

	prefix = kzalloc(sizeof(*prefix), GFP_KERNEL_ACCOUNT);
	if (!prefix)
		return NULL;
	prefix->prefix = *net;
	prefix->ifindex = ifaddr->ifindex;
	prefix->vrf = ifaddr->vrf;
	prefix->family = ifaddr->family;
	prefix->plen = ifaddr->plen;
	hlist_add_head(&prefix->node, head);
	if (!index->plen_count[slot][prefix->plen]++)
		__set_bit(prefix->plen, index->plens[slot]);
found:
	prefix->refs++;
	return prefix;
}

/**
 * ipvsdummy_index_find - find exactly this address of this interface
 * @index: the index
 * @ifaddr: interface, address and prefix
 *
 * Return: the address, live or gone, or NULL.
 */
struct ipvsdummy_watched_addr *
ipvsdummy_index_find(const struct ipvsdummy_index *index,
		     const struct ipvsdummy_ifaddr *ifaddr)
{
	struct ipvsdummy_watched_addr *addr;
	struct hlist_head *head;
	union nf_inet_addr net;

	mask_addr(&net, &ifaddr->peer, ifaddr->family, ifaddr->plen);
	head = host_bucket(index, ifaddr->vrf, ifaddr->family, &ifaddr->local);
	hlist_for_each_entry(addr, head, node)
		if (addr->ifindex == ifaddr->ifindex &&
		    addr->vrf == ifaddr->vrf &&
		    addr->family == ifaddr->family &&
		    addr->plen == ifaddr->plen &&
		    ipvsdummy_addr_equal(addr->family, &addr->local,
					 &ifaddr->local) &&
		    ipvsdummy_addr_equal(addr->family, &addr->net, &net))
			return addr;
	return NULL;
}

/* A host prefix of its own address matches only itself; fe80::/10 is on every
 * link, and none's in particular.
 */
static bool gives_prefix(const struct ipvsdummy_ifaddr *ifaddr)
{
	if (ifaddr->family == AF_INET6 && ifaddr->plen >= 10 &&
	    ipv6_addr_type(&ifaddr->peer.in6) & IPV6_ADDR_LINKLOCAL)
		return false;
	return ifaddr->plen < ipvsdummy_max_plen(ifaddr->family) ||
	       !ipvsdummy_addr_equal(ifaddr->family, &ifaddr->local,
				     &ifaddr->peer);
}

/**
 * ipvsdummy_index_add - add an address, or bring a gone one back
 * @index: the index
 * @ifaddr: interface, address and prefix
 * @came: whether it was not there, or gone, before
 *
 * The address is in no owner's list if it was added or had gone.
 *
 * Context: may sleep.
 * Return: the address, ERR_PTR(-ENOMEM), or ERR_PTR(-ENOSPC) if the index is
 * full.
 */
struct ipvsdummy_watched_addr *
ipvsdummy_index_add(struct ipvsdummy_index *index,
		    const struct ipvsdummy_ifaddr *ifaddr, bool *came)
{
	u8 family = ifaddr->family;
	struct ipvsdummy_watched_addr *addr;

	*came = false;
	addr = ipvsdummy_index_find(index, ifaddr);
	if (addr) {
		if (!addr->live) {
			list_del_init(&addr->gone_node);
			addr->live = true;
			if (addr->prefix)
				addr->prefix->live++;
			*came = true;
		}
		return addr;
	}

	if (index->count >= IPVSDUMMY_INDEX_MAX)
		return ERR_PTR(-ENOSPC);
	if (index->count >= index->buckets)
		grow(index);

	addr = kzalloc(sizeof(*addr), GFP_KERNEL_ACCOUNT);
	if (!addr)
		return ERR_PTR(-ENOMEM);
	addr->local = ifaddr->local;
	addr->ifindex = ifaddr->ifindex;
	addr->vrf = ifaddr->vrf;
	addr->family = family;
	addr->plen = ifaddr->plen;
	mask_addr(&addr->net, &ifaddr->peer, family, ifaddr->plen);
	if (gives_prefix(ifaddr)) {
		addr->prefix = get_prefix(index, ifaddr, &addr->net);
		if (!addr->prefix) {
			kfree(addr);
			return ERR_PTR(-ENOMEM);
		}
		addr->prefix->live++;
	}
	addr->live = true;
	INIT_LIST_HEAD(&addr->owner_node);
	INIT_LIST_HEAD(&addr->gone_node);
	hlist_add_head(&addr->node,
		       host_bucket(index, addr->vrf, family, &addr->local));
	index->count++;
	*came = true;
	return addr;
}

/**
 * ipvsdummy_index_mark_gone - take an address from its owner
 * @index: the index
 * @addr: a live address
 * @now: time, never smaller than at the last call
 */
void ipvsdummy_index_mark_gone(struct ipvsdummy_index *index,
			       struct ipvsdummy_watched_addr *addr,
			       unsigned long now)
{
	list_del_init(&addr->owner_node);
	list_add_tail(&addr->gone_node, &index->gone);
	addr->gone_at = now;
	addr->live = false;
	if (addr->prefix)
		addr->prefix->live--;
}

/**
 * ipvsdummy_index_purge - forget what went at a time or before
 * @index: the index
 * @until: the time, in the unit of ipvsdummy_index_mark_gone(); may wrap
 *
 * Return: whether anything was forgotten.
 */
bool ipvsdummy_index_purge(struct ipvsdummy_index *index, unsigned long until)
{
	struct ipvsdummy_watched_addr *addr, *next;
	bool any = false;

	list_for_each_entry_safe(addr, next, &index->gone, gone_node) {
		if ((long)(addr->gone_at - until) > 0)
			break;
		forget(index, addr);
		any = true;
	}
	return any;
}

/**
 * ipvsdummy_index_host - who has this very address?
 * @index: the index
 * @vrf: only interfaces of this L3 master
 * @family: AF_INET or AF_INET6
 * @addr: the address
 * @with_gone: gone addresses count too
 *
 * Return: the one of the lowest ifindex, so that the answer depends on what
 * there is and not on how it came about; NULL if nobody.
 */
const struct ipvsdummy_watched_addr *
ipvsdummy_index_host(const struct ipvsdummy_index *index, int vrf, u8 family,
		     const union nf_inet_addr *addr, bool with_gone)
{
	const struct ipvsdummy_watched_addr *pos, *best = NULL;

	hlist_for_each_entry(pos, host_bucket(index, vrf, family, addr), node)
		if (pos->family == family && pos->vrf == vrf &&
		    (pos->live || with_gone) &&
		    ipvsdummy_addr_equal(family, &pos->local, addr) &&
		    (!best || pos->ifindex < best->ifindex))
			best = pos;
	return best;
}

/**
 * ipvsdummy_index_covering - whose prefix is this address, or prefix, in?
 * @index: the index
 * @vrf: only interfaces of this L3 master
 * @family: AF_INET or AF_INET6
 * @addr: the address, or any address of the prefix
 * @max_plen: the prefix length asked for, the longest for an address
 * @with_gone: gone addresses' prefixes count too
 *
 * Return: the longest, then the one of the lowest ifindex; NULL if none.
 */
const struct ipvsdummy_watched_prefix *
ipvsdummy_index_covering(const struct ipvsdummy_index *index, int vrf,
			 u8 family, const union nf_inet_addr *addr,
			 u8 max_plen, bool with_gone)
{
	const unsigned long *plens = index->plens[family_slot(family)];
	const struct ipvsdummy_watched_prefix *pos, *best = NULL;
	unsigned long size = max_plen + 1, plen;
	struct hlist_head *head;
	union nf_inet_addr net;

	while ((plen = find_last_bit(plens, size)) < size) {
		mask_addr(&net, addr, family, plen);
		head = prefix_bucket(index, vrf, family, &net, plen);
		hlist_for_each_entry(pos, head, node)
			if (pos->plen == plen && pos->family == family &&
			    pos->vrf == vrf && (pos->live || with_gone) &&
			    ipvsdummy_addr_equal(family, &pos->prefix, &net) &&
			    (!best || pos->ifindex < best->ifindex))
				best = pos;
		if (best || !plen)
			break;
		size = plen;
	}
	return best;
}

/**
 * ipvsdummy_index_inside - which watched prefix lies in this one?
 * @index: the index
 * @vrf: only interfaces of this L3 master
 * @family: AF_INET or AF_INET6
 * @prefix: any address of the prefix asked for
 * @plen: its length
 * @with_gone: gone addresses' prefixes count too
 *
 * Walks the whole index: for prefixes that a user gave a VIP, never for plain
 * VIPs.
 *
 * Return: the longest, then the lowest, then the one of the lowest ifindex;
 * NULL if none.
 */
const struct ipvsdummy_watched_prefix *
ipvsdummy_index_inside(const struct ipvsdummy_index *index, int vrf, u8 family,
		       const union nf_inet_addr *prefix, u8 plen,
		       bool with_gone)
{
	const struct ipvsdummy_watched_prefix *pos, *best = NULL;
	unsigned int i;
	int order;

	for (i = 0; i < index->buckets; i++) {
		hlist_for_each_entry(pos, &index->prefixes[i], node) {
			if (pos->family != family || pos->vrf != vrf ||
			    pos->plen < plen || !(pos->live || with_gone) ||
			    !inside(family, &pos->prefix, prefix, plen))
				continue;
			if (!best) {
				best = pos;
				continue;
			}
			order = best->plen - pos->plen;
			if (!order)
				order = ipvsdummy_addr_cmp(family, &pos->prefix,
							   &best->prefix);
			if (!order)
				order = pos->ifindex - best->ifindex;
			if (order < 0)
				best = pos;
		}
	}
	return best;
}
