/* SPDX-License-Identifier: GPL-2.0 */
/* Judging: address + index + policy -> verdict. */
#ifndef _IPVSDUMMY_JUDGE_H
#define _IPVSDUMMY_JUDGE_H

#include <linux/ipvsdummy.h>

#include "prefix.h"

#define IPVSDUMMY_CLASSES	(IPVSDUMMY_CLASS_ONLINK + 1)

/**
 * struct ipvsdummy_policy - what a link does about conflicts
 * @mode: enum ipvsdummy_mode
 * @action: enum ipvsdummy_action by enum ipvsdummy_class
 */
struct ipvsdummy_policy {
	u8 mode;
	u8 action[IPVSDUMMY_CLASSES];
};

/**
 * struct ipvsdummy_verdict - what an address clashes with
 * @match_prefix: address or prefix it clashes with
 * @match_ifindex: interface it clashes with
 * @match_plen: length of @match_prefix
 * @class: enum ipvsdummy_class, 0 if there is nothing to report
 * @evidence: enum ipvsdummy_evidence
 * @action: enum ipvsdummy_action; what is done about it when it is to be bound
 * @would: the refusing action that mode audit made a flag of, else 0
 */
struct ipvsdummy_verdict {
	union nf_inet_addr match_prefix;
	int match_ifindex;
	u8 match_plen;
	u8 class;
	u8 evidence;
	u8 action;
	u8 would;
};

static inline bool ipvsdummy_action_refuses(u8 action)
{
	return action == IPVSDUMMY_ACTION_REJECT ||
	       action == IPVSDUMMY_ACTION_SKIP;
}

extern const struct ipvsdummy_policy ipvsdummy_default_policy;

bool ipvsdummy_action_fits(u8 class, u8 action);
u8 ipvsdummy_severity(u8 class);
void ipvsdummy_judge(const struct ipvsdummy_index *index,
		     const struct ipvsdummy_policy *policy,
		     const struct ipvsdummy_ifaddr *vip, bool with_gone,
		     struct ipvsdummy_verdict *verdict);
bool ipvsdummy_verdict_equal(u8 family, const struct ipvsdummy_verdict *a,
			     const struct ipvsdummy_verdict *b);
bool ipvsdummy_verdict_outranks(u8 family, const struct ipvsdummy_verdict *a,
				const struct ipvsdummy_verdict *b);

#endif
