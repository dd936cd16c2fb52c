/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _UNIT_LINUX_PRINTK_H
#define _UNIT_LINUX_PRINTK_H

#include <stdio.h>

/* Diagnostic lines of KTAP */
#define pr_info(fmt, ...)	printf("# " pr_fmt(fmt), ##__VA_ARGS__)
#define pr_err			pr_info

#endif
