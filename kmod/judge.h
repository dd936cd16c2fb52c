/* SPDX-License-Identifier: GPL-2.0 */
/* Judging: address + index + owners + policy + rules -> verdict. */
#ifndef _IPVSDUMMY_JUDGE_H
#define _IPVSDUMMY_JUDGE_H

#include <linux/if_ether.h>
#include <linux/ipvsdummy.h>

#include "prefix.h"
#include "rule.h"

#define IPVSDUMMY_CLASSES	(IPVSDUMMY_CLASS_NEIGH + 1)

/**
 * struct ipvsdummy_owner - a station that has an address, or says so
 * @ifindex: watched interface that it was seen on
 * @lladdr: its link-layer address
 * @vlan: VLAN of that interface, 0 if it is none
 * @evidence: enum ipvsdummy_evidence
 * @claim: enum ipvsdummy_claim, 0 if it was not seen to claim the address
 * @station: enum ipvsdummy_station, 0 if it is one like others
 * @confirmed: it answered this host, so one forged frame is not enough
 * @silent: when everybody was asked a while ago, nobody answered
 */
struct ipvsdummy_owner {
	int ifindex;
	u8 lladdr[ETH_ALEN];
	u16 vlan;
	u8 evidence;
	u8 claim;
	u8 station;
	bool confirmed;
	bool silent;
};

/**
 * enum ipvsdummy_owned - what is known about the owner of an address
 * @IPVSDUMMY_OWNED_UNKNOWN: nothing
 * @IPVSDUMMY_OWNED_FREE: everybody was asked, and nobody answered
 * @IPVSDUMMY_OWNED: by another station
 */
enum ipvsdummy_owned {
	IPVSDUMMY_OWNED_UNKNOWN,
	IPVSDUMMY_OWNED_FREE,
	IPVSDUMMY_OWNED,
};

/**
 * struct ipvsdummy_owners - whom to ask for the owner of an address
 * @find: returns enum ipvsdummy_owned, and fills in @owner if there is one
 * @ctx: for @find
 */
struct ipvsdummy_owners {
	enum ipvsdummy_owned (*find)(void *ctx,
				     const struct ipvsdummy_ifaddr *vip,
				     struct ipvsdummy_owner *owner);
	void *ctx;
};

/**
 * struct ipvsdummy_policy - what a link does about conflicts
 * @mode: enum ipvsdummy_mode
 * @action: enum ipvsdummy_action by enum ipvsdummy_class; of class rule each
 *	rule has its own
 */
struct ipvsdummy_policy {
	u8 mode;
	u8 action[IPVSDUMMY_CLASSES];
};

/**
 * struct ipvsdummy_verdict - what an address clashes with
 * @match_prefix: address or prefix it clashes with
 * @match_ifindex: interface it clashes with, 0 if it is none's
 * @owner: of class neigh, who has it
 * @match_plen: length of @match_prefix
 * @class: enum ipvsdummy_class, 0 if there is nothing to report
 * @evidence: enum ipvsdummy_evidence
 * @action: enum ipvsdummy_action; what is done about it when it is to be bound
 * @would: the refusing action that mode audit made a flag of, else 0
 */
struct ipvsdummy_verdict {
	union nf_inet_addr match_prefix;
	int match_ifindex;
	struct ipvsdummy_owner owner;
	u8 match_plen;
	u8 class;
	u8 evidence;
	u8 action;
	u8 would;
};

static inline bool ipvsdummy_action_refuses(u8 action)
{
	return action == IPVSDUMMY_ACTION_REJECT ||
	       action == IPVSDUMMY_ACTION_SKIP ||
	       action == IPVSDUMMY_ACTION_VERIFY;
}

/**
 * typedef ipvsdummy_reason_fn - take what was considered about an address
 * @ctx: the caller's
 * @reason: class, match, and the action of that class or rule
 * @decides: whether this is the one that decides
 */
typedef void (*ipvsdummy_reason_fn)(void *ctx,
				    const struct ipvsdummy_verdict *reason,
				    bool decides);

extern const struct ipvsdummy_policy ipvsdummy_default_policy;

bool ipvsdummy_action_fits(u8 class, u8 action);
u8 ipvsdummy_severity(const struct ipvsdummy_verdict *verdict);
void ipvsdummy_judge(const struct ipvsdummy_index *index,
		     const struct ipvsdummy_owners *owners,
		     const struct ipvsdummy_policy *policy,
		     const struct ipvsdummy_rules *rules,
		     const struct ipvsdummy_ifaddr *vip, bool with_gone,
		     struct ipvsdummy_verdict *verdict);
void ipvsdummy_explain(const struct ipvsdummy_index *index,
		       const struct ipvsdummy_owners *owners,
		       const struct ipvsdummy_policy *policy,
		       const struct ipvsdummy_rules *rules,
		       const struct ipvsdummy_ifaddr *vip,
		       ipvsdummy_reason_fn fn, void *ctx);
bool ipvsdummy_verdict_equal(u8 family, const struct ipvsdummy_verdict *a,
			     const struct ipvsdummy_verdict *b);
bool ipvsdummy_verdict_outranks(u8 family, const struct ipvsdummy_verdict *a,
				const struct ipvsdummy_verdict *b);

#endif
