/* SPDX-License-Identifier: GPL-2.0 */
/* Follows the kernel's events. */
#ifndef IPVSDUMMY_FOLLOW_H
#define IPVSDUMMY_FOLLOW_H

#include "cursor.h"
#include "report.h"
#include "status.h"

/**
 * struct follow_plan - what to do about events
 * @report: where they are told
 * @status: the files that are kept
 * @since: begin with the events after this one, not with the conflicts now
 * @cursor: name of the file that keeps how far it is told, or NULL
 */
struct follow_plan {
	struct report *report;
	struct status *status;
	struct cursor since;
	const char *cursor;
};

void make_unavailable(struct record *record);
int follow(const struct follow_plan *plan);

#endif
