// SPDX-License-Identifier: GPL-2.0
/* ipvsdummy-mon: tells which addresses are in conflict. */
#include <errno.h>
#include <getopt.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "advice.h"
#include "fail.h"
#include "follow.h"
#include "query.h"

#define EXIT_CONFLICTS	1

static const char usage[] =
"Usage: ipvsdummy-mon [OPTIONS]\n"
"\n"
"Without --follow, list the conflicts now. Exit 0 if there is none of severity\n"
"warning or higher, 1 if there is, 2 if that is not to be known.\n"
"\n"
"  -f, --follow              then every event, until a signal\n"
"  -j, --json                one JSON object a line\n"
"      --advise              what to do about each, with manifests to paste\n"
"      --dev DEV             only of these links\n"
"      --class CLASS         only these: host, gateway, neigh, onlink, rule\n"
"      --event EVENT         only these: rejected, skipped, flagged, changed,\n"
"                            resolved\n"
"      --min-severity LEVEL  exit 1 from this on: info, warning, critical\n"
"      --color[=WHEN]        always, never, or auto: on a terminal\n"
"  -h, --help                this\n"
"  -V, --version             the version\n"
"\n"
"With --follow:\n"
"      --since SEQ|TIME      begin with the events after this one, or after\n"
"                            2026-11-24T08:30:00Z\n"
"      --cursor FILE         begin where the last one ended, and keep that there\n"
"      --syslog              tell syslog, print nothing\n"
"      --exec PROGRAM        run it for every event\n"
"      --exec-jobs NUMBER    so many at the same time (4)\n"
"      --exec-timeout SEC    end it after that (30)\n"
"      --status FILE         keep the state there, as JSON\n"
"      --metrics FILE        keep metrics there, for Prometheus\n"
"\n"
"DEV, CLASS and EVENT may be comma lists. What is about no address is told in\n"
"any case: events are lost, there is no module, nobody guards a link.\n";

enum when { WHEN_AUTO, WHEN_ALWAYS, WHEN_NEVER };

static const char *const when_word[] = { "auto", "always", "never" };
static const struct words when_words = { "a time for colour", when_word, 3 };

struct options {
	bool follow;
	bool json;
	bool advise;
	bool syslog;
	int color;
	int min_severity;
	struct filter filter;
	struct cursor since;
	const char *cursor;
	const char *exec;
	unsigned int exec_jobs;
	unsigned int exec_timeout;
	const char *status;
	const char *metrics;
	const char *needs_follow;
};

static bool use_color(int when)
{
	const char *no_color = getenv("NO_COLOR");

	if (when != WHEN_AUTO)
		return when == WHEN_ALWAYS;
	return isatty(STDOUT_FILENO) && !(no_color && *no_color);
}

/**
 * struct listing - the conflicts now
 * @options: what to tell of them
 * @report: where
 * @conflicts: the conflicts, and links that nobody guards
 */
struct listing {
	const struct options *options;
	struct report *report;
	struct records conflicts;
};

/* On what was listed */
static void put_advice(const struct listing *listing)
{
	const struct options *options = listing->options;
	struct ipvs *ipvs = listing->report->ipvs;
	const struct record *conflict;
	uint32_t topics = 0;
	size_t i;

	for (i = 0; i < listing->conflicts.count; i++) {
		conflict = &listing->conflicts.record[i];
		if (filter_passes(&options->filter, conflict))
			advice_add(&topics, conflict);
	}
	advice_put(topics);
	for (i = 0; options->advise && i < listing->conflicts.count; i++) {
		conflict = &listing->conflicts.record[i];
		if (conflict->has[IPVSDUMMY_A_ADDRESS] &&
		    filter_passes(&options->filter, conflict))
			advice_put_manifests(conflict, ipvs_served
					     (ipvs, &conflict->address));
	}
}

static int print_listing(const struct listing *listing)
{
	const struct records *conflicts = &listing->conflicts;
	const struct record *end = conflicts->record + conflicts->count;
	const struct options *options = listing->options;
	struct printer *printer = listing->report->printer;
	const struct record *conflict;
	int ret = EXIT_SUCCESS;
	size_t count = 0;

	for (conflict = conflicts->record; conflict < end; conflict++) {
		if (!filter_passes(&options->filter, conflict))
			continue;
		count++;
		print_fit(printer, conflict);
		if (conflict->severity >= (uint32_t)options->min_severity)
			ret = EXIT_CONFLICTS;
	}
	if (count && !printer->json && isatty(STDOUT_FILENO))
		print_header(printer);
	for (conflict = conflicts->record; conflict < end; conflict++)
		report(listing->report, conflict, true);
	if (!printer->json)
		put_advice(listing);
	return ret;
}

