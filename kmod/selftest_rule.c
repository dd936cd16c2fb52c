// SPDX-License-Identifier: GPL-2.0
/* Unit tests of rules, and of judging by them. */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/err.h>
#include <linux/init.h>
#include <linux/kernel.h>
#include <linux/printk.h>
#include <linux/sched.h>
#include <linux/string.h>

#include "judge.h"
#include "selftest.h"

#define HOST	IPVSDUMMY_CLASS_HOST
#define ONLINK	IPVSDUMMY_CLASS_ONLINK
#define RULE	IPVSDUMMY_CLASS_RULE
#define ALLOW	IPVSDUMMY_ACTION_ALLOW
#define FLAG	IPVSDUMMY_ACTION_FLAG
#define REJECT	IPVSDUMMY_ACTION_REJECT
#define ADD	IPVSDUMMY_RULE_OP_ADD
#define REPLACE	IPVSDUMMY_RULE_OP_REPLACE
#define DEL	IPVSDUMMY_RULE_OP_DEL

#define expect	ipvsdummy_expect

static bool __init parse_rule(const char *text, struct ipvsdummy_rule *rule)
{
	struct ipvsdummy_ifaddr ifaddr;

	memset(rule, 0, sizeof(*rule));
	if (!ipvsdummy_selftest_parse(text, &ifaddr))
		return false;
	rule->prefix = ifaddr.local;
	rule->family = ifaddr.family;
	rule->plen = ifaddr.plen;
	return true;
}

static int __init change(struct ipvsdummy_rules *rules, u8 op,
			 const struct ipvsdummy_rule *wanted)
{
	struct ipvsdummy_rule_change one = { .wanted = *wanted, .op = op };
	int err;

	err = ipvsdummy_rules_prepare(&one);
	if (!err)
		err = ipvsdummy_rules_make(rules, &one);
	ipvsdummy_rules_settle(&one);
	return err;
}

struct rule_text {
	const char *prefix;
	u8 action;
};

struct rule_case {
	const char *what;
	struct rule_text rules[4];
	const char *vip;
	u8 class;
	u8 action;
	const char *match;
};

/* 10.0.2.15/24 and 2001:db8:2::15/64 are watched, the policy is the default */
static const struct rule_case cases[] __initconst = {
	{ "no rule", { { "10.9.0.0/16", REJECT } },
	  "10.0.2.99/32", ONLINK, FLAG, "10.0.2.0/24" },
	{ "a pool", { { "10.0.2.64/26", ALLOW } }, "10.0.2.99/32" },
	{ "outside the pool", { { "10.0.2.64/26", ALLOW } },
	  "10.0.2.128/32", ONLINK, FLAG, "10.0.2.0/24" },
	{ "host in a pool", { { "10.0.2.0/24", ALLOW } },
	  "10.0.2.15/32", HOST, REJECT, "10.0.2.15/32" },
	{ "host in a flagged pool", { { "10.0.2.0/24", FLAG } },
	  "10.0.2.15/32", HOST, REJECT, "10.0.2.15/32" },
	{ "host denied", { { "10.0.2.0/24", REJECT } },
	  "10.0.2.15/32", RULE, REJECT, "10.0.2.0/24" },
	{ "flagged instead of onlink", { { "10.0.2.96/27", FLAG } },
	  "10.0.2.99/32", RULE, FLAG, "10.0.2.96/27" },
	{ "denied outside every subnet", { { "8.8.8.8/32", REJECT } },
	  "8.8.8.8/32", RULE, REJECT, "8.8.8.8/32" },
	{ "beside it", { { "8.8.8.8/32", REJECT } }, "8.8.8.9/32" },
	{ "the longest of them",
	  { { "10.0.0.0/8", REJECT }, { "10.0.2.0/24", FLAG },
	    { "10.0.2.99/32", ALLOW } }, "10.0.2.99/32" },
	{ "the longest that has it",
	  { { "10.0.0.0/8", REJECT }, { "10.0.2.0/24", FLAG },
	    { "10.0.2.99/32", ALLOW } },
	  "10.0.2.98/32", RULE, FLAG, "10.0.2.0/24" },
	{ "everything", { { "0.0.0.0/0", REJECT } },
	  "203.0.113.1/32", RULE, REJECT, "0.0.0.0/0" },
	{ "everything of v4", { { "0.0.0.0/0", REJECT } }, "2001:db8::1/128" },
	{ "everything of v6", { { "::/0", REJECT } },
	  "2001:db8::1/128", RULE, REJECT, "::/0" },
	{ "a pool of v6", { { "2001:db8:2::/80", ALLOW } },
	  "2001:db8:2::99/128" },
	{ "outside the pool of v6", { { "2001:db8:2:0:1::/80", ALLOW } },
	  "2001:db8:2::99/128", ONLINK, FLAG, "2001:db8:2::/64" },
	{ "link-local", { { "169.254.169.254/32", REJECT } },
	  "169.254.169.254/32", RULE, REJECT, "169.254.169.254/32" },
	{ "link-local of v6", { { "fe80::/10", FLAG } },
	  "fe80::1/128", RULE, FLAG, "fe80::/10" },
	{ "loopback", { { "127.0.0.0/8", REJECT } },
	  "127.0.0.1/32", RULE, REJECT, "127.0.0.0/8" },
	{ "bytes of v6", { { "2001:db8::/32", REJECT } }, "32.1.13.184/32" },
	{ "a short prefix of its own", { { "203.0.113.0/24", ALLOW } },
	  "203.0.113.1/0" },
};

