// SPDX-License-Identifier: GPL-2.0
/* Asks the family, and rtnetlink about links of our kind and what they are judged by,
 * things that are almost right, in the network namespace that it is started in.
 * Interfaces there are lo, vip0, and w0, which is watched.
 *
 * fuzz-netlink COUNT SEED CORPUS SEEN
 */
#include "ipvsdummy-test.h"
#include "fuzz-test.h"

#define IFINDEXES	8

/* What an input begins with; the rest goes behind the nlmsghdr */
struct head {
	uint8_t family;		/* the number of ours is another in each kernel */
	uint8_t pad;
	uint16_t type;
	uint16_t flags;
	uint16_t pad2;
};

enum content { NUMBER, TRUTH, NAME, ADDR, PLEN, MAC, SOME, INDEX, INNER };

struct attribute {
	uint16_t type;
	uint8_t content;
	const struct attribute *inner;	/* of a nest, to one without a type */
};

static const char *const names[] = {
	"vip0", "vip1", "vip2", "w0", "lo", "nosuch", ""
};

static const char *const addresses[] = {
	"10.1.0.1", "10.1.0.7", "10.1.0.8", "10.1.0.0", "10.1.0.255", "10.1.0.254",
	"10.2.0.1", "10.2.0.2", "10.2.0.0", "10.5.0.0", "10.0.0.0", "0.0.0.0",
	"127.0.0.1", "169.254.0.1", "224.0.0.1", "fd00:1::1", "fd00:1::7",
	"fd00:1::fe", "fd00:1::", "fd00:2::1", "fd00:2::", "fe80::1", "::",
	"::1", "ff02::1", "::ffff:10.1.0.1"
};

static const struct attribute class_attrs[] = {
	{ A(CLASS_CLASS), NUMBER, NULL }, { A(CLASS_ACTION), NUMBER, NULL },
	{ A(CLASS_ACTIVE), NUMBER, NULL }, {}
};

static const struct attribute rule_attrs[] = {
	{ A(RULE_PREFIX), ADDR, NULL }, { A(RULE_PREFIXLEN), PLEN, NULL },
	{ A(RULE_ACTION), NUMBER, NULL }, { A(RULE_OP), NUMBER, NULL }, {}
};

static const struct attribute peer_attrs[] = {
	{ A(PEER_PREFIX), ADDR, NULL }, { A(PEER_PREFIXLEN), PLEN, NULL },
	{ A(PEER_LLADDR), MAC, NULL }, { A(PEER_OP), NUMBER, NULL }, {}
};

static const struct attribute family_attrs[] = {
	{ A(IFINDEX), INDEX, NULL }, { A(IFNAME), NAME, NULL },
	{ A(IFNAME), NAME, NULL }, { A(SEQ), SOME, NULL },
	{ A(MODE), NUMBER, NULL }, { A(CLASS_POLICY), INNER, class_attrs },
	{ A(ADDRESS), ADDR, NULL }, { A(WATCH_NAME), NAME, NULL },
	{ A(WATCH_EXCLUDE), TRUTH, NULL }, { A(RULE), INNER, rule_attrs },
	{ A(FLUSH_RULES), TRUTH, NULL }, { A(EXPLAIN), TRUTH, NULL },
	{ A(ARP_REPLY), NUMBER, NULL }, { A(PROBE), NUMBER, NULL },
	{ A(PEER), INNER, peer_attrs }, { A(FLUSH_PEERS), TRUTH, NULL },
	{ A(SIGHTINGS_MAX), NUMBER, NULL }, { A(CLAIM_TIMEOUT), NUMBER, NULL },
	{ IPVSDUMMY_A_MAX + 1, SOME, NULL }, {}
};

static const struct attribute info_attrs[] = {
	{ IFLA_INFO_DATA, SOME, NULL }, { IFLA_INFO_SLAVE_KIND, NAME, NULL }, {}
};

static const struct attribute link_attrs[] = {
	{ IFLA_IFNAME, NAME, NULL }, { IFLA_ADDRESS, MAC, NULL },
	{ IFLA_BROADCAST, MAC, NULL }, { IFLA_MTU, NUMBER, NULL },
	{ IFLA_MASTER, INDEX, NULL }, { IFLA_LINK, INDEX, NULL },
	{ IFLA_TXQLEN, NUMBER, NULL }, { IFLA_GROUP, NUMBER, NULL },
	{ IFLA_IFALIAS, SOME, NULL }, { IFLA_PROMISCUITY, NUMBER, NULL },
	{ IFLA_NUM_RX_QUEUES, NUMBER, NULL }, { IFLA_CARRIER, TRUTH, NULL },
	{ IFLA_LINKINFO, INNER, info_attrs }, {}
};

