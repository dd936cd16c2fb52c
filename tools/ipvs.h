/* SPDX-License-Identifier: GPL-2.0 */
/* What IPVS serves on an address. */
#ifndef IPVSDUMMY_IPVS_H
#define IPVSDUMMY_IPVS_H

#include <linux/ip_vs.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "nl.h"
#include "record.h"

/* What is told of one address; the rest is counted */
#define IPVS_SERVICES_TOLD	16
#define IPVS_SERVERS_TOLD	16

/**
 * struct ipvs_server - a real server
 * @address: its address
 * @port: its port, in host byte order
 * @weight: its weight; 0 takes no new connections
 */
struct ipvs_server {
	struct blob address;
	uint16_t port;
	uint32_t weight;
};

/**
 * struct ipvs_service - a virtual service
 * @address: in network byte order; 4 bytes of AF_INET
 * @family: AF_INET or AF_INET6
 * @protocol: IPPROTO_*
 * @port: in host byte order
 * @scheduler: name of its scheduler
 */
struct ipvs_service {
	uint8_t address[16];
	uint8_t family;
	uint8_t protocol;
	uint16_t port;
	char scheduler[IP_VS_SCHEDNAME_MAXLEN];
};

/**
 * struct served_service - a service and its real servers
 * @virtual: the service
 * @count: of the real servers that are told
 * @omitted: real servers besides
 * @server: the real servers
 */
struct served_service {
	const struct ipvs_service *virtual;
	size_t count;
	size_t omitted;
	struct ipvs_server server[IPVS_SERVERS_TOLD];
};

/**
 * struct served - what is served on an address
 * @count: of the services that are told
 * @omitted: services besides
 * @service: the services
 */
struct served {
	size_t count;
	size_t omitted;
	struct served_service service[IPVS_SERVICES_TOLD];
};

/**
 * struct ipvs - the services there are, as far as they were asked for
 * @nl: for requests; NULL socket when it is no use to ask
 * @service: all of them, by address
 * @count: their number
 * @room: for so many
 * @omitted: those that are too many
 * @fetched: when they were asked for, ms, monotonic; 0 never
 * @took: how long that took, ms
 * @complained: that not all of them are known has been said
 * @served: the answer to the last question
 */
struct ipvs {
	struct nl nl;
	struct ipvs_service *service;
	size_t count;
	size_t room;
	size_t omitted;
	uint64_t fetched;
	uint64_t took;
	bool complained;
	struct served served;
};

void ipvs_open(struct ipvs *ipvs);
const struct served *ipvs_served(struct ipvs *ipvs,
				 const struct blob *address);
void ipvs_close(struct ipvs *ipvs);

#endif
