// SPDX-License-Identifier: GPL-2.0
/* The index: addresses and prefixes -> watched interface.
 *
 * Sorted trees: one by address, for "who has it", one by prefix, asked once
 * for every length in use, the longest first, for "whose prefix is it in".
 * Whatever addresses, prefixes and interfaces a user thinks up, no question
 * takes more steps than the trees are high. Pure: knows no device and no lock.
 */
#include <linux/err.h>
#include <linux/inetdevice.h>
#include <linux/slab.h>
#include <net/ipv6.h>

#include "prefix.h"

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

/**
 * ipvsdummy_mask_addr - the network address of a prefix
 * @net: the result; all bytes are set
 * @addr: any address of the prefix
 * @family: AF_INET or AF_INET6
 * @plen: prefix length
 */
void ipvsdummy_mask_addr(union nf_inet_addr *net,
			 const union nf_inet_addr *addr, u8 family, u8 plen)
{
	memset(net, 0, sizeof(*net));
	if (family == AF_INET)
		net->ip = addr->ip & inet_make_mask(plen);
	else
		ipv6_addr_prefix(&net->in6, &addr->in6, plen);
}

/**
 * ipvsdummy_plens_get - one more prefix of a length
 * @plens: the lengths
 * @family: AF_INET or AF_INET6
 * @plen: prefix length
 */
void ipvsdummy_plens_get(struct ipvsdummy_plens *plens, u8 family, u8 plen)
{
	int slot = ipvsdummy_family_slot(family);

	if (!plens->count[slot][plen]++)
		__set_bit(plen, plens->used[slot]);
}

/**
 * ipvsdummy_plens_put - one prefix of a length less
 * @plens: the lengths
 * @family: AF_INET or AF_INET6
 * @plen: prefix length
 */
void ipvsdummy_plens_put(struct ipvsdummy_plens *plens, u8 family, u8 plen)
{
	int slot = ipvsdummy_family_slot(family);

	if (!--plens->count[slot][plen])
		__clear_bit(plen, plens->used[slot]);
}

/**
 * ipvsdummy_plens_longest - the longest length in use
 * @plens: the lengths
 * @family: AF_INET or AF_INET6
 * @max_plen: only up to this one; may be -1
 *
 * Return: the length, -1 if there is none.
 */
int ipvsdummy_plens_longest(const struct ipvsdummy_plens *plens, u8 family,
			    int max_plen)
{
	const unsigned long *used = plens->used[ipvsdummy_family_slot(family)];
	unsigned long size = max_plen + 1, plen;

	plen = size ? find_last_bit(used, size) : size;
	return plen < size ? (int)plen : -1;
}

static int cmp_space(int vrf_a, u8 family_a, int vrf_b, u8 family_b)
{
	if (vrf_a != vrf_b)
		return vrf_a < vrf_b ? -1 : 1;
	return family_a - family_b;
}

/* By address, then by interface, so that the first is the lowest */
static int cmp_host(const struct ipvsdummy_watched_addr *a,
		    const struct ipvsdummy_watched_addr *b)
{
	int order = cmp_space(a->vrf, a->family, b->vrf, b->family);

	if (!order)
		order = ipvsdummy_addr_cmp(a->family, &a->local, &b->local);
	if (!order)
		order = a->ifindex - b->ifindex;
	if (!order)
		order = a->plen - b->plen;
	if (!order)
		order = ipvsdummy_addr_cmp(a->family, &a->net, &b->net);
	return order;
}

static int cmp_prefix(const struct ipvsdummy_watched_prefix *a,
		      const struct ipvsdummy_watched_prefix *b)
{
	int order = cmp_space(a->vrf, a->family, b->vrf, b->family);

	if (!order)
		order = ipvsdummy_addr_cmp(a->family, &a->prefix, &b->prefix);
	if (!order)
		order = a->plen - b->plen;
	if (!order)
		order = a->ifindex - b->ifindex;
	return order;
}

#define to_host(pos) rb_entry_safe(pos, struct ipvsdummy_watched_addr, node)
#define to_prefix(pos) rb_entry_safe(pos, struct ipvsdummy_watched_prefix, node)

/* Return: the first that is not before @key, or NULL */
static struct ipvsdummy_watched_addr *
first_host(const struct rb_root *root, const struct ipvsdummy_watched_addr *key)
{
	struct ipvsdummy_watched_addr *first = NULL;
	struct rb_node *pos = root->rb_node;

	while (pos) {
		if (cmp_host(to_host(pos), key) < 0) {
			pos = pos->rb_right;
		} else {
			first = to_host(pos);
			pos = pos->rb_left;
		}
	}
	return first;
}

