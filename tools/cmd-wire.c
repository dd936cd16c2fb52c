// SPDX-License-Identifier: GPL-2.0
/* wire: what is remembered of other stations' frames, and counters of them. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ctl.h"
#include "fail.h"
#include "query.h"
#include "words.h"

#define ITEMS_MAX	11

/**
 * struct item - something to show
 * @word: for it
 * @key: for it, in JSON
 * @value: what it is
 */
struct item {
	const char *word;
	const char *key;
	uint64_t value;
};

/* What the module told of it; returns how much that is */
static size_t get_items(struct item items[static ITEMS_MAX],
			const struct record *status)
{
	size_t count = 0;

#define PUT(_attr, _word, _key, _value)					\
	do {								\
		if (status->has[IPVSDUMMY_A_ ## _attr])			\
			items[count++] = (struct item) {		\
				.word = _word,				\
				.key = _key,				\
				.value = _value,			\
			};						\
	} while (0)

	PUT(PEERS, "peers", "peers", status->peers);
	PUT(PEERS_MAX, "peers-max", "peers_max", status->peers_max);
	PUT(SIGHTINGS, "sightings", "sightings", status->sightings);
	PUT(SIGHTINGS_MAX, "sightings-max", "sightings_max",
	    status->sightings_max);
	PUT(CLAIM_TIMEOUT, "claim-timeout", "claim_timeout",
	    status->claim_timeout);
	PUT(FRAMES, "frames", "frames", status->frames);
	PUT(CLAIMS, "claims", "claims", status->claims);
	PUT(MALFORMED, "malformed", "malformed", status->malformed);
	PUT(EVICTED, "evicted", "evicted", status->evicted);
	PUT(UNCLAIMED, "unclaimed", "unclaimed", status->unclaimed);
	PUT(PROBES, "probes", "probes", status->probes);
#undef PUT
	return count;
}

static void print_item(struct table *table, const struct item *item, bool put)
{
	char value[24];
	const char *cell[2] = { item->word, value };

	snprintf(value, sizeof(value), "%" PRIu64, item->value);
	if (put)
		table_put(table, cell, NULL);
	else
		table_fit(table, cell);
}

static int print_status(const struct ctl *ctl, const struct record *status)
{
	struct table table = { .columns = 2 };
	struct item items[ITEMS_MAX];
	json_t *json;
	size_t i, count;

	count = get_items(items, status);
	if (ctl->json) {
		json = json_object();
		for (i = 0; i < count; i++)
			json_object_set_new(json, items[i].key,
					    json_integer(items[i].value));
		return ctl_put(ctl, json, EXIT_SUCCESS);
	}
	for (i = 0; i < count; i++)
		print_item(&table, &items[i], false);
	for (i = 0; i < count; i++)
		print_item(&table, &items[i], true);
	return finish(EXIT_SUCCESS);
}

static int wire_show(struct ctl *ctl)
{
	struct record status;
	int err, ret;

	ret = ctl_open(ctl);
	if (ret)
		return ret;
	err = query_status(&ctl->nl, &status);
	return err ? ctl_fail(ctl, "wire", err) : print_status(ctl, &status);
}

enum limit { SIGHTINGS, TIMEOUT, LIMITS };

static const char *const limit_word[LIMITS] = {
	[SIGHTINGS] = "sightings",
	[TIMEOUT] = "timeout",
};

static const struct words limit_words = {
	"what to set of it", limit_word, LIMITS
};

/* As the family's spec has it */
static const struct {
	int attr;
	uint32_t min;
	uint32_t max;
} limits[LIMITS] = {
	[SIGHTINGS] = {
		IPVSDUMMY_A_SIGHTINGS_MAX, 0, IPVSDUMMY_SIGHTINGS_LIMIT
	},
	[TIMEOUT] = { IPVSDUMMY_A_CLAIM_TIMEOUT, 1, 86400 },
};

static bool parse_number(uint32_t *value, int what, const char *text)
{
	uint32_t min = limits[what].min, max = limits[what].max;
	size_t len = strlen(text);

	if (!len || strspn(text, "0123456789") != len) {
		fail(text, "not a number");
		return false;
	}
	/* What is too long for it is ULONG_MAX */
	if (strtoul(text, NULL, 10) < min || strtoul(text, NULL, 10) > max) {
		fail(text, "%s can be %" PRIu32 " to %" PRIu32,
		     limit_word[what], min, max);
		return false;
	}
	*value = strtoul(text, NULL, 10);
	return true;
}

static int wire_set(struct ctl *ctl, int argc, char **argv)
{
	bool given[LIMITS] = {};
	uint32_t value[LIMITS];
	struct nlmsghdr *nlh;
	int i, what, ret;

	if (!argc)
		return fail("set", "nothing to set");
	for (i = 0; i < argc; i += 2) {
		what = word_find(&limit_words, argv[i]);
		if (what < 0)
			return EXIT_ERROR;
		if (given[what])
			return fail(argv[i], "given twice");
		if (i + 1 == argc)
			return fail(argv[i], "without a number");
		if (!parse_number(&value[what], what, argv[i + 1]))
			return EXIT_ERROR;
		given[what] = true;
	}
	ret = ctl_open(ctl);
	if (ret)
		return ret;

	nlh = nl_request(&ctl->nl, IPVSDUMMY_CMD_WIRE_SET, 0);
	for (what = 0; what < LIMITS; what++)
		if (given[what])
			mnl_attr_put_u32(nlh, limits[what].attr, value[what]);
	ret = nl_talk(&ctl->nl, NULL, NULL);
	return ret ? ctl_fail(ctl, "wire", ret) : EXIT_SUCCESS;
}

enum verb { SHOW, SET, VERBS };

static const char *const verb_word[VERBS] = {
	[SHOW] = "show",
	[SET] = "set",
};

static const struct words verb_words = {
	"what to do about the wire", verb_word, VERBS
};

int cmd_wire(struct ctl *ctl, int argc, char **argv)
{
	int verb = argc ? word_find(&verb_words, argv[0]) : SHOW;

	switch (verb) {
	case SHOW:
		return argc > 1 ? fail(argv[1], "one argument too many") :
				  wire_show(ctl);
	case SET:
		return wire_set(ctl, argc - 1, argv + 1);
	}
	return EXIT_ERROR;
}
