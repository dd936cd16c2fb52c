// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <linux/genetlink.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ctl.h"
#include "fail.h"
#include "lines.h"
#include "policy.h"
#include "query.h"
#include "words.h"

/* In a file, the link that it is for */
static const char this_link[] = "DEV";

static int add_name(struct policy *policy, const char *name, bool exclude,
		    size_t line)
{
	struct watch_name *more;

	more = reallocarray(policy->name, policy->names + 1, sizeof(*more));
	if (!more)
		return -ENOMEM;
	policy->name = more;
	more += policy->names++;
	*more = (struct watch_name) { .exclude = exclude, .line = line };
	snprintf(more->name, sizeof(more->name), "%s", name);
	return 0;
}

static const struct watch_name *find_name(const struct policy *policy,
					  const char *name)
{
	size_t i;

	for (i = 0; i < policy->names; i++)
		if (!strcmp(policy->name[i].name, name))
			return &policy->name[i];
	return NULL;
}

static void parse_class(struct policy *policy, const struct nlattr *nest)
{
	struct setting setting = {};
	const struct nlattr *attr;
	uint32_t class = 0;

	mnl_attr_for_each_nested(attr, nest) {
		if (mnl_attr_get_payload_len(attr) != sizeof(uint32_t))
			continue;
		if (mnl_attr_get_type(attr) == IPVSDUMMY_A_CLASS_CLASS)
			class = mnl_attr_get_u32(attr);
		if (mnl_attr_get_type(attr) == IPVSDUMMY_A_CLASS_ACTION) {
			setting.given = true;
			setting.to = mnl_attr_get_u32(attr);
		}
	}
	if (class >= SETTINGS_MAX || !setting_is_class(class))
		policy->unknown = true;
	else
		policy->settings[class] = setting;
}

static int got_link(const struct nlmsghdr *nlh, void *data)
{
	struct policy *policy = data;
	const struct nlattr *attr;
	struct record record;

	record_parse(&record, nlh);
	policy->ifindex = record.ifindex;
	policy->settings[SETTING_MODE] = (struct setting) {
		.given = record.has[IPVSDUMMY_A_MODE], .to = record.mode,
	};
	policy->settings[SETTING_ARP_REPLY] = (struct setting) {
		.given = record.has[IPVSDUMMY_A_ARP_REPLY],
		.to = record.arp_reply,
	};
	policy->settings[SETTING_PROBE] = (struct setting) {
		.given = record.has[IPVSDUMMY_A_PROBE], .to = record.probe,
	};
	mnl_attr_for_each(attr, nlh, sizeof(struct genlmsghdr)) {
		if (mnl_attr_get_type(attr) == IPVSDUMMY_A_CLASS_POLICY)
			parse_class(policy, attr);
		policy->unknown |= mnl_attr_get_type(attr) > IPVSDUMMY_A_MAX;
	}
	return 0;
}

static int query_names(struct nl *nl, struct policy *policy)
{
	struct records watches = {};
	const struct record *watch;
	size_t i;
	int err;

	err = query_watches(nl, &watches);
	for (i = 0; !err && i < watches.count; i++) {
		watch = &watches.record[i];
		if (watch->has[IPVSDUMMY_A_WATCH_NAME])
			err = add_name(policy, watch->watch_name,
				       watch->has[IPVSDUMMY_A_WATCH_EXCLUDE],
				       0);
	}
	records_free(&watches);
	return err;
}

/**
 * policy_query - ask for the policy of a link
 * @nl: a socket
 * @dev: the link
 * @policy: filled in, to be freed
 *
 * Return: 0 or a negative errno.
 */
int policy_query(struct nl *nl, const char *dev, struct policy *policy)
{
	struct nlmsghdr *nlh;
	int err;

	memset(policy, 0, sizeof(*policy));
	nlh = nl_request(nl, IPVSDUMMY_CMD_LINK_GET, 0);
	mnl_attr_put_strz(nlh, IPVSDUMMY_A_IFNAME, dev);
	err = nl_talk(nl, got_link, policy);
	if (!err)
		err = rules_query(nl, dev, &policy->rules);
	if (!err)
		err = query_names(nl, policy);
	return err;
}

