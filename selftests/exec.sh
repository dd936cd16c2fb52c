#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# VM: timeout=300
#
# ipvsdummy-mon --exec: a program that is run for every event.
#
#   netns $ns:  kube-ipvs0 (ipvsdummy)   w0 (veth, watched): 10.1.0.1/24
. "$(dirname "$0")/common.sh"

# setup [ARGUMENT...]: $program does what standard input says; the monitor is started by
# $launcher and writes to $to, if there are such
setup()
{
	guarded_netns
	program=$tmp/program
	{
		echo '#!/bin/bash'
		echo "cd $tmp || exit"
		cat
	} >"$program"
	chmod +x "$program"
	# shellcheck disable=SC2086 # words
	ip netns exec "$ns" ${launcher:-} ipvsdummy-mon --follow --json \
		--exec "$program" "$@" >"${to:-$tmp/events}" 2>"$tmp/err" &
	follower=$!
	followers+=" $follower"
	wait_for joined
}

has()
{
	[ -e "$tmp/$1" ]
}

test_event()
{
	setup <<-'EOF'
		env | grep ^IPVSDUMMY_ | sort >env
		cat >json
		echo "on standard output"
		touch done
	EOF
	refused "" vip_add 10.1.0.1/32
	wait_for has "done"
	equal 'IPVSDUMMY_ACTION=reject
IPVSDUMMY_ADDRESS=10.1.0.1
IPVSDUMMY_CLASS=host
IPVSDUMMY_COUNT=1
IPVSDUMMY_DEV=kube-ipvs0
IPVSDUMMY_EVENT=rejected
IPVSDUMMY_EVIDENCE=address
IPVSDUMMY_FAMILY=inet
IPVSDUMMY_MATCH_DEV=w0
IPVSDUMMY_MATCH_PREFIX=10.1.0.1/32
IPVSDUMMY_MESSAGE=rejected 10.1.0.1: host, address of w0
IPVSDUMMY_SEQ=1
IPVSDUMMY_SEVERITY=critical
IPVSDUMMY_V=1' "$(grep -vE '_(IFINDEX|INSTANCE|SINCE|TIME)=' "$tmp/env")" \
		environment
	expect cmp "$tmp/events" "$tmp/json"
	wait_for grep -q "on standard output" "$tmp/err"
}

# Not for what there was before, nor for what a filter hides
test_filtered()
{
	setup --class host <<-'EOF'
		echo "$IPVSDUMMY_ADDRESS" >>ran
	EOF
	expect vip_add 10.1.0.2/32
	refused "" vip_add 10.1.0.1/32
	wait_for has ran
	equal 10.1.0.1 "$(cat "$tmp/ran")" "it ran for"
	rm "$tmp/ran"
	ip netns exec "$ns" ipvsdummy-mon --follow --json --exec "$program" \
		>"$tmp/again" &
	followers+=" $!"
	wait_for has_lines "$tmp/again" 2
	expect vip_del 10.1.0.2/32
	wait_for has ran
	equal 10.1.0.2 "$(cat "$tmp/ran")" "it ran for"
}

# A name is a string and nothing else
test_hostile()
{
	# shellcheck disable=SC2016 # that is the point
	local name='$(>x)`y`;"'

	setup <<-'EOF'
		printf %s "$IPVSDUMMY_DEV" >dev
		jq -j .dev >json
		touch done
	EOF
	new_link ipvsdummy "$name"
	expect vip_add 10.1.0.2/32 "$name"
	wait_for has "done"
	equal "$name" "$(cat "$tmp/dev")" "in the environment"
	equal "$name" "$(cat "$tmp/json")" "on standard input"
	! has x || fail "it was run"
}

# running NUMBER: so many programs
running()
{
	[ "$(find "$tmp" -name 'run-*' | wc -l)" = "$1" ]
}

test_bounds()
{
	deadline=$((3 * deadline))
	setup --exec-jobs 2 <<-'EOF'
		[ -e go ] || : >run-$$
		until [ -e go ]; do read -rt 0.1 <>wait; done
		echo "$IPVSDUMMY_SEQ" >>ran
	EOF
	mkfifo "$tmp/wait"
	churn 300
	wait_for has_lines "$tmp/events" 600
	wait_for running 2
	touch "$tmp/go"
	# two ran, 256 waited, all others are told of
	wait_for has_lines "$tmp/ran" 258
	wait_for grep -q "not run for 342 events, too many at once" "$tmp/err"
	equal 258 "$(wc -l <"$tmp/ran")" "runs"
	running 2 || fail "more than 2 at the same time"
}

