// SPDX-License-Identifier: GPL-2.0
/* Another station, as raw as it takes: sends frames through a packet socket
 * in which everything can be wrong, or prints what comes in.
 * It is the interface's own station unless the words say otherwise.
 *
 * send-frame IFNAME arp [op request|reply|N] [sha MAC] [spa IP] [tha MAC]
 *	[tpa IP] [hrd N] [pro N] [hln N] [pln N] FRAME
 * send-frame IFNAME na target IP6 [from IP6] [to IP6] [lladdr MAC] [router]
 *	[solicited] [override] ND FRAME
 * send-frame IFNAME ns target IP6 [from IP6] [to IP6] [lladdr MAC]
 *	[nonce HEX] ND FRAME
 * send-frame IFNAME listen
 *
 * ND := [hops N] [code N] [sum N]
 * FRAME := [src MAC] [dst MAC] [vlan N [proto 802.1q|802.1ad|N]]
 *	[length BYTES] [pad BYTES] [count N [vary spa|sha|both]]
 *
 * length cuts the frame, pad fills it up with zeros. With vary, the addresses
 * count up from frame to frame.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <net/if.h>
#include <net/if_arp.h>
#include <netinet/icmp6.h>
#include <netinet/ip6.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#define ARRAY_SIZE(_array)	(sizeof(_array) / sizeof((_array)[0]))

#define FRAME_MAX	1514
#define NONCE_MAX	22	/* three units of 8 bytes, less the header */

enum mode {
	ARP = 1,
	NA = 2,
	NS = 4,
	ND = NA | NS,
	ANY = ARP | ND,
};

enum kind { NUMBER, OP, PROTO, MAC, IP4, IP6, HEX, VARY, FLAG };

enum vary {
	VARY_SPA = 1,
	VARY_SHA = 2,
};

struct value {
	bool given;
	union {
		uint32_t number;
		uint8_t mac[ETH_ALEN];
		struct in_addr ip4;
		struct in6_addr ip6;
		struct {
			uint8_t byte[NONCE_MAX];
			size_t len;
		} hex;
	};
};

struct values {
	struct value op, sha, spa, tha, tpa, hrd, pro, hln, pln;
	struct value target, from, to, lladdr, router, solicited, override;
	struct value nonce, hops, code, sum;
	struct value src, dst, vlan, proto, length, pad, count, vary;
};

#define AT(_name)	offsetof(struct values, _name)

static const struct option {
	const char *name;
	size_t offset;
	enum mode modes;
	enum kind kind;
	uint32_t max;
} options[] = {
	{ "op", AT(op), ARP, OP, 0xffff },
	{ "sha", AT(sha), ARP, MAC, 0 },
	{ "spa", AT(spa), ARP, IP4, 0 },
	{ "tha", AT(tha), ARP, MAC, 0 },
	{ "tpa", AT(tpa), ARP, IP4, 0 },
	{ "hrd", AT(hrd), ARP, NUMBER, 0xffff },
	{ "pro", AT(pro), ARP, NUMBER, 0xffff },
	{ "hln", AT(hln), ARP, NUMBER, 0xff },
	{ "pln", AT(pln), ARP, NUMBER, 0xff },
	{ "target", AT(target), ND, IP6, 0 },
	{ "from", AT(from), ND, IP6, 0 },
	{ "to", AT(to), ND, IP6, 0 },
	{ "lladdr", AT(lladdr), ND, MAC, 0 },
	{ "router", AT(router), NA, FLAG, 0 },
	{ "solicited", AT(solicited), NA, FLAG, 0 },
	{ "override", AT(override), NA, FLAG, 0 },
	{ "nonce", AT(nonce), NS, HEX, 0 },
	{ "hops", AT(hops), ND, NUMBER, 0xff },
	{ "code", AT(code), ND, NUMBER, 0xff },
	{ "sum", AT(sum), ND, NUMBER, 0xffff },
	{ "src", AT(src), ANY, MAC, 0 },
	{ "dst", AT(dst), ANY, MAC, 0 },
	{ "vlan", AT(vlan), ANY, NUMBER, 0xfff },
	{ "proto", AT(proto), ANY, PROTO, 0xffff },
	{ "length", AT(length), ANY, NUMBER, FRAME_MAX },
	{ "pad", AT(pad), ANY, NUMBER, FRAME_MAX },
	{ "count", AT(count), ANY, NUMBER, 0xffffff },
	{ "vary", AT(vary), ARP, VARY, 0 },
};

