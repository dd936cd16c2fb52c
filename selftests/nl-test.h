/* SPDX-License-Identifier: GPL-2.0 */
/* Netlink for tests: requests, their answers and extended acks. What cannot go
 * wrong in a sane kernel is not handed back, it ends the test.
 */
#ifndef NL_TEST_H
#define NL_TEST_H

#include <errno.h>
#include <libmnl/libmnl.h>
#include <linux/netlink.h>
#include <poll.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define NL_PATIENCE	(15000 * patience())	/* ms for an answer, under emulation */

#define die(fmt, ...) do {						\
	fprintf(stderr, "# %s:%d: " fmt "\n", __FILE__, __LINE__,	\
		##__VA_ARGS__);						\
	_exit(1);							\
} while (0)

#define TEXT_SIZE	512

/* One of a few buffers, which a test may use in a handful of calls */
static inline char *text_buffer(void)
{
	static char buffers[32][TEXT_SIZE];
	static unsigned int next;

	return buffers[next++ % 32];
}

static inline __attribute__((format(printf, 1, 2)))
const char *text(const char *fmt, ...)
{
	char *buffer = text_buffer();
	va_list args;

	va_start(args, fmt);
	vsnprintf(buffer, TEXT_SIZE, fmt, args);
	va_end(args);
	return buffer;
}

/* How many times slower than usual everything may be */
static inline int patience(void)
{
	const char *factor = getenv("PATIENCE");

	return factor ? atoi(factor) : 1;
}

/* The harness, which goes first, knows of seconds only. */
#undef TEST_TIMEOUT_DEFAULT
#define TEST_TIMEOUT_DEFAULT	(30 * patience())
#undef TEST_F_TIMEOUT
#define TEST_F_TIMEOUT(fixture_name, test_name, timeout) \
	__TEST_F_IMPL(fixture_name, test_name, -1, (timeout) * patience())

static inline int64_t now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * 1000LL + now.tv_nsec / 1000000;
}

/**
 * struct nl - a netlink socket
 * @mnl: the socket
 * @seq: of the last request
 * @ack: extended-ack sentence of the last answer, "" if it had none
 * @request: the request that is being made
 */
struct nl {
	struct mnl_socket *mnl;
	uint32_t seq;
	char ack[256];
	char request[8192];
};

static inline int nl_fd(const struct nl *nl)
{
	return mnl_socket_get_fd(nl->mnl);
}

static inline void nl_open(struct nl *nl, int bus)
{
	int on = 1;

	nl->seq = 0;
	nl->ack[0] = '\0';
	nl->mnl = mnl_socket_open2(bus, SOCK_CLOEXEC);
	if (!nl->mnl || mnl_socket_bind(nl->mnl, 0, MNL_SOCKET_AUTOPID) < 0)
		die("netlink socket: %m");
	if (mnl_socket_setsockopt(nl->mnl, NETLINK_EXT_ACK, &on, sizeof(on)) ||
	    mnl_socket_setsockopt(nl->mnl, NETLINK_CAP_ACK, &on, sizeof(on)))
		die("netlink socket options: %m");
}

static inline bool nl_readable(const struct nl *nl, int64_t timeout_ms)
{
	struct pollfd pollfd = { .fd = nl_fd(nl), .events = POLLIN };
	int n = poll(&pollfd, 1, timeout_ms > 0 ? timeout_ms : 0);

	if (n < 0)
		die("poll: %m");
	return n > 0;
}

/* Begin a request in @request */
static inline struct nlmsghdr *nl_begin_at(struct nl *nl, void *request,
					   uint16_t type, uint16_t flags,
					   const void *head, size_t size)
{
	struct nlmsghdr *nlh = mnl_nlmsg_put_header(request);

	nlh->nlmsg_type = type;
	nlh->nlmsg_flags = NLM_F_REQUEST | flags;
	nlh->nlmsg_seq = ++nl->seq;
	memcpy(mnl_nlmsg_put_extra_header(nlh, size), head, size);
	return nlh;
}

