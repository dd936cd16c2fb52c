// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <linux/genetlink.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cidr.h"
#include "ctl.h"
#include "fail.h"
#include "rule.h"
#include "words.h"

/* Of a rule's attribute in a request, with all its headers */
#define RULE_ROOM	64

static const char *const rule_action_word[] = {
	[IPVSDUMMY_ACTION_ALLOW] = "allow",
	[IPVSDUMMY_ACTION_FLAG] = "flag",
	[IPVSDUMMY_ACTION_REJECT] = "reject",
};

static const struct words rule_action_words = {
	"an action of a rule", rule_action_word, 3
};

static bool is_dev(const char *word)
{
	return *word && !strncmp("dev", word, strlen(word));
}

/**
 * rule_parse - parse the words of a rule
 * @rule: filled in, but for @rule->op, which says if an action is needed
 * @dev: gets the link's name
 * @argc: how many words
 * @argv: the words, DEV PREFIX [ACTION] or PREFIX [ACTION] dev DEV
 *
 * Return: whether they are good; what is not has been said.
 */
bool rule_parse(struct rule *rule, const char **dev, int argc, char **argv)
{
	bool dev_last;
	int action;

	if (!argc) {
		fail("rule", "of which link?");
		return false;
	}
	dev_last = argc > 2 && is_dev(argv[argc - 2]);
	*dev = dev_last ? argv[argc - 1] : *argv++;
	argc -= dev_last ? 2 : 1;
	if (!ctl_is_name(*dev))
		return false;
	if (!argc) {
		fail(*dev, "a rule of which prefix?");
		return false;
	}
	if (!cidr_parse(&rule->prefix, &rule->prefixlen, argv[0], "a prefix"))
		return false;
	if (argc > 2) {
		fail(argv[2], "one argument too many");
		return false;
	}

	rule->any_action = argc == 1;
	if (rule->any_action && rule->op != IPVSDUMMY_RULE_OP_DEL) {
		fail(argv[0], "without %s", rule_action_words.what);
		return false;
	}
	if (rule->any_action)
		return true;
	action = word_find(&rule_action_words, argv[1]);
	if (action < 0)
		return false;
	rule->action = action;
	return true;
}

/**
 * rule_text - format the prefix of a rule
 * @dst: where to
 * @rule: the rule
 */
void rule_text(char dst[static TEXT_PREFIX], const struct rule *rule)
{
	text_prefix(dst, &rule->prefix, rule->prefixlen);
}

/**
 * rule_cmp - compare the prefixes of two rules
 * @a: a rule
 * @b: another one
 *
 * The order is the kernel's: IPv4 first, by address, the shorter one first.
 *
 * Return: less than, equal to, or greater than 0.
 */
int rule_cmp(const struct rule *a, const struct rule *b)
{
	int order;

	if (a->prefix.len != b->prefix.len)
		return a->prefix.len - b->prefix.len;
	order = memcmp(a->prefix.data, b->prefix.data, a->prefix.len);
	return order ? order : (int)a->prefixlen - (int)b->prefixlen;
}

/**
 * rule_put - put a change of a rule into a request
 * @nl: a socket, with the request
 * @rule: the rule and what is to be done about it; remembers its place
 *
 * Return: 0 or -ENOMEM.
 */
int rule_put(struct nl *nl, struct rule *rule)
{
	struct nlmsghdr *nlh = nl_grow(nl, RULE_ROOM);
	struct nlattr *nest;

	if (!nlh)
		return -ENOMEM;
	nest = mnl_attr_nest_start(nlh, IPVSDUMMY_A_RULE);
	mnl_attr_put(nlh, IPVSDUMMY_A_RULE_PREFIX, rule->prefix.len,
		     rule->prefix.data);
	mnl_attr_put_u32(nlh, IPVSDUMMY_A_RULE_PREFIXLEN, rule->prefixlen);
	if (rule->op != IPVSDUMMY_RULE_OP_DEL)
		mnl_attr_put_u32(nlh, IPVSDUMMY_A_RULE_ACTION, rule->action);
	mnl_attr_put_u32(nlh, IPVSDUMMY_A_RULE_OP, rule->op);
	mnl_attr_nest_end(nlh, nest);
	rule->end = nlh->nlmsg_len;
	return 0;
}