struct arp_packet {
	struct arphdr head;
	uint8_t sha[ETH_ALEN];
	uint8_t spa[4];
	uint8_t tha[ETH_ALEN];
	uint8_t tpa[4];
} __attribute__((packed));

struct frame {
	uint8_t byte[FRAME_MAX];
	size_t len;
};

static const uint8_t broadcast[ETH_ALEN] = {
	0xff, 0xff, 0xff, 0xff, 0xff, 0xff
};

static void __attribute__((noreturn, format(printf, 1, 2)))
die(const char *format, ...)
{
	va_list args;

	fputs("send-frame: ", stderr);
	va_start(args, format);
	vfprintf(stderr, format, args);
	va_end(args);
	fputc('\n', stderr);
	exit(2);
}

static bool parse_number(uint32_t *number, const char *text, uint32_t max)
{
	unsigned long long value;
	char *end;

	if (*text < '0' || *text > '9')
		return false;
	errno = 0;
	value = strtoull(text, &end, 0);
	*number = value;
	return !errno && !*end && value <= max;
}

/* Two digits a byte, with or without colons; returns how many bytes, or 0 */
static size_t parse_bytes(uint8_t *byte, size_t max, const char *text,
			  const char *separator)
{
	size_t skip = strlen(separator);
	size_t len = 0;
	int used;

	for (;; text += skip) {
		if (len == max || strspn(text, "0123456789abcdefABCDEF") < 2 ||
		    sscanf(text, "%2hhx%n", &byte[len], &used) != 1)
			return 0;
		len++;
		text += used;
		if (!*text)
			return len;
		if (strncmp(text, separator, skip))
			return 0;
	}
}

static bool parse_op(uint32_t *op, const char *text, uint32_t max)
{
	if (!strcmp(text, "request"))
		*op = ARPOP_REQUEST;
	else if (!strcmp(text, "reply"))
		*op = ARPOP_REPLY;
	else
		return parse_number(op, text, max);
	return true;
}

static bool parse_proto(uint32_t *proto, const char *text, uint32_t max)
{
	if (!strcmp(text, "802.1q"))
		*proto = ETH_P_8021Q;
	else if (!strcmp(text, "802.1ad"))
		*proto = ETH_P_8021AD;
	else
		return parse_number(proto, text, max);
	return true;
}

static bool parse_vary(uint32_t *vary, const char *text)
{
	if (!strcmp(text, "spa"))
		*vary = VARY_SPA;
	else if (!strcmp(text, "sha"))
		*vary = VARY_SHA;
	else if (!strcmp(text, "both"))
		*vary = VARY_SPA | VARY_SHA;
	else
		return false;
	return true;
}

static bool parse_value(struct value *value, const struct option *option,
			const char *text)
{
	switch (option->kind) {
	case NUMBER:
		return parse_number(&value->number, text, option->max);
	case OP:
		return parse_op(&value->number, text, option->max);
	case PROTO:
		return parse_proto(&value->number, text, option->max);
	case MAC:
		return parse_bytes(value->mac, ETH_ALEN, text, ":") == ETH_ALEN;
	case IP4:
		return inet_pton(AF_INET, text, &value->ip4) == 1;
	case IP6:
		return inet_pton(AF_INET6, text, &value->ip6) == 1;
	case HEX:
		value->hex.len = parse_bytes(value->hex.byte, NONCE_MAX, text,
					     "");
		/* with its header it is a multiple of 8 bytes */
		return value->hex.len % 8 == 6;
	case VARY:
		return parse_vary(&value->number, text);
	case FLAG:
		break;
	}
	return false;
}

static void parse(struct values *values, enum mode mode, char **word)
{
	const struct option *option;
	struct value *value;
	size_t i;

	for (; *word; word++) {
		for (i = 0; i < ARRAY_SIZE(options); i++)
			if (!strcmp(*word, options[i].name) &&
			    options[i].modes & mode)
				break;
		if (i == ARRAY_SIZE(options))
			die("what is '%s'?", *word);
		option = &options[i];
		value = (struct value *)((char *)values + option->offset);
		if (value->given)
			die("'%s' twice", option->name);
		value->given = true;
		if (option->kind == FLAG)
			continue;
		if (!*++word)
			die("'%s' of what?", option->name);
		if (!parse_value(value, option, *word))
			die("wrong %s '%s'", option->name, *word);
	}
	if (mode & ND && !values->target.given)
		die("no target");
	if (values->proto.given && !values->vlan.given)
		die("proto without vlan");
	if (values->vary.given && !values->count.given)
		die("vary without count");
	if (values->length.given && values->length.number < ETH_HLEN)
		die("no length of an Ethernet frame");
}

