// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <search.h>
#include <stdlib.h>
#include <string.h>

#include "rtnl.h"

/* Room for attributes that a copy has and the original has not */
#define REQUEST_SLACK	256

/**
 * rtnl_link_parse - parse what the kernel tells of a link
 * @link: filled in, but for the message itself
 * @nlh: the message
 */
void rtnl_link_parse(struct rtnl_link *link, const struct nlmsghdr *nlh)
{
	const struct ifinfomsg *head = nl_head(nlh, sizeof(*head));
	const struct nlattr *attr, *kind;

	link->name[0] = '\0';
	link->kind[0] = '\0';
	link->index = 0;
	link->flags = 0;
	if (!head)
		return;
	link->index = head->ifi_index;
	link->flags = head->ifi_flags;

	attr = nl_attr(nlh, sizeof(*head), IFLA_IFNAME);
	if (attr)
		nl_copy_string(link->name, sizeof(link->name), attr);
	attr = nl_attr(nlh, sizeof(*head), IFLA_LINKINFO);
	if (attr)
		mnl_attr_for_each_nested(kind, attr)
			if (mnl_attr_get_type(kind) == IFLA_INFO_KIND)
				nl_copy_string(link->kind, sizeof(link->kind),
					       kind);
}

static int got_link(const struct nlmsghdr *nlh, void *data)
{
	struct rtnl_link *link = data;

	if (nlh->nlmsg_len > sizeof(link->message))
		return -EMSGSIZE;
	memcpy(&link->message, nlh, nlh->nlmsg_len);
	rtnl_link_parse(link, nlh);
	return 0;
}

/**
 * rtnl_link_get - find a link by its name or another name of it
 * @nl: a socket
 * @name: the name
 * @link: filled in; its index is 0 if there is no such link
 *
 * Return: 0, or a negative errno when it is not to be known.
 */
int rtnl_link_get(struct nl *nl, const char *name, struct rtnl_link *link)
{
	struct nlmsghdr *nlh;
	int err;

	memset(link, 0, sizeof(*link));
	nlh = nl_begin(nl, RTM_GETLINK, 0, sizeof(struct ifinfomsg));
	mnl_attr_put_u32(nlh, IFLA_EXT_MASK, RTEXT_FILTER_SKIP_STATS);
	mnl_attr_put_strz(nlh, IFLA_IFNAME, name);
	err = nl_talk(nl, got_link, link);
	return err == -ENODEV ? 0 : err;
}

static const struct nlattr *address_attr(const struct nlmsghdr *nlh, int type)
{
	return nl_attr(nlh, sizeof(struct ifaddrmsg), type);
}

static int compare_attrs(const struct nlattr *a, const struct nlattr *b)
{
	size_t len;

	if (!a || !b)
		return !!a - !!b;
	len = mnl_attr_get_payload_len(a);
	if (len != mnl_attr_get_payload_len(b))
		return len < mnl_attr_get_payload_len(b) ? -1 : 1;
	return memcmp(mnl_attr_get_payload(a), mnl_attr_get_payload(b), len);
}

static int compare_addresses(const void *a, const void *b)
{
	const struct ifaddrmsg *x = mnl_nlmsg_get_payload(a);
	const struct ifaddrmsg *y = mnl_nlmsg_get_payload(b);
	int order;

	if (x->ifa_family != y->ifa_family)
		return x->ifa_family - y->ifa_family;
	if (x->ifa_prefixlen != y->ifa_prefixlen)
		return x->ifa_prefixlen - y->ifa_prefixlen;
	order = compare_attrs(address_attr(a, IFA_LOCAL),
			      address_attr(b, IFA_LOCAL));
	if (order)
		return order;
	return compare_attrs(address_attr(a, IFA_ADDRESS),
			     address_attr(b, IFA_ADDRESS));
}

