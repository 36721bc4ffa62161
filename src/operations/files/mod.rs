//! Lists, reads and writes files of containers and volumes, through the Engine's archives: nothing runs
//! in the container for it, which need not run itself.

mod archive;
mod carrier;
pub(crate) mod content;
mod credentials;
mod entry;
mod owner;
mod path;
mod place;
mod portion;
mod resolved;
mod text;

pub(crate) mod list_files;
pub(crate) mod read_file;
pub(crate) mod write_file;
