// SPDX-License-Identifier: GPL-2.0
/* A tool runs in a child: it may exit wherever it likes, and what it leaves behind
 * in static variables does not matter. What it covered is told to the fuzzer,
 * whose process this is. Of the machine it sees nothing but this: files are in
 * memory, its clock moves while it waits, and programs are not run.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <jansson.h>
#include <sanitizer/lsan_interface.h>
#include <signal.h>
#include <spawn.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "fuzz-tool.h"

#define WORDS_MAX	256
#define COMMAND_MAX	4096
#define EXIT_MAX	2	/* of those that the manual pages tell of */

static const struct fuzz *running;	/* in the child only */
static uint64_t now_msec = 1000;
static uint8_t *covered, *seen;
static bool check_leaks;
static int output = -1, errors = -1, replaced = -1;

static void wrong(const char *what, const char *text)
{
	dprintf(STDERR_FILENO, "%s: %s\n%s\n", running->command, what, text);
	abort();
}

static bool has_word(const char *word)
{
	return strstr(running->command, word);
}

/* All of a file in memory, to be freed */
static char *contents(int fd)
{
	off_t len = lseek(fd, 0, SEEK_END);
	char *text = calloc(len + 1, 1);

	if (!text || pread(fd, text, len, 0) != len)
		abort();
	return text;
}

/* A terminal must not get what somebody else wrote */
static void check_printable(const char *what, const char *text)
{
	const char *c;

	for (c = text; *c; c++)
		if ((*c < ' ' || *c > '~') && *c != '\n' &&
		    !(*c == '\033' && has_word("--color")))
			wrong(what, text);
}

static void check_json(const char *what, const char *text)
{
	size_t flags = JSON_DISABLE_EOF_CHECK | JSON_ALLOW_NUL;
	json_error_t error;
	json_t *json;

	while (*(text += strspn(text, "\n "))) {
		json = json_loads(text, flags, &error);
		if (!json)
			wrong(what, text);
		json_decref(json);
		text += error.position;
	}
}

static void check_output(void)
{
	char *text = contents(output);

	/* What is a file again has names as they are */
	if (!has_word("save") && !has_word("sync"))
		check_printable("not printable", text);
	if (running->json && strncmp(text, "Usage", 5) &&
	    strncmp(text, "ipvsdummyctl", 12))
		check_json("no JSON", text);
	free(text);
	text = contents(errors);
	check_printable("not printable", text);
	free(text);
}

static void leave(int status, void *data)
{
	(void)data;
	fflush(stdout);
	fflush(stderr);
	if (status < 0 || status > EXIT_MAX)
		wrong("exit status", "");
	check_output();
	if (check_leaks && __lsan_do_recoverable_leak_check())
		wrong("leak", "");
	memcpy(covered, counters, counters_end - counters);
	_exit(0);
}

static void run(const struct fuzz *fuzz)
{
	char command[COMMAND_MAX], *words[WORDS_MAX + 1], *rest = command;
	int count = 0;

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	running = fuzz;
	kernel_init(fuzz->lies, fuzz->lies_len, has_word("release"));
	memset(counters, 0, counters_end - counters);
	snprintf(command, sizeof(command), "%s", fuzz->command);
	while (count < WORDS_MAX && (words[count] = strsep(&rest, " ")))
		count++;
	words[count] = NULL;

	dup2(output, STDOUT_FILENO);
	stdin = fopen("-", "r");
	stderr = fdopen(errors, "w");
	on_exit(leave, NULL);
	exit(strcmp(words[0], "mon") ? ctl_main(count, words) :
				       mon_main(count, words));
}

static void run_child(const struct fuzz *fuzz)
{
	pid_t child;
	int status;

	if (ftruncate(output, 0) || ftruncate(errors, 0))
		abort();
	lseek(output, 0, SEEK_SET);
	lseek(errors, 0, SEEK_SET);
	child = fork();
	if (!child)
		run(fuzz);
	if (child < 0 ||
	    TEMP_FAILURE_RETRY(waitpid(child, &status, 0)) != child)
		abort();
	if (status) {
		fprintf(stderr, "%s: ends with status %#x\n", fuzz->command,
			status);
		abort();
	}
}

