// SPDX-License-Identifier: GPL-2.0
/* Judging: address + index + policy + rules -> verdict. Pure: knows no device
 * and no lock.
 */
#include <linux/in.h>
#include <net/ipv6.h>

#include "judge.h"

const struct ipvsdummy_policy ipvsdummy_default_policy = {
	.mode = IPVSDUMMY_MODE_ENFORCE,
	.action = {
		[IPVSDUMMY_CLASS_HOST] = IPVSDUMMY_ACTION_REJECT,
		[IPVSDUMMY_CLASS_ONLINK] = IPVSDUMMY_ACTION_FLAG,
	},
};

/**
 * ipvsdummy_action_fits - does an action make sense for a class?
 * @class: enum ipvsdummy_class
 * @action: enum ipvsdummy_action
 *
 * "This host has it already" is true of class host only. For class rule this is
 * about the action of a rule.
 *
 * Return: whether it does.
 */
bool ipvsdummy_action_fits(u8 class, u8 action)
{
	return action != IPVSDUMMY_ACTION_SKIP || class == IPVSDUMMY_CLASS_HOST;
}

/**
 * ipvsdummy_severity - how bad is a conflict?
 * @class: enum ipvsdummy_class
 *
 * Return: enum ipvsdummy_severity.
 */
u8 ipvsdummy_severity(u8 class)
{
	return class == IPVSDUMMY_CLASS_ONLINK ? IPVSDUMMY_SEVERITY_INFO :
						 IPVSDUMMY_SEVERITY_CRITICAL;
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

/**
 * ipvsdummy_judge - judge an address
 * @index: the watched addresses
 * @policy: of the link that has or is to get it
 * @rules: of that link
 * @vip: the address; @vip->ifindex does not matter
 * @with_gone: watched addresses that went a moment ago count too
 * @verdict: the verdict, of class 0 if there is nothing to report
 *
 * A rule that rejects decides. Otherwise class host does, unless its action is
 * allow, then any other rule, in the place of class onlink, or that.
 */
void ipvsdummy_judge(const struct ipvsdummy_index *index,
		     const struct ipvsdummy_policy *policy,
		     const struct ipvsdummy_rules *rules,
		     const struct ipvsdummy_ifaddr *vip, bool with_gone,
		     struct ipvsdummy_verdict *verdict)
{
	const struct ipvsdummy_rule *rule = find_rule(rules, vip);
	const struct ipvsdummy_watched_addr *owner = NULL;
	const struct ipvsdummy_watched_prefix *prefix = NULL;
	bool rejects = rule && rule->action == IPVSDUMMY_ACTION_REJECT;
	bool scoped = host_scoped(vip);
	const u8 *action = policy->action;

	if (!rejects && !scoped &&
	    action[IPVSDUMMY_CLASS_HOST] != IPVSDUMMY_ACTION_ALLOW)
		owner = find_owner(index, vip, with_gone);
	if (!rule && !owner && !scoped &&
	    action[IPVSDUMMY_CLASS_ONLINK] != IPVSDUMMY_ACTION_ALLOW)
		prefix = find_prefix(index, vip, with_gone);

	if (owner)
		match_host(verdict, policy, owner);
	else if (prefix)
		match_onlink(verdict, policy, prefix);
	else if (rule && rule->action != IPVSDUMMY_ACTION_ALLOW)
		match_rule(verdict, rule);
	else
		memset(verdict, 0, sizeof(*verdict));

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
 * @policy: of the link that has or is to get it
 * @rules: of that link
 * @vip: the address, with its whole length
 * @fn: called for every rule that it is in, the longest first, for every
 *	interface that has it, and for every prefix that it is in, the longest
 *	first
 * @ctx: for @fn
 */
void ipvsdummy_explain(const struct ipvsdummy_index *index,
		       const struct ipvsdummy_policy *policy,
		       const struct ipvsdummy_rules *rules,
		       const struct ipvsdummy_ifaddr *vip,
		       ipvsdummy_reason_fn fn, void *ctx)
{
	const struct ipvsdummy_watched_prefix *prefix;
	const struct ipvsdummy_watched_addr *owner;
	const struct ipvsdummy_rule *rule;
	struct ipvsdummy_verdict reason;
	u8 decides;

	ipvsdummy_judge(index, policy, rules, vip, false, &reason);
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
 * The action does not count: it differs between binding and being bound.
 *
 * Return: whether they do.
 */
bool ipvsdummy_verdict_equal(u8 family, const struct ipvsdummy_verdict *a,
			     const struct ipvsdummy_verdict *b)
{
	return a->class == b->class && a->evidence == b->evidence &&
	       a->would == b->would && a->match_ifindex == b->match_ifindex &&
	       a->match_plen == b->match_plen &&
	       ipvsdummy_addr_equal(family, &a->match_prefix,
				    &b->match_prefix);
}

static unsigned int rank(u8 class)
{
	switch (class) {
	case IPVSDUMMY_CLASS_RULE:
		return 0;
	case IPVSDUMMY_CLASS_HOST:
		return 1;
	case IPVSDUMMY_CLASS_ONLINK:
		return 2;
	}
	return 3;
}

/**
 * ipvsdummy_verdict_outranks - which verdict stands for an address?
 * @family: of the address
 * @a: a verdict
 * @b: another one, on the same address bound once more with another prefix
 *
 * A total order, so that it does not matter which came first: a class before
 * none, rule before host before onlink, the longer, lower match, the lower
 * ifindex.
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
	return a->match_ifindex < b->match_ifindex;
}
