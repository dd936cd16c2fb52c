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

static bool is_named(const struct records *watches, const char *ifname)
{
	size_t i;

	for (i = 0; i < watches->count; i++)
		if (!is_interface(&watches->record[i]) &&
		    !strcmp(watches->record[i].watch_name, ifname))
			return true;
	return false;
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

static json_t *json_watch(const struct records *watches,
			  const struct record *watch)
{
	if (!is_interface(watch))
		return json_pack("{s:o, s:b, s:b}",
				 "dev", json_name(watch->watch_name),
				 "named", true, "present", false);
	return json_pack("{s:o, s:b, s:b, s:I, s:s, s:I}",
			 "dev", json_name(watch->ifname),
			 "named", is_named(watches, watch->ifname),
			 "present", true,
			 "ifindex", (json_int_t)watch->ifindex,
			 "reason", word_of(&watch_reason_words,
					   watch->watch_reason),
			 "addresses", (json_int_t)watch->addresses);
}

static void print_watch(struct table *table, const struct records *watches,
			const struct record *watch, bool put)
{
	char name[TEXT_NAME], addresses[32] = "absent";
	const char *cell[4] = { name, "named", addresses, "" };

	if (is_interface(watch)) {
		text_escape(name, sizeof(name), watch->ifname);
		cell[1] = word_of(&watch_reason_words, watch->watch_reason);
		snprintf(addresses, sizeof(addresses), "addresses %" PRIu32,
			 watch->addresses);
		if (watch->watch_reason != IPVSDUMMY_WATCH_REASON_NAMED &&
		    is_named(watches, watch->ifname))
			cell[3] = "named, too";
	} else {
		text_escape(name, sizeof(name), watch->watch_name);
	}
	if (put)
		table_put(table, cell, NULL);
	else
		table_fit(table, cell);
}

/* An operator's name whose interface is listed anyway is no line of its own */
static bool is_line(const struct records *watches, const struct record *watch)
{
	return is_interface(watch) || !is_present(watches, watch->watch_name);
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
		fail(NULL, "the index has been full, %" PRIu64
		     " addresses not watched", status.unwatched);
	records_free(&watches);
	return ret;
}

static int watch_change(struct ctl *ctl, uint8_t cmd, const char *name)
{
	struct nlmsghdr *nlh;
	int ret;

	if (!ctl_is_name(name))
		return EXIT_ERROR;
	ret = ctl_open(ctl);
	if (ret)
		return ret;
	nlh = nl_request(&ctl->nl, cmd, 0);
	mnl_attr_put_strz(nlh, IPVSDUMMY_A_WATCH_NAME, name);
	ret = nl_talk(&ctl->nl, NULL, NULL);
	return ret ? ctl_fail(ctl, name, ret) : EXIT_SUCCESS;
}

enum verb { ADD, DEL, LIST, VERBS };

static const char *const verb_word[VERBS] = {
	[ADD] = "add",
	[DEL] = "del",
	[LIST] = "list",
};

static const struct words verb_words = {
	"what to do about watching", verb_word, VERBS
};

int cmd_watch(struct ctl *ctl, int argc, char **argv)
{
	int verb, expected;

	if (!argc)
		return fail("watch", "add, del or list?");
	verb = word_find(&verb_words, argv[0]);
	if (verb < 0)
		return EXIT_ERROR;
	expected = verb == LIST ? 1 : 2;
	if (argc < expected)
		return fail(argv[0], "which interface?");
	if (argc > expected)
		return fail(argv[expected], "one argument too many");
	if (verb == LIST)
		return watch_list(ctl);
	return watch_change(ctl, verb == ADD ? IPVSDUMMY_CMD_WATCH_ADD :
			    IPVSDUMMY_CMD_WATCH_DEL, argv[1]);
}
