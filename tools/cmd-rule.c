// SPDX-License-Identifier: GPL-2.0
/* rule: what the operator says of prefixes, link by link. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "ctl.h"
#include "fail.h"
#include "query.h"
#include "rule.h"
#include "words.h"

static json_t *json_rule(const struct rule *rule)
{
	char prefix[TEXT_PREFIX];

	rule_text(prefix, rule);
	return json_pack("{s:o, s:I, s:s, s:s, s:s}",
			 "dev", json_name(rule->ifname),
			 "ifindex", (json_int_t)rule->ifindex,
			 "family", rule->prefix.len == 4 ? "inet" : "inet6",
			 "prefix", prefix,
			 "action", word_of(&action_words, rule->action));
}

static void print_rule(struct table *table, const struct rule *rule, bool put)
{
	char name[TEXT_NAME], prefix[TEXT_PREFIX];
	const char *cell[3] = {
		name, prefix, word_of(&action_words, rule->action)
	};

	text_escape(name, sizeof(name), rule->ifname);
	rule_text(prefix, rule);
	if (put)
		table_put(table, cell, NULL);
	else
		table_fit(table, cell);
}

static int print_rules(const struct ctl *ctl, const struct rules *rules)
{
	struct table table = { .columns = 3 };
	json_t *json;
	size_t i;

	if (ctl->json) {
		json = json_array();
		for (i = 0; i < rules->count; i++)
			json_array_append_new(json, json_rule(&rules->rule[i]));
		return ctl_put(ctl, json, EXIT_SUCCESS);
	}
	for (i = 0; i < rules->count; i++)
		print_rule(&table, &rules->rule[i], false);
	for (i = 0; i < rules->count; i++)
		print_rule(&table, &rules->rule[i], true);
	return finish(EXIT_SUCCESS);
}

/* Dumps fail without a sentence, so that a wrong link is taken for a module
 * without rules: ask for the link itself first
 */
static int rule_list(struct ctl *ctl, const char *dev)
{
	struct rules rules = {};
	int ret = dev ? query_link(&ctl->nl, dev) : 0;

	if (!ret)
		ret = rules_query(&ctl->nl, dev, &rules);
	ret = ret ? ctl_fail(ctl, dev ? dev : "rules", ret) :
		    print_rules(ctl, &rules);
	rules_free(&rules);
	return ret;
}

static int flush_link(struct ctl *ctl, const char *dev)
{
	struct nlmsghdr *nlh;

	nlh = nl_request(&ctl->nl, IPVSDUMMY_CMD_LINK_SET, 0);
	mnl_attr_put_strz(nlh, IPVSDUMMY_A_IFNAME, dev);
	mnl_attr_put(nlh, IPVSDUMMY_A_FLUSH_RULES, 0, NULL);
	return nl_talk(&ctl->nl, NULL, NULL);
}

static int rule_flush(struct ctl *ctl, const char *dev)
{
	struct records links = {};
	const char *what = dev;
	int err = 0;
	size_t i;

	if (dev) {
		err = flush_link(ctl, dev);
	} else {
		what = "links";
		err = query_links(&ctl->nl, &links);
	}
	for (i = 0; !err && i < links.count; i++) {
		what = links.record[i].ifname;
		err = flush_link(ctl, what);
		if (err == -ENODEV)	/* gone meanwhile, with its rules */
			err = 0;
	}
	if (err)
		err = ctl_fail(ctl, what, err);
	records_free(&links);
	return err;
}

/* An action given to delete a rule has to be the rule's */
static int check_action(struct ctl *ctl, const char *dev,
			const struct rule *wanted, const char *word)
{
	struct rules rules = {};
	const struct rule *rule;
	int ret;

	ret = rules_query(&ctl->nl, dev, &rules);
	if (ret) {
		ret = ctl_fail(ctl, dev, ret);
	} else {
		rule = rules_find(&rules, wanted);
		if (rule && rule->action != wanted->action)
			ret = fail(word, "the rule of this prefix is %s",
				   word_of(&action_words, rule->action));
	}
	rules_free(&rules);
	return ret;
}

static int rule_change(struct ctl *ctl, uint32_t op, int argc, char **argv)
{
	struct rule rule = { .op = op };
	char prefix[TEXT_PREFIX];
	struct nlmsghdr *nlh;
	const char *dev;
	uint32_t begin;
	int ret;

	if (!rule_parse(&rule, &dev, argc, argv))
		return EXIT_ERROR;
	rule_text(prefix, &rule);
	ret = ctl_open(ctl);
	if (!ret && op == IPVSDUMMY_RULE_OP_DEL && !rule.any_action)
		ret = check_action(ctl, dev, &rule, prefix);
	if (ret)
		return ret;

	nlh = nl_request(&ctl->nl, IPVSDUMMY_CMD_LINK_SET, 0);
	mnl_attr_put_strz(nlh, IPVSDUMMY_A_IFNAME, dev);
	begin = nlh->nlmsg_len;
	ret = rule_put(&ctl->nl, &rule);
	if (!ret)
		ret = nl_talk(&ctl->nl, NULL, NULL);
	if (ret)
		return ctl_fail(ctl, ctl->nl.offset < begin ? dev : prefix,
				ret);
	return EXIT_SUCCESS;
}

static int rule_all(struct ctl *ctl, int argc, char **argv,
		    int (*verb)(struct ctl *ctl, const char *dev))
{
	const char *dev = argc ? argv[0] : NULL;
	int ret;

	if (argc > 1)
		return fail(argv[1], "only one link, or none for all");
	if (dev && !ctl_is_name(dev))
		return EXIT_ERROR;
	ret = ctl_open(ctl);
	return ret ? ret : verb(ctl, dev);
}

enum verb { ADD, DEL, REPLACE, LIST, FLUSH, VERBS };

static const char *const verb_word[VERBS] = {
	[ADD] = "add",
	[DEL] = "del",
	[REPLACE] = "replace",
	[LIST] = "list",
	[FLUSH] = "flush",
};

static const struct words verb_words = {
	"what to do about rules", verb_word, VERBS
};

int cmd_rule(struct ctl *ctl, int argc, char **argv)
{
	if (!argc)
		return fail("rule", "add, del, replace, list or flush?");
	argc--;
	switch (word_find(&verb_words, *argv++)) {
	case ADD:
		return rule_change(ctl, IPVSDUMMY_RULE_OP_ADD, argc, argv);
	case DEL:
		return rule_change(ctl, IPVSDUMMY_RULE_OP_DEL, argc, argv);
	case REPLACE:
		return rule_change(ctl, IPVSDUMMY_RULE_OP_REPLACE, argc, argv);
	case LIST:
		return rule_all(ctl, argc, argv, rule_list);
	case FLUSH:
		return rule_all(ctl, argc, argv, rule_flush);
	}
	return EXIT_ERROR;
}
