#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# fuzz.sh [SECONDS]: build the fuzzers, have each read all that is known, and run so
# long. What they learn stays in corpus/, bytes that break a check in crash-*.
# VM: timeout=400
cd "$(dirname "$(readlink -f "$0")")" || exit 1
clang=${CLANG:-clang}
count=0 failed=0

# Those with a name: inputs as hexadecimal numbers, one a line
unpack()
{
	local line digits number=0

	while read -r line; do
		digits=${line%%#*}
		digits=${digits// }
		[ -n "$digits" ] || continue
		number=$((number + 1))
		# shellcheck disable=SC2001 # a pair of digits is no pattern of bash
		printf '%b' "$(sed 's/../\\x&/g' <<<"$digits")" \
			>"corpus/netlink/known-$number"
	done <fuzz-netlink.hex
}

# fuzz NAME PROGRAM SECONDS CORPUS... [OPTION]...: each is a process of its own
fuzz()
{
	local name=$1 program=$2 seconds=$3
	shift 3

	count=$((count + 1))
	if { make -s -j2 CLANG="$clang" "$program" &&
		"./$program" -max_total_time="$seconds" -len_control=0 \
			-timeout=30 -print_final_stats=1 "$@"; } >fuzz.log 2>&1
	then
		sed -n 's/^INFO: seed corpus: \(files: [0-9]*\).*/# known \1/p
			s/^stat::/# /p' fuzz.log
		echo "ok $count $name"
	else
		grep -v NEW fuzz.log | sed 's/^/# /'
		echo "not ok $count $name"
		failed=1
	fi
}

echo "KTAP version 1"
if ! echo 'int LLVMFuzzerTestOneInput(void) { return 0; }' |
	"$clang" -fsanitize=fuzzer,address,undefined -x c -o /dev/null - \
		2>/dev/null; then
	echo "1..0 # SKIP no $clang with libFuzzer"
	exit 4
fi
echo "1..3"
mkdir -p corpus/module corpus/netlink corpus/text
unpack
fuzz fuzz fuzzer "${1:-5}" -max_len=1024 corpus/module
# A thread that looks at the memory is one that the search for leaks waits for
fuzz fuzz-netlink fuzzer-netlink "${1:-10}" -max_len=512 -rss_limit_mb=0 \
	corpus/netlink
fuzz fuzz-text fuzzer-text "${1:-10}" -max_len=1024 -rss_limit_mb=0 \
	-dict=fuzz-text.dict corpus/text fuzz-text
exit $failed