static void init(size_t len)
{
	covered = mmap(NULL, len, PROT_READ | PROT_WRITE,
		       MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	seen = calloc(len, 1);
	output = memfd_create("output", MFD_CLOEXEC);
	errors = memfd_create("errors", MFD_CLOEXEC);
	if (covered == MAP_FAILED || !seen || output < 0 || errors < 0)
		abort();
	setenv("TZ", "UTC", 1);
}

/**
 * fuzz_run - run a tool, and see that it did nothing wrong
 * @fuzz: with what
 *
 * To look for leaks takes longer than all the rest: it is done when something new
 * was seen.
 */
void fuzz_run(const struct fuzz *fuzz)
{
	size_t i, len = counters_end - counters;

	if (!covered)
		init(len);
	check_leaks = false;
	run_child(fuzz);
	for (i = 0; i < len; i++) {
		check_leaks |= covered[i] && !seen[i];
		seen[i] |= covered[i];
		counters[i] += covered[i];
	}
	if (check_leaks)
		run_child(fuzz);
}

void fuzz_sleep(int msec)
{
	now_msec += msec;
}

/* The real ones */
int real_open(const char *name, int flags, ...) asm("__real_open");
FILE *real_fopen(const char *name, const char *mode) asm("__real_fopen");
DIR *real_opendir(const char *name) asm("__real_opendir");
int real_clock(clockid_t clock, struct timespec *ts) asm("__real_clock_gettime");
int real_rename(const char *old, const char *new) asm("__real_rename");
int real_unlink(const char *name) asm("__real_unlink");
pid_t real_waitpid(pid_t pid, int *status, int flags) asm("__real_waitpid");

/* And what the tools get instead */
int our_open(const char *name, int flags, ...) asm("__wrap_open");
FILE *our_fopen(const char *name, const char *mode) asm("__wrap_fopen");
DIR *our_opendir(const char *name) asm("__wrap_opendir");
int our_clock(clockid_t clock, struct timespec *ts) asm("__wrap_clock_gettime");
int our_rename(const char *old, const char *new) asm("__wrap_rename");
int our_unlink(const char *name) asm("__wrap_unlink");
pid_t our_waitpid(pid_t pid, int *status, int flags) asm("__wrap_waitpid");
int our_spawn(pid_t *pid, const char *path,
	      const posix_spawn_file_actions_t *actions,
	      const posix_spawnattr_t *attr, char *const argv[],
	      char *const env[]) asm("__wrap_posix_spawn");
int our_kill(pid_t pid, int signal) asm("__wrap_kill");
long our_syscall(long number, ...) asm("__wrap_syscall");
void our_syslog(int priority, const char *fmt, ...) asm("__wrap_syslog");

/* A file that is written is looked at when it gets its name */
int our_open(const char *name, int flags, ...)
{
	va_list args;
	int mode;

	va_start(args, flags);
	mode = flags & O_CREAT ? va_arg(args, int) : 0;
	va_end(args);
	if (!running)
		return real_open(name, flags, mode);
	errno = ENOENT;
	if (!(flags & O_CREAT))
		return -1;
	if (replaced >= 0)
		close(replaced);
	replaced = memfd_create("replaced", MFD_CLOEXEC);
	return dup(replaced);
}

int our_rename(const char *old, const char *new)
{
	char *text;

	if (!running)
		return real_rename(old, new);
	text = contents(replaced);
	check_printable(new, text);
	if (!strcmp(new, "status"))
		check_json(new, text);
	free(text);
	return 0;
}

int our_unlink(const char *name)
{
	return running ? 0 : real_unlink(name);
}

FILE *our_fopen(const char *name, const char *mode)
{
	if (!running)
		return real_fopen(name, mode);
	/* None can be empty that is in memory */
	if (!running->file_len)
		return real_fopen("/dev/null", "r");
	return fmemopen((void *)running->file, running->file_len, "r");
}

DIR *our_opendir(const char *name)
{
	return running ? NULL : real_opendir(name);
}

int our_clock(clockid_t clock, struct timespec *ts)
{
	if (!running)
		return real_clock(clock, ts);
	ts->tv_sec = now_msec / 1000;
	ts->tv_nsec = now_msec % 1000 * 1000000;
	return 0;
}

int our_spawn(pid_t *pid, const char *path,
	      const posix_spawn_file_actions_t *actions,
	      const posix_spawnattr_t *attr, char *const argv[],
	      char *const env[])
{
	(void)path;
	(void)actions;
	(void)attr;
	(void)argv;
	for (; *env; env++)
		if (!strchr(*env, '='))
			wrong("environment", *env);
	*pid = INT32_MAX;
	return kernel_lie() & 1;
}

pid_t our_waitpid(pid_t pid, int *status, int flags)
{
	if (!running)
		return real_waitpid(pid, status, flags);
	*status = kernel_lie();
	return *status & 1 ? pid : 0;
}

int our_kill(pid_t pid, int signal)
{
	(void)pid;
	(void)signal;
	return 0;
}

/* Of a capability, or to unload a module */
long our_syscall(long number, ...)
{
	(void)number;
	errno = EPERM;
	return -1;
}

void our_syslog(int priority, const char *fmt, ...)
{
	char *text = NULL;
	va_list args;

	(void)priority;
	va_start(args, fmt);
	if (vasprintf(&text, fmt, args) < 0)
		abort();
	va_end(args);
	check_printable("syslog", text);
	free(text);
}
