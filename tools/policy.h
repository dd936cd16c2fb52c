/* SPDX-License-Identifier: GPL-2.0 */
/* The whole policy of a link: as it is, as a file wants it, the difference. */
#ifndef IPVSDUMMY_POLICY_H
#define IPVSDUMMY_POLICY_H

#include "lines.h"
#include "nl.h"
#include "record.h"
#include "rule.h"
#include "settings.h"

/**
 * struct watch_name - a name to be watched or excluded
 * @name: the name
 * @exclude: exclude it
 * @line: of the file that it was read from
 */
struct watch_name {
	char name[RECORD_STRING];
	bool exclude;
	size_t line;
};

/**
 * struct policy - a policy, or changes that make one out of another
 * @ifindex: of the link that has it
 * @settings: mode, actions and what it does on the wire
 * @rules: in the order of rule_cmp(); of changes, what goes is first
 * @name: names to be watched or excluded
 * @names: how many
 * @unknown: the kernel told more than this program knows
 */
struct policy {
	uint32_t ifindex;
	struct setting settings[SETTINGS_MAX];
	struct rules rules;
	struct watch_name *name;
	size_t names;
	bool unknown;
};

int policy_query(struct nl *nl, const char *dev, struct policy *policy);
bool policy_read_line(struct policy *policy, const struct lines *lines,
		      const char *dev);
bool policy_complete(struct policy *policy, const char *file);
bool policy_read(struct policy *policy, const char *file, const char *dev);
int policy_diff(const struct policy *is, const struct policy *wanted,
		struct policy *changes);
bool policy_is_empty(const struct policy *changes);
void policy_free(struct policy *policy);

#endif
