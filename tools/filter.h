/* SPDX-License-Identifier: GPL-2.0 */
/* Which conflicts and events are wanted. */
#ifndef IPVSDUMMY_FILTER_H
#define IPVSDUMMY_FILTER_H

#include <stdbool.h>
#include <stdint.h>

#include "record.h"
#include "words.h"

/**
 * struct filter - what is wanted; nothing given is everything
 * @classes: bit by enum ipvsdummy_class, 0 for all
 * @events: bit by enum ipvsdummy_event, 0 for all
 * @devs: names
 * @dev_count: their number, 0 for all
 */
struct filter {
	uint32_t classes;
	uint32_t events;
	const char **devs;
	unsigned int dev_count;
};

bool filter_add_words(uint32_t *bits, const struct words *words, char *list);
bool filter_add_devs(struct filter *filter, char *list);
void filter_free(struct filter *filter);
bool filter_passes(const struct filter *filter, const struct record *record);

#endif
