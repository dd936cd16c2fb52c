// SPDX-License-Identifier: GPL-2.0
/* Stands in for the kernel under the tools: answers as a module of another
 * version would. MODULE in the environment says as which: "newer", "older", or
 * "bare", which tells nothing that could be left out; or it is "restless", and
 * all changes while it is told.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <libmnl/libmnl.h>
#include <linux/genetlink.h>
#include <linux/ipvsdummy.h>
#include <linux/rtnetlink.h>
#include <poll.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#define FAMILY		0x77
#define GROUP		0x78

/* What no header has yet */
#define NEW		200
#define NEW_CMD		(IPVSDUMMY_CMD_MAX + 3)
#define NEW_ATTR	(IPVSDUMMY_A_MAX + 3)

/* Answers that wait to be read, and what listeners will hear */
static char answers[16384];
static size_t answers_len;
static char news[16384];
static size_t news_len;
static int asker = -1;
static bool told;

static bool is(const char *version)
{
	return !strcmp(getenv("MODULE") ?: "", version);
}

static struct nlmsghdr *begin(char *room, size_t *len, int type, int cmd,
			      uint32_t seq)
{
	struct nlmsghdr *nlh = mnl_nlmsg_put_header(room + *len);
	struct genlmsghdr *genl;

	nlh->nlmsg_type = type;
	nlh->nlmsg_seq = seq;
	if (type < NLMSG_MIN_TYPE)
		return nlh;
	genl = mnl_nlmsg_put_extra_header(nlh, sizeof(*genl));
	genl->cmd = cmd;
	return nlh;
}

static void end(const struct nlmsghdr *nlh, size_t *len)
{
	*len += NLMSG_ALIGN(nlh->nlmsg_len);
}

static void put_error(uint32_t seq, int type, int err, uint32_t offset)
{
	struct nlmsghdr *nlh = begin(answers, &answers_len, type, 0, seq);
	int *error = mnl_nlmsg_put_extra_header(nlh, sizeof(*error));

	*error = err;
	if (is("restless"))
		nlh->nlmsg_flags |= NLM_F_DUMP_INTR;
	if (type == NLMSG_ERROR) {
		struct nlmsghdr *request;

		request = mnl_nlmsg_put_extra_header(nlh, sizeof(*request));
		request->nlmsg_len = sizeof(*request);
		nlh->nlmsg_flags = NLM_F_CAPPED;
	}
	if (offset) {
		nlh->nlmsg_flags |= NLM_F_ACK_TLVS;
		mnl_attr_put_strz(nlh, NLMSGERR_ATTR_MSG,
				  "Unknown attribute type");
		mnl_attr_put_u32(nlh, NLMSGERR_ATTR_OFFS, offset);
	}
	end(nlh, &answers_len);
}

/* What every message of a newer module has more of, and in strange lengths */
static void put_new(struct nlmsghdr *nlh)
{
	struct nlattr *nest;

	if (!is("newer"))
		return;
	mnl_attr_put_u64(nlh, NEW_ATTR, NEW);
	mnl_attr_put(nlh, NEW_ATTR + 1, 0, NULL);
	nest = mnl_attr_nest_start(nlh, NEW_ATTR + 2);
	mnl_attr_put_u32(nlh, 1, NEW);
	mnl_attr_nest_end(nlh, nest);
	mnl_attr_put_u64(nlh, IPVSDUMMY_A_VLAN, NEW);
}

static void put_address(struct nlmsghdr *nlh, int attr, const char *text)
{
	uint8_t addr[4];

	inet_pton(AF_INET, text, addr);
	mnl_attr_put(nlh, attr, sizeof(addr), addr);
}

static void put_link_name(struct nlmsghdr *nlh)
{
	mnl_attr_put_u32(nlh, IPVSDUMMY_A_IFINDEX, 7);
	mnl_attr_put_strz(nlh, IPVSDUMMY_A_IFNAME, "kube-ipvs0");
}

static void put_position(struct nlmsghdr *nlh, uint64_t seq)
{
	mnl_attr_put_u64(nlh, IPVSDUMMY_A_INSTANCE, 0xabc);
	mnl_attr_put_u64(nlh, IPVSDUMMY_A_SEQ, seq);
}