static int add_message(struct messages *messages, const struct nlmsghdr *nlh)
{
	struct nlmsghdr **more;
	size_t room;

	if (messages->count == messages->room) {
		room = messages->room ? 2 * messages->room : 64;
		more = reallocarray(messages->message, room, sizeof(*more));
		if (!more)
			return -ENOMEM;
		messages->message = more;
		messages->room = room;
	}
	more = &messages->message[messages->count];
	*more = malloc(nlh->nlmsg_len);
	if (!*more)
		return -ENOMEM;
	messages->count++;
	memcpy(*more, nlh, nlh->nlmsg_len);
	return 0;
}

/**
 * struct dump - a dump of what is on a link
 * @index: the link
 * @messages: what has been there so far
 */
struct dump {
	int index;
	struct messages *messages;
};

static int got_address(const struct nlmsghdr *nlh, void *data)
{
	const struct ifaddrmsg *head = nl_head(nlh, sizeof(*head));
	struct dump *dump = data;
	struct messages *messages = dump->messages;
	int err;

	if (!head || nlh->nlmsg_type != RTM_NEWADDR ||
	    (int)head->ifa_index != dump->index ||
	    tfind(nlh, &messages->known, compare_addresses))
		return 0;
	err = add_message(messages, nlh);
	if (err)
		return err;
	if (!tsearch(messages->message[messages->count - 1], &messages->known,
		     compare_addresses))
		return -ENOMEM;
	return 0;
}

/**
 * rtnl_addresses - get the addresses of a link
 * @nl: a socket
 * @index: the link
 * @addresses: filled in, in the kernel's order
 *
 * An address that goes meanwhile may be among them or not; one that stays is: of
 * several dumps that something changed under, all would have to leave it out. The
 * kernel tells whether that is so only of a dump of all links.
 *
 * Return: 0 or a negative errno.
 */
int rtnl_addresses(struct nl *nl, int index, struct messages *addresses)
{
	struct dump dump = { index, addresses };

	nl_begin(nl, RTM_GETADDR, NLM_F_DUMP, sizeof(struct ifaddrmsg));
	return nl_dump(nl, got_address, NULL, &dump);
}

static int got_route(const struct nlmsghdr *nlh, void *data)
{
	const struct rtmsg *head = nl_head(nlh, sizeof(*head));
	const struct nlattr *oif;
	struct dump *dump = data;

	/* What the kernel made it makes again */
	if (!head || nlh->nlmsg_type != RTM_NEWROUTE ||
	    head->rtm_protocol == RTPROT_KERNEL ||
	    head->rtm_protocol == RTPROT_REDIRECT ||
	    head->rtm_protocol == RTPROT_RA || head->rtm_flags & RTM_F_CLONED)
		return 0;
	/* A route by nexthop objects has an oif, too, but not of its own */
	if (nl_attr(nlh, sizeof(*head), RTA_NH_ID))
		return 0;
	oif = nl_attr(nlh, sizeof(*head), RTA_OIF);
	if (!oif || (int)nl_number(oif, 0) != dump->index)
		return 0;
	return add_message(dump->messages, nlh);
}

static int get_routes(struct nl *nl, int family, struct dump *dump)
{
	struct nlmsghdr *nlh;
	struct rtmsg *head;

	nlh = nl_begin(nl, RTM_GETROUTE, NLM_F_DUMP, sizeof(*head));
	head = mnl_nlmsg_get_payload(nlh);
	head->rtm_family = family;
	mnl_attr_put_u32(nlh, RTA_OIF, dump->index);
	return nl_talk(nl, got_route, dump);
}

/**
 * rtnl_routes - get the routes, in all tables, that somebody made over a link
 * and over no other
 * @nl: a socket
 * @index: the link
 * @routes: filled in
 *
 * Return: 0 or a negative errno.
 */
int rtnl_routes(struct nl *nl, int index, struct messages *routes)
{
	struct dump dump = { index, routes };
	int err;

	err = get_routes(nl, AF_INET, &dump);
	if (!err)
		err = get_routes(nl, AF_INET6, &dump);
	return err;
}

