// SPDX-License-Identifier: GPL-2.0
/* What a good kernel tells. Attributes are written in a language of their own, here
 * and in the input: a type, how the value is made, and bytes for that, until a type
 * is zero.
 */
#include <arpa/inet.h>
#include <linux/genetlink.h>
#include <linux/if_link.h>
#include <linux/ip_vs.h>
#include <linux/ipvsdummy.h>
#include <linux/neighbour.h>
#include <linux/rtnetlink.h>
#include <net/if.h>
#include <string.h>

#include "fuzz-message.h"

#define FAMILY_IPVS	0x79
#define GROUP		0x78
#define LENGTH_MAX	4096
#define DEPTH_MAX	3

/* How a value is made. What follows is one byte of it, the rest is zero. */
enum how { U8, U16, U32, U64, NAME, IPV4, IPV6, NEST, BYTES, RAW, LIE, HOWS };

/* Any string that may be asked for or answered */
static const char *const names[] = {
	LINK, "eth0", "ipvsdummy", "dummy", "conflicts", "IPVS", "rr",
	"a\"\\b\x1b[1m\xff{}", "ipvsd-old-1", "vlan", "vrf", "1.0", "eth*",
	"it is so", "0123456789abcdef0123456789abcdef", "",
};

enum { KUBE, ETH0, IPVSDUMMY, DUMMY, CONFLICTS, IPVS, RR };

static const uint8_t position[] = {
	IPVSDUMMY_A_INSTANCE, U64, 9,
	IPVSDUMMY_A_SEQ, U64, EVENTS, 0
};

static const uint8_t instance[] = { IPVSDUMMY_A_INSTANCE, U64, 9, 0 };

static const uint8_t status[] = {
	IPVSDUMMY_A_VERSION, NAME, 11,
	IPVSDUMMY_A_SIGHTINGS_MAX, U32, 64,
	IPVSDUMMY_A_CLAIM_TIMEOUT, U32, 60, 0
};

static const uint8_t dev[] = {
	IPVSDUMMY_A_IFINDEX, U32, LINK_INDEX,
	IPVSDUMMY_A_IFNAME, NAME, KUBE, 0
};

static const uint8_t policy[] = {
	IPVSDUMMY_A_MODE, U32, IPVSDUMMY_MODE_AUDIT,
	IPVSDUMMY_A_ARP_REPLY, U32, IPVSDUMMY_ARP_REPLY_NORMAL,
	IPVSDUMMY_A_PROBE, U32, IPVSDUMMY_PROBE_ON,
	IPVSDUMMY_A_CLASS_POLICY, NEST,
		IPVSDUMMY_A_CLASS_CLASS, U32, IPVSDUMMY_CLASS_HOST,
		IPVSDUMMY_A_CLASS_ACTION, U32, IPVSDUMMY_ACTION_REJECT,
		IPVSDUMMY_A_CLASS_REJECTED, U64, 1, 0,
	IPVSDUMMY_A_CLASS_POLICY, NEST,
		IPVSDUMMY_A_CLASS_CLASS, U32, IPVSDUMMY_CLASS_ONLINK,
		IPVSDUMMY_A_CLASS_ACTION, U32, IPVSDUMMY_ACTION_VERIFY, 0, 0
};

static const uint8_t verdict[] = {
	IPVSDUMMY_A_SEVERITY, U32, IPVSDUMMY_SEVERITY_CRITICAL,
	IPVSDUMMY_A_ADDRESS, IPV4, 1,
	IPVSDUMMY_A_CLASS, U32, IPVSDUMMY_CLASS_NEIGH,
	IPVSDUMMY_A_ACTION, U32, IPVSDUMMY_ACTION_FLAG,
	IPVSDUMMY_A_WOULD, U32, IPVSDUMMY_ACTION_REJECT,
	IPVSDUMMY_A_EVIDENCE, U32, IPVSDUMMY_EVIDENCE_ARP,
	IPVSDUMMY_A_MATCH_IFNAME, NAME, ETH0,
	IPVSDUMMY_A_MATCH_PREFIX, IPV4, 0,
	IPVSDUMMY_A_MATCH_PREFIXLEN, U32, 24,
	IPVSDUMMY_A_LLADDR, BYTES, 6, 2, 0, 0, 0, 0, 9,
	IPVSDUMMY_A_COUNT, U64, 5, 0
};