static void put_status(struct nlmsghdr *nlh)
{
	put_position(nlh, told ? 3 : 0);
	if (is("newer"))
		mnl_attr_put_strz(nlh, IPVSDUMMY_A_VERSION, "9.0.0");
	if (is("older"))
		mnl_attr_put_strz(nlh, IPVSDUMMY_A_VERSION, "0.0.1");
	if (is("newer"))
		mnl_attr_put_u32(nlh, IPVSDUMMY_A_SIGHTINGS, 5);
}

static void put_class(struct nlmsghdr *nlh, uint32_t class, uint32_t action)
{
	struct nlattr *nest;

	nest = mnl_attr_nest_start(nlh, IPVSDUMMY_A_CLASS_POLICY);
	mnl_attr_put_u32(nlh, IPVSDUMMY_A_CLASS_CLASS, class);
	mnl_attr_put_u32(nlh, IPVSDUMMY_A_CLASS_ACTION, action);
	if (is("newer"))
		mnl_attr_put_u64(nlh, IPVSDUMMY_A_CLASS_MAX + 3, NEW);
	mnl_attr_nest_end(nlh, nest);
}

static void put_link(struct nlmsghdr *nlh)
{
	put_link_name(nlh);
	if (is("bare"))
		return;
	mnl_attr_put_u32(nlh, IPVSDUMMY_A_MODE,
			 is("newer") ? NEW : IPVSDUMMY_MODE_AUDIT);
	put_class(nlh, IPVSDUMMY_CLASS_HOST, IPVSDUMMY_ACTION_REJECT);
	if (is("older"))
		return;
	mnl_attr_put_u32(nlh, IPVSDUMMY_A_ARP_REPLY, NEW);
	mnl_attr_put_u32(nlh, IPVSDUMMY_A_PROBE, NEW);
	put_class(nlh, IPVSDUMMY_CLASS_ONLINK, NEW);
	put_class(nlh, 9, IPVSDUMMY_ACTION_FLAG);
	put_class(nlh, NEW, NEW);
}

static void put_verdict(struct nlmsghdr *nlh)
{
	uint32_t value = is("newer") ? NEW : IPVSDUMMY_CLASS_HOST;

	put_link_name(nlh);
	put_address(nlh, IPVSDUMMY_A_ADDRESS, "10.0.0.1");
	if (is("bare"))
		return;
	mnl_attr_put_u32(nlh, IPVSDUMMY_A_CLASS, value);
	mnl_attr_put_u32(nlh, IPVSDUMMY_A_ACTION,
			 is("newer") ? NEW : IPVSDUMMY_ACTION_REJECT);
	mnl_attr_put_u32(nlh, IPVSDUMMY_A_SEVERITY,
			 is("newer") ? NEW : IPVSDUMMY_SEVERITY_CRITICAL);
	mnl_attr_put_u32(nlh, IPVSDUMMY_A_EVIDENCE, value);
	mnl_attr_put_strz(nlh, IPVSDUMMY_A_MATCH_IFNAME, "eth0");
	put_address(nlh, IPVSDUMMY_A_MATCH_PREFIX, "10.0.0.0");
	mnl_attr_put_u32(nlh, IPVSDUMMY_A_MATCH_PREFIXLEN, 24);
	if (is("older"))
		return;
	mnl_attr_put_u32(nlh, IPVSDUMMY_A_WOULD, NEW);
	mnl_attr_put_u32(nlh, IPVSDUMMY_A_CLAIM, NEW);
	mnl_attr_put_u32(nlh, IPVSDUMMY_A_STATION, NEW);
	mnl_attr_put(nlh, IPVSDUMMY_A_LLADDR, 20, "a longer one than now");
}

static void put_reason(struct nlmsghdr *nlh)
{
	struct nlattr *nest;

	nest = mnl_attr_nest_start(nlh, IPVSDUMMY_A_REASON);
	if (is("newer")) {
		mnl_attr_put_u32(nlh, IPVSDUMMY_A_REASON_CLASS, NEW);
		mnl_attr_put_u32(nlh, IPVSDUMMY_A_REASON_ACTION, NEW);
		mnl_attr_put_u32(nlh, IPVSDUMMY_A_REASON_EVIDENCE, NEW);
		mnl_attr_put(nlh, IPVSDUMMY_A_REASON_DECIDES, 0, NULL);
		mnl_attr_put_u64(nlh, IPVSDUMMY_A_REASON_MAX + 3, NEW);
	}
	mnl_attr_nest_end(nlh, nest);
}

