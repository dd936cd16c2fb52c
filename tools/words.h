/* SPDX-License-Identifier: GPL-2.0 */
/* The words of the family's enums, and how words may be abbreviated. */
#ifndef IPVSDUMMY_WORDS_H
#define IPVSDUMMY_WORDS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* What the monitor says of itself: there is no module to say anything; nobody
 * judges the addresses of a link. No kernel's numbers.
 */
#define EVENT_UNAVAILABLE	0
#define EVENT_UNGUARDED		31

/**
 * struct words - the words for the values of an enum
 * @what: what they are words for, with its article
 * @word: word by value, NULL where there is no such value
 * @count: length of @word
 */
struct words {
	const char *what;
	const char *const *word;
	size_t count;
};

extern const struct words class_words;
extern const struct words action_words;
extern const struct words mode_words;
extern const struct words severity_words;
extern const struct words evidence_words;
extern const struct words event_words;
extern const struct words watch_reason_words;
extern const struct words arp_reply_words;
extern const struct words probe_words;
extern const struct words claim_words;
extern const struct words station_words;
extern const struct words protocol_words;

bool word_is_known(const struct words *words, uint32_t value);
const char *word_of(const struct words *words, uint32_t value);
int word_find(const struct words *words, const char *arg);

#endif
