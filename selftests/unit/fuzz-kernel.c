// SPDX-License-Identifier: GPL-2.0
/* Stands in for the kernel under a fuzzed tool. Each datagram that is received
 * takes bytes of the input, which say how it differs from a good one. Zeroes, and
 * no bytes at all, make good answers: so whatever the input is, the tool ends.
 */
#include <errno.h>
#include <linux/genetlink.h>
#include <linux/ipvsdummy.h>
#include <linux/rtnetlink.h>
#include <net/if.h>
#include <poll.h>
#include <sanitizer/asan_interface.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "fuzz-message.h"
#include "fuzz-tool.h"

#define FDS_MAX		64
#define ROOM		8192

/* In a request, the kernel does not like it */
#define UNLUCKY		13

/**
 * struct asker - a socket
 * @bus: its protocol
 * @asks: it sends requests
 * @asked: the last one is not answered in full
 * @request: that one's header
 * @head: the one after that
 * @after: number of the event before those asked for
 * @name: the interface asked for, or empty
 * @unlucky: place of what is wrong with the request, or 0
 * @room: what is behind the last datagram
 * @room_len: how long that is
 */
struct asker {
	int bus;
	bool asks;
	bool asked;
	struct nlmsghdr request;
	struct genlmsghdr head;
	int after;
	char name[IFNAMSIZ];
	uint32_t unlucky;
	void *room;
	size_t room_len;
};

static struct asker askers[FDS_MAX];
static struct reader input;

/* The second is one that the tool makes */
static struct link links[2];

void kernel_init(const uint8_t *lies, size_t len, bool guarded)
{
	input = (struct reader) { lies, len };
	links[0] = (struct link) { LINK, LINK_INDEX, guarded };
	links[1] = (struct link) { "", LINK_INDEX + 1, !guarded };
}

bool kernel_is_plain(void)
{
	return !input.left;
}

uint8_t kernel_lie(void)
{
	return reader_next(&input);
}

/* As libmnl's, which looks at no length */
static void get(void *value, size_t size, const struct nlattr *attr)
{
	if (mnl_attr_get_payload_len(attr) < size)
		abort();
	memcpy(value, mnl_attr_get_payload(attr), size);
}

uint8_t mnl_attr_get_u8(const struct nlattr *attr)
{
	uint8_t value;

	get(&value, sizeof(value), attr);
	return value;
}

uint16_t mnl_attr_get_u16(const struct nlattr *attr)
{
	uint16_t value;

	get(&value, sizeof(value), attr);
	return value;
}

uint32_t mnl_attr_get_u32(const struct nlattr *attr)
{
	uint32_t value;

	get(&value, sizeof(value), attr);
	return value;
}

uint64_t mnl_attr_get_u64(const struct nlattr *attr)
{
	uint64_t value;

	get(&value, sizeof(value), attr);
	return value;
}

static struct asker *asker_of(int fd)
{
	return &askers[(unsigned int)fd % FDS_MAX];
}

static const struct link *find_link(const char *name)
{
	size_t i;

	for (i = 0; i < 2; i++)
		if (!strcmp(links[i].name, name))
			return &links[i];
	return NULL;
}

/* News: of addresses and links, or of conflicts and the family */
static void put_news(struct nlmsghdr *nlh, const struct asker *asker)
{
	static const int types[] = {
		RTM_NEWADDR, RTM_DELADDR, RTM_NEWLINK, RTM_DELLINK
	};
	uint8_t what = kernel_lie();

	if (asker->bus == NETLINK_ROUTE)
		put_rtnl(nlh, types[what % 4], links, what & 4);
	else if (what & 1)
		put_genl(nlh, GENL_ID_CTRL, what & 2 ? CTRL_CMD_NEWFAMILY :
						       CTRL_CMD_DELFAMILY, 0);
	else
		put_genl(nlh, FAMILY, IPVSDUMMY_CMD_EVENT_NTF, 0);
}

static void put_good(struct nlmsghdr *nlh, const struct asker *asker, int nth)
{
	const struct link *link = find_link(asker->name);
	int type = asker->request.nlmsg_type;

	if (!asker->asked)
		put_news(nlh, asker);
	else if (asker->bus == NETLINK_ROUTE)
		put_rtnl(nlh, type - 2, link ?: links, nth);
	else
		put_genl(nlh, type, asker->head.cmd, nth + asker->after);
}

static void put_error(struct nlmsghdr *nlh, const struct asker *asker, int type,
		      int err)
{
	int *error = put_head(nlh, sizeof(*error));

	nlh->nlmsg_type = type;
	*error = -err;
	if (type == NLMSG_ERROR) {
		struct nlmsghdr *request = put_head(nlh, sizeof(*request));

		*request = asker->request;
		nlh->nlmsg_flags = NLM_F_CAPPED;
	}
	if (asker->unlucky) {
		nlh->nlmsg_flags |= NLM_F_ACK_TLVS;
		mnl_attr_put_strz(nlh, NLMSGERR_ATTR_MSG, "It is unlucky");
		mnl_attr_put_u32(nlh, NLMSGERR_ATTR_OFFS, asker->unlucky);
	}
}