static void put_conflict(struct nlmsghdr *nlh, uint64_t seq, uint32_t event)
{
	put_position(nlh, seq);
	if (!is("bare")) {
		mnl_attr_put_u64(nlh, IPVSDUMMY_A_TIME, 1);
		mnl_attr_put_u64(nlh, IPVSDUMMY_A_SINCE, 1);
		mnl_attr_put_u32(nlh, IPVSDUMMY_A_EVENT, event);
	}
	put_verdict(nlh);
}

static void put_rule(struct nlmsghdr *nlh)
{
	struct nlattr *nest;

	put_link_name(nlh);
	nest = mnl_attr_nest_start(nlh, IPVSDUMMY_A_RULE);
	put_address(nlh, IPVSDUMMY_A_RULE_PREFIX, "10.1.0.0");
	mnl_attr_put_u32(nlh, IPVSDUMMY_A_RULE_PREFIXLEN, 16);
	if (!is("bare"))
		mnl_attr_put_u32(nlh, IPVSDUMMY_A_RULE_ACTION, NEW);
	mnl_attr_put_u32(nlh, IPVSDUMMY_A_RULE_MAX + 3, NEW);
	mnl_attr_nest_end(nlh, nest);
}

static void put_peer(struct nlmsghdr *nlh)
{
	struct nlattr *nest;

	/* Of a kind that is not known, and one that is */
	nest = mnl_attr_nest_start(nlh, IPVSDUMMY_A_PEER);
	mnl_attr_put_strz(nlh, IPVSDUMMY_A_PEER_MAX + 3, "by its name");
	mnl_attr_nest_end(nlh, nest);
	nest = mnl_attr_nest_start(nlh, IPVSDUMMY_A_PEER);
	put_address(nlh, IPVSDUMMY_A_PEER_PREFIX, "10.1.0.1");
	mnl_attr_nest_end(nlh, nest);
}

static void put_watch(struct nlmsghdr *nlh)
{
	/* One that neither has a name nor is an interface */
	if (!is("newer"))
		mnl_attr_put_strz(nlh, IPVSDUMMY_A_IFNAME, "eth0");
	if (!is("newer"))
		mnl_attr_put_u32(nlh, IPVSDUMMY_A_IFINDEX, 2);
	if (is("older"))
		mnl_attr_put_u32(nlh, IPVSDUMMY_A_WATCH_REASON,
				 IPVSDUMMY_WATCH_REASON_PHYSICAL);
}

static void put_family(uint32_t seq)
{
	struct nlmsghdr *nlh = begin(answers, &answers_len, GENL_ID_CTRL,
				     CTRL_CMD_NEWFAMILY, seq);
	struct nlattr *groups, *group;

	mnl_attr_put_u16(nlh, CTRL_ATTR_FAMILY_ID, FAMILY);
	mnl_attr_put_strz(nlh, CTRL_ATTR_FAMILY_NAME, IPVSDUMMY_GENL_NAME);
	mnl_attr_put_u32(nlh, CTRL_ATTR_VERSION, 1 + is("newer"));
	groups = mnl_attr_nest_start(nlh, CTRL_ATTR_MCAST_GROUPS);
	group = mnl_attr_nest_start(nlh, 1);
	mnl_attr_put_strz(nlh, CTRL_ATTR_MCAST_GRP_NAME,
			  IPVSDUMMY_MCGRP_CONFLICTS);
	mnl_attr_put_u32(nlh, CTRL_ATTR_MCAST_GRP_ID, GROUP);
	mnl_attr_nest_end(nlh, group);
	mnl_attr_nest_end(nlh, groups);
	end(nlh, &answers_len);
}

static uint32_t find_attr(const struct nlmsghdr *request, int type)
{
	const struct nlattr *attr;

	mnl_attr_for_each(attr, request, sizeof(struct genlmsghdr))
		if (mnl_attr_get_type(attr) == type)
			return (const char *)attr - (const char *)request;
	return 0;
}

