// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "fail.h"
#include "text.h"

#define WORD_SHOWN	64

/**
 * begin - make sure that output and children can be relied on
 *
 * Without a standard output the first socket would take its place, and nobody can wait
 * for a child while SIGCHLD is ignored, which who started this may have left so.
 *
 * Return: 0, or an exit code when the reason has been said.
 */
int begin(void)
{
	if (fcntl(STDOUT_FILENO, F_GETFD) < 0)
		return fail("standard output", "%s", strerror(errno));
	signal(SIGPIPE, SIG_IGN);
	signal(SIGCHLD, SIG_DFL);
	return 0;
}

static const struct place *where;

/**
 * fail_enter - what is wrong from now on is in a file
 * @place: with its name; the line is kept current until fail_leave()
 */
void fail_enter(struct place *place)
{
	place->outer = where;
	where = place;
}

/**
 * fail_leave - undo fail_enter()
 * @place: the one entered last
 */
void fail_leave(struct place *place)
{
	where = place->outer;
}

static void put_escaped(const char *word)
{
	char shown[TEXT_ESCAPED(WORD_SHOWN)];

	text_escape(shown, sizeof(shown), word);
	fputs(shown, stderr);
}

static void put_place(const struct place *place)
{
	if (!place)
		return;
	put_place(place->outer);
	if (!place->line)
		return;
	put_escaped(place->file);
	fprintf(stderr, ":%zu: ", place->line);
}

/**
 * fail - say what is wrong
 * @word: what it is about, as the user wrote it, or NULL
 * @fmt: what is wrong with it
 *
 * Return: EXIT_ERROR.
 */
int fail(const char *word, const char *fmt, ...)
{
	va_list args;

	fprintf(stderr, "%s: ", program_invocation_short_name);
	put_place(where);
	if (word) {
		put_escaped(word);
		fputs(": ", stderr);
	}
	va_start(args, fmt);
	vfprintf(stderr, fmt, args);
	va_end(args);
	fputc('\n', stderr);
	return EXIT_ERROR;
}

/**
 * fail_absent - say that there is no module to ask
 *
 * Return: EXIT_ERROR.
 */
int fail_absent(void)
{
	return fail("ipvsdummy", "module not loaded (modprobe ipvsdummy)");
}

/**
 * finish - make sure that everything got out
 * @exit_code: what the program wants to exit with
 *
 * A reader who went away has seen enough: that is no error.
 *
 * Return: @exit_code, or EXIT_ERROR if output was lost.
 */
int finish(int exit_code)
{
	if (fflush(stdout) && errno != EPIPE)
		return fail("standard output", "%s", strerror(errno));
	return exit_code;
}
