// SPDX-License-Identifier: GPL-2.0
/* Judging: address + index + owners + policy + rules -> verdict. Pure: knows no
 * device and no lock.
 */
#include <linux/etherdevice.h>
#include <linux/in.h>
#include <net/ipv6.h>

#include "judge.h"

const struct ipvsdummy_policy ipvsdummy_default_policy = {
	.mode = IPVSDUMMY_MODE_ENFORCE,
	.action = {
		[IPVSDUMMY_CLASS_HOST] = IPVSDUMMY_ACTION_REJECT,
		[IPVSDUMMY_CLASS_ONLINK] = IPVSDUMMY_ACTION_FLAG,
		[IPVSDUMMY_CLASS_GATEWAY] = IPVSDUMMY_ACTION_REJECT,
		[IPVSDUMMY_CLASS_NEIGH] = IPVSDUMMY_ACTION_REJECT,
	},
};

/**
 * ipvsdummy_action_fits - does an action make sense for a class?
 * @class: enum ipvsdummy_class
 * @action: enum ipvsdummy_action
 *
 * "This host has it already" is true of class host only, and only of class onlink
 * nobody knows whose it is. For class rule this is about the action of a rule.
 *
 * Return: whether it does.
 */
bool ipvsdummy_action_fits(u8 class, u8 action)
{
	switch (action) {
	case IPVSDUMMY_ACTION_SKIP:
		return class == IPVSDUMMY_CLASS_HOST;
	case IPVSDUMMY_ACTION_VERIFY:
		return class == IPVSDUMMY_CLASS_ONLINK;
	}
	return true;
}

/**
 * ipvsdummy_severity - how bad is a conflict?
 * @verdict: with a class
 *
 * Return: enum ipvsdummy_severity.
 */
u8 ipvsdummy_severity(const struct ipvsdummy_verdict *verdict)
{
	if (verdict->class == IPVSDUMMY_CLASS_ONLINK)
		return IPVSDUMMY_SEVERITY_INFO;
	if (verdict->class == IPVSDUMMY_CLASS_NEIGH &&
	    !verdict->owner.confirmed)
		return IPVSDUMMY_SEVERITY_WARNING;
	return IPVSDUMMY_SEVERITY_CRITICAL;
}

/* Every host has these, and its own ones */
static bool host_scoped(const struct ipvsdummy_ifaddr *vip)
{
	int type;

	if (vip->family == AF_INET)
		return ipv4_is_loopback(vip->local.ip) ||
		       ipv4_is_linklocal_169(vip->local.ip);
	type = ipv6_addr_type(&vip->local.in6);
	return type & (IPV6_ADDR_LOOPBACK | IPV6_ADDR_LINKLOCAL);
}

static void match_rule(struct ipvsdummy_verdict *verdict,
		       const struct ipvsdummy_rule *rule)
{
	*verdict = (struct ipvsdummy_verdict) {
		.match_prefix = rule->prefix,
		.match_plen = rule->plen,
		.class = IPVSDUMMY_CLASS_RULE,
		.evidence = IPVSDUMMY_EVIDENCE_RULE,
		.action = rule->action,
	};
}

static void match_host(struct ipvsdummy_verdict *verdict,
		       const struct ipvsdummy_policy *policy,
		       const struct ipvsdummy_watched_addr *owner)
{
	*verdict = (struct ipvsdummy_verdict) {
		.match_prefix = owner->local,
		.match_ifindex = owner->ifindex,
		.match_plen = ipvsdummy_max_plen(owner->family),
		.class = IPVSDUMMY_CLASS_HOST,
		.evidence = IPVSDUMMY_EVIDENCE_ADDRESS,
		.action = policy->action[IPVSDUMMY_CLASS_HOST],
	};
}

static void match_gateway(struct ipvsdummy_verdict *verdict,
			  const struct ipvsdummy_policy *policy,
			  const struct ipvsdummy_watched_addr *gateway)
{
	*verdict = (struct ipvsdummy_verdict) {
		.match_prefix = gateway->local,
		.match_ifindex = gateway->ifindex,
		.match_plen = ipvsdummy_max_plen(gateway->family),
		.class = IPVSDUMMY_CLASS_GATEWAY,
		.evidence = IPVSDUMMY_EVIDENCE_ROUTE,
		.action = policy->action[IPVSDUMMY_CLASS_GATEWAY],
	};
}

