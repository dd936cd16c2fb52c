// SPDX-License-Identifier: GPL-2.0
/* evict: unbinds what is in conflict. */
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "ctl.h"
#include "fail.h"
#include "filter.h"
#include "query.h"
#include "rtnl.h"
#include "words.h"

/* Notifications come at once; this is for the one that got lost */
#define IDLE_MSEC	30000
#define RETRY_MSEC	1000

/**
 * struct eviction - what is to be unbound
 * @ctl: with a socket to the module
 * @dev: the link
 * @classes: bits by enum ipvsdummy_class; none for whatever has another owner
 *	for sure
 * @rtnl: for addresses
 * @batch: requests about them
 */
struct eviction {
	struct ctl *ctl;
	const char *dev;
	uint32_t classes;
	struct nl rtnl;
	struct batch batch;
};

/* Where VIPs are planned in the nodes' own prefixes, all are onlink; and one
 * forged frame must not unbind anything.
 */
static bool is_class_wanted(const struct eviction *e,
			    const struct record *conflict)
{
	if (!e->classes)
		return conflict->severity == IPVSDUMMY_SEVERITY_CRITICAL;
	return conflict->class < 32 &&
	       e->classes & UINT32_C(1) << conflict->class;
}

static bool is_wanted(const struct eviction *e, const struct record *conflict)
{
	return conflict->event == IPVSDUMMY_EVENT_FLAGGED &&
	       is_class_wanted(e, conflict) &&
	       !strcmp(conflict->ifname, e->dev);
}

/* The address of the link itself, not that of the other end */
static const struct nlattr *local_of(const struct nlmsghdr *nlh)
{
	size_t head = sizeof(struct ifaddrmsg);
	const struct nlattr *local = nl_attr(nlh, head, IFA_LOCAL);

	return local ? local : nl_attr(nlh, head, IFA_ADDRESS);
}

static bool is_at(const struct nlmsghdr *nlh, const struct blob *address)
{
	const struct nlattr *local = local_of(nlh);

	return local && mnl_attr_get_payload_len(local) == address->len &&
	       !memcmp(mnl_attr_get_payload(local), address->data,
		       address->len);
}

static void print_evicted(const struct eviction *e, const struct nlmsghdr *nlh,
			  const struct record *conflict)
{
	const struct ifaddrmsg *head = mnl_nlmsg_get_payload(nlh);
	char shown[TEXT_ESCAPED(WHY_MAX)];
	char prefix[TEXT_PREFIX];
	char name[TEXT_NAME];
	char why[WHY_MAX];
	json_t *json;

	text_prefix(prefix, &conflict->address, head->ifa_prefixlen);
	if (e->ctl->json) {
		json = json_record(conflict);
		json_object_set_new(json, "unbound", json_string(prefix));
		json_put(json, e->ctl->pretty);
		json_decref(json);
		return;
	}
	record_why(why, conflict);
	text_escape(shown, sizeof(shown), why);
	text_escape(name, sizeof(name), e->dev);
	printf("%s: unbound %s: %s%s%s\n", name, prefix,
	       word_of(&class_words, conflict->class), *shown ? ", " : "",
	       shown);
}

static int unbind(struct eviction *e, const struct nlmsghdr *nlh,
		  const struct record *conflict)
{
	static const int tolerate[] = { EADDRNOTAVAIL, 0 };
	static const int kept[] = { IFA_LOCAL, IFA_ADDRESS };
	const struct nlattr *attr;
	struct nlmsghdr *request;
	size_t i;
	int err;

	batch_init(&e->batch, &e->rtnl, tolerate);
	err = batch_reserve(&e->batch, nlh->nlmsg_len);
	if (err)
		return err;
	request = batch_put(&e->batch, RTM_DELADDR, 0,
			    mnl_nlmsg_get_payload(nlh),
			    sizeof(struct ifaddrmsg));
	for (i = 0; i < sizeof(kept) / sizeof(*kept); i++) {
		attr = nl_attr(nlh, sizeof(struct ifaddrmsg), kept[i]);
		if (attr)
			mnl_attr_put(request, kept[i],
				     mnl_attr_get_payload_len(attr),
				     mnl_attr_get_payload(attr));
	}
	batch_end(&e->batch);
	err = batch_send(&e->batch);
	if (!err)
		print_evicted(e, nlh, conflict);
	return err;
}

