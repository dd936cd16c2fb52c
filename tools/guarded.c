// SPDX-License-Identifier: GPL-2.0
/* A holder that misses its link makes a dummy without a word, and nothing is
 * refused any more. So names are looked after: those that holders give their
 * links, and those of all links of the kind that have been seen.
 *
 * A link can change its name or make place for another one for a moment, so it is
 * not looked at before a while after it was told of.
 */
#include <errno.h>
#include <linux/rtnetlink.h>
#include <stdio.h>
#include <string.h>

#include "clock.h"
#include "fail.h"
#include "guarded.h"
#include "rtnl.h"
#include "swap.h"
#include "words.h"

#define KIND		"ipvsdummy"
#define SETTLE_MSEC	500

/* Of kube-proxy and of kube-router */
static const char *const conventional[] = { "kube-ipvs0", "kube-dummy-if" };

/**
 * guarded_open - get ready to look
 * @guarded: filled in
 *
 * Return: 0 or a negative errno.
 */
int guarded_open(struct guarded *guarded)
{
	size_t i;

	memset(guarded, 0, sizeof(*guarded));
	for (i = 0; i < sizeof(conventional) / sizeof(*conventional); i++) {
		guarded_add(guarded, conventional[i]);
		guarded->name[i].conventional = true;
	}
	return nl_open_rtnl(&guarded->ask);
}

/**
 * guarded_listen - have links tell of themselves
 * @guarded: opened
 *
 * Return: 0 or a negative errno.
 */
int guarded_listen(struct guarded *guarded)
{
	int err = nl_open_rtnl_listener(&guarded->listen);

	return err ? err : nl_join(&guarded->listen, RTNLGRP_LINK);
}

void guarded_close(struct guarded *guarded)
{
	nl_close(&guarded->listen);
	nl_close(&guarded->ask);
}

static struct guarded_name *find(struct guarded *guarded, const char *ifname)
{
	size_t i;

	for (i = 0; i < guarded->count; i++)
		if (!strcmp(guarded->name[i].ifname, ifname))
			return &guarded->name[i];
	return NULL;
}

/**
 * guarded_add - look after one more name
 * @guarded: opened
 * @ifname: name of a link of the kind
 */
void guarded_add(struct guarded *guarded, const char *ifname)
{
	struct guarded_name *name;

	if (strlen(ifname) >= sizeof(name->ifname) || swap_is_name(ifname) ||
	    find(guarded, ifname))
		return;
	if (guarded->count == GUARDED_MAX) {
		if (!guarded->full)
			fail(ifname, "more than %u links, not looked after",
			     GUARDED_MAX);
		guarded->full = true;
		return;
	}
	name = &guarded->name[guarded->count++];
	memset(name, 0, sizeof(*name));
	memcpy(name->ifname, ifname, strlen(ifname));
	if (!guarded->due)
		guarded->due = clock_msec();
}

/* Any link can have taken a name, or have given it away */
static bool concerns(struct guarded *guarded, const struct rtnl_link *link)
{
	size_t i;

	for (i = 0; i < guarded->count; i++)
		if (guarded->name[i].index == link->index)
			return true;
	return !strcmp(link->kind, KIND) || find(guarded, link->name);
}

static void take_link(struct guarded *guarded, const struct nlmsghdr *nlh)
{
	struct rtnl_link link;

	if (nlh->nlmsg_type != RTM_NEWLINK && nlh->nlmsg_type != RTM_DELLINK)
		return;
	rtnl_link_parse(&link, nlh);
	if (!concerns(guarded, &link))
		return;
	if (nlh->nlmsg_type == RTM_NEWLINK && !strcmp(link.kind, KIND))
		guarded_add(guarded, link.name);
	guarded->due = clock_msec() + SETTLE_MSEC;
}

/**
 * guarded_receive - read what links have told
 * @guarded: opened, and listening
 */
void guarded_receive(struct guarded *guarded)
{
	for (;;) {
		const struct nlmsghdr *nlh = &guarded->listen.answer.nlh;
		ssize_t len = nl_receive(&guarded->listen);
		int left = len;

		if (len == -EAGAIN)
			return;
		if (len < 0) {	/* some are missing: look at all */
			guarded->due = clock_msec() + SETTLE_MSEC;
			guarded->overran = true;
		}
		for (; len > 0 && mnl_nlmsg_ok(nlh, left);
		     nlh = mnl_nlmsg_next(nlh, &left))
			take_link(guarded, nlh);
	}
}

