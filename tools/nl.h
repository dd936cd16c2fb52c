/* SPDX-License-Identifier: GPL-2.0 */
/* Netlink: a socket, the family, requests and their answers. */
#ifndef IPVSDUMMY_NL_H
#define IPVSDUMMY_NL_H

#include <libmnl/libmnl.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

/* As much as the kernel ever puts into one datagram of a dump */
#define NL_ANSWER_MAX	32768
/* What nl_request() makes room for; nl_grow() makes more */
#define NL_REQUEST_ROOM	4096
#define NL_TEXT_MAX	128

/**
 * struct nl_family - a family, as it is registered now
 * @id: differs after every load of the module
 * @group: multicast group of the conflicts, 0 if it has none
 */
struct nl_family {
	uint16_t id;
	uint32_t group;
};

/**
 * struct nl - a socket
 * @mnl: of libmnl
 * @family: the family, as last seen by nl_find_family()
 * @seq: of the last request
 * @inconsistent: what was dumped last changed meanwhile
 * @text: the kernel's sentence on the last request's error, or empty
 * @offset: of the attribute that the error is about, or 0
 * @request: the request, NULL in a socket for notifications
 * @room: how long @request can be
 * @answer: the datagram received last
 */
struct nl {
	struct mnl_socket *mnl;
	struct nl_family family;
	uint32_t seq;
	bool inconsistent;
	char text[NL_TEXT_MAX];
	uint32_t offset;
	struct nlmsghdr *request;
	size_t room;
	union {
		struct nlmsghdr nlh;
		char room[NL_ANSWER_MAX];
	} answer;
};

typedef int nl_callback(const struct nlmsghdr *nlh, void *data);
typedef void nl_restart(void *data);

int nl_open(struct nl *nl);
int nl_open_rtnl(struct nl *nl);
int nl_open_listener(struct nl *nl);
int nl_open_rtnl_listener(struct nl *nl);
void nl_close(struct nl *nl);
int nl_join(const struct nl *nl, uint32_t group);
ssize_t nl_receive(struct nl *nl);

struct nlmsghdr *nl_begin(struct nl *nl, uint16_t type, uint16_t flags,
			  size_t head);
struct nlmsghdr *nl_request(struct nl *nl, uint8_t cmd, uint16_t flags);
struct nlmsghdr *nl_grow(struct nl *nl, size_t len);
const void *nl_head(const struct nlmsghdr *nlh, size_t size);
const struct nlattr *nl_attr(const struct nlmsghdr *nlh, size_t head, int type);
uint32_t nl_number(const struct nlattr *attr, uint32_t without);
void nl_copy_string(char *dst, size_t size, const struct nlattr *attr);
bool nl_is_string(const struct nlattr *attr, const char *string);
int nl_parse_error(struct nl *nl, const struct nlmsghdr *nlh);
int nl_talk(struct nl *nl, nl_callback *callback, void *data);
int nl_dump(struct nl *nl, nl_callback *callback, nl_restart *restart,
	    void *data);
bool nl_is_missing(const struct nl *nl, int err);
const char *nl_error(const struct nl *nl, int err);

bool nl_parse_family(const struct nlmsghdr *nlh, const char *name,
		     struct nl_family *family);
int nl_find_family(struct nl *nl, const char *name);

#endif
