// SPDX-License-Identifier: GPL-2.0
/* Who was seen with which address: a table that never grows. An address has few
 * places that it can be in; when they are taken, the one seen longest ago goes.
 * Pure: knows no device and no lock.
 */
#include <linux/etherdevice.h>
#include <linux/jhash.h>
#include <linux/kernel.h>
#include <linux/mm.h>
#include <linux/slab.h>

#include "sight.h"

/**
 * ipvsdummy_sightings_init - make an empty table
 * @table: the table
 * @max: how many it is to hold; 0 makes one that holds none. Rounded up.
 * @seed: random
 *
 * Context: may sleep.
 * Return: 0 or -ENOMEM.
 */
int ipvsdummy_sightings_init(struct ipvsdummy_sightings *table,
			     unsigned int max, u32 seed)
{
	unsigned int size = DIV_ROUND_UP(max, IPVSDUMMY_SIGHT_WAYS) *
			    IPVSDUMMY_SIGHT_WAYS;

	*table = (struct ipvsdummy_sightings) {
		.size = size,
		.seed = seed | 1,
	};
	if (!size)
		return 0;
	table->place = kvcalloc(size, sizeof(*table->place),
				GFP_KERNEL_ACCOUNT);
	return table->place ? 0 : -ENOMEM;
}

/**
 * ipvsdummy_sightings_destroy - free a table
 * @table: made by ipvsdummy_sightings_init(), even if that failed
 */
void ipvsdummy_sightings_destroy(struct ipvsdummy_sightings *table)
{
	kvfree(table->place);
	table->place = NULL;
	table->size = 0;
	table->used = 0;
}

static struct ipvsdummy_sighting *
places_of(const struct ipvsdummy_sightings *table, int vrf, u8 family,
	  const union nf_inet_addr *addr)
{
	u32 hash = (addr->all[0] ^ vrf) * table->seed;

	if (family == AF_INET6)
		hash = jhash2(addr->all, ARRAY_SIZE(addr->all),
			      table->seed ^ vrf);
	return table->place + IPVSDUMMY_SIGHT_WAYS *
	       reciprocal_scale(hash, table->size / IPVSDUMMY_SIGHT_WAYS);
}

static bool is_of(const struct ipvsdummy_sighting *sighting, int vrf, u8 family,
		  const union nf_inet_addr *addr)
{
	return sighting->family == family && sighting->vrf == vrf &&
	       ipvsdummy_addr_equal(family, &sighting->addr, addr);
}

/**
 * ipvsdummy_sightings_find - who was seen with an address?
 * @table: the table
 * @vrf: L3 master of the interface
 * @family: AF_INET or AF_INET6
 * @addr: the address
 *
 * Return: the sighting, NULL if there is none.
 */
struct ipvsdummy_sighting *
ipvsdummy_sightings_find(const struct ipvsdummy_sightings *table, int vrf,
			 u8 family, const union nf_inet_addr *addr)
{
	struct ipvsdummy_sighting *place;
	unsigned int i;

	if (!table->used)
		return NULL;
	place = places_of(table, vrf, family, addr);
	for (i = 0; i < IPVSDUMMY_SIGHT_WAYS; i++, place++)
		if (is_of(place, vrf, family, addr))
			return place;
	return NULL;
}

/**
 * ipvsdummy_sightings_place - have a place for an address
 * @table: the table
 * @vrf: L3 master of the interface
 * @family: AF_INET or AF_INET6
 * @addr: the address
 * @now: in jiffies
 *
 * Return: its sighting, without an owner if it was not there before; NULL if
 * the table holds none.
 */
struct ipvsdummy_sighting *
ipvsdummy_sightings_place(struct ipvsdummy_sightings *table, int vrf, u8 family,
			  const union nf_inet_addr *addr, unsigned long now)
{
	struct ipvsdummy_sighting *place, *oldest;
	unsigned int i;

	if (!table->size)
		return NULL;
	place = places_of(table, vrf, family, addr);
	oldest = place;
	for (i = 0; i < IPVSDUMMY_SIGHT_WAYS; i++, place++) {
		if (is_of(place, vrf, family, addr))
			return place;
		if (oldest->family &&
		    (!place->family || now - place->seen > now - oldest->seen))
			oldest = place;
	}
	if (oldest->family)
		table->evicted++;
	else
		table->used++;
	*oldest = (struct ipvsdummy_sighting) {
		.addr = *addr,
		.seen = now,
		.vrf = vrf,
		.family = family,
	};
	return oldest;
}

/**
 * ipvsdummy_sightings_count - how many addresses was a station seen with?
 * @table: the table
 * @lladdr: its link-layer address
 *
 * Walks the whole table.
 *
 * Return: their number.
 */
unsigned int
ipvsdummy_sightings_count(const struct ipvsdummy_sightings *table,
			  const u8 *lladdr)
{
	unsigned int i, n = 0;

	for (i = 0; i < table->size; i++)
		n += table->place[i].family &&
		     ether_addr_equal(table->place[i].owner.lladdr, lladdr);
	return n;
}
