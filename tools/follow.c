// SPDX-License-Identifier: GPL-2.0
/* The listener is joined before the state is asked for, and every event has a
 * number: what the listener misses (it overran, or the kernel had no memory)
 * shows as a gap and is replayed from the kernel's ring. sync_up() does all of
 * that, whatever the reason for it is.
 */
#include <errno.h>
#include <linux/genetlink.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "clock.h"
#include "fail.h"
#include "follow.h"
#include "query.h"
#include "waiting.h"

/* Notifications tell everything; looking after them now and then is a safety
 * net, for when the last one got lost.
 */
#define IDLE_MSEC	30000
#define RETRY_MSEC	1000

/* Messages after which there may be other things to do */
#define LISTEN_MAX	256

/* How long the file with the cursor may be behind */
#define CURSOR_MSEC	1000

enum state {
	STATE_STARTING,		/* nothing said yet, or all of it obsolete */
	STATE_ABSENT,		/* said that there is no module */
	STATE_FOLLOWING,	/* said everything up to seq of instance */
};

/**
 * struct follower - how far the follower is
 * @ask: for requests; holds the family
 * @listen: for notifications
 * @guarded: the links that are looked after
 * @plan: what to do about events
 * @since: where to begin, none once that is done
 * @state: what has been said
 * @instance: of the events
 * @seq: of the last event
 * @saved: the cursor that the file has, none if there is no file
 * @save_due: when it is to be written again, ms, monotonic
 * @complained: that it cannot be written has been said
 */
struct follower {
	struct nl ask;
	struct nl listen;
	struct guarded guarded;
	const struct follow_plan *plan;
	struct cursor since;
	enum state state;
	uint64_t instance;
	uint64_t seq;
	struct cursor saved;
	uint64_t save_due;
	bool complained;
};

/* The last event that is told, and that the program was run for if there is one */
static uint64_t position(const struct follower *f)
{
	const struct hook *hook = f->plan->report->hook;
	uint64_t waiting = hook ? hook_waiting(hook) : 0;

	return waiting && waiting <= f->seq ? waiting - 1 : f->seq;
}

/* What the file is to have. Without the module that is as far as ever. */
static struct cursor cursor_now(const struct follower *f)
{
	if (f->state != STATE_FOLLOWING)
		return f->saved;
	return (struct cursor) {
		.kind = CURSOR_POSITION,
		.instance = f->instance,
		.seq = position(f),
	};
}

static bool is_saved(const struct follower *f)
{
	struct cursor now = cursor_now(f);

	return !f->plan->cursor || now.kind == CURSOR_NONE ||
	       (f->saved.instance == now.instance &&
		f->saved.seq == now.seq && !f->guarded.changed);
}

static void save_cursor(struct follower *f)
{
	struct cursor cursor = cursor_now(f);
	int err;

	if (is_saved(f))
		return;
	f->save_due = clock_msec() + CURSOR_MSEC;
	err = cursor_save(&cursor, &f->guarded, f->plan->cursor);
	if (err && !f->complained)
		fail(f->plan->cursor, "%s", strerror(-err));
	f->complained = err;
	if (err)
		return;
	f->saved = cursor;
	f->guarded.changed = false;
}

/* A signal, or standard output cannot be written to. A reader of it who went away
 * has seen enough.
 */
static void leave(struct follower *f, int err)
{
	save_cursor(f);
	if (f->plan->report->hook)
		hook_end(f->plan->report->hook);
	if (!err || err == EPIPE || waiting_is_over())
		exit(EXIT_SUCCESS);
	exit(fail("standard output", "%s", strerror(err)));
}

static void put(struct follower *f, const struct record *record, bool state)
{
	if (waiting_is_over())
		leave(f, 0);
	report(f->plan->report, record, state);
	if (fflush(stdout))
		leave(f, errno);
	if (!state)
		status_event(f->plan->status, record);
}

/* It counts as told once it is out */
static void put_event(struct follower *f, const struct record *event)
{
	put(f, event, false);
	f->seq = event->seq;
}

static void put_fate(const struct record *record, void *data)
{
	put(data, record, false);
}

