// SPDX-License-Identifier: GPL-2.0
/* Unit tests of gateways and other stations, and of judging by them. */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/err.h>
#include <linux/init.h>
#include <linux/kernel.h>
#include <linux/printk.h>
#include <linux/string.h>

#include "judge.h"
#include "selftest.h"

#define HOST	IPVSDUMMY_CLASS_HOST
#define ONLINK	IPVSDUMMY_CLASS_ONLINK
#define RULE	IPVSDUMMY_CLASS_RULE
#define GATEWAY	IPVSDUMMY_CLASS_GATEWAY
#define NEIGH	IPVSDUMMY_CLASS_NEIGH
#define ALLOW	IPVSDUMMY_ACTION_ALLOW
#define FLAG	IPVSDUMMY_ACTION_FLAG
#define REJECT	IPVSDUMMY_ACTION_REJECT
#define VERIFY	IPVSDUMMY_ACTION_VERIFY

#define expect	ipvsdummy_expect

/* What is known of others */
enum {
	NOBODY,		/* nothing is */
	FREE,		/* nobody answered */
	SEEN,		/* another station says it has the address */
	SILENT,		/* but was silent when everybody was asked */
	SURE,		/* and answered this host */
};

/* Which address */
enum {
	NEAR,		/* in a watched prefix */
	FAR,		/* in none */
	ROUTER,		/* a gateway, in a watched prefix */
	FAR_ROUTER,	/* a gateway, in none */
};

#define NO_RULE	0xff

static const char * const addresses[2][4] __initconst = {
	{ "10.0.2.99/32", "192.0.2.9/32", "10.0.2.1/32", "192.0.2.1/32" },
	{ "fd00::99/128", "fd01::9/128", "fd00::1/128", "fd01::1/128" },
};

static const char * const watched[2] __initconst = {
	"10.0.2.15/24", "fd00::15/64",
};

static struct ipvsdummy_watched_addr *__init add(struct ipvsdummy_index *index,
						 const char *text, int ifindex,
						 int vrf, bool gateway)
{
	struct ipvsdummy_ifaddr ifaddr;
	bool came;

	if (!ipvsdummy_selftest_parse(text, &ifaddr))
		return ERR_PTR(-EINVAL);
	ifaddr.ifindex = ifindex;
	ifaddr.vrf = vrf;
	ifaddr.gateway = gateway;
	return ipvsdummy_index_add(index, &ifaddr, &came);
}

struct question {
	const struct ipvsdummy_ifaddr *vip;
	u8 known;
};

static enum ipvsdummy_owned __init find(void *ctx,
					const struct ipvsdummy_ifaddr *vip,
					struct ipvsdummy_owner *owner)
{
	static const struct ipvsdummy_owner station __initconst = {
		.ifindex = 3,
		.lladdr = { 2, 0, 0, 0, 0, 1 },
		.evidence = IPVSDUMMY_EVIDENCE_NEIGH,
	};
	const struct question *question = ctx;
	u8 known = question->known;

	if (!expect(vip == question->vip, "asked about another address"))
		return IPVSDUMMY_OWNED_UNKNOWN;
	if (known < SEEN)
		return known == FREE ? IPVSDUMMY_OWNED_FREE :
				       IPVSDUMMY_OWNED_UNKNOWN;
	*owner = station;
	owner->confirmed = known == SURE;
	owner->silent = known == SILENT;
	return IPVSDUMMY_OWNED;
}

struct other_case {
	u8 address;
	u8 gateway;	/* actions of the classes */
	u8 neigh;
	u8 onlink;
	u8 known;
	u8 rule;	/* action of one for this address */
	u8 class;
	u8 action;
};

