// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <linux/genetlink.h>
#include <linux/if_ether.h>
#include <stdlib.h>
#include <string.h>

#include "cidr.h"
#include "fail.h"
#include "peer.h"

/* Of a peer's attribute in a request, with all its headers */
#define PEER_ROOM	64

/* Six numbers of two digits at most: nothing that an IPv6 address could be */
static bool parse_lladdr(struct blob *lladdr, const char *text)
{
	size_t digits;

	for (lladdr->len = 0; lladdr->len < ETH_ALEN; lladdr->len++) {
		digits = strspn(text, "0123456789abcdefABCDEF");
		if (!digits || digits > 2)
			return false;
		lladdr->data[lladdr->len] = strtoul(text, NULL, 16);
		text += digits;
		if (lladdr->len < ETH_ALEN - 1 && *text++ != ':')
			return false;
	}
	return !*text;
}

/* No station has a group's address, or none */
static bool is_of_station(const struct blob *lladdr)
{
	static const uint8_t zero[ETH_ALEN];

	return !(lladdr->data[0] & 1) && memcmp(lladdr->data, zero, ETH_ALEN);
}

/**
 * peer_parse - parse a peer
 * @peer: filled in, but for what is to be done about it
 * @text: a prefix, an address or a link-layer address
 *
 * Return: whether it is one; if not it has been said.
 */
bool peer_parse(struct peer *peer, const char *text)
{
	if (!parse_lladdr(&peer->lladdr, text)) {
		peer->lladdr.len = 0;
		return cidr_parse(&peer->prefix, &peer->prefixlen, text,
				  "a prefix or link-layer address");
	}
	if (is_of_station(&peer->lladdr))
		return true;
	fail(text, "not the address of a station");
	return false;
}

/**
 * peer_text - format a peer
 * @dst: where to
 * @peer: the peer
 */
void peer_text(char dst[static PEER_TEXT], const struct peer *peer)
{
	if (peer->lladdr.len)
		text_lladdr(dst, &peer->lladdr);
	else if (peer->prefixlen == 8 * peer->prefix.len)
		text_address(dst, &peer->prefix);
	else
		text_prefix(dst, &peer->prefix, peer->prefixlen);
}

static int blob_cmp(const struct blob *a, const struct blob *b)
{
	if (a->len != b->len)
		return a->len - b->len;
	return memcmp(a->data, b->data, a->len);
}

/**
 * peer_cmp - compare two peers
 * @a: a peer
 * @b: another one
 *
 * Return: less than, equal to, or greater than 0.
 */
int peer_cmp(const struct peer *a, const struct peer *b)
{
	int order = blob_cmp(&a->lladdr, &b->lladdr);

	if (!order)
		order = blob_cmp(&a->prefix, &b->prefix);
	return order ? order : (int)a->prefixlen - (int)b->prefixlen;
}

/**
 * peer_put - put a change of a peer into a request
 * @nl: a socket, with the request
 * @peer: the peer and what is to be done about it; remembers its place
 *
 * Return: 0 or -ENOMEM.
 */
int peer_put(struct nl *nl, struct peer *peer)
{
	struct nlmsghdr *nlh = nl_grow(nl, PEER_ROOM);
	struct nlattr *nest;

	if (!nlh)
		return -ENOMEM;
	nest = mnl_attr_nest_start(nlh, IPVSDUMMY_A_PEER);
	if (peer->lladdr.len) {
		mnl_attr_put(nlh, IPVSDUMMY_A_PEER_LLADDR, peer->lladdr.len,
			     peer->lladdr.data);
	} else {
		mnl_attr_put(nlh, IPVSDUMMY_A_PEER_PREFIX, peer->prefix.len,
			     peer->prefix.data);
		mnl_attr_put_u32(nlh, IPVSDUMMY_A_PEER_PREFIXLEN,
				 peer->prefixlen);
	}
	mnl_attr_put_u32(nlh, IPVSDUMMY_A_PEER_OP, peer->op);
	mnl_attr_nest_end(nlh, nest);
	peer->end = nlh->nlmsg_len;
	return 0;
}

/**
 * peers_add - append a peer
 * @peers: to what
 * @peer: copied
 *
 * Return: 0 or -ENOMEM.
 */
int peers_add(struct peers *peers, const struct peer *peer)
{
	if (peers->count == peers->room) {
		size_t room = peers->room ? 2 * peers->room : 64;
		struct peer *more;

		more = reallocarray(peers->peer, room, sizeof(*more));
		if (!more)
			return -ENOMEM;
		peers->peer = more;
		peers->room = room;
	}
	peers->peer[peers->count++] = *peer;
	return 0;
}

/**
 * peers_add_word - append a peer that somebody wrote
 * @peers: to what
 * @word: the peer
 * @line: in which line of a file, 0 if in none
 *
 * Return: whether all is well; what is not has been said.
 */
bool peers_add_word(struct peers *peers, const char *word, size_t line)
{
	struct peer peer = { .line = line };

	if (!peer_parse(&peer, word))
		return false;
	if (peers_add(peers, &peer)) {
		fail(NULL, "out of memory");
		return false;
	}
	return true;
}

/* Returns whether it has all that makes a peer */
static bool parse_nest(struct peer *peer, const struct nlattr *nest)
{
	const struct nlattr *attr;
	bool has_length = false;

	mnl_attr_for_each_nested(attr, nest) {
		const void *payload = mnl_attr_get_payload(attr);
		uint16_t len = mnl_attr_get_payload_len(attr);
		uint16_t type = mnl_attr_get_type(attr);

		if (type == IPVSDUMMY_A_PEER_PREFIX && (len == 4 || len == 16)) {
			peer->prefix.len = len;
			memcpy(peer->prefix.data, payload, len);
		} else if (type == IPVSDUMMY_A_PEER_PREFIXLEN && len == 4) {
			peer->prefixlen = mnl_attr_get_u32(attr);
			has_length = true;
		} else if (type == IPVSDUMMY_A_PEER_LLADDR && len == ETH_ALEN) {
			peer->lladdr.len = len;
			memcpy(peer->lladdr.data, payload, len);
		}
	}
	if (!has_length)
		peer->prefixlen = 8 * peer->prefix.len;
	return peer->lladdr.len || peer->prefix.len;
}

static int got_peer(const struct nlmsghdr *nlh, void *data)
{
	const struct nlattr *attr;
	int err = 0;

	mnl_attr_for_each(attr, nlh, sizeof(struct genlmsghdr)) {
		struct peer peer = {};

		if (!err && mnl_attr_get_type(attr) == IPVSDUMMY_A_PEER &&
		    parse_nest(&peer, attr))
			err = peers_add(data, &peer);
	}
	return err;
}

/**
 * peers_query - ask for the peers
 * @nl: a socket
 * @peers: filled in, in the kernel's order; a module that is older than peers
 *	has none
 *
 * Return: 0 or a negative errno.
 */
int peers_query(struct nl *nl, struct peers *peers)
{
	int err;

	peers->count = 0;
	nl_request(nl, IPVSDUMMY_CMD_PEER_GET, NLM_F_DUMP);
	err = nl_talk(nl, got_peer, peers);
	return nl_is_missing(nl, err) ? 0 : err;
}

void peers_free(struct peers *peers)
{
	free(peers->peer);
	memset(peers, 0, sizeof(*peers));
}
