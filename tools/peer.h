/* SPDX-License-Identifier: GPL-2.0 */
/* Peers: stations that may hold the same addresses. */
#ifndef IPVSDUMMY_PEER_H
#define IPVSDUMMY_PEER_H

#include <stdbool.h>

#include "nl.h"
#include "record.h"
#include "text.h"

#define PEER_TEXT	TEXT_LLADDR	/* longer than a prefix */

/**
 * struct peer - a peer, or what is to be done about one
 * @lladdr: its link-layer address, empty if it is known by its address
 * @prefix: what its own address lies in, in network byte order
 * @prefixlen: length of @prefix
 * @op: enum ipvsdummy_peer_op
 * @line: of the file that it was read from
 * @end: where its attribute ends in the request
 */
struct peer {
	struct blob lladdr;
	struct blob prefix;
	uint32_t prefixlen;
	uint32_t op;
	size_t line;
	uint32_t end;
};

struct peers {
	struct peer *peer;
	size_t count;
	size_t room;
};

bool peer_parse(struct peer *peer, const char *text);
void peer_text(char dst[static PEER_TEXT], const struct peer *peer);
int peer_cmp(const struct peer *a, const struct peer *b);
int peer_put(struct nl *nl, struct peer *peer);

int peers_add(struct peers *peers, const struct peer *peer);
bool peers_add_word(struct peers *peers, const char *word, size_t line);
int peers_query(struct nl *nl, struct peers *peers);
void peers_free(struct peers *peers);

#endif