static void put(struct frame *frame, const void *data, size_t len)
{
	memcpy(frame->byte + frame->len, data, len);
	frame->len += len;
}

static void put16(struct frame *frame, uint16_t number)
{
	number = htons(number);
	put(frame, &number, sizeof(number));
}

static void put_ethernet(struct frame *frame, const struct values *values,
			 uint16_t proto)
{
	put(frame, values->dst.mac, ETH_ALEN);
	put(frame, values->src.mac, ETH_ALEN);
	if (values->vlan.given) {
		put16(frame, values->proto.number);
		put16(frame, values->vlan.number);
	}
	put16(frame, proto);
}

static void put_arp(struct frame *frame, const struct values *values)
{
	struct arp_packet arp = {
		.head = {
			.ar_hrd = htons(values->hrd.number),
			.ar_pro = htons(values->pro.number),
			.ar_hln = values->hln.number,
			.ar_pln = values->pln.number,
			.ar_op = htons(values->op.number),
		},
	};

	memcpy(arp.spa, &values->spa.ip4, sizeof(arp.spa));
	memcpy(arp.tpa, &values->tpa.ip4, sizeof(arp.tpa));
	memcpy(arp.sha, values->sha.mac, ETH_ALEN);
	memcpy(arp.tha, values->tha.mac, ETH_ALEN);
	put_ethernet(frame, values, ETH_P_ARP);
	put(frame, &arp, sizeof(arp));
}

static uint32_t add_up(uint32_t sum, const void *data, size_t len)
{
	const uint8_t *byte = data;
	size_t i;

	for (i = 0; i < len; i++)
		sum += i & 1 ? byte[i] : byte[i] << 8;
	return sum;
}

/* RFC 4443, 2.3: over the pseudo-header of RFC 8200, 8.1, too */
static uint16_t checksum(const struct ip6_hdr *ip, const void *icmp, size_t len)
{
	uint32_t sum = IPPROTO_ICMPV6 + len;

	sum = add_up(sum, &ip->ip6_src, 2 * sizeof(struct in6_addr));
	sum = add_up(sum, icmp, len);
	while (sum >> 16)
		sum = (sum & 0xffff) + (sum >> 16);
	return htons(~sum);
}

static void put_option(struct frame *frame, uint8_t type, const void *data,
		       size_t len)
{
	struct nd_opt_hdr head = {
		.nd_opt_type = type,
		.nd_opt_len = (sizeof(head) + len) / 8,
	};

	put(frame, &head, sizeof(head));
	put(frame, data, len);
}

#define ND_OPT_NONCE	14	/* RFC 3971, 5.3.2 */

static void put_nd(struct frame *frame, const struct values *values,
		   enum mode mode)
{
	struct frame message = {};
	struct nd_neighbor_advert nd = {
		.nd_na_type = mode == NA ? ND_NEIGHBOR_ADVERT :
					   ND_NEIGHBOR_SOLICIT,
		.nd_na_code = values->code.number,
		.nd_na_flags_reserved =
			(values->router.given ? ND_NA_FLAG_ROUTER : 0) |
			(values->solicited.given ? ND_NA_FLAG_SOLICITED : 0) |
			(values->override.given ? ND_NA_FLAG_OVERRIDE : 0),
		.nd_na_target = values->target.ip6,
	};
	struct ip6_hdr ip = {
		.ip6_flow = htonl(6U << 28),
		.ip6_nxt = IPPROTO_ICMPV6,
		.ip6_hlim = values->hops.number,
		.ip6_src = values->from.ip6,
		.ip6_dst = values->to.ip6,
	};

	put(&message, &nd, sizeof(nd));
	if (values->lladdr.given)
		put_option(&message, mode == NA ? ND_OPT_TARGET_LINKADDR :
						  ND_OPT_SOURCE_LINKADDR,
			   values->lladdr.mac, ETH_ALEN);
	if (values->nonce.given)
		put_option(&message, ND_OPT_NONCE, values->nonce.hex.byte,
			   values->nonce.hex.len);
	nd.nd_na_cksum = values->sum.given ? htons(values->sum.number) :
				      checksum(&ip, message.byte, message.len);
	memcpy(message.byte, &nd, sizeof(nd));