/* What may be one forged frame refuses nothing */
static void match_neigh(struct ipvsdummy_verdict *verdict,
			const struct ipvsdummy_policy *policy,
			const struct ipvsdummy_ifaddr *vip,
			const struct ipvsdummy_owner *owner)
{
	*verdict = (struct ipvsdummy_verdict) {
		.match_prefix = vip->local,
		.match_ifindex = owner->ifindex,
		.match_plen = ipvsdummy_max_plen(vip->family),
		.owner = *owner,
		.class = IPVSDUMMY_CLASS_NEIGH,
		.evidence = owner->evidence,
		.action = policy->action[IPVSDUMMY_CLASS_NEIGH],
	};
	if (!owner->confirmed &&
	    verdict->action == IPVSDUMMY_ACTION_REJECT)
		verdict->action = IPVSDUMMY_ACTION_FLAG;
}

static void match_onlink(struct ipvsdummy_verdict *verdict,
			 const struct ipvsdummy_policy *policy,
			 const struct ipvsdummy_watched_prefix *prefix)
{
	*verdict = (struct ipvsdummy_verdict) {
		.match_prefix = prefix->prefix,
		.match_ifindex = prefix->ifindex,
		.match_plen = prefix->plen,
		.class = IPVSDUMMY_CLASS_ONLINK,
		.evidence = IPVSDUMMY_EVIDENCE_ADDRESS,
		.action = policy->action[IPVSDUMMY_CLASS_ONLINK],
	};
}

static const struct ipvsdummy_rule *
find_rule(const struct ipvsdummy_rules *rules,
	  const struct ipvsdummy_ifaddr *vip)
{
	return ipvsdummy_rules_match(rules, vip->family, &vip->local,
				     ipvsdummy_max_plen(vip->family));
}

static const struct ipvsdummy_watched_addr *
find_owner(const struct ipvsdummy_index *index,
	   const struct ipvsdummy_ifaddr *vip, bool with_gone)
{
	return ipvsdummy_index_host(index, vip->vrf, vip->family, &vip->local,
				    with_gone);
}

static const struct ipvsdummy_watched_prefix *
find_prefix(const struct ipvsdummy_index *index,
	    const struct ipvsdummy_ifaddr *vip, bool with_gone)
{
	u8 max_plen = ipvsdummy_max_plen(vip->family);
	const struct ipvsdummy_watched_prefix *match;

	match = ipvsdummy_index_covering(index, vip->vrf, vip->family,
					 &vip->local, max_plen, with_gone);
	/* The VIP's own prefix becomes a route, and takes another's when it
	 * overlaps: seen only in peer form and in short prefixes.
	 */
	if (!match &&
	    !ipvsdummy_addr_equal(vip->family, &vip->local, &vip->peer))
		match = ipvsdummy_index_covering(index, vip->vrf, vip->family,
						 &vip->peer, vip->plen,
						 with_gone);
	if (!match && vip->plen < max_plen)
		match = ipvsdummy_index_inside(index, vip->vrf, vip->family,
					       &vip->peer, vip->plen,
					       with_gone);
	return match;
}

static enum ipvsdummy_owned find_station(const struct ipvsdummy_owners *owners,
					 const struct ipvsdummy_ifaddr *vip,
					 struct ipvsdummy_owner *owner)
{
	return owners ? owners->find(owners->ctx, vip, owner) :
			IPVSDUMMY_OWNED_UNKNOWN;
}

static unsigned int strictness(u8 action)
{
	static const u8 order[] = {
		[IPVSDUMMY_ACTION_ALLOW] = 0,
		[IPVSDUMMY_ACTION_FLAG] = 1,
		[IPVSDUMMY_ACTION_VERIFY] = 2,
		[IPVSDUMMY_ACTION_SKIP] = 3,
		[IPVSDUMMY_ACTION_REJECT] = 3,
	};

	return order[action];
}

/* The stricter of two verdicts, the first of two that are as strict */
static void take_stricter(struct ipvsdummy_verdict *verdict,
			  const struct ipvsdummy_verdict *next)
{
	if (strictness(next->action) > strictness(verdict->action))
		*verdict = *next;
}

/* Nobody of this host has the address: who else? */
static void judge_others(const struct ipvsdummy_index *index,
			 const struct ipvsdummy_owners *owners,
			 const struct ipvsdummy_policy *policy,
			 const struct ipvsdummy_rule *rule,
			 const struct ipvsdummy_ifaddr *vip, bool with_gone,
			 struct ipvsdummy_verdict *verdict)
{
	enum ipvsdummy_owned owned = IPVSDUMMY_OWNED_UNKNOWN;
	const struct ipvsdummy_watched_prefix *prefix;
	const struct ipvsdummy_watched_addr *gateway;
	const u8 *action = policy->action;
	struct ipvsdummy_verdict next;
	struct ipvsdummy_owner owner;

