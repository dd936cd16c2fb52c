// SPDX-License-Identifier: GPL-2.0
/* The index, the rules and judging against a model: bytes are read as operations,
 * done to them and to plain arrays, and both have to agree all the time. The
 * model knows no mask and no tree, it walks the array and compares bits.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/err.h>
#include <linux/init.h>
#include <linux/kernel.h>
#include <linux/limits.h>
#include <linux/printk.h>
#include <linux/sched.h>
#include <linux/string.h>

#include "judge.h"
#include "selftest.h"

#define MODEL_MAX	48
#define RULES_MAX	24
#define CHANGES_MAX	4

#define expect		ipvsdummy_expect

/* @ifaddr.peer has no host bits: they are no part of what an address is */
struct model_addr {
	struct ipvsdummy_ifaddr ifaddr;
	struct ipvsdummy_watched_addr *addr;
	unsigned long gone_at;
	bool live;
};

static struct model {
	struct ipvsdummy_index index;
	struct model_addr addrs[MODEL_MAX];
	unsigned int n;
	struct list_head owned;
	struct ipvsdummy_rules rules;
	struct ipvsdummy_rule rule[RULES_MAX];
	unsigned int n_rules;
	enum ipvsdummy_owned known;
	struct ipvsdummy_owner owner;
	unsigned long now;
	const u8 *bytes;
	size_t left;
} model __initdata;

static u8 __init draw(struct model *m)
{
	if (!m->left)
		return 0;
	m->left--;
	return *m->bytes++;
}

static unsigned int __init bits_of(u8 family)
{
	return family == AF_INET ? 32 : 128;
}

static int __init bit(const union nf_inet_addr *addr, unsigned int i)
{
	const u8 *bytes = (const u8 *)addr;

	return bytes[i / 8] >> (7 - i % 8) & 1;
}

/* Order of the first @n bits, as memcmp() */
static int __init compare(const union nf_inet_addr *a,
			  const union nf_inet_addr *b, unsigned int n)
{
	unsigned int i;

	for (i = 0; i < n; i++)
		if (bit(a, i) != bit(b, i))
			return bit(a, i) - bit(b, i);
	return 0;
}

static bool __init equal(u8 family, const union nf_inet_addr *a,
			 const union nf_inet_addr *b)
{
	return !compare(a, b, bits_of(family));
}

static void __init clear_host_bits(union nf_inet_addr *addr, unsigned int plen)
{
	u8 *bytes = (u8 *)addr;
	unsigned int i;

	for (i = plen; i < 8 * sizeof(*addr); i++)
		bytes[i / 8] &= ~(0x80 >> i % 8);
}

static bool __init in_fe80(const union nf_inet_addr *addr)
{
	const u8 *bytes = (const u8 *)addr;

	return bytes[0] == 0xfe && bytes[1] >= 0x80 && bytes[1] <= 0xbf;
}

/* Link-local and loopback addresses are judged by rules only */
static bool __init judged_by_rules_only(u8 family,
					const union nf_inet_addr *addr)
{
	static const union nf_inet_addr v6_loopback __initconst = {
		.in6.s6_addr[15] = 1,
	};
	const u8 *bytes = (const u8 *)addr;

	if (family == AF_INET)
		return bytes[0] == 127 || (bytes[0] == 169 && bytes[1] == 254);
	return equal(family, addr, &v6_loopback) || in_fe80(addr);
}

/* A host prefix matches only itself, as a gateway does, and fe80::/10 never
 * counts as onlink
 */
static bool __init gives_prefix(const struct ipvsdummy_ifaddr *ifaddr)
{
	if (ifaddr->gateway)
		return false;
	if (ifaddr->family == AF_INET6 && ifaddr->plen >= 10 &&
	    in_fe80(&ifaddr->peer))
		return false;
	return ifaddr->plen != bits_of(ifaddr->family) ||
	       !equal(ifaddr->family, &ifaddr->local, &ifaddr->peer);
}

static bool __init same_prefix(const struct ipvsdummy_ifaddr *a,
			       const struct ipvsdummy_ifaddr *b)
{
	return a->family == b->family && a->vrf == b->vrf &&
	       a->ifindex == b->ifindex && a->plen == b->plen &&
	       equal(a->family, &a->peer, &b->peer);
}

