#!/usr/bin/env bash
#
# Runs the benchmarks in several rounds, and renders their numbers as a page of Markdown. In each round, each benchmark
# has a process of its own, one after the other: a temporary load on the machine affects all that are compared.
#
# Usage: benchmarks/report.sh [option...] [group...]
#   --quick     a smoke test: runs everything once and briefly; the numbers are meaningless
#   --rounds N  the maximum number of rounds
#   --out FILE  file of the page (default: standard output)
#   group       only these groups: sync, routes, pace, ...

set -Eeuo pipefail

here=$(dirname "$0")
jar=$here/target/benchmarks.jar
results=$here/target/report
package=io.telemetryrouter.benchmarks
java=(java)
jdk25=$(ls -d /usr/lib/jvm/{temurin,java}-2[5-9]* 2>/dev/null | head -n 1 || true)

usage() {
	sed -n '3,10s/^# *//p' "$0" >&2
	exit 2
}

command="benchmarks/report.sh $*"
quick='' rounds=10 out='' groups=''
while (($# > 0)); do
	case $1 in
		--quick) quick=--quick rounds=1 ;;
		--rounds) rounds=$2 && shift ;;
		--out) out=$2 && shift ;;
		-*) usage ;;
		*) groups+=" $1 " ;;
	esac
	shift
done

# The benchmarks: the group, its number of rounds, and what is run. A benchmark of JMH has its options, a program has
# its arguments, which are named for the page.
suite() {
	run sync 5 jmh SyncBenchmark -p by=hand,exact,pattern,all,listener -p handlers=1 -p measuring=off
	run sync 5 jmh SyncBenchmark -p by=hand,exact,pattern,all,listener -p handlers=8 -p measuring=off
	run sync 5 jmh SyncBenchmark -p by=hand,exact -p handlers=8 -p measuring=off -t 2
	run sync 2 jmh SyncBenchmark -p by=reactor,greenrobot,mbassador,guava,spring -p measuring=off
	run sync 5 jmh SyncBenchmark -p by=hand,exact,pattern,all,listener,prometheus -p handlers=1 -p measuring=on
	run sync 5 jmh SyncBenchmark -p by=hand,exact,pattern,all,listener,prometheus -p handlers=8 -p measuring=on
	run sync 5 jmh SyncBenchmark -p by=hand,exact -p handlers=8 -p measuring=on -t 2
	run sync 2 jmh SyncBenchmark -p by=reactor,greenrobot,mbassador,guava,spring -p measuring=on
	run routes 8 jmh RoutesBenchmark.rotation -p routes=64 -p handlers=3
	run routes 5 jmh RoutesBenchmark.one -p by=router -p measuring=off -p routes=1,10000 -p handlers=1
	run routes 5 jmh RoutesBenchmark.one -p by=router -p measuring=on -p routes=1,10000 -p handlers=1
	run pace 5 jmh PaceBenchmark
	run cold 3 jmh ColdBenchmark
	run failure 3 jmh FailureBenchmark
	run registration 2 jmh RegistrationBenchmark
	run agents 5 jmh SpanBenchmark
	run agents 5 jmh RunBenchmark
	run agents 3 jmh AgentBenchmark -p framework=spring-ai
	run agents 3 jmh AgentBenchmark -p framework=langchain4j -p by=plain,adapter
	for producers in 1 2; do
		run async 5 jmh AsyncBenchmark -p by=router -p producers=$producers
		run async 5 jmh AsyncBenchmark -p by=jctools,pool -p measuring=off -p producers=$producers
	done
	for rate in 1000 100000; do
		run lanes 3 program LaneLoad by=router lanes=1 rate=$rate seconds=$(or_quick 4 0.2)
		run lanes 3 program LaneLoad by=pool lanes=1 rate=$rate seconds=$(or_quick 4 0.2)
	done
	for by in journal pattern JsonEncoder; do
		run journal 5 journal write by=$by mode=SYNC threads=1
		run journal 5 journal write by=$by mode=SYNC threads=4
		run journal 5 journal write by=$by mode=ASYNC threads=1
	done
	run journal 5 journal write by=chronicle mode=SYNC threads=1
	for mode in SYNC ASYNC; do
		run journal 5 journal emit by=journal mode=$mode
		run journal 5 journal emit by=idle mode=$mode
	done
	run journal 5 journal replay to=code
	run journal 5 journal replay to=handler
	run churn 1 program Churn routes=1 seconds=$(or_quick 20 0.2)
	run churn 1 program Churn routes=16 seconds=$(or_quick 20 0.2)
	if [[ $jdk25 ]]; then
		run virtual 3 on_jdk25 program VirtualThreads emits=with threads=$(or_quick 1000000 10000)
		run virtual 3 on_jdk25 program VirtualThreads emits=without threads=$(or_quick 1000000 10000)
		run virtual 3 on_jdk25 program LaneLoad by=virtual lanes=8 rate=1000 seconds=$(or_quick 4 0.2)
		run virtual 3 on_jdk25 program LaneLoad by=platform lanes=8 rate=1000 seconds=$(or_quick 4 0.2)
	fi
	for item in sync async event-1 event-8; do
		run memory 1 program Footprint item=$item
	done
	run memory 1 program Footprint item=wide names=$(or_quick 10000 100) threads=$(or_quick 64 4)
	for processors in 2 1; do
		run startup 10 start classPath=starter processors=$processors router=with
		run startup 10 start classPath=starter processors=$processors router=without
	done
	run startup 10 start classPath=partners processors=2 router=with
	run startup 10 start classPath=partners processors=2 router=without
}

