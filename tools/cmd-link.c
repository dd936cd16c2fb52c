// SPDX-License-Identifier: GPL-2.0
/* show and set: the policy of links. */
#include <errno.h>
#include <inttypes.h>
#include <linux/genetlink.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ctl.h"
#include "fail.h"
#include "query.h"
#include "settings.h"
#include "words.h"

#define CLASSES_MAX	16

/* Attributes of the nest class-policy, by their names */
struct class_policy {
	bool has_action;	/* else each rule has its own */
	uint32_t class;
	uint32_t action;
	uint32_t active;
	uint64_t rejected;
	uint64_t skipped;
	uint64_t flagged;
};

struct link {
	struct record record;
	struct class_policy policy[CLASSES_MAX];
	unsigned int classes;
};

struct links {
	struct link *link;
	size_t count;
};

static uint64_t number(const struct nlattr *attr)
{
	switch (mnl_attr_get_payload_len(attr)) {
	case sizeof(uint32_t):
		return mnl_attr_get_u32(attr);
	case sizeof(uint64_t):
		return mnl_attr_get_u64(attr);
	}
	return 0;
}

static void parse_policy(struct class_policy *policy, const struct nlattr *nest)
{
	const struct nlattr *attr;

	mnl_attr_for_each_nested(attr, nest) {
		switch (mnl_attr_get_type(attr)) {
		case IPVSDUMMY_A_CLASS_CLASS:
			policy->class = number(attr);
			break;
		case IPVSDUMMY_A_CLASS_ACTION:
			policy->has_action = true;
			policy->action = number(attr);
			break;
		case IPVSDUMMY_A_CLASS_ACTIVE:
			policy->active = number(attr);
			break;
		case IPVSDUMMY_A_CLASS_REJECTED:
			policy->rejected = number(attr);
			break;
		case IPVSDUMMY_A_CLASS_SKIPPED:
			policy->skipped = number(attr);
			break;
		case IPVSDUMMY_A_CLASS_FLAGGED:
			policy->flagged = number(attr);
			break;
		}
	}
}

static int got_link(const struct nlmsghdr *nlh, void *data)
{
	struct links *links = data;
	const struct nlattr *attr;
	struct link *link;

	link = reallocarray(links->link, links->count + 1, sizeof(*link));
	if (!link)
		return -ENOMEM;
	links->link = link;
	link += links->count++;
	memset(link, 0, sizeof(*link));

	record_parse(&link->record, nlh);
	mnl_attr_for_each(attr, nlh, sizeof(struct genlmsghdr))
		if (mnl_attr_get_type(attr) == IPVSDUMMY_A_CLASS_POLICY &&
		    link->classes < CLASSES_MAX)
			parse_policy(&link->policy[link->classes++], attr);
	return 0;
}

static const char *action_of(const struct class_policy *policy)
{
	return policy->has_action ? word_of(&action_words, policy->action) :
				    NULL;
}

static json_t *json_policy(const struct class_policy *policy)
{
	return json_pack("{s:s, s:s*, s:I, s:I, s:I, s:I}",
			 "class", word_of(&class_words, policy->class),
			 "action", action_of(policy),
			 "active", (json_int_t)policy->active,
			 "rejected", (json_int_t)policy->rejected,
			 "skipped", (json_int_t)policy->skipped,
			 "flagged", (json_int_t)policy->flagged);
}

/* What the module does not know is NULL */
static const char *arp_reply_of(const struct record *record)
{
	return record->has[IPVSDUMMY_A_ARP_REPLY] ?
	       word_of(&arp_reply_words, record->arp_reply) : NULL;
}

static const char *probe_of(const struct record *record)
{
	return record->has[IPVSDUMMY_A_PROBE] ?
	       word_of(&probe_words, record->probe) : NULL;
}