static const uint8_t conflict[] = {
	IPVSDUMMY_A_TIME, U64, 1,
	IPVSDUMMY_A_SINCE, U64, 1,
	IPVSDUMMY_A_EVENT, U32, IPVSDUMMY_EVENT_FLAGGED, 0
};

static const uint8_t reason[] = {
	IPVSDUMMY_A_REASON, NEST,
		IPVSDUMMY_A_REASON_CLASS, U32, IPVSDUMMY_CLASS_HOST,
		IPVSDUMMY_A_REASON_ACTION, U32, IPVSDUMMY_ACTION_REJECT,
		IPVSDUMMY_A_REASON_MATCH_IFNAME, NAME, ETH0,
		IPVSDUMMY_A_REASON_DECIDES, BYTES, 0, 0, 0
};

static const uint8_t watch[] = {
	IPVSDUMMY_A_IFNAME, NAME, ETH0,
	IPVSDUMMY_A_IFINDEX, U32, 2,
	IPVSDUMMY_A_WATCH_REASON, U32, IPVSDUMMY_WATCH_REASON_PHYSICAL, 0
};

static const uint8_t rule[] = {
	IPVSDUMMY_A_RULE, NEST,
		IPVSDUMMY_A_RULE_PREFIX, IPV4, 0,
		IPVSDUMMY_A_RULE_PREFIXLEN, U32, 24,
		IPVSDUMMY_A_RULE_ACTION, U32, IPVSDUMMY_ACTION_FLAG, 0, 0
};

static const uint8_t peer[] = {
	IPVSDUMMY_A_PEER, NEST,
		IPVSDUMMY_A_PEER_LLADDR, BYTES, 6, 2, 0, 0, 0, 0, 7, 0,
	IPVSDUMMY_A_PEER, NEST,
		IPVSDUMMY_A_PEER_PREFIX, IPV4, 0,
		IPVSDUMMY_A_PEER_PREFIXLEN, U32, 24, 0, 0
};

/* What a good answer to a command has; what has none only sets something */
static const uint8_t *const answers[][4] = {
	[IPVSDUMMY_CMD_STATUS_GET] = { position, status },
	[IPVSDUMMY_CMD_LINK_GET] = { dev, policy },
	[IPVSDUMMY_CMD_CONFLICT_GET] = { position, dev, verdict, conflict },
	[IPVSDUMMY_CMD_EVENT_GET] = { instance, dev, verdict, conflict },
	[IPVSDUMMY_CMD_EVENT_NTF] = { instance, dev, verdict, conflict },
	[IPVSDUMMY_CMD_WATCH_GET] = { watch },
	[IPVSDUMMY_CMD_CHECK] = { dev, verdict, reason },
	[IPVSDUMMY_CMD_RULE_GET] = { dev, rule },
	[IPVSDUMMY_CMD_PEER_GET] = { peer },
};

/* Is a command of the module's answered with more than that it is done? */
bool is_answered(int cmd)
{
	return cmd < (int)(sizeof(answers) / sizeof(*answers)) &&
	       *answers[cmd];
}

static const uint8_t family[] = {
	CTRL_ATTR_FAMILY_ID, U16, FAMILY,
	CTRL_ATTR_FAMILY_NAME, NAME, IPVSDUMMY,
	CTRL_ATTR_MCAST_GROUPS, NEST, 1, NEST,
		CTRL_ATTR_MCAST_GRP_NAME, NAME, CONFLICTS,
		CTRL_ATTR_MCAST_GRP_ID, U32, GROUP, 0, 0, 0
};

static const uint8_t family_ipvs[] = {
	CTRL_ATTR_FAMILY_ID, U16, FAMILY_IPVS,
	CTRL_ATTR_FAMILY_NAME, NAME, IPVS, 0
};

static const uint8_t service[] = {
	IPVS_CMD_ATTR_SERVICE, NEST,
		IPVS_SVC_ATTR_AF, U16, AF_INET,
		IPVS_SVC_ATTR_PROTOCOL, U16, IPPROTO_TCP,
		IPVS_SVC_ATTR_ADDR, BYTES, 16, 10, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0,
			0, 0, 0, 0, 0,
		IPVS_SVC_ATTR_PORT, BYTES, 2, 0, 80,
		IPVS_SVC_ATTR_SCHED_NAME, NAME, RR, 0, 0
};