static struct model_addr *__init find(struct model *m,
				      const struct ipvsdummy_ifaddr *ifaddr)
{
	struct ipvsdummy_ifaddr key = *ifaddr;
	unsigned int i;

	clear_host_bits(&key.peer, key.plen);
	for (i = 0; i < m->n; i++)
		if (same_prefix(&m->addrs[i].ifaddr, &key) &&
		    m->addrs[i].ifaddr.gateway == key.gateway &&
		    equal(key.family, &m->addrs[i].ifaddr.local, &key.local))
			return &m->addrs[i];
	return NULL;
}

/* How near is a prefix to a VIP? The nearest is 1, none is 0. */
static unsigned int __init nearness(const struct ipvsdummy_ifaddr *prefix,
				    const struct ipvsdummy_ifaddr *vip)
{
	if (!gives_prefix(prefix))
		return 0;
	if (!compare(&prefix->peer, &vip->local, prefix->plen))
		return 1;
	if (!equal(vip->family, &vip->local, &vip->peer) &&
	    prefix->plen <= vip->plen &&
	    !compare(&prefix->peer, &vip->peer, prefix->plen))
		return 2;
	if (vip->plen < bits_of(vip->family) && prefix->plen >= vip->plen &&
	    !compare(&prefix->peer, &vip->peer, vip->plen))
		return 3;
	return 0;
}

/* By address, then the shorter, then the lower ifindex */
static bool __init lower(const struct ipvsdummy_ifaddr *a,
			 const struct ipvsdummy_ifaddr *b)
{
	int order = compare(&a->peer, &b->peer, bits_of(a->family));

	if (!order)
		order = a->plen - b->plen;
	return order ? order < 0 : a->ifindex < b->ifindex;
}

/* The nearest, then the longest that covers or the lowest that is inside */
static bool __init better(const struct ipvsdummy_ifaddr *a,
			  const struct ipvsdummy_ifaddr *b,
			  const struct ipvsdummy_ifaddr *vip)
{
	int order = nearness(a, vip) - nearness(b, vip);

	if (!order && nearness(a, vip) < 3)
		order = b->plen - a->plen;
	return order ? order < 0 : lower(a, b);
}

static bool __init is_of(const struct ipvsdummy_watched_prefix *prefix,
			 const struct ipvsdummy_ifaddr *ifaddr)
{
	return prefix->family == ifaddr->family && prefix->vrf == ifaddr->vrf &&
	       prefix->ifindex == ifaddr->ifindex &&
	       prefix->plen == ifaddr->plen &&
	       !memcmp(&prefix->prefix, &ifaddr->peer, sizeof(ifaddr->peer));
}

static bool __init in_rule(const struct ipvsdummy_rule *rule,
			   const struct ipvsdummy_ifaddr *vip)
{
	return rule->family == vip->family &&
	       !compare(&rule->prefix, &vip->local, rule->plen);
}

static const struct ipvsdummy_rule *__init
longest_rule(const struct model *m, const struct ipvsdummy_ifaddr *vip)
{
	const struct ipvsdummy_rule *longest = NULL;
	unsigned int i;

	for (i = 0; i < m->n_rules; i++)
		if (in_rule(&m->rule[i], vip) &&
		    (!longest || m->rule[i].plen > longest->plen))
			longest = &m->rule[i];
	return longest;
}

/* The strictest of the four that come behind class host, then the first. Only a
 * rule, or else a station and a prefix, can match: the other has ALLOW.
 */
static u8 __init strictest(const u8 *action)
{
	static const u8 actions[] __initconst = {
		IPVSDUMMY_ACTION_REJECT, IPVSDUMMY_ACTION_VERIFY,
		IPVSDUMMY_ACTION_FLAG,
	};
	static const u8 classes[] __initconst = {
		IPVSDUMMY_CLASS_GATEWAY, IPVSDUMMY_CLASS_RULE,
		IPVSDUMMY_CLASS_NEIGH, IPVSDUMMY_CLASS_ONLINK,
	};
	unsigned int i, j;

	for (i = 0; i < ARRAY_SIZE(actions); i++)
		for (j = 0; j < ARRAY_SIZE(classes); j++)
			if (action[classes[j]] == actions[i])
				return classes[j];
	return 0;
}

