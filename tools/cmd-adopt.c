// SPDX-License-Identifier: GPL-2.0
/* adopt and release: an ipvsdummy link in the place of a live dummy, and back. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ctl.h"
#include "fail.h"
#include "query.h"
#include "rtnl.h"
#include "settings.h"
#include "swap.h"
#include "words.h"

#define KIND_PLAIN	"dummy"
#define KIND_GUARDED	"ipvsdummy"

/**
 * struct adoption - what an adopt is to end with
 * @ctl: with a socket once the module is there
 * @settings: those that were asked for
 */
struct adoption {
	struct ctl *ctl;
	struct setting settings[SETTINGS_MAX];
};

/* While it is filled the link refuses nothing. The actions are set all the same:
 * what is wrong with them is found while there is nothing to undo, and what the
 * flags say they would do is what they will do.
 */
static int prepare(const char *name, void *data)
{
	const struct adoption *adoption = data;
	struct setting settings[SETTINGS_MAX];
	int ret;

	/* The link that was just made has loaded the module */
	ret = ctl_open(adoption->ctl);
	if (ret)
		return ret;
	memcpy(settings, adoption->settings, sizeof(settings));
	settings[SETTING_MODE] = (struct setting) {
		.given = true,
		.to = IPVSDUMMY_MODE_AUDIT,
	};
	return settings_make(adoption->ctl, name, settings);
}

static bool are_given(const struct setting *settings)
{
	int what;

	for (what = 0; what < SETTINGS_MAX; what++)
		if (settings[what].given)
			return true;
	return false;
}

static int print_result(const struct ctl *ctl, const struct swap_plan *plan,
			const struct swap_result *result,
			const struct records *conflicts)
{
	struct printer printer;
	char name[TEXT_NAME];
	json_t *json, *list;
	size_t i;

	if (ctl->json) {
		list = json_array();
		for (i = 0; i < conflicts->count; i++)
			json_array_append_new(list, json_record
					      (&conflicts->record[i]));
		json = json_pack("{s:o, s:s, s:b, s:I, s:I, s:o}",
				 "dev", json_name(plan->dev), "kind", plan->to,
				 "changed", !result->nothing,
				 "addresses", (json_int_t)result->addresses,
				 "routes", (json_int_t)result->routes,
				 "conflicts", list);
		return ctl_put(ctl, json, EXIT_SUCCESS);
	}

	text_escape(name, sizeof(name), plan->dev);
	if (result->nothing)
		printf("%s: %s already\n", name, plan->to);
	else
		printf("%s: %s now, %zu addresses and %zu routes taken over\n",
		       name, plan->to, result->addresses, result->routes);

	print_init(&printer, false, false);
	printer.state = true;
	for (i = 0; i < conflicts->count; i++)
		print_fit(&printer, &conflicts->record[i]);
	for (i = 0; i < conflicts->count; i++)
		print_record(&printer, &conflicts->record[i]);
	return finish(EXIT_SUCCESS);
}

static int get_conflicts(struct ctl *ctl, const char *dev,
			 struct records *conflicts)
{
	size_t i, count = 0;
	int err;

	err = query_conflicts(&ctl->nl, conflicts);
	if (err)
		return ctl_fail(ctl, "conflicts", err);
	for (i = 0; i < conflicts->count; i++)
		if (!strcmp(conflicts->record[i].ifname, dev))
			conflicts->record[count++] = conflicts->record[i];
	conflicts->count = count;
	return EXIT_SUCCESS;
}

static int add_address(struct blob **addresses, size_t *count,
		       const struct nlmsghdr *nlh)
{
	const struct nlattr *attr;
	struct blob *more;

	attr = nl_attr(nlh, sizeof(struct ifaddrmsg), IFA_LOCAL);
	if (!attr)
		attr = nl_attr(nlh, sizeof(struct ifaddrmsg), IFA_ADDRESS);
	if (!attr || mnl_attr_get_payload_len(attr) > BLOB_MAX)
		return 0;
	more = reallocarray(*addresses, *count + 1, sizeof(*more));
	if (!more)
		return -ENOMEM;
	*addresses = more;
	more += (*count)++;
	more->len = mnl_attr_get_payload_len(attr);
	memcpy(more->data, mnl_attr_get_payload(attr), more->len);
	return 0;
}

/* Needs neither the module nor a privilege */
static int dry_run(const struct ctl *ctl, const char *dev,
		   const struct setting *settings)
{
	struct messages messages = {};
	struct blob *addresses = NULL;
	static struct rtnl_link link;
	size_t i, count = 0;
	struct nl nl;
	int err, ret;

	err = nl_open_rtnl(&nl);
	if (err)
		return fail("netlink", "%s", strerror(-err));
	err = rtnl_link_get(&nl, dev, &link);
	if (!err && link.index)
		err = rtnl_addresses(&nl, link.index, &messages);
	for (i = 0; !err && i < messages.count; i++)
		err = add_address(&addresses, &count, messages.message[i]);

	if (!err && !link.index)
		err = -ENODEV;
	if (err)
		ret = fail(dev, "%s", nl_error(&nl, err));
	else if (strcmp(link.kind, KIND_PLAIN) &&
		 strcmp(link.kind, KIND_GUARDED))
		ret = fail(dev, "not of kind %s", KIND_PLAIN);
	else
		ret = check_conflicts(ctl, dev, settings, addresses, count);
	messages_free(&messages);
	free(addresses);
	nl_close(&nl);
	return ret;
}

int cmd_adopt(struct ctl *ctl, int argc, char **argv)
{
	struct adoption adoption = { .ctl = ctl };
	struct records conflicts = {};
	struct swap_result result;
	struct swap_plan plan = {
		.from = KIND_PLAIN,
		.to = KIND_GUARDED,
		.opposite = "release",
		.prepare = prepare,
		.data = &adoption,
	};
	int ret;

	if (!argc)
		return fail("adopt", "which link?");
	if (!ctl_is_name(argv[0]) ||
	    !settings_parse(adoption.settings, argc - 1, argv + 1))
		return EXIT_ERROR;

	plan.dev = argv[0];
	if (ctl->dry_run)
		return dry_run(ctl, plan.dev, adoption.settings);
	ret = swap(&plan, &result);
	if (!ret)
		ret = ctl_open(ctl);
	if (!ret && are_given(adoption.settings))
		ret = settings_make(ctl, plan.dev,
				    adoption.settings);
	if (!ret)
		ret = get_conflicts(ctl, plan.dev, &conflicts);
	if (!ret)
		ret = print_result(ctl, &plan, &result, &conflicts);
	records_free(&conflicts);
	return ret;
}

int cmd_release(struct ctl *ctl, int argc, char **argv)
{
	static const struct records none;
	struct swap_result result;
	struct swap_plan plan = {
		.from = KIND_GUARDED,
		.to = KIND_PLAIN,
		.opposite = "adopt",
	};
	int ret;

	if (!argc)
		return fail("release", "which link?");
	if (argc > 1)
		return fail(argv[1], "only one link");
	if (!ctl_is_name(argv[0]))
		return EXIT_ERROR;
	plan.dev = argv[0];
	ret = swap(&plan, &result);
	return ret ? ret : print_result(ctl, &plan, &result, &none);
}
