// SPDX-License-Identifier: GPL-2.0
/* watch: the interfaces that addresses must not clash with. */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ctl.h"
#include "fail.h"
#include "query.h"
#include "words.h"

/* After the interfaces come the operator's names, of interfaces or of none */
static bool is_interface(const struct record *watch)
{
	return watch->has[IPVSDUMMY_A_IFINDEX];
}

static bool is_excluded(const struct record *watch)
{
	return watch->has[IPVSDUMMY_A_WATCH_EXCLUDE];
}

static bool is_pattern(const char *name)
{
	size_t len = strlen(name);

	return len && name[len - 1] == '*';
}

/* As the kernel does: the longest name decides, an exact one before all */
static const struct record *find_decider(const struct records *watches,
					 const char *ifname)
{
	const struct record *watch, *longest = NULL;
	size_t i, len, longest_len = 0;

	for (i = 0; i < watches->count; i++) {
		watch = &watches->record[i];
		if (is_interface(watch))
			continue;
		len = strlen(watch->watch_name);
		if (!is_pattern(watch->watch_name)) {
			if (!strcmp(watch->watch_name, ifname))
				return watch;
		} else if (len > longest_len &&
			   !strncmp(watch->watch_name, ifname, len - 1)) {
			longest = watch;
			longest_len = len;
		}
	}
	return longest;
}

static bool is_present(const struct records *watches, const char *name)
{
	size_t i;

	for (i = 0; i < watches->count; i++)
		if (is_interface(&watches->record[i]) &&
		    !strcmp(watches->record[i].ifname, name))
			return true;
	return false;
}

/* How many interfaces are watched, too, since an operator's name says so */
static unsigned int count_named(const struct records *watches,
				const struct record *name)
{
	unsigned int count = 0;
	size_t i;

	for (i = 0; i < watches->count; i++)
		count += is_interface(&watches->record[i]) &&
			 find_decider(watches, watches->record[i].ifname) ==
			 name;
	return count;
}

static json_t *json_watch(const struct records *watches,
			  const struct record *watch)
{
	json_t *json;

	if (!is_interface(watch)) {
		json = json_pack("{s:o, s:b, s:b, s:b}",
				 "dev", json_name(watch->watch_name),
				 "named", !is_excluded(watch),
				 "excluded", is_excluded(watch),
				 "present", false);
		if (is_pattern(watch->watch_name) && !is_excluded(watch))
			json_object_set_new(json, "interfaces",
					    json_integer(count_named(watches,
								     watch)));
		return json;
	}
	return json_pack("{s:o, s:b, s:b, s:b, s:I, s:s, s:I}",
			 "dev", json_name(watch->ifname),
			 "named", !!find_decider(watches, watch->ifname),
			 "excluded", false,
			 "present", true,
			 "ifindex", (json_int_t)watch->ifindex,
			 "reason", word_of(&watch_reason_words,
					   watch->watch_reason),
			 "addresses", (json_int_t)watch->addresses);
}

static void print_watch(struct table *table, const struct records *watches,
			const struct record *watch, bool put)
{
	char name[TEXT_NAME], count[32] = "";
	const char *cell[4] = { name, "named", count, "" };

	if (is_interface(watch)) {
		text_escape(name, sizeof(name), watch->ifname);
		cell[1] = word_of(&watch_reason_words, watch->watch_reason);
		snprintf(count, sizeof(count), "addresses %" PRIu32,
			 watch->addresses);
		if (watch->watch_reason != IPVSDUMMY_WATCH_REASON_NAMED &&
		    find_decider(watches, watch->ifname))
			cell[3] = "named, too";
	} else {
		text_escape(name, sizeof(name), watch->watch_name);
		if (is_excluded(watch))
			cell[1] = "excluded";
		else if (is_pattern(watch->watch_name))
			snprintf(count, sizeof(count), "interfaces %u",
				 count_named(watches, watch));
		else
			cell[2] = "absent";
	}
	if (put)
		table_put(table, cell, NULL);
	else
		table_fit(table, cell);
}

/* An operator's name whose interface is listed anyway is no line of its own, and
 * what is neither interface nor name only a newer kernel knows
 */
static bool is_line(const struct records *watches, const struct record *watch)
{
	return is_interface(watch) ||
	       (*watch->watch_name && !is_present(watches, watch->watch_name));
}

static int print_watches(const struct ctl *ctl, const struct records *watches)
{
	const struct record *end = watches->record + watches->count;
	struct table table = { .columns = 4 };
	const struct record *watch;
	json_t *json = json_array();

	for (watch = watches->record; watch < end; watch++) {
		if (!is_line(watches, watch))
			continue;
		json_array_append_new(json, json_watch(watches, watch));
		print_watch(&table, watches, watch, false);
	}
	if (ctl->json)
		return ctl_put(ctl, json, EXIT_SUCCESS);
	json_decref(json);
	for (watch = watches->record; watch < end; watch++)
		if (is_line(watches, watch))
			print_watch(&table, watches, watch, true);
	return finish(EXIT_SUCCESS);
}