test_failures()
{
	setup --exec-timeout 1 <<-'EOF'
		case $IPVSDUMMY_ADDRESS in
		*.2)	exit 3 ;;
		*.3)	kill -9 $$ ;;
		*.4)	trap '' TERM
			while :; do read -rt 60 <>wait; done & wait
			while :; do read -rt 60 <>wait; done ;;
		esac
	EOF
	mkfifo "$tmp/wait"
	expect vip_add 10.1.0.2/32
	wait_for grep -q "$program: exit 3$" "$tmp/err"
	expect vip_add 10.1.0.3/32
	wait_for grep -q "$program: killed by signal 9$" "$tmp/err"
	expect vip_add 10.1.0.4/32
	wait_for grep -q "$program: ended after 1 s$" "$tmp/err"
	wait_for nobody_left
	# it goes on
	wait_for has_lines "$tmp/events" 3
	rm "$program"
	expect vip_del 10.1.0.2/32
	wait_for grep -q "$program: No such file or directory$" "$tmp/err"
}

nobody_left()
{
	! pgrep -f "^/bin/bash $program" >/dev/null
}

# What waits for its turn when the monitor ends is run for when it begins again
test_end()
{
	local i

	setup --exec-jobs 1 --cursor "$tmp/cursor" <<-'EOF'
		[ -e go ] || read -rt 600 <>wait
		echo "$IPVSDUMMY_SEQ" >>ran
	EOF
	mkfifo "$tmp/wait"
	for i in 2 3 4 5; do
		expect vip_add 10.1.0.$i/32
	done
	wait_for has_lines "$tmp/events" 4
	kill $follower
	wait $follower
	followers=${followers% *}
	grep -q "$program: not run yet for 3 events$" "$tmp/err" ||
		fail "$(cat "$tmp/err")"
	touch "$tmp/go" "$tmp/ran"
	ip netns exec "$ns" ipvsdummy-mon --follow --exec "$program" \
		--cursor "$tmp/cursor" >/dev/null &
	followers+=" $!"
	wait_for has_lines "$tmp/ran" 3
	equal "2 3 4" "$(sort "$tmp/ran" | xargs)" "it ran for"
}

# Who started it does not care for children, so that nobody could wait for one.
test_ignored_children()
{
	local launcher="env --ignore-signal=CHLD"

	setup --exec-jobs 1 <<-'EOF'
		echo >>ran
	EOF
	: >"$tmp/ran"
	expect vip_add 10.1.0.2/32
	expect vip_add 10.1.0.3/32
	wait_for has_lines "$tmp/ran" 2
}

# As process 1 of a container it gets children that are not its own.
test_orphans()
{
	local launcher="unshare -pf --kill-child"

	setup <<-'EOF'
		(sleep 0; touch orphan) &
	EOF
	followers=$(pgrep -P $follower)	# unshare itself cannot be told to end
	expect vip_add 10.1.0.2/32
	wait_for has orphan
	wait_for no_zombie
}

no_zombie()
{
	! ps -eo stat=,comm= | grep -q '^Z.*program'
}

# Nobody reads what the monitor prints.
test_stalled()
{
	local to=$tmp/pipe

	mkfifo "$to"
	exec 8<>"$to"
	setup --exec-timeout 1 <<-'EOF'
		read -rt 600 <>wait
	EOF
	mkfifo "$tmp/wait"
	churn 300
	wait_for grep -q "$program: ended after 1 s$" "$tmp/err"
	exec 8<&-
}

test_wrong()
{
	setup </dev/null
	refused "$tmp/none: No such file" here ipvsdummy-mon --follow \
		--exec "$tmp/none"
	refused "$tmp/err: Permission denied" here ipvsdummy-mon --follow \
		--exec "$tmp/err"
	refused "exec: needs --follow" here ipvsdummy-mon --exec "$program"
	refused "--exec" here ipvsdummy-mon --follow --exec-jobs 2
	for number in 0 65 -1 x 1x ""; do
		refused "not a number from 1 to 64" here ipvsdummy-mon \
			--follow --exec "$program" --exec-jobs "$number"
	done
}

run_all test_event test_filtered test_hostile test_bounds test_failures \
	test_end test_ignored_children test_orphans test_stalled test_wrong
