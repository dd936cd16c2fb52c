// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <linux/genetlink.h>
#include <stdlib.h>
#include <string.h>

#include "record.h"

enum kind { NONE, FLAG, U32, U64, STRING, BLOB };

#define FIELD(_kind, _member) { _kind, offsetof(struct record, _member) }

static const struct {
	enum kind kind;
	size_t offset;
} fields[IPVSDUMMY_A_MAX + 1] = {
	[IPVSDUMMY_A_IFINDEX] = FIELD(U32, ifindex),
	[IPVSDUMMY_A_IFNAME] = FIELD(STRING, ifname),
	[IPVSDUMMY_A_INSTANCE] = FIELD(U64, instance),
	[IPVSDUMMY_A_SEQ] = FIELD(U64, seq),
	[IPVSDUMMY_A_VERSION] = FIELD(STRING, version),
	[IPVSDUMMY_A_MODE] = FIELD(U32, mode),
	[IPVSDUMMY_A_ADDRESSES] = FIELD(U32, addresses),
	[IPVSDUMMY_A_EVENT] = FIELD(U32, event),
	[IPVSDUMMY_A_TIME] = FIELD(U64, time),
	[IPVSDUMMY_A_SINCE] = FIELD(U64, since),
	[IPVSDUMMY_A_SEVERITY] = FIELD(U32, severity),
	[IPVSDUMMY_A_ADDRESS] = FIELD(BLOB, address),
	[IPVSDUMMY_A_CLASS] = FIELD(U32, class),
	[IPVSDUMMY_A_ACTION] = FIELD(U32, action),
	[IPVSDUMMY_A_WOULD] = FIELD(U32, would),
	[IPVSDUMMY_A_EVIDENCE] = FIELD(U32, evidence),
	[IPVSDUMMY_A_MATCH_IFNAME] = FIELD(STRING, match_ifname),
	[IPVSDUMMY_A_MATCH_PREFIX] = FIELD(BLOB, match_prefix),
	[IPVSDUMMY_A_MATCH_PREFIXLEN] = FIELD(U32, match_prefixlen),
	[IPVSDUMMY_A_LLADDR] = FIELD(BLOB, lladdr),
	[IPVSDUMMY_A_COUNT] = FIELD(U64, count),
	[IPVSDUMMY_A_WATCH_NAME] = FIELD(STRING, watch_name),
	[IPVSDUMMY_A_WATCH_REASON] = FIELD(U32, watch_reason),
	[IPVSDUMMY_A_UNRECORDED] = FIELD(U64, unrecorded),
	[IPVSDUMMY_A_UNWATCHED] = FIELD(U64, unwatched),
	[IPVSDUMMY_A_EVENTS] = FIELD(U64, events),
	[IPVSDUMMY_A_WATCH_EXCLUDE] = { .kind = FLAG },
	[IPVSDUMMY_A_RULES] = FIELD(U32, rules),
	[IPVSDUMMY_A_RULES_MAX] = FIELD(U32, rules_max),
	[IPVSDUMMY_A_REASONS] = FIELD(U32, reasons),
	[IPVSDUMMY_A_ARP_REPLY] = FIELD(U32, arp_reply),
	[IPVSDUMMY_A_PROBE] = FIELD(U32, probe),
	[IPVSDUMMY_A_CLAIM] = FIELD(U32, claim),
	[IPVSDUMMY_A_VLAN] = FIELD(U32, vlan),
	[IPVSDUMMY_A_STATION] = FIELD(U32, station),
	[IPVSDUMMY_A_PEERS] = FIELD(U32, peers),
	[IPVSDUMMY_A_PEERS_MAX] = FIELD(U32, peers_max),
	[IPVSDUMMY_A_SIGHTINGS] = FIELD(U32, sightings),
	[IPVSDUMMY_A_SIGHTINGS_MAX] = FIELD(U32, sightings_max),
	[IPVSDUMMY_A_CLAIM_TIMEOUT] = FIELD(U32, claim_timeout),
	[IPVSDUMMY_A_FRAMES] = FIELD(U64, frames),
	[IPVSDUMMY_A_CLAIMS] = FIELD(U64, claims),
	[IPVSDUMMY_A_MALFORMED] = FIELD(U64, malformed),
	[IPVSDUMMY_A_EVICTED] = FIELD(U64, evicted),
	[IPVSDUMMY_A_UNCLAIMED] = FIELD(U64, unclaimed),
	[IPVSDUMMY_A_PROBES] = FIELD(U64, probes),
};