static void __init judge(const struct model *m,
			 const struct ipvsdummy_policy *policy,
			 const struct ipvsdummy_ifaddr *vip, bool with_gone,
			 struct ipvsdummy_verdict *verdict)
{
	const struct ipvsdummy_ifaddr *pos, *host = NULL, *onlink = NULL;
	const struct ipvsdummy_rule *rule = longest_rule(m, vip);
	bool by_rule = judged_by_rules_only(vip->family, &vip->local);
	const struct ipvsdummy_ifaddr *gateway = NULL;
	u8 action[IPVSDUMMY_CLASSES] = {};
	unsigned int i;

	memset(verdict, 0, sizeof(*verdict));
	if (rule && rule->action == IPVSDUMMY_ACTION_REJECT)
		by_rule = true;

	for (i = 0; i < m->n && !by_rule; i++) {
		pos = &m->addrs[i].ifaddr;
		if (pos->family != vip->family || pos->vrf != vip->vrf ||
		    (!m->addrs[i].live && !with_gone))
			continue;
		if (equal(vip->family, &pos->local, &vip->local)) {
			if (!pos->gateway &&
			    (!host || pos->ifindex < host->ifindex))
				host = pos;
			if (pos->gateway &&
			    (!gateway || pos->ifindex < gateway->ifindex))
				gateway = pos;
		}
		if (nearness(pos, vip) &&
		    (!onlink || better(pos, onlink, vip)))
			onlink = pos;
	}
	if (policy->action[IPVSDUMMY_CLASS_HOST] == IPVSDUMMY_ACTION_ALLOW)
		host = NULL;

	if (gateway)
		action[IPVSDUMMY_CLASS_GATEWAY] =
			policy->action[IPVSDUMMY_CLASS_GATEWAY];
	if (rule) {
		action[IPVSDUMMY_CLASS_RULE] = rule->action;
	} else if (!by_rule) {
		if (m->known == IPVSDUMMY_OWNED)
			action[IPVSDUMMY_CLASS_NEIGH] =
				policy->action[IPVSDUMMY_CLASS_NEIGH];
		if (action[IPVSDUMMY_CLASS_NEIGH] && !m->owner.confirmed)
			action[IPVSDUMMY_CLASS_NEIGH] = IPVSDUMMY_ACTION_FLAG;
		if (onlink)
			action[IPVSDUMMY_CLASS_ONLINK] =
				policy->action[IPVSDUMMY_CLASS_ONLINK];
		if (action[IPVSDUMMY_CLASS_ONLINK] == IPVSDUMMY_ACTION_VERIFY &&
		    (m->known == IPVSDUMMY_OWNED_FREE ||
		     (m->known == IPVSDUMMY_OWNED &&
		      (m->owner.confirmed || m->owner.silent))))
			action[IPVSDUMMY_CLASS_ONLINK] = IPVSDUMMY_ACTION_FLAG;
	}
	if (host)
		action[IPVSDUMMY_CLASS_HOST] =
			policy->action[IPVSDUMMY_CLASS_HOST];

	verdict->class = host ? IPVSDUMMY_CLASS_HOST : strictest(action);
	verdict->action = action[verdict->class];
	verdict->evidence = IPVSDUMMY_EVIDENCE_ADDRESS;
	switch (verdict->class) {
	case IPVSDUMMY_CLASS_HOST:
		verdict->match_prefix = host->local;
		verdict->match_plen = bits_of(vip->family);
		verdict->match_ifindex = host->ifindex;
		break;
	case IPVSDUMMY_CLASS_GATEWAY:
		verdict->match_prefix = gateway->local;
		verdict->match_plen = bits_of(vip->family);
		verdict->match_ifindex = gateway->ifindex;
		verdict->evidence = IPVSDUMMY_EVIDENCE_ROUTE;
		break;
	case IPVSDUMMY_CLASS_RULE:
		verdict->match_prefix = rule->prefix;
		verdict->match_plen = rule->plen;
		verdict->evidence = IPVSDUMMY_EVIDENCE_RULE;
		break;
	case IPVSDUMMY_CLASS_NEIGH:
		verdict->match_prefix = vip->local;
		verdict->match_plen = bits_of(vip->family);
		verdict->match_ifindex = m->owner.ifindex;
		verdict->owner = m->owner;
		verdict->evidence = m->owner.evidence;
		break;
	case IPVSDUMMY_CLASS_ONLINK:
		verdict->match_prefix = onlink->peer;
		verdict->match_plen = onlink->plen;
		verdict->match_ifindex = onlink->ifindex;
		break;
	default:
		verdict->evidence = 0;
	}
	if (policy->mode == IPVSDUMMY_MODE_AUDIT &&
	    verdict->action > IPVSDUMMY_ACTION_FLAG) {
		verdict->would = verdict->action;
		verdict->action = IPVSDUMMY_ACTION_FLAG;
	}
}

