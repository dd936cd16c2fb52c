// SPDX-License-Identifier: GPL-2.0
/* Judging: address + index + policy -> verdict. Pure: knows no device and no
 * lock.
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
 * "This host has it already" is true of class host only.
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

static bool judge_host(const struct ipvsdummy_index *index,
		       const struct ipvsdummy_ifaddr *vip, bool with_gone,
		       struct ipvsdummy_verdict *verdict)
{
	const struct ipvsdummy_watched_addr *owner;

	owner = ipvsdummy_index_host(index, vip->vrf, vip->family, &vip->local,
				     with_gone);
	if (!owner)
		return false;
	verdict->class = IPVSDUMMY_CLASS_HOST;
	verdict->match_ifindex = owner->ifindex;
	verdict->match_prefix = owner->local;
	verdict->match_plen = ipvsdummy_max_plen(vip->family);
	return true;
}

static bool judge_onlink(const struct ipvsdummy_index *index,
			 const struct ipvsdummy_ifaddr *vip, bool with_gone,
			 struct ipvsdummy_verdict *verdict)
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
	if (!match)
		return false;
	verdict->class = IPVSDUMMY_CLASS_ONLINK;
	verdict->match_ifindex = match->ifindex;
	verdict->match_prefix = match->prefix;
	verdict->match_plen = match->plen;
	return true;
}

/**
 * ipvsdummy_judge - judge an address
 * @index: the watched addresses
 * @policy: of the link that has or is to get it
 * @vip: the address; @vip->ifindex does not matter
 * @with_gone: watched addresses that went a moment ago count too
 * @verdict: the verdict, of class 0 if there is nothing to report
 *
 * Class host decides unless its action is allow, then class onlink.
 */
void ipvsdummy_judge(const struct ipvsdummy_index *index,
		     const struct ipvsdummy_policy *policy,
		     const struct ipvsdummy_ifaddr *vip, bool with_gone,
		     struct ipvsdummy_verdict *verdict)
{
	const u8 *action = policy->action;

	memset(verdict, 0, sizeof(*verdict));
	if (host_scoped(vip))
		return;

	if (!(action[IPVSDUMMY_CLASS_HOST] != IPVSDUMMY_ACTION_ALLOW &&
	      judge_host(index, vip, with_gone, verdict)) &&
	    !(action[IPVSDUMMY_CLASS_ONLINK] != IPVSDUMMY_ACTION_ALLOW &&
	      judge_onlink(index, vip, with_gone, verdict)))
		return;

	verdict->evidence = IPVSDUMMY_EVIDENCE_ADDRESS;
	verdict->action = action[verdict->class];
	if (policy->mode == IPVSDUMMY_MODE_AUDIT &&
	    ipvsdummy_action_refuses(verdict->action)) {
		verdict->would = verdict->action;
		verdict->action = IPVSDUMMY_ACTION_FLAG;
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

/**
 * ipvsdummy_verdict_outranks - which verdict stands for an address?
 * @family: of the address
 * @a: a verdict
 * @b: another one, on the same address bound once more with another prefix
 *
 * A total order, so that it does not matter which came first: a class before
 * none, host before onlink, the longer, lower match, the lower ifindex.
 *
 * Return: whether @a goes before @b.
 */
bool ipvsdummy_verdict_outranks(u8 family, const struct ipvsdummy_verdict *a,
				const struct ipvsdummy_verdict *b)
{
	int order;

	if (a->class != b->class)
		return a->class && (!b->class || a->class < b->class);
	if (a->match_plen != b->match_plen)
		return a->match_plen > b->match_plen;
	order = ipvsdummy_addr_cmp(family, &a->match_prefix, &b->match_prefix);
	if (order)
		return order < 0;
	return a->match_ifindex < b->match_ifindex;
}
