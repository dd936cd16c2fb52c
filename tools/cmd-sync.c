// SPDX-License-Identifier: GPL-2.0
/* save and sync: the policy of a link as a file. */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "ctl.h"
#include "fail.h"
#include "lines.h"
#include "policy.h"
#include "words.h"

#define LINE_MAX_LEN	512

/* How often somebody else may come between */
#define TRIES_MAX	8

/**
 * struct sync - a sync that is being done
 * @ctl: what every subcommand gets
 * @dev: the link, as the user wrote it
 * @wanted: the policy that it is to have
 * @is: the policy as it is
 * @changes: what makes @wanted of it
 * @place: the file that has @wanted, and the line that an error is about or 0
 * @word: what the error is about
 * @reason: what is wrong with it
 */
struct sync {
	struct ctl *ctl;
	const char *dev;
	struct policy wanted;
	struct policy is;
	struct policy changes;
	struct place place;
	char word[64];
	char reason[NL_TEXT_MAX];
};

/* A line of words, on standard output or as JSON */
static void __attribute__((format(printf, 2, 3)))
say(json_t *json, const char *fmt, ...)
{
	char line[LINE_MAX_LEN];
	va_list args;

	va_start(args, fmt);
	vsnprintf(line, sizeof(line), fmt, args);
	va_end(args);
	if (json)
		json_array_append_new(json, json_name(line));
	else
		puts(line);
}

static void say_rule(json_t *json, const char *dev, const struct rule *rule)
{
	static const char *const verb[] = {
		[IPVSDUMMY_RULE_OP_ADD] = "add",
		[IPVSDUMMY_RULE_OP_REPLACE] = "replace",
		[IPVSDUMMY_RULE_OP_DEL] = "del",
	};
	char prefix[TEXT_PREFIX];

	rule_text(prefix, rule);
	say(json, "rule %s %s %s %s", verb[rule->op], dev, prefix,
	    word_of(&action_words, rule->action));
}

static int say_policy(const struct ctl *ctl, const char *name,
		      const struct policy *policy)
{
	char dev[LINES_WORD], line[LINE_MAX_LEN] = "";
	json_t *json = ctl->json ? json_array() : NULL;
	size_t i, used = 0;
	int what;

	lines_word(dev, name);
	for (what = 0; what < SETTINGS_MAX; what++)
		if (policy->settings[what].given)
			used += snprintf(line + used, sizeof(line) - used,
					 " %s %s", setting_word(what),
					 setting_value(what, policy->settings +
							     what));
	say(json, "set %s%s", dev, line);
	for (i = 0; i < policy->rules.count; i++)
		say_rule(json, dev, &policy->rules.rule[i]);
	return json ? ctl_put(ctl, json, EXIT_SUCCESS) : finish(EXIT_SUCCESS);
}

static int say_changes(const struct ctl *ctl, const char *name,
		       const struct policy *changes)
{
	json_t *json = ctl->json ? json_array() : NULL;
	char word[LINES_WORD];
	size_t i;
	int what;

	for (i = 0; i < changes->names; i++)
		say(json, "watch %s %s",
		    changes->name[i].exclude ? "exclude" : "add",
		    lines_word(word, changes->name[i].name));
	lines_word(word, name);
	for (what = 0; what < SETTINGS_MAX; what++)
		if (changes->settings[what].given)
			say(json, "set %s %s %s", word, setting_word(what),
			    setting_value(what, &changes->settings[what]));
	for (i = 0; i < changes->rules.count; i++)
		say_rule(json, word, &changes->rules.rule[i]);
	return json ? ctl_put(ctl, json, EXIT_SUCCESS) : finish(EXIT_SUCCESS);
}

int cmd_save(struct ctl *ctl, int argc, char **argv)
{
	struct policy policy;
	int ret;

	if (!argc)
		return fail("save", "the policy of which link?");
	if (argc > 1)
		return fail(argv[1], "one argument too many");
	if (!ctl_is_name(argv[0]))
		return EXIT_ERROR;
	ret = ctl_open(ctl);
	if (ret)
		return ret;
	ret = policy_query(&ctl->nl, argv[0], &policy);
	ret = ret ? ctl_fail(ctl, argv[0], ret) :
		    say_policy(ctl, argv[0], &policy);
	policy_free(&policy);
	return ret;
}

/* Keeps what there is to say of an error, and returns it */
static int note(struct sync *sync, int err, size_t line, const char *word,
		const char *reason)
{
	sync->place.line = line;
	snprintf(sync->word, sizeof(sync->word), "%s", word);
	snprintf(sync->reason, sizeof(sync->reason), "%s", reason);
	return err;
}

/* A name that is there already must not say the opposite */
static int check_names(struct sync *sync)
{
	const struct policy *wanted = &sync->wanted, *is = &sync->is;
	size_t i, j;

	for (i = 0; i < wanted->names; i++)
		for (j = 0; j < is->names; j++)
			if (wanted->name[i].exclude != is->name[j].exclude &&
			    !strcmp(wanted->name[i].name, is->name[j].name))
				return note(sync, -EINVAL, wanted->name[i].line,
					    wanted->name[i].name,
					    is->name[j].exclude ?
					    "is excluded" : "is watched");
	return 0;
}

/* Names are the namespace's: they are no part of what is all or nothing */
static int add_names(struct sync *sync, size_t *added)
{
	struct nl *nl = &sync->ctl->nl;
	const struct watch_name *name;
	int err;

	for (; *added < sync->changes.names; ++*added) {
		name = &sync->changes.name[*added];
		err = watch_talk(nl, IPVSDUMMY_CMD_WATCH_ADD, name->name,
				 name->exclude);
		if (err)
			return note(sync, err, name->line, name->name,
				    nl_error(nl, err));
	}
	return 0;
}

