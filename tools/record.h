/* SPDX-License-Identifier: GPL-2.0 */
/* A message of the family, parsed. */
#ifndef IPVSDUMMY_RECORD_H
#define IPVSDUMMY_RECORD_H

#include <libmnl/libmnl.h>
#include <linux/ipvsdummy.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define BLOB_MAX	32	/* the kernel's MAX_ADDR_LEN */
#define RECORD_STRING	32	/* more than any name or version */
#define RECORD_UNKNOWN	UINT32_MAX

struct blob {
	uint8_t len;
	uint8_t data[BLOB_MAX];
};

struct served;

/**
 * struct record - a conflict, an event, a check's verdict, a link, a watched
 * interface or a status
 * @has: which attributes were there; what was not is zero here, but mode, event,
 *	severity and action are RECORD_UNKNOWN
 * @kind: of a link that is not guarded: what it is, empty if it is gone
 * @served: what IPVS serves on the address, NULL if that is not known
 *
 * The others are the attributes of the same names.
 */
struct record {
	bool has[IPVSDUMMY_A_MAX + 1];

	uint64_t instance;
	uint64_t seq;
	uint64_t time;
	uint64_t since;
	uint64_t count;
	uint64_t events;
	uint64_t unrecorded;
	uint64_t unwatched;
	uint64_t frames;
	uint64_t claims;
	uint64_t malformed;
	uint64_t evicted;
	uint64_t unclaimed;
	uint64_t probes;

	uint32_t ifindex;
	uint32_t event;
	uint32_t severity;
	uint32_t class;
	uint32_t action;
	uint32_t would;
	uint32_t evidence;
	uint32_t match_prefixlen;
	uint32_t mode;
	uint32_t addresses;
	uint32_t watch_reason;
	uint32_t rules;
	uint32_t rules_max;
	uint32_t reasons;
	uint32_t arp_reply;
	uint32_t probe;
	uint32_t claim;
	uint32_t vlan;
	uint32_t station;
	uint32_t peers;
	uint32_t peers_max;
	uint32_t sightings;
	uint32_t sightings_max;
	uint32_t claim_timeout;

	char ifname[RECORD_STRING];
	char match_ifname[RECORD_STRING];
	char watch_name[RECORD_STRING];
	char version[RECORD_STRING];
	char kind[RECORD_STRING];

	struct blob address;
	struct blob match_prefix;
	struct blob lladdr;

	const struct served *served;
};

struct records {
	struct record *record;
	size_t count;
	size_t room;
};

void record_parse(struct record *record, const struct nlmsghdr *nlh);
bool record_is_gap(const struct record *record);
int records_add(struct records *records, const struct record *record);
void records_free(struct records *records);

#endif