static void add_unguarded(const struct record *record, void *data)
{
	if (record->event == EVENT_UNGUARDED)
		records_add(data, record);
}

/* Beside the module a holder has made a dummy */
static int find_unguarded(struct records *conflicts)
{
	static struct guarded guarded;
	int err;

	err = guarded_open(&guarded);
	if (!err)
		err = guarded_look(&guarded, add_unguarded, conflicts);
	guarded_close(&guarded);
	return err;
}

static int list_absent(struct printer *printer)
{
	struct record unavailable;

	if (printer->json) {
		make_unavailable(&unavailable);
		print_record(printer, &unavailable);
		finish(EXIT_ERROR);
	}
	return fail_absent();
}

static int list(struct report *report, const struct options *options)
{
	struct listing listing = { options, report, {} };
	static struct nl nl;
	struct record status;
	int err, ret;

	err = nl_open(&nl);
	if (err)
		return fail("netlink", "%s", strerror(-err));
	err = nl_find_family(&nl, IPVSDUMMY_GENL_NAME);
	if (!err)
		err = query_status(&nl, &status);
	if (!err)
		err = query_conflicts(&nl, &listing.conflicts);
	if (!err)
		err = find_unguarded(&listing.conflicts);

	if (err == -ENOENT) {	/* also when it goes away right now */
		ret = list_absent(report->printer);
	} else if (err) {
		ret = fail("conflicts", "%s", nl_error(&nl, err));
	} else {
		if (status.unrecorded)
			fail(NULL, "there was no room for %" PRIu64
			     " conflicts", status.unrecorded);
		ret = finish(print_listing(&listing));
	}
	records_free(&listing.conflicts);
	return ret;
}

enum {
	OPT_DEV = 256, OPT_CLASS, OPT_EVENT, OPT_MIN_SEVERITY, OPT_COLOR,
	OPT_ADVISE,
	OPT_FOLLOW,	/* those after it need --follow */
	OPT_SINCE = OPT_FOLLOW, OPT_CURSOR, OPT_SYSLOG, OPT_EXEC,
	OPT_EXEC_JOBS, OPT_EXEC_TIMEOUT, OPT_STATUS, OPT_METRICS,
};

static const struct option long_options[] = {
	{ "follow", no_argument, NULL, 'f' },
	{ "json", no_argument, NULL, 'j' },
	{ "advise", no_argument, NULL, OPT_ADVISE },
	{ "dev", required_argument, NULL, OPT_DEV },
	{ "class", required_argument, NULL, OPT_CLASS },
	{ "event", required_argument, NULL, OPT_EVENT },
	{ "min-severity", required_argument, NULL, OPT_MIN_SEVERITY },
	{ "color", optional_argument, NULL, OPT_COLOR },
	{ "since", required_argument, NULL, OPT_SINCE },
	{ "cursor", required_argument, NULL, OPT_CURSOR },
	{ "syslog", no_argument, NULL, OPT_SYSLOG },
	{ "exec", required_argument, NULL, OPT_EXEC },
	{ "exec-jobs", required_argument, NULL, OPT_EXEC_JOBS },
	{ "exec-timeout", required_argument, NULL, OPT_EXEC_TIMEOUT },
	{ "status", required_argument, NULL, OPT_STATUS },
	{ "metrics", required_argument, NULL, OPT_METRICS },
	{ "help", no_argument, NULL, 'h' },
	{ "version", no_argument, NULL, 'V' },
	{}
};

static const char *name_of(int option)
{
	const struct option *o = long_options;

	while (o->val != option)
		o++;
	return o->name;
}

static bool take_number(unsigned int *number, const char *arg,
			unsigned int max)
{
	unsigned long value;
	char *end;

	errno = 0;
	value = strtoul(arg, &end, 10);
	if (*arg < '0' || *arg > '9' || *end || errno || !value ||
	    value > max) {
		fail(arg, "not a number from 1 to %u", max);
		return false;
	}
	*number = value;
	return true;
}

