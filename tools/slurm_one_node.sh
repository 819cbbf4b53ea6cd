#!/usr/bin/env bash
# A real Slurm on this machine for the tests in tests/cluster: two small nodes, loopback only, all state in one folder.
#
#   tools/slurm_one_node.sh start FOLDER    writes FOLDER/slurm.conf, starts munged, slurmctld and two slurmd
#   tools/slurm_one_node.sh stop FOLDER     ends them; the logs stay in FOLDER/log
#   tools/slurm_one_node.sh status FOLDER   nodes and jobs; fails if it does not answer
#   tools/slurm_one_node.sh fail FOLDER NODE     the node dies as if the power had gone: its slurmd and all its jobs
#   tools/slurm_one_node.sh revive FOLDER NODE   it is switched on again
#
# Needs root and Debian's slurm-wlm and munge (apt-get install slurm-wlm munge); no systemd, no database, no cgroups.
# /etc/slurm/slurm.conf is linked to FOLDER/slurm.conf while it runs, since jobs look for it there; a machine that has a
# Slurm of its own is left alone.
set -euo pipefail

verb=${1:-} folder=${2:-}
[ -n "$verb" ] && [ -n "$folder" ] || { sed -n '4,8s/^# *//p' "$0" >&2; exit 2; }
mkdir -p "$folder"
folder=$(cd "$folder" && pwd)
conf=$folder/slurm.conf
well_known=/etc/slurm/slurm.conf
nodes=(node1 node2)
export SLURM_CONF=$conf

fail() { echo "slurm_one_node: $*" >&2; exit 1; }
# By the file of its process id; one that has ended and is not yet buried does not count.
running() {
  local pid
  pid=$(cat "$1" 2>/dev/null) && [ -n "$pid" ] && ps -o stat= -p "$pid" | grep -q '^[^Z]'
}

# Each node offers half of the machine's memory; processors are shared out twice, since tests wait more than they work.
write_conf() {
  local cores memory port=${SLURM_PORT:-26850} host node
  cores=$(nproc)
  memory=$(awk '/MemTotal/ {printf "%d", $2 / 1024 * 0.45}' /proc/meminfo)
  host=$(hostname -s)
  {
    cat <<CONF
ClusterName=acquired
SlurmctldHost=$host(127.0.0.1)
SlurmctldPort=$port
SlurmUser=root
SlurmdUser=root
AuthType=auth/munge
AuthInfo=socket=$folder/munge/socket
CommunicationParameters=NoCtldInAddrAny,NoInAddrAny
StateSaveLocation=$folder/state
SlurmdSpoolDir=$folder/spool.%n
SlurmctldPidFile=$folder/run/slurmctld.pid
SlurmdPidFile=$folder/run/slurmd.%n.pid
SlurmctldLogFile=$folder/log/slurmctld.log
SlurmdLogFile=$folder/log/slurmd.%n.log
# No cgroups: processes are told by their parents, and memory is watched once a second.
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
JobAcctGatherType=jobacct_gather/linux
JobAcctGatherFrequency=task=1
JobAcctGatherParams=OverMemoryKill
AccountingStorageType=accounting_storage/none
SelectType=select/cons_tres
SelectTypeParameters=CR_CPU_Memory
SchedulerParameters=sched_interval=1,sched_min_interval=0,bf_interval=1,batch_sched_delay=0
MpiDefault=none
# A node that comes back is used again, whatever the reason it was down for.
ReturnToService=2
SlurmdTimeout=20
KillWait=3
MinJobAge=300
DefMemPerCPU=500
CONF
    for node in "${nodes[@]}"; do
      port=$((port + 1))
      echo "NodeName=$node NodeHostname=$host NodeAddr=127.0.0.1 Port=$port CPUs=$cores RealMemory=$memory"
    done
    echo "PartitionName=main Nodes=ALL Default=YES MaxTime=1-0 DefaultTime=10"
  } >"$conf"
}

