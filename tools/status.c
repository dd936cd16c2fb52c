// SPDX-License-Identifier: GPL-2.0
/* The kernel is asked for everything but for what only events tell: then what is
 * in the files is right from the first second, whatever happened before.
 */
#include <errno.h>
#include <inttypes.h>
#include <jansson.h>
#include <string.h>

#include "clock.h"
#include "fail.h"
#include "print.h"
#include "query.h"
#include "replace.h"
#include "status.h"
#include "words.h"

#define STATUS_VERSION	1

/* In a burst they are not written more often, nor for more than a part of the
 * time; whoever reads them wants to know that they are not stale.
 */
#define LEAST_MSEC	1000
#define TIME_PART	10
#define MOST_MSEC	30000

/* A message, the link before it and a number behind */
#define SENTENCE_MAX	(MESSAGE_MAX + 64)

/**
 * struct summary - how things are
 * @available: there is a module
 * @module: what it tells of itself
 * @links: its links
 * @conflicts: the conflicts
 * @count: of these by severity; what is unknown is critical
 * @worst: the first of the most severe ones
 * @exit_code: as of the listing
 * @message: all of it in a sentence
 */
struct summary {
	bool available;
	struct record module;
	struct records links;
	struct tally conflicts;
	uint64_t count[IPVSDUMMY_SEVERITY_CRITICAL + 1];
	struct record worst;
	int exit_code;
	char message[TEXT_ESCAPED(SENTENCE_MAX)];
};

/**
 * status_event - count an event
 * @status: the files
 * @event: the event
 */
void status_event(struct status *status, const struct record *event)
{
	if (event->has[IPVSDUMMY_A_ADDRESS])
		tally_add(&status->events, event);
	else if (record_is_gap(event))
		status->lost += event->count;
	status_changed(status);
}

/**
 * status_changed - have the files written soon
 * @status: the files
 */
void status_changed(struct status *status)
{
	uint64_t pause = TIME_PART * status->took;

	if (status->due)
		return;
	if (pause < LEAST_MSEC)
		pause = LEAST_MSEC;
	status->due = status->written ? status->written + pause : 1;
}

/**
 * status_wait - when are the files to be written?
 * @status: the files
 *
 * Return: in so many ms, -1 if there are none.
 */
int status_wait(const struct status *status)
{
	uint64_t due = status->due, now = clock_msec();

	if (!status->file && !status->metrics)
		return -1;
	if (!due)
		due = status->written + MOST_MSEC;
	return due > now ? due - now : 0;
}

static int count_conflict(const struct record *conflict, void *data)
{
	struct summary *summary = data;
	uint32_t severity = conflict->severity;

	if (severity > IPVSDUMMY_SEVERITY_CRITICAL)
		severity = IPVSDUMMY_SEVERITY_CRITICAL;
	summary->count[severity]++;
	tally_add(&summary->conflicts, conflict);
	if (!summary->worst.has[IPVSDUMMY_A_ADDRESS] ||
	    conflict->severity > summary->worst.severity)
		summary->worst = *conflict;
	return 0;
}

static int ask(struct summary *summary, struct nl *nl)
{
	int err;

	err = query_status(nl, &summary->module);
	if (!err)
		err = query_links(nl, &summary->links);
	if (!err)
		err = query_each_conflict(nl, count_conflict, summary);
	return err;
}

static const struct guarded_name *first_bare(const struct guarded *guarded)
{
	size_t i;

	for (i = 0; i < guarded->count; i++)
		if (guarded_is_bare(&guarded->name[i]))
			return &guarded->name[i];
	return NULL;
}

/* "kube-ipvs0: rejected 10.0.0.1: host, address of eth0, and 2 more" */
static void say_worst(char dst[static SENTENCE_MAX],
		      const struct summary *summary, uint64_t count)
{
	char message[MESSAGE_MAX], more[32] = "";

	record_message(message, &summary->worst);
	if (count > 1)
		snprintf(more, sizeof(more), ", and %" PRIu64 " more",
			 count - 1);
	snprintf(dst, SENTENCE_MAX, "%s: %s%s", summary->worst.ifname, message,
		 more);
}

/* What matters most, short: others cut it */
static void conclude(struct summary *summary, const struct status *status)
{
	const struct guarded_name *bare = first_bare(status->guarded);
	char text[SENTENCE_MAX];
	uint64_t wrong = 0;
	uint32_t i;

	for (i = status->min_severity; i <= IPVSDUMMY_SEVERITY_CRITICAL; i++)
		wrong += summary->count[i];
	summary->exit_code = wrong || bare;
	if (!summary->available) {
		summary->exit_code = EXIT_ERROR;
		snprintf(text, sizeof(text),
			 "the ipvsdummy module is not loaded");
	} else if (bare) {
		snprintf(text, sizeof(text), "%s: unguarded, of kind %s",
			 bare->ifname, bare->kind);
	} else if (wrong) {
		say_worst(text, summary, wrong);
	} else {
		snprintf(text, sizeof(text), "no address in conflict");
	}
	text_escape(summary->message, sizeof(summary->message), text);
}

