// SPDX-License-Identifier: GPL-2.0
#include "query.h"

static int got_one(const struct nlmsghdr *nlh, void *data)
{
	record_parse(data, nlh);
	return 0;
}

static int got_another(const struct nlmsghdr *nlh, void *data)
{
	struct record record;

	record_parse(&record, nlh);
	return records_add(data, &record);
}

static void restart(void *data)
{
	struct records *records = data;

	records->count = 0;
}

/* Takes the dump that is waiting in nl->request */
static int dump(struct nl *nl, struct records *records)
{
	return nl_dump(nl, got_another, restart, records);
}

/**
 * query_one - send a request that one record answers
 * @nl: a socket, with the request
 * @record: filled in
 *
 * Return: 0 or a negative errno.
 */
int query_one(struct nl *nl, struct record *record)
{
	return nl_talk(nl, got_one, record);
}

int query_status(struct nl *nl, struct record *status)
{
	nl_request(nl, IPVSDUMMY_CMD_STATUS_GET, 0);
	return query_one(nl, status);
}

/* Is it there, and of the kind? */
int query_link(struct nl *nl, const char *dev)
{
	struct nlmsghdr *nlh;

	nlh = nl_request(nl, IPVSDUMMY_CMD_LINK_GET, 0);
	mnl_attr_put_strz(nlh, IPVSDUMMY_A_IFNAME, dev);
	return nl_talk(nl, NULL, NULL);
}

int query_links(struct nl *nl, struct records *links)
{
	nl_request(nl, IPVSDUMMY_CMD_LINK_GET, NLM_F_DUMP);
	return dump(nl, links);
}

int query_conflicts(struct nl *nl, struct records *conflicts)
{
	nl_request(nl, IPVSDUMMY_CMD_CONFLICT_GET, NLM_F_DUMP);
	return dump(nl, conflicts);
}

struct visit {
	query_callback *callback;
	void *data;
};

static int got_each(const struct nlmsghdr *nlh, void *data)
{
	const struct visit *visit = data;
	struct record record;

	record_parse(&record, nlh);
	return visit->callback(&record, visit->data);
}

/**
 * query_each_conflict - go through the conflicts, and keep none
 * @nl: a socket
 * @callback: called with each conflict; may take its time
 * @data: for @callback
 *
 * Each that is there all the time comes once, one that comes, changes or goes
 * meanwhile may come or not.
 *
 * Return: 0, a negative errno, or what @callback returned.
 */
int query_each_conflict(struct nl *nl, query_callback *callback, void *data)
{
	struct visit visit = { callback, data };

	nl_request(nl, IPVSDUMMY_CMD_CONFLICT_GET, NLM_F_DUMP);
	return nl_talk(nl, got_each, &visit);
}

int query_events(struct nl *nl, uint64_t after, struct records *events)
{
	struct nlmsghdr *nlh;

	nlh = nl_request(nl, IPVSDUMMY_CMD_EVENT_GET, NLM_F_DUMP);
	mnl_attr_put_u64(nlh, IPVSDUMMY_A_SEQ, after);
	return dump(nl, events);
}

int query_watches(struct nl *nl, struct records *watches)
{
	nl_request(nl, IPVSDUMMY_CMD_WATCH_GET, NLM_F_DUMP);
	return dump(nl, watches);
}