static bool is_get(const struct asker *asker)
{
	if (asker->bus == NETLINK_ROUTE)
		return asker->request.nlmsg_type % 4 == RTM_GETLINK % 4;
	return asker->request.nlmsg_type != FAMILY ||
	       is_answered(asker->head.cmd);
}

static bool is_dump(const struct asker *asker)
{
	return is_get(asker) && asker->request.nlmsg_flags & NLM_F_ROOT;
}

static bool is_missing(const struct asker *asker)
{
	return *asker->name && !find_link(asker->name);
}

/* How many messages are before the end of a good answer */
static int count_good(const struct asker *asker)
{
	if (!asker->asked || !is_get(asker) || is_missing(asker) ||
	    asker->unlucky)
		return 0;
	if (asker->request.nlmsg_type == FAMILY)
		return asker->head.cmd == IPVSDUMMY_CMD_EVENT_GET ?
		       EVENTS - asker->after : 1;
	return is_dump(asker) ? 2 : 1;
}

static void put_end(struct nlmsghdr *nlh, const struct asker *asker)
{
	int err = asker->unlucky ? EINVAL : is_missing(asker) ? ENODEV : 0;

	put_error(nlh, asker, is_dump(asker) && !err ? NLMSG_DONE : NLMSG_ERROR,
		  err);
}

enum lie {
	BARE = 1,	/* nothing of a good message */
	TYPE = 2,
	FLAGS = 4,
	SEQ = 8,
	HEAD = 16,	/* another byte behind the first header */
	ERROR = 32,
	SHORT = 64,
};

static void put_lie(struct nlmsghdr *nlh, const struct asker *asker, int nth)
{
	uint8_t *head = mnl_nlmsg_get_payload(nlh);
	uint8_t lie = kernel_lie();
	size_t place;

	if (lie & ERROR)
		put_error(nlh, asker, NLMSG_ERROR, kernel_lie());
	else if (!(lie & BARE))
		put_good(nlh, asker, nth);
	if (lie & TYPE)
		nlh->nlmsg_type = kernel_lie();
	if (lie & FLAGS)
		nlh->nlmsg_flags = kernel_lie() | kernel_lie() << 8;
	if (lie & SEQ)
		nlh->nlmsg_seq -= kernel_lie();
	if (lie & HEAD) {
		place = kernel_lie();
		if (place < mnl_nlmsg_get_payload_len(nlh))
			head[place] = kernel_lie();
	}
	if (lie)
		put_attrs(nlh, &input);
	if (lie & SHORT) {
		place = MNL_NLMSG_HDRLEN + kernel_lie();
		if (place < nlh->nlmsg_len)
			nlh->nlmsg_len = place;
	}
}

static struct nlmsghdr *begin(char *room, size_t len, const struct asker *asker)
{
	struct nlmsghdr *nlh = mnl_nlmsg_put_header(room + len);

	nlh->nlmsg_seq = asker->request.nlmsg_seq;
	return nlh;
}

/* In the first byte of a datagram, zero for a good one */
enum { COUNT = 3, UNENDED = 4, TRUNCATED = 8, FOREIGN = 16, FAILED = 255 };

/* Returns its length; there is room for more */
static size_t make_datagram(char room[static ROOM], struct asker *asker,
			    uint8_t how)
{
	int count = how ? how & COUNT : count_good(asker);
	struct nlmsghdr *nlh;
	size_t len = 0;
	int i;

	for (i = 0; i < count && len < ROOM / 2; i++) {
		nlh = begin(room, len, asker);
		put_lie(nlh, asker, i);
		len += NLMSG_ALIGN(nlh->nlmsg_len);
	}
	if (!asker->asks || how & UNENDED)
		return len;
	nlh = begin(room, len, asker);
	put_end(nlh, asker);
	asker->asked = false;
	return len + NLMSG_ALIGN(nlh->nlmsg_len);
}

static ssize_t fail_with(int err)
{
	errno = err;
	return -1;
}

/* What is behind a datagram is nobody's to read */
static void forget_room(struct asker *asker)
{
	if (asker->room)
		ASAN_UNPOISON_MEMORY_REGION(asker->room, asker->room_len);
	asker->room = NULL;
}

ssize_t recvmsg(int fd, struct msghdr *msg, int flags)
{
	static const int errors[] = { ENOBUFS, EINTR, ENOMEM, EAGAIN };
	static char datagram[2 * ROOM];
	struct asker *asker = asker_of(fd);
	struct sockaddr_nl *from = msg->msg_name;
	struct iovec *iov = msg->msg_iov;
	uint8_t how = kernel_lie();
	size_t len;

	(void)flags;
	forget_room(asker);
	if (how == FAILED)
		return fail_with(errors[kernel_lie() % 4]);
	if (!asker->asks && !how)
		return fail_with(EAGAIN);
	len = make_datagram(datagram, asker, how);
	if (len > iov->iov_len)
		len = iov->iov_len;
	memcpy(iov->iov_base, datagram, len);
	asker->room = (char *)iov->iov_base + len;
	asker->room_len = iov->iov_len - len;
	ASAN_POISON_MEMORY_REGION(asker->room, asker->room_len);
	memset(from, 0, sizeof(*from));
	from->nl_family = AF_NETLINK;
	from->nl_pid = !!(how & FOREIGN);
	msg->msg_namelen = sizeof(*from);
	msg->msg_flags = how & TRUNCATED ? MSG_TRUNC : 0;
	return len;
}