static inline struct nlmsghdr *nl_begin(struct nl *nl, uint16_t type,
					uint16_t flags, const void *head,
					size_t size)
{
	return nl_begin_at(nl, nl->request, type, flags, head, size);
}

/* With a destination, who opened the socket would not matter */
static inline void nl_send(struct nl *nl, const void *data, size_t size)
{
	if (send(nl_fd(nl), data, size, 0) != (ssize_t)size)
		die("netlink send: %m");
}

/* Keep the sentence of an extended ack that begins at @skip */
static inline void nl_keep_ack(struct nl *nl, const struct nlmsghdr *nlh,
			       size_t skip)
{
	const struct nlattr *attr;

	nl->ack[0] = '\0';
	if (!(nlh->nlmsg_flags & NLM_F_ACK_TLVS))
		return;
	mnl_attr_for_each(attr, nlh, skip)
		if (mnl_attr_get_type(attr) == NLMSGERR_ATTR_MSG)
			snprintf(nl->ack, sizeof(nl->ack), "%s",
				 mnl_attr_get_str(attr));
}

/* Return: the errno that an error, an ack or the end of a dump carries */
static inline int nl_end(struct nl *nl, const struct nlmsghdr *nlh)
{
	const struct nlmsgerr *error = mnl_nlmsg_get_payload(nlh);
	size_t skip = sizeof(*error);

	if (nlh->nlmsg_type == NLMSG_DONE) {
		nl_keep_ack(nl, nlh, sizeof(int));
		return -*(int *)mnl_nlmsg_get_payload(nlh);
	}
	if (!(nlh->nlmsg_flags & NLM_F_CAPPED))
		skip += mnl_nlmsg_get_payload_len(&error->msg);
	nl_keep_ack(nl, nlh, skip);
	return -error->error;
}

typedef void (*nl_fn)(const struct nlmsghdr *nlh, void *data);

/* Read a part of the answer to request @seq. Return: whether it was the last
 * part, which leaves an errno in @err.
 */
static inline bool nl_read_part(struct nl *nl, uint32_t seq, nl_fn fn,
				void *data, int *err)
{
	static char answer[65536];
	struct nlmsghdr *nlh;
	ssize_t size;
	int left;

	if (!nl_readable(nl, NL_PATIENCE))
		die("no answer to a netlink request");
	size = recv(nl_fd(nl), answer, sizeof(answer), MSG_TRUNC);
	if (size < 0)
		die("netlink receive: %m");
	if (size > (ssize_t)sizeof(answer))
		die("an answer of %zd bytes", size);
	left = size;
	for (nlh = (void *)answer; mnl_nlmsg_ok(nlh, left);
	     nlh = mnl_nlmsg_next(nlh, &left)) {
		if (nlh->nlmsg_seq != seq)
			die("an answer to request %u instead of %u",
			    nlh->nlmsg_seq, seq);
		if (nlh->nlmsg_type == NLMSG_ERROR ||
		    nlh->nlmsg_type == NLMSG_DONE) {
			*err = nl_end(nl, nlh);
			return true;
		}
		if (!fn)
			die("an answer where only an ack was due");
		fn(nlh, data);
	}
	return false;
}

/* Return: 0 or the errno that the request ended with */
static inline int nl_wait(struct nl *nl, uint32_t seq, nl_fn fn, void *data)
{
	int err;

	while (!nl_read_part(nl, seq, fn, data, &err))
		;
	return err;
}

/* Send a request; @fn gets each message of the answer. Return: 0 or an errno */
static inline int nl_talk(struct nl *nl, struct nlmsghdr *nlh, nl_fn fn,
			  void *data)
{
	if ((nlh->nlmsg_flags & NLM_F_DUMP) != NLM_F_DUMP)
		nlh->nlmsg_flags |= NLM_F_ACK;
	nl_send(nl, nlh, nlh->nlmsg_len);
	return nl_wait(nl, nlh->nlmsg_seq, fn, data);
}

#endif
