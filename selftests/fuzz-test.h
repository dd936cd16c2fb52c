/* SPDX-License-Identifier: GPL-2.0 */
/* What the fuzzers in the VM share: random numbers, the code that an input reaches,
 * and the corpus of those inputs that were the first to reach some.
 */
#ifndef FUZZ_TEST_H
#define FUZZ_TEST_H

#include <fcntl.h>
#include <linux/kcov.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

#define ARRAY_SIZE(array)	(sizeof(array) / sizeof((array)[0]))

#define INPUT_SIZE	1024
#define CORPUS_SIZE	8192
#define COVER_SIZE	(64 << 10)	/* words that the kernel writes at most */
#define EDGES		(256 << 10)

struct input {
	size_t len;
	uint8_t bytes[INPUT_SIZE];
};

static struct input corpus[CORPUS_SIZE];
static size_t corpus_len;

static uint64_t random_state;

/* xorshift64*: the same numbers for the same seed */
static inline uint32_t random32(void)
{
	random_state ^= random_state >> 12;
	random_state ^= random_state << 25;
	random_state ^= random_state >> 27;
	return random_state * UINT64_C(0x2545f4914f6cdd1d) >> 32;
}

/* A number below @n */
static inline uint32_t any(uint32_t n)
{
	return random32() % n;
}

/* Once in @n times */
static inline bool rarely(uint32_t n)
{
	return !any(n);
}

static unsigned long *cover;
static struct {
	uint8_t edges[EDGES / 8];
	size_t count;
} seen;

/* Descriptor KCOV_FD, if there is one, is of a kernel that tells what it runs. A
 * user without privilege cannot open it himself.
 */
static inline void cover_open(void)
{
	const char *number = getenv("KCOV_FD");
	int fd = number ? atoi(number) : -1;

	if (fd < 0 || ioctl(fd, KCOV_INIT_TRACE, COVER_SIZE))
		return;
	cover = mmap(NULL, COVER_SIZE * sizeof(*cover), PROT_READ | PROT_WRITE,
		     MAP_SHARED, fd, 0);
	if (cover == MAP_FAILED || ioctl(fd, KCOV_ENABLE, KCOV_TRACE_PC)) {
		perror("kcov");
		exit(1);
	}
}

static inline void cover_begin(void)
{
	if (cover)
		__atomic_store_n(&cover[0], 0, __ATOMIC_RELAXED);
}

/* Whether something ran since cover_begin() that never did before, or not after
 * what it came after
 */
static inline bool cover_found(void)
{
	unsigned long n, i, pc, last = 0;
	bool found = false;
	uint32_t edge;

	if (!cover)
		return false;
	n = __atomic_load_n(&cover[0], __ATOMIC_RELAXED);
	for (i = 1; i <= n; i++) {
		pc = cover[i] * UINT64_C(0x9e3779b97f4a7c15) >> 20;
		edge = (pc ^ last) % EDGES;
		last = pc >> 1;
		if (seen.edges[edge / 8] & 1 << edge % 8)
			continue;
		seen.edges[edge / 8] |= 1 << edge % 8;
		seen.count++;
		found = true;
	}
	return found;
}

static inline void corpus_add(const struct input *input)
{
	if (corpus_len < CORPUS_SIZE)
		corpus[corpus_len++] = *input;
}

/* One input a line, in hexadecimal; what cannot be read ends the fuzzer. */
static inline void corpus_load(const char *file)
{
	char line[2 * INPUT_SIZE + 2];
	FILE *in = fopen(file, "re");
	struct input input;
	unsigned int byte;

	if (!in) {
		perror(file);
		exit(1);
	}
	while (fgets(line, sizeof(line), in)) {
		input.len = 0;
		while (sscanf(line + 2 * input.len, "%2x", &byte) == 1)
			input.bytes[input.len++] = byte;
		if (line[2 * input.len] != '\n') {
			fprintf(stderr, "%s: bad line %zu\n", file, corpus_len);
			exit(1);
		}
		corpus_add(&input);
	}
	fclose(in);
}

