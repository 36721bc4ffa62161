//! Checks the variables that a container is given.

use crate::params::{InvalidArgument, Variables};

/// Refuses variables that would set another one: the Engine splits `NAME=value` at the first `=`.
pub(super) fn check_environment(environment: Option<&Variables>) -> Result<(), InvalidArgument> {
    let mut names = environment.into_iter().flat_map(|them| them.0.keys());
    match names.find(|name| name.is_empty() || name.contains(['=', '\0'])) {
        None => Ok(()),
        // What stands behind the `=` is a value, which is not repeated.
        Some(name) => Err(InvalidArgument(format!(
            "`environment` has a variable whose name begins with {:?}; a name is not empty and holds no `=`",
            name.split(['=', '\0']).next().unwrap_or_default()
        ))),
    }
}