static const struct attribute addr_attrs[] = {
	{ IFA_LOCAL, ADDR, NULL }, { IFA_ADDRESS, ADDR, NULL },
	{ IFA_BROADCAST, ADDR, NULL }, { IFA_LABEL, NAME, NULL },
	{ IFA_FLAGS, NUMBER, NULL }, { IFA_CACHEINFO, SOME, NULL },
	{ IFA_RT_PRIORITY, NUMBER, NULL }, {}
};

static const struct attribute route_attrs[] = {
	{ RTA_DST, ADDR, NULL }, { RTA_GATEWAY, ADDR, NULL },
	{ RTA_OIF, INDEX, NULL }, { RTA_PRIORITY, NUMBER, NULL },
	{ RTA_TABLE, NUMBER, NULL }, { RTA_MULTIPATH, SOME, NULL }, {}
};

static const struct attribute neigh_attrs[] = {
	{ NDA_DST, ADDR, NULL }, { NDA_LLADDR, MAC, NULL },
	{ NDA_VLAN, NUMBER, NULL }, {}
};

static struct lab lab;
static uint32_t seq;

static void *put_bytes(struct input *input, const void *bytes, size_t len)
{
	void *at = &input->bytes[input->len];

	memset(at, 0, NLA_ALIGN(len));
	if (bytes)
		memcpy(at, bytes, len);
	input->len += NLA_ALIGN(len);
	return at;
}

static void put_each(struct input *input, const struct attribute *known);

/* One that is in the list, mostly with what belongs into it */
static void put_attribute(struct input *input, const struct attribute *attr)
{
	size_t at = input->len;
	struct nlattr head = { .nla_type = attr->type };
	uint32_t number = any_number();
	uint64_t large = random32();
	const char *name;
	struct ip ip;
	size_t len;

	if (at > INPUT_SIZE - 256)
		return;
	put_bytes(input, &head, sizeof(head));
	switch (rarely(32) ? any(INNER) : attr->content) {
	case NUMBER:
		number = any(2) ? any(6) : number;
		len = sizeof(number);
		put_bytes(input, &number, len);
		break;
	case INDEX:
		number = 1 + any(IFINDEXES);
		len = sizeof(number);
		put_bytes(input, &number, len);
		break;
	case PLEN:
		number = any(2) ? 8 * any(17) : any(2) ? 32 : any(8) ? 128 :
			 number;
		len = sizeof(number);
		put_bytes(input, &number, len);
		break;
	case TRUTH:
		len = 0;
		break;
	case NAME:
		name = names[any(ARRAY_SIZE(names))];
		len = strlen(name) + 1;
		put_bytes(input, name, len);
		break;
	case ADDR:
		ip = parse_ip(addresses[any(ARRAY_SIZE(addresses))]);
		if (rarely(4))
			ip.bytes[ip.size - 1] = random32();
		len = ip.size;
		put_bytes(input, ip.bytes, len);
		break;
	case MAC:
		len = 6;
		put_bytes(input, &large, len);
		break;
	case INNER:
		put_each(input, attr->inner);
		len = input->len - at - sizeof(head);
		head.nla_type |= rarely(8) ? 0 : NLA_F_NESTED;
		break;
	default:
		len = any(64);
		memset(put_bytes(input, NULL, len), random32(), len);
	}
	head.nla_len = sizeof(head) + (rarely(64) ? any_number() : len);
	memcpy(&input->bytes[at], &head, sizeof(head));
}

/* Most of those that there are, once: what twice is wrong would never be right */
static void put_each(struct input *input, const struct attribute *known)
{
	for (; known->type; known++)
		if (any(8))
			put_attribute(input, known);
	if (rarely(16))
		put_attribute(input, known - 1);
}

static void put_attributes(struct input *input, const struct attribute *known,
			   unsigned int n)
{
	unsigned int count = 0;

	while (known[count].type)
		count++;
	while (n--)
		put_attribute(input, &known[any(count)]);
}

static void put_kind(struct input *input)
{
	static const char kind[] = "ipvsdummy";
	struct nlattr info = {
		.nla_len = 2 * sizeof(info) + NLA_ALIGN(sizeof(kind)),
		.nla_type = IFLA_LINKINFO | NLA_F_NESTED,
	};
	struct nlattr inner = {
		.nla_len = sizeof(inner) + sizeof(kind),
		.nla_type = IFLA_INFO_KIND,
	};

	put_bytes(input, &info, sizeof(info));
	put_bytes(input, &inner, sizeof(inner));
	put_bytes(input, kind, sizeof(kind));
}