	ip.ip6_plen = htons(message.len);
	put_ethernet(frame, values, ETH_P_IPV6);
	put(frame, &ip, sizeof(ip));
	put(frame, message.byte, message.len);
}

static void default_number(struct value *value, uint32_t number)
{
	if (!value->given)
		value->number = number;
}

static void default_mac(struct value *value, const uint8_t *mac)
{
	if (!value->given)
		memcpy(value->mac, mac, ETH_ALEN);
}

/* RFC 4861, 2.3 and 7.2: to all nodes, or to the target's solicited-node
 * group
 */
static void default_nd(struct values *values, enum mode mode,
		       const uint8_t *own)
{
	struct in6_addr *to = &values->to.ip6;
	uint8_t group[ETH_ALEN] = { 0x33, 0x33 };

	if (!values->from.given && mode == NA)
		values->from.ip6 = values->target.ip6;
	if (!values->to.given && mode == NA)
		inet_pton(AF_INET6, "ff02::1", to);
	if (!values->to.given && mode == NS) {
		inet_pton(AF_INET6, "ff02::1:ff00:0", to);
		memcpy(&to->s6_addr[13], &values->target.ip6.s6_addr[13], 3);
	}
	if (!values->dst.given && !IN6_IS_ADDR_MULTICAST(to))
		die("no dst");
	memcpy(group + 2, &to->s6_addr[12], 4);
	default_mac(&values->dst, group);
	default_mac(&values->src, values->lladdr.given ? values->lladdr.mac : own);
	default_number(&values->hops, 255);
}

static void default_arp(struct values *values, const uint8_t *own)
{
	default_number(&values->op, ARPOP_REQUEST);
	default_mac(&values->sha, own);
	default_number(&values->hrd, ARPHRD_ETHER);
	default_number(&values->pro, ETH_P_IP);
	default_number(&values->hln, ETH_ALEN);
	default_number(&values->pln, sizeof(struct in_addr));
	default_mac(&values->dst, broadcast);
	default_mac(&values->src, values->sha.mac);
}

static void set_defaults(struct values *values, enum mode mode,
			 const uint8_t *own)
{
	if (mode == ARP)
		default_arp(values, own);
	else
		default_nd(values, mode, own);
	default_number(&values->proto, ETH_P_8021Q);
	default_number(&values->count, 1);
}

static void count_up(void *field, size_t len)
{
	uint8_t *byte = (uint8_t *)field + len;

	while (len-- && !++*--byte)
		;
}

static void send_all(int fd, struct values *values, enum mode mode)
{
	uint32_t i;

	for (i = 0; i < values->count.number; i++) {
		struct frame frame = {};

		if (mode == ARP)
			put_arp(&frame, values);
		else
			put_nd(&frame, values, mode);
		if (values->length.given && frame.len > values->length.number)
			frame.len = values->length.number;
		if (values->pad.given && frame.len < values->pad.number)
			frame.len = values->pad.number;
		if (send(fd, frame.byte, frame.len, 0) < 0)
			die("send: %m");

		if (values->vary.number & VARY_SPA)
			count_up(&values->spa.ip4, sizeof(values->spa.ip4));
		if (values->vary.number & VARY_SHA) {
			count_up(values->sha.mac, ETH_ALEN);
			if (!values->src.given)
				count_up(values->src.mac, ETH_ALEN);
		}
	}
}

static void print_mac(const uint8_t *mac)
{
	printf(" %02x:%02x:%02x:%02x:%02x:%02x", mac[0], mac[1], mac[2],
	       mac[3], mac[4], mac[5]);
}

static void print_ip(int family, const void *ip)
{
	char text[INET6_ADDRSTRLEN];

	printf(" %s", inet_ntop(family, ip, text, sizeof(text)));
}

/* arp OP SHA SPA THA TPA */
static void print_arp(const uint8_t *packet, size_t len)
{
	struct arp_packet arp;

	if (len < sizeof(arp))
		return;
	memcpy(&arp, packet, sizeof(arp));
	printf("arp %u", ntohs(arp.head.ar_op));
	print_mac(arp.sha);
	print_ip(AF_INET, arp.spa);
	print_mac(arp.tha);
	print_ip(AF_INET, arp.tpa);
	putchar('\n');
}