static void tell(const struct guarded_name *name, guarded_callback *callback,
		 void *data)
{
	struct record record = {
		.has[IPVSDUMMY_A_EVENT] = true,
		.event = name->unguarded ? EVENT_UNGUARDED :
					   IPVSDUMMY_EVENT_RESOLVED,
		.has[IPVSDUMMY_A_TIME] = true,
		.time = clock_real(),
		.has[IPVSDUMMY_A_SEVERITY] = name->unguarded,
		.severity = name->unguarded ? IPVSDUMMY_SEVERITY_CRITICAL :
					      RECORD_UNKNOWN,
		.has[IPVSDUMMY_A_IFNAME] = true,
		.has[IPVSDUMMY_A_IFINDEX] = name->index,
		.ifindex = name->index,
		.action = RECORD_UNKNOWN,
	};

	memcpy(record.ifname, name->ifname, sizeof(name->ifname));
	memcpy(record.kind, name->kind, sizeof(name->kind));
	callback(&record, data);
}

/* A name that was never guarded is of no concern before a dummy has it that its
 * holder binds to what it likes
 */
static bool is_unguarded(const struct guarded_name *name)
{
	if (name->fate == FATE_OTHER)
		return name->seen ||
		       (name->conventional && !strcmp(name->kind, "dummy"));
	return name->fate == FATE_GONE && name->seen;
}

/* A name that is gone has been told, and is nobody's any more */
static bool is_kept(const struct guarded_name *name)
{
	return name->seen && name->fate != FATE_GONE;
}

/* What it was is told once, and again when another kind has taken its place */
static void look_at(struct guarded *guarded, struct guarded_name *name,
		    const struct rtnl_link *link, guarded_callback *callback,
		    void *data)
{
	enum fate before = name->fate;
	bool was = name->unguarded, kept = is_kept(name);

	name->index = link->index;
	snprintf(name->kind, sizeof(name->kind), "%s",
		 link->index && !link->kind[0] ? "none" : link->kind);
	if (!link->index)
		name->fate = FATE_GONE;
	else if (!strcmp(link->kind, KIND))
		name->fate = FATE_GUARDED;
	else
		name->fate = FATE_OTHER;
	name->seen |= name->fate == FATE_GUARDED;

	name->unguarded = is_unguarded(name);
	guarded->changed |= is_kept(name) != kept || name->unguarded != was;
	if (name->unguarded != was ||
	    (was && before == FATE_GONE && name->fate == FATE_OTHER))
		tell(name, callback, data);
}

/**
 * guarded_look - look after all names
 * @guarded: opened
 * @callback: called with an unguarded event for every link that nobody guards any
 *	more, and with a resolved event when somebody does again
 * @data: for @callback
 *
 * Return: 0, or a negative errno when it is not to be known.
 */
int guarded_look(struct guarded *guarded, guarded_callback *callback,
		 void *data)
{
	struct rtnl_link link;
	size_t i = 0;
	int err;

	guarded->due = 0;
	while (i < guarded->count) {
		struct guarded_name *name = &guarded->name[i];

		err = rtnl_link_get(&guarded->ask, name->ifname, &link);
		if (err) {
			guarded->due = clock_msec() + SETTLE_MSEC;
			return err;
		}
		/* It was a name for a moment only */
		if (name->fate == FATE_UNKNOWN && !name->conventional &&
		    !name->seen && strcmp(link.kind, KIND)) {
			*name = guarded->name[--guarded->count];
			continue;
		}
		look_at(guarded, name, &link, callback, data);
		i++;
	}
	return 0;
}

/**
 * guarded_read - look after the names that guarded_write() wrote
 * @guarded: opened
 * @in: where they are
 */
void guarded_read(struct guarded *guarded, FILE *in)
{
	char word[IFNAMSIZ], ifname[IFNAMSIZ];
	struct guarded_name *name;

	while (fscanf(in, "%15s %15s", word, ifname) == 2) {
		guarded_add(guarded, ifname);
		name = find(guarded, ifname);
		if (!name)
			continue;
		name->seen = true;
		name->unguarded = !strcmp(word, "unguarded");
	}
}

/**
 * guarded_write - write which names are looked after, and what was told of them
 * @guarded: opened
 * @out: where to; a name is a word
 */
void guarded_write(const struct guarded *guarded, FILE *out)
{
	const struct guarded_name *name = guarded->name;
	const struct guarded_name *end = name + guarded->count;

	for (; name < end; name++)
		if (is_kept(name))
			fprintf(out, "%s %s\n", name->unguarded ?
				"unguarded" : "guarded", name->ifname);
}

/**
 * guarded_is_bare - is there a link that takes any address?
 * @name: a name
 *
 * Return: whether there is one, of another kind. One that is gone takes none.
 */
bool guarded_is_bare(const struct guarded_name *name)
{
	return name->unguarded && name->fate == FATE_OTHER;
}
