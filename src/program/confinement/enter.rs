//! Gives up what a program is not to have, and becomes the program.

use std::ffi::OsString;
use std::fs;
use std::io::{self, Write as _};
use std::os::unix::process::CommandExt as _;
use std::path::Path;
use std::process::Command;

use rustix::process::{
    Resource, Rlimit, Signal, getppid, set_parent_process_death_signal, setrlimit,
};

use super::plan::{Plan, Report};
use super::{namespace, rules};

/// Confines this process as the plan in that file says, and becomes its program, with these arguments. It has to
/// be the only thread of the process.
///
/// # Errors
/// It returns only where the program was not started; `Ok` where there was none to start.
pub fn enter(plan: &Path, args: &[OsString]) -> io::Result<()> {
    let text = fs::read(plan)?;
    fs::remove_file(plan)?;
    let plan: Plan = serde_json::from_slice(&text)?;
    end_with(plan.server)?;
    limit(Resource::As, plan.memory)?;
    limit(Resource::Cpu, plan.processor)?;
    limit(Resource::Fsize, plan.file)?;
    limit(Resource::Core, 0)?;
    let hidden = namespace::hide(&plan.hides);
    // A change of who this is takes it back.
    end_with(plan.server)?;
    // Before, because it forbids mounts.
    let landlock = rules::restrict(&plan)?;
    match &plan.program {
        Some(program) => Err(Command::new(program).args(args).exec()),
        None => {
            let hidden = hidden.map_err(|error| error.to_string());
            let report = serde_json::to_vec(&Report { landlock, hidden })?;
            io::stdout().write_all(&report)
        }
    }
}

/// Has the system end this process, and what it becomes, with the server, however that ends.
fn end_with(server: u32) -> io::Result<()> {
    set_parent_process_death_signal(Some(Signal::KILL))?;
    let parent = getppid().map(|parent| parent.as_raw_pid().unsigned_abs());
    if parent != Some(server) {
        return Err(io::Error::other("the server has ended"));
    }
    Ok(())
}

fn limit(resource: Resource, most: u64) -> io::Result<()> {
    let most = Rlimit {
        current: Some(most),
        maximum: Some(most),
    };
    Ok(setrlimit(resource, most)?)
}
