// SPDX-License-Identifier: GPL-2.0
/* Unit tests of what frames say and of who was seen. */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/etherdevice.h>
#include <linux/init.h>
#include <linux/ipvsdummy.h>
#include <linux/kernel.h>
#include <linux/printk.h>
#include <linux/string.h>

#include "frame.h"
#include "selftest.h"
#include "sight.h"

#define OTHER		IPVSDUMMY_FRAME_OTHER
#define MALFORMED	IPVSDUMMY_FRAME_MALFORMED
#define CLAIM		IPVSDUMMY_FRAME_CLAIM

#define expect		ipvsdummy_expect

static const u8 station[ETH_ALEN] __initconst = { 2, 0, 0, 0, 0, 9 };

/* A request from 10.1.0.5 for 10.1.0.9, with padding behind it */
static const u8 request[46] __initconst = {
	0, 1, 8, 0, 6, 4, 0, 1,
	2, 0, 0, 0, 0, 9, 10, 1, 0, 5,
	0, 0, 0, 0, 0, 0, 10, 1, 0, 9,
};

struct arp_case {
	const char *what;
	struct {
		u8 at;
		u8 len;
		u8 bytes[6];
	} change[2];
	u8 kind;
	u8 claim;
};

static const struct arp_case arps[] __initconst = {
	{ "request", { }, CLAIM, IPVSDUMMY_CLAIM_REQUEST },
	{ "reply", { { 7, 1, { 2 } } }, CLAIM, IPVSDUMMY_CLAIM_REPLY },
	{ "gratuitous request", { { 27, 1, { 5 } } }, CLAIM,
	  IPVSDUMMY_CLAIM_GRATUITOUS },
	{ "gratuitous reply", { { 7, 1, { 2 } }, { 27, 1, { 5 } } }, CLAIM,
	  IPVSDUMMY_CLAIM_GRATUITOUS },
	{ "IEEE 802", { { 1, 1, { 6 } } }, CLAIM, IPVSDUMMY_CLAIM_REQUEST },
	{ "probe", { { 14, 4, { 0 } } }, CLAIM, IPVSDUMMY_CLAIM_PROBE },
	{ "reply from 0.0.0.0", { { 7, 1, { 2 } }, { 14, 4, { 0 } } },
	  MALFORMED },
	{ "probe for nothing", { { 14, 4, { 0 } }, { 24, 4, { 0 } } },
	  MALFORMED },
	{ "hardware type", { { 1, 1, { 2 } } }, MALFORMED },
	{ "hardware type's high byte", { { 0, 1, { 1 } } }, MALFORMED },
	{ "protocol", { { 2, 2, { 0x86, 0xdd } } }, MALFORMED },
	{ "hardware length", { { 4, 1, { 8 } } }, MALFORMED },
	{ "protocol length", { { 5, 1, { 16 } } }, MALFORMED },
	{ "operation 0", { { 7, 1, { 0 } } }, MALFORMED },
	{ "operation 3", { { 7, 1, { 3 } } }, MALFORMED },
	{ "operation 257", { { 6, 1, { 1 } } }, MALFORMED },
	{ "another source", { { 13, 1, { 8 } } }, MALFORMED },
	{ "no sender", { { 8, 6, { 0 } } }, MALFORMED },
	{ "all senders", { { 8, 6, { 255, 255, 255, 255, 255, 255 } } },
	  MALFORMED },
	{ "a group of senders", { { 8, 1, { 3 } } }, MALFORMED },
	{ "multicast address", { { 14, 1, { 224 } } }, MALFORMED },
	{ "broadcast address", { { 14, 4, { 255, 255, 255, 255 } } },
	  MALFORMED },
	{ "loopback address", { { 14, 1, { 127 } } }, MALFORMED },
};

/**
 * ipvsdummy_selftest_arp - what ARP packets say
 *
 * Return: whether it was read right.
 */
