/* SPDX-License-Identifier: GPL-2.0 */
/* A tool that is fuzzed: its kernel, its files and its clock are ours. */
#ifndef FUZZ_TOOL_H
#define FUZZ_TOOL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/**
 * struct fuzz - what a tool is run with
 * @command: its command line; the first word says which tool
 * @json: what it prints is JSON, but for help and version
 * @file: what is in each file, and on standard input
 * @file_len: length of @file
 * @lies: how the kernel answers, as fuzz-kernel.c reads it
 * @lies_len: length of @lies; after it the kernel answers plainly
 */
struct fuzz {
	const char *command;
	bool json;
	const void *file;
	size_t file_len;
	const uint8_t *lies;
	size_t lies_len;
};

void fuzz_run(const struct fuzz *fuzz);

/* Their names in libFuzzer */
int fuzz_one(const uint8_t *bytes, size_t len) asm("LLVMFuzzerTestOneInput");

/* The fuzzer's counters, one for each edge */
extern uint8_t counters[] asm("__start___sancov_cntrs");
extern uint8_t counters_end[] asm("__stop___sancov_cntrs");

/* Of the kernel */
void kernel_init(const uint8_t *lies, size_t len, bool guarded);
uint8_t kernel_lie(void);
bool kernel_is_plain(void);

/* Of the clock */
void fuzz_sleep(int msec);

int mon_main(int argc, char **argv);
int ctl_main(int argc, char **argv);

#endif
