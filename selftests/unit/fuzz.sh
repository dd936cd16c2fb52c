#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# fuzz.sh [SECONDS]: build the fuzzer and let it run. What it learns stays in
# corpus/, bytes that break a check in crash-*.
cd "$(dirname "$(readlink -f "$0")")" || exit 1
clang=${CLANG:-clang}

echo "KTAP version 1"
if ! echo 'int LLVMFuzzerTestOneInput(void) { return 0; }' |
	"$clang" -fsanitize=fuzzer,address,undefined -x c -o /dev/null - \
		2>/dev/null; then
	echo "1..0 # SKIP no $clang with libFuzzer"
	exit 4
fi
echo "1..1"
mkdir -p corpus
if { make -s CLANG="$clang" fuzzer &&
	./fuzzer -max_total_time="${1:-5}" -max_len=1024 -len_control=0 \
		-timeout=10 -print_final_stats=1 corpus; } >fuzz.log 2>&1; then
	sed -n 's/^stat::/# /p' fuzz.log
	echo "ok 1 fuzz"
else
	grep -v NEW fuzz.log | sed 's/^/# /'
	echo "not ok 1 fuzz"
	exit 1
fi