static json_t *json_links(const struct summary *summary)
{
	json_t *list = json_array();
	const struct record *link;
	size_t i;

	for (i = 0; i < summary->links.count; i++) {
		link = &summary->links.record[i];
		json_array_append_new(list, json_pack
			("{so ss sI}", "dev", json_name(link->ifname), "mode",
			 word_of(&mode_words, link->mode), "addresses",
			 (json_int_t)link->addresses));
	}
	return list;
}

static json_t *json_bare(const struct guarded *guarded)
{
	json_t *list = json_array();
	size_t i;

	for (i = 0; i < guarded->count; i++)
		if (guarded_is_bare(&guarded->name[i]))
			json_array_append_new(list, json_name
					      (guarded->name[i].ifname));
	return list;
}

static json_t *json_severities(const struct summary *summary)
{
	json_t *json = json_object();
	uint32_t i;

	for (i = IPVSDUMMY_SEVERITY_INFO; i <= IPVSDUMMY_SEVERITY_CRITICAL; i++)
		json_object_set_new(json, word_of(&severity_words, i),
				    json_integer(summary->count[i]));
	return json;
}

static json_t *json_status(const struct status *status,
			   const struct summary *summary)
{
	char now[TEXT_TIME], instance[17];
	json_t *json;

	text_time_utc(now, clock_real());
	json = json_pack("{si, ss, ss, si, ss, ss}", "v", STATUS_VERSION,
			 "time", now, "state", summary->available ?
			 "following" : "unavailable", "exit",
			 summary->exit_code, "message", summary->message,
			 "monitor", IPVSDUMMY_VERSION);
	if (summary->available) {
		snprintf(instance, sizeof(instance), "%016" PRIx64,
			 summary->module.instance);
		json_object_set_new(json, "module", json_name
				    (summary->module.version));
		json_object_set_new(json, "instance", json_string(instance));
		json_object_set_new(json, "seq",
				    json_integer(summary->module.seq));
	}
	json_object_set_new(json, "conflicts", json_severities(summary));
	json_object_set_new(json, "unrecorded",
			    json_integer(summary->module.unrecorded));
	json_object_set_new(json, "lost", json_integer(status->lost));
	json_object_set_new(json, "links", json_links(summary));
	json_object_set_new(json, "unguarded", json_bare(status->guarded));
	return json;
}

static int write_status(const struct status *status,
			const struct summary *summary)
{
	struct replace replace;
	json_t *json;
	int err;

	err = replace_begin(&replace, status->file);
	if (err)
		return err;
	json = json_status(status, summary);
	json_dumpf(json, replace.out, JSON_INDENT(2) | JSON_ENSURE_ASCII);
	json_decref(json);
	fputc('\n', replace.out);
	return replace_end(&replace);
}

/* A value of a label: printable, and quoted once more */
static const char *label(char dst[static 2 * TEXT_NAME], const char *name)
{
	char escaped[TEXT_NAME], *end = dst;
	const char *c;

	text_escape(escaped, sizeof(escaped), name);
	for (c = escaped; *c; c++) {
		if (*c == '\\' || *c == '"')
			*end++ = '\\';
		*end++ = *c;
	}
	*end = '\0';
	return dst;
}

static void put_family(FILE *out, const char *name, const char *type,
		       const char *help)
{
	fprintf(out, "# HELP ipvsdummy_%s %s\n# TYPE ipvsdummy_%s %s\n", name,
		help, name, type);
}

static void put_number(FILE *out, const char *name, const char *type,
		       const char *help, uint64_t value)
{
	put_family(out, name, type, help);
	fprintf(out, "ipvsdummy_%s %" PRIu64 "\n", name, value);
}

static uint64_t link_mode(const struct record *link)
{
	return link->mode == IPVSDUMMY_MODE_ENFORCE;
}

static uint64_t link_addresses(const struct record *link)
{
	return link->addresses;
}

static uint64_t link_events(const struct record *link)
{
	return link->events;
}

static void put_links(FILE *out, const struct summary *summary,
		      const char *name, const char *type, const char *help,
		      uint64_t (*value)(const struct record *link))
{
	const struct record *link = summary->links.record;
	const struct record *end = link + summary->links.count;
	char dev[2 * TEXT_NAME];

	put_family(out, name, type, help);
	for (; link < end; link++)
		fprintf(out, "ipvsdummy_%s{dev=\"%s\"} %" PRIu64 "\n", name,
			label(dev, link->ifname), value(link));
}

