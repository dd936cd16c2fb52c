// SPDX-License-Identifier: GPL-2.0
/* The operator's rules: prefix -> action, the longest decides. A sorted tree,
 * asked once for every length in use. Pure: knows no device and no lock.
 */
#include <linux/err.h>
#include <linux/ipvsdummy.h>
#include <linux/slab.h>

#include "rule.h"

#define to_rule(pos) rb_entry_safe(pos, struct ipvsdummy_rule, node)

static int cmp_rule(const struct ipvsdummy_rule *a,
		    const struct ipvsdummy_rule *b)
{
	int order = ipvsdummy_family_slot(a->family) -
		    ipvsdummy_family_slot(b->family);

	if (!order)
		order = ipvsdummy_addr_cmp(a->family, &a->prefix, &b->prefix);
	if (!order)
		order = a->plen - b->plen;
	return order;
}

static struct ipvsdummy_rule *find(const struct ipvsdummy_rules *rules,
				   const struct ipvsdummy_rule *key)
{
	struct rb_node *pos = rules->root.rb_node;
	int order;

	while (pos) {
		order = cmp_rule(key, to_rule(pos));
		if (!order)
			return to_rule(pos);
		pos = order < 0 ? pos->rb_left : pos->rb_right;
	}
	return NULL;
}

static void insert(struct ipvsdummy_rules *rules, struct ipvsdummy_rule *rule)
{
	struct rb_node **slot = &rules->root.rb_node, *parent = NULL;

	while (*slot) {
		parent = *slot;
		slot = cmp_rule(rule, to_rule(parent)) < 0 ?
		       &parent->rb_left : &parent->rb_right;
	}
	rb_link_node(&rule->node, parent, slot);
	rb_insert_color(&rule->node, &rules->root);
	ipvsdummy_plens_get(&rules->plens, rule->family, rule->plen);
	rules->count++;
}

static void erase(struct ipvsdummy_rules *rules, struct ipvsdummy_rule *rule)
{
	rb_erase(&rule->node, &rules->root);
	ipvsdummy_plens_put(&rules->plens, rule->family, rule->plen);
	rules->count--;
}

/**
 * ipvsdummy_rules_init - make an empty set of rules
 * @rules: the set
 */
void ipvsdummy_rules_init(struct ipvsdummy_rules *rules)
{
	*rules = (struct ipvsdummy_rules) { .root = RB_ROOT };
}

/**
 * ipvsdummy_rules_destroy - free all rules
 * @rules: made by ipvsdummy_rules_init(); empty afterwards
 */
void ipvsdummy_rules_destroy(struct ipvsdummy_rules *rules)
{
	struct ipvsdummy_rule *rule, *next;

	rbtree_postorder_for_each_entry_safe(rule, next, &rules->root, node)
		kfree(rule);
	ipvsdummy_rules_init(rules);
}

/**
 * ipvsdummy_rules_prepare - get ready for a change
 * @change: with @change->wanted and @change->op, the rest zero
 *
 * Context: may sleep.
 * Return: 0, -EINVAL if host bits are set in the prefix, or -ENOMEM. In any
 * case ipvsdummy_rules_settle() has to follow.
 */
int ipvsdummy_rules_prepare(struct ipvsdummy_rule_change *change)
{
	const struct ipvsdummy_rule *wanted = &change->wanted;
	union nf_inet_addr prefix;

	ipvsdummy_mask_addr(&prefix, &wanted->prefix, wanted->family,
			    wanted->plen);
	if (!ipvsdummy_addr_equal(wanted->family, &prefix, &wanted->prefix))
		return -EINVAL;
	if (change->op == IPVSDUMMY_RULE_OP_DEL)
		return 0;
	change->rule = kmalloc(sizeof(*change->rule), GFP_KERNEL_ACCOUNT);
	if (!change->rule)
		return -ENOMEM;
	*change->rule = *wanted;
	return 0;
}

/**
 * ipvsdummy_rules_make - make a change
 * @rules: the set
 * @change: prepared
 *
 * Return: 0; -EEXIST if the prefix has a rule already, -ENOENT if it has none,
 * -ENOSPC if the set is full, and nothing has changed.
 */
int ipvsdummy_rules_make(struct ipvsdummy_rules *rules,
			 struct ipvsdummy_rule_change *change)
{
	struct ipvsdummy_rule *rule = find(rules, &change->wanted);

	if (change->op == IPVSDUMMY_RULE_OP_DEL) {
		if (!rule)
			return -ENOENT;
		erase(rules, rule);
		change->rule = rule;
	} else if (rule) {
		if (change->op == IPVSDUMMY_RULE_OP_ADD)
			return -EEXIST;
		change->replaced = rule;
		change->action = rule->action;
		rule->action = change->wanted.action;
	} else {
		if (rules->count >= IPVSDUMMY_RULES_MAX)
			return -ENOSPC;
		insert(rules, change->rule);
	}
	change->done = true;
	return 0;
}

/**
 * ipvsdummy_rules_undo - take a change back
 * @rules: the set
 * @change: the last change that was made and not undone, or none that was made
 */
void ipvsdummy_rules_undo(struct ipvsdummy_rules *rules,
			  struct ipvsdummy_rule_change *change)
{
	if (!change->done)
		return;
	change->done = false;
	if (change->replaced) {
		change->replaced->action = change->action;
	} else if (change->op == IPVSDUMMY_RULE_OP_DEL) {
		insert(rules, change->rule);
		change->rule = NULL;
	} else {
		erase(rules, change->rule);
	}
}

/**
 * ipvsdummy_rules_settle - a change is made for good, or will not be made
 * @change: prepared, made or undone; what it holds and the set does not is freed
 */
void ipvsdummy_rules_settle(struct ipvsdummy_rule_change *change)
{
	if (!change->done || change->replaced ||
	    change->op == IPVSDUMMY_RULE_OP_DEL)
		kfree(change->rule);
	change->rule = NULL;
}

/**
 * ipvsdummy_rules_match - which rule is an address in?
 * @rules: the set
 * @family: AF_INET or AF_INET6
 * @addr: the address
 * @max_plen: only prefixes of this length at most
 *
 * Return: the one of the longest prefix, NULL if none.
 */
const struct ipvsdummy_rule *
ipvsdummy_rules_match(const struct ipvsdummy_rules *rules, u8 family,
		      const union nf_inet_addr *addr, u8 max_plen)
{
	struct ipvsdummy_rule key = { .family = family };
	const struct ipvsdummy_rule *rule;
	int plen = max_plen;

	while ((plen = ipvsdummy_plens_longest(&rules->plens, family,
					       plen)) >= 0) {
		ipvsdummy_mask_addr(&key.prefix, addr, family, plen);
		key.plen = plen;
		rule = find(rules, &key);
		if (rule)
			return rule;
		plen--;
	}
	return NULL;
}

/**
 * ipvsdummy_rules_after - the next rule in order
 * @rules: the set
 * @pos: a rule, in the set or not; NULL for the first
 *
 * By family, address and length, IPv4 first.
 *
 * Return: the rule, NULL if there is none.
 */
const struct ipvsdummy_rule *
ipvsdummy_rules_after(const struct ipvsdummy_rules *rules,
		      const struct ipvsdummy_rule *pos)
{
	const struct ipvsdummy_rule *after = NULL;
	struct rb_node *node = rules->root.rb_node;

	while (node) {
		if (!pos || cmp_rule(pos, to_rule(node)) < 0) {
			after = to_rule(node);
			node = node->rb_left;
		} else {
			node = node->rb_right;
		}
	}
	return after;
}
