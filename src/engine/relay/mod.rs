//! Lets a program reach the Engine by the one door: a socket for one call, whose requests are judged and sent
//! as this server's own.
//!
//! A program such as Compose is given the address of a [`Relay`]. What it asks there is read anew, because
//! an Engine takes what is written in more ways than one; held against the [`Bounds`] of the call; judged
//! by the policy and the tier; and only then sent, over whatever leads to the Engine. Answers stream back.
//! What is refused comes back as an error of the Engine would, and the [`Account`] names it.
//!
//! The socket lies in a folder of its own that nobody else may enter, and is gone with the call.

#![cfg_attr(
    not(unix),
    allow(
        dead_code,
        reason = "there is no socket to serve, but a tool says what it would ask for"
    )
)]

mod account;
mod bounds;
#[cfg(unix)]
mod foreign;
mod head;
#[cfg(unix)]
mod ownership;
#[cfg(unix)]
mod peers;
mod refused;
#[cfg(unix)]
mod reply;
#[cfg(unix)]
mod room;
#[cfg(unix)]
mod server;
#[cfg(unix)]
mod service;
#[cfg(unix)]
mod tunnel;

pub use account::{Account, Done};
pub use bounds::{Bounds, Whose};
#[cfg(unix)]
pub(crate) use room::Room;
#[cfg(unix)]
pub use server::{Relay, Serving};