/**
 * rules_add - append a rule
 * @rules: to what
 * @rule: copied
 *
 * Return: 0 or -ENOMEM.
 */
int rules_add(struct rules *rules, const struct rule *rule)
{
	if (rules->count == rules->room) {
		size_t room = rules->room ? 2 * rules->room : 64;
		struct rule *more;

		more = reallocarray(rules->rule, room, sizeof(*more));
		if (!more)
			return -ENOMEM;
		rules->rule = more;
		rules->room = room;
	}
	rules->rule[rules->count++] = *rule;
	return 0;
}

/**
 * rules_find - find the rule of a prefix
 * @rules: rules of one link
 * @key: the prefix
 *
 * Return: the rule or NULL.
 */
const struct rule *rules_find(const struct rules *rules, const struct rule *key)
{
	size_t i;

	for (i = 0; i < rules->count; i++)
		if (!rule_cmp(&rules->rule[i], key))
			return &rules->rule[i];
	return NULL;
}

/* Returns whether it has all that makes a rule */
static bool parse_rule(struct rule *rule, const struct nlattr *nest)
{
	const struct nlattr *attr;
	unsigned int seen = 0;

	mnl_attr_for_each_nested(attr, nest) {
		uint16_t len = mnl_attr_get_payload_len(attr);
		uint16_t type = mnl_attr_get_type(attr);

		if (type == IPVSDUMMY_A_RULE_PREFIX && (len == 4 || len == 16)) {
			rule->prefix.len = len;
			memcpy(rule->prefix.data, mnl_attr_get_payload(attr),
			       len);
		} else if (type == IPVSDUMMY_A_RULE_PREFIXLEN && len == 4) {
			rule->prefixlen = mnl_attr_get_u32(attr);
		} else if (type == IPVSDUMMY_A_RULE_ACTION && len == 4) {
			rule->action = mnl_attr_get_u32(attr);
		} else {
			continue;
		}
		seen |= 1 << type;
	}
	return seen == (1 << IPVSDUMMY_A_RULE_PREFIX |
			1 << IPVSDUMMY_A_RULE_PREFIXLEN |
			1 << IPVSDUMMY_A_RULE_ACTION);
}

static int got_rule(const struct nlmsghdr *nlh, void *data)
{
	const struct nlattr *attr;
	struct record record;
	struct rule rule;

	record_parse(&record, nlh);
	mnl_attr_for_each(attr, nlh, sizeof(struct genlmsghdr)) {
		int err;

		if (mnl_attr_get_type(attr) != IPVSDUMMY_A_RULE)
			continue;
		memset(&rule, 0, sizeof(rule));
		rule.ifindex = record.ifindex;
		memcpy(rule.ifname, record.ifname, sizeof(rule.ifname));
		if (!parse_rule(&rule, attr))
			continue;
		err = rules_add(data, &rule);
		if (err)
			return err;
	}
	return 0;
}

/**
 * rules_query - ask for the rules of links
 * @nl: a socket
 * @dev: of which link, NULL for all
 * @rules: filled in, ordered for each link; a module that is older than rules
 *	has none
 *
 * Return: 0 or a negative errno.
 */
int rules_query(struct nl *nl, const char *dev, struct rules *rules)
{
	struct nlmsghdr *nlh;
	int err;

	rules->count = 0;
	nlh = nl_request(nl, IPVSDUMMY_CMD_RULE_GET, NLM_F_DUMP);
	if (dev)
		mnl_attr_put_strz(nlh, IPVSDUMMY_A_IFNAME, dev);
	err = nl_talk(nl, got_rule, rules);
	return nl_is_missing(nl, err) ? 0 : err;
}

void rules_free(struct rules *rules)
{
	free(rules->rule);
	memset(rules, 0, sizeof(*rules));
}