static inline int shorter(const void *one, const void *other)
{
	const struct input *a = one, *b = other;

	return a->len < b->len ? -1 : a->len > b->len;
}

/* The shortest first: they are to make longer ones superfluous the next time. */
static inline void corpus_save(const char *file)
{
	FILE *out = fopen(file, "we");
	size_t i, j;

	qsort(corpus, corpus_len, sizeof(*corpus), shorter);
	for (i = 0; out && i < corpus_len; i++) {
		for (j = 0; j < corpus[i].len; j++)
			fprintf(out, "%02x", corpus[i].bytes[j]);
		fputc('\n', out);
	}
	if (!out || fclose(out)) {
		perror(file);
		exit(1);
	}
}

static inline bool seen_load(const char *file)
{
	FILE *in = fopen(file, "re");
	bool loaded = in && fread(&seen, sizeof(seen), 1, in) == 1;

	if (in)
		fclose(in);
	return loaded;
}

static inline void seen_save(const char *file)
{
	FILE *out = fopen(file, "we");

	if (!out || fwrite(&seen, sizeof(seen), 1, out) != 1 || fclose(out)) {
		perror(file);
		exit(1);
	}
}

/* Without those that have nothing to show, where that can be known */
static inline void corpus_run(void (*run)(const struct input *))
{
	size_t i, loaded = corpus_len;

	corpus_len = 0;
	for (i = 0; i < loaded; i++) {
		cover_begin();
		run(&corpus[i]);
		if (cover_found() || !cover)
			corpus[corpus_len++] = corpus[i];
	}
}

/* What a number is wrong around */
static inline uint32_t any_number(void)
{
	static const uint32_t numbers[] = {
		0, 1, 2, 3, 4, 5, 6, 7, 8, 15, 16, 24, 31, 32, 33, 64, 127, 128,
		129, 255, 256, 1024, 4095, 4096, 65535, 65536, 65537, 86400,
		86401, 0x7fffffff, 0x80000000, 0xffffffff
	};

	return rarely(8) ? random32() : numbers[any(ARRAY_SIZE(numbers))];
}

static inline void mutate_bytes(struct input *input, size_t from)
{
	size_t room = input->len - from;
	uint32_t number;

	if (input->len <= from)
		return;
	switch (any(4)) {
	case 0:
		input->bytes[from + any(room)] ^= 1 << any(8);
		break;
	case 1:
		input->bytes[from + any(room)] = any_number();
		break;
	case 2:
		if (room < sizeof(number))
			break;
		number = any_number();
		memcpy(&input->bytes[from + any(room - 3) / 4 * 4], &number,
		       sizeof(number));
		break;
	default:
		input->len -= any(room < 64 ? room : 64);
	}
}

/**
 * fuzz - run inputs until there were enough
 * @argv: how many, the seed, the file of the corpus, and the one that keeps from run
 *	to run what has been seen
 * @generate: makes an input that is almost right
 * @mutate: makes another one of it
 * @run: hands it to the kernel
 */
static inline int fuzz(char *argv[], void (*generate)(struct input *),
		       void (*mutate)(struct input *),
		       void (*run)(const struct input *))
{
	unsigned long n, count = strtoul(argv[0], NULL, 10);
	struct input input;
	size_t known;

	random_state = strtoull(argv[1], NULL, 10) * 2 + 1;
	corpus_load(argv[2]);
	cover_open();
	if (!seen_load(argv[3]))
		corpus_run(run);
	known = corpus_len;
	for (n = 0; n < count; n++) {
		if (corpus_len && any(4)) {
			input = corpus[any(corpus_len)];
			do
				mutate(&input);
			while (any(2));
		} else {
			generate(&input);
		}
		cover_begin();
		run(&input);
		if (cover_found())
			corpus_add(&input);
	}
	corpus_save(argv[2]);
	seen_save(argv[3]);
	printf("# %zu known inputs, %lu others, %zu kept, %zu edges\n",
	       known, count, corpus_len - known, seen.count);
	return 0;
}

#endif
