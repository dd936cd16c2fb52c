/* SPDX-License-Identifier: GPL-2.0 */
/* Rules of links: prefixes with an action. */
#ifndef IPVSDUMMY_RULE_H
#define IPVSDUMMY_RULE_H

#include <stdbool.h>

#include "nl.h"
#include "record.h"
#include "text.h"

/**
 * struct rule - a rule, or what is to be done about one
 * @prefix: its first address, in network byte order
 * @prefixlen: its length
 * @action: enum ipvsdummy_action
 * @any_action: no action was given, where none is needed
 * @op: enum ipvsdummy_rule_op
 * @ifindex: of the link that has it
 * @ifname: of the link that has it
 * @line: of the file that it was read from
 * @end: where its attribute ends in the request
 */
struct rule {
	struct blob prefix;
	uint32_t prefixlen;
	uint32_t action;
	bool any_action;
	uint32_t op;
	uint32_t ifindex;
	char ifname[RECORD_STRING];
	size_t line;
	uint32_t end;
};

struct rules {
	struct rule *rule;
	size_t count;
	size_t room;
};

bool rule_parse(struct rule *rule, const char **dev, int argc, char **argv);
void rule_text(char dst[static TEXT_PREFIX], const struct rule *rule);
int rule_cmp(const struct rule *a, const struct rule *b);
int rule_put(struct nl *nl, struct rule *rule);

int rules_add(struct rules *rules, const struct rule *rule);
const struct rule *rules_find(const struct rules *rules,
			      const struct rule *key);
int rules_query(struct nl *nl, const char *dev, struct rules *rules);
void rules_free(struct rules *rules);

#endif