/* One that is gone is not guarded either */
static void put_guarded(FILE *out, const struct guarded *guarded)
{
	const struct guarded_name *name = guarded->name;
	const struct guarded_name *end = name + guarded->count;
	char dev[2 * TEXT_NAME];

	put_family(out, "link_guarded", "gauge",
		   "Whether a link of kind ipvsdummy has the name.");
	for (; name < end; name++)
		if (name->unguarded || name->fate == FATE_GUARDED)
			fprintf(out, "ipvsdummy_link_guarded{dev=\"%s\"} %d\n",
				label(dev, name->ifname), !name->unguarded);
}

static void put_labels(FILE *out, const struct tally_row *row)
{
	char dev[2 * TEXT_NAME];

	fprintf(out, "dev=\"%s\",class=\"%s\",action=\"%s\",severity=\"%s\"",
		label(dev, row->ifname), word_of(&class_words, row->class),
		word_of(&action_words, row->action),
		word_of(&severity_words, row->severity));
}

/* The event of a conflict follows from its action */
static void put_conflicts(FILE *out, const struct tally *conflicts)
{
	const struct tally_row *row = conflicts->row;
	const struct tally_row *end = row + conflicts->count;

	put_family(out, "conflicts", "gauge",
		   "Conflicts now; would is what mode enforce had done.");
	for (; row < end; row++) {
		fprintf(out, "ipvsdummy_conflicts{");
		put_labels(out, row);
		fprintf(out, ",would=\"%s\"} %" PRIu64 "\n",
			row->would ? word_of(&action_words, row->would) : "",
			row->count);
	}
}

static void put_events(FILE *out, const struct tally *events)
{
	const struct tally_row *row = events->row;
	const struct tally_row *end = row + events->count;

	put_family(out, "events_total", "counter",
		   "Events told since the monitor was started.");
	for (; row < end; row++) {
		fprintf(out, "ipvsdummy_events_total{event=\"%s\",",
			word_of(&event_words, row->event));
		put_labels(out, row);
		fprintf(out, ",would=\"%s\"} %" PRIu64 "\n",
			row->would ? word_of(&action_words, row->would) : "",
			row->count);
	}
}

static void put_metrics(FILE *out, const struct status *status,
			const struct summary *summary)
{
	char module[2 * TEXT_NAME];

	put_number(out, "up", "gauge", "Whether the module is loaded.",
		   summary->available);
	put_family(out, "build_info", "gauge",
		   "Versions of the monitor and of the module.");
	fprintf(out, "ipvsdummy_build_info{monitor=\"%s\",module=\"%s\"} 1\n",
		IPVSDUMMY_VERSION, label(module, summary->module.version));
	put_guarded(out, status->guarded);
	put_links(out, summary, "link_enforces", "gauge",
		  "Whether the link is in mode enforce.", link_mode);
	put_links(out, summary, "link_addresses", "gauge",
		  "Addresses on the link.", link_addresses);
	put_links(out, summary, "link_events_total", "counter",
		  "Events that the link has caused, as the kernel counts them.",
		  link_events);
	put_conflicts(out, &summary->conflicts);
	put_events(out, &status->events);
	put_number(out, "conflicts_unrecorded_total", "counter",
		   "Conflicts for which the kernel's table had no place.",
		   summary->module.unrecorded);
	put_number(out, "events_lost_total", "counter",
		   "Events that were not to be had any more.", status->lost);
	put_number(out, "uncounted", "gauge",
		   "Conflicts and events for which there are too many labels.",
		   summary->conflicts.omitted + status->events.omitted);
	if (!status->hook)
		return;
	put_number(out, "exec_dropped_total", "counter",
		   "Events that the program was not run for.",
		   status->hook->dropped);
	put_number(out, "exec_failed_total", "counter",
		   "Runs of the program that failed.", status->hook->failed);
}

static int write_metrics(const struct status *status,
			 const struct summary *summary)
{
	struct replace replace;
	int err;

	err = replace_begin(&replace, status->metrics);
	if (err)
		return err;
	put_metrics(replace.out, status, summary);
	return replace_end(&replace);
}

/* Once, until it works again */
static void complain(bool *failed, const char *file, int err)
{
	if (err && !*failed)
		fail(file, "%s", strerror(-err));
	*failed = err;
}

static void write_files(struct status *status, const struct summary *summary)
{
	if (status->file)
		complain(&status->file_failed, status->file,
			 write_status(status, summary));
	if (status->metrics)
		complain(&status->metrics_failed, status->metrics,
			 write_metrics(status, summary));
}

/**
 * status_write - write the files
 * @status: the files
 * @nl: to ask the family with
 * @available: there is one
 */
void status_write(struct status *status, struct nl *nl, bool available)
{
	struct summary summary = {};
	uint64_t begin = clock_msec();
	int err = available ? ask(&summary, nl) : -ENOENT;

	/* What is not to be known now is written the next time */
	if (!err || err == -ENOENT) {
		summary.available = !err;
		conclude(&summary, status);
		write_files(status, &summary);
	}
	records_free(&summary.links);
	tally_free(&summary.conflicts);
	status->written = clock_msec();
	status->took = status->written - begin;
	status->due = 0;
}