static bool __init judge_case(const struct rule_case *c)
{
	static const char * const watched[] __initconst = {
		"10.0.2.15/24", "2001:db8:2::15/64",
	};
	static struct ipvsdummy_index index __initdata;
	static struct ipvsdummy_rules rules __initdata;
	struct ipvsdummy_ifaddr ifaddr;
	struct ipvsdummy_verdict verdict;
	struct ipvsdummy_rule rule, match = {};
	bool came, good = true;
	unsigned int i;

	memset(&index, 0, sizeof(index));
	ipvsdummy_index_init(&index);
	ipvsdummy_rules_init(&rules);
	for (i = 0; i < ARRAY_SIZE(watched); i++) {
		good &= ipvsdummy_selftest_parse(watched[i], &ifaddr);
		ifaddr.ifindex = 2;
		good &= expect(!IS_ERR(ipvsdummy_index_add(&index, &ifaddr,
							   &came)), "add");
	}
	for (i = 0; i < ARRAY_SIZE(c->rules) && c->rules[i].prefix; i++) {
		good &= parse_rule(c->rules[i].prefix, &rule);
		rule.action = c->rules[i].action;
		good &= expect(!change(&rules, ADD, &rule), "%s: rule %u",
			       c->what, i);
	}
	if (c->match)
		good &= parse_rule(c->match, &match);

	good &= ipvsdummy_selftest_parse(c->vip, &ifaddr);
	ipvsdummy_judge(&index, NULL, &ipvsdummy_default_policy, &rules, &ifaddr,
			false, &verdict);
	good &= expect(verdict.class == c->class &&
		       verdict.action == c->action &&
		       verdict.evidence ==
		       (c->class == RULE ? IPVSDUMMY_EVIDENCE_RULE :
			c->class ? IPVSDUMMY_EVIDENCE_ADDRESS : 0) &&
		       verdict.match_ifindex ==
		       (c->class && c->class != RULE ? 2 : 0) &&
		       verdict.match_plen == match.plen &&
		       !memcmp(&verdict.match_prefix, &match.prefix,
			       sizeof(match.prefix)),
		       "%s: class %u, action %u, length %u", c->what,
		       verdict.class, verdict.action, verdict.match_plen);
	ipvsdummy_rules_destroy(&rules);
	ipvsdummy_index_destroy(&index);
	return good;
}