	if (action[IPVSDUMMY_CLASS_GATEWAY] != IPVSDUMMY_ACTION_ALLOW) {
		gateway = ipvsdummy_index_gateway(index, vip->vrf, vip->family,
						  &vip->local, with_gone);
		if (gateway)
			match_gateway(verdict, policy, gateway);
	}
	if (rule) {
		match_rule(&next, rule);
		take_stricter(verdict, &next);
		return;
	}

	if (action[IPVSDUMMY_CLASS_NEIGH] != IPVSDUMMY_ACTION_ALLOW ||
	    action[IPVSDUMMY_CLASS_ONLINK] == IPVSDUMMY_ACTION_VERIFY)
		owned = find_station(owners, vip, &owner);
	if (owned == IPVSDUMMY_OWNED) {
		match_neigh(&next, policy, vip, &owner);
		take_stricter(verdict, &next);
	}
	if (action[IPVSDUMMY_CLASS_ONLINK] == IPVSDUMMY_ACTION_ALLOW)
		return;
	prefix = find_prefix(index, vip, with_gone);
	if (!prefix)
		return;
	match_onlink(&next, policy, prefix);
	/* Once somebody answered, or nobody, there is nothing to find out */
	if (next.action == IPVSDUMMY_ACTION_VERIFY &&
	    (owned == IPVSDUMMY_OWNED_FREE ||
	     (owned == IPVSDUMMY_OWNED &&
	      (owner.confirmed || owner.silent))))
		next.action = IPVSDUMMY_ACTION_FLAG;
	take_stricter(verdict, &next);
}

/**
 * ipvsdummy_judge - judge an address
 * @index: the watched addresses
 * @owners: knows other stations; NULL if nobody does
 * @policy: of the link that has or is to get it
 * @rules: of that link
 * @vip: the address; @vip->ifindex does not matter
 * @with_gone: watched addresses that went a moment ago count too
 * @verdict: the verdict, of class 0 if there is nothing to report
 *
 * A rule that rejects decides. Otherwise class host does, unless its action is
 * allow, then the strictest action of the classes gateway, neigh and onlink, in
 * this order. Any other rule stands in the place of neigh and onlink.
 */
void ipvsdummy_judge(const struct ipvsdummy_index *index,
		     const struct ipvsdummy_owners *owners,
		     const struct ipvsdummy_policy *policy,
		     const struct ipvsdummy_rules *rules,
		     const struct ipvsdummy_ifaddr *vip, bool with_gone,
		     struct ipvsdummy_verdict *verdict)
{
	const struct ipvsdummy_rule *rule = find_rule(rules, vip);
	const struct ipvsdummy_watched_addr *owner = NULL;
	bool rejects = rule && rule->action == IPVSDUMMY_ACTION_REJECT;
	bool by_rule = rejects || host_scoped(vip);

	memset(verdict, 0, sizeof(*verdict));
	if (!by_rule &&
	    policy->action[IPVSDUMMY_CLASS_HOST] != IPVSDUMMY_ACTION_ALLOW)
		owner = find_owner(index, vip, with_gone);
	if (owner)
		match_host(verdict, policy, owner);
	else if (!by_rule)
		judge_others(index, owners, policy, rule, vip, with_gone,
			     verdict);
	else if (rule && rule->action != IPVSDUMMY_ACTION_ALLOW)
		match_rule(verdict, rule);

	if (policy->mode == IPVSDUMMY_MODE_AUDIT &&
	    ipvsdummy_action_refuses(verdict->action)) {
		verdict->would = verdict->action;
		verdict->action = IPVSDUMMY_ACTION_FLAG;
	}
}

/* Of the class that decides, the first does */
static void tell(ipvsdummy_reason_fn fn, void *ctx,
		 const struct ipvsdummy_verdict *reason, u8 *decides)
{
	bool first = reason->class == *decides;

	fn(ctx, reason, first);
	if (first)
		*decides = 0;
}

/**
 * ipvsdummy_explain - tell all there is to consider about an address
 * @index: the watched addresses
 * @owners: knows other stations; NULL if nobody does
 * @policy: of the link that has or is to get it
 * @rules: of that link
 * @vip: the address, with its whole length
 * @fn: called for every rule that it is in, the longest first, for every
 *	interface that has it, for every one that leads to it as a gateway, for
 *	the station that has it, and for every prefix that it is in, the longest
 *	first
 * @ctx: for @fn
 */