/* It may make a link, rename or delete one */
static void take_link(const struct nlmsghdr *nlh, const char *name)
{
	const struct ifinfomsg *head = mnl_nlmsg_get_payload(nlh);
	struct link *link = head->ifi_index == LINK_INDEX ? links : links + 1;

	if (nlh->nlmsg_type == RTM_DELLINK)
		*link->name = '\0';
	else if (nlh->nlmsg_type == RTM_NEWLINK && *name)
		snprintf(link->name, sizeof(link->name), "%s", name);
}

/* What is asked for, and whether all of it is well made */
static void take_request(struct asker *asker, const struct nlmsghdr *nlh)
{
	bool is_rtnl = asker->bus == NETLINK_ROUTE;
	const struct nlattr *attr;
	size_t head, i;

	head = !is_rtnl ? sizeof(struct genlmsghdr) :
	       nlh->nlmsg_type / 4 == RTM_NEWLINK / 4 ?
	       sizeof(struct ifinfomsg) : sizeof(struct rtgenmsg);
	asker->request = *nlh;
	asker->asked = true;
	*asker->name = '\0';
	if (mnl_nlmsg_get_payload_len(nlh) < head)
		abort();
	if (!is_rtnl)
		asker->head = *(struct genlmsghdr *)mnl_nlmsg_get_payload(nlh);
	else if (head != sizeof(struct ifinfomsg))
		return;
	mnl_attr_for_each(attr, nlh, head) {
		const char *value = mnl_attr_get_payload(attr);

		if (mnl_attr_get_type(attr) ==
		    (is_rtnl ? (int)IFLA_IFNAME : IPVSDUMMY_A_IFNAME))
			snprintf(asker->name, sizeof(asker->name), "%s", value);
		if (mnl_attr_get_type(attr) == IPVSDUMMY_A_SEQ && !is_rtnl)
			asker->after = mnl_attr_get_u64(attr);
		for (i = 0; i < mnl_attr_get_payload_len(attr); i++)
			if (value[i] == UNLUCKY)
				asker->unlucky = (char *)attr - (char *)nlh;
	}
	if ((char *)attr != (char *)mnl_nlmsg_get_payload_tail(nlh))
		abort();
	if (is_rtnl)
		take_link(nlh, asker->name);
}

ssize_t sendto(int fd, const void *requests, size_t len, int flags,
	       const struct sockaddr *to, socklen_t to_len)
{
	struct asker *asker = asker_of(fd);
	const struct nlmsghdr *nlh = requests;
	int left = len;

	(void)flags;
	(void)to;
	(void)to_len;
	asker->asks = true;
	asker->after = 0;
	asker->unlucky = 0;
	for (; mnl_nlmsg_ok(nlh, left); nlh = mnl_nlmsg_next(nlh, &left))
		take_request(asker, nlh);
	if (left)
		abort();
	return len;
}

int socket(int domain, int type, int protocol)
{
	int fd = memfd_create("socket", type & SOCK_CLOEXEC ? MFD_CLOEXEC : 0);

	(void)domain;
	if (fd >= 0)
		*asker_of(fd) = (struct asker) { .bus = protocol };
	return fd;
}

int close(int fd)
{
	forget_room(asker_of(fd));
	return syscall(SYS_close, fd);
}

int bind(int fd, const struct sockaddr *addr, socklen_t len)
{
	(void)fd;
	(void)addr;
	(void)len;
	return 0;
}

int getsockname(int fd, struct sockaddr *addr, socklen_t *len)
{
	struct sockaddr_nl name = { .nl_family = AF_NETLINK };

	(void)fd;
	memcpy(addr, &name, sizeof(name));
	*len = sizeof(name);
	return 0;
}

int setsockopt(int fd, int level, int name, const void *value, socklen_t len)
{
	(void)fd;
	(void)level;
	(void)name;
	(void)value;
	(void)len;
	return 0;
}

/* Whoever waits for news gets them as long as there is input, then the reader of
 * the output, who takes all, goes away. Signals are the last one's of the monitor:
 * they would end another tool.
 */
int poll(struct pollfd *fds, nfds_t count, int timeout)
{
	uint8_t what = kernel_lie();

	fds[0].revents = fds[0].events & POLLOUT;
	if (fds[0].revents)
		return 1;
	if (timeout > 0)
		fuzz_sleep(timeout);
	if (kernel_is_plain())
		fds[0].revents = POLLERR;
	if (count > 1)
		fds[1].revents = what & 1 ? POLLIN : 0;
	if (count > 3) {
		fds[2].revents = what & 2 ? POLLIN : 0;
		fds[3].revents = what & 4 ? POLLIN : 0;
		if (what & 4)
			raise(what & 8 ? SIGTERM : SIGCHLD);
	}
	return kernel_is_plain() || what & 7;
}