/* An event of the monitor's own */
static void make_event(struct record *record, uint32_t event)
{
	*record = (struct record) {
		.has[IPVSDUMMY_A_EVENT] = true,
		.has[IPVSDUMMY_A_TIME] = true,
		.event = event,
		.time = clock_real(),
		.severity = RECORD_UNKNOWN,
		.action = RECORD_UNKNOWN,
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
	save_cursor(f);
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

struct known {
	struct follower *follower;
	uint64_t last;
};

/* Conflicts that are newer come as events */
static int put_conflict(const struct record *conflict, void *data)
{
	const struct known *known = data;

	if (conflict->seq <= known->last)
		put(known->follower, conflict, true);
	return 0;
}

static int put_state(struct follower *f, uint64_t last)
{
	struct known known = { f, last };

	return query_each_conflict(&f->ask, put_conflict, &known);
}

/* Links are looked after even before they change */
static int learn_links(struct follower *f)
{
	struct records links = {};
	size_t i;
	int err;

	err = query_links(&f->ask, &links);
	for (i = 0; !err && i < links.count; i++)
		guarded_add(&f->guarded, links.record[i].ifname);
	records_free(&links);
	return err;
}

/* The number of the last event before a time, as far as the ring reaches */
static int find_time(struct follower *f, uint64_t time, uint64_t *seq)
{
	struct records events = {};
	size_t i;
	int err;

	*seq = 0;
	err = query_events(&f->ask, 0, &events);
	for (i = 0; !err && i < events.count; i++) {
		const struct record *event = &events.record[i];

		if (record_is_gap(event))
			continue;
		if (event->time >= time)
			break;
		*seq = event->seq;
	}
	records_free(&events);
	return err;
}

/* Begins with the events after the one that somebody has read already */
static int resume(struct follower *f, const struct record *status)
{
	const struct cursor *since = &f->since;
	uint64_t seq = since->seq;
	int err = 0;

	if (since->kind == CURSOR_TIME)
		err = find_time(f, since->time, &seq);
	if (err)
		return err;
	f->instance = status->instance;
	f->seq = seq < status->seq ? seq : status->seq;
	f->state = STATE_FOLLOWING;
	f->since.kind = CURSOR_NONE;
	return -EAGAIN;	/* for what came since */
}

static int start(struct follower *f, const struct record *status)
{
	/* Numbers are of a namespace, which may be another one of the same name. */
	bool other = f->state == STATE_FOLLOWING ||
		     (f->since.kind == CURSOR_POSITION &&
		      (f->since.instance != status->instance ||
		       f->since.seq > status->seq));
	int err;

	err = learn_links(f);
	if (err)
		return err;
	status_changed(f->plan->status);
	if (!other && f->since.kind)
		return resume(f, status);
	if (other)
		put_other_instance(f, status);
	f->since.kind = CURSOR_NONE;
	f->state = STATE_STARTING;
	err = put_state(f, status->seq);
	if (err)
		return err;
	f->instance = status->instance;
	f->seq = status->seq;
	f->state = STATE_FOLLOWING;
	return 0;
}

/* The ring does not reach back: the state stands for what is missing */
static int put_lost(struct follower *f, const struct record *lost)
{
	int err;

	put(f, lost, false);
	err = put_state(f, f->seq + lost->count);
	if (!err)
		f->seq += lost->count;
	return err;
}

static int put_replayed(struct follower *f, const struct record *event)
{
	if (record_is_gap(event))
		return put_lost(f, event);
	/* The ring moved on during the dump */
	if (event->seq != f->seq + 1)
		return -EAGAIN;
	put_event(f, event);
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
	const struct genlmsghdr *genl = nl_head(nlh, sizeof(*genl));
	struct record event;

	/* What newer modules tell besides is no event */
	if (!genl || genl->cmd != IPVSDUMMY_CMD_EVENT_NTF)
		return true;
	record_parse(&event, nlh);
	if (f->state != STATE_FOLLOWING || event.instance != f->instance)
		return false;
	if (event.seq <= f->seq)
		return true;
	if (event.seq != f->seq + 1)
		return false;
	put_event(f, &event);
	return true;
}

/* Returns whether it was about another family */
static bool take_family(struct follower *f, const struct nlmsghdr *nlh)
{
	const struct genlmsghdr *genl = nl_head(nlh, sizeof(*genl));
	struct nl_family family;

	if (!genl || !nl_parse_family(nlh, IPVSDUMMY_GENL_NAME, &family))
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

/* Reads what is to be read, but not for ever; returns whether all is well up to there */
static bool listen_up(struct follower *f)
{
	unsigned int n;

	for (n = 0; n < LISTEN_MAX; n++) {
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
	return true;
}

static int open_sockets(struct follower *f)
{
	int err;

	err = nl_open(&f->ask);
	if (!err)
		err = nl_open_listener(&f->listen);
	if (!err)
		err = nl_join(&f->listen, GENL_ID_CTRL);
	if (!err)
		err = guarded_open(&f->guarded);
	if (!err)
		err = guarded_listen(&f->guarded);
	return err;
}

/* The earlier one of two; negative is never */
static int earlier(int a, int b)
{
	if (a < 0 || b < 0)
		return a < 0 ? b : a;
	return a < b ? a : b;
}

static int ms_until(uint64_t when)
{
	uint64_t now = clock_msec();

	return when > now ? when - now : 0;
}

/* Does what is due, returns how long there is nothing to do */
static int work(struct follower *f)
{
	struct hook *hook = f->plan->report->hook;
	struct status *status = f->plan->status;
	int timeout = IDLE_MSEC;

	if (f->guarded.overran && f->state == STATE_FOLLOWING &&
	    !learn_links(f))
		f->guarded.overran = false;
	if (f->guarded.due && !ms_until(f->guarded.due)) {
		guarded_look(&f->guarded, put_fate, f);
		status_changed(status);
	}
	if (f->guarded.due)
		timeout = earlier(timeout, ms_until(f->guarded.due));
	if (!is_saved(f) && !ms_until(f->save_due))
		save_cursor(f);
	if (!is_saved(f))
		timeout = earlier(timeout, ms_until(f->save_due));
	if (hook) {
		hook_work(hook);
		timeout = earlier(timeout, hook_wait(hook));
	}
	if (!status_wait(status))
		status_write(status, &f->ask, f->state == STATE_FOLLOWING);
	return earlier(timeout, status_wait(status));
}

/* While nobody reads standard output */
static void meanwhile(void *data)
{
	const struct follower *f = data;

	if (f->plan->report->hook)
		hook_work(f->plan->report->hook);
}

/* Waits until something is to be said again, and works meanwhile */
static void idle(struct follower *f, int err)
{
	struct pollfd fds[] = {
		{ .fd = STDOUT_FILENO },
		{ .fd = mnl_socket_get_fd(f->listen.mnl), .events = POLLIN },
		{ .fd = mnl_socket_get_fd(f->guarded.listen.mnl),
		  .events = POLLIN },
	};
	uint64_t end = clock_msec() + (err ? RETRY_MSEC : IDLE_MSEC);

	do {
		int timeout = earlier(work(f), ms_until(end));

		if (waiting_for(fds, 3, timeout) < 0)
			continue;	/* for a signal */
		if (fds[0].revents)
			leave(f, 0);
		if (fds[2].revents)
			guarded_receive(&f->guarded);
		if (fds[1].revents && !listen_up(f))
			return;
	} while (!waiting_is_over() && ms_until(end));
}

/**
 * follow - tell the conflicts now, then every event
 * @plan: how
 *
 * It exits the program when it is told to by a signal, or when standard output
 * is closed.
 *
 * Return: an exit code, when nothing is to be had ever.
 */
int follow(const struct follow_plan *plan)
{
	static struct follower f;
	bool complained = false;
	int err;

	f.plan = plan;
	f.since = plan->since;
	plan->status->guarded = &f.guarded;
	err = open_sockets(&f);
	if (err)
		return fail("netlink", "%s", strerror(-err));
	if (plan->cursor)
		err = cursor_load(&f.saved, &f.guarded, plan->cursor);
	if (!err && !f.since.kind)
		f.since = f.saved;
	if (!err)
		err = waiting_init(meanwhile, &f);
	if (err)
		return err;

	while (!waiting_is_over()) {
		err = sync_up(&f);
		/* Gone, or moved on, meanwhile: nothing to speak of */
		if (err && err != -ENOENT && err != -EAGAIN && !complained) {
			fail(NULL, "%s, trying again", nl_error(&f.ask, err));
			complained = true;
		}
		if (!err)
			complained = false;
		if (err == -EAGAIN)
			work(&f);
		else
			idle(&f, err);
	}
	leave(&f, 0);
	return 0;
}