/* Few addresses, so that they meet; many bits, so that each is at stake once */
static void __init draw_addr(struct model *m, u8 family,
			     union nf_inet_addr *addr)
{
	static const u8 bases[2][8][16] __initconst = {
		{
			{ 10, 0, 2, 8 }, { 10, 0, 3, 0 }, { 192, 168, 0, 248 },
			{ 127, 0, 0, 0 }, { 169, 254, 0, 0 }, { 0 },
			{ 128, 0, 0, 0 }, { 255, 255, 255, 248 },
		}, {
			{ 0x20, 0x01, 0x0d, 0xb8 },
			{ 0x20, 0x01, 0x0d, 0xb8, 0, 0, 0, 1 },
			{ 0x20, 0x01, 0x0d, 0xb8, 0, 0, 0, 1, 0x80 },
			{ 0xfe, 0x80 }, { 0xfe, 0xbf, 0xff, 0xff }, { 0 },
			{ 0x7f, 0, 0, 1 }, { 0xfe, 0xc0 },
		}
	};
	unsigned int at = draw(m) % 8, how = draw(m), flip;
	const struct ipvsdummy_ifaddr *near = NULL;
	u8 *bytes = (u8 *)addr;

	if (m->n)
		near = &m->addrs[draw(m) % m->n].ifaddr;
	memset(addr, 0, sizeof(*addr));
	if ((how & 1) && near && near->family == family) {
		*addr = how & 2 ? near->local : near->peer;
		/* at the edge of its prefix, or anywhere */
		flip = how & 4 ? near->plen - at % 2 : draw(m);
	} else {
		memcpy(addr, bases[family != AF_INET][at], sizeof(*addr));
		bytes[bits_of(family) / 8 - 1] ^= draw(m) & 7;
		flip = draw(m);
	}
	if ((how & 0x18) && flip < bits_of(family))
		bytes[flip / 8] ^= 0x80 >> flip % 8;
}

static u8 __init draw_plen(struct model *m, u8 family)
{
	u8 how = draw(m), bits = bits_of(family);

	switch (how % 4) {
	case 0:
		return bits;
	case 1:
		return bits - how / 4 % 4;
	case 2:
		return bits - bits / 4;
	default:
		return draw(m) % (bits + 1);
	}
}

static void __init draw_ifaddr(struct model *m, struct ipvsdummy_ifaddr *ifaddr)
{
	static const int ifindexes[] __initconst = { 1, 2, 3, INT_MAX };
	u8 how = draw(m);

	memset(ifaddr, 0, sizeof(*ifaddr));
	ifaddr->family = how & 1 ? AF_INET : AF_INET6;
	ifaddr->vrf = how & 6 ? 0 : 10;
	ifaddr->ifindex = ifindexes[how >> 3 & 3];
	ifaddr->plen = draw_plen(m, ifaddr->family);
	draw_addr(m, ifaddr->family, &ifaddr->local);
	ifaddr->peer = ifaddr->local;
	if (how >> 5 == 0)
		draw_addr(m, ifaddr->family, &ifaddr->peer);
	ifaddr->gateway = how >> 5 == 1;
}

static bool __init add(struct model *m)
{
	struct ipvsdummy_watched_addr *addr;
	struct ipvsdummy_ifaddr ifaddr;
	struct model_addr *known;
	bool came, was_live;

	draw_ifaddr(m, &ifaddr);
	known = find(m, &ifaddr);
	if (!expect(ipvsdummy_index_find(&m->index, &ifaddr) ==
		    (known ? known->addr : NULL), "what is found"))
		return false;
	if (!known && m->n == MODEL_MAX)
		return true;

	addr = ipvsdummy_index_add(&m->index, &ifaddr, &came);
	if (IS_ERR(addr))
		/* No memory must change nothing, which others will see */
		return expect(addr == ERR_PTR(-ENOMEM) && !came && !known,
			      "error %ld", PTR_ERR(addr));

	was_live = known && known->live;
	if (!known) {
		known = &m->addrs[m->n++];
		known->ifaddr = ifaddr;
		clear_host_bits(&known->ifaddr.peer, ifaddr.plen);
		known->addr = addr;
	}
	known->live = true;
	if (!expect(addr == known->addr, "another one came back") ||
	    !expect(came == !was_live, "came back: %u", came) ||
	    !expect(list_empty(&addr->owner_node) == came,
		    "came back: %u, and has an owner: %u", came, came))
		return false;
	if (came)
		list_add_tail(&addr->owner_node, &m->owned);
	return true;
}

