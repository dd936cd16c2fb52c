# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0
#
# What the shell tests share. A test is a function test_*; run_all runs each
# in a subshell and prints KTAP. Every namespace and link that a test makes
# with the helpers goes when its subshell ends.
#
# new_netns makes a namespace with links of the test's own; `in_ns` commands
# go there. A veth is no physical interface: `watch` makes it a watched one.

set -u
command -v ipvsdummyctl >/dev/null ||
	PATH=$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")/../tools:$PATH

readonly dev=kube-ipvs0
deadline=$((20 * ${PATIENCE:-1}))	# seconds that a condition is waited for

skip_all()
{
	echo "1..0 # SKIP $*"
	exit 4
}

# eth1 and eth2 to play with, which a VM has and a machine in use must not give
need_nics()
{
	[ -e /sys/class/net/eth1/device ] && [ -e /sys/class/net/eth2 ] &&
		[ -e /vm/job ] || skip_all "not in the VM"
}

restore_nics()
{
	local nic

	for nic in eth1 eth2; do
		ip link set $nic nomaster
		ip link set $nic down
		ip addr flush dev $nic
	done
} 2>/dev/null

fail()
{
	echo "# FAIL: $*"
	exit 1
}

# busywait COMMAND...: until it succeeds, or the deadline is over
busywait()
{
	local end=$((SECONDS + deadline))

	until "$@"; do
		if ((SECONDS >= end)); then
			echo "# waited in vain: $*"
			return 1
		fi
	done
}

expect()
{
	"$@" >/dev/null || fail "$*"
}

wait_for()
{
	busywait "$@" || fail "never: $*"
}

# refused ERRNO-TEXT COMMAND...: it fails, and says so
refused()
{
	local what=$1 out
	shift

	! out=$("$@" 2>&1) || fail "not refused: $*"
	[[ $out == *"$what"* ]] || fail "$*: $out, not $what"
}

# equal WANTED GOT WHAT
equal()
{
	[ "$1" = "$2" ] || fail "$3: wanted $1, got $2"
}

# new_netns: a namespace, in $ns
new_netns()
{
	ns=ipvsd-$$-$RANDOM
	ip netns add $ns || fail "no netns"
	namespaces+=" $ns"
	ip -n $ns link set lo up
}

in_ns()
{
	ip netns exec "$ns" "$@"
}

# In the namespace $ns, or if that is empty in the one of the test
here()
{
	if [ -n "$ns" ]; then in_ns "$@"; else "$@"; fi
}

# new_link TYPE NAME [ARGUMENT...]: a link that goes with the test; on another
# one if that is in $lower
new_link()
{
	local type=$1 name=$2
	shift 2

	here ip link add ${lower:+link "$lower"} name "$name" type "$type" "$@" ||
		fail "no $type $name"
	[ -n "$ns" ] || links+=" $name"
}

# guarded_netns: a namespace, in $ns, with $dev and w0, a watched veth that has
# 10.1.0.1/24
guarded_netns()
{
	new_netns
	new_link ipvsdummy $dev
	new_link veth w0 peer name w0p
	expect ctl watch add w0
	expect vip_add 10.1.0.1/24 w0
}

# churn COUNT: as often an address of 10.1.0.100 to .199 comes and goes
churn()
{
	seq "$1" | awk '{ a = "10.1.0." 100 + $1 % 100 "/32 dev " dev
		print "addr add " a "\naddr del " a }' dev=$dev |
		here ip -batch - || fail churn
}

vip_add()
{
	here ip addr add "$1" dev "${2:-$dev}"
}

vip_del()
{
	here ip addr del "$1" dev "${2:-$dev}"
}

ctl()
{
	here ipvsdummyctl "$@"
}

# All that can be set in the namespace
all_set()
{
	printf '%s\n' show "rule list" "watch list" "peer list" |
		ctl -j -batch -
}

# wrong WORDS ARGUMENT...: ipvsdummyctl says one line that has these words, exits
# with 2 and changes nothing
wrong()
{
	local words=$1 out rc=0 before
	shift

	before=$(all_set)
	out=$(ctl "$@" 2>&1) || rc=$?
	equal 2 $rc "exit of $*"
	[[ $out == *"$words"* && $(wc -l <<<"$out") = 1 ]] ||
		fail "$*: $out, not $words"
	equal "$before" "$(all_set)" "state after $*"
}

# all_wrong: standard input has lines "WORDS | ARGUMENTS", and each of these as
# a line of a batch is answered with one line that has these words
all_wrong()
{
	local before words line number=0 rc=0

	before=$(all_set)
	cat >"$tmp/wrong"
	sed 's/^[^|]*| *//' "$tmp/wrong" >"$tmp/batch"
	ctl -force -batch "$tmp/batch" >"$tmp/errors" 2>&1 || rc=$?
	equal 2 $rc "exit of a wrong batch"
	while read -r words <&3 && read -r line <&4; do
		number=$((number + 1))
		words=${words%% |*}
		[[ $line == "ipvsdummyctl: $tmp/batch:$number: "*"$words"* ]] ||
			fail "$(sed -n ${number}p "$tmp/batch"): $line, not $words"
	done 3<"$tmp/wrong" 4<"$tmp/errors"
	equal "$(wc -l <"$tmp/wrong")" "$(wc -l <"$tmp/errors")" "errors"
	equal "$before" "$(all_set)" "state after wrong words"
}

