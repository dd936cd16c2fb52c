// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <linux/genetlink.h>
#include <linux/ipvsdummy.h>
#include <linux/netlink.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "nl.h"
#include "text.h"

/* Some 10,000 events: a burst of binds that the reader's terminal cannot
 * keep up with. What does not fit is replayed from the kernel's ring.
 */
#define LISTENER_BUFFER		(8 << 20)

/* Some 50,000 addresses that come or go at once */
#define LISTENER_BUFFER_RTNL	(64 << 20)

/* Of the families that are asked here; the kernel does not look at it */
#define GENL_VERSION		1

/* A dump that something changed under is taken again, but not for ever */
#define DUMPS_MAX		16

/* As in the kernel: no error is beyond */
#define MAX_ERRNO		4095

/* A batch in which every request fails */
#define ANSWERS_BUFFER		(1024 * 1024)

static int open_socket(struct nl *nl, int bus, int flags)
{
	memset(nl, 0, sizeof(*nl));
	nl->mnl = mnl_socket_open2(bus, SOCK_CLOEXEC | flags);
	if (!nl->mnl)
		return -errno;
	if (mnl_socket_bind(nl->mnl, 0, MNL_SOCKET_AUTOPID) < 0) {
		int err = -errno;

		mnl_socket_close(nl->mnl);
		nl->mnl = NULL;
		return err;
	}
	return 0;
}

static int open_asker(struct nl *nl, int bus)
{
	int on = 1;
	int err;

	err = open_socket(nl, bus, 0);
	if (err)
		return err;
	/* What pads an attribute goes to the kernel, too: libmnl leaves it as it is */
	nl->request = calloc(1, NL_REQUEST_ROOM);
	if (!nl->request) {
		mnl_socket_close(nl->mnl);
		nl->mnl = NULL;
		return -ENOMEM;
	}
	nl->room = NL_REQUEST_ROOM;
	/* Kernels without these still answer, only less */
	mnl_socket_setsockopt(nl->mnl, NETLINK_EXT_ACK, &on, sizeof(on));
	mnl_socket_setsockopt(nl->mnl, NETLINK_CAP_ACK, &on, sizeof(on));
	return 0;
}

static void set_buffer(const struct nl *nl, int size)
{
	int fd = mnl_socket_get_fd(nl->mnl);

	/* Only root may pass the system's limit; the limit is good enough */
	if (setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &size, sizeof(size)))
		setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &size, sizeof(size));
}

static int open_listener(struct nl *nl, int bus, int size)
{
	int err = open_socket(nl, bus, SOCK_NONBLOCK);

	if (!err)
		set_buffer(nl, size);
	return err;
}

/**
 * nl_open - open a socket for requests
 * @nl: filled in
 *
 * Return: 0 or a negative errno.
 */
int nl_open(struct nl *nl)
{
	return open_asker(nl, NETLINK_GENERIC);
}

/**
 * nl_open_rtnl - open a socket for requests to rtnetlink, whose dumps can be
 * of one link only
 * @nl: filled in
 *
 * Return: 0 or a negative errno.
 */
int nl_open_rtnl(struct nl *nl)
{
	int on = 1;
	int err;

	err = open_asker(nl, NETLINK_ROUTE);
	if (err)
		return err;
	mnl_socket_setsockopt(nl->mnl, NETLINK_GET_STRICT_CHK, &on, sizeof(on));
	set_buffer(nl, ANSWERS_BUFFER);
	return 0;
}

/**
 * nl_open_listener - open a socket for notifications, which does not block
 * @nl: filled in
 *
 * Return: 0 or a negative errno.
 */
int nl_open_listener(struct nl *nl)
{
	return open_listener(nl, NETLINK_GENERIC, LISTENER_BUFFER);
}

int nl_open_rtnl_listener(struct nl *nl)
{
	return open_listener(nl, NETLINK_ROUTE, LISTENER_BUFFER_RTNL);
}

void nl_close(struct nl *nl)
{
	if (nl->mnl)
		mnl_socket_close(nl->mnl);
	nl->mnl = NULL;
	free(nl->request);
	nl->request = NULL;
}

int nl_join(const struct nl *nl, uint32_t group)
{
	if (mnl_socket_setsockopt(nl->mnl, NETLINK_ADD_MEMBERSHIP, &group,
				  sizeof(group)) < 0)
		return -errno;
	return 0;
}

/**
 * nl_receive - receive a datagram into @nl->answer
 * @nl: a socket
 *
 * Return: its length, 0 if it is not from the kernel, or a negative errno.
 */