static struct ipvsdummy_watched_prefix *
first_prefix(const struct rb_root *root,
	     const struct ipvsdummy_watched_prefix *key)
{
	struct ipvsdummy_watched_prefix *first = NULL;
	struct rb_node *pos = root->rb_node;

	while (pos) {
		if (cmp_prefix(to_prefix(pos), key) < 0) {
			pos = pos->rb_right;
		} else {
			first = to_prefix(pos);
			pos = pos->rb_left;
		}
	}
	return first;
}

static void insert_host(struct rb_root *root,
			struct ipvsdummy_watched_addr *addr)
{
	struct rb_node **slot = &root->rb_node, *parent = NULL;

	while (*slot) {
		parent = *slot;
		slot = cmp_host(addr, to_host(parent)) < 0 ?
		       &parent->rb_left : &parent->rb_right;
	}
	rb_link_node(&addr->node, parent, slot);
	rb_insert_color(&addr->node, root);
}

static void insert_prefix(struct rb_root *root,
			  struct ipvsdummy_watched_prefix *prefix)
{
	struct rb_node **slot = &root->rb_node, *parent = NULL;

	while (*slot) {
		parent = *slot;
		slot = cmp_prefix(prefix, to_prefix(parent)) < 0 ?
		       &parent->rb_left : &parent->rb_right;
	}
	rb_link_node(&prefix->node, parent, slot);
	rb_insert_color(&prefix->node, root);
}

static struct rb_root *root_of(struct ipvsdummy_tree *tree, bool live)
{
	return live ? &tree->live : &tree->gone;
}

static struct ipvsdummy_tree *
tree_of(struct ipvsdummy_index *index, const struct ipvsdummy_watched_addr *addr)
{
	return addr->gateway ? &index->gateways : &index->hosts;
}

/**
 * ipvsdummy_index_init - make an empty index
 * @index: zeroed
 */
void ipvsdummy_index_init(struct ipvsdummy_index *index)
{
	index->hosts.live = RB_ROOT;
	index->hosts.gone = RB_ROOT;
	index->gateways.live = RB_ROOT;
	index->gateways.gone = RB_ROOT;
	index->prefixes.live = RB_ROOT;
	index->prefixes.gone = RB_ROOT;
	INIT_LIST_HEAD(&index->gone);
	index->gfp = GFP_KERNEL_ACCOUNT;
}

/* A prefix is live as long as one of the addresses that give it is */
static void set_prefix_live(struct ipvsdummy_index *index,
			    struct ipvsdummy_watched_prefix *prefix, bool live)
{
	bool was_live = prefix->live;

	prefix->live += live ? 1 : -1;
	if (was_live == !!prefix->live)
		return;
	rb_erase(&prefix->node, root_of(&index->prefixes, was_live));
	insert_prefix(root_of(&index->prefixes, !was_live), prefix);
}

static void set_live(struct ipvsdummy_index *index,
		     struct ipvsdummy_watched_addr *addr, bool live)
{
	rb_erase(&addr->node, root_of(tree_of(index, addr), addr->live));
	addr->live = live;
	insert_host(root_of(tree_of(index, addr), live), addr);
	if (addr->prefix)
		set_prefix_live(index, addr->prefix, live);
}

static void put_prefix(struct ipvsdummy_index *index,
		       struct ipvsdummy_watched_prefix *prefix)
{
	if (--prefix->refs)
		return;
	ipvsdummy_plens_put(&index->plens, prefix->family, prefix->plen);
	rb_erase(&prefix->node, &index->prefixes.gone);
	kfree(prefix);
}

static void forget(struct ipvsdummy_index *index,
		   struct ipvsdummy_watched_addr *addr)
{
	rb_erase(&addr->node, root_of(tree_of(index, addr), false));
	list_del(&addr->gone_node);
	if (addr->prefix)
		put_prefix(index, addr->prefix);
	index->count--;
	kfree(addr);
}

static void free_hosts(struct rb_root *root)
{
	struct ipvsdummy_watched_addr *addr, *next;

	rbtree_postorder_for_each_entry_safe(addr, next, root, node) {
		list_del(&addr->owner_node);
		list_del(&addr->gone_node);
		kfree(addr);
	}
}

static void free_prefixes(struct rb_root *root)
{
	struct ipvsdummy_watched_prefix *prefix, *next;

	rbtree_postorder_for_each_entry_safe(prefix, next, root, node)
		kfree(prefix);
}

/**
 * ipvsdummy_index_destroy - free all that the index holds
 * @index: made by ipvsdummy_index_init()
 */