static void generate_family(struct input *input, struct head *head)
{
	struct genlmsghdr genl = {
		.cmd = rarely(32) ? any_number() : 1 + any(IPVSDUMMY_CMD_MAX),
		.version = rarely(32) ? any_number() : IPVSDUMMY_GENL_VERSION,
	};

	head->family = 1;
	if (rarely(3))
		head->flags |= NLM_F_DUMP;
	put_bytes(input, &genl, sizeof(genl));
	if (any(4))
		put_attribute(input, &family_attrs[1]);
	put_attributes(input, family_attrs, any(5));
}

static void generate_link(struct input *input, struct head *head)
{
	struct ifinfomsg link = {
		.ifi_index = any(2) ? 1 + any(IFINDEXES) : 0,
		.ifi_flags = any(4) ? IFF_UP : random32(),
		.ifi_change = any(4) ? IFF_UP : random32(),
	};

	head->type = rarely(8) ? RTM_DELLINK : RTM_NEWLINK;
	put_bytes(input, &link, sizeof(link));
	put_attribute(input, &link_attrs[0]);
	if (head->type == RTM_NEWLINK && any(2))
		put_kind(input);
	put_attributes(input, link_attrs, any(4));
}

static void generate_addr(struct input *input, struct head *head)
{
	struct ip ip = parse_ip(addresses[any(ARRAY_SIZE(addresses))]);
	struct ifaddrmsg addr = {
		.ifa_family = ip.family,
		.ifa_prefixlen = rarely(8) ? any_number() :
				 rarely(4) ? 24 : 8 * ip.size,
		.ifa_flags = rarely(8) ? random32() : 0,
		.ifa_scope = rarely(8) ? any_number() : 0,
		.ifa_index = 1 + any(IFINDEXES),
	};
	struct nlattr local = {
		.nla_len = sizeof(local) + ip.size,
		.nla_type = IFA_LOCAL,
	};

	head->type = any(3) ? RTM_NEWADDR : RTM_DELADDR;
	put_bytes(input, &addr, sizeof(addr));
	put_bytes(input, &local, sizeof(local));
	put_bytes(input, ip.bytes, ip.size);
	put_attributes(input, addr_attrs, any(3));
}

static void generate_route(struct input *input, struct head *head)
{
	struct rtmsg route = {
		.rtm_family = any(2) ? AF_INET : AF_INET6,
		.rtm_dst_len = rarely(4) ? any_number() : 0,
		.rtm_table = any(4) ? RT_TABLE_MAIN : any(256),
		.rtm_protocol = RTPROT_BOOT,
		.rtm_type = rarely(8) ? any(12) : RTN_UNICAST,
		.rtm_scope = rarely(8) ? any_number() : RT_SCOPE_UNIVERSE,
	};

	head->type = any(3) ? RTM_NEWROUTE : RTM_DELROUTE;
	put_bytes(input, &route, sizeof(route));
	put_attribute(input, &route_attrs[1]);
	put_attributes(input, route_attrs, any(3));
}

static void generate_neigh(struct input *input, struct head *head)
{
	struct ip ip = parse_ip(addresses[any(ARRAY_SIZE(addresses))]);
	struct ndmsg neigh = {
		.ndm_family = ip.family,
		.ndm_ifindex = 1 + any(IFINDEXES),
		.ndm_state = any(4) ? any(2) ? NUD_PERMANENT : NUD_REACHABLE :
			     random32(),
		.ndm_flags = rarely(8) ? any_number() : 0,
	};
	struct nlattr dst = {
		.nla_len = sizeof(dst) + ip.size,
		.nla_type = NDA_DST,
	};

	head->type = any(3) ? RTM_NEWNEIGH : RTM_DELNEIGH;
	put_bytes(input, &neigh, sizeof(neigh));
	put_bytes(input, &dst, sizeof(dst));
	put_bytes(input, ip.bytes, ip.size);
	put_attribute(input, &neigh_attrs[1]);
	put_attributes(input, neigh_attrs, any(2));
}