bool __init ipvsdummy_selftest_arp(void)
{
	static const u8 probed[4] __initconst = { 10, 1, 0, 9 };
	struct ipvsdummy_frame frame;
	u8 packet[sizeof(request)];
	unsigned int i, j;
	bool good = true;
	const u8 *addr;

	for (i = 0; i < ARRAY_SIZE(arps); i++) {
		const struct arp_case *arp = &arps[i];

		memcpy(packet, request, sizeof(packet));
		for (j = 0; j < ARRAY_SIZE(arp->change); j++)
			memcpy(packet + arp->change[j].at,
			       arp->change[j].bytes, arp->change[j].len);
		ipvsdummy_frame_arp(&frame, station, packet, sizeof(packet));
		good &= expect(frame.kind == arp->kind &&
			       frame.claim == arp->claim,
			       "ARP, %s: kind %u, claim %u", arp->what,
			       frame.kind, frame.claim);
		if (arp->kind != CLAIM)
			continue;
		addr = arp->claim == IPVSDUMMY_CLAIM_PROBE ? probed :
							     packet + 14;
		good &= expect(!memcmp(&frame.addr, addr, 4) &&
			       !memcmp(&frame.target, packet + 24, 4) &&
			       frame.request == (packet[7] == 1) &&
			       ether_addr_equal(frame.lladdr, station),
			       "ARP, %s: content", arp->what);
	}
	for (i = 0; i < sizeof(packet); i++) {
		ipvsdummy_frame_arp(&frame, station, request, i);
		good &= expect(frame.kind == (i < 28 ? MALFORMED : CLAIM),
			       "ARP of %u bytes: kind %u", i, frame.kind);
	}
	/* A sender that lies is answered by the kernel all the same */
	ipvsdummy_frame_arp(&frame, request, request, sizeof(request));
	return expect(frame.kind == MALFORMED && frame.request &&
		      !memcmp(&frame.target, probed, 4), "ARP, a liar") && good;
}

/* An advertisement of fd00::5, with the sender's address as an option */
static const u8 advert[32] __initconst = {
	136, 0, 0, 0, 0x20, 0, 0, 0,
	0xfd, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 5,
	2, 1, 2, 0, 0, 0, 0, 9,
};

/**
 * ipvsdummy_selftest_nd - what Neighbor Discovery messages say
 *
 * Return: whether it was read right.
 */
bool __init ipvsdummy_selftest_nd(void)
{
	static const struct in6_addr from __initconst = {
		.s6_addr = { 0xfe, 0x80, [15] = 9 },
	};
	static const struct in6_addr nobody __initconst;
	struct ipvsdummy_frame frame;
	u8 message[sizeof(advert)];
	bool good = true;
	unsigned int i;

	for (i = 0; i <= sizeof(advert); i++) {
		ipvsdummy_frame_nd(&frame, station, &from, 255, advert, i);
		good &= expect(frame.kind == (i == 24 || i == 32 ? CLAIM :
								   MALFORMED),
			       "NA of %u bytes: kind %u", i, frame.kind);
	}
	good &= expect(frame.claim == IPVSDUMMY_CLAIM_ADVERT &&
		       !memcmp(&frame.addr, advert + 8, 16) &&
		       ether_addr_equal(frame.lladdr, station), "NA: content");
	ipvsdummy_frame_nd(&frame, station, &from, 254, advert,
			   sizeof(advert));
	good &= expect(frame.kind == MALFORMED, "NA from behind a router");
	memcpy(message, advert, sizeof(message));
	message[31] = 8;
	ipvsdummy_frame_nd(&frame, station, &from, 255, message,
			   sizeof(message));
	good &= expect(frame.kind == MALFORMED, "NA of another sender");
	message[25] = 0;
	ipvsdummy_frame_nd(&frame, station, &from, 255, message,
			   sizeof(message));
	good &= expect(frame.kind == MALFORMED, "an option without end");
	message[25] = 2;
	ipvsdummy_frame_nd(&frame, station, &from, 255, message,
			   sizeof(message));
	good &= expect(frame.kind == MALFORMED, "an option cut short");
	memcpy(message, advert, sizeof(message));
	message[8] = 0xff;
	ipvsdummy_frame_nd(&frame, station, &from, 255, message,
			   sizeof(message));
	good &= expect(frame.kind == MALFORMED, "a group as target");

	memcpy(message, advert, sizeof(message));
	message[0] = 135;
	message[24] = 14;
	ipvsdummy_frame_nd(&frame, station, &from, 255, message,
			   sizeof(message));
	good &= expect(frame.kind == OTHER && frame.request, "NS: a question");
	ipvsdummy_frame_nd(&frame, station, &nobody, 255, message,
			   sizeof(message));
	good &= expect(frame.kind == CLAIM && frame.has_nonce &&
		       frame.claim == IPVSDUMMY_CLAIM_PROBE &&
		       !memcmp(frame.nonce, message + 26, 6), "DAD, nonce");
	ipvsdummy_frame_nd(&frame, station, &nobody, 255, message, 24);
	return expect(frame.kind == CLAIM && !frame.has_nonce,
		      "DAD, no nonce") && good;
}

