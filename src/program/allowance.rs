//! Lists what each program may take of the machine.

use crate::vocabulary::Needs as Program;

const GIB: u64 = 1 << 30;

/// What a program may take. Where the system cannot be told so, only what it prints has a limit.
#[cfg_attr(
    not(target_os = "linux"),
    allow(dead_code, reason = "the rest is for the system to enforce")
)]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Allowance {
    /// Bytes of address space.
    pub(super) memory: u64,
    /// Seconds of processor time.
    pub(super) processor: u64,
    /// Bytes of a file that it writes.
    pub(super) file: u64,
    /// Bytes that it prints.
    pub(super) output: usize,
    /// It unpacks images, which takes as much as they do.
    pub(super) unpacks: bool,
    /// It fetches what it knows of vulnerabilities by itself, over TCP.
    pub(super) fetches: bool,
}

impl Allowance {
    pub(super) const fn of(program: Program) -> Self {
        match program {
            // Compose reserves less than 2 GB for a project of hundreds of services, and waits most of its
            // time; the Docker CLI no more. A model of hundreds of services takes a megabyte.
            Program::Compose | Program::Docker => Self {
                memory: 4 * GIB,
                processor: 120,
                file: 64 << 20,
                output: 16 << 20,
                unpacks: false,
                fetches: false,
            },
            // They map a database of a gigabyte, unpack images, and tell of a hundred kilobytes each package
            // that is full of holes.
            Program::Trivy | Program::Grype | Program::Scout => Self {
                memory: 8 * GIB,
                processor: 900,
                file: 16 * GIB,
                output: 64 << 20,
                unpacks: true,
                fetches: true,
            },
            Program::Syft => Self {
                fetches: false,
                ..Self::of(Program::Grype)
            },
        }
    }
}