static int watch_list(struct ctl *ctl)
{
	struct records watches = {};
	struct record status;
	int err, ret;

	ret = ctl_open(ctl);
	if (ret)
		return ret;
	err = query_status(&ctl->nl, &status);
	if (!err)
		err = query_watches(&ctl->nl, &watches);
	if (err)
		ret = ctl_fail(ctl, "watch", err);
	else
		ret = print_watches(ctl, &watches);
	if (!err && status.unwatched)
		fail(NULL, "there was no room for %" PRIu64
		     " watched addresses", status.unwatched);
	records_free(&watches);
	return ret;
}

/**
 * watch_is_name - can interfaces of this name be watched?
 * @name: what the user wrote
 *
 * Return: whether they can; if not it has been said.
 */
bool watch_is_name(const char *name)
{
	const char *asterisk = strchr(name, '*');

	if (asterisk && asterisk[1]) {
		fail(name, "an asterisk only at the end");
		return false;
	}
	return ctl_is_name(name);
}

/**
 * watch_talk - ask for a name to be watched, excluded or forgotten
 * @nl: a socket
 * @cmd: IPVSDUMMY_CMD_WATCH_ADD or IPVSDUMMY_CMD_WATCH_DEL
 * @name: the name
 * @exclude: exclude it
 *
 * Return: 0 or a negative errno.
 */
int watch_talk(struct nl *nl, uint8_t cmd, const char *name, bool exclude)
{
	struct nlmsghdr *nlh;

	nlh = nl_request(nl, cmd, 0);
	mnl_attr_put_strz(nlh, IPVSDUMMY_A_WATCH_NAME, name);
	if (exclude)
		mnl_attr_put(nlh, IPVSDUMMY_A_WATCH_EXCLUDE, 0, NULL);
	return nl_talk(nl, NULL, NULL);
}

static int watch_change(struct ctl *ctl, uint8_t cmd, const char *name,
			bool exclude)
{
	int ret;

	if (!watch_is_name(name))
		return EXIT_ERROR;
	ret = ctl_open(ctl);
	if (ret)
		return ret;
	ret = watch_talk(&ctl->nl, cmd, name, exclude);
	return ret ? ctl_fail(ctl, name, ret) : EXIT_SUCCESS;
}

static int watch_flush(struct ctl *ctl)
{
	struct records watches = {};
	const char *what = "watch";
	int err, ret;
	size_t i;

	ret = ctl_open(ctl);
	if (ret)
		return ret;
	err = query_watches(&ctl->nl, &watches);
	for (i = 0; !err && i < watches.count; i++) {
		if (is_interface(&watches.record[i]))
			continue;
		what = watches.record[i].watch_name;
		err = watch_talk(&ctl->nl, IPVSDUMMY_CMD_WATCH_DEL, what,
				 false);
		if (err == -ENOENT)	/* somebody else was quicker */
			err = 0;
	}
	if (err)
		ret = ctl_fail(ctl, what, err);
	records_free(&watches);
	return ret;
}

enum verb { ADD, EXCLUDE, DEL, LIST, FLUSH, VERBS };

static const char *const verb_word[VERBS] = {
	[ADD] = "add",
	[EXCLUDE] = "exclude",
	[DEL] = "del",
	[LIST] = "list",
	[FLUSH] = "flush",
};

static const struct words verb_words = {
	"what to do about watching", verb_word, VERBS
};

int cmd_watch(struct ctl *ctl, int argc, char **argv)
{
	int verb, expected;

	if (!argc)
		return fail("watch", "add, exclude, del, list or flush?");
	verb = word_find(&verb_words, argv[0]);
	if (verb < 0)
		return EXIT_ERROR;
	expected = verb == LIST || verb == FLUSH ? 1 : 2;
	if (argc < expected)
		return fail(argv[0], "which interface?");
	if (argc > expected)
		return fail(argv[expected], "one argument too many");
	switch (verb) {
	case ADD:
		return watch_change(ctl, IPVSDUMMY_CMD_WATCH_ADD, argv[1],
				    false);
	case EXCLUDE:
		return watch_change(ctl, IPVSDUMMY_CMD_WATCH_ADD, argv[1],
				    true);
	case DEL:
		return watch_change(ctl, IPVSDUMMY_CMD_WATCH_DEL, argv[1],
				    false);
	case FLUSH:
		return watch_flush(ctl);
	}
	return watch_list(ctl);
}