run() {
	local group=$1 last=$2 start=$SECONDS
	shift 2
	if ((round <= last)) && [[ ! $groups || $groups == *" $group "* ]]; then
		number=$((number + 1))
		file=$results/$(printf %04d $number)
		"$@"
		echo "round $round, $*: $((SECONDS - start)) s" >&2
	fi
}

or_quick() {
	[[ $quick ]] && echo "$2" || echo "$1"
}

jmh() {
	java "-Djmh.ignoreLock=${quick:+true}" -jar "$jar" "$@" -prof gc -foe true -rf json -rff "$file.json" \
		${quick:+-f 0 -wi 1 -w 20ms -i 1 -r 20ms} >>"$results/log"
}

# Runs a class that prints lines with a name and a number.
program() {
	local class=$1 args=("${@:2}") heap='-Xms512m -Xmx512m'
	[[ $class == Footprint ]] && heap='-XX:+UseSerialGC -Xmx4g'
	numbers "$*" timeout 300 "${java[@]}" $heap -cp "$jar" "$package.$class" "${args[@]#*=}"
}

# Virtual threads of older JDKs pin.
on_jdk25() {
	local java=("$jdk25/bin/java")
	"$@"
}

# Measures the journal or its peers. Chronicle Queue needs access to internals of the JDK.
journal() {
	local java=(java "@$here/chronicle.args")
	program JournalSpeed events=$(or_quick 150000 15000) "$@"
}

# Starts the web application from a copy of the jar.
start() {
	local path=${1#*=} processors=${2#*=} router=${3#*=}
	local copy=$results/$path-$router.jar
	[[ -f $copy ]] || java -cp "$jar" $package.startup.StartupJar "$jar" "$copy" "$path" "$router"
	numbers "Startup $*" timeout 300 taskset -c "0-$((processors - 1))" java -cp "$copy" $package.startup.Startup "$router"
}

# Runs a command, and puts a key before the lines that it prints.
numbers() {
	"${@:2}" 2>>"$results/log" | sed "s/^/$1 /" >"$file.txt"
}

load() {
	cut -d ' ' -f 1 /proc/loadavg
}

machine() {
	cat <<-END
		| | |
		|---|---:|
		| date | $(date +%F) |
		| processor | $(sed -nE 's/^(cpu family|model|stepping)\s*: /\1 /p; s/^model name\s*: //p; /^$/q' /proc/cpuinfo |
			paste -sd ';' | sed 's/;/, /g') |
		| machine | $(nproc) cores, $(awk '/^MemTotal/ { print int($2 / 1024 ^ 2) }' /proc/meminfo) GiB, $(uname -srm) |
		| JDK | $(java -version 2>&1 | tail -n 1) |
		| command | \`$command\` |
		| took | $((SECONDS / 60)) min, load average $1 before, $(load) after |
	END
}

trap 'echo "failed, see $results/log" >&2' ERR
rm -rf "$results"
mkdir -p "$results"
number=0
before=$(load)
for ((round = 1; round <= rounds; round++)); do
	suite
done
((number > 0)) || usage
machine "$before" >"$results/head.md"
java -cp "$jar" $package.Page "$results" $quick $groups >"$results/page.md"
if [[ $out ]]; then
	cp "$results/page.md" "$out"
else
	cat "$results/page.md"
fi
