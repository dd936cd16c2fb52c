// SPDX-License-Identifier: GPL-2.0
/* The services of IPVS can be asked for one by one, by protocol and port, or all
 * at once, but not by address. So all of them are kept here, and asked for again
 * when they are old.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <linux/genetlink.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>

#include "clock.h"
#include "fail.h"
#include "ipvs.h"

/* More than anybody has; what does not fit is not told */
#define SERVICES_MAX	65536

/* A holder makes a service right before it binds the address, and takes it away
 * when that is refused. So they are asked for anew, but in a burst that must take
 * no more than a part of the time.
 */
#define FRESH_MSEC	200
#define TIME_PART	10

/**
 * ipvs_open - get ready to ask
 * @ipvs: filled in
 *
 * What is in the way is said when it is asked.
 */
void ipvs_open(struct ipvs *ipvs)
{
	int err;

	memset(ipvs, 0, sizeof(*ipvs));
	err = nl_open(&ipvs->nl);
	if (err)
		fail("services", "%s", strerror(-err));
}

void ipvs_close(struct ipvs *ipvs)
{
	nl_close(&ipvs->nl);
	free(ipvs->service);
	memset(ipvs, 0, sizeof(*ipvs));
}

static size_t address_size(uint8_t family)
{
	return family == AF_INET ? sizeof(struct in_addr) :
				   sizeof(struct in6_addr);
}

static int by_address(const void *a, const void *b)
{
	const struct ipvs_service *x = a, *y = b;
	int order = x->family - y->family;

	if (!order)
		order = memcmp(x->address, y->address, sizeof(x->address));
	if (!order)
		order = x->protocol - y->protocol;
	return order ? order : x->port - y->port;
}

static uint16_t get_u16(const struct nlattr *attr)
{
	return mnl_attr_get_payload_len(attr) >= sizeof(uint16_t) ?
	       mnl_attr_get_u16(attr) : 0;
}

static uint32_t get_u32(const struct nlattr *attr)
{
	return mnl_attr_get_payload_len(attr) >= sizeof(uint32_t) ?
	       mnl_attr_get_u32(attr) : 0;
}

/* IPVS tells of an address of either family in 16 bytes */
static void get_address(uint8_t dst[static 16], const struct nlattr *attr)
{
	size_t len = mnl_attr_get_payload_len(attr);

	memcpy(dst, mnl_attr_get_payload(attr), len < 16 ? len : 16);
}

static void parse_service(struct ipvs_service *service,
			  const struct nlattr *nested)
{
	const struct nlattr *attr;
	size_t len;

	memset(service, 0, sizeof(*service));
	mnl_attr_for_each_nested(attr, nested) {
		switch (mnl_attr_get_type(attr)) {
		case IPVS_SVC_ATTR_AF:
			service->family = get_u16(attr);
			break;
		case IPVS_SVC_ATTR_PROTOCOL:
			service->protocol = get_u16(attr);
			break;
		case IPVS_SVC_ATTR_ADDR:
			get_address(service->address, attr);
			break;
		case IPVS_SVC_ATTR_PORT:
			service->port = ntohs(get_u16(attr));
			break;
		case IPVS_SVC_ATTR_SCHED_NAME:
			len = strnlen(mnl_attr_get_payload(attr),
				      mnl_attr_get_payload_len(attr));
			if (len < sizeof(service->scheduler))
				memcpy(service->scheduler,
				       mnl_attr_get_payload(attr), len);
			break;
		}
	}
	/* What is behind an IPv4 address means nothing */
	if (service->family == AF_INET)
		memset(service->address + sizeof(struct in_addr), 0,
		       sizeof(service->address) - sizeof(struct in_addr));
}

static int got_service(const struct nlmsghdr *nlh, void *data)
{
	const struct nlattr *nested = nl_attr(nlh, sizeof(struct genlmsghdr),
					      IPVS_CMD_ATTR_SERVICE);
	struct ipvs_service service, *more;
	struct ipvs *ipvs = data;

	if (!nested)
		return 0;
	parse_service(&service, nested);
	if (!service.protocol)	/* it is one of a mark, not of an address */
		return 0;
	if (ipvs->count == SERVICES_MAX) {
		ipvs->omitted++;
		return 0;
	}
	if (ipvs->count == ipvs->room) {
		size_t room = ipvs->room ? 2 * ipvs->room : 64;

		more = reallocarray(ipvs->service, room, sizeof(*more));
		if (!more)
			return -ENOMEM;
		ipvs->service = more;
		ipvs->room = room;
	}
	ipvs->service[ipvs->count++] = service;
	return 0;
}

/* Not there, or registered anew: IPVS came or went */
static int fetch(struct ipvs *ipvs)
{
	int err = -ENOENT, tries;

	for (tries = 0; err == -ENOENT && tries < 2; tries++) {
		if (tries || !ipvs->nl.family.id) {
			err = nl_find_family(&ipvs->nl, IPVS_GENL_NAME);
			if (err)
				return err == -ENOENT ? 0 : err;
		}
		ipvs->count = 0;
		ipvs->omitted = 0;
		nl_request(&ipvs->nl, IPVS_CMD_GET_SERVICE, NLM_F_DUMP);
		err = nl_talk(&ipvs->nl, got_service, ipvs);
	}
	return err;
}