static bool __init lose(struct model *m)
{
	struct model_addr *pos;

	if (!m->n)
		return true;
	pos = &m->addrs[draw(m) % m->n];
	if (!pos->live)
		return true;
	ipvsdummy_index_mark_gone(&m->index, pos->addr, m->now);
	pos->live = false;
	pos->gone_at = m->now;
	return expect(list_empty(&pos->addr->owner_node), "gone, and still owned");
}

static bool __init purge(struct model *m, unsigned long age)
{
	unsigned int i, kept = 0;
	bool any;

	for (i = 0; i < m->n; i++)
		if (m->addrs[i].live || m->now - m->addrs[i].gone_at < age)
			m->addrs[kept++] = m->addrs[i];
	any = kept < m->n;
	m->n = kept;
	return expect(ipvsdummy_index_purge(&m->index, m->now - age) == any,
		      "forgotten: %u", !any);
}

static enum ipvsdummy_owned __init find_owner(void *ctx,
					      const struct ipvsdummy_ifaddr *vip,
					      struct ipvsdummy_owner *owner)
{
	const struct model *m = ctx;

	if (judged_by_rules_only(vip->family, &vip->local))
		return IPVSDUMMY_OWNED_UNKNOWN;
	if (m->known == IPVSDUMMY_OWNED)
		*owner = m->owner;
	return m->known;
}

static const struct ipvsdummy_owners owners __initconst = {
	.find = find_owner,
	.ctx = &model,
};

static bool __init same_owner(const struct ipvsdummy_owner *a,
			      const struct ipvsdummy_owner *b)
{
	return a->ifindex == b->ifindex && a->evidence == b->evidence &&
	       a->confirmed == b->confirmed &&
	       !memcmp(a->lladdr, b->lladdr, sizeof(a->lladdr));
}

static bool __init agree(struct model *m, const struct ipvsdummy_policy *policy,
			 const struct ipvsdummy_ifaddr *vip, bool with_gone)
{
	struct ipvsdummy_verdict got, want;

	judge(m, policy, vip, with_gone, &want);
	ipvsdummy_judge(&m->index, &owners, policy, &m->rules, vip, with_gone,
			&got);
	return expect(got.class == want.class, "class %u, not %u", got.class,
		      want.class) &&
	       expect(got.match_ifindex == want.match_ifindex,
		      "interface %d, not %d", got.match_ifindex,
		      want.match_ifindex) &&
	       expect(got.match_plen == want.match_plen, "length %u, not %u",
		      got.match_plen, want.match_plen) &&
	       expect(equal(AF_INET6, &got.match_prefix, &want.match_prefix),
		      "another prefix") &&
	       expect(same_owner(&got.owner, &want.owner), "another owner") &&
	       expect(got.evidence == want.evidence && got.action ==
		      want.action && got.would == want.would,
		      "action %u, would %u, not %u, %u", got.action, got.would,
		      want.action, want.would);
}

/* The index' own answers: judging never asks some of what it can be asked */
static bool __init ask(struct model *m)
{
	const struct ipvsdummy_ifaddr *pos, *covering = NULL, *inside = NULL;
	const struct ipvsdummy_watched_prefix *got;
	bool with_gone = draw(m) & 1;
	struct ipvsdummy_ifaddr q;
	unsigned int i;

	draw_ifaddr(m, &q);
	for (i = 0; i < m->n; i++) {
		pos = &m->addrs[i].ifaddr;
		if (pos->family != q.family || pos->vrf != q.vrf ||
		    !gives_prefix(pos) || (!m->addrs[i].live && !with_gone))
			continue;
		if (pos->plen <= q.plen &&
		    !compare(&pos->peer, &q.local, pos->plen) &&
		    (!covering || pos->plen > covering->plen ||
		     (pos->plen == covering->plen &&
		      pos->ifindex < covering->ifindex)))
			covering = pos;
		if (pos->plen >= q.plen &&
		    !compare(&pos->peer, &q.local, q.plen) &&
		    (!inside || lower(pos, inside)))
			inside = pos;
	}

	got = ipvsdummy_index_covering(&m->index, q.vrf, q.family, &q.local,
				       q.plen, with_gone);
	if (!expect(covering ? got && is_of(got, covering) : !got, "covering"))
		return false;
	got = ipvsdummy_index_inside(&m->index, q.vrf, q.family, &q.local,
				     q.plen, with_gone);
	return expect(inside ? got && is_of(got, inside) : !got, "inside");
}

