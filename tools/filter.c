// SPDX-License-Identifier: GPL-2.0
#include <stdlib.h>
#include <string.h>

#include "fail.h"
#include "filter.h"

/**
 * filter_add_words - want the words of a comma list
 * @bits: set by value
 * @words: what can be in the list
 * @list: taken apart
 *
 * Return: whether all words are known; what is not has been said.
 */
bool filter_add_words(uint32_t *bits, const struct words *words, char *list)
{
	char *word;
	int value;

	while ((word = strsep(&list, ","))) {
		value = word_find(words, word);
		if (value < 0)
			return false;
		*bits |= UINT32_C(1) << value;
	}
	return true;
}

/**
 * filter_add_devs - want the links of a comma list
 * @filter: a filter, which keeps pointers into @list
 * @list: taken apart
 *
 * The links need not be there: they may come while following.
 *
 * Return: whether all are possible names; what is not has been said.
 */
bool filter_add_devs(struct filter *filter, char *list)
{
	const char **more;
	char *dev;

	while ((dev = strsep(&list, ","))) {
		if (!*dev || strlen(dev) > IPVSDUMMY_IFNAME_MAX) {
			fail(dev, "not an interface name");
			return false;
		}
		more = reallocarray(filter->devs, filter->dev_count + 1,
				    sizeof(*more));
		if (!more) {
			fail(dev, "out of memory");
			return false;
		}
		filter->devs = more;
		filter->devs[filter->dev_count++] = dev;
	}
	return true;
}

void filter_free(struct filter *filter)
{
	free(filter->devs);
	memset(filter, 0, sizeof(*filter));
}

static bool one_of(uint32_t bits, uint32_t value)
{
	return !bits || (value < 32 && bits & UINT32_C(1) << value);
}

/**
 * filter_passes - is a conflict or an event wanted?
 * @filter: what is wanted
 * @record: a conflict or an event
 *
 * Return: whether it is. What is about no address always is: that events are
 * missing, or that nobody guards a link.
 */
bool filter_passes(const struct filter *filter, const struct record *record)
{
	unsigned int i;

	if (!record->has[IPVSDUMMY_A_ADDRESS])
		return true;
	if (!one_of(filter->classes, record->class) ||
	    !one_of(filter->events, record->event))
		return false;
	for (i = 0; i < filter->dev_count; i++)
		if (!strcmp(filter->devs[i], record->ifname))
			return true;
	return !filter->dev_count;
}
