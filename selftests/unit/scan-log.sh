#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# What is found in a kernel log, and what is not: each line that no healthy kernel
# writes, and of data races those of the module.
scan=$(dirname "$(readlink -f "$0")")/../vm/scan-log
log=$(mktemp)
trap 'rm -f "$log"' EXIT
count=0 failed=0

# scan EXIT NAME, the log on standard input: whether and how it ends
scan()
{
	local rc=0

	count=$((count + 1))
	cat >"$log"
	"$scan" "$log" >/dev/null || rc=$?
	if [ $rc = "$1" ]; then
		echo "ok $count $2"
	else
		echo "not ok $count $2"
		failed=1
	fi
}

start='[    0.000000] Linux version 6.12.0'
bar='=================================================================='

# race FUNCTION [WITHIN]: a report of KCSAN, something else within
race()
{
	printf '%s\n' $bar "BUG: KCSAN: data-race in $1" "read of 4 bytes" \
		" $1+0x10/0x20" ${2:+"$2"} "Reported by Kernel Concurrency Sanitizer" $bar
}

echo "1..$((11 + 26))"
scan 1 "no kernel" <<<"qemu: could not open"
scan 0 "a start" <<<"$start"
scan 0 "what the module logs" <<<"$start
ipvsdummy: kube-ipvs0: rejected 10.0.2.15: host, address of eth0"
scan 1 "carriage returns" <<<"$start"$'\r\nWARNING: CPU: 0 PID: 1 at net/core/dev.c:1\r'
scan 0 "a race of other code" <<<"$start"$'\n'"$(race "tick_sched / tick_do")"
scan 1 "a race of the module" \
	<<<"$start"$'\n'"$(race "judge [ipvsdummy] / judge [ipvsdummy]")"
scan 1 "one of the module and other code" \
	<<<"$start"$'\n'"$(race "dev_get_stats / sent [ipvsdummy]")"
scan 1 "one of the module after another" \
	<<<"$start"$'\n'"$(race tick)"$'\n'"$(race "judge [ipvsdummy]")"
scan 1 "a report within that of a race" \
	<<<"$start"$'\n'"$(race tick "INFO: task ip:1 blocked for more than 120 s")"
scan 1 "a report after that of a race" \
	<<<"$start"$'\n'"$(race tick)"$'\n'"BUG: unable to handle page fault"
scan 1 "a report after that of a race which has no end" \
	<<<"$start"$'\n'"$(race tick | head -n 3)"$'\n'"WARNING: suspicious RCU usage"

while read -r line; do
	scan 1 "$line" <<<"$start"$'\n'"[    1.000000] $line"
done <<'END'
WARNING: CPU: 1 PID: 77 at kernel/workqueue.c:1450
BUG: KASAN: slab-use-after-free in judge+0x1/0x2 [ipvsdummy]
BUG: sleeping function called from invalid context at mm/slab.h:321
BUG: scheduling while atomic: ip/123/0x00000200
Oops: 0000 [#1] PREEMPT SMP
Kernel panic - not syncing: Fatal exception
Call Trace:
general protection fault, probably for non-canonical address
UBSAN: array-index-out-of-bounds in kmod/rule.c:1:2
ODEBUG: free active (active state 0) object type: timer_list
refcount_t: underflow; use-after-free.
ref_tracker: reference already released.
leaked reference.
INFO: trying to register non-static key.
turning off the locking correctness validator.
WARNING: possible circular locking dependency detected
WARNING: possible recursive locking detected
WARNING: inconsistent lock state
WARNING: suspicious RCU usage
INFO: task kworker/0:1:12 blocked for more than 120 seconds.
rcu: INFO: rcu_preempt detected stalls on CPUs/tasks
watchdog: BUG: soft lockup - CPU#0 stuck for 22s!
unregister_netdevice: waiting for w0 to become free. Usage count = 2
kmemleak: 3 new suspected memory leaks (see /sys/kernel/debug/kmemleak)
ipvsdummy-mon[77]: segfault at 0 ip 0 sp 0 error 4
Out of memory: Killed process 77 (ip)
END
exit $failed