/* Returns whether the option's argument is good; what is not has been said */
static bool take_follow_option(struct options *options, int option,
			       const char *arg)
{
	switch (option) {
	case OPT_SINCE:
		return !cursor_parse(&options->since, arg);
	case OPT_CURSOR:
		options->cursor = arg;
		break;
	case OPT_SYSLOG:
		options->syslog = true;
		break;
	case OPT_EXEC:
		options->exec = arg;
		break;
	case OPT_EXEC_JOBS:
		return take_number(&options->exec_jobs, arg, HOOK_JOBS_MAX);
	case OPT_EXEC_TIMEOUT:
		return take_number(&options->exec_timeout, arg, 86400);
	case OPT_STATUS:
		options->status = arg;
		break;
	case OPT_METRICS:
		options->metrics = arg;
		break;
	}
	return true;
}

/* Returns whether the option's argument is good; what is not has been said */
static bool take_option(struct options *options, int option, char *arg)
{
	struct filter *filter = &options->filter;

	if (option >= OPT_FOLLOW) {
		options->needs_follow = name_of(option);
		return take_follow_option(options, option, arg);
	}
	switch (option) {
	case 'f':
		options->follow = true;
		return true;
	case 'j':
		options->json = true;
		return true;
	case OPT_ADVISE:
		options->advise = true;
		return true;
	case OPT_DEV:
		return filter_add_devs(filter, arg);
	case OPT_CLASS:
		return filter_add_words(&filter->classes, &class_words, arg);
	case OPT_EVENT:
		return filter_add_words(&filter->events, &event_words, arg);
	case OPT_MIN_SEVERITY:
		options->min_severity = word_find(&severity_words, arg);
		return options->min_severity >= 0;
	case OPT_COLOR:
		options->color = arg ? word_find(&when_words, arg) :
				 WHEN_ALWAYS;
		return options->color >= 0;
	case 'h':
		fputs(usage, stdout);
		exit(finish(EXIT_SUCCESS));
	case 'V':
		puts("ipvsdummy-mon " IPVSDUMMY_VERSION);
		exit(finish(EXIT_SUCCESS));
	}
	return false;	/* getopt has said why */
}

static int follow_with(struct report *report, const struct options *options)
{
	struct status status = {
		.file = options->status,
		.metrics = options->metrics,
		.min_severity = options->min_severity,
	};
	struct follow_plan plan = {
		.report = report,
		.status = &status,
		.since = options->since,
		.cursor = options->cursor,
	};
	static struct hook hook;
	int ret = 0;

	if (options->exec) {
		ret = hook_init(&hook, options->exec);
		if (options->exec_jobs)
			hook.jobs = options->exec_jobs;
		if (options->exec_timeout)
			hook.timeout = 1000 * options->exec_timeout;
		report->hook = &hook;
		status.hook = &hook;
	}
	if (ret)
		return ret;
	if (options->syslog)
		report_to_syslog(report);
	return follow(&plan);
}

static int check_options(const struct options *options)
{
	if (options->needs_follow && !options->follow)
		return fail(options->needs_follow, "needs --follow");
	if ((options->exec_jobs || options->exec_timeout) && !options->exec)
		return fail(NULL, "no program to run: --exec");
	if (options->advise && (options->follow || options->json))
		return fail(NULL, "--advise is for the listing");
	return 0;
}

int main(int argc, char **argv)
{
	struct options options = {
		.min_severity = IPVSDUMMY_SEVERITY_WARNING,
	};
	static struct ipvs ipvs;
	struct printer printer;
	struct report report;
	int option, ret;

	ret = begin();
	if (ret)
		return ret;
	while ((option = getopt_long(argc, argv, "fjhV", long_options,
				     NULL)) >= 0) {
		if (!take_option(&options, option, optarg)) {
			ret = EXIT_ERROR;
			goto free_filter;
		}
	}
	ret = optind < argc ? fail(argv[optind], "no arguments expected") :
			      check_options(&options);
	if (ret)
		goto free_filter;

	ipvs_open(&ipvs);
	print_init(&printer, options.json, use_color(options.color));
	report_init(&report, &printer, &options.filter, &ipvs);
	ret = options.follow ? follow_with(&report, &options) :
			       list(&report, &options);
	ipvs_close(&ipvs);
free_filter:
	filter_free(&options.filter);
	return ret;
}