static void keep_node(void *node)
{
	(void)node;
}

void messages_free(struct messages *messages)
{
	tdestroy(messages->known, keep_node);
	while (messages->count)
		free(messages->message[--messages->count]);
	free(messages->message);
	memset(messages, 0, sizeof(*messages));
}

/**
 * batch_init - begin a batch
 * @batch: filled in
 * @nl: the socket
 * @tolerate: errors that are none, with a zero at the end
 */
void batch_init(struct batch *batch, struct nl *nl, const int *tolerate)
{
	batch->nl = nl;
	batch->tolerate = tolerate;
	batch->len = 0;
}

/**
 * batch_put - begin one more request
 * @batch: a batch with room for it
 * @type: of the message
 * @flags: NLM_F_CREATE or the like
 * @head: the header that follows
 * @size: its size
 *
 * Return: the request, to put attributes into; batch_end() ends it.
 */
struct nlmsghdr *batch_put(struct batch *batch, uint16_t type, uint16_t flags,
			   const void *head, size_t size)
{
	struct nlmsghdr *nlh;

	nlh = mnl_nlmsg_put_header(batch->room + batch->len);
	nlh->nlmsg_type = type;
	nlh->nlmsg_flags = NLM_F_REQUEST | flags;
	nlh->nlmsg_seq = ++batch->nl->seq;
	memcpy(mnl_nlmsg_put_extra_header(nlh, size), head, size);
	if (!batch->len)
		batch->first = nlh->nlmsg_seq;
	return nlh;
}

/**
 * batch_end - end the request that batch_put() began
 * @batch: a batch
 */
void batch_end(struct batch *batch)
{
	batch->last = (void *)(batch->room + batch->len);
	batch->len += MNL_ALIGN(batch->last->nlmsg_len);
}

/**
 * batch_reserve - have room for one more request
 * @batch: a batch, which is sent if it is full
 * @size: of the request, but for some attributes
 *
 * Return: 0 or a negative errno, as of batch_send().
 */
int batch_reserve(struct batch *batch, size_t size)
{
	if (batch->len + size + REQUEST_SLACK <= sizeof(batch->room))
		return 0;
	if (size + REQUEST_SLACK > sizeof(batch->room))
		return -EMSGSIZE;
	return batch_send(batch);
}

static bool is_tolerated(const struct batch *batch, int err)
{
	const int *tolerated;

	for (tolerated = batch->tolerate; *tolerated; tolerated++)
		if (-err == *tolerated)
			return true;
	return !err;
}

/**
 * batch_send - send the requests, if there are any, and see how they fared
 * @batch: a batch, empty afterwards
 *
 * Only the last one is acknowledged, the others answer if they fail.
 *
 * Return: 0, or the first error that is not tolerated, as a negative errno.
 */
int batch_send(struct batch *batch)
{
	struct nlmsghdr *last = batch->last;
	struct nl *nl = batch->nl;
	int ret = 0;

	if (!batch->len)
		return 0;
	nl->text[0] = '\0';
	last->nlmsg_flags |= NLM_F_ACK;
	if (mnl_socket_sendto(nl->mnl, batch->room, batch->len) < 0)
		return -errno;
	batch->len = 0;

	for (;;) {
		const struct nlmsghdr *nlh = &nl->answer.nlh;
		ssize_t received = nl_receive(nl);
		int left = received;

		if (received < 0)
			return received;
		for (; mnl_nlmsg_ok(nlh, left);
		     nlh = mnl_nlmsg_next(nlh, &left)) {
			if (nlh->nlmsg_type != NLMSG_ERROR ||
			    nlh->nlmsg_seq - batch->first >
			    last->nlmsg_seq - batch->first)
				continue;
			if (!ret)
				ret = nl_parse_error(nl, nlh);
			if (is_tolerated(batch, ret)) {
				nl->text[0] = '\0';
				ret = 0;
			}
			if (nlh->nlmsg_seq == last->nlmsg_seq)
				return ret;
		}
	}
}