ssize_t nl_receive(struct nl *nl)
{
	struct sockaddr_nl from;
	struct iovec iov = {
		.iov_base = nl->answer.room,
		.iov_len = sizeof(nl->answer.room),
	};
	struct msghdr msg = {
		.msg_name = &from,
		.msg_namelen = sizeof(from),
		.msg_iov = &iov,
		.msg_iovlen = 1,
	};
	ssize_t len;

	do {
		len = recvmsg(mnl_socket_get_fd(nl->mnl), &msg, 0);
	} while (len < 0 && errno == EINTR);
	if (len < 0)
		return -errno;
	if (msg.msg_flags & MSG_TRUNC)
		return -EMSGSIZE;
	return from.nl_pid ? 0 : len;
}

/**
 * nl_begin - begin a request of any type
 * @nl: a socket
 * @type: of the message
 * @flags: NLM_F_DUMP or the like
 * @head: size of the header that follows, which is zeroed
 *
 * Return: the request, to put attributes into and to send with nl_talk().
 */
struct nlmsghdr *nl_begin(struct nl *nl, uint16_t type, uint16_t flags,
			  size_t head)
{
	struct nlmsghdr *nlh;

	nlh = mnl_nlmsg_put_header(nl->request);
	nlh->nlmsg_type = type;
	nlh->nlmsg_flags = NLM_F_REQUEST | NLM_F_ACK | flags;
	nlh->nlmsg_seq = ++nl->seq;
	mnl_nlmsg_put_extra_header(nlh, head);
	return nlh;
}

static struct nlmsghdr *request(struct nl *nl, uint16_t type, uint8_t cmd,
				uint8_t version, uint16_t flags)
{
	struct genlmsghdr *genl;
	struct nlmsghdr *nlh;

	nlh = nl_begin(nl, type, flags, sizeof(*genl));
	genl = mnl_nlmsg_get_payload(nlh);
	genl->cmd = cmd;
	genl->version = version;
	return nlh;
}

/**
 * nl_request - begin a request to the family of a socket
 * @nl: a socket; nl_find_family() has found the family
 * @cmd: one of its commands
 * @flags: NLM_F_DUMP or 0
 *
 * Return: the request, to put attributes into and to send with nl_talk().
 */
struct nlmsghdr *nl_request(struct nl *nl, uint8_t cmd, uint16_t flags)
{
	return request(nl, nl->family.id, cmd, GENL_VERSION,
		       flags);
}

/**
 * nl_grow - make room in a request that many attributes are put into
 * @nl: a socket, with a request
 * @len: how much is to be put next
 *
 * Return: the request, which may have moved, or NULL if there is no memory.
 */
struct nlmsghdr *nl_grow(struct nl *nl, size_t len)
{
	size_t wanted = nl->request->nlmsg_len + len;
	struct nlmsghdr *more;

	if (wanted > nl->room) {
		more = realloc(nl->request, 2 * wanted);
		if (!more)
			return NULL;
		memset((char *)more + nl->room, 0, 2 * wanted - nl->room);
		nl->request = more;
		nl->room = 2 * wanted;
	}
	return nl->request;
}

/**
 * nl_head - the header that follows a message's own
 * @nlh: a message
 * @size: size of that header
 *
 * Return: it, or NULL if the message is too short for it.
 */
const void *nl_head(const struct nlmsghdr *nlh, size_t size)
{
	return mnl_nlmsg_get_payload_len(nlh) < size ?
	       NULL : mnl_nlmsg_get_payload(nlh);
}

/**
 * nl_attr - find an attribute
 * @nlh: a message
 * @head: size of its header
 * @type: of the attribute
 *
 * Return: it or NULL.
 */
const struct nlattr *nl_attr(const struct nlmsghdr *nlh, size_t head,
			     int type)
{
	const struct nlattr *attr;

	mnl_attr_for_each(attr, nlh, head)
		if (mnl_attr_get_type(attr) == type)
			return attr;
	return NULL;
}

/**
 * nl_number - the value of an attribute that is a number
 * @attr: the attribute, or NULL
 * @without: what it is if there is none, or one of no known length
 *
 * Return: the value.
 */
uint32_t nl_number(const struct nlattr *attr, uint32_t without)
{
	switch (attr ? mnl_attr_get_payload_len(attr) : 0) {
	case sizeof(uint8_t):
		return mnl_attr_get_u8(attr);
	case sizeof(uint16_t):
		return mnl_attr_get_u16(attr);
	case sizeof(uint32_t):
		return mnl_attr_get_u32(attr);
	}
	return without;
}

