// SPDX-License-Identifier: GPL-2.0
/* The listener is joined before the state is asked for, and every event has a
 * number: what the listener misses (it overran, or the kernel had no memory)
 * shows as a gap and is replayed from the kernel's ring. sync_up() does all of
 * that, whatever the reason for it is.
 */
#include <errno.h>
#include <linux/genetlink.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "fail.h"
#include "follow.h"
#include "query.h"

/* Notifications tell everything; looking after them now and then is a safety
 * net, for when the last one got lost.
 */
#define IDLE_MSEC	30000
#define RETRY_MSEC	1000

enum state {
	STATE_STARTING,		/* nothing said yet, or all of it obsolete */
	STATE_ABSENT,		/* said that there is no module */
	STATE_FOLLOWING,	/* said everything up to seq of instance */
};

/**
 * struct follower - how far the follower is
 * @ask: for requests; holds the family
 * @listen: for notifications
 * @printer: how to say it
 * @filter: what of it to say
 * @state: what has been said
 * @instance: of the events
 * @seq: of the last event
 */
struct follower {
	struct nl ask;
	struct nl listen;
	struct printer *printer;
	const struct filter *filter;
	enum state state;
	uint64_t instance;
	uint64_t seq;
};

static void put(struct follower *f, const struct record *record, bool state)
{
	if (!filter_passes(f->filter, record))
		return;
	f->printer->state = state;
	print_record(f->printer, record);
	if (fflush(stdout))
		exit(finish(EXIT_SUCCESS));
}

static uint64_t now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_REALTIME, &ts);
	return ts.tv_sec * UINT64_C(1000000000) + ts.tv_nsec;
}

/* An event of the monitor's own */
static void make_event(struct record *record, uint32_t event)
{
	*record = (struct record) {
		.has[IPVSDUMMY_A_EVENT] = true,
		.has[IPVSDUMMY_A_TIME] = true,
		.event = event,
		.time = now(),
	};
}

/**
 * make_unavailable - make the event that there is no module
 * @record: filled in
 */
void make_unavailable(struct record *record)
{
	make_event(record, EVENT_UNAVAILABLE);
	record->has[IPVSDUMMY_A_SEVERITY] = true;
	record->severity = IPVSDUMMY_SEVERITY_CRITICAL;
}

static void put_unavailable(struct follower *f)
{
	struct record record;

	if (f->state == STATE_ABSENT)
		return;
	f->state = STATE_ABSENT;
	make_unavailable(&record);
	put(f, &record, false);
}

/* The module was loaded anew and nobody told: how many events of the one
 * before are missing is not to be known.
 */
static void put_other_instance(struct follower *f, const struct record *status)
{
	struct record record;

	make_event(&record, IPVSDUMMY_EVENT_LOST);
	record.has[IPVSDUMMY_A_INSTANCE] = true;
	record.instance = status->instance;
	record.has[IPVSDUMMY_A_SEQ] = true;
	record.seq = status->seq;
	put(f, &record, false);
}

/* Conflicts newer than last come as events */
static void put_state(struct follower *f, const struct records *conflicts,
		      uint64_t last)
{
	size_t i;

	for (i = 0; i < conflicts->count; i++)
		if (conflicts->record[i].seq <= last)
			put(f, &conflicts->record[i], true);
}

static int start(struct follower *f, const struct record *status)
{
	struct records conflicts = {};
	int err;

	if (f->state == STATE_FOLLOWING) {
		put_other_instance(f, status);
		f->state = STATE_STARTING;
	}
	err = query_conflicts(&f->ask, &conflicts);
	if (!err) {
		put_state(f, &conflicts, status->seq);
		f->instance = status->instance;
		f->seq = status->seq;
		f->state = STATE_FOLLOWING;
	}
	records_free(&conflicts);
	return err;
}

/* The ring does not reach back: the state stands for what is missing */
static int put_lost(struct follower *f, const struct record *lost)
{
	struct records conflicts = {};
	int err;

	err = query_conflicts(&f->ask, &conflicts);
	if (!err) {
		put(f, lost, false);
		f->seq += lost->count;
		put_state(f, &conflicts, f->seq);
	}
	records_free(&conflicts);
	return err;
}

static int put_replayed(struct follower *f, const struct record *event)
{
	if (event->event == IPVSDUMMY_EVENT_LOST &&
	    !event->has[IPVSDUMMY_A_IFINDEX])
		return put_lost(f, event);
	/* The ring moved on during the dump */
	if (event->seq != f->seq + 1)
		return -EAGAIN;
	f->seq = event->seq;
	put(f, event, false);
	return 0;
}

static int replay(struct follower *f)
{
	struct records events = {};
	size_t i;
	int err;

	err = query_events(&f->ask, f->seq, &events);
	for (i = 0; !err && i < events.count; i++)
		err = put_replayed(f, &events.record[i]);
	records_free(&events);
	return err;
}

