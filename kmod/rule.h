/* SPDX-License-Identifier: GPL-2.0 */
/* The operator's rules: prefix -> action, the longest decides. */
#ifndef _IPVSDUMMY_RULE_H
#define _IPVSDUMMY_RULE_H

#include <linux/list.h>
#include <linux/netfilter.h>
#include <linux/rbtree.h>
#include <linux/types.h>

#include "prefix.h"

#define IPVSDUMMY_RULES_MAX	8192	/* of one link */

/**
 * struct ipvsdummy_rule - what to do about the addresses of a prefix
 * @node: in the set
 * @prefix: network address, host bits zero
 * @family: AF_INET or AF_INET6
 * @plen: prefix length
 * @action: enum ipvsdummy_action
 */
struct ipvsdummy_rule {
	struct rb_node node;
	union nf_inet_addr prefix;
	u8 family;
	u8 plen;
	u8 action;
};

/**
 * struct ipvsdummy_rules - the rules of a link
 * @root: struct ipvsdummy_rule
 * @count: their number
 * @plens: the prefix lengths in use
 *
 * The caller serializes everything.
 */
struct ipvsdummy_rules {
	struct rb_root root;
	unsigned int count;
	struct ipvsdummy_plens plens;
};

/**
 * struct ipvsdummy_rule_change - a change of a set of rules, and its undoing
 * @node: for the caller's list of changes
 * @wanted: prefix and action
 * @op: enum ipvsdummy_rule_op
 * @rule: of an addition, with memory for it; of a deletion, what was deleted
 * @replaced: the rule that got another action
 * @action: which it had before
 * @done: it was made
 */
struct ipvsdummy_rule_change {
	struct list_head node;
	struct ipvsdummy_rule wanted;
	u8 op;
	struct ipvsdummy_rule *rule;
	struct ipvsdummy_rule *replaced;
	u8 action;
	bool done;
};

void ipvsdummy_rules_init(struct ipvsdummy_rules *rules);
void ipvsdummy_rules_destroy(struct ipvsdummy_rules *rules);
int ipvsdummy_rules_prepare(struct ipvsdummy_rule_change *change);
int ipvsdummy_rules_make(struct ipvsdummy_rules *rules,
			 struct ipvsdummy_rule_change *change);
void ipvsdummy_rules_undo(struct ipvsdummy_rules *rules,
			  struct ipvsdummy_rule_change *change);
void ipvsdummy_rules_settle(struct ipvsdummy_rule_change *change);
const struct ipvsdummy_rule *
ipvsdummy_rules_match(const struct ipvsdummy_rules *rules, u8 family,
		      const union nf_inet_addr *addr, u8 max_plen);
const struct ipvsdummy_rule *
ipvsdummy_rules_after(const struct ipvsdummy_rules *rules,
		      const struct ipvsdummy_rule *pos);

#endif