/* Once, until it works again */
static void complain(struct ipvs *ipvs, int err)
{
	bool wrong = err || ipvs->omitted;

	if (wrong && !ipvs->complained) {
		if (err)
			fail("services", "%s", nl_error(&ipvs->nl, err));
		else
			fail("services", "%zu more than %u are not told",
			     ipvs->omitted, SERVICES_MAX);
	}
	ipvs->complained = wrong;
}

/* Returns whether there is somebody to ask */
static bool refresh(struct ipvs *ipvs)
{
	uint64_t begin = clock_msec();
	uint64_t fresh = TIME_PART * ipvs->took;
	int err;

	if (!ipvs->nl.mnl)
		return false;
	if (fresh < FRESH_MSEC)
		fresh = FRESH_MSEC;
	if (ipvs->fetched && begin - ipvs->fetched < fresh)
		return true;
	ipvs->count = 0;
	err = fetch(ipvs);
	if (err == -EPERM) {
		fail("services", "not told without CAP_NET_ADMIN");
		ipvs_close(ipvs);
		return false;
	}
	complain(ipvs, err);
	if (ipvs->count)
		qsort(ipvs->service, ipvs->count, sizeof(*ipvs->service), by_address);
	ipvs->fetched = clock_msec();
	ipvs->took = ipvs->fetched - begin;
	return true;
}

static int got_server(const struct nlmsghdr *nlh, void *data)
{
	const struct nlattr *nested = nl_attr(nlh, sizeof(struct genlmsghdr),
					      IPVS_CMD_ATTR_DEST);
	struct served *served = data;
	struct served_service *service = &served->service[served->count];
	uint16_t family = service->virtual->family;
	struct ipvs_server *server;
	const struct nlattr *attr;

	if (!nested)
		return 0;
	if (service->count == IPVS_SERVERS_TOLD) {
		service->omitted++;
		return 0;
	}
	server = &service->server[service->count++];
	memset(server, 0, sizeof(*server));
	mnl_attr_for_each_nested(attr, nested) {
		switch (mnl_attr_get_type(attr)) {
		case IPVS_DEST_ATTR_ADDR:
			get_address(server->address.data, attr);
			break;
		case IPVS_DEST_ATTR_PORT:
			server->port = ntohs(get_u16(attr));
			break;
		case IPVS_DEST_ATTR_WEIGHT:
			server->weight = get_u32(attr);
			break;
		case IPVS_DEST_ATTR_ADDR_FAMILY:
			family = get_u16(attr);
			break;
		}
	}
	server->address.len = address_size(family);
	return 0;
}

/* A service that is gone meanwhile has no servers */
static void find_servers(struct ipvs *ipvs, const struct ipvs_service *service)
{
	struct nlmsghdr *nlh;
	struct nlattr *nest;

	nlh = nl_request(&ipvs->nl, IPVS_CMD_GET_DEST, NLM_F_DUMP);
	nest = mnl_attr_nest_start(nlh, IPVS_CMD_ATTR_SERVICE);
	mnl_attr_put_u16(nlh, IPVS_SVC_ATTR_AF, service->family);
	mnl_attr_put_u16(nlh, IPVS_SVC_ATTR_PROTOCOL, service->protocol);
	mnl_attr_put(nlh, IPVS_SVC_ATTR_ADDR, sizeof(service->address),
		     service->address);
	mnl_attr_put_u16(nlh, IPVS_SVC_ATTR_PORT, htons(service->port));
	mnl_attr_nest_end(nlh, nest);
	nl_talk(&ipvs->nl, got_server, &ipvs->served);
}

/* The first service of an address, or what comes behind */
static size_t find_first(const struct ipvs *ipvs,
			 const struct ipvs_service *key)
{
	size_t low = 0, high = ipvs->count;

	while (low < high) {
		size_t middle = (low + high) / 2;

		if (by_address(&ipvs->service[middle], key) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

/**
 * ipvs_served - what is served on an address?
 * @ipvs: opened
 * @address: the address
 *
 * Return: it, until the next question, or NULL if nothing is, or nothing is to be
 * known. Why not has been said, once.
 */
const struct served *ipvs_served(struct ipvs *ipvs, const struct blob *address)
{
	struct ipvs_service key = {
		.family = address->len == sizeof(struct in_addr) ? AF_INET :
								   AF_INET6,
	};
	struct served *served = &ipvs->served;
	const struct ipvs_service *service;
	size_t i;

	if (!refresh(ipvs))
		return NULL;
	memcpy(key.address, address->data, address_size(key.family));
	served->count = 0;
	served->omitted = 0;
	for (i = find_first(ipvs, &key); i < ipvs->count; i++) {
		service = &ipvs->service[i];
		if (service->family != key.family ||
		    memcmp(service->address, key.address, sizeof(key.address)))
			break;
		if (served->count == IPVS_SERVICES_TOLD) {
			served->omitted++;
			continue;
		}
		served->service[served->count].virtual = service;
		served->service[served->count].count = 0;
		served->service[served->count].omitted = 0;
		find_servers(ipvs, service);
		served->count++;
	}
	return served->count ? served : NULL;
}
