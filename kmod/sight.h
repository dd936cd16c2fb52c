/* SPDX-License-Identifier: GPL-2.0 */
/* Who was seen with which address: a table that never grows. */
#ifndef _IPVSDUMMY_SIGHT_H
#define _IPVSDUMMY_SIGHT_H

#include "judge.h"

#define IPVSDUMMY_SIGHT_WAYS	4	/* places that an address can have */

/**
 * struct ipvsdummy_sighting - an address and who was seen with it
 * @addr: the address
 * @owner: the station
 * @seen: when it was last seen, in jiffies
 * @raised: when that was last looked into, in jiffies
 * @vrf: ifindex of the L3 master of the interface, 0 if none
 * @family: AF_INET or AF_INET6, 0 if the place is free
 * @state: the caller's
 */
struct ipvsdummy_sighting {
	union nf_inet_addr addr;
	struct ipvsdummy_owner owner;
	unsigned long seen;
	unsigned long raised;
	int vrf;
	u8 family;
	u8 state;
};

/**
 * struct ipvsdummy_sightings - a table of sightings
 * @place: the places; NULL if there are none
 * @size: their number, a multiple of IPVSDUMMY_SIGHT_WAYS
 * @used: those that are not free
 * @evicted: sightings that made place for newer ones
 * @seed: odd, makes places hard to guess
 *
 * The caller serializes everything.
 */
struct ipvsdummy_sightings {
	struct ipvsdummy_sighting *place;
	unsigned int size;
	unsigned int used;
	u64 evicted;
	u32 seed;
};

int ipvsdummy_sightings_init(struct ipvsdummy_sightings *table,
			     unsigned int max, u32 seed);
void ipvsdummy_sightings_destroy(struct ipvsdummy_sightings *table);
struct ipvsdummy_sighting *
ipvsdummy_sightings_find(const struct ipvsdummy_sightings *table, int vrf,
			 u8 family, const union nf_inet_addr *addr);
struct ipvsdummy_sighting *
ipvsdummy_sightings_place(struct ipvsdummy_sightings *table, int vrf, u8 family,
			  const union nf_inet_addr *addr, unsigned long now);
unsigned int
ipvsdummy_sightings_count(const struct ipvsdummy_sightings *table,
			  const u8 *lladdr);

#endif
