/* SPDX-License-Identifier: GPL-2.0 */
/* A program that is run for every event. */
#ifndef IPVSDUMMY_HOOK_H
#define IPVSDUMMY_HOOK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "record.h"

/* Events that wait for their turn; more are dropped, and counted */
#define HOOK_QUEUE	256
#define HOOK_JOBS_MAX	64

/**
 * struct hook_job - a program that runs
 * @pid: its process, and the process group
 * @deadline: when it is ended, ms, monotonic
 * @ended: it was asked to end
 */
struct hook_job {
	pid_t pid;
	uint64_t deadline;
	bool ended;
};

/**
 * struct hook - what to run, and what runs
 * @program: its path, NULL for none
 * @jobs: how many may run at the same time
 * @timeout: how long one may run, ms
 * @job: those that run
 * @running: their number
 * @queue: the events that wait, as JSON, a ring
 * @first: the one whose turn it is
 * @queued: their number
 * @dropped: events for which there was no place
 * @unsaid: how many of these have not been told of
 * @failed: runs that failed, or were ended
 */
struct hook {
	const char *program;
	unsigned int jobs;
	unsigned int timeout;
	struct hook_job job[HOOK_JOBS_MAX];
	unsigned int running;
	struct json_t *queue[HOOK_QUEUE];
	size_t first;
	size_t queued;
	uint64_t dropped;
	uint64_t unsaid;
	uint64_t failed;
};

int hook_init(struct hook *hook, const char *program);
void hook_add(struct hook *hook, const struct record *event);
void hook_work(struct hook *hook);
int hook_wait(const struct hook *hook);
uint64_t hook_waiting(const struct hook *hook);
void hook_end(struct hook *hook);

#endif