void ipvsdummy_index_destroy(struct ipvsdummy_index *index)
{
	free_hosts(&index->hosts.live);
	free_hosts(&index->hosts.gone);
	free_hosts(&index->gateways.live);
	free_hosts(&index->gateways.gone);
	free_prefixes(&index->prefixes.live);
	free_prefixes(&index->prefixes.gone);
}

/* Return: the prefix, not live yet if it is new, or NULL without memory */
static struct ipvsdummy_watched_prefix *
get_prefix(struct ipvsdummy_index *index,
	   const struct ipvsdummy_watched_addr *addr)
{
	struct ipvsdummy_watched_prefix key = {
		.prefix = addr->net,
		.ifindex = addr->ifindex,
		.vrf = addr->vrf,
		.family = addr->family,
		.plen = addr->plen,
	};
	struct ipvsdummy_watched_prefix *prefix;

	prefix = first_prefix(&index->prefixes.live, &key);
	if (!prefix || cmp_prefix(prefix, &key))
		prefix = first_prefix(&index->prefixes.gone, &key);
	if (!prefix || cmp_prefix(prefix, &key)) {
		prefix = kmalloc(sizeof(*prefix), index->gfp);
		if (!prefix)
			return NULL;
		*prefix = key;
		insert_prefix(&index->prefixes.gone, prefix);
		ipvsdummy_plens_get(&index->plens, prefix->family,
				    prefix->plen);
	}
	prefix->refs++;
	return prefix;
}

static void key_of(struct ipvsdummy_watched_addr *key,
		   const struct ipvsdummy_ifaddr *ifaddr)
{
	*key = (struct ipvsdummy_watched_addr) {
		.local = ifaddr->local,
		.ifindex = ifaddr->ifindex,
		.vrf = ifaddr->vrf,
		.family = ifaddr->family,
		.plen = ifaddr->plen,
		.gateway = ifaddr->gateway,
	};
	ipvsdummy_mask_addr(&key->net, &ifaddr->peer, ifaddr->family,
			    ifaddr->plen);
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
	const struct ipvsdummy_tree *tree;
	struct ipvsdummy_watched_addr key, *addr;

	key_of(&key, ifaddr);
	tree = key.gateway ? &index->gateways : &index->hosts;
	addr = first_host(&tree->live, &key);
	if (!addr || cmp_host(addr, &key))
		addr = first_host(&tree->gone, &key);
	return addr && !cmp_host(addr, &key) ? addr : NULL;
}

/* A host prefix of its own address matches only itself, so does a gateway's;
 * fe80::/10 is on every link, and none's in particular.
 */