/* Returns whether it could be copied: a wrong length counts as not there */
static bool copy(void *dst, enum kind kind, const struct nlattr *attr)
{
	const void *payload = mnl_attr_get_payload(attr);
	size_t len = mnl_attr_get_payload_len(attr);
	struct blob *blob = dst;

	switch (kind) {
	case NONE:
		return false;
	case FLAG:
		return true;
	case U32:
		if (len != sizeof(uint32_t))
			return false;
		break;
	case U64:
		if (len != sizeof(uint64_t))
			return false;
		break;
	case STRING:
		len = strnlen(payload, len);
		if (!len || len >= RECORD_STRING)
			return false;
		break;
	case BLOB:
		if (len > BLOB_MAX)
			return false;
		blob->len = len;
		dst = blob->data;
		break;
	}
	memcpy(dst, payload, len);
	return true;
}

static bool is_address(const struct blob *blob)
{
	return blob->len == 4 || blob->len == 16;
}

/* What is missing is no word that is known: none of these may look harmless */
static void set_unknown(struct record *record)
{
	if (!record->has[IPVSDUMMY_A_MODE])
		record->mode = RECORD_UNKNOWN;
	if (!record->has[IPVSDUMMY_A_EVENT])
		record->event = RECORD_UNKNOWN;
	if (!record->has[IPVSDUMMY_A_SEVERITY])
		record->severity = RECORD_UNKNOWN;
	if (!record->has[IPVSDUMMY_A_ACTION])
		record->action = RECORD_UNKNOWN;
}

/**
 * record_parse - parse a message of the family
 * @record: where to
 * @nlh: the message; attributes that are unknown or malformed are left out
 */
void record_parse(struct record *record, const struct nlmsghdr *nlh)
{
	const struct nlattr *attr;

	memset(record, 0, sizeof(*record));
	mnl_attr_for_each(attr, nlh, sizeof(struct genlmsghdr)) {
		uint16_t type = mnl_attr_get_type(attr);

		if (type > IPVSDUMMY_A_MAX)
			continue;
		record->has[type] = copy((char *)record + fields[type].offset,
					 fields[type].kind, attr);
	}
	record->has[IPVSDUMMY_A_ADDRESS] &= is_address(&record->address);
	record->has[IPVSDUMMY_A_MATCH_PREFIX] &=
		is_address(&record->match_prefix) &&
		record->has[IPVSDUMMY_A_MATCH_PREFIXLEN];
	set_unknown(record);
}

/**
 * record_is_gap - does it stand for events that are not to be had any more?
 * @record: an event
 *
 * Others of that name are about a link, and are events like any.
 *
 * Return: whether it does.
 */
bool record_is_gap(const struct record *record)
{
	return record->event == IPVSDUMMY_EVENT_LOST &&
	       !record->has[IPVSDUMMY_A_IFINDEX];
}

/**
 * records_add - append a record
 * @records: to what
 * @record: copied
 *
 * Return: 0 or -ENOMEM.
 */
int records_add(struct records *records, const struct record *record)
{
	if (records->count == records->room) {
		size_t room = records->room ? 2 * records->room : 64;
		struct record *more;

		more = reallocarray(records->record, room, sizeof(*more));
		if (!more)
			return -ENOMEM;
		records->record = more;
		records->room = room;
	}
	records->record[records->count++] = *record;
	return 0;
}

void records_free(struct records *records)
{
	free(records->record);
	memset(records, 0, sizeof(*records));
}
