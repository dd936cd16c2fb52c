// SPDX-License-Identifier: GPL-2.0
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>

#include "advice.h"
#include "text.h"
#include "words.h"

/* Of no class */
#define TOPIC_UNGUARDED		0

static const char *const advice[] = {
	[TOPIC_UNGUARDED] =
		"nothing is refused there; 'ipvsdummyctl adopt DEV' puts a guard in its place and keeps every address",
	[IPVSDUMMY_CLASS_HOST] =
		"this node has the address itself; take it out of the Service, or where it floats between nodes, 'ipvsdummyctl set DEV host skip'",
	[IPVSDUMMY_CLASS_ONLINK] =
		"it is in this node's network; if it is planned for the Service, 'ipvsdummyctl rule add DEV ADDRESS allow' says so",
	[IPVSDUMMY_CLASS_RULE] =
		"a rule says so; 'ipvsdummyctl rule list DEV' shows it",
	[IPVSDUMMY_CLASS_GATEWAY] =
		"a router has it, whom every node needs; take it out of the Service",
	[IPVSDUMMY_CLASS_NEIGH] =
		"another station has it; give the Service a planned address, or reach that station by a Service without selector: --advise",
};

static const uint32_t topics_count = sizeof(advice) / sizeof(*advice);

/**
 * advice_add - there is something to say about a conflict
 * @topics: gets what it is about
 * @conflict: a conflict, or a link that nobody guards
 */
void advice_add(uint32_t *topics, const struct record *conflict)
{
	if (conflict->event == EVENT_UNGUARDED)
		*topics |= 1 << TOPIC_UNGUARDED;
	else if (conflict->class < topics_count && conflict->class)
		*topics |= 1 << conflict->class;
}

/**
 * advice_put - print a line for each topic
 * @topics: of advice_add()
 */
void advice_put(uint32_t topics)
{
	uint32_t topic;

	for (topic = 0; topic < topics_count; topic++)
		if (topics & 1 << topic)
			printf("advice: %s: %s\n", topic ?
			       word_of(&class_words, topic) :
			       word_of(&event_words, EVENT_UNGUARDED),
			       advice[topic]);
}

/* A name that Kubernetes takes, of an address */
static void make_name(char name[static INET6_ADDRSTRLEN],
		      const struct blob *address)
{
	char *c;

	text_address(name, address);
	for (c = name; *c; c++)
		if (*c == '.' || *c == ':')
			*c = '-';
	if (c[-1] == '-')	/* it may not end so */
		c[-1] = 'x';
}

static const char *upper_protocol(const struct ipvs_service *service)
{
	switch (service->protocol) {
	case IPPROTO_UDP:
		return "UDP";
	case IPPROTO_SCTP:
		return "SCTP";
	}
	return "TCP";
}

static void put_ports(const char *indent, const struct served *served)
{
	size_t i;

	printf("%sports:\n", indent);
	for (i = 0; served && i < served->count; i++) {
		const struct ipvs_service *service = served->service[i].virtual;
		const char *protocol = word_of(&protocol_words,
					       service->protocol);

		printf("%s- name: %s-%u\n", indent, protocol, service->port);
		printf("%s  protocol: %s\n", indent, upper_protocol(service));
		printf("%s  port: %u\n", indent, service->port);
	}
	/* Refused until somebody has put it right */
	if (!served)
		printf("%s- name: main\n%s  port: 0  # the port that it serves\n",
		       indent, indent);
}

/**
 * advice_put_manifests - print a Service that leads to the owner of an address
 * @conflict: a conflict
 * @served: what is served on the address, NULL if that is not known
 */
void advice_put_manifests(const struct record *conflict,
			  const struct served *served)
{
	char address[INET6_ADDRSTRLEN], name[INET6_ADDRSTRLEN];

	if (conflict->class != IPVSDUMMY_CLASS_NEIGH &&
	    conflict->class != IPVSDUMMY_CLASS_ONLINK)
		return;
	text_address(address, &conflict->address);
	make_name(name, &conflict->address);
	printf("---\n"
	       "# Instead of externalIPs: [%s], for pods to reach its owner\n"
	       "apiVersion: v1\n"
	       "kind: Service\n"
	       "metadata:\n"
	       "  name: vip-%s\n"
	       "spec:\n", address, name);
	put_ports("  ", served);
	printf("---\n"
	       "apiVersion: discovery.k8s.io/v1\n"
	       "kind: EndpointSlice\n"
	       "metadata:\n"
	       "  name: vip-%s\n"
	       "  labels:\n"
	       "    kubernetes.io/service-name: vip-%s\n"
	       "addressType: %s\n", name, name,
	       conflict->address.len == sizeof(struct in_addr) ? "IPv4" :
								 "IPv6");
	put_ports("", served);
	printf("endpoints:\n"
	       "- addresses: [\"%s\"]\n", address);
}