static void generate(struct input *input)
{
	struct head head = { .flags = NLM_F_REQUEST | NLM_F_ACK };

	input->len = 0;
	put_bytes(input, &head, sizeof(head));
	switch (any(32)) {
	case 0:	/* seldom, for takes_long() */
		generate_link(input, &head);
		break;
	case 1 ... 8:
		generate_addr(input, &head);
		break;
	case 9 ... 12:
		generate_route(input, &head);
		break;
	case 13 ... 16:
		generate_neigh(input, &head);
		break;
	default:
		generate_family(input, &head);
	}
	if (!head.family)
		head.flags |= NLM_F_CREATE | (any(2) ? NLM_F_REPLACE : NLM_F_EXCL);
	if (rarely(16))
		head.flags = random32();
	memcpy(input->bytes, &head, sizeof(head));
}

/* Where its attributes begin */
static size_t head_size(const struct head *head)
{
	if (head->family)
		return sizeof(*head) + sizeof(struct genlmsghdr);
	switch (head->type) {
	case RTM_NEWLINK:
	case RTM_DELLINK:
		return sizeof(*head) + sizeof(struct ifinfomsg);
	case RTM_NEWADDR:
	case RTM_DELADDR:
		return sizeof(*head) + sizeof(struct ifaddrmsg);
	case RTM_NEWNEIGH:
	case RTM_DELNEIGH:
		return sizeof(*head) + sizeof(struct ndmsg);
	default:
		return sizeof(*head) + sizeof(struct rtmsg);
	}
}

static const struct attribute *attributes_of(const struct head *head)
{
	if (head->family)
		return family_attrs;
	switch (head->type) {
	case RTM_NEWLINK:
	case RTM_DELLINK:
		return link_attrs;
	case RTM_NEWADDR:
	case RTM_DELADDR:
		return addr_attrs;
	case RTM_NEWNEIGH:
	case RTM_DELNEIGH:
		return neigh_attrs;
	default:
		return route_attrs;
	}
}

/* To make a link and to end one takes as long as ten other things. */
static bool takes_long(const struct head *head)
{
	return !head->family &&
	       (head->type == RTM_NEWLINK || head->type == RTM_DELLINK);
}

static void mutate(struct input *input)
{
	struct head *head = (void *)input->bytes;
	size_t at = head_size(head), len;
	const struct nlattr *attr;

	if (at > input->len || (takes_long(head) && any(4)))
		return generate(input);
	switch (any(4)) {
	case 0:
		put_attributes(input, attributes_of(head), 1);
		return;
	case 1:	/* without one of its attributes */
		attr = (void *)&input->bytes[at];
		while (input->len - at > sizeof(*attr) && any(3) &&
		       attr->nla_len >= sizeof(*attr) &&
		       at + NLA_ALIGN(attr->nla_len) < input->len) {
			at += NLA_ALIGN(attr->nla_len);
			attr = (void *)&input->bytes[at];
		}
		if (input->len - at < sizeof(*attr))
			return;
		len = NLA_ALIGN(attr->nla_len);
		if (len < sizeof(*attr) || at + len > input->len)
			return;
		memmove(&input->bytes[at], &input->bytes[at + len],
			input->len - at - len);
		input->len -= len;
		return;
	case 2:
		if (rarely(8)) {
			head->flags = any(2) ? NLM_F_REQUEST | NLM_F_ACK |
				(any(2) ? NLM_F_DUMP : 0) : random32();
			return;
		}
		mutate_bytes(input, sizeof(*head));
		return;
	default:
		mutate_bytes(input, at);
	}
}

/* All of its answer is read, as that makes a dump go on. */
static void run(const struct input *input)
{
	const struct head *head = (const void *)input->bytes;
	const struct nl *nl = head->family ? &lab.gn : &lab.rt;
	static char answer[65536];
	char request[NLMSG_HDRLEN + INPUT_SIZE];
	struct nlmsghdr *nlh = (void *)request;

	if (input->len < sizeof(*head))
		return;
	*nlh = (struct nlmsghdr) {
		.nlmsg_len = NLMSG_HDRLEN + input->len - sizeof(*head),
		.nlmsg_type = head->family ? lab.family : head->type,
		.nlmsg_flags = head->flags,
		.nlmsg_seq = ++seq,
	};
	memcpy(nlh + 1, head + 1, input->len - sizeof(*head));
	if (send(nl_fd(nl), request, nlh->nlmsg_len, 0) < 0)
		return;
	while (recv(nl_fd(nl), answer, sizeof(answer), MSG_DONTWAIT) > 0)
		;
}

int main(int argc, char *argv[])
{
	if (argc != 5) {
		fputs("fuzz-netlink COUNT SEED CORPUS SEEN\n", stderr);
		return 2;
	}
	lab_sockets(&lab);
	return fuzz(argv + 1, generate, mutate, run);
}
