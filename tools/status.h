/* SPDX-License-Identifier: GPL-2.0 */
/* Files that tell other programs how things are. */
#ifndef IPVSDUMMY_STATUS_H
#define IPVSDUMMY_STATUS_H

#include <stdbool.h>
#include <stdint.h>

#include "guarded.h"
#include "hook.h"
#include "nl.h"
#include "tally.h"

/**
 * struct status - what is told, and where
 * @file: name of the file for scripts, JSON, or NULL
 * @metrics: name of the file for Prometheus, or NULL
 * @min_severity: of a conflict that makes the exit status 1
 * @guarded: the links
 * @hook: what is run for events, or NULL
 * @events: those that were told since the start
 * @lost: those that were not to be had
 * @due: when to write again, ms, monotonic; 0 if nothing has changed
 * @written: when they were written
 * @took: how long that took, ms
 * @file_failed: that the one cannot be written has been said
 * @metrics_failed: the other
 */
struct status {
	const char *file;
	const char *metrics;
	uint32_t min_severity;
	const struct guarded *guarded;
	const struct hook *hook;
	struct tally events;
	uint64_t lost;
	uint64_t due;
	uint64_t written;
	uint64_t took;
	bool file_failed;
	bool metrics_failed;
};

void status_event(struct status *status, const struct record *event);
void status_changed(struct status *status);
int status_wait(const struct status *status);
void status_write(struct status *status, struct nl *nl, bool available);

#endif
