// SPDX-License-Identifier: GPL-2.0
#include <linux/ipvsdummy.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>

#include "fail.h"
#include "words.h"

#define CANDIDATES_MAX	256

#define WORDS(_what, _word) {						\
	.what = _what,							\
	.word = _word,							\
	.count = sizeof(_word) / sizeof((_word)[0]),			\
}

static const char *const class_word[] = {
	[IPVSDUMMY_CLASS_HOST] = "host",
	[IPVSDUMMY_CLASS_ONLINK] = "onlink",
	[IPVSDUMMY_CLASS_RULE] = "rule",
	[IPVSDUMMY_CLASS_GATEWAY] = "gateway",
	[IPVSDUMMY_CLASS_NEIGH] = "neigh",
};

const struct words class_words = WORDS("a class", class_word);

static const char *const action_word[] = {
	[IPVSDUMMY_ACTION_ALLOW] = "allow",
	[IPVSDUMMY_ACTION_FLAG] = "flag",
	[IPVSDUMMY_ACTION_REJECT] = "reject",
	[IPVSDUMMY_ACTION_SKIP] = "skip",
	[IPVSDUMMY_ACTION_VERIFY] = "verify",
};

const struct words action_words = WORDS("an action", action_word);

static const char *const mode_word[] = {
	[IPVSDUMMY_MODE_ENFORCE] = "enforce",
	[IPVSDUMMY_MODE_AUDIT] = "audit",
};

const struct words mode_words = WORDS("a mode", mode_word);

static const char *const severity_word[] = {
	[IPVSDUMMY_SEVERITY_INFO] = "info",
	[IPVSDUMMY_SEVERITY_WARNING] = "warning",
	[IPVSDUMMY_SEVERITY_CRITICAL] = "critical",
};

const struct words severity_words = WORDS("a severity", severity_word);

static const char *const evidence_word[] = {
	[IPVSDUMMY_EVIDENCE_ADDRESS] = "address",
	[IPVSDUMMY_EVIDENCE_RULE] = "rule",
	[IPVSDUMMY_EVIDENCE_ROUTE] = "route",
	[IPVSDUMMY_EVIDENCE_NEIGH] = "neigh",
	[IPVSDUMMY_EVIDENCE_ARP] = "arp",
	[IPVSDUMMY_EVIDENCE_ND] = "nd",
	[IPVSDUMMY_EVIDENCE_PROBE] = "probe",
};

const struct words evidence_words = WORDS("an evidence", evidence_word);

static const char *const event_word[] = {
	[EVENT_UNAVAILABLE] = "unavailable",
	[IPVSDUMMY_EVENT_REJECTED] = "rejected",
	[IPVSDUMMY_EVENT_SKIPPED] = "skipped",
	[IPVSDUMMY_EVENT_FLAGGED] = "flagged",
	[IPVSDUMMY_EVENT_CHANGED] = "changed",
	[IPVSDUMMY_EVENT_RESOLVED] = "resolved",
	[IPVSDUMMY_EVENT_LOST] = "lost",
	[EVENT_UNGUARDED] = "unguarded",
};

const struct words event_words = WORDS("an event", event_word);

static const char *const watch_reason_word[] = {
	[IPVSDUMMY_WATCH_REASON_PHYSICAL] = "physical",
	[IPVSDUMMY_WATCH_REASON_STACKED] = "stacked",
	[IPVSDUMMY_WATCH_REASON_NAMED] = "named",
};

const struct words watch_reason_words = WORDS("a reason", watch_reason_word);

static const char *const arp_reply_word[] = {
	[IPVSDUMMY_ARP_REPLY_NORMAL] = "normal",
	[IPVSDUMMY_ARP_REPLY_UNCONTESTED] = "uncontested",
	[IPVSDUMMY_ARP_REPLY_NEVER] = "never",
};

const struct words arp_reply_words = WORDS("a way to reply", arp_reply_word);

static const char *const probe_word[] = {
	[IPVSDUMMY_PROBE_OFF] = "off",
	[IPVSDUMMY_PROBE_ON] = "on",
};

const struct words probe_words = WORDS("on or off", probe_word);

static const char *const claim_word[] = {
	[IPVSDUMMY_CLAIM_REQUEST] = "request",
	[IPVSDUMMY_CLAIM_REPLY] = "reply",
	[IPVSDUMMY_CLAIM_GRATUITOUS] = "gratuitous",
	[IPVSDUMMY_CLAIM_PROBE] = "probe",
	[IPVSDUMMY_CLAIM_ADVERT] = "advert",
};

const struct words claim_words = WORDS("a claim", claim_word);

static const char *const station_word[] = {
	[IPVSDUMMY_STATION_VRRP] = "vrrp",
	[IPVSDUMMY_STATION_PROXY] = "proxy",
};

const struct words station_words = WORDS("a kind of station", station_word);

/* What IPVS can serve, as ipvsadm calls it */
static const char *const protocol_word[] = {
	[IPPROTO_TCP] = "tcp",
	[IPPROTO_UDP] = "udp",
	[IPPROTO_SCTP] = "sctp",
};

const struct words protocol_words = WORDS("a protocol", protocol_word);

/**
 * word_of - the word for a value
 * @words: of what
 * @value: a value, maybe one that only a newer kernel knows
 *
 * Return: the word, UNKNOWN if there is none.
 */
const char *word_of(const struct words *words, uint32_t value)
{
	return word_is_known(words, value) ? words->word[value] : "UNKNOWN";
}

bool word_is_known(const struct words *words, uint32_t value)
{
	return value < words->count && words->word[value];
}

/* Lists the words that begin with so many characters of arg */
static const char *candidates(const struct words *words, const char *arg,
			      size_t len)
{
	static char list[CANDIDATES_MAX];
	size_t i, used = 0;

	list[0] = '\0';
	for (i = 0; i < words->count; i++) {
		if (!words->word[i] || strncmp(words->word[i], arg, len))
			continue;
		used += snprintf(list + used, sizeof(list) - used, "%s%s",
				 used ? ", " : "", words->word[i]);
		if (used >= sizeof(list))
			break;
	}
	return list;
}

/**
 * word_find - the value that a word, or an unambiguous prefix of it, stands for
 * @words: of what
 * @arg: what the user wrote
 *
 * Return: the value, or -1 when that is none, which has been said then.
 */
int word_find(const struct words *words, const char *arg)
{
	size_t i, len = strlen(arg);
	unsigned int matches = 0;
	int value = -1;

	for (i = 0; len && i < words->count; i++) {
		if (!words->word[i] || strncmp(words->word[i], arg, len))
			continue;
		if (!words->word[i][len])
			return i;
		value = i;
		matches++;
	}
	if (matches == 1)
		return value;

	if (matches)
		fail(arg, "ambiguous: %s", candidates(words, arg, len));
	else
		fail(arg, "not %s: %s", words->what, candidates(words, "", 0));
	return -1;
}
