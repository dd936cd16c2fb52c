// SPDX-License-Identifier: GPL-2.0
/* ipvsdummy-mon: tells which addresses are in conflict. */
#include <errno.h>
#include <getopt.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "fail.h"
#include "filter.h"
#include "follow.h"
#include "print.h"
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
"      --dev DEV             only of these links\n"
"      --class CLASS         only these: host, gateway, neigh, onlink, rule\n"
"      --event EVENT         only these: rejected, skipped, flagged, changed,\n"
"                            resolved\n"
"      --min-severity LEVEL  exit 1 from this on: info, warning, critical\n"
"      --color[=WHEN]        always, never, or auto: on a terminal\n"
"  -h, --help                this\n"
"  -V, --version             the version\n"
"\n"
"DEV, CLASS and EVENT may be comma lists. That events got lost, or that there\n"
"is no module, is told in any case.\n";

enum when { WHEN_AUTO, WHEN_ALWAYS, WHEN_NEVER };

static const char *const when_word[] = { "auto", "always", "never" };
static const struct words when_words = { "a time for colour", when_word, 3 };

struct options {
	bool follow;
	bool json;
	int color;
	int min_severity;
	struct filter filter;
};

static bool use_color(int when)
{
	const char *no_color = getenv("NO_COLOR");

	if (when != WHEN_AUTO)
		return when == WHEN_ALWAYS;
	return isatty(STDOUT_FILENO) && !(no_color && *no_color);
}

static int print_listing(struct printer *printer, const struct options *options,
			 const struct records *conflicts)
{
	const struct record *end = conflicts->record + conflicts->count;
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
		if (filter_passes(&options->filter, conflict))
			print_record(printer, conflict);
	return ret;
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

static int list(struct printer *printer, const struct options *options)
{
	struct records conflicts = {};
	static struct nl nl;
	struct record status;
	int err, ret;

	printer->state = true;
	err = nl_open(&nl);
	if (err)
		return fail("netlink", "%s", strerror(-err));
	err = nl_find_family(&nl, IPVSDUMMY_GENL_NAME);
	if (!err)
		err = query_status(&nl, &status);
	if (!err)
		err = query_conflicts(&nl, &conflicts);

	if (err == -ENOENT) {	/* also when it goes away right now */
		ret = list_absent(printer);
	} else if (err) {
		ret = fail("conflicts", "%s", nl_error(&nl, err));
	} else {
		if (status.unrecorded)
			fail(NULL, "the conflict table has been full, %" PRIu64
			     " not recorded", status.unrecorded);
		ret = finish(print_listing(printer, options, &conflicts));
	}
	records_free(&conflicts);
	return ret;
}

enum { OPT_DEV = 256, OPT_CLASS, OPT_EVENT, OPT_MIN_SEVERITY, OPT_COLOR };

static const struct option long_options[] = {
	{ "follow", no_argument, NULL, 'f' },
	{ "json", no_argument, NULL, 'j' },
	{ "dev", required_argument, NULL, OPT_DEV },
	{ "class", required_argument, NULL, OPT_CLASS },
	{ "event", required_argument, NULL, OPT_EVENT },
	{ "min-severity", required_argument, NULL, OPT_MIN_SEVERITY },
	{ "color", optional_argument, NULL, OPT_COLOR },
	{ "help", no_argument, NULL, 'h' },
	{ "version", no_argument, NULL, 'V' },
	{}
};

/* Returns whether the option's argument is good; what is not has been said */
static bool take_option(struct options *options, int option, char *arg)
{
	struct filter *filter = &options->filter;

	switch (option) {
	case 'f':
		options->follow = true;
		return true;
	case 'j':
		options->json = true;
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

int main(int argc, char **argv)
{
	struct options options = {
		.min_severity = IPVSDUMMY_SEVERITY_WARNING,
	};
	struct printer printer;
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
	if (optind < argc) {
		ret = fail(argv[optind], "no arguments expected");
		goto free_filter;
	}

	print_init(&printer, options.json, use_color(options.color));
	ret = options.follow ? follow(&printer, &options.filter) :
			       list(&printer, &options);
free_filter:
	filter_free(&options.filter);
	return ret;
}