static bool gives_prefix(const struct ipvsdummy_ifaddr *ifaddr)
{
	if (ifaddr->gateway)
		return false;
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
	struct ipvsdummy_watched_addr *addr;

	addr = ipvsdummy_index_find(index, ifaddr);
	*came = addr && !addr->live;
	if (addr) {
		if (*came) {
			list_del_init(&addr->gone_node);
			set_live(index, addr, true);
		}
		return addr;
	}

	if (index->count >= IPVSDUMMY_INDEX_MAX)
		return ERR_PTR(-ENOSPC);
	addr = kmalloc(sizeof(*addr), index->gfp);
	if (!addr)
		return ERR_PTR(-ENOMEM);
	key_of(addr, ifaddr);
	if (gives_prefix(ifaddr)) {
		addr->prefix = get_prefix(index, addr);
		if (!addr->prefix) {
			kfree(addr);
			return ERR_PTR(-ENOMEM);
		}
		set_prefix_live(index, addr->prefix, true);
	}
	addr->live = true;
	INIT_LIST_HEAD(&addr->owner_node);
	INIT_LIST_HEAD(&addr->gone_node);
	insert_host(root_of(tree_of(index, addr), true), addr);
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
	set_live(index, addr, false);
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

static const struct ipvsdummy_watched_addr *
host_in(const struct rb_root *root, const struct ipvsdummy_watched_addr *key)
{
	const struct ipvsdummy_watched_addr *addr = first_host(root, key);

	if (!addr || addr->vrf != key->vrf || addr->family != key->family ||
	    !ipvsdummy_addr_equal(key->family, &addr->local, &key->local))
		return NULL;
	return addr;
}

static const struct ipvsdummy_watched_addr *
host_of(const struct ipvsdummy_tree *tree, int vrf, u8 family,
	const union nf_inet_addr *addr, bool with_gone)
{
	const struct ipvsdummy_watched_addr key = {
		.local = *addr,
		.vrf = vrf,
		.family = family,
	}, *live, *gone;

	live = host_in(&tree->live, &key);
	gone = with_gone ? host_in(&tree->gone, &key) : NULL;
	if (live && gone)
		return cmp_host(gone, live) < 0 ? gone : live;
	return live ?: gone;
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
	return host_of(&index->hosts, vrf, family, addr, with_gone);
}

/**
 * ipvsdummy_index_gateway - which interface leads to this gateway?
 * @index: the index
 * @vrf: only interfaces of this L3 master
 * @family: AF_INET or AF_INET6
 * @addr: the address
 * @with_gone: gone gateways count too
 *
 * Return: the one of the lowest ifindex, NULL if it is no gateway.
 */
const struct ipvsdummy_watched_addr *
ipvsdummy_index_gateway(const struct ipvsdummy_index *index, int vrf,
			u8 family, const union nf_inet_addr *addr,
			bool with_gone)
{
	return host_of(&index->gateways, vrf, family, addr, with_gone);
}

/**
 * ipvsdummy_index_next_host - who else has it, or leads to it?
 * @addr: from ipvsdummy_index_host() or ipvsdummy_index_gateway(), without gone
 *	ones, or from here
 *
 * Return: the one of the next ifindex, NULL if there is none.
 */
const struct ipvsdummy_watched_addr *
ipvsdummy_index_next_host(const struct ipvsdummy_watched_addr *addr)
{
	const struct ipvsdummy_watched_addr *next;

	next = to_host(rb_next(&addr->node));
	if (!next || next->vrf != addr->vrf || next->family != addr->family ||
	    !ipvsdummy_addr_equal(addr->family, &next->local, &addr->local))
		return NULL;
	return next;
}

/* Return: that of both trees which comes first at or behind @key, or NULL */
static const struct ipvsdummy_watched_prefix *
first_of(const struct ipvsdummy_index *index,
	 const struct ipvsdummy_watched_prefix *key, bool with_gone)
{
	const struct ipvsdummy_watched_prefix *live, *gone;

	live = first_prefix(&index->prefixes.live, key);
	gone = with_gone ? first_prefix(&index->prefixes.gone, key) : NULL;
	if (live && gone)
		return cmp_prefix(gone, live) < 0 ? gone : live;
	return live ?: gone;
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
	struct ipvsdummy_watched_prefix key = { .vrf = vrf, .family = family };
	const struct ipvsdummy_watched_prefix *first;
	int plen = max_plen;

	while ((plen = ipvsdummy_plens_longest(&index->plens, family,
					       plen)) >= 0) {
		ipvsdummy_mask_addr(&key.prefix, addr, family, plen);
		key.plen = plen;
		first = first_of(index, &key, with_gone);
		if (first && first->vrf == vrf && first->family == family &&
		    first->plen == plen &&
		    ipvsdummy_addr_equal(family, &first->prefix, &key.prefix))
			return first;
		plen--;
	}
	return NULL;
}

/**
 * ipvsdummy_index_next_covering - whose prefix is it in, too?
 * @index: the index
 * @addr: the address
 * @prefix: from ipvsdummy_index_covering(), without gone ones, or from here
 *
 * Return: the same prefix of the next ifindex, then a shorter one; NULL if
 * there is none.
 */
const struct ipvsdummy_watched_prefix *
ipvsdummy_index_next_covering(const struct ipvsdummy_index *index,
			      const union nf_inet_addr *addr,
			      const struct ipvsdummy_watched_prefix *prefix)
{
	const struct ipvsdummy_watched_prefix *next;

	next = to_prefix(rb_next(&prefix->node));
	if (next && next->vrf == prefix->vrf &&
	    next->family == prefix->family && next->plen == prefix->plen &&
	    ipvsdummy_addr_equal(prefix->family, &next->prefix,
				 &prefix->prefix))
		return next;
	if (!prefix->plen)
		return NULL;
	return ipvsdummy_index_covering(index, prefix->vrf, prefix->family,
					addr, prefix->plen - 1, false);
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
 * Return: the lowest, then the shortest, then the one of the lowest ifindex;
 * NULL if none.
 */
const struct ipvsdummy_watched_prefix *
ipvsdummy_index_inside(const struct ipvsdummy_index *index, int vrf, u8 family,
		       const union nf_inet_addr *prefix, u8 plen,
		       bool with_gone)
{
	struct ipvsdummy_watched_prefix key = {
		.vrf = vrf,
		.family = family,
		.plen = plen,
	};
	const struct ipvsdummy_watched_prefix *first;
	union nf_inet_addr net;

	/* Behind that place and within these addresses none is shorter */
	ipvsdummy_mask_addr(&key.prefix, prefix, family, plen);
	first = first_of(index, &key, with_gone);
	if (!first || first->vrf != vrf || first->family != family)
		return NULL;
	ipvsdummy_mask_addr(&net, &first->prefix, family, plen);
	return ipvsdummy_addr_equal(family, &net, &key.prefix) ? first : NULL;
}
