// SPDX-License-Identifier: GPL-2.0
#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "cursor.h"
#include "fail.h"
#include "replace.h"

#define NSEC_PER_SEC	UINT64_C(1000000000)

#define INSTANCE_DIGITS	16

/* All of the text, and nothing but digits: neither sign nor space */
static bool parse_number(uint64_t *number, const char *text, int base)
{
	char *end;

	if (!isxdigit((unsigned char)*text))
		return false;
	errno = 0;
	*number = strtoull(text, &end, base);
	return !*end && !errno;
}

/* "instance:seq", as in the JSON of an event */
static bool parse_position(struct cursor *cursor, const char *text)
{
	char instance[INSTANCE_DIGITS + 1];

	if (strcspn(text, ":") != INSTANCE_DIGITS || !text[INSTANCE_DIGITS])
		return false;
	memcpy(instance, text, INSTANCE_DIGITS);
	instance[INSTANCE_DIGITS] = '\0';
	cursor->kind = CURSOR_POSITION;
	return parse_number(&cursor->instance, instance, 16) &&
	       parse_number(&cursor->seq, text + INSTANCE_DIGITS + 1, 10);
}

/* ".123" as nanoseconds; what comes behind */
static const char *parse_fraction(uint64_t *ns, const char *text)
{
	uint64_t unit = NSEC_PER_SEC / 10;

	*ns = 0;
	if (*text != '.' || !isdigit((unsigned char)text[1]))
		return text;
	for (text++; isdigit((unsigned char)*text); text++) {
		*ns += (*text - '0') * unit;
		unit /= 10;
	}
	return text;
}

/* "Z" or "+02:00" as seconds */
static bool parse_offset(int *offset, const char *text)
{
	int hours, minutes, len = 0;

	*offset = 0;
	if ((*text == 'Z' || *text == 'z') && !text[1])
		return true;
	if ((*text != '+' && *text != '-') ||
	    sscanf(text + 1, "%2d:%2d%n", &hours, &minutes, &len) != 2 ||
	    len != 5 || text[1 + len] || hours > 23 || minutes > 59)
		return false;
	*offset = (hours * 60 + minutes) * 60;
	if (*text == '-')
		*offset = -*offset;
	return true;
}

/* RFC 3339, section 5.6 */
static bool parse_time(struct cursor *cursor, const char *text)
{
	struct tm tm = {};
	uint64_t fraction;
	const char *rest;
	int offset;

	rest = strptime(text, "%Y-%m-%d", &tm);
	if (!rest || !strchr("Tt ", *rest) || !*rest)
		return false;
	rest = strptime(rest + 1, "%H:%M:%S", &tm);
	if (!rest)
		return false;
	rest = parse_fraction(&fraction, rest);
	if (!parse_offset(&offset, rest) || tm.tm_year < 70)
		return false;
	cursor->kind = CURSOR_TIME;
	cursor->time = (timegm(&tm) - offset) * NSEC_PER_SEC + fraction;
	return true;
}

/**
 * cursor_parse - read what a user wrote
 * @cursor: filled in
 * @arg: a number of an event, "instance:seq", or a time
 *
 * Return: 0, or an exit code when the reason has been said.
 */
int cursor_parse(struct cursor *cursor, const char *arg)
{
	if (parse_position(cursor, arg) || parse_time(cursor, arg))
		return 0;
	cursor->kind = CURSOR_SEQ;
	if (isdigit((unsigned char)*arg) && parse_number(&cursor->seq, arg, 10))
		return 0;
	return fail(arg, "no number of an event, nor a time: %s",
		    "2026-11-24T08:30:00Z");
}

/**
 * cursor_load - read what cursor_save() wrote
 * @cursor: filled in; none if there is no such file
 * @guarded: gets the names of links
 * @file: its name
 *
 * Return: 0, or an exit code when the reason has been said.
 */
int cursor_load(struct cursor *cursor, struct guarded *guarded,
		const char *file)
{
	char text[64] = "";
	FILE *in = fopen(file, "re");

	if (!in) {
		if (errno == ENOENT)
			return 0;
		return fail(file, "%s", strerror(errno));
	}
	if (fgets(text, sizeof(text), in))
		text[strcspn(text, "\n")] = '\0';
	if (!parse_position(cursor, text)) {
		fclose(in);
		return fail(file, "no cursor: \"instance:seq\"");
	}
	guarded_read(guarded, in);
	fclose(in);
	return 0;
}

/**
 * cursor_save - write a position into a file
 * @cursor: the position
 * @guarded: the links that go with it
 * @file: its name; replaced as a whole
 *
 * Return: 0 or a negative errno.
 */
int cursor_save(const struct cursor *cursor, const struct guarded *guarded,
		const char *file)
{
	struct replace replace;
	int err = replace_begin(&replace, file);

	if (err)
		return err;
	fprintf(replace.out, "%016" PRIx64 ":%" PRIu64 "\n", cursor->instance,
		cursor->seq);
	guarded_write(guarded, replace.out);
	return replace_end(&replace);
}