static const struct other_case others[] __initconst = {
	/* Nobody else */
	{ FAR, REJECT, REJECT, VERIFY, NOBODY, NO_RULE },
	{ FAR, REJECT, REJECT, VERIFY, FREE, NO_RULE },
	{ NEAR, REJECT, REJECT, FLAG, NOBODY, NO_RULE, ONLINK, FLAG },
	{ NEAR, REJECT, REJECT, ALLOW, NOBODY, NO_RULE },
	{ NEAR, FLAG, FLAG, REJECT, FREE, NO_RULE, ONLINK, REJECT },

	/* A gateway, by itself */
	{ FAR_ROUTER, REJECT, REJECT, REJECT, NOBODY, NO_RULE,
	  GATEWAY, REJECT },
	{ FAR_ROUTER, FLAG, REJECT, REJECT, NOBODY, NO_RULE, GATEWAY, FLAG },
	{ FAR_ROUTER, ALLOW, REJECT, REJECT, NOBODY, NO_RULE },

	/* A station, by itself */
	{ FAR, REJECT, REJECT, REJECT, SURE, NO_RULE, NEIGH, REJECT },
	{ FAR, REJECT, FLAG, REJECT, SURE, NO_RULE, NEIGH, FLAG },
	{ FAR, REJECT, ALLOW, REJECT, SURE, NO_RULE },
	{ FAR, REJECT, REJECT, REJECT, SEEN, NO_RULE, NEIGH, FLAG },
	{ FAR, REJECT, FLAG, REJECT, SEEN, NO_RULE, NEIGH, FLAG },
	{ FAR, REJECT, ALLOW, REJECT, SEEN, NO_RULE },

	/* The stricter of gateway and onlink, or gateway */
	{ ROUTER, REJECT, REJECT, FLAG, NOBODY, NO_RULE, GATEWAY, REJECT },
	{ ROUTER, REJECT, REJECT, VERIFY, NOBODY, NO_RULE, GATEWAY, REJECT },
	{ ROUTER, REJECT, REJECT, REJECT, NOBODY, NO_RULE, GATEWAY, REJECT },
	{ ROUTER, FLAG, REJECT, ALLOW, NOBODY, NO_RULE, GATEWAY, FLAG },
	{ ROUTER, FLAG, REJECT, FLAG, NOBODY, NO_RULE, GATEWAY, FLAG },
	{ ROUTER, FLAG, REJECT, VERIFY, NOBODY, NO_RULE, ONLINK, VERIFY },
	{ ROUTER, FLAG, REJECT, VERIFY, FREE, NO_RULE, GATEWAY, FLAG },
	{ ROUTER, FLAG, REJECT, REJECT, NOBODY, NO_RULE, ONLINK, REJECT },
	{ ROUTER, ALLOW, REJECT, FLAG, NOBODY, NO_RULE, ONLINK, FLAG },
	{ ROUTER, ALLOW, REJECT, VERIFY, NOBODY, NO_RULE, ONLINK, VERIFY },
	{ ROUTER, ALLOW, REJECT, ALLOW, NOBODY, NO_RULE },

	/* The stricter of gateway and neigh, or gateway */
	{ FAR_ROUTER, REJECT, REJECT, FLAG, SURE, NO_RULE, GATEWAY, REJECT },
	{ FAR_ROUTER, FLAG, REJECT, FLAG, SURE, NO_RULE, NEIGH, REJECT },
	{ FAR_ROUTER, FLAG, REJECT, FLAG, SEEN, NO_RULE, GATEWAY, FLAG },
	{ FAR_ROUTER, FLAG, FLAG, FLAG, SURE, NO_RULE, GATEWAY, FLAG },
	{ FAR_ROUTER, ALLOW, FLAG, FLAG, SURE, NO_RULE, NEIGH, FLAG },
	{ FAR_ROUTER, FLAG, ALLOW, FLAG, SURE, NO_RULE, GATEWAY, FLAG },
	{ ROUTER, ALLOW, ALLOW, ALLOW, SURE, NO_RULE },

	/* The stricter of neigh and onlink, or neigh */
	{ NEAR, REJECT, REJECT, REJECT, SURE, NO_RULE, NEIGH, REJECT },
	{ NEAR, REJECT, REJECT, REJECT, SEEN, NO_RULE, ONLINK, REJECT },
	{ NEAR, REJECT, REJECT, FLAG, SEEN, NO_RULE, NEIGH, FLAG },
	{ NEAR, REJECT, FLAG, FLAG, SURE, NO_RULE, NEIGH, FLAG },
	{ NEAR, REJECT, FLAG, ALLOW, SEEN, NO_RULE, NEIGH, FLAG },
	{ NEAR, REJECT, FLAG, REJECT, SURE, NO_RULE, ONLINK, REJECT },
	{ NEAR, REJECT, ALLOW, FLAG, SURE, NO_RULE, ONLINK, FLAG },

	/* To verify is over once it is known, whatever class neigh does */
	{ NEAR, REJECT, REJECT, VERIFY, NOBODY, NO_RULE, ONLINK, VERIFY },
	{ NEAR, REJECT, REJECT, VERIFY, FREE, NO_RULE, ONLINK, FLAG },
	{ NEAR, REJECT, REJECT, VERIFY, SEEN, NO_RULE, ONLINK, VERIFY },
	{ NEAR, REJECT, REJECT, VERIFY, SILENT, NO_RULE, NEIGH, FLAG },
	{ NEAR, REJECT, FLAG, VERIFY, SEEN, NO_RULE, ONLINK, VERIFY },
	{ NEAR, REJECT, REJECT, VERIFY, SURE, NO_RULE, NEIGH, REJECT },
	{ NEAR, REJECT, FLAG, VERIFY, SURE, NO_RULE, NEIGH, FLAG },
	{ NEAR, REJECT, ALLOW, VERIFY, NOBODY, NO_RULE, ONLINK, VERIFY },
	{ NEAR, REJECT, ALLOW, VERIFY, FREE, NO_RULE, ONLINK, FLAG },
	{ NEAR, REJECT, ALLOW, VERIFY, SEEN, NO_RULE, ONLINK, VERIFY },
	{ NEAR, REJECT, ALLOW, VERIFY, SILENT, NO_RULE, ONLINK, FLAG },
	{ NEAR, REJECT, ALLOW, VERIFY, SURE, NO_RULE, ONLINK, FLAG },

	/* All three */
	{ ROUTER, REJECT, REJECT, REJECT, SURE, NO_RULE, GATEWAY, REJECT },
	{ ROUTER, FLAG, REJECT, REJECT, SURE, NO_RULE, NEIGH, REJECT },
	{ ROUTER, FLAG, REJECT, REJECT, SEEN, NO_RULE, ONLINK, REJECT },
	{ ROUTER, FLAG, FLAG, FLAG, SURE, NO_RULE, GATEWAY, FLAG },
	{ ROUTER, ALLOW, FLAG, FLAG, SURE, NO_RULE, NEIGH, FLAG },
	{ ROUTER, ALLOW, REJECT, VERIFY, SEEN, NO_RULE, ONLINK, VERIFY },
	{ ROUTER, ALLOW, REJECT, VERIFY, SILENT, NO_RULE, NEIGH, FLAG },

	/* A rule rejects, or stands in the place of neigh and onlink */
	{ ROUTER, FLAG, REJECT, REJECT, SURE, REJECT, RULE, REJECT },
	{ ROUTER, REJECT, REJECT, REJECT, SURE, REJECT, RULE, REJECT },
	{ NEAR, REJECT, REJECT, REJECT, SURE, FLAG, RULE, FLAG },
	{ NEAR, REJECT, REJECT, REJECT, SURE, ALLOW },
	{ NEAR, REJECT, REJECT, VERIFY, NOBODY, FLAG, RULE, FLAG },
	{ NEAR, REJECT, REJECT, VERIFY, NOBODY, ALLOW },
	{ ROUTER, REJECT, REJECT, REJECT, SURE, ALLOW, GATEWAY, REJECT },
	{ ROUTER, FLAG, REJECT, REJECT, SURE, ALLOW, GATEWAY, FLAG },
	{ ROUTER, REJECT, FLAG, FLAG, NOBODY, FLAG, GATEWAY, REJECT },
	{ ROUTER, FLAG, FLAG, FLAG, NOBODY, FLAG, GATEWAY, FLAG },
	{ ROUTER, ALLOW, REJECT, REJECT, SURE, FLAG, RULE, FLAG },
	{ ROUTER, ALLOW, REJECT, REJECT, SURE, ALLOW },
};