/**
 * nl_copy_string - copy an attribute that is a string
 * @dst: where to
 * @size: room at @dst; what does not fit is cut off
 * @attr: the attribute, with a terminating zero or without
 */
void nl_copy_string(char *dst, size_t size, const struct nlattr *attr)
{
	size_t len = mnl_attr_get_payload_len(attr);

	len = strnlen(mnl_attr_get_payload(attr), len);
	if (len >= size)
		len = size - 1;
	memcpy(dst, mnl_attr_get_payload(attr), len);
	dst[len] = '\0';
}

/**
 * nl_is_string - compare an attribute that is a string
 * @attr: the attribute, with a terminating zero or without
 * @string: a string
 *
 * Return: whether they are the same.
 */
bool nl_is_string(const struct nlattr *attr, const char *string)
{
	size_t len = strnlen(mnl_attr_get_payload(attr),
			     mnl_attr_get_payload_len(attr));

	return len == strlen(string) &&
	       !memcmp(mnl_attr_get_payload(attr), string, len);
}

/* It has names of interfaces in it, which can be of any bytes */
static void take_text(struct nl *nl, const struct nlattr *attr)
{
	char text[NL_TEXT_MAX];

	snprintf(text, sizeof(text), "%.*s",
		 (int)mnl_attr_get_payload_len(attr),
		 (const char *)mnl_attr_get_payload(attr));
	text_escape(nl->text, sizeof(nl->text), text);
}

/**
 * nl_parse_error - read an error and the extended ack that follows it
 * @nl: gets the sentence
 * @nlh: a message of type NLMSG_ERROR or NLMSG_DONE
 *
 * Return: the error, 0 or a negative errno.
 */
int nl_parse_error(struct nl *nl, const struct nlmsghdr *nlh)
{
	bool done = nlh->nlmsg_type == NLMSG_DONE;
	size_t skip = done ? sizeof(int) : sizeof(struct nlmsgerr);
	const struct nlmsgerr *error = nl_head(nlh, skip);
	const struct nlattr *attr;
	int err;

	if (!error || error->error > 0 || error->error < -MAX_ERRNO)
		return -EBADMSG;
	err = error->error;
	if (!done && !(nlh->nlmsg_flags & NLM_F_CAPPED))
		skip += error->msg.nlmsg_len - sizeof(error->msg);
	if (!(nlh->nlmsg_flags & NLM_F_ACK_TLVS) ||
	    mnl_nlmsg_get_payload_len(nlh) < skip)
		return err;

	mnl_attr_for_each(attr, nlh, skip) {
		if (mnl_attr_get_type(attr) == NLMSGERR_ATTR_MSG)
			take_text(nl, attr);
		else if (mnl_attr_get_type(attr) == NLMSGERR_ATTR_OFFS)
			nl->offset = nl_number(attr, 0);
	}
	return err;
}

static int send_request(const struct nl *nl)
{
	int fd = mnl_socket_get_fd(nl->mnl);
	int len = nl->request->nlmsg_len;

	if (mnl_socket_sendto(nl->mnl, nl->request, len) >= 0)
		return 0;
	if (errno != EMSGSIZE)
		return -errno;
	/* The kernel doubles it, for its own needs. Only root may pass the
	 * system's limit, which has room for all rules of a link.
	 */
	if (setsockopt(fd, SOL_SOCKET, SO_SNDBUFFORCE, &len, sizeof(len)))
		setsockopt(fd, SOL_SOCKET, SO_SNDBUF, &len, sizeof(len));
	if (mnl_socket_sendto(nl->mnl, nl->request, len) < 0)
		return -errno;
	return 0;
}

/**
 * nl_talk - send @nl->request and hand on what is answered
 * @nl: a socket
 * @callback: called for every message of the answer, unless NULL; when it
 *	returns an error the rest is read and left alone
 * @data: for @callback
 *
 * Return: 0 or a negative errno, the kernel's or else @callback's.
 */
int nl_talk(struct nl *nl, nl_callback *callback, void *data)
{
	uint32_t seq = nl->request->nlmsg_seq;
	int ret;

	nl->text[0] = '\0';
	nl->offset = 0;
	nl->inconsistent = false;
	ret = send_request(nl);
	if (ret)
		return ret;

	for (;;) {
		const struct nlmsghdr *nlh = &nl->answer.nlh;
		ssize_t received = nl_receive(nl);
		int left = received;

		if (received < 0)
			return received;
		for (; mnl_nlmsg_ok(nlh, left);
		     nlh = mnl_nlmsg_next(nlh, &left)) {
			/* Left over from a request that was given up */
			if (nlh->nlmsg_seq != seq)
				continue;
			if (nlh->nlmsg_flags & NLM_F_DUMP_INTR)
				nl->inconsistent = true;
			if (nlh->nlmsg_type == NLMSG_ERROR ||
			    nlh->nlmsg_type == NLMSG_DONE) {
				int err = nl_parse_error(nl, nlh);

				return err ? err : ret;
			}
			if (nlh->nlmsg_type >= NLMSG_MIN_TYPE && !ret &&
			    callback)
				ret = callback(nlh, data);
		}
	}
}