static const uint8_t server[] = {
	IPVS_CMD_ATTR_DEST, NEST,
		IPVS_DEST_ATTR_ADDR, IPV4, 9,
		IPVS_DEST_ATTR_PORT, U16, 80,
		IPVS_DEST_ATTR_WEIGHT, U32, 1, 0, 0
};

static const uint8_t link_attrs[] = {
	IFLA_AF_SPEC, NEST, AF_INET6, NEST,
		IFLA_INET6_ADDR_GEN_MODE, U8, 1, 0, 0,
	IFLA_PROP_LIST, NEST, IFLA_ALT_IFNAME, NAME, RR, 0, 0
};

static const uint8_t dummy_attrs[] = {
	IFLA_LINKINFO, NEST, IFLA_INFO_KIND, NAME, DUMMY, 0, 0
};

static const uint8_t ipvsdummy_attrs[] = {
	IFLA_LINKINFO, NEST, IFLA_INFO_KIND, NAME, IPVSDUMMY, 0, 0
};

/* With a parent device */
static const uint8_t eth0_attrs[] = {
	IFLA_IFNAME, NAME, ETH0, 56, NAME, 0,
	IFLA_ADDRESS, BYTES, 6, 2, 0, 0, 0, 0, 1, 0
};

static const uint8_t address_attrs[] = {
	IFA_LOCAL, IPV4, 1, IFA_ADDRESS, IPV4, 1, IFA_LABEL, NAME, KUBE,
	IFA_FLAGS, U32, IFA_F_PERMANENT, 0
};

static const uint8_t route_attrs[] = {
	RTA_OIF, U32, LINK_INDEX, RTA_GATEWAY, IPV4, 3, 0
};

static const uint8_t neighbour_attrs[] = {
	NDA_DST, IPV4, 1, NDA_LLADDR, BYTES, 6, 2, 0, 0, 0, 0, 8, 0
};

uint8_t reader_next(struct reader *reader)
{
	if (!reader->left)
		return 0;
	reader->left--;
	return *reader->at++;
}

static void put_bytes(struct nlmsghdr *nlh, int type, struct reader *reader)
{
	uint8_t bytes[256];
	uint8_t len = reader_next(reader), i;

	for (i = 0; i < len; i++)
		bytes[i] = reader_next(reader);
	mnl_attr_put(nlh, type, len, bytes);
}

static void put_level(struct nlmsghdr *nlh, struct reader *reader, int depth);

static void put_nest(struct nlmsghdr *nlh, int type, struct reader *reader,
		     int depth)
{
	struct nlattr *nest = mnl_attr_nest_start(nlh, type);

	if (depth < DEPTH_MAX)
		put_level(nlh, reader, depth + 1);
	mnl_attr_nest_end(nlh, nest);
}

static void put_attr(struct nlmsghdr *nlh, int type, struct reader *reader,
		     int depth)
{
	uint8_t address[16] = { 10 };
	enum how how = reader_next(reader) % HOWS;
	const char *name;
	struct nlattr *attr;

	switch (how) {
	case U8:
		mnl_attr_put_u8(nlh, type, reader_next(reader));
		break;
	case U16:
		mnl_attr_put_u16(nlh, type, reader_next(reader));
		break;
	case U32:
		mnl_attr_put_u32(nlh, type, reader_next(reader));
		break;
	case U64:
		mnl_attr_put_u64(nlh, type, reader_next(reader));
		break;
	case NAME:
		name = names[reader_next(reader) %
			     (sizeof(names) / sizeof(*names))];
		mnl_attr_put(nlh, type, strlen(name) + 1, name);
		break;
	case IPV4:
		address[3] = reader_next(reader);
		mnl_attr_put(nlh, type, 4, address);
		break;
	case IPV6:
		address[15] = reader_next(reader);
		mnl_attr_put(nlh, type, 16, address);
		break;
	case NEST:
		put_nest(nlh, type, reader, depth);
		break;
	case BYTES:
		put_bytes(nlh, type, reader);
		break;
	case RAW:	/* a type that is no single byte */
		put_bytes(nlh, type | reader_next(reader) << 8, reader);
		break;
	default:	/* longer or shorter than it says */
		attr = mnl_nlmsg_get_payload_tail(nlh);
		put_bytes(nlh, type, reader);
		attr->nla_len += (int8_t)reader_next(reader);
	}
}