# rules [DEV]: "PREFIX ACTION" of each, in one line
rules()
{
	ctl -j rule list "${1:-$dev}" |
	jq -r 'map("\(.prefix) \(.action)") | join(", ")'
}

# would ADDRESS: "ACTION CLASS" of what would happen to it
would()
{
	ctl -j check $dev "$1" | jq -r '.[0] | "\(.action) \(.class)"'
}

set_policy()
{
	here ipvsdummyctl set $dev "$@" || fail "set $*"
}

# state ADDRESS [DEV]: "EVENT CLASS MATCH_DEV" of its conflict, or nothing
state()
{
	here ipvsdummy-mon --json --dev "${2:-$dev}" |
	jq -r --arg a "$1" 'select(.address == $a) |
		"\(.event) \(.class) \(.match_dev)"'
}

# is STATE ADDRESS [DEV]
is()
{
	[ "$(state "$2" "${3:-$dev}")" = "$1" ]
}

# How many events the links of the namespace have caused
event_count()
{
	here ipvsdummyctl -j show | jq '[.[].events] | add // 0'
}

# follow FILE: a monitor in the background, its events as JSON in FILE. It is
# there once it has shown the conflicts it found.
follow()
{
	local had

	had=$(here ipvsdummy-mon --json | wc -l)
	# no function in the background: its child would outlive it
	${ns:+ip netns exec "$ns"} ipvsdummy-mon --follow --json >"$1" &
	followers+=" $!"
	busywait has_lines "$1" "$had" && busywait joined || fail "no follower"
}

has_lines()
{
	[ "$(wc -l <"$1")" -ge "$2" ]
}

joined()
{
	[ "$(here awk '$2 == 16 && $4 != "00000000"' /proc/net/netlink |
		wc -l)" -ge "$(wc -w <<<"$followers")" ]
}

# events FILE ADDRESS: its events there, in one line
events()
{
	jq -r --arg a "$2" 'select(.address == $a) | .event' "$1" | xargs
}

# active COUNT: so many conflicts there are
active()
{
	[ "$(here ipvsdummyctl -j show |
		jq '[.[].classes[].active] | add')" = "$1" ]
}

# Addresses in conflict by the module's table, and as it judges each of them now. Of
# links with plain names only, as ip's JSON escapes no control characters; without what
# is bound with a network or a peer of its own, as `check` is about an address alone.
readonly plain_name='select(.dev | test("^[a-zA-Z0-9][a-zA-Z0-9_.-]*$"))'

# bound_to_each FILTER: of jq, for each link
bound_to_each()
{
	here ip -j addr show type ipvsdummy | tr -d '\001-\037' |
		jq -r ".[] | select(.ifname) | .dev = .ifname | $plain_name | $1"
}

alone()
{
	grep -vFf <(bound_to_each '.dev as $dev | .addr_info[] | select(.address or
		.prefixlen < if .family == "inet" then 32 else 128 end) |
		"\($dev) \(.local) "') | sort
}

recorded()
{
	here ipvsdummy-mon --json |
		jq -r "$plain_name"' | select(.event != "rejected" and
			.event != "skipped") | "\(.dev) \(.address) \(.class)"' |
		alone
}

judged_now()
{
	bound_to_each '[.addr_info[].local] as $local | select($local != []) |
		"check \(.dev) \($local | unique | join(" "))"' |
		ctl -j -force -batch - | jq -r '.[] | select(.class and
			.action != "allow") | "\(.dev) \(.address) \(.class)"' |
		alone
}

table_is_true()
{
	[ "$(recorded)" = "$(judged_now)" ]
}

# saw EVENTS FILE ADDRESS
saw()
{
	[ "$(events "$2" "$3")" = "$1" ]
}

cleanup()
{
	local name

	for name in $followers; do
		kill "$name" 2>/dev/null && wait "$name" 2>/dev/null
	done
	for name in $links; do
		ip link del "$name" 2>/dev/null
	done
	for name in $namespaces; do
		ip netns del "$name"
	done
	rm -rf "$tmp"
}

run_one()
{
	links='' namespaces='' followers='' ns=''
	tmp=$(mktemp -d)
	trap cleanup EXIT
	trap 'exit 1' INT TERM
	"$1"
}

# run_all TEST...
run_all()
{
	local i=0 failed=0 test

	modprobe ipvsdummy 2>/dev/null || [ -d /sys/module/ipvsdummy ] ||
		skip_all "no module ipvsdummy"
	echo "KTAP version 1"
	echo "1..$#"
	for test; do
		i=$((i + 1))
		if (run_one "$test"); then
			echo "ok $i $test"
		else
			echo "not ok $i $test"
			failed=1
		fi
	done
	exit $failed
}