struct heard {
	struct ipvsdummy_verdict decider;
	unsigned int reasons[IPVSDUMMY_CLASSES];
	unsigned int deciders;
};

static void __init hear(void *ctx, const struct ipvsdummy_verdict *reason,
			bool decides)
{
	struct heard *heard = ctx;

	heard->reasons[reason->class]++;
	if (decides) {
		heard->deciders++;
		heard->decider = *reason;
	}
}

/* As many reasons as there are, and the verdict is the one that decides */
static bool __init explains(struct model *m,
			    const struct ipvsdummy_policy *policy,
			    const struct ipvsdummy_ifaddr *about)
{
	const struct ipvsdummy_rule *rule = longest_rule(m, about);
	unsigned int i, j, reasons[IPVSDUMMY_CLASSES] = {};
	struct ipvsdummy_ifaddr vip = *about;
	const struct ipvsdummy_ifaddr *pos;
	struct ipvsdummy_verdict verdict;
	struct heard heard = {};

	vip.peer = vip.local;
	vip.plen = bits_of(vip.family);
	for (i = 0; i < m->n_rules; i++)
		reasons[IPVSDUMMY_CLASS_RULE] += in_rule(&m->rule[i], &vip);
	if (!judged_by_rules_only(vip.family, &vip.local))
		reasons[IPVSDUMMY_CLASS_NEIGH] = m->known == IPVSDUMMY_OWNED;
	for (i = 0; i < m->n; i++) {
		pos = &m->addrs[i].ifaddr;
		if (pos->family != vip.family || pos->vrf != vip.vrf ||
		    !m->addrs[i].live ||
		    judged_by_rules_only(vip.family, &vip.local))
			continue;
		if (equal(vip.family, &pos->local, &vip.local))
			reasons[pos->gateway ? IPVSDUMMY_CLASS_GATEWAY :
					       IPVSDUMMY_CLASS_HOST]++;
		if (nearness(pos, &vip) != 1)
			continue;
		for (j = 0; j < i; j++)
			if (m->addrs[j].live &&
			    gives_prefix(&m->addrs[j].ifaddr) &&
			    same_prefix(&m->addrs[j].ifaddr, pos))
				break;
		reasons[IPVSDUMMY_CLASS_ONLINK] += j == i;
	}
	judge(m, policy, &vip, false, &verdict);
	ipvsdummy_explain(&m->index, &owners, policy, &m->rules, &vip, hear,
			  &heard);

	if (!verdict.class && rule) {	/* it allows */
		verdict.class = IPVSDUMMY_CLASS_RULE;
		verdict.match_prefix = rule->prefix;
		verdict.match_plen = rule->plen;
	}
	for (i = 0; i < IPVSDUMMY_CLASSES; i++)
		if (!expect(heard.reasons[i] == reasons[i],
			    "%u reasons of class %u, not %u", heard.reasons[i],
			    i, reasons[i]))
			return false;
	return expect(heard.deciders == !!verdict.class &&
		      heard.decider.class == verdict.class &&
		      heard.decider.match_ifindex == verdict.match_ifindex &&
		      heard.decider.match_plen == verdict.match_plen &&
		      same_owner(&heard.decider.owner, &verdict.owner) &&
		      equal(AF_INET6, &heard.decider.match_prefix,
			    &verdict.match_prefix),
		      "%u reasons decide, class %u, not %u", heard.deciders,
		      heard.decider.class, verdict.class);
}

