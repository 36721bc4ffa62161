//! Computes the figures of a container from what the Engine measured.

use std::collections::HashMap;

use jiff::Timestamp;
use serde::de::IgnoredAny;
use serde::{Deserialize, Serialize};

use crate::engine::{Items, Part, Told};

/// What the Engine measured: two readings, about a second apart.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Measured {
    read: Told<String>,
    preread: Told<String>,
    num_procs: Told<u64>,
    cpu_stats: Part<Cpu>,
    precpu_stats: Part<Cpu>,
    memory_stats: Part<MemoryTold>,
    storage_stats: Part<Storage>,
    networks: Told<HashMap<String, Part<Interface>>>,
    blkio_stats: Part<Blkio>,
    pids_stats: Part<Pids>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Cpu {
    cpu_usage: Part<CpuUsage>,
    system_cpu_usage: Told<u64>,
    online_cpus: Told<u64>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct CpuUsage {
    total_usage: Told<u64>,
    percpu_usage: Items<IgnoredAny>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct MemoryTold {
    usage: Told<u64>,
    limit: Told<u64>,
    privateworkingset: Told<u64>,
    stats: Part<Caches>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Caches {
    total_inactive_file: Told<u64>,
    inactive_file: Told<u64>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Storage {
    read_size_bytes: Told<u64>,
    write_size_bytes: Told<u64>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Interface {
    rx_bytes: Told<u64>,
    tx_bytes: Told<u64>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Blkio {
    io_service_bytes_recursive: Told<Vec<Part<Transfer>>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Transfer {
    op: Told<String>,
    value: Told<u64>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Pids {
    current: Told<u64>,
}

/// The figures; what the Engine does not measure is `null`.
#[derive(Debug, Serialize)]
pub(crate) struct Sample {
    cpu_percent: Option<f64>,
    online_cpus: Option<u64>,
    memory: Memory,
    network: Network,
    block_io: BlockIo,
    pids: Option<u64>,
}

#[derive(Debug, Serialize)]
struct Memory {
    usage: Option<u64>,
    limit: Option<u64>,
    percent: Option<f64>,
}

#[derive(Debug, Serialize)]
struct Network {
    rx_bytes: Option<u64>,
    tx_bytes: Option<u64>,
}

#[derive(Debug, Serialize)]
struct BlockIo {
    read_bytes: Option<u64>,
    write_bytes: Option<u64>,
}

impl Measured {
    /// How many processes and threads there are.
    pub(crate) fn processes(&self) -> Option<u64> {
        *self.pids_stats.current
    }

    /// Whether nothing was read.
    pub(super) fn is_of_no_time(&self) -> bool {
        self.read.text().starts_with("0001-")
    }

    /// The figures as `docker stats` computes them.
    pub(super) fn sample(&self) -> Sample {
        let windows = self.is_of_windows();
        let processors = if windows {
            self.processors()
        } else {
            self.online_cpus()
        };
        let cpu_percent = if windows {
            self.cpu_percent_of_windows()
        } else {
            processors.and_then(|cpus| self.cpu_percent(cpus))
        };
        // Windows tells no limit.
        let (usage, limit) = if windows {
            (*self.memory_stats.privateworkingset, None)
        } else {
            (self.memory_usage(), *self.memory_stats.limit)
        };
        let storage = &self.storage_stats;
        let [read_bytes, write_bytes] = if windows {
            [*storage.read_size_bytes, *storage.write_size_bytes]
        } else {
            ["read", "write"].map(|operation| self.block_io(operation))
        };
        Sample {
            cpu_percent,
            online_cpus: processors,
            memory: Memory {
                usage,
                limit,
                percent: usage
                    .zip(limit)
                    .map(|(usage, limit)| percent(usage as f64, limit as f64)),
            },
            network: Network {
                rx_bytes: self.network(|interface| *interface.rx_bytes),
                tx_bytes: self.network(|interface| *interface.tx_bytes),
            },
            block_io: BlockIo {
                read_bytes,
                write_bytes,
            },
            pids: *self.pids_stats.current,
        }
    }

    /// Whether an Engine of Windows measured. All send the fields of both systems, and leave those of
    /// the other empty or at zero; only Windows counts processors and sets working memory apart.
    fn is_of_windows(&self) -> bool {
        self.processors().is_some() || self.memory_stats.privateworkingset.is_some()
    }

    /// As Windows counts them.
    fn processors(&self) -> Option<u64> {
        self.num_procs.filter(|count| *count > 0)
    }

    /// Engines of old send the time of each CPU, but not how many there are.
    fn online_cpus(&self) -> Option<u64> {
        let counted = || u64::try_from(self.cpu_stats.cpu_usage.percpu_usage.len()).ok();
        let told = self.cpu_stats.online_cpus.filter(|cpus| *cpus > 0);
        told.or_else(counted).filter(|cpus| *cpus > 0)
    }

    /// The container's share of the time that all CPUs had between the two readings, times their
    /// number: 100 is one CPU. A counter that went back means a restart in between, which says nothing.
    fn cpu_percent(&self, online_cpus: u64) -> Option<f64> {
        let passed = |counter: fn(&Cpu) -> Option<u64>| {
            let before = counter(&self.precpu_stats).unwrap_or(0);
            Some(counter(&self.cpu_stats)?.saturating_sub(before) as f64)
        };
        Some(percent(
            passed(|cpu| *cpu.cpu_usage.total_usage)? * online_cpus as f64,
            passed(|cpu| *cpu.system_cpu_usage)?,
        ))
    }

    /// The same on Windows, where CPU time comes in units of 100 ns and is held against the time that
    /// passed: there 100 is all processors.
    fn cpu_percent_of_windows(&self) -> Option<f64> {
        let time = |told: &Told<String>| told.as_deref()?.parse::<Timestamp>().ok();
        let elapsed = time(&self.read)?
            .duration_since(time(&self.preread)?)
            .as_nanos()
            / 100;
        let processors = self.processors()?;
        let at = |reading: &Cpu| *reading.cpu_usage.total_usage;
        let used = at(&self.cpu_stats)?.saturating_sub(at(&self.precpu_stats)?);
        Some(percent(used as f64, elapsed as f64 * processors as f64))
    }

    /// Memory in use without the page cache that the kernel could take back at once: the first is of
    /// cgroup v1, the second of v2.
    pub(crate) fn memory_usage(&self) -> Option<u64> {
        let usage = (*self.memory_stats.usage)?;
        let caches = &self.memory_stats.stats;
        let cache = [*caches.total_inactive_file, *caches.inactive_file]
            .into_iter()
            .flatten()
            .find(|cache| *cache < usage);
        Some(usage - cache.unwrap_or(0))
    }

    /// Bytes over all interfaces; unknown where the Engine sees none, such as with the host's network.
    fn network(&self, bytes: fn(&Interface) -> Option<u64>) -> Option<u64> {
        let interfaces = self.networks.as_ref()?.values();
        sum(interfaces.map(|interface| bytes(interface)))
    }

    /// Bytes over all devices. cgroup v1 writes the names of operations with a capital, v2 without one.
    /// Where the kernel counts it, an operation that never happened may have no entry.
    fn block_io(&self, operation: &str) -> Option<u64> {
        let entries = self.blkio_stats.io_service_bytes_recursive.as_ref()?;
        let is_it = |entry: &&Part<Transfer>| entry.op.text().eq_ignore_ascii_case(operation);
        let all = entries.iter().filter(is_it);
        Some(all.filter_map(|entry| *entry.value).sum())
    }
}

/// The sum of what is known; unknown where nothing is.
fn sum(values: impl Iterator<Item = Option<u64>>) -> Option<u64> {
    values.flatten().reduce(u64::saturating_add)
}

/// The part in percent of the whole, to two decimals; nothing of nothing is nothing.
fn percent(part: f64, whole: f64) -> f64 {
    if whole > 0.0 {
        (part / whole * 10_000.0).round() / 100.0
    } else {
        0.0
    }
}

#[cfg(test)]
mod tests;