static void put_level(struct nlmsghdr *nlh, struct reader *reader, int depth)
{
	uint8_t type;

	while (nlh->nlmsg_len < LENGTH_MAX && (type = reader_next(reader)))
		put_attr(nlh, type, reader, depth);
}

void put_attrs(struct nlmsghdr *nlh, struct reader *reader)
{
	put_level(nlh, reader, 0);
}

static void put_template(struct nlmsghdr *nlh, const uint8_t *attrs)
{
	struct reader reader = { attrs, SIZE_MAX };

	put_attrs(nlh, &reader);
}

void *put_head(struct nlmsghdr *nlh, size_t size)
{
	return mnl_nlmsg_put_extra_header(nlh, size);
}

/* A good answer of the family or of IPVS, or what is told unasked */
void put_genl(struct nlmsghdr *nlh, int type, int cmd, int nth)
{
	static uint64_t news;
	struct genlmsghdr *head = put_head(nlh, sizeof(*head));
	int i;

	nlh->nlmsg_type = type;
	head->cmd = cmd;
	if (type == GENL_ID_CTRL)
		put_template(nlh, nth ? family_ipvs : family);
	else if (type == FAMILY_IPVS)
		put_template(nlh, cmd == IPVS_CMD_GET_DEST ? server : service);
	else if (is_answered(cmd))
		for (i = 0; i < 4 && answers[cmd][i]; i++)
			put_template(nlh, answers[cmd][i]);
	if (cmd == IPVSDUMMY_CMD_EVENT_NTF)
		mnl_attr_put_u64(nlh, IPVSDUMMY_A_SEQ, ++news + EVENTS);
	if (cmd == IPVSDUMMY_CMD_EVENT_GET)
		mnl_attr_put_u64(nlh, IPVSDUMMY_A_SEQ, nth + 1);
}

static void put_link(struct nlmsghdr *nlh, const struct link *link)
{
	struct ifinfomsg *head = put_head(nlh, sizeof(*head));

	head->ifi_index = link->index;
	head->ifi_flags = IFF_UP | IFF_NOARP;
	mnl_attr_put_strz(nlh, IFLA_IFNAME, link->name);
	put_template(nlh, link->guards ? ipvsdummy_attrs : dummy_attrs);
	put_template(nlh, link_attrs);
}

static void put_eth0(struct nlmsghdr *nlh)
{
	struct ifinfomsg *head = put_head(nlh, sizeof(*head));

	head->ifi_index = 2;
	put_template(nlh, eth0_attrs);
}

static void put_address(struct nlmsghdr *nlh, int index)
{
	struct ifaddrmsg *head = put_head(nlh, sizeof(*head));

	head->ifa_family = AF_INET;
	head->ifa_prefixlen = 24;
	head->ifa_index = index;
	put_template(nlh, address_attrs);
}

static void put_route(struct nlmsghdr *nlh)
{
	struct rtmsg *head = put_head(nlh, sizeof(*head));

	head->rtm_family = AF_INET;
	head->rtm_type = RTN_UNICAST;
	put_template(nlh, route_attrs);
}

static void put_neighbour(struct nlmsghdr *nlh)
{
	struct ndmsg *head = put_head(nlh, sizeof(*head));

	head->ndm_family = AF_INET;
	head->ndm_ifindex = 2;
	head->ndm_state = NUD_REACHABLE;
	head->ndm_type = RTN_UNICAST;
	put_template(nlh, neighbour_attrs);
}

/* A good message of rtnetlink: the nth that answers a request, or tells news */
void put_rtnl(struct nlmsghdr *nlh, int type, const struct link *link, int nth)
{
	nlh->nlmsg_type = type;
	switch (type) {
	case RTM_NEWLINK:
	case RTM_DELLINK:
		if (nth)
			put_eth0(nlh);
		else
			put_link(nlh, link);
		break;
	case RTM_NEWADDR:
	case RTM_DELADDR:
		put_address(nlh, nth ? 2 : LINK_INDEX);
		break;
	case RTM_NEWROUTE:
		put_route(nlh);
		break;
	case RTM_NEWNEIGH:
		put_neighbour(nlh);
		break;
	}
}