static bool __init judge_both(struct model *m)
{
	static const u8 onlink[] __initconst = {
		IPVSDUMMY_ACTION_ALLOW, IPVSDUMMY_ACTION_FLAG,
		IPVSDUMMY_ACTION_REJECT, IPVSDUMMY_ACTION_VERIFY,
	};
	struct ipvsdummy_policy policy;
	struct ipvsdummy_ifaddr vip;
	u8 how = draw(m);

	policy.mode = how & 1;
	policy.action[IPVSDUMMY_CLASS_HOST] = how >> 1 & 3;
	policy.action[IPVSDUMMY_CLASS_ONLINK] = onlink[how >> 3 & 3];
	how = draw(m);
	policy.action[IPVSDUMMY_CLASS_GATEWAY] = how % 3;
	policy.action[IPVSDUMMY_CLASS_NEIGH] = how / 3 % 3;
	how = draw(m);
	m->known = how % 3;
	m->owner = (struct ipvsdummy_owner) {
		.ifindex = 1 + (how >> 2 & 1),
		.lladdr = { 2, [5] = how >> 3 & 1 },
		.evidence = IPVSDUMMY_EVIDENCE_ARP,
		.confirmed = how >> 4 & 1,
		.silent = how >> 5 & 1,
	};
	draw_ifaddr(m, &vip);
	return agree(m, &policy, &vip, false) &&
	       agree(m, &policy, &vip, true) && explains(m, &policy, &vip);
}

static struct ipvsdummy_rule *__init find_rule(struct model *m,
					       const struct ipvsdummy_rule *key)
{
	unsigned int i;

	for (i = 0; i < m->n_rules; i++)
		if (m->rule[i].family == key->family &&
		    m->rule[i].plen == key->plen &&
		    equal(key->family, &m->rule[i].prefix, &key->prefix))
			return &m->rule[i];
	return NULL;
}

/* What the change comes to, done to the model */
static int __init change_model(struct model *m,
			       const struct ipvsdummy_rule_change *change)
{
	const struct ipvsdummy_rule *wanted = &change->wanted;
	struct ipvsdummy_rule *known = find_rule(m, wanted);
	union nf_inet_addr prefix = wanted->prefix;

	clear_host_bits(&prefix, wanted->plen);
	if (!equal(wanted->family, &prefix, &wanted->prefix))
		return -EINVAL;
	if (change->op == IPVSDUMMY_RULE_OP_DEL) {
		if (!known)
			return -ENOENT;
		*known = m->rule[--m->n_rules];
		return 0;
	}
	if (known && change->op == IPVSDUMMY_RULE_OP_ADD)
		return -EEXIST;
	if (!known)
		known = &m->rule[m->n_rules++];
	*known = *wanted;
	return 0;
}

static void __init draw_change(struct model *m,
			       struct ipvsdummy_rule_change *change)
{
	struct ipvsdummy_rule *wanted = &change->wanted;
	u8 how = draw(m);

	memset(change, 0, sizeof(*change));
	change->op = how % 3;
	wanted->action = how / 3 % 3;
	if (how & 0x80 && m->n_rules) {
		wanted->family = m->rule[how % m->n_rules].family;
		wanted->prefix = m->rule[how % m->n_rules].prefix;
		wanted->plen = m->rule[how % m->n_rules].plen;
		return;
	}
	wanted->family = how & 0x40 ? AF_INET : AF_INET6;
	wanted->plen = draw_plen(m, wanted->family);
	draw_addr(m, wanted->family, &wanted->prefix);
	if (how & 0x3f)
		clear_host_bits(&wanted->prefix, wanted->plen);
}

static bool __init same_rules(const struct model *m)
{
	const struct ipvsdummy_rule *rule = NULL;
	unsigned int n = 0;

	while ((rule = ipvsdummy_rules_after(&m->rules, rule))) {
		struct ipvsdummy_rule *known = find_rule((struct model *)m,
							 rule);

		if (!expect(known && known->action == rule->action,
			    "a rule of length %u", rule->plen))
			return false;
		n++;
	}
	return expect(n == m->n_rules && m->rules.count == n,
		      "%u rules, not %u", n, m->n_rules);
}

