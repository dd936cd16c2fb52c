/* SPDX-License-Identifier: GPL-2.0 */
/* Where conflicts and events are told. */
#ifndef IPVSDUMMY_REPORT_H
#define IPVSDUMMY_REPORT_H

#include "filter.h"
#include "hook.h"
#include "ipvs.h"
#include "print.h"

/**
 * struct report - where to
 * @printer: how it is printed
 * @filter: what is told
 * @syslog: tell syslog, and print nothing
 * @journal: standard output is the journal
 * @ipvs: knows what is served
 * @hook: what is run for events, or NULL
 */
struct report {
	struct printer *printer;
	const struct filter *filter;
	bool syslog;
	bool journal;
	struct ipvs *ipvs;
	struct hook *hook;
};

void report_init(struct report *report, struct printer *printer,
		 const struct filter *filter, struct ipvs *ipvs);
void report_to_syslog(struct report *report);
void report(struct report *report, const struct record *record, bool state);

#endif
