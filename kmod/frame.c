// SPDX-License-Identifier: GPL-2.0
/* What ARP frames and Neighbor Discovery messages say. Whoever is on the segment
 * can send anything. Pure: knows no device and no lock.
 */
#include <linux/etherdevice.h>
#include <linux/in.h>
#include <linux/ipvsdummy.h>
#include <linux/string.h>
#include <net/ipv6.h>

#include "frame.h"

/* RFC 826, of Ethernet and IPv4 */
struct arp_packet {
	__be16 hrd;
	__be16 pro;
	u8 hln;
	u8 pln;
	__be16 op;
	u8 sha[ETH_ALEN];
	u8 spa[4];
	u8 tha[ETH_ALEN];
	u8 tpa[4];
} __packed;

enum {
	ARP_ETHERNET = 1,
	ARP_IEEE802 = 6,	/* arp_process() takes it for the same */
	ARP_REQUEST = 1,
	ARP_REPLY = 2,
};

/* RFC 4861, 4.3 and 4.4 */
struct nd_message {
	u8 type;
	u8 code;
	__be16 checksum;
	u8 flags;
	u8 reserved[3];
	struct in6_addr target;
};

enum {
	ND_SOLICIT = 135,
	ND_ADVERT = 136,
	ND_TARGET_LLADDR = 2,
	ND_NONCE = 14,
	ND_OPTION_UNIT = 8,
};

static bool can_be_host(__be32 ip)
{
	return ip && !ipv4_is_multicast(ip) && !ipv4_is_lbcast(ip) &&
	       !ipv4_is_loopback(ip);
}

/**
 * ipvsdummy_frame_arp - read an ARP packet
 * @frame: what it says
 * @source: Ethernet source of the frame
 * @arp: the packet
 * @len: its length in bytes, padding included
 *
 * A frame whose source is not the ARP sender comes from a proxy or a forger; it
 * is malformed, as is a sender that is no station (RFC 826 knows no such).
 */
void ipvsdummy_frame_arp(struct ipvsdummy_frame *frame, const u8 *source,
			 const u8 *arp, size_t len)
{
	const struct arp_packet *packet = (const void *)arp;

	memset(frame, 0, sizeof(*frame));
	frame->kind = IPVSDUMMY_FRAME_MALFORMED;
	BUILD_BUG_ON(sizeof(*packet) != 28);
	if (len < sizeof(*packet))
		return;
	if ((packet->hrd != cpu_to_be16(ARP_ETHERNET) &&
	     packet->hrd != cpu_to_be16(ARP_IEEE802)) ||
	    packet->pro != cpu_to_be16(ETH_P_IP) || packet->hln != ETH_ALEN ||
	    packet->pln != sizeof(packet->spa))
		return;

	/* The kernel answers whatever sender there is */
	frame->request = packet->op == cpu_to_be16(ARP_REQUEST);
	if (!frame->request && packet->op != cpu_to_be16(ARP_REPLY))
		return;
	memcpy(&frame->addr.ip, packet->spa, sizeof(packet->spa));
	memcpy(&frame->target.ip, packet->tpa, sizeof(packet->tpa));
	memcpy(frame->lladdr, packet->sha, ETH_ALEN);
	if (!is_valid_ether_addr(packet->sha) ||
	    !ether_addr_equal(packet->sha, source))
		return;

	if (!frame->addr.ip && frame->request && can_be_host(frame->target.ip)) {
		/* RFC 5227, 2.1.1 */
		frame->addr = frame->target;
		frame->claim = IPVSDUMMY_CLAIM_PROBE;
	} else if (!can_be_host(frame->addr.ip)) {
		return;
	} else if (frame->addr.ip == frame->target.ip) {
		frame->claim = IPVSDUMMY_CLAIM_GRATUITOUS;
	} else {
		frame->claim = frame->request ? IPVSDUMMY_CLAIM_REQUEST :
						IPVSDUMMY_CLAIM_REPLY;
	}
	frame->kind = IPVSDUMMY_FRAME_CLAIM;
}

/* Return: the option's data, or NULL; *@good tells whether all are well-formed */
static const u8 *find_option(const u8 *options, size_t len, u8 type, u8 units,
			     bool *good)
{
	const u8 *found = NULL;

	for (*good = true; len; options += options[1] * ND_OPTION_UNIT) {
		if (len < ND_OPTION_UNIT || !options[1] ||
		    len < options[1] * ND_OPTION_UNIT) {
			*good = false;
			return NULL;
		}
		if (!found && options[0] == type && options[1] == units)
			found = options + 2;
		len -= options[1] * ND_OPTION_UNIT;
	}
	return found;
}

/**
 * ipvsdummy_frame_nd - read a neighbor advertisement or solicitation
 * @frame: what it says
 * @source: Ethernet source of the frame
 * @from: IPv6 source of the packet
 * @hop_limit: of the packet
 * @nd: the ICMPv6 message, its checksum verified
 * @len: its length in bytes
 *
 * Of solicitations only those for Duplicate Address Detection claim an address
 * (RFC 4862, 5.4.2).
 */
void ipvsdummy_frame_nd(struct ipvsdummy_frame *frame, const u8 *source,
			const struct in6_addr *from, u8 hop_limit,
			const u8 *nd, size_t len)
{
	static const struct in6_addr unspecified;
	struct nd_message message;
	const u8 *options, *option;
	bool good;

	memset(frame, 0, sizeof(*frame));
	frame->kind = IPVSDUMMY_FRAME_MALFORMED;
	BUILD_BUG_ON(sizeof(message) != 24);
	if (len < sizeof(message))
		return;
	memcpy(&message, nd, sizeof(message));
	/* RFC 4861, 7.1: whoever is behind a router cannot send 255 */
	if (hop_limit != 255 || message.code ||
	    message.target.s6_addr[0] == 0xff || !is_valid_ether_addr(source))
		return;
	options = nd + sizeof(message);
	len -= sizeof(message);

	memcpy(frame->lladdr, source, ETH_ALEN);
	frame->addr.in6 = message.target;
	frame->target.in6 = message.target;
	if (message.type == ND_ADVERT) {
		option = find_option(options, len, ND_TARGET_LLADDR, 1,
				     &good);
		if (!good || (option && !ether_addr_equal(option, source)))
			return;
		frame->claim = IPVSDUMMY_CLAIM_ADVERT;
		frame->kind = IPVSDUMMY_FRAME_CLAIM;
		return;
	}

	frame->request = true;
	option = find_option(options, len, ND_NONCE, 1, &good);
	if (!good)
		return;
	frame->kind = IPVSDUMMY_FRAME_OTHER;
	if (!ipv6_addr_equal(from, &unspecified))
		return;
	if (option) {
		memcpy(frame->nonce, option, IPVSDUMMY_NONCE_LEN);
		frame->has_nonce = true;
	}
	frame->claim = IPVSDUMMY_CLAIM_PROBE;
	frame->kind = IPVSDUMMY_FRAME_CLAIM;
}