/**
 * nl_dump - send @nl->request, and again if what is dumped changes meanwhile
 * @nl: a socket, with the request of a dump
 * @callback: called for every message, as by nl_talk()
 * @restart: called before a dump, to forget the one before; NULL if what any of
 *	them has is good
 * @data: for both
 *
 * Return: 0 or a negative errno, as nl_talk(). If even the last dump was
 * interrupted it is taken as it is, and @nl->inconsistent is set.
 */
int nl_dump(struct nl *nl, nl_callback *callback, nl_restart *restart,
	    void *data)
{
	unsigned int tries = DUMPS_MAX;
	int err;

	do {
		if (restart)
			restart(data);
		err = nl_talk(nl, callback, data);
	} while (!err && nl->inconsistent && --tries);
	return err;
}

/**
 * nl_error - the kernel's reason for an error
 * @nl: a socket
 * @err: what nl_talk() returned
 *
 * Return: the extended ack's sentence, the errno's otherwise.
 */
const char *nl_error(const struct nl *nl, int err)
{
	return nl->text[0] ? nl->text : strerror(-err);
}

/**
 * nl_is_missing - does the module not have the command of a request?
 * @nl: a socket
 * @err: what nl_talk() returned
 *
 * Return: whether it is older than the command: then nobody had a sentence.
 */
bool nl_is_missing(const struct nl *nl, int err)
{
	return err == -EOPNOTSUPP && !nl->text[0];
}

/* The number of the group of the conflicts, 0 if it is not there */
static uint32_t parse_groups(const struct nlattr *groups)
{
	const struct nlattr *group, *item;

	mnl_attr_for_each_nested(group, groups) {
		bool named = false;
		uint32_t id = 0;

		mnl_attr_for_each_nested(item, group) {
			if (mnl_attr_get_type(item) == CTRL_ATTR_MCAST_GRP_NAME)
				named = nl_is_string(item,
						     IPVSDUMMY_MCGRP_CONFLICTS);
			if (mnl_attr_get_type(item) == CTRL_ATTR_MCAST_GRP_ID)
				id = nl_number(item, 0);
		}
		if (named)
			return id;
	}
	return 0;
}

/**
 * nl_parse_family - parse a message of the generic-netlink controller
 * @nlh: the message
 * @name: of a family
 * @family: filled in
 *
 * Return: whether it is about the family of that name.
 */
bool nl_parse_family(const struct nlmsghdr *nlh, const char *name,
		     struct nl_family *family)
{
	const struct nlattr *attr;
	bool named = false;

	memset(family, 0, sizeof(*family));
	mnl_attr_for_each(attr, nlh, sizeof(struct genlmsghdr)) {
		switch (mnl_attr_get_type(attr)) {
		case CTRL_ATTR_FAMILY_ID:
			family->id = nl_number(attr, 0);
			break;
		case CTRL_ATTR_FAMILY_NAME:
			named = nl_is_string(attr, name);
			break;
		case CTRL_ATTR_MCAST_GROUPS:
			family->group = parse_groups(attr);
			break;
		}
	}
	return named;
}

struct search {
	const char *name;
	struct nl_family *family;
};

static int found_family(const struct nlmsghdr *nlh, void *data)
{
	const struct search *search = data;
	struct nl_family family;

	if (nl_parse_family(nlh, search->name, &family))
		*search->family = family;
	return 0;
}

/**
 * nl_find_family - find a family's numbers
 * @nl: a socket, for requests to that family from now on
 * @name: of the family
 *
 * Goes through all families: to ask for one by its name would load the module,
 * and bring it back right after it has been unloaded.
 *
 * Return: 0, -ENOENT if it is not there, or another negative errno.
 */
int nl_find_family(struct nl *nl, const char *name)
{
	struct search search = { name, &nl->family };
	int err;

	memset(&nl->family, 0, sizeof(nl->family));
	request(nl, GENL_ID_CTRL, CTRL_CMD_GETFAMILY, 1, NLM_F_DUMP);
	err = nl_talk(nl, found_family, &search);
	if (err)
		return err;
	return nl->family.id ? 0 : -ENOENT;
}