struct heard {
	unsigned int reasons[IPVSDUMMY_CLASSES];
	unsigned int deciders;
	u8 class;
};

static void __init hear(void *ctx, const struct ipvsdummy_verdict *reason,
			bool decides)
{
	struct heard *heard = ctx;

	heard->reasons[reason->class]++;
	if (decides) {
		heard->deciders++;
		heard->class = reason->class;
	}
}

static bool __init explained(unsigned int i, const struct ipvsdummy_index *index,
			     const struct ipvsdummy_owners *owners,
			     const struct ipvsdummy_policy *policy,
			     const struct ipvsdummy_rules *rules,
			     const struct ipvsdummy_ifaddr *vip)
{
	const struct other_case *other = &others[i];
	struct heard heard = {};
	u8 class = other->class;

	if (!class && other->rule != NO_RULE)
		class = RULE;
	ipvsdummy_explain(index, owners, policy, rules, vip, hear, &heard);
	return expect(heard.reasons[GATEWAY] == (other->address >= ROUTER) &&
		      heard.reasons[NEIGH] == (other->known >= SEEN) &&
		      heard.reasons[ONLINK] == !(other->address & FAR) &&
		      heard.reasons[RULE] == (other->rule != NO_RULE) &&
		      !heard.reasons[HOST], "reasons of case %u", i) &&
	       expect(heard.deciders == !!class && heard.class == class,
		      "%u decide, class %u, in case %u", heard.deciders,
		      heard.class, i);
}