static bool is_this_link(const char *name, const char *dev)
{
	if (!strcmp(name, dev) || !strcmp(name, this_link))
		return true;
	fail(name, "another link than %s", dev);
	return false;
}

static bool read_set(struct policy *policy, const struct lines *lines,
		     const char *dev)
{
	int what;

	if (lines->count < 2) {
		fail(lines->word[0], "of which link?");
		return false;
	}
	if (!is_this_link(lines->word[1], dev) ||
	    !settings_parse(policy->settings, lines->count - 2,
			    lines->word + 2))
		return false;
	for (what = 0; what < SETTINGS_MAX; what++)
		if (policy->settings[what].given && !policy->settings[what].line)
			policy->settings[what].line = lines->place.line;
	return true;
}

/* The verb of a line, which has to be one that says how things are to be */
static bool read_verb(const struct lines *lines, const struct words *verbs,
		      int *verb)
{
	if (lines->count < 2) {
		fail(lines->word[0], "without %s", verbs->what);
		return false;
	}
	*verb = word_find(verbs, lines->word[1]);
	return *verb >= 0;
}

static bool read_rule(struct policy *policy, const struct lines *lines,
		      const char *dev)
{
	static const char *const word[] = { "add" };
	static const struct words verbs = {
		"what a policy says of rules", word, 1
	};
	struct rule rule = { .line = lines->place.line };
	const char *name;
	int verb;

	if (!read_verb(lines, &verbs, &verb) ||
	    !rule_parse(&rule, &name, lines->count - 2, lines->word + 2) ||
	    !is_this_link(name, dev))
		return false;
	if (rules_add(&policy->rules, &rule)) {
		fail(NULL, "out of memory");
		return false;
	}
	return true;
}

static bool read_watch(struct policy *policy, const struct lines *lines)
{
	static const char *const word[] = { "add", "exclude" };
	static const struct words verbs = {
		"what a policy says of watching", word, 2
	};
	const char *name = lines->word[lines->count - 1];
	const struct watch_name *twin;
	int verb;

	if (!read_verb(lines, &verbs, &verb))
		return false;
	if (lines->count != 3) {
		fail(name, lines->count < 3 ? "which interface?" :
					      "one argument too many");
		return false;
	}
	if (!watch_is_name(name))
		return false;
	twin = find_name(policy, name);
	if (twin) {
		fail(name, "given twice, before in line %zu", twin->line);
		return false;
	}
	if (add_name(policy, name, verb == 1, lines->place.line)) {
		fail(NULL, "out of memory");
		return false;
	}
	return true;
}

enum what { SET, RULE, WATCH };

/**
 * policy_read_line - read a line of a policy
 * @policy: gets what it says
 * @lines: the file, at that line
 * @dev: the link that it is for
 *
 * Return: whether it is a good one; what is not has been said.
 */
bool policy_read_line(struct policy *policy, const struct lines *lines,
		      const char *dev)
{
	static const char *const word[] = {
		[SET] = "set", [RULE] = "rule", [WATCH] = "watch",
	};
	static const struct words words = { "a line of a policy", word, 3 };

	switch (word_find(&words, lines->word[0])) {
	case SET:
		return read_set(policy, lines, dev);
	case RULE:
		return read_rule(policy, lines, dev);
	case WATCH:
		return read_watch(policy, lines);
	}
	return false;
}

static int cmp_lines(const void *a, const void *b)
{
	const struct rule *first = a, *second = b;
	int order = rule_cmp(first, second);

	return order ? order : first->line < second->line ? -1 : 1;
}

/* Sorts the rules, and finds doubled ones */
static bool sort_rules(struct rules *rules, const char *file)
{
	struct place place = { .file = file };
	char prefix[TEXT_PREFIX];
	const struct rule *rule;
	size_t i;

	if (rules->count)
		qsort(rules->rule, rules->count, sizeof(*rule), cmp_lines);
	for (i = 1; i < rules->count; i++) {
		rule = &rules->rule[i];
		if (rule_cmp(rule, rule - 1))
			continue;
		rule_text(prefix, rule);
		place.line = rule->line;
		fail_enter(&place);
		fail(prefix, "given twice, before in line %zu", rule[-1].line);
		fail_leave(&place);
		return false;
	}
	return true;
}