start_munge() {
  running "$folder/munge/pid" && return 0
  mkdir -p "$folder/munge"
  chmod 0711 "$folder/munge"
  [ -s "$folder/munge/key" ] || (umask 077 && head -c 1024 /dev/urandom >"$folder/munge/key")
  # --force: the folder may lie below one that everybody may write to, such as /tmp.
  munged --force --num-threads=2 --socket="$folder/munge/socket" --key-file="$folder/munge/key" \
    --pid-file="$folder/munge/pid" --log-file="$folder/log/munged.log" --seed-file="$folder/munge/seed" \
    2>>"$folder/log/munged.warnings"
}

start_node() {
  running "$folder/run/slurmd.$1.pid" && return 0
  slurmd -f "$conf" -N "$1"
}

# Waits until as many nodes are ready as are named, for at most half a minute.
wait_ready() {
  local wanted=$1 _
  for _ in $(seq 1 60); do
    [ "$(sinfo --noheader --Node --format=%T 2>/dev/null | grep -c -E '^(idle|mixed|allocated)$')" -ge "$wanted" ] && return 0
    sleep 0.5
  done
  sinfo --Node --long >&2 || true
  tail -n 5 "$folder"/log/*.log >&2
  fail "the nodes are not ready after 30 s"
}

start() {
  [ "$(id -u)" = 0 ] || fail "slurmd starts jobs for others: it needs root"
  for program in slurmctld slurmd munged; do
    command -v $program >/dev/null || fail "$program is missing: apt-get install slurm-wlm munge"
  done
  if [ -L $well_known ] && [ ! -e $well_known ]; then rm $well_known; fi # of a run that was killed
  if [ -e $well_known ] && [ "$(readlink $well_known)" != "$conf" ]; then
    fail "$well_known is there already: this machine has a Slurm, or another one of these is running"
  fi
  mkdir -p "$folder"/{state,run,log} /etc/slurm
  write_conf
  ln -sfn "$conf" $well_known
  start_munge
  running "$folder/run/slurmctld.pid" || slurmctld -f "$conf"
  for node in "${nodes[@]}"; do start_node "$node"; done
  wait_ready ${#nodes[@]}
}

end() {
  local pid _
  running "$1" || return 0
  pid=$(cat "$1")
  kill "$pid"
  for _ in $(seq 1 50); do running "$1" || return 0; sleep 0.1; done
  kill -9 "$pid" 2>/dev/null || true
}

stop() {
  scancel --user=root 2>/dev/null || true
  for node in "${nodes[@]}"; do end "$folder/run/slurmd.$node.pid"; done
  end "$folder/run/slurmctld.pid"
  end "$folder/munge/pid"
  if [ "$(readlink $well_known)" = "$conf" ]; then rm $well_known; fi
}

# The process and everything below it, by process id: nothing gets the chance to tidy up.
kill_tree() {
  local child
  kill -STOP "$1" 2>/dev/null || return 0
  for child in $(ps -o pid= --ppid "$1"); do kill_tree "$child"; done
  kill -KILL "$1" 2>/dev/null || true
}

fail_node() {
  local node=$1 pid
  kill -9 "$(cat "$folder/run/slurmd.$node.pid")" 2>/dev/null || true
  # A step's keeper is named by its job; it outlives slurmd. Which node a job is on, Slurm tells.
  for job in $(squeue --noheader --nodelist="$node" --format=%A); do
    for pid in $(pgrep -f "^slurmstepd: \[$job\."); do kill_tree "$pid"; done
  done
  scontrol update NodeName="$node" State=DOWN Reason="the power has gone (test)"
}

case $verb in
  start) start ;;
  stop) stop ;;
  status) sinfo --Node && squeue ;;
  fail) fail_node "${3:?which node}" ;;
  revive) start_node "${3:?which node}" && wait_ready ${#nodes[@]} ;; # ReturnToService takes it back
  *) fail "unknown: $verb" ;;
esac