void ipvsdummy_explain(const struct ipvsdummy_index *index,
		       const struct ipvsdummy_owners *owners,
		       const struct ipvsdummy_policy *policy,
		       const struct ipvsdummy_rules *rules,
		       const struct ipvsdummy_ifaddr *vip,
		       ipvsdummy_reason_fn fn, void *ctx)
{
	const struct ipvsdummy_watched_prefix *prefix;
	const struct ipvsdummy_watched_addr *owner;
	const struct ipvsdummy_watched_addr *gateway;
	const struct ipvsdummy_rule *rule;
	struct ipvsdummy_verdict reason;
	struct ipvsdummy_owner station;
	u8 decides;

	ipvsdummy_judge(index, owners, policy, rules, vip, false, &reason);
	decides = reason.class;
	rule = find_rule(rules, vip);
	if (rule && !decides)
		decides = IPVSDUMMY_CLASS_RULE;

	while (rule) {
		match_rule(&reason, rule);
		tell(fn, ctx, &reason, &decides);
		if (!rule->plen)
			break;
		rule = ipvsdummy_rules_match(rules, vip->family, &vip->local,
					     rule->plen - 1);
	}
	if (host_scoped(vip))
		return;
	for (owner = find_owner(index, vip, false); owner;
	     owner = ipvsdummy_index_next_host(owner)) {
		match_host(&reason, policy, owner);
		tell(fn, ctx, &reason, &decides);
	}
	for (gateway = ipvsdummy_index_gateway(index, vip->vrf, vip->family,
					       &vip->local, false);
	     gateway; gateway = ipvsdummy_index_next_host(gateway)) {
		match_gateway(&reason, policy, gateway);
		tell(fn, ctx, &reason, &decides);
	}
	if (find_station(owners, vip, &station) == IPVSDUMMY_OWNED) {
		match_neigh(&reason, policy, vip, &station);
		tell(fn, ctx, &reason, &decides);
	}
	for (prefix = find_prefix(index, vip, false); prefix;
	     prefix = ipvsdummy_index_next_covering(index, &vip->local,
						    prefix)) {
		match_onlink(&reason, policy, prefix);
		tell(fn, ctx, &reason, &decides);
	}
}

/**
 * ipvsdummy_verdict_equal - do two verdicts say the same of an address?
 * @family: of the address
 * @a: a verdict
 * @b: another one
 *
 * The action does not count: it differs between binding and being bound. Nor does
 * what else is known about the same owner.
 *
 * Return: whether they do.
 */
bool ipvsdummy_verdict_equal(u8 family, const struct ipvsdummy_verdict *a,
			     const struct ipvsdummy_verdict *b)
{
	return a->class == b->class && a->would == b->would &&
	       a->match_ifindex == b->match_ifindex &&
	       a->match_plen == b->match_plen &&
	       ipvsdummy_addr_equal(family, &a->match_prefix,
				    &b->match_prefix) &&
	       a->owner.confirmed == b->owner.confirmed &&
	       ether_addr_equal(a->owner.lladdr, b->owner.lladdr);
}

static unsigned int rank(u8 class)
{
	switch (class) {
	case IPVSDUMMY_CLASS_RULE:
		return 0;
	case IPVSDUMMY_CLASS_HOST:
		return 1;
	case IPVSDUMMY_CLASS_GATEWAY:
		return 2;
	case IPVSDUMMY_CLASS_NEIGH:
		return 3;
	case IPVSDUMMY_CLASS_ONLINK:
		return 4;
	}
	return 5;
}

/**
 * ipvsdummy_verdict_outranks - which verdict stands for an address?
 * @family: of the address
 * @a: a verdict
 * @b: another one, on the same address bound once more with another prefix
 *
 * A total order, so that it does not matter which came first: a class before
 * none, rule before host before gateway before neigh before onlink, the longer,
 * lower match, the lower ifindex, a confirmed owner, the lower one.
 *
 * Return: whether @a goes before @b.
 */
bool ipvsdummy_verdict_outranks(u8 family, const struct ipvsdummy_verdict *a,
				const struct ipvsdummy_verdict *b)
{
	int order;

	if (a->class != b->class)
		return rank(a->class) < rank(b->class);
	if (a->match_plen != b->match_plen)
		return a->match_plen > b->match_plen;
	order = ipvsdummy_addr_cmp(family, &a->match_prefix, &b->match_prefix);
	if (order)
		return order < 0;
	if (a->match_ifindex != b->match_ifindex)
		return a->match_ifindex < b->match_ifindex;
	if (a->owner.confirmed != b->owner.confirmed)
		return a->owner.confirmed;
	return memcmp(a->owner.lladdr, b->owner.lladdr, ETH_ALEN) < 0;
}
