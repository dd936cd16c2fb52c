// SPDX-License-Identifier: GPL-2.0
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <syslog.h>
#include <unistd.h>

#include "report.h"
#include "words.h"

/* systemd.exec(5), JOURNAL_STREAM */
static bool is_journal(int fd)
{
	const char *stream = getenv("JOURNAL_STREAM");
	uint64_t device, inode;
	struct stat st;

	return stream && !fstat(fd, &st) &&
	       sscanf(stream, "%" SCNu64 ":%" SCNu64, &device, &inode) == 2 &&
	       st.st_dev == device && st.st_ino == inode;
}

/**
 * report_init - tell it on standard output
 * @report: filled in
 * @printer: how
 * @filter: which
 * @ipvs: knows what is served
 */
void report_init(struct report *report, struct printer *printer,
		 const struct filter *filter, struct ipvs *ipvs)
{
	*report = (struct report) {
		.printer = printer,
		.filter = filter,
		.ipvs = ipvs,
		.journal = is_journal(STDOUT_FILENO),
	};
}

/**
 * report_to_syslog - tell it to syslog instead
 * @report: initialised
 */
void report_to_syslog(struct report *report)
{
	report->syslog = true;
	openlog("ipvsdummy-mon", LOG_PID, LOG_DAEMON);
}

static int priority_of(const struct record *record)
{
	if (record->event == IPVSDUMMY_EVENT_RESOLVED)
		return LOG_NOTICE;
	if (record->event == IPVSDUMMY_EVENT_LOST)
		return LOG_WARNING;
	switch (record->severity) {
	case IPVSDUMMY_SEVERITY_INFO:
		return LOG_INFO;
	case IPVSDUMMY_SEVERITY_WARNING:
		return LOG_WARNING;
	}
	return LOG_ERR;
}

/* As the kernel log has it */
static void log_record(const struct record *record)
{
	char dev[TEXT_NAME], text[TEXT_ESCAPED(MESSAGE_MAX)];
	char message[MESSAGE_MAX];

	text_escape(dev, sizeof(dev), record->ifname);
	record_message(message, record);
	text_escape(text, sizeof(text), message);
	syslog(priority_of(record), "%s%s%s", dev, *dev ? ": " : "", text);
}

/**
 * report - tell of a conflict or an event
 * @report: initialised
 * @record: the conflict or the event
 * @state: it is a conflict that there is, not an event that happened
 */
void report(struct report *report, const struct record *record, bool state)
{
	struct record told;

	if (!filter_passes(report->filter, record))
		return;
	told = *record;
	if (record->has[IPVSDUMMY_A_ADDRESS])
		told.served = ipvs_served(report->ipvs, &record->address);
	if (report->syslog) {
		log_record(&told);
	} else {
		if (report->journal)
			printf("<%d>", priority_of(&told));
		report->printer->state = state;
		print_record(report->printer, &told);
	}
	if (report->hook && !state)
		hook_add(report->hook, &told);
}
