/* SPDX-License-Identifier: GPL-2.0 */
/* The index: addresses and prefixes -> watched interface. */
#ifndef _IPVSDUMMY_PREFIX_H
#define _IPVSDUMMY_PREFIX_H

#include <linux/bitmap.h>
#include <linux/list.h>
#include <linux/netfilter.h>
#include <linux/rbtree.h>
#include <linux/types.h>

#define IPVSDUMMY_INDEX_MAX	65536	/* watched addresses in one netns */

/**
 * struct ipvsdummy_plens - the prefix lengths that are in use
 * @count: prefixes of each length, for AF_INET and AF_INET6
 * @used: those that are not 0
 */
struct ipvsdummy_plens {
	u32 count[2][129];
	DECLARE_BITMAP(used[2], 129);
};

/**
 * struct ipvsdummy_watched_prefix - an interface's on-link prefix
 * @node: in the index' prefixes
 * @prefix: network address, host bits zero
 * @ifindex: watched interface
 * @vrf: ifindex of its L3 master, 0 if none
 * @family: AF_INET or AF_INET6
 * @plen: prefix length
 * @refs: watched addresses that give it, gone ones included
 * @live: those of them that are not gone
 */
struct ipvsdummy_watched_prefix {
	struct rb_node node;
	union nf_inet_addr prefix;
	int ifindex;
	int vrf;
	u8 family;
	u8 plen;
	u32 refs;
	u32 live;
};

/**
 * struct ipvsdummy_watched_addr - an address of a watched interface, or of a
 * gateway that is reached by an interface
 * @node: in the index' hosts or gateways
 * @owner_node: in the list of the watched interface, while not gone
 * @gone_node: in the index' gone list, while gone
 * @prefix: the on-link prefix it gives, NULL if it gives none
 * @local: the address itself
 * @net: the prefix it was configured with, host bits zero (the peer's in a
 *	point-to-point address)
 * @gone_at: time of going, in the caller's unit
 * @ifindex: the interface
 * @vrf: ifindex of its L3 master, 0 if none
 * @family: AF_INET or AF_INET6
 * @plen: length of @net
 * @gateway: a gateway's
 * @live: not gone
 * @seen: for the owner's mark and sweep
 */
struct ipvsdummy_watched_addr {
	struct rb_node node;
	struct list_head owner_node;
	struct list_head gone_node;
	struct ipvsdummy_watched_prefix *prefix;
	union nf_inet_addr local;
	union nf_inet_addr net;
	unsigned long gone_at;
	int ifindex;
	int vrf;
	u8 family;
	u8 plen;
	bool gateway;
	bool live;
	bool seen;
};

/**
 * struct ipvsdummy_tree - a tree each for what is live and for what is gone
 * @live: what counts for everything
 * @gone: what counts only for what it has caused
 */
struct ipvsdummy_tree {
	struct rb_root live;
	struct rb_root gone;
};

/**
 * struct ipvsdummy_index - watched addresses by address and by prefix
 * @hosts: struct ipvsdummy_watched_addr, of interfaces
 * @gateways: the same, of gateways
 * @prefixes: struct ipvsdummy_watched_prefix
 * @count: addresses, gone ones included
 * @gone: gone addresses, the first gone first
 * @plens: the prefix lengths in use
 * @gfp: how memory is to be had
 *
 * An address that goes stays in the index as gone until it is purged, so that
 * what it caused can be held for a while. The caller serializes everything.
 */
struct ipvsdummy_index {
	struct ipvsdummy_tree hosts;
	struct ipvsdummy_tree gateways;
	struct ipvsdummy_tree prefixes;
	unsigned int count;
	struct list_head gone;
	struct ipvsdummy_plens plens;
	gfp_t gfp;
};

/**
 * struct ipvsdummy_ifaddr - an interface's address, as asked about or added
 * @local: the address
 * @peer: base of its prefix: @local, or the peer's in a point-to-point address
 * @ifindex: interface
 * @vrf: ifindex of the interface's L3 master, 0 if none
 * @family: AF_INET or AF_INET6
 * @plen: prefix length of @peer
 * @gateway: the interface does not have it, it leads to it
 */
struct ipvsdummy_ifaddr {
	union nf_inet_addr local;
	union nf_inet_addr peer;
	int ifindex;
	int vrf;
	u8 family;
	u8 plen;
	bool gateway;
};

static inline u8 ipvsdummy_max_plen(u8 family)
{
	return family == AF_INET ? 32 : 128;
}

static inline int ipvsdummy_family_slot(u8 family)
{
	return family == AF_INET ? 0 : 1;
}

bool ipvsdummy_addr_equal(u8 family, const union nf_inet_addr *a,
			  const union nf_inet_addr *b);
int ipvsdummy_addr_cmp(u8 family, const union nf_inet_addr *a,
		       const union nf_inet_addr *b);

void ipvsdummy_mask_addr(union nf_inet_addr *net,
			 const union nf_inet_addr *addr, u8 family, u8 plen);

void ipvsdummy_plens_get(struct ipvsdummy_plens *plens, u8 family, u8 plen);
void ipvsdummy_plens_put(struct ipvsdummy_plens *plens, u8 family, u8 plen);
int ipvsdummy_plens_longest(const struct ipvsdummy_plens *plens, u8 family,
			    int max_plen);

void ipvsdummy_index_init(struct ipvsdummy_index *index);
void ipvsdummy_index_destroy(struct ipvsdummy_index *index);
struct ipvsdummy_watched_addr *
ipvsdummy_index_add(struct ipvsdummy_index *index,
		    const struct ipvsdummy_ifaddr *ifaddr, bool *came);
struct ipvsdummy_watched_addr *
ipvsdummy_index_find(const struct ipvsdummy_index *index,
		     const struct ipvsdummy_ifaddr *ifaddr);
void ipvsdummy_index_mark_gone(struct ipvsdummy_index *index,
			       struct ipvsdummy_watched_addr *addr,
			       unsigned long now);
bool ipvsdummy_index_purge(struct ipvsdummy_index *index, unsigned long until);

const struct ipvsdummy_watched_addr *
ipvsdummy_index_host(const struct ipvsdummy_index *index, int vrf, u8 family,
		     const union nf_inet_addr *addr, bool with_gone);
const struct ipvsdummy_watched_addr *
ipvsdummy_index_gateway(const struct ipvsdummy_index *index, int vrf,
			u8 family, const union nf_inet_addr *addr,
			bool with_gone);
const struct ipvsdummy_watched_addr *
ipvsdummy_index_next_host(const struct ipvsdummy_watched_addr *addr);
const struct ipvsdummy_watched_prefix *
ipvsdummy_index_covering(const struct ipvsdummy_index *index, int vrf,
			 u8 family, const union nf_inet_addr *addr,
			 u8 max_plen, bool with_gone);
const struct ipvsdummy_watched_prefix *
ipvsdummy_index_next_covering(const struct ipvsdummy_index *index,
			      const union nf_inet_addr *addr,
			      const struct ipvsdummy_watched_prefix *prefix);
const struct ipvsdummy_watched_prefix *
ipvsdummy_index_inside(const struct ipvsdummy_index *index, int vrf, u8 family,
		       const union nf_inet_addr *prefix, u8 plen,
		       bool with_gone);

#endif
