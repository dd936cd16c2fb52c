/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _ALONE_LINUX_ERR_H
#define _ALONE_LINUX_ERR_H

#include <errno.h>
#include <stdbool.h>
#include <stdint.h>

static inline void *ERR_PTR(long err)
{
	return (void *)err;
}

static inline long PTR_ERR(const void *ptr)
{
	return (long)ptr;
}

static inline bool IS_ERR(const void *ptr)
{
	return (uintptr_t)ptr >= (uintptr_t)-4095;
}

static inline long PTR_ERR_OR_ZERO(const void *ptr)
{
	return IS_ERR(ptr) ? PTR_ERR(ptr) : 0;
}

#endif