#define PLACES	64

/**
 * ipvsdummy_selftest_sightings - the table of who was seen
 *
 * However many addresses are forged, it has its size, and what was seen last.
 *
 * Return: whether it is right.
 */
bool __init ipvsdummy_selftest_sightings(void)
{
	struct ipvsdummy_sightings table;
	struct ipvsdummy_sighting *place;
	union nf_inet_addr addr = {};
	unsigned int i, n = 0;
	bool good = true;

	if (!expect(!ipvsdummy_sightings_init(&table, 0, 1) &&
		    !ipvsdummy_sightings_place(&table, 0, AF_INET, &addr, 0) &&
		    !ipvsdummy_sightings_find(&table, 0, AF_INET, &addr) &&
		    !ipvsdummy_sightings_count(&table, station),
		    "a table of none"))
		return false;
	ipvsdummy_sightings_destroy(&table);
	if (!expect(!ipvsdummy_sightings_init(&table, PLACES - 1, 7) &&
		    table.size == PLACES, "size %u", table.size))
		return false;

	for (i = 1; i <= 100 * PLACES && good; i++) {
		addr.ip = cpu_to_be32(i);
		place = ipvsdummy_sightings_place(&table, 0, AF_INET, &addr,
						  i - 50UL);	/* wraps */
		good = expect(place && !place->owner.evidence &&
			      place->seen == i - 50UL, "place of %u", i);
		if (!good)
			break;
		place->owner.evidence = IPVSDUMMY_EVIDENCE_ARP;
		ether_addr_copy(place->owner.lladdr, station);
		good = expect(ipvsdummy_sightings_find(&table, 0, AF_INET,
						       &addr) == place &&
			      ipvsdummy_sightings_place(&table, 0, AF_INET,
							&addr, i) == place &&
			      place->owner.evidence, "found %u", i) &&
		       expect(!ipvsdummy_sightings_find(&table, 1, AF_INET,
							&addr) &&
			      !ipvsdummy_sightings_find(&table, 0, AF_INET6,
							&addr),
			      "%u elsewhere", i);
	}
	good &= expect(table.used == PLACES &&
		       table.evicted == 100 * PLACES - PLACES,
		       "%u used, %llu evicted", table.used,
		       (unsigned long long)table.evicted);
	/* The last of each set of places are there, the first are not */
	for (i = 1; i <= 100 * PLACES; i++) {
		addr.ip = cpu_to_be32(i);
		n += !!ipvsdummy_sightings_find(&table, 0, AF_INET, &addr);
		good &= expect(i > 50 * PLACES || !n, "%u is still there", i);
	}
	good &= expect(n == PLACES &&
		       ipvsdummy_sightings_count(&table, station) == PLACES,
		       "%u found", n);
	ipvsdummy_sightings_destroy(&table);
	return good;
}
