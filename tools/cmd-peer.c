// SPDX-License-Identifier: GPL-2.0
/* peer: the stations whose claims are no conflict. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ctl.h"
#include "fail.h"
#include "lines.h"
#include "peer.h"
#include "words.h"

static json_t *json_peer(const struct peer *peer)
{
	char lladdr[TEXT_LLADDR], prefix[TEXT_PREFIX];

	if (peer->lladdr.len) {
		text_lladdr(lladdr, &peer->lladdr);
		return json_pack("{s:s}", "lladdr", lladdr);
	}
	text_prefix(prefix, &peer->prefix, peer->prefixlen);
	return json_pack("{s:s, s:s}",
			 "family", peer->prefix.len == 4 ? "inet" : "inet6",
			 "prefix", prefix);
}

static int print_peers(const struct ctl *ctl, const struct peers *peers)
{
	char text[PEER_TEXT];
	json_t *json;
	size_t i;

	if (ctl->json) {
		json = json_array();
		for (i = 0; i < peers->count; i++)
			json_array_append_new(json, json_peer(&peers->peer[i]));
		return ctl_put(ctl, json, EXIT_SUCCESS);
	}
	for (i = 0; i < peers->count; i++) {
		peer_text(text, &peers->peer[i]);
		puts(text);
	}
	return finish(EXIT_SUCCESS);
}

static int peer_list(struct ctl *ctl)
{
	struct peers peers = {};
	int ret;

	ret = ctl_open(ctl);
	if (ret)
		return ret;
	ret = peers_query(&ctl->nl, &peers);
	ret = ret ? ctl_fail(ctl, "peers", ret) : print_peers(ctl, &peers);
	peers_free(&peers);
	return ret;
}

/* Says what the kernel did not like, by its place in the request */
static int fail_set(const struct ctl *ctl, const char *file,
		    const struct peers *peers, uint32_t begin, int err)
{
	struct place place = { .file = file };
	const struct peer *peer = peers->peer;
	char text[PEER_TEXT] = "peers";

	if (ctl->nl.offset >= begin)
		for (; peer < peers->peer + peers->count; peer++) {
			if (ctl->nl.offset >= peer->end)
				continue;
			peer_text(text, peer);
			place.line = peer->line;
			break;
		}
	fail_enter(&place);
	ctl_fail(ctl, text, err);
	fail_leave(&place);
	return EXIT_ERROR;
}

/* All of them or none: one request */
static int set_peers(struct ctl *ctl, const char *file, struct peers *peers,
		     bool flush)
{
	struct nlmsghdr *nlh;
	uint32_t begin;
	int err = 0;
	size_t i;

	nlh = nl_request(&ctl->nl, IPVSDUMMY_CMD_PEER_SET, 0);
	if (flush)
		mnl_attr_put(nlh, IPVSDUMMY_A_FLUSH_PEERS, 0, NULL);
	begin = nlh->nlmsg_len;
	for (i = 0; !err && i < peers->count; i++)
		err = peer_put(&ctl->nl, &peers->peer[i]);
	if (err)
		return fail(NULL, "%s", strerror(-err));
	err = nl_talk(&ctl->nl, NULL, NULL);
	return err ? fail_set(ctl, file, peers, begin, err) : EXIT_SUCCESS;
}

static int peer_change(struct ctl *ctl, uint32_t op, const char *text)
{
	struct peer peer = { .op = op };
	struct peers peers = { .peer = &peer, .count = 1 };
	int ret;

	if (!peer_parse(&peer, text))
		return EXIT_ERROR;
	ret = ctl_open(ctl);
	return ret ? ret : set_peers(ctl, NULL, &peers, false);
}

static int peer_flush(struct ctl *ctl)
{
	struct peers none = {};
	int ret = ctl_open(ctl);

	return ret ? ret : set_peers(ctl, NULL, &none, true);
}

static bool read_peer(void *peers, const struct lines *lines)
{
	if (lines->count > 1) {
		fail(lines->word[1], "one peer a line");
		return false;
	}
	return peers_add_word(peers, lines->word[0], lines->place.line);
}

static int cmp_lines(const void *a, const void *b)
{
	const struct peer *first = a, *second = b;
	int order = peer_cmp(first, second);

	return order ? order : first->line < second->line ? -1 : 1;
}

/* Sorts the peers, and finds doubled ones */
static bool sort_peers(struct peers *peers, const char *file)
{
	struct place place = { .file = file };
	const struct peer *peer;
	char text[PEER_TEXT];
	size_t i;

	if (peers->count)
		qsort(peers->peer, peers->count, sizeof(*peer), cmp_lines);
	for (i = 1; i < peers->count; i++) {
		peer = &peers->peer[i];
		if (peer_cmp(peer, peer - 1))
			continue;
		peer_text(text, peer);
		place.line = peer->line;
		fail_enter(&place);
		fail(text, "given twice, before in line %zu", peer[-1].line);
		fail_leave(&place);
		return false;
	}
	return true;
}

static bool read_peers(struct peers *peers, const char *file)
{
	return lines_each(file, read_peer, peers) && sort_peers(peers, file);
}

/**
 * peers_make - have these peers, and no others
 * @ctl: with a socket
 * @file: that they are from
 * @peers: the peers; each remembers its place
 *
 * Return: 0, or an exit code when the reason has been said.
 */
int peers_make(struct ctl *ctl, const char *file, struct peers *peers)
{
	return set_peers(ctl, file, peers, true);
}

static int peer_sync(struct ctl *ctl, const char *file)
{
	struct peers peers = {};
	int ret = EXIT_ERROR;

	if (!strcmp(file, "-") && !ctl_has_stdin(ctl))
		return EXIT_ERROR;
	if (read_peers(&peers, file))
		ret = ctl_open(ctl);
	if (!ret)
		ret = peers_make(ctl, file, &peers);
	peers_free(&peers);
	return ret;
}

enum verb { ADD, DEL, LIST, FLUSH, SYNC, VERBS };

static const char *const verb_word[VERBS] = {
	[ADD] = "add",
	[DEL] = "del",
	[LIST] = "list",
	[FLUSH] = "flush",
	[SYNC] = "sync",
};

static const struct words verb_words = {
	"what to do about peers", verb_word, VERBS
};

int cmd_peer(struct ctl *ctl, int argc, char **argv)
{
	int verb, expected;

	if (!argc)
		return fail("peer", "add, del, list, flush or sync?");
	verb = word_find(&verb_words, argv[0]);
	if (verb < 0)
		return EXIT_ERROR;
	expected = verb == LIST || verb == FLUSH ? 1 : 2;
	if (argc < expected)
		return fail(argv[0], verb == SYNC ? "with which file?" :
						    "which peer?");
	if (argc > expected)
		return fail(argv[expected], "one argument too many");
	switch (verb) {
	case ADD:
		return peer_change(ctl, IPVSDUMMY_PEER_OP_ADD, argv[1]);
	case DEL:
		return peer_change(ctl, IPVSDUMMY_PEER_OP_DEL, argv[1]);
	case FLUSH:
		return peer_flush(ctl);
	case SYNC:
		return peer_sync(ctl, argv[1]);
	}
	return peer_list(ctl);
}