/* Says what has not been said yet, up to now */
static int sync_up(struct follower *f)
{
	struct record status;
	int err = -ENOENT;

	if (f->state == STATE_FOLLOWING)
		err = query_status(&f->ask, &status);
	/* Numbers of families are not used again: this is a new module or none */
	if (err == -ENOENT) {
		err = nl_find_family(&f->ask, IPVSDUMMY_GENL_NAME);
		if (err == -ENOENT) {
			put_unavailable(f);
			return 0;
		}
		if (!err)
			err = nl_join(&f->listen, f->ask.family.group);
		if (!err)
			err = query_status(&f->ask, &status);
	}
	if (err)
		return err;

	if (f->state != STATE_FOLLOWING || status.instance != f->instance)
		return start(f, &status);
	return status.seq > f->seq ? replay(f) : 0;
}

/* Returns whether nothing is missing before the event */
static bool take_event(struct follower *f, const struct nlmsghdr *nlh)
{
	const struct genlmsghdr *genl = mnl_nlmsg_get_payload(nlh);
	struct record event;

	/* What newer modules tell besides is no event */
	if (genl->cmd != IPVSDUMMY_CMD_EVENT_NTF)
		return true;
	record_parse(&event, nlh);
	if (f->state != STATE_FOLLOWING || event.instance != f->instance)
		return false;
	if (event.seq <= f->seq)
		return true;
	if (event.seq != f->seq + 1)
		return false;
	f->seq = event.seq;
	put(f, &event, false);
	return true;
}

/* Returns whether it was about another family */
static bool take_family(struct follower *f, const struct nlmsghdr *nlh)
{
	const struct genlmsghdr *genl = mnl_nlmsg_get_payload(nlh);
	struct nl_family family;

	if (!nl_parse_family(nlh, IPVSDUMMY_GENL_NAME, &family))
		return true;
	if (genl->cmd == CTRL_CMD_DELFAMILY && family.id == f->ask.family.id)
		put_unavailable(f);
	return false;
}

/* While the queue of a listener that overran is not empty the kernel neither
 * fills it nor tells of another overrun: only then can nothing slip through
 * between the replay and the next notification.
 */
static void discard(struct follower *f)
{
	while (nl_receive(&f->listen) != -EAGAIN)
		;
}

/* Reads what is to be read, returns whether all is well up to there */
static bool listen_up(struct follower *f)
{
	for (;;) {
		const struct nlmsghdr *nlh = &f->listen.answer.nlh;
		ssize_t len = nl_receive(&f->listen);
		int left = len;

		if (len == -EAGAIN)
			return true;
		if (len < 0) {
			discard(f);
			return false;
		}
		for (; mnl_nlmsg_ok(nlh, left);
		     nlh = mnl_nlmsg_next(nlh, &left)) {
			if (nlh->nlmsg_type == GENL_ID_CTRL &&
			    !take_family(f, nlh))
				return false;
			if (nlh->nlmsg_type == f->ask.family.id &&
			    !take_event(f, nlh))
				return false;
		}
	}
}

/* A line is written at once or not at all, so there is nothing to tidy up */
static void quit(int signal)
{
	(void)signal;
	_exit(EXIT_SUCCESS);
}

static int open_sockets(struct follower *f)
{
	int err;

	err = nl_open(&f->ask);
	if (!err)
		err = nl_open_listener(&f->listen);
	if (!err)
		err = nl_join(&f->listen, GENL_ID_CTRL);
	return err;
}

/**
 * follow - print the conflicts now, then every event
 * @printer: how
 * @filter: which
 *
 * Return: an exit code, when standard output is closed or nothing is to be
 * had ever.
 */
int follow(struct printer *printer, const struct filter *filter)
{
	static struct follower f;
	struct pollfd fds[2] = { { .fd = STDOUT_FILENO } };
	bool complained = false;
	int err;

	f.printer = printer;
	f.filter = filter;
	err = open_sockets(&f);
	if (err)
		return fail("netlink", "%s", strerror(-err));
	fds[1].fd = mnl_socket_get_fd(f.listen.mnl);
	fds[1].events = POLLIN;

	signal(SIGINT, quit);
	signal(SIGTERM, quit);
	setvbuf(stdout, NULL, _IOFBF, BUFSIZ);

	for (;;) {
		err = sync_up(&f);
		/* Gone, or moved on, meanwhile: nothing to speak of */
		if (err && err != -ENOENT && err != -EAGAIN && !complained) {
			fail(NULL, "%s, trying again", nl_error(&f.ask, err));
			complained = true;
		}
		if (!err)
			complained = false;

		do {
			int timeout = err ? RETRY_MSEC : IDLE_MSEC;

			fds[1].revents = 0;
			if (poll(fds, 2, timeout) <= 0)
				break;
			if (fds[0].revents)
				return EXIT_SUCCESS;
		} while (listen_up(&f));
	}
}
