// SPDX-License-Identifier: GPL-2.0
/* The program gets the event as JSON on standard input and the keys of it in its
 * environment. No shell is between: what an interface is called is nothing but a
 * string.
 */
#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <jansson.h>
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "clock.h"
#include "fail.h"
#include "hook.h"
#include "print.h"

#define JOBS		4
#define TIMEOUT_MSEC	30000

/* From SIGTERM to SIGKILL */
#define GRACE_MSEC	5000

#define ENV_PREFIX	"IPVSDUMMY_"
#define ENV_MAX		64

/**
 * hook_init - get ready
 * @hook: filled in
 * @program: its path
 *
 * Return: 0, or an exit code when the reason has been said.
 */
int hook_init(struct hook *hook, const char *program)
{
	memset(hook, 0, sizeof(*hook));
	hook->program = program;
	hook->jobs = JOBS;
	hook->timeout = TIMEOUT_MSEC;
	if (access(program, X_OK))
		return fail(program, "%s", strerror(errno));
	return 0;
}

/* "IPVSDUMMY_MATCH_DEV=eth0", to be freed; NULL if it is no plain value */
static char *env_of(const char *key, const json_t *value)
{
	char *env = NULL, *c;
	int len = -1;

	if (json_is_string(value))
		len = asprintf(&env, ENV_PREFIX "%s=%s", key,
			       json_string_value(value));
	else if (json_is_integer(value))
		len = asprintf(&env, ENV_PREFIX "%s=%" JSON_INTEGER_FORMAT,
			       key, json_integer_value(value));
	if (len < 0)
		return NULL;
	for (c = env + strlen(ENV_PREFIX); *c != '='; c++)
		*c = toupper((unsigned char)*c);
	return env;
}

/* Our own environment and the event's keys; what is put in front is counted in
 * @count and is to be freed, as the list is.
 */
static char **make_env(json_t *event, size_t *count)
{
	size_t outer = 0, own = 0;
	const char *key;
	json_t *value;
	char **env;

	while (environ[outer])
		outer++;
	env = calloc(ENV_MAX + outer + 1, sizeof(*env));
	if (!env)
		return NULL;
	json_object_foreach(event, key, value) {
		if (own < ENV_MAX)
			env[own] = env_of(key, value);
		own += own < ENV_MAX && env[own];
	}
	memcpy(env + own, environ, outer * sizeof(*env));
	*count = own;
	return env;
}

/* A file in memory takes all of it at once, whenever it is read */
static int make_input(const json_t *event)
{
	int fd = memfd_create("event", MFD_CLOEXEC);

	if (fd < 0)
		return -1;
	if (json_dumpfd(event, fd, JSON_COMPACT | JSON_ENSURE_ASCII) ||
	    write(fd, "\n", 1) != 1 || lseek(fd, 0, SEEK_SET)) {
		close(fd);
		return -1;
	}
	return fd;
}

/* What it prints goes where our own complaints go: events are on the other */
static int spawn(const struct hook *hook, char **env, int input, pid_t *pid)
{
	char *const argv[] = { (char *)hook->program, NULL };
	posix_spawn_file_actions_t actions;
	posix_spawnattr_t attr;
	sigset_t none, ignored;
	int err;

	sigemptyset(&none);
	sigemptyset(&ignored);
	sigaddset(&ignored, SIGPIPE);
	posix_spawnattr_init(&attr);
	posix_spawnattr_setflags(&attr, POSIX_SPAWN_SETSIGMASK |
				 POSIX_SPAWN_SETSIGDEF |
				 POSIX_SPAWN_SETPGROUP);
	posix_spawnattr_setsigmask(&attr, &none);
	posix_spawnattr_setsigdefault(&attr, &ignored);
	posix_spawnattr_setpgroup(&attr, 0);
	posix_spawn_file_actions_init(&actions);
	posix_spawn_file_actions_adddup2(&actions, input, STDIN_FILENO);
	posix_spawn_file_actions_adddup2(&actions, STDERR_FILENO,
					 STDOUT_FILENO);
	err = posix_spawn(pid, hook->program, &actions, &attr, argv, env);
	posix_spawn_file_actions_destroy(&actions);
	posix_spawnattr_destroy(&attr);
	return err;
}

static int run(struct hook *hook, json_t *event, pid_t *pid)
{
	int input = make_input(event);
	size_t own = 0;
	char **env;
	int err;

	if (input < 0)
		return errno;
	env = make_env(event, &own);
	err = env ? spawn(hook, env, input, pid) : ENOMEM;
	while (own)
		free(env[--own]);
	free(env);
	close(input);
	return err;
}