/* na|ns SRC FROM TARGET TO, and the first option's data if that is a nonce */
static void print_nd(const uint8_t *packet, size_t len, const uint8_t *src)
{
	struct {
		struct ip6_hdr ip;
		struct nd_neighbor_advert nd;
		struct nd_opt_hdr option;
		uint8_t data[6];
	} message = {};

	if (len < sizeof(message.ip) + sizeof(message.nd))
		return;
	memcpy(&message, packet, len < sizeof(message) ? len : sizeof(message));
	if (message.ip.ip6_nxt != IPPROTO_ICMPV6)
		return;
	if (message.nd.nd_na_type == ND_NEIGHBOR_ADVERT)
		printf("na");
	else if (message.nd.nd_na_type == ND_NEIGHBOR_SOLICIT)
		printf("ns");
	else
		return;
	print_mac(src);
	print_ip(AF_INET6, &message.ip.ip6_src);
	print_ip(AF_INET6, &message.nd.nd_na_target);
	print_ip(AF_INET6, &message.ip.ip6_dst);
	if (message.option.nd_opt_type == ND_OPT_NONCE)
		printf(" %02x%02x%02x%02x%02x%02x", message.data[0],
		       message.data[1], message.data[2], message.data[3],
		       message.data[4], message.data[5]);
	putchar('\n');
}

/* A line each, after one that says that from now on none is missed */
static void __attribute__((noreturn)) listen_to(int fd, const char *ifname)
{
	printf("listening on %s\n", ifname);
	for (;;) {
		struct sockaddr_ll from;
		socklen_t from_len = sizeof(from);
		uint8_t packet[FRAME_MAX];
		ssize_t len;

		fflush(stdout);
		len = recvfrom(fd, packet, sizeof(packet), 0,
			       (struct sockaddr *)&from, &from_len);
		if (len < 0)
			die("recv: %m");
		if (from.sll_pkttype == PACKET_OUTGOING)
			continue;
		if (from.sll_protocol == htons(ETH_P_ARP))
			print_arp(packet, len);
		else if (from.sll_protocol == htons(ETH_P_IPV6))
			print_nd(packet, len, from.sll_addr);
	}
}

static int open_socket(const char *ifname, int type, uint16_t proto)
{
	struct sockaddr_ll address = {
		.sll_family = AF_PACKET,
		.sll_protocol = htons(proto),
		.sll_ifindex = if_nametoindex(ifname),
	};
	int fd;

	if (!address.sll_ifindex)
		die("%s: %m", ifname);
	fd = socket(AF_PACKET, type | SOCK_CLOEXEC, 0);
	if (fd < 0 || bind(fd, (struct sockaddr *)&address, sizeof(address)))
		die("packet socket on %s: %m", ifname);
	return fd;
}

static void own_mac(uint8_t *mac, int fd, const char *ifname)
{
	struct ifreq request = {};

	snprintf(request.ifr_name, IFNAMSIZ, "%s", ifname);
	if (ioctl(fd, SIOCGIFHWADDR, &request))
		die("%s: %m", ifname);
	memcpy(mac, request.ifr_hwaddr.sa_data, ETH_ALEN);
}

int main(int argc, char **argv)
{
	struct values values = {};
	uint8_t own[ETH_ALEN];
	enum mode mode;
	int fd;

	if (argc < 3)
		die("IFNAME arp|na|ns|listen ...");
	if (!strcmp(argv[2], "listen")) {
		if (argc > 3)
			die("what is '%s'?", argv[3]);
		listen_to(open_socket(argv[1], SOCK_DGRAM, ETH_P_ALL), argv[1]);
	}

	if (!strcmp(argv[2], "arp"))
		mode = ARP;
	else if (!strcmp(argv[2], "na"))
		mode = NA;
	else if (!strcmp(argv[2], "ns"))
		mode = NS;
	else
		die("no mode '%s'", argv[2]);
	parse(&values, mode, argv + 3);
	/* protocol 0: it only sends */
	fd = open_socket(argv[1], SOCK_RAW, 0);
	own_mac(own, fd, argv[1]);
	set_defaults(&values, mode, own);
	send_all(fd, &values, mode);
	return 0;
}