static void del_names(struct sync *sync, size_t added)
{
	while (added--)
		watch_talk(&sync->ctl->nl, IPVSDUMMY_CMD_WATCH_DEL,
			   sync->changes.name[added].name, false);
}

/* Notes what the kernel did not like, by its place in the request */
static int note_place(struct sync *sync, int err, uint32_t begin,
		      const struct rules *sent)
{
	const struct setting *settings = sync->changes.settings;
	const struct nl *nl = &sync->ctl->nl;
	const char *reason = nl_error(nl, err);
	char word[TEXT_PREFIX];
	int what = -1;
	size_t i;

	if (nl->offset < begin)
		return note(sync, err, 0, sync->dev, reason);
	what = settings_find(settings, nl->offset);
	if (what >= 0) {
		snprintf(word, sizeof(word), "%s %s", setting_word(what),
			 setting_value(what, &settings[what]));
		return note(sync, err, settings[what].line, word, reason);
	}
	for (i = 0; i < sent->count; i++) {
		if (nl->offset >= sent->rule[i].end)
			continue;
		rule_text(word, &sent->rule[i]);
		return note(sync, err, sent->rule[i].line, word, reason);
	}
	return note(sync, err, 0, sync->dev, reason);
}

/* All or nothing: one request */
static int set_link(struct sync *sync)
{
	struct rules *rules = &sync->changes.rules;
	struct nl *nl = &sync->ctl->nl;
	struct nlmsghdr *nlh;
	uint32_t begin;
	int err = 0;
	size_t i;

	nlh = nl_request(nl, IPVSDUMMY_CMD_LINK_SET, 0);
	mnl_attr_put_u32(nlh, IPVSDUMMY_A_IFINDEX, sync->is.ifindex);
	mnl_attr_put_strz(nlh, IPVSDUMMY_A_IFNAME, sync->dev);
	begin = nlh->nlmsg_len;
	settings_put(nlh, sync->changes.settings);
	/* Never longer than all rules of a link: see send_request() */
	if (rules->count > sync->wanted.rules.count) {
		mnl_attr_put(nlh, IPVSDUMMY_A_FLUSH_RULES, 0, NULL);
		rules = &sync->wanted.rules;
	}
	for (i = 0; !err && i < rules->count; i++)
		err = rule_put(nl, &rules->rule[i]);
	if (err)
		return note(sync, err, 0, sync->dev, strerror(-err));
	err = nl_talk(nl, NULL, NULL);
	return err ? note_place(sync, err, begin, rules) : 0;
}

static int try_sync(struct sync *sync)
{
	struct nl *nl = &sync->ctl->nl;
	size_t added = 0;
	int err;

	policy_free(&sync->is);
	policy_free(&sync->changes);
	err = policy_query(nl, sync->dev, &sync->is);
	if (err)
		return note(sync, err, 0, sync->dev, nl_error(nl, err));
	err = check_names(sync);
	if (err)
		return err;
	err = policy_diff(&sync->is, &sync->wanted, &sync->changes);
	if (err)
		return note(sync, err, 0, sync->dev, strerror(-err));
	if (sync->ctl->dry_run || policy_is_empty(&sync->changes))
		return 0;

	err = add_names(sync, &added);
	if (!err)
		err = set_link(sync);
	if (err)
		del_names(sync, added);
	return err;
}

static int do_sync(struct sync *sync)
{
	unsigned int tries = TRIES_MAX;
	int err;

	do {
		err = try_sync(sync);
	} while ((err == -EEXIST || err == -ENOENT) && --tries);
	if (!err)
		return 0;
	fail_enter(&sync->place);
	fail(sync->word, "%s", sync->reason);
	fail_leave(&sync->place);
	return EXIT_ERROR;
}

/**
 * sync_link - give a link a policy
 * @ctl: with a socket
 * @dev: the link
 * @wanted: the policy, lent
 * @file: that it is from
 *
 * Return: 0, or an exit code when the reason has been said.
 */
int sync_link(struct ctl *ctl, const char *dev, const struct policy *wanted,
	      const char *file)
{
	struct sync sync = {
		.ctl = ctl, .dev = dev, .wanted = *wanted, .place.file = file,
	};
	int ret = do_sync(&sync);

	policy_free(&sync.is);
	policy_free(&sync.changes);
	return ret;
}

int cmd_sync(struct ctl *ctl, int argc, char **argv)
{
	struct sync sync = { .ctl = ctl };
	int ret;

	if (!argc)
		return fail("sync", "which link?");
	if (!ctl_is_name(argv[0]))
		return EXIT_ERROR;
	if (argc == 1)
		return fail(argv[0], "with which file?");
	if (argc > 2)
		return fail(argv[2], "one argument too many");
	if (!strcmp(argv[1], "-") && !ctl_has_stdin(ctl))
		return EXIT_ERROR;

	sync.dev = argv[0];
	sync.place.file = argv[1];
	ret = EXIT_ERROR;
	if (policy_read(&sync.wanted, argv[1], sync.dev))
		ret = ctl_open(ctl);
	if (!ret)
		ret = do_sync(&sync);
	if (!ret)
		ret = say_changes(ctl, sync.dev, &sync.changes);
	policy_free(&sync.wanted);
	policy_free(&sync.is);
	policy_free(&sync.changes);
	return ret;
}