/* An address may be bound with several prefixes and other ends */
static int unbind_all(struct eviction *e, const struct messages *addresses,
		      const struct record *conflict)
{
	size_t i;
	int err;

	for (i = 0; i < addresses->count; i++) {
		if (!is_at(addresses->message[i], &conflict->address))
			continue;
		err = unbind(e, addresses->message[i], conflict);
		if (err)
			return fail(e->dev, "%s", nl_error(&e->rtnl, err));
	}
	return EXIT_SUCCESS;
}

static int evict_conflicts(struct eviction *e, const struct records *conflicts)
{
	struct messages addresses = {};
	struct rtnl_link link;
	int err, ret = 0;
	size_t i;

	err = rtnl_link_get(&e->rtnl, e->dev, &link);
	for (i = 0; !err && !ret && i < conflicts->count; i++) {
		if (!is_wanted(e, &conflicts->record[i]))
			continue;
		if (!addresses.count)
			err = rtnl_addresses(&e->rtnl, link.index, &addresses);
		if (!err)
			ret = unbind_all(e, &addresses, &conflicts->record[i]);
	}
	messages_free(&addresses);
	return err ? fail(e->dev, "%s", nl_error(&e->rtnl, err)) : ret;
}

/* Returns 0, a negative errno of the module's, or an exit code */
static int evict(struct eviction *e)
{
	struct records conflicts = {};
	int ret;

	ret = query_conflicts(&e->ctl->nl, &conflicts);
	if (!ret)
		ret = evict_conflicts(e, &conflicts);
	records_free(&conflicts);
	return ret;
}

static void discard(struct nl *listen)
{
	while (nl_receive(listen) != -EAGAIN)
		;
}

/* The module may go, and come back as another family */
static int follow(struct eviction *e, struct nl *listen)
{
	struct pollfd fds[2] = { { .fd = STDOUT_FILENO } };
	uint32_t group = e->ctl->nl.family.group;
	int ret;

	fds[1].fd = mnl_socket_get_fd(listen->mnl);
	fds[1].events = POLLIN;
	setvbuf(stdout, NULL, _IOLBF, BUFSIZ);

	for (;;) {
		ret = nl_join(listen, group);
		if (!ret)
			ret = evict(e);
		if (ret > 0 || fflush(stdout))
			return finish(ret);
		if (poll(fds, 2, ret ? RETRY_MSEC : IDLE_MSEC) > 0 &&
		    fds[0].revents)
			return EXIT_SUCCESS;
		discard(listen);
		if (ret && !nl_find_family(&e->ctl->nl, IPVSDUMMY_GENL_NAME))
			group = e->ctl->nl.family.group;
	}
}

static int run(struct eviction *e, bool keep_at_it)
{
	static struct nl listen;
	int ret;

	ret = nl_open_rtnl(&e->rtnl);
	if (ret)
		return fail("netlink", "%s", strerror(-ret));
	ret = query_link(&e->ctl->nl, e->dev);
	if (ret)
		return ctl_fail(e->ctl, e->dev, ret);
	if (!keep_at_it) {
		ret = evict(e);
		return ret < 0 ? ctl_fail(e->ctl, "conflicts", ret) :
				 finish(ret);
	}

	ret = nl_open_listener(&listen);
	ret = ret ? fail("netlink", "%s", strerror(-ret)) : follow(e, &listen);
	nl_close(&listen);
	return ret;
}

int cmd_evict(struct ctl *ctl, int argc, char **argv)
{
	static struct eviction e;
	int ret;

	if (!argc)
		return fail("evict", "from which link?");
	if (argc > 2)
		return fail(argv[2], "only one list of classes");
	if (!ctl_is_name(argv[0]))
		return EXIT_ERROR;
	memset(&e, 0, sizeof(e));	/* of the line before, in a batch */
	e.ctl = ctl;
	e.dev = argv[0];
	if (argc == 2 && !filter_add_words(&e.classes, &class_words, argv[1]))
		return EXIT_ERROR;
	ret = ctl_open(ctl);
	if (!ret)
		ret = run(&e, ctl->follow);
	nl_close(&e.rtnl);
	return ret;
}