static bool __init judged(unsigned int i, u8 mode,
			  const struct ipvsdummy_index *index,
			  const struct ipvsdummy_rules *rules,
			  const struct ipvsdummy_ifaddr *vip)
{
	const struct other_case *other = &others[i];
	struct question question = { .vip = vip, .known = other->known };
	const struct ipvsdummy_owners owners = {
		.find = find,
		.ctx = &question,
	};
	const struct ipvsdummy_policy policy = {
		.mode = mode,
		.action = {
			[HOST] = REJECT,
			[ONLINK] = other->onlink,
			[GATEWAY] = other->gateway,
			[NEIGH] = other->neigh,
		},
	};
	static const int ifindex[] __initconst = {
		[ONLINK] = 2, [NEIGH] = 3, [GATEWAY] = 4,
	};
	static const u8 evidence[] __initconst = {
		[ONLINK] = IPVSDUMMY_EVIDENCE_ADDRESS,
		[RULE] = IPVSDUMMY_EVIDENCE_RULE,
		[GATEWAY] = IPVSDUMMY_EVIDENCE_ROUTE,
		[NEIGH] = IPVSDUMMY_EVIDENCE_NEIGH,
	};
	u8 class = other->class, action = other->action, would = 0;
	struct ipvsdummy_verdict verdict;

	if (mode == IPVSDUMMY_MODE_AUDIT && action > FLAG) {
		would = action;
		action = FLAG;
	}
	/* NULL knows no more than somebody who knows nothing */
	ipvsdummy_judge(index,
			other->known == NOBODY && i & 1 ? NULL : &owners,
			&policy, rules, vip, false, &verdict);
	return expect(verdict.class == class && verdict.action == action &&
		      verdict.would == would,
		      "class %u, action %u, would %u, in case %u",
		      verdict.class, verdict.action, verdict.would, i) &&
	       expect(verdict.match_ifindex == ifindex[class] &&
		      verdict.evidence == evidence[class],
		      "interface %d, evidence %u, in case %u",
		      verdict.match_ifindex, verdict.evidence, i) &&
	       expect(class == ONLINK || !class ||
		      (verdict.match_plen == vip->plen &&
		       ipvsdummy_addr_equal(vip->family, &verdict.match_prefix,
					    &vip->local)),
		      "match of case %u", i) &&
	       expect(verdict.owner.lladdr[5] == (class == NEIGH) &&
		      verdict.owner.confirmed ==
		      (class == NEIGH && other->known == SURE),
		      "owner of case %u", i) &&
	       explained(i, index, &owners, &policy, rules, vip);
}

static bool __init judge_other(unsigned int i, unsigned int slot,
			       const struct ipvsdummy_index *index)
{
	struct ipvsdummy_rule_change change = {};
	struct ipvsdummy_rules rules = {};
	struct ipvsdummy_ifaddr vip;
	bool good;

	if (!ipvsdummy_selftest_parse(addresses[slot][others[i].address], &vip))
		return false;
	ipvsdummy_rules_init(&rules);
	change.wanted.prefix = vip.local;
	change.wanted.family = vip.family;
	change.wanted.plen = vip.plen;
	change.wanted.action = others[i].rule;
	good = expect(others[i].rule == NO_RULE ||
		      (!ipvsdummy_rules_prepare(&change) &&
		       !ipvsdummy_rules_make(&rules, &change)), "rule");
	ipvsdummy_rules_settle(&change);
	good = good &&
	       judged(i, IPVSDUMMY_MODE_ENFORCE, index, &rules, &vip) &&
	       judged(i, IPVSDUMMY_MODE_AUDIT, index, &rules, &vip);
	ipvsdummy_rules_destroy(&rules);
	return good;
}