/* Some changes, all of them or none */
static bool __init change_rules(struct model *m)
{
	static struct ipvsdummy_rule_change changes[CHANGES_MAX] __initdata;
	static struct ipvsdummy_rule before[RULES_MAX] __initdata;
	unsigned int n_before, n = 0;
	bool undo = draw(m) & 1, good = true;
	int want, got;

	if (m->n_rules + CHANGES_MAX > RULES_MAX) {
		ipvsdummy_rules_destroy(&m->rules);
		m->n_rules = 0;
	}
	n_before = m->n_rules;
	memcpy(before, m->rule, sizeof(before));
	do {
		draw_change(m, &changes[n]);
		got = ipvsdummy_rules_prepare(&changes[n]);
		if (!got)
			got = ipvsdummy_rules_make(&m->rules, &changes[n]);
		want = got == -ENOMEM ? got : change_model(m, &changes[n]);
		good = expect(got == want, "change: %d, not %d", got, want) &&
		       same_rules(m);
	} while (++n < CHANGES_MAX && good && draw(m) & 3);

	while (n--) {
		if (undo)
			ipvsdummy_rules_undo(&m->rules, &changes[n]);
		ipvsdummy_rules_settle(&changes[n]);
	}
	if (undo) {
		memcpy(m->rule, before, sizeof(before));
		m->n_rules = n_before;
	}
	return good && same_rules(m);
}

/* What nobody else sees: references, and lengths that nobody uses any more */
static bool __init audit(const struct model *m)
{
	static u32 lengths[2][129] __initdata;
	const struct ipvsdummy_watched_prefix *prefix;
	const struct ipvsdummy_ifaddr *ifaddr;
	u32 i, j, refs, live, first;
	bool good = true;

	memset(lengths, 0, sizeof(lengths));
	for (i = 0; i < m->n && good; i++) {
		ifaddr = &m->addrs[i].ifaddr;
		prefix = m->addrs[i].addr->prefix;
		if (!gives_prefix(ifaddr)) {
			good = expect(!prefix, "a prefix too many");
			continue;
		}
		first = MODEL_MAX;
		for (j = refs = live = 0; j < m->n; j++) {
			if (!same_prefix(&m->addrs[j].ifaddr, ifaddr) ||
			    !gives_prefix(&m->addrs[j].ifaddr))
				continue;
			first = min(first, j);
			refs++;
			live += m->addrs[j].live;
		}
		if (first == i)
			lengths[ifaddr->family != AF_INET][ifaddr->plen]++;
		good = expect(prefix && is_of(prefix, ifaddr) &&
			      prefix == m->addrs[first].addr->prefix,
			      "prefix") &&
		       expect(prefix->refs == refs && prefix->live == live,
			      "%u references, %u live, not %u, %u",
			      prefix->refs, prefix->live, refs, live);
	}
	for (i = 0; i < 2 && good; i++)
		for (j = 0; j < 129 && good; j++)
			good = lengths[i][j] == m->index.plens.count[i][j] &&
			       !lengths[i][j] ==
			       !test_bit(j, m->index.plens.used[i]);
	return expect(good, "lengths in use") &&
	       expect(m->index.count == m->n, "count %u, not %u",
		      m->index.count, m->n);
}

/**
 * ipvsdummy_selftest_replay - do as bytes say, to the index and to the model
 * @bytes: any
 * @len: how many
 *
 * Return: whether both agreed all the time.
 */
bool __init ipvsdummy_selftest_replay(const u8 *bytes, size_t len)
{
	struct model *m = &model;
	bool good = true;

	memset(m, 0, sizeof(*m));
	INIT_LIST_HEAD(&m->owned);
	m->bytes = bytes;
	m->left = len;
	m->now = ULONG_MAX - 64;	/* wraps on the way */
	ipvsdummy_index_init(&m->index);
	ipvsdummy_rules_init(&m->rules);

	while (m->left && good) {
		cond_resched();
		m->now += draw(m) % 4;
		switch (draw(m) % 9) {
		case 0: case 1: case 2:
			good = add(m) && audit(m);
			break;
		case 3:
			good = lose(m) && audit(m);
			break;
		case 4:
			good = purge(m, draw(m) % 32) && audit(m);
			break;
		case 5:
			good = change_rules(m);
			break;
		default:
			good = judge_both(m) && ask(m);
			break;
		}
	}
	if (!good)
		pr_err("selftest: with %u addresses, %zu bytes before the end\n",
		       m->n, m->left);

	ipvsdummy_index_destroy(&m->index);
	ipvsdummy_rules_destroy(&m->rules);
	return expect(list_empty(&m->owned) && list_empty(&m->index.gone),
		      "destroyed, and something is left") && good;
}