static void start(struct hook *hook)
{
	json_t *event = hook->queue[hook->first];
	pid_t pid;
	int err;

	hook->first = (hook->first + 1) % HOOK_QUEUE;
	hook->queued--;
	err = run(hook, event, &pid);
	json_decref(event);
	if (err) {
		hook->failed++;
		fail(hook->program, "%s", strerror(err));
		return;
	}
	hook->job[hook->running++] = (struct hook_job) {
		.pid = pid,
		.deadline = clock_msec() + hook->timeout,
	};
}

/**
 * hook_add - have the program run for an event
 * @hook: a hook
 * @event: the event
 */
void hook_add(struct hook *hook, const struct record *event)
{
	if (hook->queued == HOOK_QUEUE) {
		hook->dropped++;
		hook->unsaid++;
		return;
	}
	hook->queue[(hook->first + hook->queued) % HOOK_QUEUE] =
		json_record(event);
	hook->queued++;
	hook_work(hook);
}

static void judge_exit(struct hook *hook, const struct hook_job *job,
		       int status)
{
	if (WIFEXITED(status) && !WEXITSTATUS(status))
		return;
	hook->failed++;
	if (job->ended)
		fail(hook->program, "ended after %u s", hook->timeout / 1000);
	else if (WIFEXITED(status))
		fail(hook->program, "exit %d", WEXITSTATUS(status));
	else
		fail(hook->program, "killed by signal %d", WTERMSIG(status));
}

/* Processes that it left behind end with it, and become children of process 1, which
 * may be this one.
 */
static void reap(struct hook *hook)
{
	unsigned int i;
	int status;
	pid_t pid;

	while ((pid = waitpid(-1, &status, WNOHANG)) > 0) {
		for (i = 0; i < hook->running && hook->job[i].pid != pid; i++)
			;
		if (i == hook->running)
			continue;
		if (hook->job[i].ended)
			kill(-pid, SIGKILL);
		judge_exit(hook, &hook->job[i], status);
		hook->job[i] = hook->job[--hook->running];
	}
}

static void enforce_deadlines(struct hook *hook)
{
	uint64_t now = clock_msec();
	unsigned int i;

	for (i = 0; i < hook->running; i++) {
		struct hook_job *job = &hook->job[i];

		if (now < job->deadline)
			continue;
		kill(-job->pid, job->ended ? SIGKILL : SIGTERM);
		job->ended = true;
		job->deadline = now + GRACE_MSEC;
	}
}

/**
 * hook_work - see how those that run fare, and start those whose turn it is
 * @hook: a hook
 */
void hook_work(struct hook *hook)
{
	reap(hook);
	enforce_deadlines(hook);
	while (hook->queued && hook->running < hook->jobs)
		start(hook);
	if (hook->unsaid && !hook->queued) {
		fail(hook->program, "not run for %" PRIu64
		     " events, too many at once", hook->unsaid);
		hook->unsaid = 0;
	}
}

/**
 * hook_wait - when is there something to do?
 * @hook: a hook
 *
 * Return: in so many ms, -1 if only after a signal.
 */
int hook_wait(const struct hook *hook)
{
	uint64_t now = clock_msec(), first = UINT64_MAX;
	unsigned int i;

	for (i = 0; i < hook->running; i++)
		if (hook->job[i].deadline < first)
			first = hook->job[i].deadline;
	if (first == UINT64_MAX)
		return -1;
	return first > now ? first - now : 0;
}

/**
 * hook_waiting - which event is the first that the program has not been run for?
 * @hook: a hook
 *
 * Return: its number, 0 if there is none.
 */
uint64_t hook_waiting(const struct hook *hook)
{
	const json_t *event;
	json_int_t seq = 0;
	size_t i;

	/* Those of the monitor's own have none */
	for (i = 0; i < hook->queued && !seq; i++) {
		event = hook->queue[(hook->first + i) % HOOK_QUEUE];
		seq = json_integer_value(json_object_get(event, "seq"));
	}
	return seq;
}

/**
 * hook_end - end what runs, and forget what waits
 * @hook: a hook
 */
void hook_end(struct hook *hook)
{
	unsigned int i;

	for (i = 0; i < hook->running; i++)
		kill(-hook->job[i].pid, SIGTERM);
	if (hook->queued)
		fail(hook->program, "not run yet for %zu events",
		     hook->queued);
	for (; hook->queued; hook->queued--) {
		json_decref(hook->queue[hook->first]);
		hook->first = (hook->first + 1) % HOOK_QUEUE;
	}
}