/* What is wrong with a change is said, and nothing changes */
static bool __init test_changes(void)
{
	const struct ipvsdummy_rule *only;
	struct ipvsdummy_rules rules;
	struct ipvsdummy_rule rule;
	bool good;

	ipvsdummy_rules_init(&rules);
	good = parse_rule("10.0.0.0/8", &rule);
	good &= expect(change(&rules, DEL, &rule) == -ENOENT, "nothing") &&
		expect(!change(&rules, ADD, &rule), "add") &&
		expect(change(&rules, ADD, &rule) == -EEXIST, "doubled");
	rule.action = REJECT;
	good &= expect(!change(&rules, REPLACE, &rule), "replace");
	good &= parse_rule("10.0.0.1/8", &rule);
	good &= expect(change(&rules, ADD, &rule) == -EINVAL &&
		       change(&rules, DEL, &rule) == -EINVAL, "host bits");
	good &= parse_rule("10.0.0.0/9", &rule);
	good &= expect(change(&rules, DEL, &rule) == -ENOENT, "another length");
	only = ipvsdummy_rules_after(&rules, NULL);
	good &= expect(rules.count == 1 && only && only->action == REJECT &&
		       !ipvsdummy_rules_after(&rules, only), "one rule");
	good &= parse_rule("10.0.0.0/8", &rule);
	good &= expect(!change(&rules, DEL, &rule) && !rules.count &&
		       RB_EMPTY_ROOT(&rules.root), "delete");
	ipvsdummy_rules_destroy(&rules);
	return good;
}

/**
 * ipvsdummy_selftest_rules - test judging by rules, and changes of them
 *
 * Return: whether all was as it should be.
 */
bool __init ipvsdummy_selftest_rules(void)
{
	bool good = test_changes();
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(cases); i++)
		good &= judge_case(&cases[i]);
	return good;
}

/**
 * ipvsdummy_selftest_many_rules - fill a set up to its cap
 *
 * Return: whether all was as it should be.
 */
bool __init ipvsdummy_selftest_many_rules(void)
{
	struct ipvsdummy_rule rule = { .family = AF_INET, .plen = 32 };
	const struct ipvsdummy_rule *found;
	struct ipvsdummy_rules rules;
	bool good = true;
	unsigned int i;

	ipvsdummy_rules_init(&rules);
	for (i = 0; i < IPVSDUMMY_RULES_MAX && good; i++) {
		rule.prefix.ip = cpu_to_be32(0x0a000000 + 7919 * i % 8192 * 2);
		rule.action = i % 3;
		good = expect(!change(&rules, ADD, &rule), "rule %u", i);
	}
	for (i = 0; i < IPVSDUMMY_RULES_MAX && good; i++) {
		cond_resched();
		rule.prefix.ip = cpu_to_be32(0x0a000000 + 7919 * i % 8192 * 2);
		found = ipvsdummy_rules_match(&rules, AF_INET, &rule.prefix,
					      32);
		good = expect(found && found->action == i % 3, "find %u", i);
		rule.prefix.ip |= cpu_to_be32(1);
		good = good && expect(!ipvsdummy_rules_match(&rules, AF_INET,
							     &rule.prefix, 32),
				      "beside %u", i);
	}
	rule.prefix.ip = cpu_to_be32(0x0a010001);
	good = good &&
	       expect(change(&rules, ADD, &rule) == -ENOSPC &&
		      change(&rules, REPLACE, &rule) == -ENOSPC, "full");
	rule.prefix.ip = cpu_to_be32(0x0a000000);
	good = good && expect(!change(&rules, REPLACE, &rule),
			      "full, and one replaced");
	ipvsdummy_rules_destroy(&rules);
	return good && expect(!rules.count, "empty");
}