/* What a file does not say is as with a new link */
static void add_defaults(struct setting *settings)
{
	struct setting defaults[SETTINGS_MAX];
	int what;

	settings_default(defaults);
	for (what = 0; what < SETTINGS_MAX; what++)
		if (!settings[what].given)
			settings[what] = defaults[what];
}

/**
 * policy_complete - make a policy of lines that were read
 * @policy: what they say
 * @file: that they are from
 *
 * Return: whether it is a good one; what is not has been said.
 */
bool policy_complete(struct policy *policy, const char *file)
{
	add_defaults(policy->settings);
	return sort_rules(&policy->rules, file);
}

struct reading {
	struct policy *policy;
	const char *dev;
};

static bool read_line(void *data, const struct lines *lines)
{
	const struct reading *reading = data;

	return policy_read_line(reading->policy, lines, reading->dev);
}

/**
 * policy_read - read a policy from a file
 * @policy: filled in, to be freed
 * @file: its name, "-" for standard input
 * @dev: the link that it is for
 *
 * Return: whether it is a good one; what is not has been said.
 */
bool policy_read(struct policy *policy, const char *file, const char *dev)
{
	struct reading reading = { .policy = policy, .dev = dev };

	memset(policy, 0, sizeof(*policy));
	return lines_each(file, read_line, &reading) &&
	       policy_complete(policy, file);
}

/* Settings that only the kernel knows stay as they are, and those that only this
 * program knows do not matter unless they are in the file.
 */
static bool differs(const struct setting *is, const struct setting *wanted)
{
	if (!wanted->given || (!is->given && !wanted->line))
		return false;
	return !is->given || is->to != wanted->to;
}

static int add_change(struct policy *changes, const struct rule *rule,
		      uint32_t op)
{
	struct rule change = *rule;

	change.op = op;
	return rules_add(&changes->rules, &change);
}

/* Both are sorted. What goes is first, so that what comes finds room. */
static int diff_rules(const struct rules *is, const struct rules *wanted,
		      struct policy *changes, bool going)
{
	const struct rule *old = is->rule, *new = wanted->rule;
	const struct rule *old_end = old + is->count;
	const struct rule *new_end = new + wanted->count;
	int order, err = 0;

	while (!err && (old < old_end || new < new_end)) {
		order = old == old_end ? 1 : new == new_end ? -1 :
			rule_cmp(old, new);
		if (order < 0 && going)
			err = add_change(changes, old, IPVSDUMMY_RULE_OP_DEL);
		else if (order > 0 && !going)
			err = add_change(changes, new, IPVSDUMMY_RULE_OP_ADD);
		else if (!order && !going && old->action != new->action)
			err = add_change(changes, new,
					 IPVSDUMMY_RULE_OP_REPLACE);
		old += order <= 0;
		new += order >= 0;
	}
	return err;
}

/**
 * policy_diff - find the changes that make one policy out of another
 * @is: as it is
 * @wanted: as it is to be; names that it does not have may stay
 * @changes: filled in, to be freed
 *
 * Return: 0 or -ENOMEM.
 */
int policy_diff(const struct policy *is, const struct policy *wanted,
		struct policy *changes)
{
	const struct watch_name *name;
	int what, err;
	size_t i;

	memset(changes, 0, sizeof(*changes));
	for (what = 0; what < SETTINGS_MAX; what++)
		if (differs(&is->settings[what], &wanted->settings[what]))
			changes->settings[what] = wanted->settings[what];

	err = diff_rules(&is->rules, &wanted->rules, changes, true);
	if (!err)
		err = diff_rules(&is->rules, &wanted->rules, changes, false);

	for (i = 0; !err && i < wanted->names; i++) {
		name = &wanted->name[i];
		if (!find_name(is, name->name))
			err = add_name(changes, name->name, name->exclude,
				       name->line);
	}
	return err;
}

bool policy_is_empty(const struct policy *changes)
{
	int what;

	for (what = 0; what < SETTINGS_MAX; what++)
		if (changes->settings[what].given)
			return false;
	return !changes->rules.count && !changes->names;
}

void policy_free(struct policy *policy)
{
	rules_free(&policy->rules);
	free(policy->name);
	memset(policy, 0, sizeof(*policy));
}