/**
 * ipvsdummy_selftest_owners - what gateways, stations and rules come to
 *
 * Return: whether all was judged as it should be.
 */
bool __init ipvsdummy_selftest_owners(void)
{
	struct ipvsdummy_index index = {};
	unsigned int i, slot;
	bool good = true;

	ipvsdummy_index_init(&index);
	for (slot = 0; slot < 2; slot++)
		good &= expect(!IS_ERR(add(&index, watched[slot], 2, 0,
					   false)) &&
			       !IS_ERR(add(&index, addresses[slot][ROUTER], 4,
					   0, true)) &&
			       !IS_ERR(add(&index, addresses[slot][FAR_ROUTER],
					   4, 0, true)), "add");
	for (slot = 0; slot < 2 && good; slot++)
		for (i = 0; i < ARRAY_SIZE(others); i++)
			good &= judge_other(i, slot, &index);
	ipvsdummy_index_destroy(&index);
	return good;
}

/* Class and interface of the address 10.0.2.1 */
static bool __init is(const char *what, const struct ipvsdummy_index *index,
		      const struct ipvsdummy_policy *policy, int vrf,
		      bool with_gone, u8 class, int ifindex)
{
	static const struct ipvsdummy_rules none __initconst;
	struct ipvsdummy_verdict verdict;
	struct ipvsdummy_ifaddr vip;

	if (!ipvsdummy_selftest_parse(addresses[0][ROUTER], &vip))
		return false;
	vip.vrf = vrf;
	ipvsdummy_judge(index, NULL, policy, &none, &vip, with_gone, &verdict);
	return expect(verdict.class == class &&
		      verdict.match_ifindex == ifindex,
		      "%s: class %u, by interface %d", what, verdict.class,
		      verdict.match_ifindex);
}

/**
 * ipvsdummy_selftest_gateways - gateways in the index
 *
 * Return: whether they are there as they should be.
 */
bool __init ipvsdummy_selftest_gateways(void)
{
	struct ipvsdummy_policy policy = ipvsdummy_default_policy;
	const char *router = addresses[0][ROUTER];
	struct ipvsdummy_watched_addr *a, *b, *own;
	struct ipvsdummy_index index = {};
	bool good;

	ipvsdummy_index_init(&index);
	b = add(&index, router, 3, 0, true);
	a = add(&index, router, 2, 0, true);
	if (IS_ERR(a) || IS_ERR(b) ||
	    IS_ERR(add(&index, router, 5, 10, true))) {
		ipvsdummy_index_destroy(&index);
		return expect(false, "add");
	}
	good = is("the lower", &index, &policy, 0, false, GATEWAY, 2) &&
	       is("of the VRF", &index, &policy, 10, false, GATEWAY, 5) &&
	       is("of none", &index, &policy, 11, false, 0, 0) &&
	       expect(!a->prefix && index.count == 3, "gives a prefix");

	ipvsdummy_index_mark_gone(&index, a, 1);
	good &= is("one gone", &index, &policy, 0, false, GATEWAY, 3);
	ipvsdummy_index_mark_gone(&index, b, 2);
	good &= is("both gone", &index, &policy, 0, false, 0, 0) &&
		is("both held", &index, &policy, 0, true, GATEWAY, 2) &&
		expect(ipvsdummy_index_purge(&index, 1), "purge") &&
		is("one held", &index, &policy, 0, true, GATEWAY, 3) &&
		expect(add(&index, router, 3, 0, true) == b, "another") &&
		is("back", &index, &policy, 0, false, GATEWAY, 3);

	/* The same address of the same interface, and none of the others' */
	own = add(&index, router, 3, 0, false);
	good &= expect(!IS_ERR(own) && own != b && index.count == 3, "own") &&
		is("own", &index, &policy, 0, false, HOST, 3);
	policy.action[HOST] = ALLOW;
	good &= is("own, allowed", &index, &policy, 0, false, GATEWAY, 3);
	policy.action[GATEWAY] = ALLOW;
	good &= is("both allowed", &index, &policy, 0, false, 0, 0);
	ipvsdummy_index_destroy(&index);
	return good;
}