/* Returns a negative errno, with the place of what it is about */
static int answer(const struct nlmsghdr *request, uint32_t *offset)
{
	const struct genlmsghdr *genl = mnl_nlmsg_get_payload(request);
	struct nlmsghdr *nlh;

	if (is("older") && genl->cmd > IPVSDUMMY_CMD_CHECK)
		return -EOPNOTSUPP;
	*offset = find_attr(request, IPVSDUMMY_A_EXPLAIN);
	if (is("older") && *offset)
		return -EINVAL;
	*offset = 0;

	nlh = begin(answers, &answers_len, FAMILY, genl->cmd,
		    request->nlmsg_seq);
	switch (genl->cmd) {
	case IPVSDUMMY_CMD_STATUS_GET:
		put_status(nlh);
		break;
	case IPVSDUMMY_CMD_LINK_GET:
		put_link(nlh);
		break;
	case IPVSDUMMY_CMD_CONFLICT_GET:
		put_conflict(nlh, 0, is("newer") ? NEW :
						   IPVSDUMMY_EVENT_FLAGGED);
		break;
	case IPVSDUMMY_CMD_CHECK:
		put_verdict(nlh);
		if (find_attr(request, IPVSDUMMY_A_EXPLAIN))
			put_reason(nlh);
		break;
	case IPVSDUMMY_CMD_RULE_GET:
		put_rule(nlh);
		break;
	case IPVSDUMMY_CMD_PEER_GET:
		put_peer(nlh);
		break;
	case IPVSDUMMY_CMD_WATCH_GET:
		put_watch(nlh);
		break;
	default:
		return -EOPNOTSUPP;
	}
	put_new(nlh);
	end(nlh, &answers_len);
	return 0;
}

ssize_t sendto(int fd, const void *request, size_t len, int flags,
	       const struct sockaddr *to, socklen_t to_len)
{
	const struct nlmsghdr *nlh = request;
	bool dump = nlh->nlmsg_flags & NLM_F_DUMP;
	uint32_t offset = 0;
	int err = 0;

	(void)flags;
	(void)to;
	(void)to_len;
	asker = fd;
	answers_len = 0;
	if (nlh->nlmsg_type == GENL_ID_CTRL)
		put_family(nlh->nlmsg_seq);
	else if (nlh->nlmsg_type != FAMILY)
		err = dump ? 0 : -ENODEV;
	else
		err = answer(nlh, &offset);
	put_error(nlh->nlmsg_seq, dump && !err ? NLMSG_DONE : NLMSG_ERROR, err,
		  offset);
	return len;
}

/* A message of a kind that is not known, and three events */
static void make_news(void)
{
	struct nlmsghdr *nlh;
	uint64_t seq;

	nlh = begin(news, &news_len, FAMILY, NEW_CMD, 0);
	mnl_attr_put_strz(nlh, IPVSDUMMY_A_IFNAME, "no event");
	put_position(nlh, 1);
	end(nlh, &news_len);
	for (seq = 1; seq <= 3; seq++) {
		nlh = begin(news, &news_len, FAMILY, IPVSDUMMY_CMD_EVENT_NTF, 0);
		put_conflict(nlh, seq, is("newer") ? NEW :
				       IPVSDUMMY_EVENT_FLAGGED);
		put_new(nlh);
		end(nlh, &news_len);
	}
	told = true;
}

ssize_t recvmsg(int fd, struct msghdr *msg, int flags)
{
	const char *from = fd == asker ? answers : news;
	size_t *len = fd == asker ? &answers_len : &news_len;
	struct sockaddr_nl *sender = msg->msg_name;
	ssize_t copied = *len;

	(void)flags;
	if (!copied) {
		errno = EAGAIN;
		return -1;
	}
	memcpy(msg->msg_iov->iov_base, from, copied);
	memset(sender, 0, sizeof(*sender));
	msg->msg_flags = 0;
	*len = 0;
	return copied;
}

/* Any group can be joined */
int setsockopt(int fd, int level, int name, const void *value, socklen_t len)
{
	(void)fd;
	(void)level;
	(void)name;
	(void)value;
	(void)len;
	return 0;
}

/* There are news once, then the reader of the output, who takes all, goes away.
 * Who waits for him alone wants to write.
 */
int poll(struct pollfd *fds, nfds_t count, int timeout)
{
	(void)timeout;
	if (count == 2) {	/* he and signals */
		fds[0].revents = POLLOUT;
		return 1;
	}
	fds[0].revents = told ? POLLERR : 0;
	if (!told) {
		make_news();
		fds[1].revents = POLLIN;
	}
	return 1;
}
