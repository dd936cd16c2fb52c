/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _ALONE_LINUX_KERNEL_H
#define _ALONE_LINUX_KERNEL_H

#include <endian.h>
#include <stddef.h>

#define cpu_to_be32		htobe32
#define be32_to_cpu		be32toh

#define container_of(ptr, type, member) \
	((type *)((char *)(ptr) - offsetof(type, member)))

#endif