static json_t *json_link(const struct link *link)
{
	const struct record *record = &link->record;
	json_t *policies = json_array();
	unsigned int i;

	for (i = 0; i < link->classes; i++)
		json_array_append_new(policies, json_policy(&link->policy[i]));
	return json_pack("{s:o, s:I, s:s, s:s*, s:s*, s:I, s:I, s:I, s:I, s:I, s:o}",
			 "dev", json_name(record->ifname),
			 "ifindex", (json_int_t)record->ifindex,
			 "mode", word_of(&mode_words, record->mode),
			 "arp_reply", arp_reply_of(record),
			 "probe", probe_of(record),
			 "addresses", (json_int_t)record->addresses,
			 "rules", (json_int_t)record->rules,
			 "rules_max", (json_int_t)record->rules_max,
			 "events", (json_int_t)record->events,
			 "lost", (json_int_t)record->unrecorded,
			 "classes", policies);
}

static void print_policy(struct table *table, const struct class_policy *policy,
			 bool put)
{
	char text[4][32];
	const char *cell[7] = {
		"  ", word_of(&class_words, policy->class),
		policy->has_action ? action_of(policy) : "-",
		text[0], text[1], text[2], text[3],
	};

	snprintf(text[0], sizeof(*text), "active %" PRIu32, policy->active);
	snprintf(text[1], sizeof(*text), "rejected %" PRIu64, policy->rejected);
	snprintf(text[2], sizeof(*text), "skipped %" PRIu64, policy->skipped);
	snprintf(text[3], sizeof(*text), "flagged %" PRIu64, policy->flagged);
	if (put)
		table_put(table, cell, NULL);
	else
		table_fit(table, cell);
}

static void print_link(struct table *table, const struct link *link)
{
	const struct record *record = &link->record;
	char name[TEXT_NAME];
	unsigned int i;

	text_escape(name, sizeof(name), record->ifname);
	printf("%s: mode %s", name, word_of(&mode_words, record->mode));
	if (arp_reply_of(record))
		printf(", arp-reply %s", arp_reply_of(record));
	if (probe_of(record))
		printf(", probe %s", probe_of(record));
	printf(", addresses %" PRIu32 ", rules %" PRIu32 ", events %" PRIu64
	       ", lost %" PRIu64 "\n",
	       record->addresses, record->rules, record->events,
	       record->unrecorded);
	for (i = 0; i < link->classes; i++)
		print_policy(table, &link->policy[i], true);
}

static int print_links(const struct ctl *ctl, const struct links *links)
{
	struct table table = { .columns = 7 };
	unsigned int class;
	json_t *json;
	size_t i;

	if (ctl->json) {
		json = json_array();
		for (i = 0; i < links->count; i++)
			json_array_append_new(json, json_link(&links->link[i]));
		return ctl_put(ctl, json, EXIT_SUCCESS);
	}

	for (i = 0; i < links->count; i++)
		for (class = 0; class < links->link[i].classes; class++)
			print_policy(&table, &links->link[i].policy[class],
				     false);
	for (i = 0; i < links->count; i++)
		print_link(&table, &links->link[i]);
	return finish(EXIT_SUCCESS);
}

int cmd_show(struct ctl *ctl, int argc, char **argv)
{
	const char *dev = argc ? argv[0] : NULL;
	struct links links = {};
	struct nlmsghdr *nlh;
	int ret;

	if (argc > 1)
		return fail(argv[1], "only one link, or none for all");
	if (dev && !ctl_is_name(dev))
		return EXIT_ERROR;
	ret = ctl_open(ctl);
	if (ret)
		return ret;

	nlh = nl_request(&ctl->nl, IPVSDUMMY_CMD_LINK_GET, dev ? 0 : NLM_F_DUMP);
	if (dev)
		mnl_attr_put_strz(nlh, IPVSDUMMY_A_IFNAME, dev);
	ret = nl_talk(&ctl->nl, got_link, &links);
	ret = ret ? ctl_fail(ctl, dev ? dev : "links", ret) :
		    print_links(ctl, &links);
	free(links.link);
	return ret;
}

int cmd_set(struct ctl *ctl, int argc, char **argv)
{
	struct setting settings[SETTINGS_MAX] = {};
	int ret;

	if (!argc)
		return fail("set", "of which link?");
	if (!ctl_is_name(argv[0]))
		return EXIT_ERROR;
	if (argc == 1)
		return fail(argv[0], "nothing to set");
	if (!settings_parse(settings, argc - 1, argv + 1))
		return EXIT_ERROR;
	ret = ctl_open(ctl);
	return ret ? ret : settings_make(ctl, argv[0], settings);
}
